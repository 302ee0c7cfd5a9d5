"""Candidates: families that were cross-validated on splits, with what they said of every row while it was held out."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from grading.errors import Outcome, Unmet
from grading.evidence.candidate_run import has_held_out_rows, is_called_candidate
from grading.evidence.claims import DEFINITIONS, SCORE_NAMES, values_of
from grading.evidence.comparison import equal
from grading.evidence.data_files import ROW_NAMES, read_table
from grading.evidence.evidence import Evidence
from grading.evidence.metric_name import is_of_test_rows, parse
from grading.evidence.predictions import is_out_of_fold
from grading.evidence.run_facts import key_of
from grading.evidence.store import Run
from grading.evidence.tables import finite, plain

LEAST_FAMILIES, LEAST_SPLITS, MOST_SPLITS = 3, 6, 1000
LEVEL = 0.95
LOW, HIGH = frozenset({"low", "lower", "lo"}), frozenset({"high", "upper", "hi"})
OF_BOUNDS = frozenset({"ci", "ci95", "95", "interval", "bound", "limit", "corrected", "end", "mean"})


@dataclass(frozen=True)
class Family:
    """One family's run and its out-of-fold table: split, row, y_true, y_pred and, of a classifier, y_score."""

    run: Run
    table: pd.DataFrame

    @property
    def parts(self) -> list[pd.DataFrame]:
        """The rows held out in each split, in the order of the splits."""
        return [part for _, part in self.table.groupby("split")]

    @property
    def held_share(self) -> float:
        """Rows held out over rows trained on, on average over the splits."""
        everything, held = self.table["row"].nunique(), len(self.table) / self.table["split"].nunique()
        return float(held / (everything - held))


def families(evidence: Evidence) -> list[Family]:
    """The families that were cross-validated; raises Unmet when there are fewer than three, or two are the same."""
    runs = evidence.without_repeats(run for run in evidence.started_runs if run.status == "FINISHED" and _path(run))
    if len(runs) < LEAST_FAMILIES:
        raise Unmet(
            f"{LEAST_FAMILIES} families, each a finished run with out_of_fold.csv",
            [run.name for run in runs] or evidence.none_of_yours,
        )
    tables = evidence.derived
    for run in runs:
        if ("out_of_fold", run.id) not in tables:
            tables["out_of_fold", run.id] = read_out_of_fold(run)
    found = [Family(run, tables["out_of_fold", run.id]) for run in runs]
    said = {tuple(each.table["y_pred"]) for each in found}
    if len(said) < LEAST_FAMILIES:
        names = [each.run.name for each in found]
        raise Unmet(f"{LEAST_FAMILIES} families that predict differently", f"{len(said)} among {names}")
    return found


def read_out_of_fold(run: Run) -> pd.DataFrame:
    """The run's out-of-fold table, ordered by split and row; raises Unmet when it is not right."""
    path = _path(run)
    assert path is not None
    try:
        return _checked(read_table(run.artifacts.local(path)), path, run)
    except (ValueError, TypeError, KeyError, OverflowError) as error:  # numbers and texts in one column
        raise Unmet(
            f"{path} of {run.name!r} as a table of splits", str(error)[:100], "split, row, y_true, y_pred"
        ) from None


def _checked(frame: pd.DataFrame, path: str, run: Run) -> pd.DataFrame:
    frame = frame.loc[:, ~frame.columns.duplicated()]
    names = {plain(str(name)): name for name in frame.columns}
    if "split" not in names and {"repeat", "fold"} <= set(names):
        frame = frame.assign(split=frame.groupby([names["repeat"], names["fold"]]).ngroup())
    elif "split" not in names and "fold" in names:
        frame = frame.rename(columns={names["fold"]: "split"})
    row = next((name for name in frame.columns if str(name).lower() in ROW_NAMES), None)
    frame = frame.rename(columns={row: "row"} if row is not None else {})
    wanted = ["split", "row", "y_true", "y_pred"]
    if missing := [name for name in wanted if name not in frame.columns]:
        raise Unmet(f"columns {', '.join(wanted)} in {path} of {run.name!r}", list(frame.columns), f"add {missing}")
    scores = [name for name in SCORE_NAMES if name in frame.columns][:1]
    frame = frame[[*wanted, *scores]].sort_values(["split", "row"], kind="stable").reset_index(drop=True)
    for name in ("y_true", "y_pred", *scores):
        number = pd.api.types.is_numeric_dtype(frame[name])
        gaps = frame[name].isna().any() or (number and not np.isfinite(frame[name].to_numpy(float)).all())
        if gaps or (name in scores and not number):
            raise Unmet(f"{name} without gaps in {path} of {run.name!r}", "gaps, or no numbers", "no inf, no NaN")
    if pd.api.types.is_numeric_dtype(frame["y_true"]) != pd.api.types.is_numeric_dtype(frame["y_pred"]):
        raise Unmet(f"y_true and y_pred of one kind in {path}", "numbers and texts", "both numbers, or both labels")
    _require_splits(frame, run)
    return frame


