"""The model that was chosen, and the baseline it is held against."""

from collections.abc import Collection, Iterable

from grading.errors import NotAttempted, Unmet
from grading.evidence.claims import label_mismatches
from grading.evidence.evidence import Evidence
from grading.evidence.metric_name import is_of_test_rows, parse
from grading.evidence.store import Run
from grading.lessons.m9_02.candidates import is_baseline, said
from grading.lessons.m9_02.cv_splits import read_splits, split_tables
from grading.lessons.m9_02.search_space import Dimension
from grading.lessons.m9_02.searches import METHOD_TAGS, SPACE_FILE, Search, settings_searched, signed
from grading.lessons.m9_02.selection import RULE_NAMES
from grading.marking.demands import claimed, compare_metric

BEATS_NAMES = ("beats_baseline", "beats_the_baseline", "better_than_baseline")


def final_run(evidence: Evidence) -> Run:
    """The run of the chosen model: the newest main run with a selection rule or, without any, the newest."""
    if (
        not evidence.main_runs
        and evidence.runs
        and not any(run.models or said(run, RULE_NAMES) for run in evidence.runs)
    ):
        raise NotAttempted("a finished run of your own with the chosen model and a test metric",
                           "none with a test metric yet", "task 4 says what it needs")  # fmt: skip
    main = evidence.main_run  # raises when there is none
    runs = [run for run in evidence.main_runs if not is_baseline(run)] or [main]
    return next((run for run in reversed(runs) if said(run, RULE_NAMES)), runs[-1])


def chosen_settings(evidence: Evidence, run: Run) -> dict[str, object]:
    """The searched settings as the run's model has them; raises Unmet for one that it does not have."""
    values = evidence.hyperparameters(run)
    found: dict[str, object] = {}
    for dimension in settings_searched(evidence):
        names = [name for name in values if _is(name, dimension)]
        if dimension.name in values or names:
            found[dimension.name] = values[dimension.name if dimension.name in values else names[0]]
        elif dimension.is_known and not dimension.conditional:
            raise Unmet(f"the setting {dimension.name} in the model of {run.name!r}", sorted(values)[:12],
                        "tune what the model has")  # fmt: skip
    if not found:
        raise Unmet(f"the tuned settings in the model of {run.name!r}", sorted(values)[:12], "refit what was tried")
    return found


def require_origin(final: Run, found: Iterable[Search]) -> None:
    """Raise Unmet unless the final run, or a search inside it, says how was searched, and it keeps the space."""
    if not any(SPACE_FILE.search(path.rpartition("/")[2]) for path in final.artifacts.paths()):
        raise Unmet(f"search_space.json in the run {final.name!r} too", final.artifacts.paths() or "no artifacts",
                    'mlflow.log_text(my_text, "search_space.json"): the experiment log shows it')  # fmt: skip
    inside = [search.run for search in found if search.run.parent_id == final.id]
    if not any(said(run, METHOD_TAGS) for run in (final, *inside)):
        raise Unmet(f"a tag {METHOD_TAGS[0]} on {final.name!r}", sorted(final.tags) or "no tags",
                    "how the candidates were searched, such as random, tpe: the experiment log shows it")  # fmt: skip


def searching_runs(evidence: Evidence, final: Run, found: Iterable[Search]) -> list[Run]:
    """The candidates, their folds and the searches: what may not look at the test rows.

    Earlier final runs and their baselines are none, nor is what a cell left behind that was run again in a live
    notebook. They have a model: a tag alone makes no final run.
    """
    by_id = {run.id: run for run in evidence.runs}
    tops = {run.id for run in evidence.without_repeats(run for run in evidence.runs if run.parent_id is None)}
    parents = {search.run.id for search in found}
    kept = []
    for run in evidence.runs:
        above, passed = run, {run.id}
        while above.parent_id in by_id and above.parent_id not in passed:
            above = by_id[above.parent_id]
            passed.add(above.id)
        superseded = above.parent_id is None and above.id not in tops
        is_model = bool(run.models) and (run.parent_id is None or is_baseline(run))
        is_alone = run.parent_id is None and run.id not in parents
        if run.id != final.id and not (superseded or is_model or is_alone):
            kept.append(run)
    return kept


