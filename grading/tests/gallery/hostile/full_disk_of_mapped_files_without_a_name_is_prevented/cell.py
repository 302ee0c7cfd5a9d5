import ctypes
import mmap
import os
import time

libc = ctypes.CDLL(None)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]
for number in range(15):  # 300 MB at most
    with open("gone", "w+b") as file:
        os.unlink("gone")
        file.write(os.urandom(1000) * 20_000)
        file.flush()
        libc.mmap(None, 4096, mmap.PROT_READ, mmap.MAP_SHARED, file.fileno(), 0)
time.sleep(20)
