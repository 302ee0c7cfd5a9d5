"""Which grader this is: a hash of all that a mark depends on beside the submission."""

import hashlib
from functools import cache

from grading.evidence.data_files import DATA
from grading.files import PACKAGE

# The rooms on which no mark depends: what shows a mark, hands it out, or proves the course.
NOT_MARKING = frozenset(
    {
        "reports",
        "jupyter",
        "cohort",
        "class_reports",
        "curriculum",
        "handout",
        "workshop",
        "commands",
        "solutions",
        "tests",
    }
)


@cache
def grader_sha256() -> str:
    """The hash of the source files in the rooms that decide marks, and of the course's data."""
    own = [path for path in PACKAGE.rglob("*") if path.suffix in (".py", ".yaml")]
    deciding = [path for path in own if path.relative_to(PACKAGE).parts[0] not in NOT_MARKING]
    found = hashlib.sha256()
    for path in sorted([*deciding, *DATA.glob("*.csv")]):
        place = path.relative_to(PACKAGE) if path.is_relative_to(PACKAGE) else path.relative_to(DATA)
        found.update(f"{place.as_posix()}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\0".encode())
    return found.hexdigest()
