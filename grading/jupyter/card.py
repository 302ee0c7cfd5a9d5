"""The instant check's card: rows of words in a terminal or a screen reader, a small page in a notebook."""

from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from grading.marking.checklist import CHECKLIST
from grading.marking.lesson import PASS_MARK, Lesson
from grading.marking.verdict import CheckResult, Scored, Verdict
from grading.reports.html import templates_of
from grading.reports.words import SIGNS, WORDS, clean, group_title, points, said_of

TEMPLATES = templates_of("grading.jupyter")
SAME = [("found", "the same as in the row above")]


@dataclass(frozen=True)
class RunLink:
    """The run that the rows are about, and where the MLflow UI shows it."""

    name: str
    url: str


@dataclass(frozen=True)
class Row:
    """One check's result, with what there is to say of it."""

    result: CheckResult
    said: list[tuple[str, str]]
    reading: "Reading | None" = None  # a task's rows share the task's

    @property
    def sign(self) -> str:
        """✓ ✗ ○ or !."""
        return SIGNS[self.result.verdict]

    @property
    def word(self) -> str:
        """The verdict in a word."""
        return WORDS[self.result.verdict]


@dataclass(frozen=True)
class Reading:
    """A section of a page in docs/, as a link from the notebook's folder."""

    heading: str
    href: str  # JupyterLab's name for a heading is its text with `-` for each space

    def __str__(self) -> str:
        return f"{self.heading}, in {self.href.partition('#')[0]}"


@dataclass(frozen=True)
class Group:
    """A task's rows, or the checklist's."""

    title: str
    rows: list[Row]
    reading: Reading | None

    @property
    def score(self) -> float:
        """Points reached."""
        return sum(row.result.points for row in self.rows)

    @property
    def max_score(self) -> float:
        """Points to be had."""
        return sum(row.result.max_points for row in self.rows)

    @property
    def done(self) -> bool:
        """Whether all of it passed."""
        return all(row.result.verdict is Verdict.PASSED for row in self.rows)

    @property
    def reading_helps(self) -> bool:
        """Whether a row needs more than another row that it waits for."""
        return any(row.result.verdict not in (Verdict.PASSED, Verdict.BLOCKED) for row in self.rows)


@dataclass(frozen=True)
class Card(Scored):
    """Some rows of a scorecard, as a notebook shows them; `problem` replaces them when there is nothing to check.

    The same rows give the same bytes.
    """

    lesson: Lesson
    results: tuple[CheckResult, ...]
    problem: str = ""
    run: RunLink | None = None
    hint: bool = False  # whether the hints are shown, or folded away
    thorough: bool = False  # whether models were trained again
    nameless: bool = False  # whether the notebook's STUDENT is still nobody's name
    docs: str = "../docs"  # from the notebook's folder
    shown_in: int | None = field(default=None, compare=False)  # the cell in which its progress line became the card

    @property
    def name(self) -> str:
        """What was asked for: the lesson, or one part of it."""
        return f"{self.lesson.id} · {self.groups[0].title}" if len(self.groups) == 1 else self.lesson.id

    @property
    def is_whole(self) -> bool:
        """Whether it has all of a lesson's rows, so that the pass mark means something."""
        return bool(self.lesson.tasks) and len(self.groups) == len(self.lesson.groups)

    @property
    def groups(self) -> list[Group]:
        """The rows by task, in the lesson's order."""
        order = {group: place for place, group in enumerate(self.lesson.groups)}
        readings = {f"task{task.number}": task.reading for task in self.lesson.tasks}
        rows = sorted(self.results, key=lambda result: order[result.group])
        return [
            Group(group_title(self.lesson, group), self._rows(list(found)), self._reading(readings.get(group, "")))
            for group, found in groupby(rows, key=lambda result: result.group)
        ]

    @property
    def state(self) -> str:
        """How far it is, in words."""
        if any(result.verdict is Verdict.ERROR for result in self.results):
            return "some rows could not be checked, through no fault of yours"
        if self.is_whole:
            missing = PASS_MARK - self.score
            return f"{points(missing)} more to pass" if missing > 0 else f"{PASS_MARK} pass, and you have them"
        counts = {word: [WORDS[result.verdict] for result in self.results].count(word) for word in WORDS.values()}
        return ", ".join(f"{count} {word}" for word, count in counts.items() if count)

    @property
    def how_to_get_hints(self) -> str:
        """The call that shows the hints; empty when there are none, or they are shown."""
        if self.hint or not any(name == "try" for group in self.groups for row in group.rows for name, _ in row.said):
            return ""
        only = {result.group for result in self.results}
        return f'check("{only.pop()}", hint=True)' if len(only) == 1 else "check(hint=True)"

    @property
    def what_is_left(self) -> str:
        """What the grading does and this check did not, with the call that does it; empty when there is nothing."""
        if self.thorough or not self.is_whole:
            return ""
        return "the grading also trains your models again: check(thorough=True)"

    @property
    def asks_whose(self) -> str:
        """What to do about a notebook that nobody has put a name to; empty when there is nothing."""
        if not (self.is_whole and self.nameless):
            return ""
        return "write your name into STUDENT, in the first cell: the experiment log takes it from there"

    def __repr__(self) -> str:
        if self.problem:
            return f"{self.lesson.id}: {clean(self.problem)}"
        lines = []
        for group in self.groups:
            lines.append(f"{group.title}: {points(group.score)} of {points(group.max_score)} points")
            for row in group.rows:
                share = f"{points(row.result.points)}/{points(row.result.max_points)}"
                lines.append(f"  {row.sign} {row.word:<8} {share:>5}  {clean(row.result.sentence)}")
                lines += [f"      {name}: {clean(text)}" for name, text in row.said if self.hint or name != "try"]
                lines += [f"      read: {row.reading}"] if row.reading else []
            if group.reading and group.reading_helps:
                lines.append(f"  read: {group.reading}")
        if len(self.groups) > 1:
            lines.append(f"{points(self.score)} of {points(self.max_score)} points: {self.state}")
        if self.run:
            lines.append(f"the newest run that was checked: {clean(self.run.name)}, {clean(self.run.url)}")
        if self.how_to_get_hints:
            lines.append(f"hints: {self.how_to_get_hints}")
        lines += [text for text in (self.asks_whose, self.what_is_left) if text]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return TEMPLATES.get_template("card.html").render(card=self, pass_mark=PASS_MARK)

    def mime_bundle(self) -> dict[str, str]:
        """The card as a notebook stores it."""
        return {"text/plain": repr(self), "text/html": self._repr_html_()}

    def _ipython_display_(self) -> None:
        """Nothing where the card already stands, at the end of the cell that asked for it; elsewhere as any value."""
        from IPython.core.getipython import get_ipython

        shell: Any = get_ipython()
        if self.shown_in is None or self.shown_in != shell.execution_count:
            raise NotImplementedError

    def _rows(self, results: list[CheckResult]) -> list[Row]:
        """The rows of a group; what was just said of the row above is not said again."""
        readings = {check.id: check.reading for check in (*self.lesson.checks, *CHECKLIST)}
        said = [said_of(result) for result in results]
        return [
            Row(
                result,
                SAME if result.verdict is not Verdict.PASSED and own and own == above else own,
                None if result.verdict is Verdict.PASSED else self._reading(readings.get(result.id, "")),
            )
            for result, own, above in zip(results, said, [[], *said], strict=False)
        ]

    def _reading(self, declared: str) -> Reading | None:
        page, _, heading = declared.partition("#")
        return Reading(heading, f"{self.docs}/{page}#{heading.replace(' ', '-')}") if declared else None
