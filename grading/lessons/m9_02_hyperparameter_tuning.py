"""Lesson M9_02: what a search, a study and an honest choice leave in the store."""

import hashlib
import math
import re

from grading.candidates import Candidate, require_spread, said
from grading.claims import label_mismatches
from grading.cv_splits import read_splits, require_splits, split_tables
from grading.demands import claimed, compare_metric, require_reproduced
from grading.errors import Unmet
from grading.evidence import Evidence
from grading.figures import MOST_FIGURES, read_picture
from grading.final_model import (
    baseline_run,
    chosen_settings,
    final_run,
    require_origin,
    require_untouched,
    searching_runs,
)
from grading.lesson import Lesson, Task
from grading.metric_name import parse
from grading.search_space import read_space
from grading.searches import (
    BUDGET_NAMES,
    METHOD_TAGS,
    PATIENCE,
    Search,
    complete_pool,
    dimensions,
    searches,
    settings_searched,
    signed,
    spaces,
)
from grading.selection import ONE_SE, RULE_NAMES, SIMPLEST_NAMES, matching, require_best, require_one_standard_error
from grading.stopping import StoppingRule
from grading.store import Run
from grading.study_agreement import by_number, recorded_study, repetition, require_agreement, require_direction

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
LEAST_CANDIDATES = 12
LEAST_TRIALS = 20
SEAL = re.compile(r"(sha|hash|digest|md5)", re.I)
KNOWN_METHODS = re.compile(r"grid|random|sobol|halton|latin|lhs|qmc|uniform|manual|tpe|bayes|optuna", re.I)
DELTA = ("min_delta", "delta", "minimum_delta", "early_stopping_min_delta", "tolerance")
MOST_TRIALS = ("max_trials", "n_trials", "budget", "n_trials_max", "most_trials", "trials")
LEAST_BEFORE = ("min_trials", "warmup_trials", "least_trials")
SESSION = ("session", "optuna.session", "session_number", "part")
SKLEARN_OWN = re.compile(r"^(mean|std|rank|split\d+)_test_")  # GridSearchCV calls the rows held out so
PICTURES = {
    "the optimisation history": re.compile(r"history|optimi[sz]ation|convergence", re.I),
    "parallel coordinates": re.compile(r"parallel", re.I),
    "the settings' importance": re.compile(r"(?<!feature)(?<!feature[_ -])importance", re.I),
}
IMAGES = (".png", ".jpg", ".jpeg", ".webp", ".gif")


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
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    seals = [value for name, value in run.params.items() if "space" in name.lower() and SEAL.search(name)]
    if not seals:
        raise Unmet(f"a param space_sha256 in the run {run.name!r}", sorted(run.params) or "no params",
                    "hashlib.sha256(text.encode()).hexdigest() of the text that you log")  # fmt: skip
    unix = hashlib.sha256(file.read_bytes().replace(b"\r\n", b"\n")).hexdigest()
    if seals[0].strip().lower() not in (digest, unix):
        raise Unmet(f"the file that was sealed, {seals[0][:16]}…", f"{file.name} has {digest[:16]}…",
                    "the file was changed after its hash was logged, or another text was hashed: hash exactly the "
                    "string that you log, then search again")  # fmt: skip
    space = read_space(file)
    for other, changed in kept[1:]:
        if read_space(changed) != space:
            raise Unmet(f"one space for all searches, that of {run.name!r}", f"another one in {other.name!r}",
                        "a space that changes after the first results is a choice made on them")  # fmt: skip
    first = _first_candidate(evidence)
    if first is not None and not _came_before(evidence, run, first):
        raise Unmet(f"the run {run.name!r} with the space to end before the first candidate starts",
                    f"{first.name!r} started earlier", "log the space, then search")  # fmt: skip
    return f"{file.name} in {run.name!r}, sha256 {digest[:8]}…"


@lesson.check(task=1, points=4, needs=(space_is_data,))
def candidates_lie_inside(evidence: Evidence) -> str:
    """Every candidate of every search lies inside the space."""
    space = dimensions(evidence)
    count = 0
    for search in searches(evidence):
        for candidate in search.candidates:
            count += 1
            for dimension in space:
                text = candidate.settings.get(dimension.name)
                if text is None and not dimension.conditional:
                    raise Unmet(f"{dimension.name} among the params of {candidate.run.name!r}",
                                sorted(candidate.run.params), "log every setting of the space")  # fmt: skip
                if text is not None and not dimension.holds(text):
                    raise Unmet(f"{dimension} in {candidate.run.name!r}", text, "draw from the space that you logged")
    return f"{count} candidates"


