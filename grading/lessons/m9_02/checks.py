"""Lesson M9_02: what a search, a study and an honest choice leave in the store."""

import math
import re
from dataclasses import replace

from grading.errors import Unmet
from grading.evidence.evidence import Evidence
from grading.evidence.figures import IMAGES, MOST_FIGURES, read_picture
from grading.evidence.metric_name import parse
from grading.lessons.m9_02.candidates import require_inside, require_spread, said
from grading.lessons.m9_02.cv_splits import require_splits
from grading.lessons.m9_02.final_model import (
    baseline_run,
    chosen_settings,
    final_run,
    judge_beaten,
    require_no_test_metric,
    require_origin,
    require_outside_splits,
    require_untouched,
    tested_alike,
)
from grading.lessons.m9_02.resumption import judge_resumption
from grading.lessons.m9_02.retrained import require_trained
from grading.lessons.m9_02.search_method import require_method_and_budget
from grading.lessons.m9_02.searches import (
    LEAST_CANDIDATES,
    complete_pool,
    dimensions,
    plain_searches,
    searches,
    settings_searched,
    spaces,
)
from grading.lessons.m9_02.selection import (
    ONE_SE,
    RULE_NAMES,
    SIMPLEST_NAMES,
    matching,
    require_best,
    require_one_standard_error,
)
from grading.lessons.m9_02.space_seal import require_one_space, require_seal, require_space_first
from grading.lessons.m9_02.stopping import judge_stop, read_rule
from grading.lessons.m9_02.study_agreement import judge_pruning, recorded_study, require_direction, require_same_trials
from grading.marking.demands import claimed, compare_metric, require_own_picture, require_reproduced
from grading.marking.lesson import Lesson, Task
from grading.marking.training.learned import learned

PICTURES = {
    "the optimisation history": re.compile(r"history|optimi[sz]ation|convergence", re.I),
    "parallel coordinates": re.compile(r"parallel", re.I),
    "the settings' importance": re.compile(r"(?<!feature)(?<!feature[_ -])importance", re.I),
}

lesson = Lesson(
    id="M9_02",
    description="hyperparameter_tuning",
    title="Tune hyperparameters and keep every trial",
    worked_experiment="breast-cancer-tuning",
    worked_data="breast_cancer",
    tasks=(
        Task(1, "Define the search space", "code_snippets.md#Tune with Optuna"),
        Task(2, "Search by grid or at random", "experiment_best_practices.md#4. A nested run for each fold"),
        Task(3, "Track a tuning study", "code_snippets.md#Tune with Optuna"),
        Task(4, "Select the optimum", "experiment_best_practices.md#6. Look at the test set once"),
    ),
)

LEAST_DIMENSIONS = 3
LEAST_LOG_FACTOR = 10  # a log scale over less is a linear one


@lesson.check(task=1, points=4)
def space_is_data(evidence: Evidence) -> str:
    """The search space is an artifact, search_space.json: each setting with its range or its choices."""
    space = dimensions(evidence)
    return "; ".join(map(str, space))


@lesson.check(task=1, points=4, needs=(space_is_data,))
def space_has_three_settings_one_log(evidence: Evidence) -> str:
    """At least three settings, at least one on a log scale."""
    space = dimensions(evidence)
    if len(space) < LEAST_DIMENSIONS:
        found = [dimension.name for dimension in space]
        raise Unmet(f"at least {LEAST_DIMENSIONS} settings", found, "one entry for each setting")
    if not (marked := [dimension for dimension in space if dimension.log]):
        raise Unmet('a setting with `"log": true`', [str(each) for each in space], "one that matters by its factor")
    for dimension in marked:
        if not (dimension.low > 0 and dimension.high / dimension.low >= LEAST_LOG_FACTOR):
            raise Unmet(f"a log scale from above 0, over a factor of {LEAST_LOG_FACTOR} or more", str(dimension),
                        "a narrow range needs no log scale, and zero has no logarithm")  # fmt: skip
    return f"{len(space)} settings; log scale: {', '.join(dimension.name for dimension in marked)}"


@lesson.check(task=1, points=4, needs=(space_is_data,))
def space_is_sealed_before_the_search(evidence: Evidence) -> str:
    """The space was logged before any candidate ran, its hash is a parameter, and no other space came after it."""
    kept = spaces(evidence)
    run, file = kept[0]
    require_one_space(kept)
    digest = require_seal(run, file)
    require_space_first(evidence, run)
    return f"{file.name} in {run.name!r}, sha256 {digest[:8]}…"


