"""Names that no student has: garbled ones, dates, attempts and copies; and second uploads of a student who is there."""

import re
import unicodedata
from collections.abc import Collection

from grading.cohort.file_names import COPY_OF, SET_ASIDE

AGAIN = re.compile(
    r"(?P<base>.*?)(?P<copy>(?:\s*\(\d+\)|[-_ ]+(?:copy|kopie|copie|copia)(?:\s*\(?\d+\)?)?)+"
    r"|[-_ ]+(?:attempt|try|version|upload|resubmission|resubmitted)[-_ ]?\d*)",
    re.IGNORECASE,
)  # what browsers, file managers and students append to a second upload
DATE = re.compile(
    r"(?:20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|\d{4}[-_. ]\d\d?[-_. ]\d\d?|\d\d?[-_. ]\d\d?[-_. ]\d{2,4}"
    r"|\d\d? [a-z]{3,9},? \d{4}|[a-z]{3,9} \d\d?,? \d{4})(?:[-_ T]+\d[\d:.\-_ ]*(?:[ap]m)?)?",
    re.IGNORECASE,
)
ATTEMPT = re.compile(r"(?:attempt|try|version|upload|submission|resubmission)[-_ ]?\d*|v\d+", re.IGNORECASE)
COPY = re.compile(r"(?:copy|kopie|copie|copia|untitled|new folder)(?:\s*\(?\d+\)?)?", re.IGNORECASE)
# Read with another encoding than they were written in, names hold signs, or make sense when both are turned about.
SIGNS = re.compile("[\u0080-\u009f\u2500-\u25ff\ufffd\ue000-\uf8ff]|\\\\x[0-9a-f]{2}|\\\\u?dc[89a-f][0-9a-f]")
WRONG_PAGES = ("latin-1", "cp1252", "cp437", "cp850")


def earlier_name(student: str, students: Collection[str]) -> str:
    """Of whom this is a second upload, such as "anna" of "anna (1)" where she is in the class; or ""."""
    base = COPY_OF.sub("", student)
    while base not in students or base == student:
        match = AGAIN.fullmatch(base)
        if not match or not match["base"].strip():
            return ""
        base = match["base"].strip()
    return base


def doubt(student: str) -> str:
    """What a name looks like that no student has, "a date"; "" when it may be one."""
    plain = student.strip()
    if SIGNS.search(plain) or _turned(plain):
        return "garbled"
    kinds = (("a date", DATE), ("an attempt", ATTEMPT), ("a copy", COPY), ("a folder for several students", SET_ASIDE))
    for kind, pattern in kinds:
        if pattern.fullmatch(plain):
            return kind
    return "a copy" if COPY_OF.match(plain) or AGAIN.fullmatch(plain) else ""


def _turned(text: str) -> bool:
    """Whether it is UTF-8 that was read as a code page: "KovÃ¡cs"."""
    for page in WRONG_PAGES:
        try:
            back = text.encode(page).decode("utf-8")
        except UnicodeError:
            continue
        if back != text and all(unicodedata.category(char)[0] in "LMNPZ" for char in back):
            return True
    return False
