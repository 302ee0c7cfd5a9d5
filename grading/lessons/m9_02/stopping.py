"""A stopping rule, read from the params and applied again to the values in the order of the trials."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from grading.errors import Unmet
from grading.evidence.store import Run
from grading.lessons.m9_02.candidates import said
from grading.lessons.m9_02.searches import PATIENCE

DELTA = ("min_delta", "delta", "minimum_delta", "early_stopping_min_delta", "tolerance")
MOST_TRIALS = ("max_trials", "n_trials", "budget", "n_trials_max", "most_trials", "trials")
LEAST_BEFORE = ("min_trials", "warmup_trials", "least_trials")


@dataclass(frozen=True)
class StoppingRule:
    """Stop when `patience` trials in a row have not beaten the best by more than `min_delta`."""

    patience: int
    min_delta: float
    most: int  # trials, whatever happens
    higher: bool = False  # whether a higher value is better
    least: int = 0  # trials before which the rule is not asked

    def fires_after(self, values: Sequence[float]) -> set[int]:
        """After how many trials the rule fires, for each honest reading of it; `values`: NaN for a pruned trial.

        Honest readings differ in what *the best* is (the value last counted as an improvement, or the best of all),
        in whether an improvement by exactly `min_delta` counts, in whether pruned trials do, and in whether the first
        trial does. A reading that never fires is left out.
        """
        found = {
            self._fires(values, best_of_all=best, pruned_count=pruned, at_least=least)
            for best, pruned, least in product((False, True), repeat=3)
        }
        return {after for after in found if after is not None}

    def _fires(self, values: Sequence[float], *, best_of_all: bool, pruned_count: bool, at_least: bool) -> int | None:
        reference, waited = math.inf, 0
        for done, value in enumerate(values, start=1):
            if math.isnan(value):
                waited += pruned_count
            else:
                signed = -value if self.higher else value
                gain = reference - signed
                improved = gain >= self.min_delta if at_least and self.min_delta else gain > self.min_delta
                waited = 0 if improved else waited + 1
                if improved or (best_of_all and signed < reference):
                    reference = signed
            if waited >= self.patience and done >= self.least:
                return done
        return None

    def never_fires(self, values: Sequence[float]) -> bool:
        """Whether, by some honest reading, the rule has not fired after these values."""
        return any(
            self._fires(values, best_of_all=best, pruned_count=pruned, at_least=least) is None
            for best, pruned, least in product((False, True), repeat=3)
        )


def read_rule(run: Run) -> StoppingRule:
    """The stopping rule that the run logged, for a metric of which lower is better; raises Unmet without one."""
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
    return StoppingRule(
        patience=int(numbers["patience"]),
        min_delta=abs(numbers["min_delta"]),
        most=int(numbers["max_trials"]),
        least=int(least) if re.fullmatch("[0-9]{1,9}", least) else 0,
    )


def judge_stop(rule: StoppingRule, values: Sequence[float]) -> str:
    """When the study stopped, in words; raises Unmet when it stopped later or sooner than the rule says.

    `values`: of all trials in their order, NaN for one that has none.
    """
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
