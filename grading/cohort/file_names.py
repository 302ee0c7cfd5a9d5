"""What a file's or folder's name says: the lesson, and the student beside it."""

import re
from collections.abc import Sequence

from grading.marking.lesson import Lesson

COPY = re.compile(
    r"(?:\s*\(\d+\)|[-_ ]+(?:copy\d*|solved|solution|final|done|completed|submission))+$", re.IGNORECASE
)  # what browsers, JupyterLab and students append
COPY_OF = re.compile(r"(?:^|(?<=[-_ ]))(?:(?:copy of|kopie von|copie de|copia de) )+", re.IGNORECASE)  # Google Drive
SET_ASIDE = re.compile(
    r"(?:late|extensions?|resubmissions?|resubmitted|(?:by )?e?-?mail)(?:[-_ ]*(?:submissions?|hand-?ins?|work))?",
    re.IGNORECASE,
)  # folders in which a person puts what came later than the class's download
TEMPLATE_NAME = "notebook_template"
SEPARATORS = "_-–.,+ "


def lessons_named(name: str, lessons: Sequence[Lesson]) -> list[Lesson]:
    """The lessons that a name could mean, by their ids or else their descriptions."""
    plain = re.sub(r"[\W_]+", "_", name).lower()
    by_id = [lesson for lesson in lessons if re.search(rf"{_loose(lesson.id)}(?!\d)", name, re.IGNORECASE)]
    return by_id or [lesson for lesson in lessons if lesson.description and lesson.description in plain]


def without_lesson(title: str, lessons: Sequence[Lesson]) -> str:
    """The student of a folder or archive: anna, or anna_M9_01."""
    return (student_in(title, lessons) if lessons_named(title, lessons) else "") or title


def student_in(stem: str, lessons: Sequence[Lesson]) -> str:
    """The student that a name says beside the lesson; without a lesson, before a dash as Google Classroom has it.

    The whole name when it says neither.
    """
    stem = COPY_OF.sub("", stem)
    for lesson in lessons_named(stem, lessons):
        id, description = _loose(lesson.id), _loose(lesson.description)
        if match := re.search(rf"{id}(?:[\s_-]*{description})?|{description}", stem, re.IGNORECASE):
            before, after = stem[: match.start()], COPY.sub("", stem[match.end() :])
            return before.strip(SEPARATORS) or after.strip(SEPARATORS)
    return COPY.sub("", stem).partition(" - ")[0].strip(SEPARATORS)


def _loose(words: str) -> str:
    """A pattern for words that people join as they like: M9_01, m9-01, M9 01."""
    return r"[\s_-]*".join(map(re.escape, words.split("_")))
