import os
import signal

targets = {"guard": os.getppid(), "warm": world.warm, "grader": world.grader, "victim": world.victim}
for name, pid in targets.items():
    for number in (0, signal.SIGTERM, signal.SIGSTOP, signal.SIGKILL):
        attempt(f"signal {number} to {name}", lambda: os.kill(pid, number))
    attempt(f"signal by descriptor to {name}", lambda: signal.pidfd_send_signal(os.pidfd_open(pid), signal.SIGKILL))
    attempt(f"signal to the group of {name}", lambda: os.killpg(os.getpgid(pid), signal.SIGKILL))
    attempt(f"signal to the group {name}", lambda: os.killpg(pid, signal.SIGKILL))
