"""The six checklist items, the same for every lesson: asked of every main run of the part that is graded."""

import re

from grading.errors import CannotJudge, Unmet
from grading.evidence.code_version import distrusted
from grading.evidence.contract import our_contract, value_of
from grading.evidence.evidence import Evidence
from grading.evidence.log_reading import LOG_NAME, problems_of
from grading.evidence.store import Run
from grading.marking.demands import (
    compare_parameters,
    compare_test_metrics,
    require_clauses,
    require_conclusion,
    require_data_version,
    require_errors_of_one_size,
    require_errors_positive,
    require_figures,
    require_model_complete,
    require_reproduced,
    require_seed,
    said_of,
)
from grading.marking.lesson import CHECKLIST_POINTS, Check, make_check
from grading.marking.training.cross_validation import require_cross_validation
from grading.marking.training.learned import learned
from grading.marking.training.train_metrics import require_train_metrics

TRUE = frozenset({"true", "1", "yes", "dirty"})
FALSE = frozenset({"false", "0", "no", "clean"})
HEX_COMMIT = re.compile(r"^[0-9a-f]{40}$|^[0-9a-f]{64}$")


def parameters_logged(evidence: Evidence) -> str:
    """Parameters logged: every hyperparameter of the model, with its value, and the random seed."""
    compared = 0
    for run in _main_runs(evidence):
        with said_of(evidence, run):
            compared += compare_parameters(evidence, run)
            require_seed(run)
            if found := learned(evidence, run):
                found.require("parameters")
    return f"{compared} hyperparameters equal the model's, and the seed"


def metrics_tracked(evidence: Evidence) -> str:
    """Metrics tracked: train, cross-validation and test metrics, each of the rows that its name says; the model has
    learned from rows that are not tested."""
    compared = 0
    for run in _main_runs(evidence):
        with said_of(evidence, run):
            require_clauses(evidence, run, "metric")
            require_errors_positive(evidence, run)
            require_errors_of_one_size(run)
            compared += compare_test_metrics(evidence, run)
            if found := learned(evidence, run):
                found.require("rows")
                require_train_metrics(evidence, run, found)
                require_cross_validation(evidence, run, found)
    return f"{compared} test metrics recomputed from the predictions"


def model_artifacts_saved(evidence: Evidence) -> str:
    """Model artifacts saved: a model with signature, example and pinned requirements that reproduces predictions.csv;
    and the figures, not blank."""
    for run in _main_runs(evidence):
        with said_of(evidence, run):
            require_model_complete(evidence, run)
            require_figures(evidence, run)
            require_reproduced(evidence, run)
    return "the model, loaded in a fresh process, gives the same predictions; the figures show something"


def data_version_recorded(evidence: Evidence) -> str:
    """Data version recorded: a dataset input, the file's sha256, and labels that the file really has."""
    for run in _main_runs(evidence):
        with said_of(evidence, run):
            file = require_data_version(evidence, run)
            if found := learned(evidence, run):
                found.require("data")
    return f"sha256 and labels of {file} are as recorded"


def code_version_tagged(evidence: Evidence) -> str:
    """Code version tagged: the commit the notebook ran from, and whether anything was uncommitted."""
    runs = _main_runs(evidence)
    actual = evidence.code
    if actual.commit is None:
        raise CannotJudge("a git commit to compare with", actual.problem, "without one, nobody can say which code ran")
    rules = our_contract("experiment").tags
    for run in runs:
        with said_of(evidence, run):
            for key in ("git_commit", "git_dirty"):
                if not value_of(key, rules[key], run.tags):
                    name = "mlflow.source.git.commit" if key == "git_commit" else key
                    raise Unmet(f"a tag {name} in the run {run.name!r}", list(run.tags)[:12], rules[key].why)
            commit = value_of("git_commit", rules["git_commit"], run.tags) or ""
            if commit.strip() != actual.commit:
                hint = distrusted(commit) or "`git rev-parse HEAD`, run in the notebook's folder"
                shown = commit if HEX_COMMIT.match(commit.strip()) else f"{commit!r}, which is not a full commit"
                raise Unmet(f"commit {actual.commit} in the run {run.name!r}", shown, hint)
            dirty = (value_of("git_dirty", rules["git_dirty"], run.tags) or "").strip().lower()
            if dirty not in TRUE | FALSE:
                raise Unmet("true or false in the tag git_dirty", dirty, "bool(output of git status --porcelain)")
            if actual.dirty is not None and (dirty in TRUE) != actual.dirty:
                raise Unmet(f"git_dirty to be {actual.dirty}", dirty, "ask `git status --porcelain`; do not type it in")
    return f"commit {actual.commit[:8]}"


def results_documented(evidence: Evidence) -> str:
    """Results documented: a description that concludes from a logged number, and a complete experiment_log.md."""
    for run in _main_runs(evidence):
        with said_of(evidence, run):
            require_conclusion(run, evidence.compared_runs)
            path = next((path for path in run.artifacts.paths() if path.rpartition("/")[2].lower() == LOG_NAME), None)
            if path is None:
                raise Unmet(f"{LOG_NAME} in the run {run.name!r}", run.artifacts.paths()[:8] or "no artifacts",
                            "mlflow.log_text(experiment_log(run_id, ...), \"experiment_log.md\")")  # fmt: skip
            text = run.artifacts.local(path).read_text("utf-8", "replace")
            if problem := next(iter(problems_of(text, run)), None):
                raise Unmet(
                    "a complete experiment log with the run's own numbers", problem, "write it again from the run"
                )
    return "the conclusion and the experiment log agree with the run"


CHECKLIST: tuple[Check, ...] = tuple(
    make_check(function, "checklist", CHECKLIST_POINTS, reading=f"experiment_best_practices.md#{heading}")
    for function, heading in (
        (parameters_logged, "7. Log what the model has, not what you typed"),
        (metrics_tracked, "8. A metric for each split"),
        (model_artifacts_saved, "12. Save a model that others can load safely"),
        (data_version_recorded, "10. Record which data"),
        (code_version_tagged, "11. Record which code, and where it ran"),
        (results_documented, "16. Write down what you learned while it is fresh"),
    )
)


def _main_runs(evidence: Evidence) -> tuple[Run, ...]:
    return evidence.main_runs or (evidence.main_run,)  # the latter says what is missing
