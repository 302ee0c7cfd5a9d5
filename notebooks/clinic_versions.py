"""The tools of M9_03: a repository for data, runs that note it, versions and lineage.

Each function gets all that it needs as arguments. `??tools.track` in a cell shows one.
You may change this file: hand it in beside your notebook, and your copy is used.
"""

import logging
import os
import subprocess
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import clinic
import matplotlib.pyplot as plt
import mlflow
import pandas as pd
import yaml
from dvc.repo import Repo
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from mlflow.entities import Dataset
from sklearn.model_selection import cross_val_score

from grading import history, open_store

# What a picture of the lineage shows, from left to right: what it is, who keeps it.
STEPS = {
    "version": "version\n(registry)",
    "run_id": "run\n(MLflow)",
    "dataset_digest": "dataset digest\n(MLflow)",
    "data_md5": "md5 of the file\n(DVC)",
    "data_commit": "data commit\n(Git)",
    "code_commit": "code commit\n(Git)",
}


def find_dvc() -> None:
    """Put this Python's folder, where `dvc` is installed, on the search path.

    DVC's own notes go to a folder beside the notebook, and it sends no statistics.
    """
    folder = str(Path(sys.executable).parent)
    if folder not in os.environ["PATH"].split(os.pathsep):
        os.environ["PATH"] = folder + os.pathsep + os.environ["PATH"]
    os.environ["DVC_SITE_CACHE_DIR"] = str(Path("dvc-site").resolve())
    os.environ["DVC_NO_ANALYTICS"] = "1"


