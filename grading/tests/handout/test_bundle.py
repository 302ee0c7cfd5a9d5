"""What students receive: what it holds, what it never holds, and that what it says is true in it."""

import hashlib
import json
import re
import subprocess
import tomllib
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

import nbformat
import pytest
import typer.main
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from grading.commands.cli import COMMANDS, app
from grading.curriculum.gallery import GALLERY
from grading.errors import InputError
from grading.evidence.code_version import commit_folder, git
from grading.files import ROOT
from grading.handout import bundle as module
from grading.handout import lock
from grading.handout.bundle import FOLDER, Bundle, gradescope_autograder, leaks, student_bundle, write
from grading.lessons import LESSONS, SOLUTIONS, solution_sources
from grading.running.notebook import overlay, read_notebook


@pytest.fixture(scope="module")
def made() -> Bundle:
    return student_bundle()


@pytest.fixture(scope="module")
def files(made: Bundle) -> dict[str, str]:
    """The files by their path in the folder that a student sees."""
    return {name.removeprefix(f"{FOLDER}/"): content.decode("utf-8", "replace") for name, content in made.files.items()}


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A small course in a checkout of its own."""
    for name in ("pyproject.toml", "requirements.txt", "Makefile", "notebooks/README.md", *_lesson_paths()):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    commit_folder(tmp_path, "the course")
    return tmp_path


def _lesson_paths() -> tuple[str, ...]:
    return tuple(f"notebooks/{lesson.file_name}" for lesson in LESSONS)


def _prose(name: str, text: str) -> str:
    if name.endswith(".ipynb"):
        return "\n".join(cell.source for cell in nbformat.reads(text, 4).cells if cell.cell_type == "markdown")
    return text if name.endswith(".md") else ""


def _said(files: Mapping[str, str]) -> str:
    return "\n".join(_prose(name, text) for name, text in files.items())


def test_everything_to_learn_with_is_there(files: dict[str, str]) -> None:
    assert {*_lesson_paths(), "notebook_template.ipynb", "README.md", "Makefile", "LICENSE"} <= files.keys()
    assert {f"data/{path.name}" for path in ROOT.glob("data/*.csv")} <= files.keys()
    assert {"data/pipeline/dvc.yaml", ".dvc/config", "docs/code_snippets.md", ".gitignore"} <= files.keys()


@pytest.mark.parametrize("made_of", [student_bundle, gradescope_autograder])
def test_no_solution_and_no_case_of_the_gallery_is_there_by_any_name(made_of) -> None:  # type: ignore[no-untyped-def]
    shipped = {hashlib.sha256(content).hexdigest() for content in made_of().files.values() if content.strip()}
    for path in (*SOLUTIONS.rglob("*.py"), *GALLERY.rglob("*.*"), *(ROOT / "grading/tests").rglob("*.py")):
        if path.is_file() and path.read_bytes().strip():
            assert hashlib.sha256(path.read_bytes()).hexdigest() not in shipped, path


def test_no_path_and_no_name_of_the_gallery_is_there(files: dict[str, str]) -> None:
    for name in files:
        assert {"solutions", "tests", "gallery", "workshop", "curriculum", "cohort", "staff"}.isdisjoint(
            PurePosixPath(name).parts
        ), name
    everything = "\n".join(files.values())
    for case in (path.name for path in GALLERY.glob("m9_*/*") if path.is_dir() and path.name.count("_") >= 2):
        assert case not in everything, case


@pytest.mark.parametrize("solution", sorted(SOLUTIONS.glob("*/*.py")), ids=lambda path: path.parent.name + path.stem)
def test_what_is_most_a_solutions_own_is_in_no_file(solution: Path, files: dict[str, str]) -> None:
    """The three longest statements that the lessons and pages, which students may read, do not show."""
    shown = "\n".join(
        "\n".join(cell.source for cell in nbformat.read(path, 4).cells) if path.suffix == ".ipynb" else path.read_text()
        for path in (*ROOT.glob("notebooks/*.ipynb"), *ROOT.glob("docs/*.md"))
    )
    lines = {line.strip() for line in solution.read_text("utf-8").splitlines()} - {""}
    own = sorted((line for line in lines if line not in shown), key=len)[-3:]
    assert own
    for line in own:
        escaped = json.dumps(line)[1:-1]
        for name, text in files.items():
            assert line not in text, name
            assert escaped not in text, name


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_a_solution_left_in_a_notebook_is_found_and_not_packed(lesson, course: Path) -> None:  # type: ignore[no-untyped-def]
    path = course / "notebooks" / lesson.file_name
    (name, source), *_ = sorted(solution_sources(lesson).items(), key=lambda pair: -len(pair[1]))
    nbformat.write(overlay(read_notebook(path).node, {name: source}), path)
    with pytest.raises(InputError, match=f"{lesson.file_name} holds the solution of {lesson.id.lower()}/"):
        student_bundle(course)


def test_a_solution_kept_in_another_file_or_as_output_is_found_too() -> None:
    (source, *_) = solution_sources(LESSONS[0]).values()
    printed = nbformat.v4.new_output("stream", name="stdout", text=source)
    node = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1", outputs=[printed])])
    hidden = {"docs/notes.md": f"```python\n{source}\n```\n", "notebooks/M9_09_x.ipynb": nbformat.writes(node)}
    for name, text in hidden.items():
        assert list(leaks({name: text.encode()})), name


def test_only_what_git_tracks_is_packed_and_what_changed_is_said(course: Path) -> None:
    (course / "notebooks" / "mlflow.db").write_text("a class's marks")
    (course / "notebooks" / "README.md").write_text("# Begin here\n")
    made = student_bundle(course)
    assert not [name for name in made.files if name.endswith("mlflow.db")]
    assert made.files[f"{FOLDER}/notebooks/README.md"] == b"# Begin here\n"
    assert made.changed == ("notebooks/README.md",)


def test_what_can_be_run_stays_so_and_only_that(course: Path) -> None:
    (course / ".binder").mkdir()
    (course / ".binder" / "postBuild").write_text("#!/bin/sh\n")
    git(course, "add", "--force", ".binder/postBuild")
    git(course, "update-index", "--chmod=+x", ".binder/postBuild")
    assert student_bundle(course).executable == {f"{FOLDER}/.binder/postBuild"}
    assert {"setup.sh", "run_autograder"} <= gradescope_autograder(course).executable


def test_without_a_checkout_nothing_is_packed(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="expected a git checkout"):
        student_bundle(tmp_path)


def test_a_tracked_file_that_is_gone_is_named(course: Path) -> None:
    (course / "Makefile").unlink()
    with pytest.raises(InputError, match="git restore Makefile"):
        student_bundle(course)


def test_the_same_commit_gives_the_same_archive(course: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    clone = tmp_path_factory.mktemp("elsewhere") / "course"
    subprocess.run(["git", "clone", "-q", course, clone], check=True)
    digests = {write(student_bundle(root), root.parent / f"{root.name}.zip") for root in (course, clone)}
    assert len(digests) == 1


def test_the_archive_has_one_folder_the_commits_time_and_plain_permissions(made: Bundle, tmp_path: Path) -> None:
    digest = write(made, tmp_path / "new" / "bundle.zip")
    assert hashlib.sha256((tmp_path / "new" / "bundle.zip").read_bytes()).hexdigest() == digest
    with zipfile.ZipFile(tmp_path / "new" / "bundle.zip") as archive:
        members = archive.infolist()
    assert [member.filename for member in members] == sorted(made.files)
    assert {member.filename.partition("/")[0] for member in members} == {FOLDER}
    assert {m.filename for m in members if m.external_attr >> 16 != 0o100644} == made.executable
    seconds = git(ROOT, "log", "-1", "--format=%ct").stdout.strip()
    assert str(int(made.time.timestamp())) == seconds


def test_gradescopes_two_scripts_lie_on_top_and_can_be_run() -> None:
    made = gradescope_autograder()
    assert {name for name in made.files if "/" not in name} == {"setup.sh", "run_autograder"}
    assert f"{FOLDER}/grading/class_reports/autograder.py" in made.files
    for name in ("setup.sh", "run_autograder"):
        text = made.files[name].decode()
        assert subprocess.run(["bash", "-n"], input=text, text=True, check=False).returncode == 0


def test_every_link_leads_to_a_file_of_the_bundle(files: dict[str, str]) -> None:
    folders = {str(parent) for name in files for parent in PurePosixPath(name).parents}
    for name, text in files.items():
        for link in re.findall(r"\]\(([^)#\s]+)", _prose(name, text)):
            if not link.startswith(("http:", "https:", "mailto:")):
                place = str(PurePosixPath(*(ROOT / name).parent.joinpath(link).resolve().relative_to(ROOT).parts))
                assert place in files or place in folders, f"{name}: {link}"


def test_a_link_to_a_page_left_out_becomes_its_text() -> None:
    page = b"See [the marks](instructors.md#x), [the snippets](code.md) and ![a picture](gone.png)."
    linked = module._linked({"docs/a.md": page, "docs/code.md": b"", "docs/unseen.png": b"x"})
    assert linked["docs/a.md"] == b"See the marks, [the snippets](code.md) and a picture."
    assert "docs/unseen.png" not in linked


def test_what_the_pages_tell_to_make_the_makefile_makes(files: dict[str, str]) -> None:
    targets = set(re.findall(r"^([a-z]+):", files["Makefile"], re.MULTILINE))
    told = set(re.findall(r"(?:^|`)make ([a-z]+)\b", _said(files), re.MULTILINE))
    assert {"lab", "ui", "grade", "pipeline"} <= told <= targets
    assert {"test", "verify", "bench", "lock", "outputs"}.isdisjoint(targets)


def test_what_the_pages_tell_to_call_is_a_command_there(files: dict[str, str]) -> None:
    ours = set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
    modules = {PurePosixPath(name).stem for name in files if name.startswith("grading/commands/")}
    there = {command for module, command in COMMANDS if module in modules}
    told = ours & set(re.findall(r"(?:^|`)(?:\.venv/bin/)?grading ([a-z]+)\b", _said(files), re.MULTILINE))
    assert {"grade", "doctor", "new", "gate"} <= told <= there
    assert ours - there == {"cohort", "verify", "bundle"}


def test_no_tool_of_ours_is_installed_but_what_the_pages_tell_to_run(files: dict[str, str]) -> None:
    names = {canonicalize_name(Requirement(line).name) for line in files["requirements.txt"].splitlines()}
    assert {"mlflow", "jupyterlab", "dvc", "pywin32", "colorama", "ruff"} <= names
    assert {"pytest", "pluggy", "playwright", "sphinx", "mypy", "virtualenv", "dask", "distributed"}.isdisjoint(names)
    project = tomllib.loads(files["pyproject.toml"])
    asked = [*project["project"]["dependencies"], *project["project"]["optional-dependencies"]["dev"]]
    assert {canonicalize_name(Requirement(text).name) for text in asked} <= names
    assert set(files["requirements.txt"].splitlines()) <= set((ROOT / "requirements.txt").read_text().splitlines())


def test_what_only_a_spare_requirement_needs_leaves_the_lock() -> None:
    text = "iniconfig==2.0\npackaging==25\npluggy==1\npytest==9\nunheard-of==1 ; sys_platform == 'win32'\n"
    kept = lock.cut_lock(text, needed=["packaging"], spare=["pytest", "packaging"])
    assert kept == "packaging==25\nunheard-of==1 ; sys_platform == 'win32'\n"
