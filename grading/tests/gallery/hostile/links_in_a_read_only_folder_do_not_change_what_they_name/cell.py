import os

# A folder's mode cannot be changed here, so one is born read-only and links are born in it by its descriptor, if at all.
for mode in (0o000, 0o300, 0o500, 0o100):
    name = f"born{mode:o}"
    os.mkdir(name, mode)
    for number, target in enumerate((world.key, world.home, world.gradebook)):
        try:
            os.symlink(target, f"{name}/link{number}")
        except OSError:
            pass
