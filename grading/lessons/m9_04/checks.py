"""Lesson M9_04: what a fair comparison of models leaves in the store."""

from functools import partial

import numpy as np

from grading.errors import NotAttempted, Outcome, Unmet
from grading.evidence.candidate_run import is_candidate
from grading.evidence.claims import label_mismatches
from grading.evidence.comparison import equal
from grading.evidence.data_files import label_columns
from grading.evidence.evidence import Evidence
from grading.evidence.log_reading import LOG_NAME
from grading.evidence.metric_name import parse
from grading.evidence.predictions import predictions_path
from grading.evidence.run_facts import key_of
from grading.evidence.store import Run
from grading.evidence.tables import Table, find_table
from grading.lessons.m9_04.ab_test import FILE_WORDS as TESTS
from grading.lessons.m9_04.ab_test import find_tests, judge_tests, judge_verdicts, pairs
from grading.lessons.m9_04.comparison_figures import (
    figures,
    found_none,
    judge_pages,
    require_different_pictures,
)
from grading.lessons.m9_04.comparison_table import judge_comparison
from grading.lessons.m9_04.families import (
    bound_of,
    candidates,
    corrected_interval,
    families,
    fold_scores,
    looked_at,
    require_means,
    usual_interval,
)
from grading.lessons.m9_04.groups import judge_groups
from grading.lessons.m9_04.learning_curves import judge_curves
from grading.lessons.m9_04.papers import judge_card, judge_log, path_of, registered
from grading.lessons.m9_04.plan import judge_plan
from grading.lessons.m9_04.practices import find_practices, require_different, require_shown, run_of
from grading.lessons.m9_04.retrained import require_trained
from grading.lessons.m9_04.trade_offs import judge_trade_offs
from grading.marking.lesson import Lesson, Task, first_met

lesson = Lesson(
    id="M9_04",
    description="experiment_comparison",
    title="Compare experiments and decide",
    worked_experiment="breast-cancer-screening",
    worked_data="breast_cancer",
    tasks=(
        Task(1, "Compare several experiments", "code_snippets.md#Find runs and rank them"),
        Task(2, "Visualise", "experiment_best_practices.md#13. Draw what the number hides"),
        Task(
            3,
            "Analyse trade-offs, and test A against B",
            "lessons/M9_04.md#Task 3: Analyse trade-offs, and test A against B",
        ),
        Task(4, "Document best practices", "experiment_best_practices.md#What does your run still lack?"),
    ),
)

LEAST_FIGURES = 4


@lesson.check(task=1, points=3)
def families_have_fold_scores(evidence: Evidence) -> str:
    """At least three families, each with the predictions of rows held out, and the score that they give each split."""
    found, every = [], families(evidence)
    for family in every:
        key, scores = fold_scores(evidence, family)
        require_trained(evidence, family, [each.run.name for each in every])
        found.append(f"{family.run.name}: {len(scores)} splits, {key} {np.mean(scores):.4g}")
    return "; ".join(found)


@lesson.check(task=1, points=3)
def splits_are_the_same(evidence: Evidence) -> str:
    """All families held out the same rows in the same splits, no test row among them, with the data file's labels."""
    first, *others = families(evidence)
    for other in others:
        for name in ("split", "row"):
            if len(first.table) != len(other.table) or (first.table[name] != other.table[name]).any():
                expected = f"{other.run.name!r} to hold out the same rows as {first.run.name!r}, split by split"
                raise Unmet(expected, "other rows", "one splitter with one random_state for all families")
        if (first.table["y_true"] != other.table["y_true"]).any():
            raise Unmet(f"the same y_true for {first.run.name!r} and {other.run.name!r}", "other labels")
    rows = first.table.drop_duplicates("row")
    for run in (*(each.run for each in (first, *others)), *evidence.main_runs):
        if run.datasets:
            file = evidence.data.find(evidence.dataset(run).location)
            frame = evidence.data.frame(file)
            if wrong := label_mismatches(rows, frame, label_columns(file, frame)):
                raise Unmet(f"y_true to be the labels of {file.name}", f"{wrong} of {len(rows)} differ")
            break
    held = set(rows["row"])
    for run in evidence.main_runs:
        tested = evidence.predictions(run)["row"].tolist() if predictions_path(run) else []
        if seen := [row for row in tested if row in held]:
            found = f"{len(seen)} of the {len(tested)} test rows of {run.name!r} are among them"
            raise Unmet("no test row in out_of_fold.csv", found, "cross-validate on the training rows only")
    return f"{len(first.parts)} splits of {len(rows)} rows, the same for {1 + len(others)} families"


