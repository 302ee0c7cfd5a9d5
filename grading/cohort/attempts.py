"""Which of a student's files are graded: the newest notebook for each lesson, and what it needs beside it."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from grading.cohort.file_names import TEMPLATE_NAME, lessons_named
from grading.cohort.file_tree import File
from grading.cohort.items import COMPANIONS, NOTEBOOK, Item, is_a
from grading.errors import ArchiveError, shorten
from grading.marking.lesson import Lesson

LARGEST_COMPANION = 20_000_000  # bytes: what a notebook that is graded alone may have beside it
LARGEST_COMPANIONS = 100_000_000  # bytes of all of them
MOST_UNNAMED = 10  # notebooks of one student whose content is looked into for the lesson
MOST_COPIES = 4
MOST_SHOWN = 3  # names of other files
INSTANT = re.compile(rb"\binstant\(\s*\\*[\"'](\w+)")
RESUBMITTED = re.compile(r"-\d+(?=\.(?:csv|py)$)", re.IGNORECASE)  # Canvas appends it to the second file of a name
REASONS = (
    "the others are empty", "it came late", "the last upload", "the newest", "by its name", "by its place",
    "by its name",
)  # fmt: skip


@dataclass(frozen=True)
class Attempt:
    """What is graded of a student for one lesson."""

    lesson: Lesson
    item: Item
    file: File
    notebook: bytes
    companions: Mapping[str, bytes]


def attempts(
    student: str, items: Sequence[Item], lessons: Sequence[Lesson], known: Sequence[Lesson], problems: list[str]
) -> Iterator[Attempt]:
    """The newest that can be read for each of `lessons`; what is left out, and why, is added to `problems`.

    `known` are the lessons whose notebooks are no surprise: a class does more than one is asked about.
    """
    who = shorten(student)
    files = [(item, item.file) for item in items if item.file]
    for item, file in files:
        if file.refusal and (is_a(file, NOTEBOOK, *COMPANIONS, ".zip") or "." not in item.name):
            problems.append(f"{who}'s {shorten(file.origin)} is left out: {file.refusal}")
    sorted_out = _by_lesson(who, [pair for pair in files if not pair[1].refusal], known, problems)
    read: dict[str, bytes] = {}
    found = False
    for lesson in lessons:
        for item, file in _newest_first(who, lesson, sorted_out.get(lesson.id, []), problems):
            content = _content(who, file, read, problems)
            if content is None:
                continue
            if not file.origin.lower().endswith(NOTEBOOK):
                problems.append(f"{who}'s {shorten(file.origin)} is read as the notebook that it was saved from")
            if not content.strip():
                problems.append(f"{who}'s {shorten(file.origin)} is an empty file")
            beside = [pair for pair in files if pair[1].folder == file.folder and is_a(pair[1], *COMPANIONS)]
            yield Attempt(lesson, item, file, content, _companions(who, beside, read, problems))
            found = True
            break
    if not found:
        others = [item.name for item, _ in files]
        shown = f", but {shorten(others[:MOST_SHOWN])}{' and more' if others[MOST_SHOWN:] else ''}" if others else ""
        problems.append(f"{who} handed in no notebook that can be graded{shown}")


def _by_lesson(
    who: str, files: list[tuple[Item, File]], known: Sequence[Lesson], problems: list[str]
) -> dict[str, list[tuple[Item, File]]]:
    """The notebooks by the ids of their lessons."""
    found: dict[str, list[tuple[Item, File]]] = {}
    unnamed = 0
    for item, file in files:
        if not is_a(file, NOTEBOOK) or item.name.startswith(TEMPLATE_NAME):
            continue
        named = lessons_named(item.name, known)
        if len(named) != 1:
            unnamed += 1
            named = _lessons_within(file, named or known) if unnamed <= MOST_UNNAMED else []
        if len(named) == 1:
            found.setdefault(named[0].id, []).append((item, file))
        else:
            problems.append(f"{who}'s {shorten(file.origin)} is left out: neither name nor content tells the lesson")
    return found


def _lessons_within(file: File, candidates: Sequence[Lesson]) -> list[Lesson]:
    """The lesson whose check it sets up, or else whose title it bears; read as bytes, as it may be no JSON."""
    try:
        content = file.read()
    except ArchiveError:
        return []
    ids = {id.decode("ascii", "replace") for id in INSTANT.findall(content)}
    titles = {lesson.id for lesson in candidates if json.dumps(f"# {lesson.title}")[:-1].encode() in content}
    return [lesson for lesson in candidates if lesson.id in (ids or titles)]


def _newest_first(
    who: str, lesson: Lesson, files: list[tuple[Item, File]], problems: list[str]
) -> list[tuple[Item, File]]:
    mixed = len({item.platform for item, _ in files}) > 1  # one platform's numbers say nothing of another's uploads

    def rank(pair: tuple[Item, File]) -> tuple[object, ...]:
        item, file = pair
        order = (item.late, 0) if mixed else (False, item.number)
        exact = item.name == lesson.file_name
        return file.size > 0, *order, file.time, exact, -file.origin.count("/"), item.name

    best = sorted(files, key=rank, reverse=True)
    if len(best) > 1 and not _same([file for _, file in best]):
        differ = [left != right for left, right in zip(rank(best[0]), rank(best[1]), strict=True)]
        reason = REASONS[differ.index(True)] if any(differ) else "the first found"
        problems.append(
            f"{who} handed in {len(best)} notebooks for {lesson.id}: {shorten(best[0][1].origin)} is taken ({reason})"
        )
    return best


def _same(files: list[File]) -> bool:
    """Whether these are copies of one file, as when a download lies beside the folder it was unpacked to."""
    if len(files) > MOST_COPIES or len({file.size for file in files}) > 1:
        return False
    try:
        return len({file.read() for file in files}) == 1
    except ArchiveError:
        return False


def _companions(
    who: str, files: list[tuple[Item, File]], read: dict[str, bytes], problems: list[str]
) -> dict[str, bytes]:
    """The data files and modules beside a notebook by the names that the student gave them; the newest of each name."""
    companions: dict[str, bytes] = {}
    renamed: dict[str, bytes] = {}
    left = LARGEST_COMPANIONS
    for item, file in sorted(files, key=lambda pair: (pair[0].number, pair[1].time)):
        if file.refusal or "\\" in item.name:  # on some system a path
            continue
        left -= file.size
        if file.size >= LARGEST_COMPANION or left < 0:
            _say(
                problems, f"{who}'s {shorten(file.origin)} is left out: data files may have 20 MB, and 100 MB together"
            )
            continue
        content = _content(who, file, read, problems)
        if content is not None:
            companions[item.name] = content
            if item.number:
                renamed[RESUBMITTED.sub("", item.name)] = content
    return renamed | companions


def _content(who: str, file: File, read: dict[str, bytes], problems: list[str]) -> bytes | None:
    """The content, read once; None when it cannot be read."""
    if file.origin not in read:
        try:
            read[file.origin] = file.read()
        except ArchiveError as error:
            _say(problems, f"{who}'s {shorten(file.origin)} is left out: {error}")
            return None
    return read[file.origin]


def _say(problems: list[str], problem: str) -> None:
    if problem not in problems:
        problems.append(problem)
