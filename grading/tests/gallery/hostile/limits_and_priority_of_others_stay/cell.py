import os
import resource

targets = {"guard": os.getppid(), "warm": world.warm, "grader": world.grader, "victim": world.victim}
for name, pid in targets.items():
    attempt(f"processor time of {name}", lambda: resource.prlimit(pid, resource.RLIMIT_CPU, (3000, 3000)))
    attempt(f"file size of {name}", lambda: resource.prlimit(pid, resource.RLIMIT_FSIZE, (10**9, 10**9)))
    attempt(f"priority of {name}", lambda: os.setpriority(os.PRIO_PROCESS, pid, 19))
    os.sched_setaffinity(pid, {0})  # pretended: the harness looks whether it was done
    os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0))
attempt("priority of the user's processes", lambda: os.setpriority(os.PRIO_USER, 0, 19))
attempt("priority of the guard's group", lambda: os.setpriority(os.PRIO_PGRP, os.getpgid(os.getppid()), 19))