@lesson.check(task=2, points=4)
def search_has_twelve_candidates(evidence: Evidence) -> str:
    """A search by grid or at random: a parent with at least twelve nested candidates, no two of them counted twice."""
    found = _plain_searches(evidence)
    counts = [(len({tuple(sorted(each.settings.items())) for each in search.candidates}), search) for search in found]
    distinct, search = max(counts, key=lambda pair: pair[0])
    if distinct < LEAST_CANDIDATES:
        raise Unmet(f"at least {LEAST_CANDIDATES} different candidates",
                    f"{distinct} different among {len(search.candidates)} in {search.run.name!r}",
                    "one nested run for each candidate, with settings that no other has")  # fmt: skip
    return f"{distinct} different candidates in {search.run.name!r}"


@lesson.check(task=2, points=4)
def mean_and_std_follow_from_folds(evidence: Evidence) -> str:
    """Each candidate has its value for each fold, and the mean and standard deviation that they give."""
    count = 0
    for search in _plain_searches(evidence):
        for candidate in search.candidates:
            require_spread(candidate)
            count += 1
    return f"{count} means and standard deviations"


@lesson.check(task=2, points=4)
def candidates_share_their_splits(evidence: Evidence) -> str:
    """All candidates name the same splits, and the table of them, a fold for each row, is kept."""
    for search in _plain_searches(evidence):
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
    words = []
    for search in _plain_searches(evidence):
        run, count = search.run, len(search.candidates)
        if not KNOWN_METHODS.search(search.method):
            raise Unmet(f"a tag `{METHOD_TAGS[0]}` on {run.name!r}, such as grid or random", search.method or "none",
                        'mlflow.start_run(tags={"tuning_method": "random"})')  # fmt: skip
        budget = said(run, BUDGET_NAMES)
        if not re.fullmatch(r"[0-9]{1,9}(\.0+)?", budget):
            raise Unmet(f"a param `{BUDGET_NAMES[0]}` on {run.name!r}", budget or sorted(run.params) or "none",
                        "the number of candidates it was allowed")  # fmt: skip
        if int(float(budget)) != count:
            raise Unmet(f"{count} as the budget of {run.name!r}, as it has nested candidates", budget,
                        "log every candidate, and the number that was tried")  # fmt: skip
        is_grid = _is_grid(search.candidates)
        if ("grid" in search.method.lower()) != is_grid and count >= LEAST_CANDIDATES:
            shown = "every combination of a few values" if is_grid else "no grid: the values do not combine"
            raise Unmet(f"candidates that come from a {search.method} search", shown, "name what was done")
        words.append(f"{search.method}, {count}")
    return "; ".join(words)


@lesson.check(task=3, points=4)
def store_holds_every_trial(evidence: Evidence) -> str:
    """At least twenty trials, and the study's own record and the nested runs agree on each: state, value, settings."""
    search, study = recorded_study(evidence)
    runs = by_number(search)
    if len(study.trials) < LEAST_TRIALS:
        raise Unmet(f"at least {LEAST_TRIALS} trials", len(study.trials), "more patience, or a smaller min_delta")
    missing = [trial.number for trial in study.trials if trial.number not in runs]
    if missing:
        raise Unmet(f"a nested run for each of the {len(study.trials)} trials", f"none for the trials {missing[:8]}",
                    "log each trial, the pruned and the failed ones too")  # fmt: skip
    unknown = sorted(set(runs) - {trial.number for trial in study.trials})
    if unknown:
        raise Unmet(
            f"only trials that {study.file} has", f"the numbers {unknown[:8]}", "log the record after the study"
        )
    for trial in study.trials:
        require_agreement(trial, runs[trial.number])
    require_splits(evidence, search)
    return f"{len(study.trials)} trials in {study.file} and in the store"


