"""The scorecard for machines: JSON `version` 1, described in docs/results.md."""

import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from grading.verdict import Scorecard


def as_dict(card: Scorecard) -> dict[str, Any]:
    """The scorecard with its sums, ready for JSON."""
    sums = {"score": card.score, "max_score": card.max_score, "percent": round(card.percent, 2), "graded": card.graded}
    return card.model_dump(mode="json") | sums


def write(cards: Sequence[Scorecard], path: Path) -> None:
    """Write all scorecards to one file, whole or not at all."""
    write_whole(path, json.dumps({"version": 1, "scorecards": [as_dict(card) for card in cards]}, indent=2) + "\n")


def write_whole(path: Path, text: str) -> None:
    """Write a text file so that nobody ever sees half of it; makes the folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        umask = os.umask(0)
        os.umask(umask)
        Path(name).chmod(0o666 & ~umask)  # mkstemp's own mode shuts others out
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
