"""Which grader this is: a hash of all that a mark depends on beside the submission."""

import hashlib
from functools import cache

from grading.evidence.data_files import DATA
from grading.files import PACKAGE, ROOT, TOOLS

# The rooms on which no mark depends: what shows a mark, hands it out, or proves the course.
NOT_MARKING = frozenset((
    "reports", "jupyter", "cohort", "class_reports", "curriculum", "handout", "workshop", "commands", "solutions",
    "tests",
))  # fmt: skip


@cache
def grader_sha256() -> str:
    """The hash of the source files in the rooms that decide marks, of the
    course's data, its templates and the lessons' tools."""
    own = [path for path in PACKAGE.rglob("*") if path.suffix in (".py", ".yaml")]
    deciding = [path for path in own if path.relative_to(PACKAGE).parts[0] not in NOT_MARKING]
    found = hashlib.sha256()
    templates = (ROOT / "docs").glob("*_template.md")  # which lessons fill, and checks read back
    for path in sorted([*deciding, *DATA.glob("*.csv"), *templates, *TOOLS.values()]):
        found.update(f"{path.parent.name}/{path.name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\0".encode())
    return found.hexdigest()
