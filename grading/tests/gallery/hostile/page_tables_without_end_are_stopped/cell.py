import ctypes
import mmap
import time

libc = ctypes.CDLL(None)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]
EACH, STEP = 1 << 38, 1 << 21
for _ in range(2):  # 1 GB of tables at most
    start = libc.mmap(None, EACH, mmap.PROT_READ, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000, -1, 0)
    assert start != 2**64 - 1
    for offset in range(0, EACH, STEP):
        ctypes.c_char.from_address(start + offset).value
time.sleep(20)
