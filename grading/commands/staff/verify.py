"""`grading verify`: the curriculum proves itself."""

from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.markup import escape

from grading.commands.terminal import BELOW, OK, console


def verify(
    mutants: Annotated[bool, typer.Option("--mutants", help="Judge the gallery too.")] = False,
    refresh: Annotated[
        bool, typer.Option("--refresh", help="First keep anew the outputs that the prose quotes.")
    ] = False,
    handins: Annotated[
        Path | None, typer.Option(help="Grade only the hand-ins in this folder, each with its case.json.")
    ] = None,
) -> None:
    """Prove the curriculum: it conforms, runs clean, starts at nothing, can be solved, and its checks can fail."""
    if handins:
        _take(handins)
    from grading.curriculum.branches import judge_all
    from grading.curriculum.gallery import cases
    from grading.curriculum.gallery_table import gallery_table
    from grading.curriculum.proofs import conforms, lesson_notebooks, refresh_outputs
    from grading.curriculum.proofs import verify as proofs_of
    from grading.jupyter.template import TEMPLATE
    from grading.lessons import LESSONS

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


def _take(folder: Path) -> NoReturn:
    """Each hand-in that the grader takes otherwise than a fair teacher would, and how many it takes rightly."""
    from grading.curriculum.handins import find_hand_ins, hand_ins_table, take_all

    taken = []
    for each in take_all(find_hand_ins(folder)):
        taken.append(each)
        if not each.agrees:
            what = "kept whole" if each.percent == 100 else f"{each.percent:g} %: {', '.join(each.lost)}"
            console.print(
                f"[red]✗[/] {escape(f'{each.hand_in.sort}, {each.hand_in.name}: {each.problem or what}')}",
                soft_wrap=True,
            )
            console.print(f"    {escape(each.hand_in.case.get('why', ''))}", soft_wrap=True)
    console.print(hand_ins_table(taken), soft_wrap=True)
    raise typer.Exit(OK if all(each.agrees for each in taken) else BELOW)
