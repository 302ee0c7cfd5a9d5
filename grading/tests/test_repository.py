"""The repository keeps its shape: layout, links, lock, licence of what is quoted."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import nbformat
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from grading.files import ROOT
from grading.lessons import LESSONS

TOP_LEVEL = {
    "notebooks", "docs", "data", "grading", "notebook_template.ipynb", "requirements.txt", "README.md",
    "pyproject.toml", "Makefile", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "CITATION.cff",
}  # fmt: skip


def _tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name]


def test_the_top_level_holds_what_it_should_and_nothing_else() -> None:
    found = {path.relative_to(ROOT).parts[0] for path in _tracked()}
    assert {name for name in found if not name.startswith(".")} == TOP_LEVEL


def _pages() -> list[Path]:
    kept = {"tests", "first_edition"}  # these lie elsewhere than where their links lead from
    return [path for path in _tracked() if path.suffix in (".md", ".ipynb") and not kept & {*path.parts}]


def _prose(page: Path) -> str:
    if page.suffix == ".md":
        return page.read_text("utf-8")
    return "\n".join(cell.source for cell in nbformat.read(page, as_version=4).cells if cell.cell_type == "markdown")


@pytest.mark.parametrize("page", _pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file(page: Path) -> None:
    for link in re.findall(r"\]\(([^)#\s]+)", _prose(page)):
        if not link.startswith(("http:", "https:", "mailto:")):
            assert (page.parent / link).exists(), link


def test_every_requirement_is_pinned_in_the_lock() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lock: dict[str, list[str]] = {}
    for line in (ROOT / "requirements.txt").read_text().splitlines():
        pinned = Requirement(line)
        assert re.fullmatch(r"==[\w.+]+", str(pinned.specifier)), line
        lock.setdefault(canonicalize_name(pinned.name), []).append(str(pinned.specifier).removeprefix("=="))
    for text in (*project["dependencies"], *project["optional-dependencies"]["dev"]):
        wanted = Requirement(text)
        assert all(wanted.specifier.contains(version) for version in lock[canonicalize_name(wanted.name)]), text


@pytest.mark.exhaustive
def test_the_tests_of_a_group_share_a_worker(tmp_path: Path) -> None:
    (tmp_path / "test_group.py").write_text(
        "import pytest, time\n"
        "@pytest.mark.xdist_group('one')\n"
        "@pytest.mark.parametrize('number', range(4))\n"
        "def test_it(number, worker_id):\n"
        "    open(worker_id, 'a').close()\n"
        "    time.sleep(0.2)\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadgroup", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert len(list(tmp_path.glob("gw*"))) == 1


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_each_lesson_has_its_page_and_the_page_names_every_check(lesson) -> None:  # type: ignore[no-untyped-def]
    page = (ROOT / "docs" / "lessons" / f"{lesson.id}.md").read_text("utf-8")
    for check in lesson.checks:
        assert check.sentence in page, check.sentence
    for heading in ("Goal", "Objectives", "Out of scope", "Prerequisites", "Checks"):
        assert f"## {heading}" in page