def baseline_run(evidence: Evidence, final: Run) -> Run:
    """The newest baseline inside the final run; raises Unmet when there is none."""
    found = [run for run in evidence.runs if is_baseline(run) and run.id != final.id and run.status == "FINISHED"]
    if not found:
        raise Unmet("a run with the tag role = baseline", "none",
                    'mlflow.start_run(run_name="baseline", nested=True, tags={"role": "baseline"})')  # fmt: skip
    inside = [run for run in found if run.parent_id == final.id]
    if not inside:
        raise Unmet(f"the baseline as a run inside {final.name!r}", f"{found[-1].name!r} outside it",
                    "nested=True, inside its with: alone it would be one more final model")  # fmt: skip
    return inside[-1]


def tested_alike(evidence: Evidence, final: Run, baseline: Run, key: str) -> tuple[float, float]:
    """The test metric `key` of the final run and of the baseline; raises Unmet unless they are of the same rows and
    what the predictions give."""
    ours, theirs = evidence.predictions(final), evidence.predictions(baseline)
    frame = theirs.set_index("row")
    if set(ours["row"]) != set(theirs["row"]) or label_mismatches(ours, frame, ["y_true"]):
        raise Unmet("a baseline tested on the same rows", f"{len(theirs)} rows in {baseline.name!r}",
                    "the same test patients for both")  # fmt: skip
    values = []
    for run, predictions in ((final, ours), (baseline, theirs)):
        own = [entry for entry in claimed(evidence, run) if parse(entry[0]).base == key and entry[2] is None]
        if not own:
            raise Unmet(f"test_{key} in the run {run.name!r}", sorted(run.metrics), f"log test_{key}")
        name, metric, _ = own[0]
        compare_metric(name, metric, None, run, predictions)
        values.append(run.metrics[name])
    return values[0], values[1]


def judge_beaten(final: Run, key: str, ours: float, theirs: float) -> str:
    """Whether the final run beats the baseline, in words; raises Unmet unless its tag says what the numbers say."""
    beats = signed(key, ours) < signed(key, theirs)
    text = said(final, BEATS_NAMES)
    words = f"test_{key} {ours:.4g} against {theirs:.4g}"
    if text.lower() not in ("true", "false", "yes", "no", "1", "0"):
        raise Unmet(
            f"a tag beats_baseline on {final.name!r}", text or "none", "true or false: both are right when true"
        )
    if (text.lower() in ("true", "yes", "1")) != beats:
        raise Unmet(f"beats_baseline = {beats}: {words}", text, "say what the numbers say")
    return f"{'beats' if beats else 'does not beat'} it: {words}"


def require_untouched(evidence: Evidence, baseline: Run) -> None:
    """Raise Unmet when the baseline's model has another value than scikit-learn's own for a setting of the space."""
    own, values = evidence.model(baseline).defaults(), evidence.hyperparameters(baseline)
    if own is None:
        return
    for dimension in settings_searched(evidence):
        for name, value in values.items():
            if _is(name, dimension) and name in own and value != own[name]:
                raise Unmet(f"{name} = {own[name]}, untouched, in the baseline", value,
                            "a baseline made worse makes anything look better")  # fmt: skip


def _is(name: str, dimension: Dimension) -> bool:
    """Whether a hyperparameter is the one that is searched: by its name, or without the step's."""
    if "__" in dimension.name and "__" in name:
        return name == dimension.name
    return name.rpartition("__")[2] == dimension.last


def require_no_test_metric(evidence: Evidence, final: Run, found: Iterable[Search]) -> None:
    """Raise Unmet when a candidate, a fold or a search has a metric of the test rows."""
    for run in searching_runs(evidence, final, found):
        looked = list(filter(is_of_test_rows, run.metrics))
        if looked:
            raise Unmet(f"no test metric in {run.name!r}", looked, "choose by the folds; test once, at the end")


def require_outside_splits(evidence: Evidence, rows: Collection[object]) -> None:
    """Raise Unmet when one of the test rows is in a table of splits, or when there is no such table."""
    tables = split_tables(evidence)
    if not tables:
        raise Unmet("the table of the splits, to see that no test row is in it", "none",
                    'mlflow.log_text(folds.to_csv(), "cv_splits.csv")')  # fmt: skip
    for file in set(tables.values()):
        known = {str(row) for row in read_splits(file)}
        seen = [row for row in rows if str(row) in known]
        if seen:
            raise Unmet(f"test rows that no fold of {file.name} has", f"{len(seen)} of {len(rows)} are in it",
                        "put the test rows aside before the first split")  # fmt: skip
