"""Notebooks of one name keep as many folders as tell them apart, in the reports for machines, too."""

import json
import os
from pathlib import Path
from xml.etree import ElementTree

from grading.marking.verdict import Verdict
from grading.reports import json as json_report
from grading.reports import junit
from grading.reports.notebook_names import with_folders
from grading.tests.classroom import scorecard


def test_names_that_differ_have_no_folders() -> None:
    assert with_folders([Path("ada/M9_01_a.ipynb"), Path("ada/M9_02_a.ipynb")]) == {}


def test_notebooks_of_one_name_have_the_folders_that_tell_them_apart(tmp_path: Path) -> None:
    paths = [tmp_path / who / "mine" / "M9_01_a.ipynb" for who in ("ada", "bo")]
    assert list(with_folders([*paths, tmp_path / "M9_02_a.ipynb"]).values()) == [
        "ada/mine/M9_01_a.ipynb", "bo/mine/M9_01_a.ipynb",
    ]  # fmt: skip


def test_one_file_named_in_two_ways_is_one_file(tmp_path: Path) -> None:
    path = tmp_path / "ada" / "M9_01_a.ipynb"
    assert with_folders([path, tmp_path / "bo" / ".." / "ada" / "M9_01_a.ipynb", Path(os.path.relpath(path))]) == {}


def test_json_and_junit_keep_the_folders(tmp_path: Path) -> None:
    names = ("ada/M9_01_a.ipynb", "bo/M9_01_a.ipynb")
    cards = [scorecard("M9_01", [Verdict.PASSED]).model_copy(update={"notebook": name}) for name in names]
    json_report.write(cards, tmp_path / "r.json")
    assert [card["notebook"] for card in json.loads((tmp_path / "r.json").read_text())["scorecards"]] == [*names]
    assert [suite.get("name") for suite in ElementTree.fromstring(junit.render(cards))] == [*names]
