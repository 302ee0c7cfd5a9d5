import os
import pathlib

folder = (
    next(path for path in pathlib.Path("mlruns").iterdir()) if pathlib.Path("mlruns").exists() else pathlib.Path("none")
)
if folder.exists():
    folder.rename("moved")
    os.symlink(world.submission, folder)
