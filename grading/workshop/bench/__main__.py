"""`make bench`: print the tables of docs/performance.md, all measured in one run."""

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from grading import quiet
from grading.errors import GradingError
from grading.lessons import LESSONS
from grading.workshop.bench import class_run, linear, memory, overhead, parts, single, tables

Lines = Iterable[str]


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    lessons: int = 4
    rounds: int = 3
    students: int = 10  # of the class with all lessons
    single_lesson: int = 40  # students of the class with the first lesson alone
    sample: int = 4  # students whose notebooks the peers grade
    tiny: tuple[int, ...] = (10, 50, 200)
    solved: tuple[int, ...] = (10, 40)


QUICK = Plan(lessons=1, rounds=1, students=4, single_lesson=4, sample=2, tiny=(4, 12), solved=(2, 4))


def sections(plan: Plan, confine: str) -> Mapping[str, Callable[[], Lines]]:
    """What can be measured, by the names that --only takes: functions of the lines to print."""
    lessons = LESSONS[: plan.lessons]
    found: dict[str, Callable[[], Lines]] = {
        "single": lambda: single.report(lessons, plan.rounds),
        "class": lambda: class_run.report(lessons, plan.students, plan.sample, confine),
        "class-of-one-lesson": lambda: class_run.report(LESSONS[:1], plan.single_lesson, plan.sample, confine),
        "overhead": lambda: overhead.report(lessons, plan.rounds),
        "memory": lambda: memory.report(lessons),
        "linear": lambda: linear.report({"tiny": plan.tiny, "solved": plan.solved}, confine),
        "parts": lambda: parts.report(lessons),
    }
    return (
        found if plan.lessons > 1 else {name: report for name, report in found.items() if name != "class-of-one-lesson"}
    )


def main(arguments: list[str] | None = None) -> int:
    """Measure and print; 1 when a section could not be measured, which says why in its place."""
    names = list(sections(Plan(), "auto"))
    parser = argparse.ArgumentParser(prog="python -m grading.workshop.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one lesson, few submissions: a few minutes")
    parser.add_argument("--only", choices=names, action="append", help="this section; may be given again")
    parser.add_argument("--confine", choices=["auto", "on", "off"], default="auto", help="of class runs")
    parser.add_argument("--sample", type=int, help="how many students' notebooks the peers grade; 10: the whole class")
    given = parser.parse_args(arguments)
    plan = QUICK if given.quick else Plan()
    if given.sample:
        plan = Plan(**{**vars(plan), "sample": given.sample})
    quiet.apply()
    _print(tables.machine())
    _print(["", f"Command: `make bench`, which is `python -m grading.workshop.bench{_said(arguments)}`"])
    failed = False
    for name, report in sections(plan, given.confine).items():
        if given.only and name not in given.only:
            continue
        _print(["", f"## {name.replace('-', ' ').capitalize()}", ""])
        try:
            _print(report())
        except GradingError as error:
            failed = True
            _print(["", f"> Not measured: {error}"])
    return int(failed)


def _print(lines: Lines) -> None:
    for line in lines:
        print(line, flush=True)


def _said(arguments: list[str] | None) -> str:
    return "".join(f" {argument}" for argument in (sys.argv[1:] if arguments is None else arguments))


if __name__ == "__main__":
    sys.exit(main())
