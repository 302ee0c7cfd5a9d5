"""Run the pipeline: `dvc repro` with what it needs around it.

Usage: python run.py [--data-version v1|v2]    (or: make pipeline DATA_VERSION=v1)
"""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

from ruamel.yaml import YAML

from grading import quiet
from params import read_params

HERE = Path(__file__).parent
STORE = HERE / "mlflow.db"
VERSIONS = ("v1", "v2")


def environment() -> dict[str, str]:
    """Ours, quiet; this Python for `python`; one arithmetic thread, so that sums are the same to the last digit."""
    quiet.apply()
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    own = {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
        "DVC_NO_ANALYTICS": "1",
        "DVC_SITE_CACHE_DIR": os.environ.get("DVC_SITE_CACHE_DIR", str(root() / ".dvc" / "tmp" / "site")),
        "MLFLOW_TRACKING_URI": os.environ.get("MLFLOW_TRACKING_URI") or own_store(),
    }
    return {**os.environ, **threads, **own}


def own_store() -> str:
    """Where runs are kept unless MLFLOW_TRACKING_URI says otherwise."""
    return f"sqlite:///{STORE}"


def recorded_in(store: str) -> bool:
    """Whether the last training was recorded in this store, and the store is still there."""
    last = HERE / "build" / "store.txt"
    return last.is_file() and last.read_text("utf-8") == store and (store != own_store() or STORE.exists())


def root() -> Path:
    """The folder that holds .dvc; exits with a sentence when there is no git or no DVC."""
    if shutil.which("git") is None:
        sys.exit("✗ expected git; found none. Install git: without a commit a run cannot be repeated")
    asked = subprocess.run(["git", "rev-parse", "--verify", "HEAD"], cwd=HERE, capture_output=True, check=False)
    if asked.returncode != 0:
        sys.exit(
            "✗ expected a git repository with a commit; found none. Clone the course, "
            "or run `git init`, `git add -A` and `git commit`"
        )
    found = next((folder for folder in HERE.parents if (folder / ".dvc").is_dir()), None)
    if found is None:
        sys.exit("✗ expected DVC to be initialised; found no .dvc folder. Run `dvc init` where .git lies")
    return found


def choose_data(version: str) -> None:
    """Write the data version into params.yaml, comments kept."""
    file, yaml = HERE / "params.yaml", YAML()
    params = yaml.load(file.read_text("utf-8"))
    if params["data"]["version"] != version:
        params["data"]["version"] = version
        with file.open("w", encoding="utf-8", newline="\n") as stream:
            yaml.dump(params, stream)
        print(f"params.yaml: data.version is {version} now", flush=True)


def main() -> int:
    """Let DVC run what has changed; its exit code."""
    parser = argparse.ArgumentParser(description="Run what has changed: VALIDATE → PREPROCESS → TRAIN.")
    parser.add_argument("--data-version", choices=VERSIONS, help="write data.version into params.yaml first")
    chosen = parser.parse_args()
    around = environment()
    read_params(HERE / "params.yaml")  # what is wrong in it is said in our words, before DVC reads it
    if chosen.data_version:
        choose_data(chosen.data_version)
    # Without its run cache: going back to an earlier value is a new run too, with its own entry in MLflow.
    command = [sys.executable, "-m", "dvc", "repro", "--no-run-cache", str(HERE / "dvc.yaml")]
    if not recorded_in(around["MLFLOW_TRACKING_URI"]):
        command.append("--force")  # DVC does not know the store: what it calls up to date may be recorded elsewhere
    return subprocess.run(command, cwd=HERE, env=around, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
