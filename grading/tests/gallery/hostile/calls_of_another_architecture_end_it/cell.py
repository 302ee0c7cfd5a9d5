import ctypes
import mmap
import os

if os.uname().machine == "x86_64":
    # socket(AF_INET, SOCK_STREAM, 0) of i386: eax=359 ebx=2 ecx=1 edx=0, int 0x80
    code = bytes.fromhex("53b867010000bb02000000b90100000031d2cd805bc3")
    page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(code)
    function = ctypes.CFUNCTYPE(ctypes.c_long)(ctypes.addressof(ctypes.c_char.from_buffer(page)))
    print("attempt int 0x80: SUCCEEDED" if function() >= 0 else "attempt int 0x80: refused")
