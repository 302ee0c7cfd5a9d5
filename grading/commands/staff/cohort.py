"""`grading cohort`: grade a class; stopped, it goes on where it was."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from grading.commands.terminal import OK, OURS, console


def cohort(
    submissions: Annotated[Path, typer.Argument(help="A folder or an archive of what a class handed in.")],
    out: Annotated[Path, typer.Option(help="Where results and reports go; the same folder again resumes.")],
    workers: Annotated[int, typer.Option(min=0, help="Processes on this machine; 0: one a core.")] = 0,
    scheduler: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Grade on a Dask cluster: tcp://HOST:PORT or a scheduler file.")
    ] = "",
    regrade: Annotated[bool, typer.Option("--regrade", help="Grade anew what is graded already.")] = False,
    lesson: Annotated[str, typer.Option(help="Grade this lesson only.")] = "",
    layout: Annotated[str, typer.Option(help="How the folder is laid out, when it is not recognised.")] = "auto",
    encoding: Annotated[
        str, typer.Option(help="Of names in zip archives, when they look wrong: big5, shift_jis, gbk, cp852 …")
    ] = "auto",
    fewer: Annotated[
        bool, typer.Option("--fewer", help="Report the class without what is graded and not handed in any more.")
    ] = False,
    timeout: Annotated[float, typer.Option(min=1, help="Seconds for one whole notebook.")] = 300,
    thorough: Annotated[
        bool, typer.Option("--thorough", help="Train every fold and candidate again, not a sample of them.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be graded; write nothing.")] = False,
    confine: Annotated[
        str, typer.Option(help="auto, on, or off: the class's notebooks run with your rights.")
    ] = "auto",
) -> None:
    """Grade a class, several notebooks at a time; stopped, it goes on where it was."""
    from grading.class_reports import text as cohort_text
    from grading.class_reports.progress import Progress
    from grading.class_reports.reports import write_reports
    from grading.cohort.class_run import STOPPED, Options, cores, grade_class, make_plan, may_run, stop_on_signals
    from grading.cohort.dask_workers import DaskWorkers
    from grading.cohort.results_folder import ResultsFolder
    from grading.cohort.submissions import find_submissions
    from grading.cohort.workers import LocalWorkers
    from grading.commands.confine import read_confine
    from grading.errors import InputError

    if workers and scheduler:
        raise InputError("expected --workers for this machine or --scheduler for a cluster; found both")
    if out.resolve().is_relative_to(submissions.resolve()):
        raise InputError(f"expected --out outside of {submissions}: what it holds would be found as handed in")
    found = find_submissions(submissions, layout=layout, encoding=encoding)
    cohort_text.print_found(found, console)
    how = read_confine(confine)
    if not (dry_run or scheduler):
        may_run(how)
    folder = ResultsFolder(out)
    options = Options(timeout, "off" if how == "off" else "on", lesson.upper(), regrade, fewer, thorough)
    if dry_run:
        plan = make_plan(found, folder, options)
        cohort_text.print_plan(plan, console)
        cohort_text.print_jobs(plan, console)
        raise typer.Exit(OK)
    with folder.locked():
        stop_on_signals()
        plan = make_plan(found, folder, options)
        cohort_text.print_plan(plan, console)
        pool = DaskWorkers(scheduler) if scheduler else LocalWorkers(workers or cores())
        if scheduler:
            console.print(escape(str(pool)), soft_wrap=True)
        with Progress(console, len(plan.jobs)) as progress:
            outcome = write_reports(found, grade_class(plan, folder, pool, progress), folder.path)
    cohort_text.print_outcome(outcome, console)
    raise typer.Exit(OK if outcome.complete else 130 if outcome.stopped == STOPPED else OURS)
