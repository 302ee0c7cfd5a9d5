"""The scorecard for machines: JSON `version` 1, described in docs/results.md."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from grading.files import write_whole
from grading.marking.verdict import Scorecard


def as_dict(card: Scorecard) -> dict[str, Any]:
    """The scorecard with its sums, ready for JSON."""
    sums = {"score": card.score, "max_score": card.max_score, "percent": round(card.percent, 2), "graded": card.graded}
    return card.model_dump(mode="json") | sums


def write(cards: Sequence[Scorecard], path: Path) -> None:
    """Write all scorecards to one file, whole or not at all."""
    write_whole(path, json.dumps({"version": 1, "scorecards": [as_dict(card) for card in cards]}, indent=2) + "\n")
