"""The command line: parse, call, print. Exit 0 done · 1 below the mark or not met · 2 wrong input · 3 our error."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.markup import escape

from grading import quiet

if TYPE_CHECKING:
    from grading.kernels.confinement import Confine

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Grade notebooks by the evidence they leave in an MLflow store.",
)
console = Console()
errors = Console(stderr=True)
OK, BELOW, USAGE, OURS = 0, 1, 2, 3
DEFAULT_URI = "sqlite:///mlflow.db"

Store = Annotated[
    str, typer.Option("--store", help="Tracking URI; MLFLOW_TRACKING_URI or sqlite:///mlflow.db unless given.")
]


def main() -> None:
    """Run the command line; what is wrong is said in a sentence, never in a traceback."""
    from grading.errors import GradingError, InputError

    quiet.apply()
    try:
        app(standalone_mode=True)
    except InputError as error:
        _stop(str(error), USAGE)
    except GradingError as error:
        _stop(str(error), BELOW)
    except KeyboardInterrupt:
        _stop("stopped", 130)
    except Exception as error:
        if os.environ.get("GRADING_DEBUG"):
            raise
        _stop(
            f"the grader failed ({type(error).__name__}: {error}). GRADING_DEBUG=1 shows where; please report it.", OURS
        )


@app.command()
def grade(
    notebooks: Annotated[list[Path], typer.Argument(help="Notebooks named M9_{number}_{description}.ipynb.")],
    solution: Annotated[
        bool, typer.Option("--solution", help="Put the reference solutions into the exercise cells.")
    ] = False,
    part: Annotated[str, typer.Option(help="practice: the student's runs; worked: the lesson's own.")] = "practice",
    lesson: Annotated[str, typer.Option(help="The lesson, when the file's name does not say it.")] = "",
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the scorecards as JSON.")] = None,
    html: Annotated[Path | None, typer.Option("--html", help="Write a page a scorecard into this folder.")] = None,
    junit: Annotated[Path | None, typer.Option("--junit", help="Write the scorecards as JUnit XML.")] = None,
    pass_mark: Annotated[
        float, typer.Option(min=0, max=100, help="Exit 1 when a scorecard is below this, in percent.")
    ] = 0,
    timeout: Annotated[float, typer.Option(min=1, help="Seconds for one whole notebook.")] = 300,
    confine: Annotated[
        str, typer.Option(help="auto: as well as this machine can; on: or not at all; off: with your rights.")
    ] = "auto",
) -> None:
    """Run notebooks, each alone and on an empty store, and grade what they logged."""
    from grading.assessment import assess
    from grading.errors import InputError
    from grading.reports import html as html_report
    from grading.reports import json as json_report
    from grading.reports import junit as junit_report
    from grading.reports.text import print_scorecard

    if part not in ("practice", "worked"):
        raise InputError(f"expected --part practice or --part worked; found {part!r}")
    cards, refused, failed = [], 0, 0
    for path in notebooks:
        try:
            settings: dict[str, Any] = {"part": part, "timeout": timeout, "confine": _confine(confine)}
            card = assess(path, lesson=lesson or None, solution=solution, **settings).scorecard
        except InputError as error:
            errors.print(f"[red]✗[/] {escape(str(error))}", soft_wrap=True)
            refused += 1
            continue
        except Exception as error:  # ours; the other notebooks are graded all the same
            errors.print(
                f"[yellow]![/] {escape(path.name)} is ungraded: {type(error).__name__}: {escape(str(error))}",
                soft_wrap=True,
            )
            failed += 1
            continue
        cards.append(card)
        print_scorecard(card, console)
        try:  # after each notebook: stopping later loses none of these
            if json_file:
                json_report.write(cards, json_file)
            if junit:
                junit_report.write(cards, junit)
            if html:
                html_report.write(cards, html)
        except OSError as error:
            raise InputError(f"{error.filename} cannot be written: {error.strerror or error}") from None
    if html and cards:
        console.print(f"Pages: {html / 'index.html'}", soft_wrap=True)
    if failed or any(not card.graded for card in cards):
        raise typer.Exit(OURS)
    if refused:
        raise typer.Exit(USAGE)
    raise typer.Exit(BELOW if any(card.percent < pass_mark for card in cards) else OK)


@app.command()
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
    timeout: Annotated[float, typer.Option(min=1, help="Seconds for one whole notebook.")] = 300,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be graded; write nothing.")] = False,
    confine: Annotated[
        str, typer.Option(help="auto, on, or off: the class's notebooks run with your rights.")
    ] = "auto",
) -> None:
    """Grade a class, several notebooks at a time; stopped, it goes on where it was."""
    from grading.cohort import STOPPED, Options, cores, grade_class, make_plan, may_run, stop_on_signals
    from grading.dask_workers import DaskWorkers
    from grading.errors import InputError
    from grading.reports import cohort_text
    from grading.reports.progress import Progress
    from grading.results_folder import ResultsFolder
    from grading.submissions import find_submissions
    from grading.workers import LocalWorkers

    if workers and scheduler:
        raise InputError("expected --workers for this machine or --scheduler for a cluster; found both")
    if out.resolve().is_relative_to(submissions.resolve()):
        raise InputError(f"expected --out outside of {submissions}: what it holds would be found as handed in")
    found = find_submissions(submissions, layout=layout)
    cohort_text.print_found(found, console)
    how = _confine(confine)
    if not (dry_run or scheduler):
        may_run(how)
    folder = ResultsFolder(out)
    options = Options(timeout, "off" if how == "off" else "on", lesson.upper(), regrade)
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
            outcome = grade_class(found, plan, folder, pool, progress)
    cohort_text.print_outcome(outcome, console)
    raise typer.Exit(OK if outcome.complete else 130 if outcome.stopped == STOPPED else OURS)


@app.command()
def verify(
    mutants: Annotated[bool, typer.Option("--mutants", help="Judge the gallery too.")] = False,
    refresh: Annotated[
        bool, typer.Option("--refresh", help="First keep anew the outputs that the prose quotes.")
    ] = False,
) -> None:
    """Prove the curriculum: it conforms, runs clean, starts at nothing, can be solved, and its checks can fail."""
    from grading.curriculum import conforms, lesson_notebooks, refresh_outputs
    from grading.curriculum import verify as proofs_of
    from grading.gallery import cases, judge_all
    from grading.lessons import LESSONS
    from grading.reports.gallery import gallery_table
    from grading.template import TEMPLATE

    for path in lesson_notebooks() if refresh else ():
        console.print(f"{path.name}: outputs {'changed' if refresh_outputs(path) else 'as they were'}")

    def show(claim: str, problems: tuple[str, ...]) -> int:
        console.print(
            f"[{'red' if problems else 'green'}]{'✗' if problems else '✓'}[/] {escape(claim)}", soft_wrap=True
        )
        for problem in problems:
            console.print(f"    {escape(problem)}", soft_wrap=True)
        return int(bool(problems))

    template = conforms(TEMPLATE)
    broken = show(template.claim, template.problems)
    for lesson in LESSONS:
        for proof in proofs_of(lesson):
            broken += show(proof.claim, proof.problems)
    if mutants:
        judgements = []
        for judgement in judge_all(case for lesson in LESSONS for case in cases(lesson)):
            judgements.append(judgement)
            broken += show(f"{judgement.case.lesson.id} gallery: {judgement.case.name}", judgement.problems)
        console.print(gallery_table(judgements))
    raise typer.Exit(BELOW if broken else OK)


@app.command()
def new(
    number: Annotated[str, typer.Argument(help="Two digits, such as 05.")],
    description: Annotated[str, typer.Argument(help="Small letters, digits and _, such as churn_model.")],
    folder: Annotated[Path, typer.Option(help="Where to put it.")] = Path("notebooks"),
) -> None:
    """Make a new notebook from the template, rightly named."""
    from grading.template import new_notebook

    console.print(f"made {new_notebook(number, description, folder)}", soft_wrap=True)


@app.command()
def gate(
    contract: Annotated[str, typer.Argument(help="A contract of ours, such as healthcare_triage, or a YAML file.")],
    target: Annotated[str, typer.Argument(help="A run id, or a registered model as NAME/VERSION.")],
    promote: Annotated[str, typer.Option(metavar="ALIAS", help="Give NAME/VERSION this alias, if it passes.")] = "",
    rollback: Annotated[
        str, typer.Option(metavar="ALIAS", help="Give this alias of NAME back to who had it before, if that passes.")
    ] = "",
    why: Annotated[str, typer.Option(help="The reason, kept in the history.")] = "",
    data: Annotated[list[Path] | None, typer.Option(help="A folder to look for the data file in. Repeat.")] = None,
    store: Store = "",
) -> None:
    """Hold a run to a contract and derive again what it claims; exit 1 when a clause is not met."""
    from grading import promotion
    from grading.errors import InputError
    from grading.gate import hold

    if promote and rollback:
        raise InputError("expected --promote or --rollback; found both")
    if promote and "/" not in target:
        raise InputError(f"expected a registered version such as screening/3 to promote; found {target!r}")
    if why and not (promote or rollback):
        raise InputError("expected --promote or --rollback with --why; found neither")
    uri = _uri(store)
    held = promotion.before(target, rollback, uri) if rollback else target
    ruling = hold(contract, held, uri, data or ())
    for clause in ruling.clauses:
        sign = "[green]✓[/]" if clause.met else "[red]✗[/]"
        console.print(f"{sign} {escape(clause.expected)} [dim]found {escape(clause.found)}[/]", soft_wrap=True)
        if clause.hint and not clause.met:
            console.print(f"    [dim]{escape(clause.hint)}[/]", soft_wrap=True)
    outcome = "meets" if ruling.met else f"misses {len(ruling.unmet)} of {len(ruling.clauses)} clauses of"
    run = f"run {ruling.run.name} ({ruling.run.id[:8]})"
    console.print(escape(f"{f'{held}, ' if ruling.version else ''}{run} {outcome} {ruling.contract}"), soft_wrap=True)
    notes, event = promotion.strays(ruling.versions, ruling.version.name) if ruling.version else (), None
    if ruling.met and (promote or rollback):
        move = promotion.promote if promote else promotion.give_back
        event = move(ruling, promote or rollback, uri, why)
        notes = event.notes
    for note in notes:
        console.print(f"[yellow]![/] {escape(note)}", soft_wrap=True)
    if event:
        console.print(escape(str(event)), soft_wrap=True)
    elif promote or rollback:
        console.print(escape(f"refused: {promote or rollback} stays where it is"), soft_wrap=True)
    raise typer.Exit(OK if ruling.met else BELOW)


@app.command()
def log(
    run_id: Annotated[str, typer.Argument(help="The run, or the beginning of its id.")],
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Write here instead of printing.")] = None,
    say: Annotated[list[str] | None, typer.Option(help="What only a person can say: objective=TEXT. Repeat.")] = None,
    store: Store = "",
) -> None:
    """Fill the experiment log from a run; what only a person can say is marked as missing unless said."""
    from grading.experiment_log import MAY_SAY, experiment_log

    _deliver(experiment_log(run_id, tracking_uri=_uri(store), **_said(say, MAY_SAY)), output)


@app.command()
def card(
    version: Annotated[str, typer.Argument(help="A registered model's version as NAME/VERSION.")],
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Write here instead of printing.")] = None,
    say: Annotated[list[str] | None, typer.Option(help="What only a person can say: limitations=TEXT. Repeat.")] = None,
    store: Store = "",
) -> None:
    """Fill the model card of a registered version; what only a person can say is marked as missing unless said."""
    from grading.model_card import PERSONAL, model_card

    _deliver(model_card(version, tracking_uri=_uri(store), **_said(say, PERSONAL)), output)


@app.command()
def doctor() -> None:
    """Say what works on this machine."""
    from grading.doctor import examine

    broken = 0
    for finding in examine():
        sign = "[green]✓[/]" if finding.works else "[red]✗[/]"
        console.print(f"{sign} {finding.part}: {escape(finding.text)}", soft_wrap=True)
        broken += not finding.works
    raise typer.Exit(BELOW if broken else OK)


def _confine(text: str) -> "Confine":
    """What `--confine` said; raises InputError."""
    from grading.errors import InputError

    known: tuple[Confine, ...] = ("auto", "on", "off")
    for name in known:
        if name == text:
            return name
    raise InputError(f"expected --confine auto, on or off; found {text!r}")


def _said(texts: list[str] | None, known: tuple[str, ...]) -> dict[str, str]:
    """What `--say name=text` said, by name; raises InputError for a name that is not known."""
    from grading.errors import InputError

    said = {}
    for text in texts or ():
        name, sign, value = text.partition("=")
        if not sign or name.strip() not in known:
            raise InputError(f"expected --say NAME=TEXT with one of {', '.join(known)}; found {text!r}")
        said[name.strip()] = value
    return said


def _deliver(text: str, output: Path | None) -> None:
    from grading.errors import InputError
    from grading.reports.json import write_whole

    if output is None:
        typer.echo(text)
        return
    if not output.parent.is_dir():
        raise InputError(f"expected a folder at {output.parent}; found none. Make it first, or name another file")
    try:
        write_whole(output, text)
    except OSError as error:
        raise InputError(f"{output} cannot be written: {error.strerror or error}") from None
    console.print(f"wrote {output}", soft_wrap=True)


def _uri(given: str) -> str:
    return given or os.environ.get("MLFLOW_TRACKING_URI") or DEFAULT_URI


def _stop(message: str, code: int) -> NoReturn:
    errors.print(f"[red]✗[/] {escape(message)}", soft_wrap=True)
    raise SystemExit(code)
