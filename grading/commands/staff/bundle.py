"""`grading bundle`: what students receive, or Gradescope, as one archive."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from grading.commands.terminal import console


def bundle(
    out: Annotated[Path, typer.Option(help="The zip archive to write.")],
    gradescope: Annotated[
        bool, typer.Option("--gradescope", help="An autograder for Gradescope instead of what students receive.")
    ] = False,
) -> None:
    """Pack what students receive: no solutions, no tests; the same commit gives the same archive."""
    from grading.errors import InputError
    from grading.handout.bundle import FOLDER, gradescope_autograder, student_bundle, write

    if out.is_dir():
        raise InputError(f"expected --out to name a file, such as {out / 'module-09.zip'}; found a folder")
    made = gradescope_autograder() if gradescope else student_bundle()
    digest = write(made, out)
    counts: dict[str, int] = {}
    for name in sorted(made.files):
        first, slash, _ = name.removeprefix(f"{FOLDER}/").partition("/")
        counts[first + slash] = counts.get(first + slash, 0) + 1
    for place, count in sorted(counts.items(), key=lambda pair: (not pair[0].endswith("/"), pair[0])):
        console.print(f"  {escape(place)}{f'  {count} files' if place.endswith('/') else ''}", highlight=False)
    console.print(f"{out}: {len(made.files)} files of commit {made.commit[:12]}, {out.stat().st_size / 1e6:.1f} MB")
    console.print(f"sha256 {digest}", soft_wrap=True, highlight=False)
    if made.changed:
        console.print(
            f"[yellow]![/] not as committed, packed as they are here: {escape(', '.join(made.changed))}", soft_wrap=True
        )
