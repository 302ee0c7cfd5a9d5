"""A class run: what there is to grade, and every result kept the moment it exists."""

import os
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from grading.cohort.graded import Graded
from grading.cohort.job import Job, Product, job_of
from grading.cohort.reported import no_longer_there
from grading.cohort.results_folder import ResultsFolder
from grading.cohort.submissions import Found
from grading.cohort.workers import Event, Workers
from grading.errors import GradingError, InputError, shorten
from grading.running.kernels.confinement import Confine, strength
from grading.running.kernels.warm_process import SUPPORTED

STOPPED = "stopped"
MOST_SHOWN = 5  # hand-ins that are named in one sentence


@dataclass(frozen=True)
class Options:
    """How a class is graded."""

    timeout: float = 300.0  # seconds for one notebook
    confine: Confine = "on"  # each worker: it, too, rather grades nothing
    lesson: str = ""  # this one only
    regrade: bool = False  # also what is graded already
    fewer: bool = False  # report the class without what was graded and is not handed in any more
    thorough: bool = False  # every fold and candidate is trained again, not a sample of them


@dataclass(frozen=True)
class Plan:
    """What a run has to do."""

    known: dict[str, Graded] = field(default_factory=dict)  # by place: results that hold
    jobs: tuple[Job, ...] = ()
    notes: tuple[str, ...] = ()
    changed: tuple[Graded, ...] = ()  # known, with other facts about the student than those on disk


@dataclass(frozen=True)
class Outcome:
    """What a run has done, for all that was found."""

    graded: tuple[Graded, ...]
    missing: int  # submissions that were to be graded and have no result
    stopped: str = ""  # why the run ended before its end
    reports: tuple[Path, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether every submission has a mark to use."""
        return not self.stopped and not self.missing and all(one.graded for one in self.graded)


def may_run(confine: Confine) -> None:
    """Raise InputError unless others' notebooks can be confined here, or need not be."""
    if confine == "off":
        return
    missing = strength().missing or ("" if SUPPORTED else "only warm kernels can be confined, which need Linux")
    if missing:
        raise InputError(
            f"expected to confine a class's notebooks; found that {missing}. They would run with your rights. "
            "Say --confine off where that is acceptable, such as a machine or container for this alone"
        )


def make_plan(found: Found, folder: ResultsFolder, options: Options) -> Plan:
    """What is graded already and holds, and what is to be graded: new, changed, ungraded or damaged.

    Raises InputError when nobody handed in the one lesson that is wanted, and when a class that was reported would
    be reported without some of it.
    """
    lessons = sorted({submission.lesson for submission in found.submissions})
    if options.lesson and options.lesson not in lessons:
        raise InputError(f"expected --lesson among {', '.join(lessons)}; found no submission of {options.lesson}")
    if not options.fewer and (gone := no_longer_there(found, folder)):
        raise InputError(_fewer(gone, folder))
    known, jobs, notes, changed = {}, [], [], []
    places: set[str] = set()
    for submission in found.submissions:
        job = job_of(submission, options.timeout, options.confine, thorough=options.thorough)
        if job.place in places:
            notes.append(f"{job.name} was found twice: {job.origin} is left out")
            continue
        places.add(job.place)
        try:
            kept = folder.read(job.slug, job.lesson)
        except ValueError as error:
            notes.append(f"the result of {job.name} is damaged and made anew: {error}")
            kept = None
        holds = kept is not None and kept.key == job.key and kept.graded
        wanted = not options.lesson or job.lesson == options.lesson
        if wanted and (options.regrade or not holds):
            jobs.append(job)
        elif kept and kept.key == job.key:
            known[job.place] = _current(kept, job)
            if known[job.place] != kept:
                changed.append(known[job.place])
    return Plan(known, tuple(jobs), tuple(notes), tuple(changed))


def grade_class(plan: Plan, folder: ResultsFolder, workers: Workers, watch: Callable[[Event], None]) -> Outcome:
    """Do what the plan says, telling `watch` of each event; Ctrl-C, a full disk or lost workers end it early."""
    results, stopped, left = dict(plan.known), "", len(plan.jobs)
    try:
        for graded in plan.changed:
            folder.update(graded)
        for event in workers.grade(plan.jobs):
            if isinstance(event, Product):
                folder.write(event)
                results[event.graded.place] = event.graded
                left -= 1
            watch(event)
    except KeyboardInterrupt:
        stopped = STOPPED
    except GradingError as error:
        stopped = str(error)
    finally:
        workers.close()
    return Outcome(tuple(results[place] for place in sorted(results)), left, stopped)


def stop_on_signals() -> None:
    """Let what ends a terminal or a container stop a run as Ctrl-C does, unless it is to be ignored (nohup)."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler)


def cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _fewer(gone: Sequence[Graded], folder: ResultsFolder) -> str:
    names = [f"{each.student} {each.lesson}" for each in gone]
    more = f" and {len(names) - MOST_SHOWN} more" if len(names) > MOST_SHOWN else ""
    return (
        f"expected all that {folder.path} reports among the submissions; found {len(names)} missing: "
        f"{shorten(names[:MOST_SHOWN])}{more}. Put every download of the class into one folder and grade that; or give "
        "another --out; or say --fewer to report the class without them"
    )


def _current(kept: Graded, job: Job) -> Graded:
    """The result with what is known of the student now: a name, a date; the mark depends on none of these."""
    return kept.model_copy(
        update={name: getattr(job, name) for name in ("student", "sid", "platform", "late", "origin")}
    )
