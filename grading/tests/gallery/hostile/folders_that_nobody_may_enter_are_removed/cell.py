import os

for place in (".", os.environ["HOME"]):
    os.mkdir(f"{place}/closed")
    for number, target in enumerate((world.key, world.home, world.gradebook, world.store, world.folder)):
        os.symlink(target, f"{place}/closed/link{number}")
    os.mkdir(f"{place}/closed/inner")
    open(f"{place}/closed/inner/file", "w").close()
os.umask(0o777)
os.mkdir("shut", 0)
os.rename("closed", "was")
