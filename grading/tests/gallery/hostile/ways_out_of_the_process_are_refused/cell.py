import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p


def call(number, *arguments):
    if libc.syscall(number, *[a if isinstance(a, bytes) else ctypes.c_long(a) for a in arguments]) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


NUMBERS = (
    {  # of x86-64; those above 424 are the same everywhere
        "ptrace": 101,
        "process_vm_readv": 310,
        "process_vm_writev": 311,
        "kcmp": 312,
        "bpf": 321,
        "perf_event_open": 298,
        "userfaultfd": 323,
        "add_key": 248,
        "keyctl": 250,
        "mount": 165,
        "chroot": 161,
        "unshare": 272,
        "setns": 308,
        "open_by_handle_at": 304,
        "name_to_handle_at": 303,
        "personality": 135,
        "shmget": 29,
        "msgget": 68,
        "semget": 64,
        "memfd_create": 319,
        "init_module": 175,
        "kexec_load": 246,
        "reboot": 169,
        "swapon": 167,
        "settimeofday": 164,
        "sethostname": 170,
        "syslog": 103,
        "acct": 163,
        "quotactl": 179,
        "fanotify_init": 300,
        "mq_open": 240,
    }
    if os.uname().machine == "x86_64"
    else {}
)
NUMBERS |= {
    "pidfd_getfd": 438,
    "clone3": 435,
    "io_uring_setup": 425,
    "process_madvise": 440,
    "mount_setattr": 442,
    "memfd_secret": 447,
    "open_tree": 428,
    "move_mount": 429,
    "fsopen": 430,
    "statmount": 457,
    "listmount": 458,
    "lsm_set_self_attr": 460,
    "open_tree_attr": 467,
    "listns": 470,
    "a call of tomorrow": 500,
}
for name, number in NUMBERS.items():
    attempt(name, lambda: call(number, 0, 0, 0, 0, 0, 0))
for name in ("grader", "warm", "victim"):
    pid = getattr(world, name)
    attempt(f"attach to {name}", lambda: call(101, 16, pid, 0, 0) if NUMBERS.get("ptrace") else 1 / 0)
    attempt(f"take a descriptor of {name}", lambda: call(438, os.pidfd_open(pid), 0, 0))
    attempt(f"move the pages of {name}", lambda: call(256, pid, 8, b"\1" * 8, b"\1" * 8))
for flag in (0x10000000, 0x20000000, 0x40000000, 0x00020000, 0x08000000):
    attempt(f"namespace {flag:#x}", lambda: os.unshare(flag) if hasattr(os, "unshare") else call(272, flag))
    attempt(f"clone {flag:#x}", lambda: call(56, flag | 17, 0, 0, 0, 0) if NUMBERS else 1 / 0)
for user in (0, 1, 65534):
    if user != os.getuid():
        attempt(f"become {user}", lambda: os.setuid(user))
        attempt(f"be of the group {user}", lambda: os.setgroups([user]))
