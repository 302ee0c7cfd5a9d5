"""Lesson M9_01: what a first well-tracked experiment leaves in the store."""

from grading.errors import Unmet
from grading.evidence.evidence import Evidence
from grading.evidence.figures import IMAGES, MOST_FIGURES, read_picture
from grading.evidence.fold_runs import fold_number
from grading.evidence.model_file import requirement_lines, unpinned
from grading.evidence.tables import read_board
from grading.lessons.m9_01.failed_runs import judge_failure
from grading.lessons.m9_01.folds import (
    compare_with_folds,
    cross_validation,
    cross_validations,
    require_trained,
)
from grading.lessons.m9_01.hypothesis import is_hypothesis, telling_words
from grading.lessons.m9_01.leaderboard import judge_leaderboard
from grading.lessons.m9_01.learning_curve import problem_of_curve
from grading.marking.demands import (
    claimed,
    compare_metric,
    compare_parameters,
    require_figures,
    require_labels,
    require_model_complete,
)
from grading.marking.lesson import Lesson, Task

lesson = Lesson(
    id="M9_01",
    description="mlflow_setup",
    title="Set up MLflow and track your first runs",
    worked_experiment="breast-cancer-screening",
    worked_data="breast_cancer",
    tasks=(
        Task(1, "Set up tracking", "experiment_best_practices.md#Before the first run"),
        Task(2, "Log parameters and metrics", "code_snippets.md#Parameters, and the model they belong to"),
        Task(3, "Save artifacts", "code_snippets.md#Text, tables and the predictions"),
        Task(4, "Create runs", "code_snippets.md#Cross-validation as nested runs"),
    ),
)

PROJECT_TAGS = ("project", "product", "use_case", "use-case")
TEAM_TAGS = ("team", "owner", "group", "squad")
LEAST_STEPS = 5
LEAST_THRESHOLDS = 2


@lesson.check(task=1, points=4)
def experiment_is_not_default(evidence: Evidence) -> str:
    """Your runs go to an experiment of their own, not to `Default`."""
    experiment = evidence.experiment
    if experiment.name == "Default":
        raise Unmet("an experiment of your own", "Default", "mlflow.set_experiment(...) before the first run")
    return f"experiment {experiment.name!r}"


@lesson.check(task=1, points=4)
def experiment_name_says_what_for(evidence: Evidence) -> str:
    """The experiment's name says problem and purpose."""
    name = evidence.experiment.name
    words = telling_words(name)
    if len(words) < 2:
        telling = f"{name!r}: {len(words)} telling" + (f" ({words[0]})" if words else "")
        hint = "for example what is predicted, and what for; words such as my, test, experiment do not count"
        raise Unmet("at least two words that say the problem and the purpose", telling, hint)
    return f"{name!r}"


@lesson.check(task=1, points=4)
def note_states_a_hypothesis(evidence: Evidence) -> str:
    """The experiment's description states a hypothesis with a number that decides it."""
    note = evidence.experiment.note
    if not note:
        hint = 'mlflow.set_experiment_tag("mlflow.note.content", "...")'
        raise Unmet("a description of the experiment with your hypothesis", "no description", hint)
    if not is_hypothesis(note):
        hint = "say what you expect, and the number that will decide it: we expect a test RMSE below N points"
        raise Unmet("a comparison with a number: below N, at least N, better by N", note, hint)
    return note


@lesson.check(task=1, points=4)
def tags_find_the_experiment(evidence: Evidence) -> str:
    """Project and team tags, by which `search_experiments` finds the experiment."""
    tags = evidence.experiment.tags
    found = []
    for names in (PROJECT_TAGS, TEAM_TAGS):
        name = next((name for name in tags if name.lower() in names and tags[name].strip()), None)
        if name is None:
            own = [tag for tag in tags if not tag.startswith("mlflow.")]
            raise Unmet(
                f"an experiment tag `{names[0]}`", own or "no tags", f'mlflow.set_experiment_tag("{names[0]}", ...)'
            )
        found.append(f"tags.{name} = '{tags[name]}'")
    return " and ".join(found)


