"""The seal of a search space: its hash as a param, one space for all searches, logged before the first candidate."""

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

from grading.errors import Unmet
from grading.evidence.evidence import Evidence
from grading.evidence.store import Run
from grading.lessons.m9_02.search_space import read_space
from grading.lessons.m9_02.searches import searches

SEAL = re.compile(r"(sha|hash|digest|md5)", re.I)


def require_seal(run: Run, file: Path) -> str:
    """The file's SHA-256; raises Unmet unless a param of the run says it."""
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    seals = [value for name, value in run.params.items() if "space" in name.lower() and SEAL.search(name)]
    if not seals:
        raise Unmet(f"a param space_sha256 in the run {run.name!r}", sorted(run.params) or "no params",
                    "hashlib.sha256(text.encode()).hexdigest() of the text that you log")  # fmt: skip
    unix = hashlib.sha256(file.read_bytes().replace(b"\r\n", b"\n")).hexdigest()
    if seals[0].strip().lower() not in (digest, unix):
        raise Unmet(f"the file that was sealed, {seals[0][:16]}…", f"{file.name} has {digest[:16]}…",
                    "the file was changed after its hash was logged, or another text was hashed: hash exactly the "
                    "string that you log, then search again")  # fmt: skip
    return digest


def require_one_space(kept: Sequence[tuple[Run, Path]]) -> None:
    """Raise Unmet when a run keeps another space than the first; `kept`: the runs with their files, oldest first."""
    (run, file), *others = kept
    space = read_space(file)
    for other, changed in others:
        if read_space(changed) != space:
            raise Unmet(f"one space for all searches, that of {run.name!r}", f"another one in {other.name!r}",
                        "a space that changes after the first results is a choice made on them. For another one, "
                        "restart the kernel and run the notebook from the top")  # fmt: skip


def require_space_first(evidence: Evidence, run: Run) -> None:
    """Raise Unmet when a candidate started before the run with the space had ended."""
    first = _first_candidate(evidence)
    if first is not None and not _came_before(evidence, run, first):
        raise Unmet(f"the run {run.name!r} with the space to end before the first candidate starts",
                    f"{first.name!r} started earlier", "log the space, then search")  # fmt: skip


def _first_candidate(evidence: Evidence) -> Run | None:
    try:
        found = searches(evidence)
    except Unmet:
        return None
    return min((each.run for search in found for each in search.candidates), key=lambda run: run.start_time)


def _came_before(evidence: Evidence, space: Run, first: Run) -> bool:
    """Whether the run with the space ended before the candidate began, or is a parent of it that began before."""
    by_id = {run.id: run for run in evidence.runs}
    above: Run | None = first
    while above is not None and above.parent_id:
        if above.parent_id == space.id:
            return space.start_time <= first.start_time
        above = by_id.get(above.parent_id)
        if above is first:
            break
    return space.end_time is not None and space.end_time <= first.start_time
