"""A stopping rule, applied again: patience and min_delta, on the values in the order of the trials."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product


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