@lesson.check(task=1, points=4, needs=(space_is_data,))
def candidates_lie_inside(evidence: Evidence) -> str:
    """Every candidate of every search lies inside the space."""
    space = dimensions(evidence)
    count = 0
    for search in searches(evidence):
        for candidate in search.candidates:
            count += 1
            require_inside(candidate, space)
    return f"{count} candidates"


@lesson.check(task=2, points=4)
def search_has_twelve_candidates(evidence: Evidence) -> str:
    """A search by grid or at random: a parent with at least twelve nested candidates, no candidate twice."""
    found = plain_searches(evidence)
    counts = [(len({tuple(sorted(each.settings.items())) for each in search.candidates}), search) for search in found]
    distinct, search = max(counts, key=lambda pair: pair[0])
    if distinct < LEAST_CANDIDATES:
        raise Unmet(f"at least {LEAST_CANDIDATES} different candidates",
                    f"{distinct} different settings in the {len(search.candidates)} nested runs of {search.run.name!r}",
                    "one nested run for each candidate, with settings that no other has")  # fmt: skip
    return f"{distinct} different candidates in {search.run.name!r}"


@lesson.check(task=2, points=4)
def mean_and_std_follow_from_folds(evidence: Evidence) -> str:
    """Each candidate has the value that its settings give for each fold, and their mean and standard deviation."""
    count = 0
    for search in plain_searches(evidence):
        for candidate in search.candidates:
            require_spread(candidate)
            count += 1
        require_trained(evidence, search)
    return f"{count} means and standard deviations"


@lesson.check(task=2, points=4)
def candidates_share_their_splits(evidence: Evidence) -> str:
    """All candidates name the same splits, and the table of them, a fold for each row, is kept."""
    for search in plain_searches(evidence):
        table = require_splits(evidence, search)
        count = len(set(table.values()))
        for candidate in search.candidates:
            if len(candidate.folds) != count:
                raise Unmet(f"{count} fold values in {candidate.run.name!r}, as the splits have", len(candidate.folds),
                            "mlflow.log_metric(name, value, step=fold) for every fold")  # fmt: skip
    return f"{len(table)} rows in {count} folds"


@lesson.check(task=2, points=4)
def search_says_method_and_budget(evidence: Evidence) -> str:
    """The parent names its method and its budget, and both are true."""
    return "; ".join([require_method_and_budget(search) for search in plain_searches(evidence)])


@lesson.check(task=3, points=4)
def store_holds_every_trial(evidence: Evidence) -> str:
    """At least twenty trials, and the study's own record and the nested runs agree on each: state, value, settings."""
    search, study = recorded_study(evidence)
    require_same_trials(search, study)
    require_trained(evidence, search)
    return f"{len(study.trials)} trials in {study.file} and in the store"


@lesson.check(task=3, points=4)
def pruned_trials_are_marked(evidence: Evidence) -> str:
    """At least one trial was pruned before its last fold, and its run is marked so, with the folds that it had."""
    return judge_pruning(*recorded_study(evidence))


@lesson.check(task=3, points=4)
def stopping_rule_was_obeyed(evidence: Evidence) -> str:
    """The direction fits the metric; the stopping rule is logged, and was obeyed: the study stopped when the rule
    says.
    """
    search, study = recorded_study(evidence)
    rule = replace(read_rule(search.run), higher=require_direction(search, study))
    return judge_stop(rule, [trial.value if trial.state == "COMPLETE" else math.nan for trial in study.trials])


@lesson.check(task=3, points=4)
def study_was_resumed(evidence: Evidence) -> str:
    """The study was continued from its storage: no trial's number is missing or occurs twice, in the store either."""
    return judge_resumption(*recorded_study(evidence))


