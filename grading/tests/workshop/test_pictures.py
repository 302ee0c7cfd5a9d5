"""The README's pictures: those that `make pictures` makes, small, and with words for who cannot see them."""

import io
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from PIL import Image

from grading.files import ROOT
from grading.lessons import find_lesson
from grading.marking.lesson import Lesson
from grading.workshop.pictures.handed_in import handed_in
from grading.workshop.pictures.made_up_class import CLASS
from grading.workshop.pictures.readme import FILES, FOLDER, write_png

LARGEST = 150_000  # bytes
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
SHOWN = [
    (page, tag)
    for page in PAGES
    for tag in BeautifulSoup(page.read_text("utf-8"), "html.parser").find_all(["img", "source"])
]


def test_the_pictures_are_those_that_the_script_makes() -> None:
    assert sorted(file.name for file in FOLDER.iterdir()) == sorted(FILES)


@pytest.mark.parametrize("name", FILES)
def test_a_picture_is_small(name: str) -> None:
    assert (FOLDER / name).stat().st_size <= LARGEST


def test_each_picture_is_shown_light_and_dark_on_a_page() -> None:
    shown = [page.parent / str(tag.get("src") or tag.get("srcset")) for page, tag in SHOWN]
    assert sorted(shown) == sorted(FOLDER / name for name in FILES)


def test_the_pictures_have_alt_texts() -> None:
    assert all(len(str(tag.get("alt", ""))) > 20 for _, tag in SHOWN if tag.name == "img")


@pytest.mark.parametrize("student", CLASS)
def test_the_mistakes_of_the_made_up_class_are_in_the_gallery(student: str) -> None:
    for lesson, mistakes in CLASS[student].items():
        notebook = handed_in(find_lesson(lesson), student, [name for name in mistakes if not name.startswith("-")])
        assert f"STUDENT = {student!r}" in "".join(cell["source"] for cell in notebook.cells)


def test_a_task_can_be_left_out(lesson: Lesson) -> None:
    given = {cell["id"]: cell["source"] for cell in handed_in(lesson, "Alma", left_out=("task2",)).cells}
    assert "TODO" in given["task2-work"]
    assert "TODO" not in given["task1-work"]


def test_a_picture_has_256_colours_at_most(tmp_path: Path) -> None:
    raw = io.BytesIO()
    Image.effect_noise((64, 64), 80).convert("RGB").save(raw, "PNG")
    file = tmp_path / "a.png"
    write_png(raw.getvalue(), file)
    with Image.open(file) as image:
        assert image.mode == "P"
        assert image.size == (64, 64)