def shell(folder: str | Path, command: str) -> str:
    """Run one command in a folder, as a terminal would, and return what it printed.

    Raises RuntimeError with the command's own message when it fails.

    >>> shell("tumour-repository", "git ls-files")
    """
    done = subprocess.run(
        command, cwd=folder, shell=True, capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(f"{command}: {done.stderr or done.stdout}")
    return done.stdout.strip()


def new_repository(folder: str | Path) -> Path:
    """Make a folder that is a Git and DVC repository; one that is there already stays.

    Git gets a name to sign commits with, and asks for no key. To begin from nothing,
    remove the old folder first: `shutil.rmtree(folder)`.

    >>> repository = new_repository("tumour-repository")
    """
    repository = Path(folder)
    if not (repository / ".dvc").is_dir():
        logging.getLogger("dvc").setLevel(logging.WARNING)
        repository.mkdir(parents=True, exist_ok=True)
        shell(repository, "git init -q -b main")
        shell(repository, "git config user.name clinic")
        shell(repository, "git config user.email clinic@localhost")
        shell(repository, "git config commit.gpgsign false")
        Repo.init(str(repository)).close()  # as `dvc init -q` does, and faster
    return repository


def commit(repository: str | Path, message: str) -> str:
    """Commit all that changed in a repository; return the commit's 40 digits.

    When nothing changed, there is nothing to commit, and the last commit is returned.

    >>> commit("tumour-repository", "Data: the first extract")
    """
    shell(repository, "git add .")
    if shell(repository, "git status --porcelain"):
        shell(repository, f'git commit -q -m "{message}"')
    return shell(repository, "git rev-parse HEAD")


def pointer_md5(repository: str | Path, file: str) -> str:
    """Return the md5 that DVC's pointer to a data file names.

    >>> pointer_md5("tumour-repository", "breast_cancer.csv")
    """
    pointer = yaml.safe_load((Path(repository) / f"{file}.dvc").read_text())
    return str(pointer["outs"][0]["md5"])


def read_params(repository: str | Path) -> dict[str, Any]:
    """Return the settings in a repository's params.yaml, such as {"C": 0.01}."""
    return dict(yaml.safe_load((Path(repository) / "params.yaml").read_text()))


def split_rows(file: str | Path, label: str, test_rows: Sequence[int]) -> list[Any]:
    """Read a data file; return X_train, X_test, y_train and y_test.

    `label`: the column to predict. `test_rows`: the ids of the patients to test on;
    all other patients of the file are for training.
    """
    table = clinic.read_patients(file)
    train, test = table.drop(test_rows), table.loc[test_rows]
    X = [rows.drop(columns=label) for rows in (train, test)]
    return [*X, train[label], test[label]]


def track(
    run_name: str,
    model: Any,
    file: str | Path,
    label: str,
    test_rows: Sequence[int],
    seed: int,
) -> str:
    """Fit a linear model, log all that M9_01 taught in a run, and return the run's id.

    Logged are the settings, the rows it learned from and was tested on, the file's
    sha256, the notebook's commit, model, predictions, figures, and the metrics of
    training, five folds and test. The run goes to the active experiment.

    >>> track("ridge-v1", model, file, "progression", test_rows, seed=42)
    """
    X_train, X_test, y_train, y_test = split_rows(file, label, test_rows)
    model.fit(X_train, y_train)
    classifies = hasattr(model, "predict_proba")
    metric = "accuracy" if classifies else "rmse"
    scoring = "accuracy" if classifies else "neg_root_mean_squared_error"
    scores = abs(cross_val_score(model, X_train, y_train, cv=5, scoring=scoring))
    learned = clinic.predictions_of(model, X_train, y_train)
    with mlflow.start_run(run_name=run_name) as run:
        predictions = clinic.log_evidence(
            model, file, X_train, X_test, y_train, y_test, seed
        )
        mlflow.log_metrics(clinic.metrics_of(learned, "train"))
        mlflow.log_metric(f"cv_{metric}_mean", scores.mean())
        mlflow.log_metric(f"cv_{metric}_std", scores.std())
        mlflow.log_metrics(clinic.metrics_of(predictions, "test"))
        clinic.log_figures(model, predictions)
    return str(run.info.run_id)


def training_data(run_id: str) -> Dataset:
    """Return the dataset that a run logged with context="training".

    It has a `name`, a `digest` and a `source`.
    """
    for logged in mlflow.get_run(run_id).inputs.dataset_inputs:
        if any(tag.value == "training" for tag in logged.tags):
            return logged.dataset
    raise ValueError(f"the run {run_id} logged no dataset for training")


def read_predictions(run_id: str) -> pd.DataFrame:
    """Return a run's predictions.csv: columns row, y_true, y_pred (and y_score)."""
    file = mlflow.artifacts.download_artifacts(f"runs:/{run_id}/predictions.csv")
    return pd.read_csv(file)


def model_uri(run_id: str) -> str:
    """Return the address of the model that a run logged, such as models:/m-7f…"""
    return f"models:/{mlflow.get_run(run_id).outputs.model_outputs[0].model_id}"


def register(
    name: str,
    run_id: str,
    description: str,
    tags: Sequence[str] = ("data_version", "dvc_md5"),
) -> int:
    """Make a version of a registered model from a run's model; return its number.

    `tags`: which tags of the run the version gets, too.

    >>> register("tumour-screening", run_id, "The same settings on more patients.")
    """
    client = mlflow.MlflowClient()
    if not client.search_registered_models(f"name = '{name}'"):
        client.create_registered_model(name)
    own = mlflow.get_run(run_id).data.tags
    made = client.create_model_version(
        name,
        model_uri(run_id),
        run_id=run_id,
        description=description,
        tags={key: own[key] for key in tags},
    )
    return int(made.version)


def compare(name: str, numbers: Sequence[int], metrics: Sequence[str]) -> pd.DataFrame:
    """Return a table of versions: version, run_id, data_version and these metrics.

    >>> compare("tumour-screening", [1, 2], ["test_accuracy", "test_recall"])
    """
    table = []
    for number in numbers:
        version = mlflow.MlflowClient().get_model_version(name, str(number))
        run = mlflow.get_run(version.run_id)
        row = {"version": number, "run_id": version.run_id}
        row["data_version"] = run.data.tags["data_version"]
        table.append(row | {metric: run.data.metrics[metric] for metric in metrics})
    return pd.DataFrame(table)


def lineage(name: str, number: int, data_path: str) -> dict[str, Any]:
    """Follow a version back to its bytes: what registry and run say of it.

    `data_path`: the data file's path inside its repository, such as diabetes.csv.

    >>> lineage("tumour-screening", 1, "breast_cancer.csv")
    """
    version = mlflow.MlflowClient().get_model_version(name, str(number))
    tags = mlflow.get_run(version.run_id).data.tags
    return {
        "model": name,
        "version": number,
        "run_id": version.run_id,
        "dataset_digest": training_data(version.run_id).digest,
        "data_path": data_path,
        "data_md5": tags["dvc_md5"],
        "data_commit": tags["data_commit"],
        "code_commit": tags["mlflow.source.git.commit"],
    }


def draw_lineage(chains: Sequence[dict[str, Any]]) -> Figure:
    """Draw what `lineage` returned: a line of boxes for each version, the first on top.

    The grey boxes lie outside MLflow. Of long names the first eight signs are shown.
    The curved arrow goes from the run to its code.
    """
    figure, ax = plt.subplots(figsize=(9, 1 + 0.9 * len(chains)), layout="constrained")
    ax.set(xlim=(-0.5, 5.5), ylim=(len(chains) - 0.6, -0.7), yticks=[])
    ax.set_xticks(range(len(STEPS)), list(STEPS.values()))
    ax.tick_params(length=0)
    ax.xaxis.tick_top()
    ax.spines[:].set_visible(False)
    for y, chain in enumerate(chains):
        boxes = []
        for x, step in enumerate(STEPS):
            outside = step in ("data_md5", "data_commit", "code_commit")
            box = {"boxstyle": "round,pad=0.5", "facecolor": "0.85" if outside else "1"}
            said = str(chain[step])[:8]
            boxes.append(ax.text(x, y, said, ha="center", va="center", bbox=box))
        version, run, *links, code = boxes
        for start, end in pairwise([version, run, *links]):
            draw_arrow(ax, start, end, (1, 0.5), (0, 0.5), "arc3")
        draw_arrow(ax, run, code, (0.5, 1.6), (0.5, 1.6), "arc3,rad=-0.13")
    name = chains[0]["model"]
    ax.set_title(
        f"Where {len(chains)} versions of {name} come from (grey: not in MLflow)"
    )
    return figure


def draw_arrow(
    ax: Axes,
    start: Text,
    end: Text,
    leaves: tuple[float, float],
    reaches: tuple[float, float],
    line: str,
) -> None:
    """Draw an arrow between two texts.

    `leaves`, `reaches`: at which place of the texts, (0, 0.5) is the middle of the
    left side. `line`: straight as "arc3", or bent as "arc3,rad=-0.1".
    """
    style = {"arrowstyle": "->", "connectionstyle": line, "shrinkA": 8, "shrinkB": 8}
    ax.annotate(
        "",
        xy=reaches,
        xycoords=end,
        xytext=leaves,
        textcoords=start,
        arrowprops=style,
    )


def alias_history(name: str, alias: str, tracking_uri: str) -> pd.DataFrame:
    """Return the moves of an alias that the gate recorded, oldest first.

    The columns are action, version, by, at and why.

    >>> alias_history("tumour-screening", "champion", TRACKING_URI)
    """
    events = history(open_store(tracking_uri).versions, name, alias)
    columns = ["action", "version", "by", "at", "why"]
    return pd.DataFrame(
        [[getattr(event, column) for column in columns] for event in events],
        columns=columns,
    )
