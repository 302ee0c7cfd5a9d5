for f in others:
    describe(f, f"{f} is not chosen: it misses by about {mae[f]:.0f} points.")
