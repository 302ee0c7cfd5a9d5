"""The instant check's card: rows of words in a terminal or a screen reader, a small table in JupyterLab."""

from dataclasses import dataclass

from grading.lesson import Lesson
from grading.reports.words import SIGNS, WORDS, as_html, group_title, points
from grading.verdict import CheckResult, Verdict

COLOURS = {Verdict.PASSED: "#1a7f37", Verdict.FAILED: "#b3261e", Verdict.ERROR: "#9a5b00"}
GREY = "#6b7280"


@dataclass(frozen=True)
class Card:
    """Some rows of a scorecard, as a notebook shows them; `problem` replaces them when there is nothing to check."""

    lesson: Lesson
    results: tuple[CheckResult, ...]
    problem: str = ""

    @property
    def score(self) -> float:
        """Points reached in these rows."""
        return sum(result.points for result in self.results)

    @property
    def max_score(self) -> float:
        """Points to be had in these rows."""
        return sum(result.max_points for result in self.results)

    def __repr__(self) -> str:
        if self.problem:
            return f"{self.lesson.id}: {self.problem}"
        lines = []
        for group, rows in self._groups():
            own, most = sum(row.points for row in rows), sum(row.max_points for row in rows)
            lines.append(f"{group_title(self.lesson, group)}: {points(own)}/{points(most)}")
            for row, details in _with_details(rows):
                lines.append(f"  {SIGNS[row.verdict]} {row.sentence} [{WORDS[row.verdict]}]")
                lines += [f"      {name}: {text}" for name, text in details]
        if len(self._groups()) > 1:
            lines.append(f"{points(self.score)} of {points(self.max_score)} points")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        if self.problem:
            return f"<p role='status'>{as_html(self.lesson.id)}: {as_html(self.problem)}</p>"
        parts = [_STYLE, "<div class='m9-card' role='status'>"]
        for group, rows in self._groups():
            own, most = sum(row.points for row in rows), sum(row.max_points for row in rows)
            title = as_html(group_title(self.lesson, group))
            parts.append(f"<table><caption>{title} <b>{points(own)}/{points(most)}</b></caption><tbody>")
            parts += [_html_row(row, details) for row, details in _with_details(rows)]
            parts.append("</tbody></table>")
        if len(self._groups()) > 1:
            parts.append(f"<p><b>{points(self.score)} of {points(self.max_score)} points</b></p>")
        return "".join([*parts, "</div>"])

    def _groups(self) -> list[tuple[str, list[CheckResult]]]:
        found = [(group, [r for r in self.results if r.group == group]) for group in self.lesson.groups]
        return [(group, rows) for group, rows in found if rows]


_STYLE = (
    "<style>.m9-card{max-width:56em}.m9-card table{border-collapse:collapse;width:100%;margin:.4em 0;table-layout:auto}"
    ".m9-card caption{text-align:left;font-weight:600;padding:.3em 0;color:inherit}"
    ".m9-card td{text-align:left!important;vertical-align:top;padding:.25em .6em;white-space:normal;"
    "overflow-wrap:anywhere;background:transparent!important;border-top:1px solid #8884}"
    ".m9-card td:first-child{white-space:nowrap;font-weight:600;width:6em}</style>"
)


def _with_details(rows: list[CheckResult]) -> list[tuple[CheckResult, list[tuple[str, str]]]]:
    """Each row with what there is to say of it; what was just said of the row above is not said again."""
    details = [_details(row) for row in rows]
    same = [("found", "the same as in the row above")]
    return [
        (row, same if row.verdict is not Verdict.PASSED and said and said == above else said)
        for row, said, above in zip(rows, details, [[], *details], strict=False)
    ]


def _html_row(row: CheckResult, said: list[tuple[str, str]]) -> str:
    colour = COLOURS.get(row.verdict, GREY)
    details = "".join(f"<div><small><b>{name}:</b> {as_html(text)}</small></div>" for name, text in said)
    state = f"{SIGNS[row.verdict]} {WORDS[row.verdict]}"
    return f"<tr><td style='color:{colour}'>{state}</td><td>{as_html(row.sentence)}{details}</td></tr>"


def _details(row: CheckResult) -> list[tuple[str, str]]:
    """What there is to say of a row: a passed one says what was found, another what to do."""
    if row.verdict is Verdict.PASSED:
        return [("found", row.found)] if row.found else []
    pairs = (("expected", row.expected), ("found", row.found), ("try", row.hint))
    return [(name, text) for name, text in pairs if text]