@lesson.check(task=3, points=2)
def model_is_logged(evidence: Evidence) -> str:
    """The run keeps its model."""
    return f"model {evidence.model(evidence.main_run).logged.name!r}"


@lesson.check(task=2, points=4, needs=(model_is_logged,))
def params_match_model(evidence: Evidence) -> str:
    """The run's parameters are those of the model it keeps."""
    return f"{compare_parameters(evidence, evidence.main_run)} hyperparameters equal the model's"


@lesson.check(task=2, points=4, reading="code_snippets.md#A metric with a history")
def metric_has_a_history(evidence: Evidence) -> str:
    """A learning curve: one metric logged at five steps or more, in order."""
    longest, wrong = 0, ""
    for run in (evidence.main_run, *evidence.runs):
        for key in (key for key in run.metrics if not key.startswith("system/")):
            curve = evidence.curve(run, key)
            longest = max(longest, len(curve))
            if len(curve) < LEAST_STEPS:
                continue
            problem = problem_of_curve(evidence, run, key, curve)
            if not problem:
                return f"{key}: {len(curve)} steps in the run {run.name!r}"
            wrong = f"{key} has {len(curve)} steps, but {problem}"
        if wrong:  # an older run of the same session is no excuse for a curve of the main run
            break
    if wrong:
        raise Unmet("a learning curve of this model", wrong, "mlflow.log_metric(name, value, step=n) in a loop")
    raise Unmet(f"a metric with at least {LEAST_STEPS} increasing steps", f"the longest has {longest}",
                "mlflow.log_metric(name, value, step=n) in a loop")  # fmt: skip


@lesson.check(task=2, points=4)
def test_metrics_follow_from_predictions(evidence: Evidence) -> str:
    """The test metrics are those that predictions.csv gives."""
    run = evidence.main_run
    predictions = evidence.predictions(run)
    compared = [
        f"{name} = {run.metrics[name]:.4g}"
        for name, key, threshold in claimed(evidence, run)
        if threshold is None and compare_metric(name, key, None, run, predictions)
    ]
    if not compared:
        raise Unmet("test metrics such as test_rmse", sorted(run.metrics) or "no metrics", "mlflow.log_metrics({...})")
    return ", ".join(compared)


@lesson.check(task=2, points=4, reading="code_snippets.md#Metrics of each split, thresholds, costs")
def domain_metric_per_threshold(evidence: Evidence) -> str:
    """A metric the clinic understands, at two thresholds or more, that predictions.csv gives."""
    run = evidence.main_run
    predictions = evidence.predictions(run)
    thresholds: dict[str, dict[float, str]] = {}
    for name, key, threshold in claimed(evidence, run):
        if threshold is not None and compare_metric(name, key, threshold, run, predictions):
            thresholds.setdefault(key, {})[threshold] = f"{name} = {run.metrics[name]:.3f}"
    compared = max(thresholds.values(), key=len, default={})
    if len(compared) < LEAST_THRESHOLDS:
        raise Unmet(
            "one metric at two thresholds or more, such as share_within_25_points and share_within_50_points",
            list(compared.values()) or sorted(run.metrics),
            "two metrics of one kind that differ by the number in their names: share_within_25_points, recall_at_0.3",
        )
    return ", ".join(compared.values())


@lesson.check(task=3, points=4, needs=(model_is_logged,))
def model_can_be_used_by_others(evidence: Evidence) -> str:
    """The model has a signature, an input example and requirements with exact versions."""
    run = evidence.main_run
    require_model_complete(evidence, run)
    return f"{len(evidence.model(run).inputs) or 'unnamed'} inputs in the signature"