@lesson.check(task=3, points=4)
def pruned_trials_are_marked(evidence: Evidence) -> str:
    """At least one trial was pruned before its last fold, and its run is marked so, with the folds that it had."""
    search, study = recorded_study(evidence)
    pruned = {trial.number: trial for trial in study.trials if trial.state == "PRUNED"}
    full = max((len(each.folds) for each in search.candidates), default=0)
    early = 0
    for candidate in search.candidates:
        number, name = candidate.number, candidate.run.name
        if (candidate.state == "PRUNED") != (number in pruned):
            state = "PRUNED" if number in pruned else "COMPLETE"
            raise Unmet(f"the tag optuna.state = {state} on {name!r}, as the study says",
                        candidate.state or "none", "set it inside the run; raise TrialPruned after it")  # fmt: skip
        if number not in pruned:
            continue
        if candidate.run.status != "FINISHED":
            raise Unmet(f"{name!r} to be FINISHED: to be pruned is no failure", candidate.run.status,
                        "raise optuna.TrialPruned after the with block")  # fmt: skip
        if not candidate.folds:
            raise Unmet(f"the folds that {name!r} had before it was pruned", "none", "log each fold as it comes")
        steps = pruned[number].steps
        if steps and len(steps) != len(candidate.folds):
            raise Unmet(f"{len(steps)} folds in {name!r}, as the study was told", len(candidate.folds),
                        "log and report each fold")  # fmt: skip
        early += len(candidate.folds) < full
    if not early:
        raise Unmet("a trial that was pruned before its last fold", f"{len(pruned)} pruned, none of them early",
                    "trial.report(mean so far, fold), then trial.should_prune()")  # fmt: skip
    return f"{len(pruned)} of {len(study.trials)} trials pruned"


@lesson.check(task=3, points=4)
def stopping_rule_was_obeyed(evidence: Evidence) -> str:
    """The direction fits the metric; the stopping rule is logged, and was obeyed: neither later nor sooner."""
    search, study = recorded_study(evidence)
    run = search.run
    numbers = {}
    for names in (PATIENCE, DELTA, MOST_TRIALS):
        text = said(run, names)
        try:
            numbers[names[0]] = float(text)
        except ValueError:
            raise Unmet(f"a param `{names[0]}` on {run.name!r}", text or sorted(run.params) or "none",
                        "log the rule before the first trial") from None  # fmt: skip
    if not all(map(math.isfinite, numbers.values())):
        raise Unmet("a stopping rule of finite numbers", numbers, "patience, min_delta, max_trials")
    least = said(run, LEAST_BEFORE)
    values = [trial.value if trial.state == "COMPLETE" else math.nan for trial in study.trials]
    higher = require_direction(search, study)
    rule = StoppingRule(
        patience=int(numbers["patience"]),
        min_delta=abs(numbers["min_delta"]),
        most=int(numbers["max_trials"]),
        higher=higher,
        least=int(least) if re.fullmatch("[0-9]{1,9}", least) else 0,
    )
    count, fires = len(values), rule.fires_after(values)
    words = f"patience {rule.patience}, min_delta {rule.min_delta:g}, at most {rule.most}"
    if count > rule.most:
        raise Unmet(f"at most {rule.most} trials", count, "stop when the budget is used up")
    if count in fires:
        return f"stopped after {count} trials, as {words} says"
    if fires and (count < rule.most or not rule.never_fires(values)):
        raise Unmet(f"a stop after {max(fires)} trials, as {words} says", f"{count} trials",
                    f"it fired after {max(fires)} trials; you have {count}: run the study's cell from its top "
                    "(it deletes the journal); study.stop() must be asked after a resume too")  # fmt: skip
    if count < rule.most:
        raise Unmet(f"trials until the rule fires ({words})", f"a stop after {count}",
                    "the rule has not fired yet: go on, or log the rule that was followed")  # fmt: skip
    return f"the budget of {rule.most} trials was used up; the rule ({words}) had not fired"


