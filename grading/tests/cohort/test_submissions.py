"""Who handed in what: everyone in the class, each under one name, and what is refused."""

import random
from pathlib import Path

import pytest

from grading.cohort.submissions import Submission, find_submissions
from grading.errors import InputError
from grading.tests.cohort.class_files import ONE, TWO, Files, lay, packed


def test_a_student_without_a_notebook_is_in_the_class(tmp_path: Path) -> None:
    lay(tmp_path, {f"anna/{ONE}": b"{}", "lee/work.rar": b"Rar!", "max/report.docx": b""})
    (tmp_path / "kim").mkdir()
    found = find_submissions(tmp_path)
    assert found.students == ("anna", "kim", "lee", "max")
    assert found.problems == (
        "kim handed in no notebook that can be graded",
        "lee handed in no notebook that can be graded, but work.rar",
        "max handed in no notebook that can be graded, but report.docx",
    )


def test_a_flood_of_bad_files_is_said_in_few_sentences(tmp_path: Path) -> None:
    flood = {f"../{number}.ipynb": b"{}" for number in range(28)}
    lay(tmp_path, {"anna.zip": packed({ONE: b"{}"}), "evil.zip": packed(flood)})
    found = find_submissions(tmp_path)
    assert len(found.problems) == 13
    assert found.problems[-1] == "… and 17 more about evil"


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "found no notebook"),
        ({"readme.txt": b"hi", "photos/cat.jpg": b""}, "GitHub Classroom's clones; found no notebook"),
    ],
)
def test_a_place_without_submissions_is_refused_with_what_is_expected(
    tmp_path: Path, files: Files, message: str
) -> None:
    lay(tmp_path, files)
    with pytest.raises(InputError, match=message):
        find_submissions(tmp_path)


def test_a_path_that_is_neither_folder_nor_archive_is_refused(tmp_path: Path) -> None:
    lay(tmp_path, {ONE: b"{}", "bad.zip": b"x"})
    with pytest.raises(InputError, match="found a file of another kind"):
        find_submissions(tmp_path / ONE)
    with pytest.raises(InputError, match="found nothing"):
        find_submissions(tmp_path / "missing")
    with pytest.raises(InputError, match=r"bad\.zip cannot be used: it is damaged, or not a zip archive"):
        find_submissions(tmp_path / "bad.zip")
    with pytest.raises(InputError, match="expected the layout auto, student/notebook"):
        find_submissions(tmp_path, layout="Sakai")


def test_one_name_written_in_two_ways_is_one_student(tmp_path: Path) -> None:
    for place, between in (("flat", "_"), ("folders", "/")):
        files = {f"Kova\u0301cs{between}{ONE}": b"{}", f"Kov\u00e1cs{between}{TWO}": b"{}"}
        found = find_submissions(lay(tmp_path / place, files))
        assert (found.students, len(found.submissions)) == (("Kov\u00e1cs",), 2)
        assert len({one.slug for one in found.submissions}) == 1


def test_names_that_differ_in_capitals_only_are_pointed_out(tmp_path: Path) -> None:
    lay(tmp_path, {f"Anna/{ONE}": b"{}", f"anna/{ONE}": b"{}"})
    found = find_submissions(tmp_path)
    assert found.students == ("Anna", "anna")
    assert found.problems == ("Anna and anna differ in capitals only, and are taken for different students",)


def submission(student: str = "anna", notebook: bytes = b"{}", **companions: bytes) -> Submission:
    return Submission(student, "M9_01", ONE, notebook, companions, "")


def test_the_hash_is_of_notebook_and_companions() -> None:
    hashes = [
        submission().sha256, submission(notebook=b"{} ").sha256, submission(a=b"1").sha256, submission(a=b"2").sha256,
        submission(b=b"1").sha256, submission(a=b"1", b=b"").sha256, submission(notebook=b"{}a1").sha256,
    ]  # fmt: skip
    assert len(set(hashes)) == len(hashes)
    assert submission(a=b"1", b=b"2").sha256 == submission(b=b"2", a=b"1").sha256
    assert submission("kim").sha256 == submission("lee").sha256


def test_a_slug_can_be_read_and_is_a_folders_name() -> None:
    assert submission("Anna Kovács").slug.startswith("anna-kovacs-")
    assert submission("Łukasz Straße").slug.startswith("lukasz-strasse-")
    assert submission("李小龍").slug.startswith("student-")
    assert submission("x" * 500).slug.startswith("x" * 40 + "-")
    assert submission("Anna").slug != submission("anna").slug
    assert submission("Anna").slug == submission("Anna", b"other").slug


def test_slugs_are_safe_and_never_shared() -> None:
    chance = random.Random(7)
    letters = "aAáb-_./\\ ='\"<>|:*?\x00\n\u202e李🙂" + "ßıſ"
    names = {"".join(chance.choices(letters, k=chance.randint(1, 6))) for _ in range(20_000)} | {"..", "CON", "nul."}
    slugs = {submission(name).slug for name in names}
    assert len(slugs) == len(names)
    assert all(set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-") and len(slug) <= 51 for slug in slugs)
