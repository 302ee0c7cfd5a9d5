for f in others:
    describe(f, f"{f} has a test MAE of {mae[f]:.2f}, not chosen.")
