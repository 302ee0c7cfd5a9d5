"""What a complete experiment log shows beyond its own numbers: splits, intervals, groups and baselines."""

import re
from collections.abc import Iterator

import pandas as pd

from grading.errors import Outcome, Unmet
from grading.evidence.comparison import equal
from grading.evidence.evidence import Evidence
from grading.evidence.log_reading import LONGEST_TEXT, NUMBER, sections_of
from grading.evidence.markdown import unescaped
from grading.evidence.metric_name import parse
from grading.evidence.predictions import REQUIRED
from grading.evidence.store import Run

INTERVAL = re.compile(r"-?\d[\d.,]*\s*(?:to|–|—|\.\.|±|, ?|; ?)\s*-?\d|±\s*\d")
GROUPS = range(2, 13)  # distinct values of a column that tells groups apart


def require_depth(text: str, evidence: Evidence, run: Run) -> str:
    """What was found; raises Unmet for a log that lacks splits, intervals, groups or baselines, or has false ones."""
    bodies = sections_of(unescaped(text[:LONGEST_TEXT]))
    predictions = evidence.predictions(run)
    splits = _body(bodies, "split")
    if len(predictions) not in _numbers(splits) or len(set(_numbers(splits))) < 2:
        raise Unmet(f"the section Splits with the rows to train on and the {len(predictions)} to test on",
                    " ".join(splits.split())[:120] or "no such section",
                    "log the params train_rows and test_rows before the log is written")  # fmt: skip
    if not INTERVAL.search(_body(bodies, "result", "test", "performance", "evaluation")):
        raise Unmet("test metrics with 95 % intervals in the section Results", "none", "experiment_log(run_id, ...)")
    groups = set(_numbers(_body(bodies, "group")))
    counts = list(_counts(evidence, run, predictions))
    if not any(each <= groups for each in counts):
        expected = f"the section By group with its counts, such as {sorted(counts[0]) if counts else 'those of sex'}"
        raise Unmet(expected, "none of them", "keep the group as a column of predictions.csv")
    others = {value for other in evidence.runs if other.id != run.id for name, value in other.metrics.items()
              if parse(name).split == "test"}  # fmt: skip
    baselines = _numbers(_body(bodies, "baseline"))
    if not any(equal(number, value) for number in baselines for value in others):
        raise Unmet("the section Baselines with a test metric of another run", f"{len(baselines)} numbers",
                    "tag a final run role=baseline before the log is written")  # fmt: skip
    return f"splits, intervals, groups and baselines of {run.name!r}"


def _body(bodies: dict[str, str], *words: str) -> str:
    return "\n".join(body for title, body in bodies.items() if any(word in title for word in words))


def _numbers(text: str) -> list[float]:
    return [float(found) for found in NUMBER.findall(re.sub(r"(?<=\d),(?=\d{3}\b)", "", text))]


def _counts(evidence: Evidence, run: Run, predictions: pd.DataFrame) -> Iterator[set[float]]:
    """How many test rows each group has, for each column that tells groups apart, those of predictions.csv first."""
    columns = [predictions[name] for name in predictions if name not in REQUIRED]
    try:
        frame = evidence.data.frame(evidence.data.find(evidence.dataset(run).location))
        columns += [frame[name].loc[predictions["row"].tolist()] for name in frame]
    except (Outcome, KeyError):
        pass
    for column in columns:
        if column.nunique() in GROUPS:
            yield {float(count) for count in column.value_counts(dropna=False)}