@lesson.check(task=1, points=3)
def intervals_are_corrected(evidence: Evidence) -> str:
    """95 % intervals of the cross-validated means, corrected for the rows that the splits share."""
    found = []
    for family in families(evidence):
        key, scores = fold_scores(evidence, family)
        run, ends = family.run, corrected_interval(scores, family.held_share)
        require_means(family)
        logged = {end: value for name, value in run.metrics.items()
                  if (bound := bound_of(name)) and bound[1] in (key, "") for end in bound[:1]}  # fmt: skip
        expected = f"{ends[0]:.4f} to {ends[1]:.4f} for {run.name!r}, by the corrected variance"
        if set(logged) != {"low", "high"}:
            hint = "log cv_rmse_low and cv_rmse_high in each family's run"
            raise Unmet(expected, sorted(run.metrics) or "no metrics", hint)
        if not (equal(logged["low"], ends[0]) and equal(logged["high"], ends[1])):
            hint = "variance of the mean: (1 / splits + n_test / n_train) times that of the scores"
            if all(equal(logged[e], v) for e, v in zip(("low", "high"), usual_interval(scores), strict=True)):
                hint = f"this is the usual interval, which takes the splits for independent; {hint}"
            raise Unmet(expected, f"{logged['low']:.4f} to {logged['high']:.4f}", hint)
        found.append(f"{run.name}: {ends[0]:.4g} to {ends[1]:.4g}")
    return "; ".join(found)


@lesson.check(task=1, points=3)
def comparison_is_the_stores(evidence: Evidence) -> str:
    """One table of all families, with the means and intervals that the store has."""
    runs = [family.run for family in families(evidence)]
    return judge_comparison(evidence, find_table(evidence, ("comparison",), "comparison.csv", avoid=TESTS), runs)


@lesson.check(task=1, points=4)
def test_patients_stay_unseen(evidence: Evidence) -> str:
    """No family has a test metric yet: they are compared on the rows that they held out."""
    found = candidates(evidence)
    for run in found:
        # Of one that is a final run as well, plan_comes_first asks when it began.
        if is_candidate(run, has_children=False) and (looked := looked_at(evidence, run)):
            hint = "log test metrics in the final runs of task 3, after the plan; what the splits hold out is cv_…"
            raise Unmet(f"no test metric in {run.name!r}", looked, hint)
    return f"no test metric in {', '.join(dict.fromkeys(run.name for run in found))}"


@lesson.check(task=2, points=4)
def figures_are_there(evidence: Evidence) -> str:
    """At least four figures of the comparison, one of them an HTML page."""
    images, pages = figures(evidence)
    if len(images) + len(pages) < LEAST_FIGURES or not pages:
        names = [path for _, path in (*images, *pages)] or found_none(evidence)
        raise Unmet(f"{LEAST_FIGURES} figures beside those of the final runs, one of them HTML", names,
                    "intervals.png, errors.png, learning_curves.png, parallel_coordinates.html")  # fmt: skip
    return ", ".join(path for _, path in (*images, *pages))


@lesson.check(task=2, points=4)
def figures_differ(evidence: Evidence) -> str:
    """The figures show something, and each something else."""
    images, _ = figures(evidence)
    if len(images) < LEAST_FIGURES - 1:
        names = [path for _, path in images]
        raise Unmet(f"{LEAST_FIGURES - 1} pictures", names or found_none(evidence), "mlflow.log_figure")
    require_different_pictures(evidence, images)
    return f"{len(images)} pictures"


@lesson.check(task=2, points=4)
def page_is_interactive(evidence: Evidence) -> str:
    """An interactive HTML page with every family and its cross-validated mean, that fetches nothing but plotly
    itself.
    """
    _, pages = figures(evidence)
    if not pages:
        raise Unmet("parallel_coordinates.html", found_none(evidence), "mlflow.log_text(page, name)")
    wanted = {}
    for family in families(evidence):
        key, scores = fold_scores(evidence, family)
        # A mean that was logged and is not that of the splits is wrong in task 1; the page that shows it is right.
        logged = [value for name, value in family.run.metrics.items()
                  if parse(name).statistic == "mean" and key_of(name) == key]  # fmt: skip
        wanted[family.run.name] = dict.fromkeys((float(np.mean(scores)), *logged))
    return judge_pages(pages, wanted)