def _require_splits(frame: pd.DataFrame, run: Run) -> None:
    splits, rows = frame["split"].nunique(), frame["row"].nunique()
    if not LEAST_SPLITS <= splits <= MOST_SPLITS or frame[["split", "row"]].isna().to_numpy().any():
        raise Unmet(f"at least {LEAST_SPLITS} splits in the run {run.name!r}", f"{splits}", "5 folds, 3 repeats")
    if frame.duplicated(["split", "row"]).any():
        raise Unmet(f"each row once a split in the run {run.name!r}", "a row twice in one split", "number the splits")
    if frame.groupby("split").size().max() >= rows:
        raise Unmet(f"rows to train on in every split of {run.name!r}", "a split that holds out all rows")
    if frame["row"].value_counts().min() < 2:
        hint = "RepeatedKFold(n_splits=5, n_repeats=3, random_state=SEED)"
        raise Unmet(f"every row held out in two splits or more in {run.name!r}", "some only once", hint)


def fold_scores(evidence: Evidence, family: Family) -> tuple[str, list[float]]:
    """The metric's key and the run's logged score of each split; raises Unmet unless the held-out rows give them."""
    known = "fold_scores", family.run.id
    if known not in evidence.derived:
        evidence.derived[known] = _fold_scores(evidence, family)
    found: tuple[str, list[float]] = evidence.derived[known]
    return found


def _fold_scores(evidence: Evidence, family: Family) -> tuple[str, list[float]]:
    problem = None
    for name, logged in _logged(evidence, family):
        key = key_of(name)
        for place, (value, part) in enumerate(zip(logged, family.parts, strict=True)):
            right = scores_of(key, part)
            if not any(equal(value, score) for score in right):
                shown = f"{right[0]:.4f}" if right else "a metric that the held-out rows give"
                where = f"{name} of split {place} of {family.run.name!r}"
                problem = Unmet(f"{where} = {shown}, from its rows", f"{value:.4f}", "score the rows of that split")
                break
        else:
            return key, logged
    splits = len(family.parts)
    expected = f"a score such as fold_rmse for each of the {splits} splits of {family.run.name!r}"
    steps = {name: len(evidence.curve(family.run, name)) for name in sorted(family.run.metrics) if "fold" in name}
    found = [f"{name} with {count} steps" for name, count in steps.items()] or sorted(family.run.metrics)
    raise problem or Unmet(expected, found or "no metrics", "log_metric(name, value, step=split)")


def candidates(evidence: Evidence) -> list[Run]:
    """The runs that hold a family, whether its table is right or not; raises Unmet when there are fewer than three."""
    found = [run for run in evidence.started_runs if run.status == "FINISHED" and run.parent_id is None
             and (is_called_candidate(run) or has_held_out_rows(run)) and run.metrics]  # fmt: skip
    if len(found) < LEAST_FAMILIES:
        names = [run.name for run in found] or "none"
        raise Unmet(f"{LEAST_FAMILIES} families, each a run with its scores", names, "task 1 says what they log")
    return found


def looked_at(evidence: Evidence, run: Run) -> list[str]:
    """The metrics of a family's run, or of the runs nested in it, that are of the test rows.

    cross_validate calls what a split holds out "test" as well: a value a split, or the mean or the spread of what the
    held-out rows give, is none.
    """
    own = [name for name in run.metrics if is_of_test_rows(name) and not _is_of_splits(evidence, run, name)]
    nested = [child for child in evidence.children(run) if _place(child.params) is None]
    return list(dict.fromkeys([*own, *(name for child in nested for name in child.metrics if is_of_test_rows(name))]))


