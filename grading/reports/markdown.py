"""The scorecards as Markdown, for the page of a CI run: points, and what is missing, in the lesson's own sentences.

Nothing that a student wrote stands in it.
"""

from collections.abc import Sequence
from pathlib import Path

from grading.files import write_whole
from grading.marking.verdict import Scorecard, Verdict
from grading.reports.words import SIGNS, STATES, WORDS


def render(cards: Sequence[Scorecard]) -> str:
    """A table with a row a scorecard, then the checks of each that are not met."""
    lines = ["| lesson | points | the notebook |", "| --- | --- | --- |"]
    for card in cards:
        points = f"{card.score:g}/{card.max_score:g}" if card.graded else "ungraded"
        lines.append(f"| {card.lesson} · {card.title} | {points} | {STATES[card.execution.state]} |")
    for card in cards:
        if missed := [result for result in card.results if result.verdict is not Verdict.PASSED]:
            lines += ["", f"### {card.lesson}: what is missing", ""]
            lines += [
                f"- {SIGNS[each.verdict]} {WORDS[each.verdict]}: {each.sentence} ({each.points:g}/{each.max_points:g})"
                for each in missed
            ]
    return "\n".join([*lines, ""])


def write(cards: Sequence[Scorecard], path: Path) -> None:
    """Write all scorecards to one file."""
    write_whole(path, render(cards))
