"""A class run while it runs: in a terminal a line a worker and one for all; elsewhere a line a submission."""

import time
from types import TracebackType
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table

from grading.cohort.graded import Graded
from grading.cohort.workers import Event, Lost, Started, Waiting
from grading.reports.text import escape
from grading.reports.words import points


class Progress:
    """Told of each event while so many submissions are graded."""

    def __init__(self, console: Console, total: int) -> None:
        self.console, self.total = console, total
        self.done = 0
        self._busy: dict[str, tuple[str, float]] = {}  # by submission: the worker, and since when
        self._since = time.monotonic()
        self._live = Live(self, console=console, refresh_per_second=2, transient=True)

    def __enter__(self) -> Self:
        if self.console.is_terminal:
            self._live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._live.stop()

    def __call__(self, event: Event) -> None:
        """Show what has happened."""
        if isinstance(event, Started):
            if not self.done and not self._busy:
                self._since = time.monotonic()  # starting the workers is not what a submission costs
            self._busy[event.name] = (event.worker, time.monotonic())
        elif isinstance(event, Lost):
            self._busy.pop(event.name, None)
            self._say(f"[yellow]![/] {escape(event.name)}: its worker {escape(event.how)}; it is tried again")
        elif isinstance(event, Waiting):
            self._busy.clear()
            self._say(f"[yellow]![/] waiting: {escape(event.what)}")
        else:
            self.done += 1
            self._busy.pop(f"{event.graded.student} {event.graded.lesson}", None)
            if not self.console.is_terminal or not event.graded.graded:
                self._say(f"[dim]{self.done}/{self.total}[/] {line(event.graded)}")

    def __rich__(self) -> RenderableType:
        rows = Table.grid(padding=(0, 1))
        for name, (worker, since) in sorted(self._busy.items(), key=lambda item: item[1]):
            rows.add_row(f"[dim]{escape(worker)}[/]", escape(name), f"{time.monotonic() - since:.0f} s")
        if not self._busy:
            rows.add_row("[dim]waiting for a worker[/]" if self.done < self.total else "")
        bar = Table.grid(padding=(0, 1))
        bar.add_row(ProgressBar(max(self.total, 1), self.done, width=30), f"{self.done}/{self.total}", self._pace())
        return Group(rows, bar)

    def _pace(self) -> str:
        if not self.done:
            return "starting"
        rate = self.done / max(time.monotonic() - self._since, 0.1)  # a second
        return f"{60 * rate:.1f} a minute, {duration((self.total - self.done) / rate)} left"

    def _say(self, text: str) -> None:
        self.console.print(text, soft_wrap=True, highlight=False)


def line(graded: Graded) -> str:
    """One result as rich shows it: whose, the mark, and how long it took."""
    who = escape(f"{graded.student} {graded.lesson}")
    if not graded.graded or graded.scorecard is None:
        return f"{who} [yellow]ungraded[/]: {escape(graded.problem)}"
    mark = f"{points(graded.scorecard.score)}/{points(graded.scorecard.max_score)}"
    return f"{who} {mark} [dim]in {graded.seconds:.1f} s[/]"


def duration(seconds: float) -> str:
    """'2 h 05 min', '5 min', '40 s'."""
    if seconds >= 3600:
        return f"{seconds // 3600:.0f} h {seconds % 3600 // 60:02.0f} min"
    return f"{seconds / 60:.0f} min" if seconds >= 90 else f"{seconds:.0f} s"