def _is_of_splits(evidence: Evidence, run: Run, name: str) -> bool:
    if len(evidence.curve(run, name)) >= LEAST_SPLITS:
        return True
    try:
        parts = Family(run, read_out_of_fold(run)).parts if _path(run) else []
    except Outcome:
        return False
    key = key_of(name.replace("neg_", ""))
    for each in [key] if key in DEFINITIONS else DEFINITIONS:  # cross_validate calls any of them "score"
        scores = [found[0] for part in parts if (found := scores_of(each, part))]
        known = (np.mean(scores), np.std(scores), np.std(scores, ddof=1)) if len(scores) > 1 else ()
        if any(equal(abs(run.metrics[name]), abs(float(value))) for value in known):
            return True
    return False


def scores_of(key: str, part: pd.DataFrame) -> list[float]:
    """The values that a metric may have on some held-out rows; empty when it cannot be derived."""
    if key == "brier" and (name := next((name for name in SCORE_NAMES if name in part), None)):
        return [float(((part[name] - (part["y_true"] == part["y_true"].max())) ** 2).mean())]
    return values_of(key, part)


def _logged(evidence: Evidence, family: Family) -> Iterator[tuple[str, list[float]]]:
    """Metrics with one value a split, in the order of the splits: as steps, or one nested run a split."""
    run, count = family.run, len(family.parts)
    for name in run.metrics:
        points = evidence.curve(run, name)
        if len(points) == count and key_of(name) in DEFINITIONS:
            yield name, list(points.values())
    children = sorted(
        (place, child.start_time, child.id, child)
        for child in evidence.children(run)
        if (place := _place(child.params)) is not None
    )
    if len(children) == count:
        for name in children[0][-1].metrics:
            if all(name in child.metrics for *_, child in children):
                yield name, [child.metrics[name] for *_, child in children]


def _place(params: Mapping[str, str]) -> tuple[float, float] | None:
    """Where a nested run's split stands: by its split, or by its repeat and fold."""
    known = {plain(name): finite(value) for name, value in params.items()}
    first, second = (known.get("split"), 0.0) if "split" in known else (known.get("repeat", 0.0), known.get("fold"))
    return None if first is None or second is None else (first, second)


def require_means(family: Family) -> None:
    """Raise Unmet for a cross-validated mean that is not the mean of the scores that the splits' rows give."""
    for name, value in family.run.metrics.items():
        meaning, key = parse(name), key_of(name)
        if meaning.statistic != "mean" or meaning.split not in ("cv", None):
            continue
        each = [scores_of(key, part) for part in family.parts]
        means = [float(np.mean([scores[kind] for scores in each])) for kind in range(min(map(len, each), default=0))]
        if means and not any(equal(value, mean) for mean in means):
            hint = "the mean of the scores of the splits"
            if any(equal(value, pooled) for pooled in scores_of(key, family.table)):
                hint = f"this is the score of all held-out rows at once; log {hint}"
            expected = f"{name} = {means[0]:.4f} in the run {family.run.name!r}, the mean of its {len(each)} splits"
            raise Unmet(expected, f"{value:.4f}", hint)


def corrected_interval(scores: list[float], held_share: float) -> tuple[float, float]:
    """The 95 % t interval of a mean over splits whose training sets share rows.

    C. Nadeau and Y. Bengio, Inference for the Generalization Error, Machine Learning 52, 2003: the variance of the
    mean is (1/J + n_test/n_train) times that of the J scores. `held_share`: n_test/n_train.
    """
    return _t_interval(scores, 1 / len(scores) + held_share)


def usual_interval(scores: list[float]) -> tuple[float, float]:
    """The 95 % t interval of the mean of independent values."""
    return _t_interval(scores, 1 / len(scores))


def _t_interval(scores: list[float], share: float) -> tuple[float, float]:
    half = stats.t.ppf((1 + LEVEL) / 2, len(scores) - 1) * np.std(scores, ddof=1) * np.sqrt(share)
    return float(np.mean(scores) - half), float(np.mean(scores) + half)


def bound_of(name: str) -> tuple[str, str] | None:
    """Which end of an interval a name means, and of which metric's key: cv_rmse_low → low, rmse; None when neither."""
    words = re.findall(r"[a-z]+\d*|\d+", name.lower().removeprefix("metrics."))
    for end, known in (("low", LOW), ("high", HIGH)):
        if known & set(words):
            rest = "_".join(word for word in words if word not in known | OF_BOUNDS)
            return end, key_of(parse(rest).base) if rest else ""
    return None


def _path(run: Run) -> str | None:
    paths = run.artifacts.paths()
    return next(filter(is_out_of_fold, paths), None)