@lesson.check(task=4, points=4)
def choice_follows_from_the_candidates(evidence: Evidence) -> str:
    """The final model has the best candidate's settings, or its selection_rule's; its run names space and method."""
    final = final_run(evidence)
    found = searches(evidence)
    require_origin(final, found)
    named = said(final, ("selected_from", "search", "selected_search")).lower()
    chosen_from = [
        each for each in found if named and named in (each.run.id, each.run.name.lower(), each.method.lower())
    ]
    pool, _ = complete_pool(chosen_from or found)
    chosen = chosen_settings(evidence, final)
    picked = matching(pool, chosen)
    if not picked:
        shown = [f"{name} = {value}" for name, value in chosen.items()]
        raise Unmet("the settings of a complete candidate", shown, "refit what was tried; do not round it")
    rule = said(final, RULE_NAMES)
    if ONE_SE.search(rule):
        return require_one_standard_error(pool, picked, said(final, SIMPLEST_NAMES), settings_searched(evidence))
    if rule and not re.search(r"best|lowest|highest|min|max|top|optim", rule, re.I):
        raise Unmet("a selection_rule of `best` or `one_standard_error`", rule, "say by which rule you chose")
    return require_best(pool, picked)


@lesson.check(task=4, points=3)
def test_rows_stayed_unseen(evidence: Evidence) -> str:
    """No candidate, fold or search has a test metric, and no test row is in the splits."""
    final = final_run(evidence)
    found = searches(evidence)
    require_no_test_metric(evidence, final, found)
    rows = evidence.predictions(final)["row"].tolist()
    require_outside_splits(evidence, rows)
    return f"{sum(len(search.candidates) for search in found)} candidates never saw the {len(rows)} test rows"


@lesson.check(task=4, points=3)
def test_metric_follows_from_predictions(evidence: Evidence) -> str:
    """The final test metrics are those that predictions.csv gives, the tuned one among them."""
    run = final_run(evidence)
    predictions = evidence.predictions(run)
    compared = {
        parse(name).base: f"{name} = {run.metrics[name]:.4g}"
        for name, metric, threshold in claimed(evidence, run)
        if compare_metric(name, metric, threshold, run, predictions)
    }
    _, key = complete_pool(searches(evidence))
    if key not in compared:
        raise Unmet(f"a test metric of what was tuned: test_{key}", sorted(run.metrics), f"log test_{key}")
    return ", ".join(compared.values())


@lesson.check(task=4, points=4)
def baseline_is_told_honestly(evidence: Evidence) -> str:
    """An untouched baseline, tested on the same rows, and a tag beats_baseline that says what the two errors say."""
    final = final_run(evidence)
    _, key = complete_pool(searches(evidence))
    baseline = baseline_run(evidence, final)
    ours, theirs = tested_alike(evidence, final, baseline, key)
    require_reproduced(evidence, baseline)
    require_untouched(evidence, baseline)
    if trained := learned(evidence, baseline):
        trained.require("rows", "parameters")  # another file than the recorded one is the final run's fault, too
    return judge_beaten(final, key, ours, theirs)


@lesson.check(task=4, points=2)
def study_is_drawn(evidence: Evidence) -> str:
    """Three pictures that are not blank: the history, parallel coordinates, and which settings matter."""
    return ", ".join(require_pictures(evidence))


def require_pictures(evidence: Evidence) -> list[str]:
    """One picture of each kind, by its path; raises Unmet when one is missing, all of a kind are blank, or one picture
    has the names of two kinds.
    """
    shown, runs = [], evidence.started_runs
    kept: dict[str, str] = {}  # fingerprint and path
    for what, name in PICTURES.items():
        found = [
            (run, path)
            for run in runs
            for path in run.artifacts.paths()
            if path.lower().endswith(IMAGES) and name.search(path.rpartition("/")[2])
        ]
        if not found:
            raise Unmet(
                f"a figure of {what}", "none", "optimization_history, parallel_coordinates, parameter_importance"
            )
        pictures = [(read_picture(run.artifacts.local(path)), path) for run, path in found[:MOST_FIGURES]]
        drawn = [(picture.fingerprint, path) for picture, path in pictures if not picture.blank]
        if not drawn:
            raise Unmet(f"{found[0][1]} to show something", "a blank picture", "log the figure itself")
        if all(kept.get(fingerprint, path) != path for fingerprint, path in drawn):
            raise Unmet(f"{drawn[-1][1]} to show {what}", f"the same picture as {kept[drawn[-1][0]]}",
                        "log each figure under its own name")  # fmt: skip
        kept.update(drawn)
        require_own_picture(evidence, *found[0])
        shown.append(found[0][1])
    return shown
