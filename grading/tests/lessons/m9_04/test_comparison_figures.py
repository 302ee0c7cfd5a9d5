from collections.abc import Callable
from dataclasses import replace

import mlflow
import pytest
from PIL import Image

from grading.errors import Unmet
from grading.evidence.evidence import Evidence
from grading.lessons.m9_04.comparison_figures import (
    figures,
    found_none,
    judge_pages,
    require_different_pictures,
)

SHOWN = "<style>tr:hover {{color: red}}</style><table><tr><td>ridge</td><td>{}</td></tr></table>"


def _picture(at: int | None) -> Image.Image:
    picture = Image.new("RGB", (100, 100), "white")
    if at is not None:
        picture.paste("black", (at, at, at + 10, at + 10))
    return picture


def _log(**pictures: int | None) -> None:
    with mlflow.start_run():
        for name, at in pictures.items():
            mlflow.log_image(_picture(at), f"{name}.png")


def test_pictures_and_pages_are_found_without_those_of_every_final_run(evidence: Callable[[], Evidence]) -> None:
    _log(intervals=30, confusion_matrix=40)
    with mlflow.start_run():
        mlflow.log_text(SHOWN, "parallel.html")
    images, pages = figures(evidence())
    assert [path for _, path in (*images, *pages)] == ["intervals.png", "parallel.html"]


def test_figures_in_a_run_that_was_replaced_are_told(evidence: Callable[[], Evidence]) -> None:
    for shown in (True, False):
        with mlflow.start_run(run_name="comparison"):
            if shown:
                mlflow.log_text(SHOWN, "parallel.html")
    live = replace(evidence(), since=1)
    assert figures(live) == ([], [])
    assert found_none(live).startswith("none in the newest run 'comparison'; an older one has them")
    assert found_none(evidence()) == "none"


@pytest.mark.parametrize(("other", "words"), [(30, "the same picture"), (None, "a blank picture")])
def test_a_picture_shown_twice_and_a_blank_one_are_unmet(
    evidence: Callable[[], Evidence], other: int | None, words: str
) -> None:
    _log(errors=30, intervals=other)
    with pytest.raises(Unmet, match=words):
        require_different_pictures(evidence(), figures(evidence())[0])


def test_pictures_that_differ_are_taken(evidence: Callable[[], Evidence]) -> None:
    _log(errors=30, intervals=50)
    require_different_pictures(evidence(), figures(evidence())[0])


def test_one_page_that_shows_all_is_enough(evidence: Callable[[], Evidence]) -> None:
    with mlflow.start_run():
        mlflow.log_text("", "empty.html")
        mlflow.log_text(SHOWN.format(2.1235), "parallel.html")
    _, pages = figures(evidence())
    assert judge_pages(pages, {"ridge": [2.1235]}) == "parallel.html shows ridge"
    with pytest.raises(Unmet, match=r"empty\.html"):
        judge_pages(pages, {"ridge": [3.0]})
