"""What a lesson asks: a Lesson is tasks and checks; a check is a function of the evidence."""

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from grading.errors import Outcome

if TYPE_CHECKING:
    from grading.evidence.evidence import Evidence

CheckFunction = Callable[["Evidence"], str]

Subject = TypeVar("Subject")
Found = TypeVar("Found")

CHECKLIST_POINTS = 6
PASS_MARK = 70  # of 100


@dataclass(frozen=True)
class Check:
    """One thing asked: the function's name is its id, the docstring is the sentence a student reads.

    The function returns, in a few words, what it found; it raises `Unmet`, `NotAttempted` or `CannotJudge` otherwise.
    """

    id: str
    sentence: str
    group: str
    points: float
    function: CheckFunction
    needs: tuple[str, ...] = ()
    reading: str = ""  # what explains it in docs/: "page.md#Heading, as it is there"; empty where the task's does


@dataclass(frozen=True)
class Task:
    """One of a lesson's four parts."""

    number: int
    title: str
    reading: str  # what explains it in docs/: "page.md#Heading, as it is there"


@dataclass(frozen=True)
class Lesson:
    """One notebook of the module, with everything that is asked of it."""

    id: str  # "M9_01"
    description: str  # "mlflow_setup", as in the file name
    title: str
    worked_experiment: str  # where the Learn cells log; everything else is the student's practice
    worked_data: str  # how the names of the Learn cells' data files begin; an experiment on them is not practice
    tasks: tuple[Task, ...]
    rest_is_training: bool = True  # its text says that a final model learns from all rows that are not tested
    checks: list[Check] = field(default_factory=list)

    @property
    def file_name(self) -> str:
        """The notebook's name: M9_01_mlflow_setup.ipynb."""
        return f"{self.id}_{self.description}.ipynb"

    @property
    def groups(self) -> tuple[str, ...]:
        """task1 … task4, checklist, in the order of the scorecard."""
        return (*(f"task{task.number}" for task in self.tasks), "checklist")

    def check(
        self, *, task: int, points: float, needs: tuple[CheckFunction, ...] = (), reading: str = ""
    ) -> Callable[[CheckFunction], CheckFunction]:
        """Register the decorated function as a check of a task; `needs` are checks that must pass first.

        `reading`: the section that explains this check, where it is not the task's.
        """

        def register(function: CheckFunction) -> CheckFunction:
            self.checks.append(make_check(function, f"task{task}", points, self.ids_of(needs), reading))
            return function

        return register

    def ids_of(self, functions: tuple[CheckFunction, ...]) -> tuple[str, ...]:
        """The ids of checks of this lesson, by their functions."""
        return tuple(check.id for function in functions for check in self.checks if check.function is function)


def first_met(judge: Callable[[Subject], Found], subjects: Iterable[Subject]) -> Found:
    """What a judge finds in the first subject that meets it; raises the first outcome when none does.

    `subjects`: at least one, such as runs of which one must be complete.
    """
    problem: Outcome | None = None
    for subject in subjects:
        try:
            return judge(subject)
        except Outcome as outcome:
            problem = problem or outcome
    assert problem is not None
    raise problem


def make_check(
    function: CheckFunction, group: str, points: float, needs: tuple[str, ...] = (), reading: str = ""
) -> Check:
    """A Check from a function; a function without a docstring is a mistake of the author."""
    sentence = inspect.getdoc(function)
    if not sentence:
        raise TypeError(f"check {function.__name__} has no docstring: it is the sentence a student reads")
    return Check(f"{group}.{function.__name__}", " ".join(sentence.split()), group, points, function, needs, reading)
