"""The one-line check inside a notebook: the grader's own checks, on the store the student sees.

    check = instant("M9_01")     # in the setup cell
    check("task2")               # one task
    check("task2", hint=True)    # … with its hints
    check()                      # the whole card
    check(thorough=True)         # … and the models trained again, as the grading does: it takes longer

Every kernel of the environment imports this module when it starts, so it imports the grader only when it is called.
"""

import dataclasses
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from grading import quiet

if TYPE_CHECKING:
    from grading.evidence.evidence import Evidence, Training
    from grading.evidence.model_answer import Reproduction, Request
    from grading.jupyter.card import Card, RunLink
    from grading.jupyter.progress_line import ProgressLine
    from grading.marking.lesson import Check, Lesson


def instant(lesson: str) -> "InstantCheck":
    """The check of a lesson, for the setup cell: it looks only at what is logged from now on.

    A notebook that is no lesson of ours, such as M9_05, is held to the checklist.
    """
    from grading.jupyter.progress_line import waits_for_models
    from grading.lessons import lesson_or_own
    from grading.running.reproduction import prepare

    quiet.apply()
    if waits_for_models():
        prepare()
    if problem := _moved():
        print(problem)
    return InstantCheck(lesson_or_own(lesson), since=int(time.time() * 1000))


def _moved() -> str:
    """What to do when the folder with the store was moved; empty when it was not, or there is no store to read yet."""
    import mlflow

    from grading.errors import GradingError
    from grading.evidence.moved_store import moved_from, what_to_do
    from grading.evidence.sqlite_store import SqliteStore

    try:
        uri = mlflow.get_tracking_uri()
        store = SqliteStore(uri) if uri.startswith("sqlite:") else None
        former = moved_from(store) if store else None
        return f"{what_to_do(store, former)}." if store and former else ""
    except (GradingError, OSError, RuntimeError):
        return ""


NOBODY = "your name"  # what stands in the first cell of a lesson


class InstantCheck:
    """Called with a task's name, or without for the whole card; it reports, it never raises."""

    def __init__(self, lesson: "Lesson", since: int) -> None:
        self._lesson = lesson
        self._since = since
        self._seen_experiment: str | None = None
        self._reproductions: dict[Request, Reproduction] = {}  # of files as they were then

    def __call__(self, group: str | int | None = None, *, hint: bool = False, thorough: bool = False) -> "Card":
        """The card of one task (`"task2"`, or 2), of the `"checklist"`, or of all; with the hints unfolded or not.

        `thorough`: models are trained again, with all their folds and candidates, as the grading does with a sample.
        """
        from grading.jupyter.card import Card
        from grading.jupyter.progress_line import ProgressLine

        docs = "docs" if Path("docs").is_dir() else "../docs"
        with ProgressLine() as line:
            empty = Card(
                self._lesson, (), hint=bool(hint), thorough=bool(thorough), docs=docs, nameless=_student() == NOBODY
            )
            card = self._card(empty, group, line)
            return line.become(card)

    def __repr__(self) -> str:
        names = ", ".join(f'check("{group}")' for group in self._lesson.groups)
        how = "hint=True shows the hints, thorough=True trains the models again"
        return f"the instant check of {self._lesson.id}: {names}, or check() for all; {how}"

    def _card(self, card: "Card", group: str | int | None, line: "ProgressLine") -> "Card":
        from grading.errors import GradingError
        from grading.marking.grader import checks_of, run_checks

        name = f"task{group}" if str(group).isdigit() else group
        known = self._lesson.groups
        if name is not None and name not in known:
            return dataclasses.replace(card, problem=f"expected one of {', '.join(known)}; found {group!r}")
        checks = checks_of(self._lesson)
        wanted = [check for check in checks if name in (None, check.group)]
        try:
            evidence = self._evidence(line, "all" if card.thorough else "none")
            results = run_checks(_with_needs(wanted, checks), evidence)
            run = _newest(evidence)
        except GradingError as error:
            return dataclasses.replace(card, problem=str(error))
        except Exception as error:  # a mistake of ours must not stop a student's notebook
            problem = f"the check itself failed ({type(error).__name__}: {error}); go on"
            return dataclasses.replace(card, problem=problem)
        ids = {check.id for check in wanted}
        return dataclasses.replace(card, results=tuple(result for result in results if result.id in ids), run=run)

    def _evidence(self, line: "ProgressLine", training: "Training") -> "Evidence":
        import mlflow

        from grading.evidence.code_version import code_version
        from grading.evidence.data_files import DATA, DataFiles
        from grading.evidence.evidence import Evidence
        from grading.evidence.open_store import open_store
        from grading.running.reproduction import reproduce

        folder, worked = Path.cwd(), self._lesson.worked_experiment
        store = open_store(mlflow.get_tracking_uri())
        # MLflow notes the experiment that was set here; in a new experiment there may be no run yet.
        active = os.environ.get("MLFLOW_EXPERIMENT_ID")
        if active and active not in {experiment.id for experiment in store.experiments if experiment.name == worked}:
            self._seen_experiment = active
        return Evidence(
            store=store,
            part="practice",
            worked_experiment=self._lesson.worked_experiment,
            worked_data=self._lesson.worked_data,
            data=DataFiles((DATA, folder)),
            code=code_version(folder),
            reproducer=line.before(reproduce),
            since=self._since,
            active_experiment=self._seen_experiment,
            reproductions=self._reproductions,
            training=training,
            rest_is_training=self._lesson.rest_is_training,
        )


def _with_needs(wanted: "list[Check]", checks: "tuple[Check, ...]") -> "list[Check]":
    """The wanted checks and what they need, in the lesson's order."""
    ids = {check.id for check in wanted} | {need for check in wanted for need in check.needs}
    return [check for check in checks if check.id in ids]


def _newest(evidence: "Evidence") -> "RunLink | None":
    """The newest main run, whose model and metrics the rows are about; None when there is none."""
    from grading.errors import shorten
    from grading.jupyter.card import RunLink
    from grading.jupyter.mlflow_ui import run_link

    run = next(reversed(evidence.main_runs), None)
    return RunLink(shorten(run.name), run_link(run.experiment.id, run.id)) if run else None


def _student() -> object:
    """What the notebook says in STUDENT; None outside of a notebook."""
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    return shell.user_ns.get("STUDENT") if shell else None
