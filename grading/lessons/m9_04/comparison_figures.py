"""The figures of a comparison: pictures that differ, and pages of which one is interactive."""

from collections.abc import Collection, Mapping, Sequence

from grading.errors import Unmet
from grading.evidence.contract import our_contract
from grading.evidence.evidence import Evidence
from grading.evidence.figures import IMAGES, MOST_FIGURES, read_picture
from grading.evidence.html_page import read_page, require_interactive, require_shown
from grading.evidence.store import Run
from grading.evidence.tables import plain
from grading.marking.demands import require_own_picture
from grading.marking.lesson import first_met

PAGES = (".html", ".htm")


def figures(evidence: Evidence) -> tuple[list[tuple[Run, str]], list[tuple[Run, str]]]:
    """Pictures and pages of all runs, without those that every final run must have; of re-runs the newest only."""
    files = [file for run in evidence.without_repeats(evidence.started_runs) for file in _shown_in(run)]
    return ([file for file in files if file[1].lower().endswith(IMAGES)],
            [file for file in files if file[1].lower().endswith(PAGES)])  # fmt: skip


def found_none(evidence: Evidence) -> str:
    """What to say where no figure was found: in a live notebook, an older run of the same name may have them."""
    newest = {run.id for run in evidence.without_repeats(evidence.started_runs)}
    replaced = [run for run in evidence.started_runs if run.id not in newest]
    older = next((run.name for run in reversed(replaced) if _shown_in(run)), "")
    return f"none in the newest run {older!r}; an older one has them: run the cell of task 2 again" if older else "none"


def _shown_in(run: Run) -> list[tuple[Run, str]]:
    own = {key for name in ("classification", "regression") for key, rule in our_contract(name).artifacts.items()
           if rule.figure for key in (key, *rule.names)}  # fmt: skip
    figures = [path for path in run.artifacts.paths() if path.lower().endswith((*IMAGES, *PAGES))]
    return [(run, path) for path in figures if not any(plain(key) in plain(path.rpartition("/")[2]) for key in own)]


def require_different_pictures(evidence: Evidence, images: Sequence[tuple[Run, str]]) -> None:
    """Raise Unmet for a blank picture, for one that is shown twice, and for one of the Learn cells."""
    seen: dict[str, str] = {}
    for run, path in images[:MOST_FIGURES]:
        picture = read_picture(run.artifacts.local(path))
        if picture.blank:
            raise Unmet(f"{path} to show something", "a blank picture", "log the figure that was drawn on")
        if picture.fingerprint in seen:
            raise Unmet(f"{path} to be another picture than {seen[picture.fingerprint]}", "the same picture")
        seen[picture.fingerprint] = path
        require_own_picture(evidence, run, path)


def judge_pages(pages: Sequence[tuple[Run, str]], wanted: Mapping[str, Collection[float]]) -> str:
    """The first page that is interactive and shows all of `wanted`; raises the first page's Outcome when none is.

    `pages`: one or more; `wanted`: the names that must stand in the page, each with the values of which one must.
    """

    def judge(page_of_run: tuple[Run, str]) -> str:
        run, path = page_of_run
        page = read_page(run.artifacts.local(path))
        require_interactive(page, path)
        require_shown(page, path, wanted)
        return f"{path} shows {', '.join(wanted)}"

    return first_met(judge, pages)
