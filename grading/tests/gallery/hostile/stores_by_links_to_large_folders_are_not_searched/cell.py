import os

for number, target in enumerate((world.submission, world.folder, "/proc/self", "/usr/lib", "/")):
    os.symlink(target, f"link{number}")