@lesson.check(task=3, points=4)
def study_was_resumed(evidence: Evidence) -> str:
    """The study was continued from its storage: no trial's number is missing or occurs twice, in the store either."""
    search, study = recorded_study(evidence)
    numbers = [candidate.number for candidate in search.candidates]
    twice = sorted({number for number in numbers if number is not None and numbers.count(number) > 1})
    if twice:
        raise Unmet("each trial once in the store", f"the numbers {twice[:8]} twice",
                    "after the resume, go on with the next number: load the study, do not make it anew")  # fmt: skip
    recorded = [trial.number for trial in study.trials]
    if recorded != list(range(len(recorded))):
        gaps = sorted(set(range(max(recorded, default=0) + 1)) - set(recorded))
        raise Unmet(f"trials 0 to {max(recorded, default=0)} in {study.file}", f"missing: {gaps[:8]}",
                    "log the study's record unchanged")  # fmt: skip
    sessions = study.sessions or list(dict.fromkeys(filter(None, (said(c.run, SESSION) for c in search.candidates))))
    if len(sessions) < 2:
        found = "one opening of the storage" if study.sessions else "no tag `session` on the trials"
        raise Unmet("a study that was broken off and continued", found,
                    "open the storage again: optuna.create_study(..., load_if_exists=True) or load_study")  # fmt: skip
    first = repetition(study)
    if first is not None:
        raise Unmet("a resume that does not repeat the first trials", f"trial {first} has the settings of trial 0",
                    "another seed for the sampler of each session")  # fmt: skip
    return f"{len(recorded)} trials in {len(sessions)} sessions"


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
    for run in searching_runs(evidence, final, found):
        looked = [name for name in run.metrics if parse(name).split == "test" and not SKLEARN_OWN.match(name)]
        if looked:
            raise Unmet(f"no test metric in {run.name!r}", looked, "choose by the folds; test once, at the end")
    rows = evidence.predictions(final)["row"].tolist()
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
    ours, theirs = evidence.predictions(final), evidence.predictions(baseline)
    frame = theirs.set_index("row")
    if set(ours["row"]) != set(theirs["row"]) or label_mismatches(ours, frame, ["y_true"]):
        raise Unmet("a baseline tested on the same rows", f"{len(theirs)} rows in {baseline.name!r}",
                    "the same test patients for both")  # fmt: skip
    values = {}
    for run, predictions in ((final, ours), (baseline, theirs)):
        own = [entry for entry in claimed(evidence, run) if parse(entry[0]).base == key and entry[2] is None]
        if not own:
            raise Unmet(f"test_{key} in the run {run.name!r}", sorted(run.metrics), f"log test_{key}")
        name, metric, _ = own[0]
        compare_metric(name, metric, None, run, predictions)
        values[run.id] = run.metrics[name]
    require_reproduced(evidence, baseline)
    require_untouched(evidence, baseline)
    beats = signed(key, values[final.id]) < signed(key, values[baseline.id])
    text = said(final, ("beats_baseline", "beats_the_baseline", "better_than_baseline"))
    words = f"test_{key} {values[final.id]:.4g} against {values[baseline.id]:.4g}"
    if text.lower() not in ("true", "false", "yes", "no", "1", "0"):
        raise Unmet(
            f"a tag beats_baseline on {final.name!r}", text or "none", "true or false: both are right when true"
        )
    if (text.lower() in ("true", "yes", "1")) != beats:
        raise Unmet(f"beats_baseline = {beats}: {words}", text, "say what the numbers say")
    return f"{'beats' if beats else 'does not beat'} it: {words}"


@lesson.check(task=4, points=2)
def study_is_drawn(evidence: Evidence) -> str:
    """Three pictures that are not blank: the history, parallel coordinates, and which settings matter."""
    shown, runs = [], evidence.started_runs
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
        if all(read_picture(run.artifacts.local(path)).blank for run, path in found[:MOST_FIGURES]):
            raise Unmet(f"{found[0][1]} to show something", "a blank picture", "log the figure itself")
        shown.append(found[0][1])
    return ", ".join(shown)


def _plain_searches(evidence: Evidence) -> list[Search]:
    """The searches that are no study; raises Unmet when there are none."""
    found = [search for search in searches(evidence) if not search.is_study]
    if not found:
        raise Unmet(
            "a search by grid or at random, beside the study", "only a study", "a parent with nested candidates"
        )
    return found


def _is_grid(candidates: tuple[Candidate, ...]) -> bool:
    """Whether the candidates are every combination of the values that each setting takes, and two or more vary."""
    settings = {tuple(sorted(candidate.settings.items())) for candidate in candidates}
    names = sorted({name for candidate in candidates for name in candidate.settings})
    levels = [len({candidate.settings.get(name) for candidate in candidates}) for name in names]
    return sum(level > 1 for level in levels) >= 2 and math.prod(levels) == len(settings)


def _first_candidate(evidence: Evidence) -> Run | None:
    try:
        found = searches(evidence)
    except Unmet:
        return None
    return min((each.run for search in found for each in search.candidates), key=lambda run: run.start_time)


def _came_before(evidence: Evidence, space: Run, first: Run) -> bool:
    """Whether the run with the space ended before the candidate began, or is a parent of it that began before."""
    by_id = {run.id: run for run in evidence.runs}
    above: Run | None = first
    while above is not None and above.parent_id:
        if above.parent_id == space.id:
            return space.start_time <= first.start_time
        above = by_id.get(above.parent_id)
        if above is first:
            break
    return space.end_time is not None and space.end_time <= first.start_time
