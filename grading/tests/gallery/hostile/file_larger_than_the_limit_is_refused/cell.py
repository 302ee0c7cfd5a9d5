def write():
    with open("large", "wb") as file:
        for _ in range(10):
            file.write(b"x" * 10_000_000)
    return "100 MB"


attempt("write 100 MB", write)
attempt("make room for 100 MB", lambda: __import__("os").posix_fallocate(open("other", "wb").fileno(), 0, 100_000_000))