@lesson.check(task=2, points=4)
def curves_are_the_stores(evidence: Evidence) -> str:
    """The numbers behind the learning curves are those that the store has."""
    return judge_curves(evidence, find_table(evidence, ("curve",), "learning_curves.csv"))


@lesson.check(task=3, points=3)
def plan_comes_first(evidence: Evidence) -> str:
    """The sample size follows from the plan's numbers, and the plan was logged before the final runs."""
    return judge_plan(evidence, families(evidence), evidence.main_runs, _compared(evidence))


@lesson.check(task=3, points=4)
def paired_tests_follow_from_predictions(evidence: Evidence) -> str:
    """The paired tests: p-values, differences with intervals and effect sizes are those that the predictions give."""
    return judge_tests(evidence, _tests(evidence))


@lesson.check(task=3, points=3)
def verdicts_follow(evidence: Evidence) -> str:
    """The p-values are corrected for several tests, and each verdict follows from them and from the plan."""
    return judge_verdicts(evidence, _tests(evidence))


@lesson.check(task=3, points=3)
def groups_add_up(evidence: Evidence) -> str:
    """Results by group that add up to all test rows and follow from the predictions."""
    _require_final(evidence)
    return judge_groups(evidence, find_table(evidence, ("group",), "groups.csv"), evidence.main_runs)


@lesson.check(task=3, points=3)
def pareto_set_is_right(evidence: Evidence) -> str:
    """Quality, latency and size of all final runs, as they were logged, and which runs no other dominates."""
    _require_final(evidence)
    return judge_trade_offs(evidence, find_table(evidence, ("trade", "pareto"), "trade_offs.csv"), evidence.main_runs)


def _compared(evidence: Evidence) -> list[tuple[Run, Run]]:
    """The pairs that were tested; empty while there is no right table of them, which other checks ask for."""
    try:
        return [(pair.one, pair.other) for pair in pairs(evidence, find_tests(evidence))]
    except Outcome:
        return []


def _tests(evidence: Evidence) -> Table:
    _require_final(evidence)
    return find_tests(evidence)


def _require_final(evidence: Evidence) -> None:
    if evidence.runs and not evidence.main_runs and not any(run.status == "FAILED" for run in evidence.runs):
        raise NotAttempted("final runs of your families", "none yet", "the task's steps 5 to 7, after the plan")
    evidence.main_run  # noqa: B018  raises when there is no final run yet


@lesson.check(task=4, points=4)
def log_is_complete(evidence: Evidence) -> str:
    """The chosen run's description quotes a metric; its experiment log has splits, intervals, groups and baselines."""
    chosen = [run for _, run in registered(evidence)]
    if not chosen and len(evidence.main_runs) > 1 and not any(path_of(run, LOG_NAME) for run in evidence.main_runs):
        raise NotAttempted("a registered version of the run that you chose", "none", "mlflow.register_model(...)")
    return first_met(partial(judge_log, evidence), chosen or reversed(evidence.main_runs or (evidence.main_run,)))


@lesson.check(task=4, points=4)
def card_is_of_the_version(evidence: Evidence) -> str:
    """A model card of a registered version: every section, and the numbers of the version's run."""
    _require_final(evidence)
    versions = registered(evidence)
    if not versions:
        raise Unmet("a registered version of one of your final runs", "none", "mlflow.register_model(...)")
    return first_met(lambda made: judge_card(*made), versions)


@lesson.check(task=4, points=4)
def practices_cite_runs(evidence: Evidence) -> str:
    """At least six best practices, each with a run of yours."""
    practices = find_practices(evidence)
    runs = {run_of(practice, evidence).name for practice in practices}
    return f"{len(practices)} practices, of {len(runs)} runs"


@lesson.check(task=4, points=4)
def practices_are_shown(evidence: Evidence) -> str:
    """Each practice is shown by a param, a metric, a tag or a file that its run has, a different one each."""
    practices = find_practices(evidence)
    for practice in practices:
        require_shown(practice, run_of(practice, evidence))
    require_different(practices)
    return ", ".join(practice.shown_by for practice in practices)
