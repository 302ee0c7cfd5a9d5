def take():
    kept = []
    while len(kept) < 60:  # 1.2 GB at most
        kept.append(b"x" * 20_000_000)
    return len(kept)


attempt("1.2 GB of 400 MB", take)
