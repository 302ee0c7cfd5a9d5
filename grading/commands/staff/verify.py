"""`grading verify`: the curriculum proves itself."""

from typing import Annotated

import typer
from rich.markup import escape

from grading.commands.terminal import BELOW, OK, console


def verify(
    mutants: Annotated[bool, typer.Option("--mutants", help="Judge the gallery too.")] = False,
    refresh: Annotated[
        bool, typer.Option("--refresh", help="First keep anew the outputs that the prose quotes.")
    ] = False,
) -> None:
    """Prove the curriculum: it conforms, runs clean, starts at nothing, can be solved, and its checks can fail."""
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
