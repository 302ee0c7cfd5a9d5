import os
import pathlib
import time

from ipykernel.kernelapp import IPKernelApp

folder = pathlib.Path(IPKernelApp.instance().connection_file).parent
for file in list(folder.iterdir()):
    if file.suffix != ".json":
        file.unlink()
        try:
            os.symlink(world.unix, file)
        except OSError:
            pass
for fd in range(3, 100):
    try:
        if os.readlink(f"/proc/self/fd/{fd}").startswith("socket:"):
            os.close(fd)
    except OSError:
        pass
time.sleep(5)