@lesson.check(task=3, points=4, reading="code_snippets.md#Which data")
def predictions_are_of_the_data(evidence: Evidence) -> str:
    """predictions.csv names rows of the recorded data file, with the labels that file has."""
    return require_labels(evidence, evidence.main_run)


@lesson.check(task=3, points=4, reading="code_snippets.md#Figures")
def figures_show_something(evidence: Evidence) -> str:
    """The figures are there, differ, and are not blank."""
    run = evidence.main_run
    count = require_figures(evidence, run)
    files = [path for path in run.artifacts.paths() if path.lower().endswith(IMAGES)][:MOST_FIGURES]
    prints = {read_picture(run.artifacts.local(path)).fingerprint for path in files}
    if len(prints) < count:
        raise Unmet(
            f"{count} different figures",
            f"only {len(prints)}: some of {', '.join(files)} show the same picture",
            "pass the figure itself to mlflow.log_figure",
        )
    return ", ".join(files)


@lesson.check(task=3, points=2)
def requirements_are_logged(evidence: Evidence) -> str:
    """The run keeps a requirements.txt with exact versions."""
    run = evidence.main_run
    names = [path for path in run.artifacts.paths() if path.rpartition("/")[2].lower() == "requirements.txt"]
    if not names:
        raise Unmet("requirements.txt among the run's artifacts", run.artifacts.paths()[:8] or "no artifacts",
                    'mlflow.log_text("\\n".join(...), "requirements.txt")')  # fmt: skip
    text = run.artifacts.local(names[0]).read_text("utf-8", "replace")
    loose, count = unpinned(text), len(requirement_lines(text))
    if loose or not count:
        raise Unmet("only lines such as scikit-learn==1.9.1", loose or "none", "importlib.metadata.version(...)")
    return f"{count} pinned packages"


@lesson.check(task=4, points=4)
def folds_are_nested(evidence: Evidence) -> str:
    """Cross-validation is a parent run with one nested run per fold, numbered from 0 or from 1."""
    parent, folds = cross_validation(evidence)
    numbers = sorted(number for fold in folds if (number := fold_number(fold)) is not None)
    if numbers not in (list(range(len(folds))), list(range(1, len(folds) + 1))) or len(folds) < 2:
        last = max(len(folds) - 1, 1)
        hint = 'mlflow.log_param("fold", fold) in each nested run'
        raise Unmet(f"folds 0 to {last}, or 1 to {last + 1}, each once", numbers, hint)
    return f"{len(folds)} folds in {parent.name!r}"


@lesson.check(task=4, points=4, needs=(folds_are_nested,))
def parent_agrees_with_folds(evidence: Evidence) -> str:
    """The parent's mean and standard deviation are those of its folds, and the folds' values those of a model."""
    found = cross_validations(evidence)
    agreed = compare_with_folds(*found[0])
    require_trained(evidence, found)
    return ", ".join(agreed)


@lesson.check(task=4, points=4, reading="code_snippets.md#Failed and abandoned runs")
def failed_run_gives_its_reason(evidence: Evidence) -> str:
    """A failed run is marked FAILED with a tag that says why, and no run is left RUNNING."""
    return judge_failure(evidence)


@lesson.check(task=4, points=4, reading="code_snippets.md#Find runs and rank them")
def leaderboard_is_the_stores(evidence: Evidence) -> str:
    """A leaderboard artifact with the values and the order that the store gives."""
    for run in reversed(evidence.started_runs):
        boards = [path for path in run.artifacts.paths() if "leaderboard" in path.lower()]
        path = next((path for path in boards if path.lower().endswith((".csv", ".json"))), None)
        if path is not None:
            ever = [other for other in evidence.runs_ever if not other.deleted]
            ranked, key = judge_leaderboard(read_board(run.artifacts.local(path)), run, ever)
            return f"{ranked} runs in the order of {key}"
    hint = "mlflow.search_runs(..., order_by=[...]), then log it as a CSV"
    raise Unmet("an artifact leaderboard.csv", evidence.none_of_yours, hint)
