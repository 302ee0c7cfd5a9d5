"""What learning platforms hand out as the download of all submissions: names that no student chose."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import yaml

from grading.cohort.file_tree import File, Folder
from grading.cohort.items import Item, everything, student_of, uploaded
from grading.errors import ArchiveError
from grading.marking.lesson import Lesson

# Canvas joins name, LATE, the user's id and the id of the file, which rises with each upload. No name holds _digits_.
CANVAS = re.compile(
    r"(?:(?=(?:LATE_)?anon_)|(?P<name>.+?)_)(?P<late>LATE_)?(?:anon_(?P<anonymous>[A-Za-z0-9]+)|(?P<sid>[1-9]\d*))"
    r"_(?:(?P<number>[1-9]\d*)_(?P<file>.+)|(?:text|link)\.html)"
)
MOODLE = re.compile(r"(?P<name>.+?)(?:_(?P<sid>\d+))?_assignsubmission_[a-z]+_?(?P<file>.*)")
# Brightspace joins the ids of user and folder, the name and the time; each upload is a folder, or a file, of its own.
BRIGHTSPACE = re.compile(r"(?P<sid>\d+)-\d+ - (?P<name>.+?) - (?P<time>[^-]*\d{4}[^-]*?)(?: - (?P<file>.+))?")
BRIGHTSPACE_TIME = re.compile(r"([A-Za-z]{3})[a-z]* (\d{1,2}), (\d{4}) (\d{1,2})[:.]?(\d\d) ?([AP])M")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# Blackboard joins course, assignment, username and time; a receipt beside the files names the user once more.
BLACKBOARD = re.compile(r"(?P<who>.+)_attempt_(?P<time>\d{4}(?:-\d\d){5})(?:_(?P<file>.+)|\.txt)")
RECEIPT = re.compile(rb"\s*Name: .*\(([^()\r\n]+)\)")
GRADESCOPE = re.compile(r"submission_\d+")
METADATA = "submission_metadata.yml"
LARGEST_METADATA, LONGEST_RECEIPT = 20_000_000, 1_000_000  # bytes
TEAMS = "Submitted files"
VERSION = re.compile(r"/Version (\d+)/")


def canvas(folder: Folder, _: Sequence[Lesson]) -> Iterator[Item]:
    """Canvas's "Download submissions": all files of all students, with prefixes."""
    return _prefixed(folder, CANVAS)


def moodle(folder: Folder, _: Sequence[Lesson]) -> Iterator[Item]:
    """Moodle's "Download all submissions", in folders or with prefixes."""
    return _prefixed(folder, MOODLE)


def brightspace(folder: Folder, _: Sequence[Lesson]) -> Iterator[Item]:
    """Brightspace's download of an assignment, in folders or with prefixes."""
    return _prefixed(folder, BRIGHTSPACE)


def blackboard(folder: Folder, _: Sequence[Lesson]) -> Iterator[Item]:
    """Blackboard's "Assignment file download": every attempt's files and a receipt, with prefixes."""
    users = {}
    for file in folder.files:
        match = BLACKBOARD.fullmatch(file.name)
        if match and not match["file"] and (user := _receipt(file)) and match["who"].endswith(f"_{user}"):
            users[match["who"]] = user
    for item in _prefixed(folder, BLACKBOARD):
        user = users.get(item.student, item.student.rpartition("_")[2])
        yield replace(item, student=student_of(user), sid=user)


def gradescope(folder: Folder, _: Sequence[Lesson]) -> Iterator[Item]:
    """Gradescope's export: a folder for each submission, and whose it is in submission_metadata.yml; groups share."""
    about = _metadata(folder)
    for inner in folder.folders.values():
        if GRADESCOPE.fullmatch(inner.title):
            for person in _submitters(about.get(inner.title)) or [{":name": inner.title}]:
                name = student_of(str(person.get(":name") or person.get(":email") or inner.title))
                yield from everything(inner, Item(name, None, sid=str(person.get(":sid") or "")))


def teams(folder: Folder, _: Sequence[Lesson]) -> Iterator[Item]:
    """Teams' "Submitted files": a folder for each student and, in it, for each version."""
    for student in folder.folders.values():
        for item in everything(student, Item(student_of(student.title), None)):
            versions = VERSION.findall(item.file.origin) if item.file else []
            yield replace(item, number=int(versions[-1])) if versions else item


def is_gradescope(folder: Folder) -> bool:
    """Whether this is Gradescope's export: without its list, a student may have called attempts submission_1, too."""
    return any(file.name == METADATA for file in folder.files)


def _prefixed(folder: Folder, pattern: re.Pattern[str]) -> Iterator[Item]:
    for entry in folder.entries:
        match = pattern.fullmatch(entry.name)
        if not match:
            continue
        part = match.groupdict("")
        sid = part.get("sid") or part.get("anonymous", "")
        owner = Item(student_of(part.get("name") or part.get("who") or f"anon_{sid}"), None, sid=sid)
        owner = replace(owner, late=bool(part.get("late")), number=int(part.get("number") or 0))
        when = _time(part.get("time", ""))
        if isinstance(entry, Folder):
            yield from (uploaded(item, when) for item in everything(entry, owner))
        else:
            yield uploaded(replace(owner, file=entry, name=part["file"] or entry.name), when)


def _time(text: str) -> tuple[int, ...]:
    """The time in a name, as Brightspace and Blackboard write it; () when there is none that can be read."""
    if match := BRIGHTSPACE_TIME.search(text):
        month, day, year, hour, minute, half = match.groups()
        if month.lower() in MONTHS:
            hours = int(hour) % 12 + 12 * (half == "P")
            return int(year), MONTHS.index(month.lower()) + 1, int(day), hours, int(minute), 0
        return ()
    return tuple(map(int, text.split("-"))) if re.fullmatch(r"[\d-]+", text) else ()


def _receipt(file: File) -> str:
    """The username in one of Blackboard's receipts; what a student wrote comes after the first line."""
    try:
        match = RECEIPT.match(file.read()) if file.size <= LONGEST_RECEIPT else None
    except ArchiveError:
        return ""
    return match[1].decode("utf-8", "replace").strip() if match else ""


class _Loader(yaml.SafeLoader):
    """Plain data; of what Gradescope notes in a language of its own, nothing is made."""


_Loader.add_multi_constructor("", lambda *_: None)


def _metadata(folder: Folder) -> dict[str, Any]:
    for file in folder.files:
        if file.name == METADATA and file.size <= LARGEST_METADATA:
            try:
                read = yaml.load(file.read(), _Loader)
            except (ArchiveError, yaml.YAMLError, ValueError, RecursionError):
                return {}
            return read if isinstance(read, dict) else {}
    return {}


def _submitters(about: Any) -> list[dict[str, Any]]:
    people = about.get(":submitters") if isinstance(about, dict) else None
    return [person for person in people if isinstance(person, dict)] if isinstance(people, list) else []
