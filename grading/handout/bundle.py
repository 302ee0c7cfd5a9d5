"""What students receive, as one zip archive: the course without solutions, without tests, without what grades a class.

Rooms decide what is in it, and of pages the line `<!-- not for students -->`. It is made of the files that Git tracks:
nobody's marks, notes or store slip in. The same commit gives the same bytes. The autograder for Gradescope is the
same, with the rooms that grade a class and two scripts of Gradescope's.
"""

import hashlib
import io
import json
import posixpath
import re
import tomllib
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path, PurePosixPath
from string import Template

from grading.errors import InputError, shorten
from grading.evidence.code_version import git
from grading.files import ROOT
from grading.handout.lock import cut_lock
from grading.lessons import SOLUTIONS

FOLDER = "module-09"  # in the archive
RECIPES = Path(__file__).parent / "recipes"
# Nobody who is graded gets these rooms, nor do they work without the solutions and the tests.
WITHHELD = frozenset(
    {"grading/solutions", "grading/tests", "grading/curriculum", "grading/handout", "grading/workshop"}
    | {"grading/commands/staff", "docs/site", ".ci", ".github", ".pre-commit-config.yaml"}
)
# What grades a class; how look-alikes are found is nobody's business who is looked at.
OF_A_CLASS = frozenset({"grading/cohort", "grading/class_reports"})
NOT_FOR_STUDENTS = b"<!-- not for students -->"  # the first line of a page
ONLY_FOR_A_CLASS = frozenset({"dask"})  # packages
TOOLS = frozenset({"ruff"})  # of our own tools, what docs/coding_standards.md tells students to run
OUR_SETTINGS = ("[tool.mypy", "[[tool.mypy", "[tool.pytest", "[tool.importlinter", "[[tool.importlinter")
TARGETS = ("help", ".venv/ready", "lab", "ui", "pipeline", "clean")  # of the Makefile, what works without the rest
TARGET = re.compile(r"^([\w./-]+):(?!=)", re.MULTILINE)
REQUIREMENT = re.compile(r'\s+"([\w.-]+)[^"]*",')
LINK = re.compile(r"!?\[([^\[\]]*)\]\(([^)#\s]+)[^)]*\)")
SHORTEST_LINE, LEAK = 25, 0.6  # characters that tell something; the share of a solution's lines in one file
SCRIPTS = ("setup.sh", "run_autograder")  # where Gradescope looks for them


@dataclass(frozen=True)
class Bundle:
    """The files by their path in the archive, the commit they are of, and which of them were changed since."""

    files: Mapping[str, bytes]
    executable: frozenset[str]
    commit: str
    time: datetime  # of the commit, UTC
    changed: tuple[str, ...]

    def archive(self) -> bytes:
        """The zip archive. Nothing is compressed: so the bytes do not depend on the version of a compressor."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for name, content in sorted(self.files.items()):
                info = zipfile.ZipInfo(name, date_time=self.time.timetuple()[:6])
                info.create_system = 3  # Unix, whose permissions these are
                info.external_attr = (0o100755 if name in self.executable else 0o100644) << 16
                archive.writestr(info, content)
        return packed.getvalue()


def student_bundle(root: Path = ROOT) -> Bundle:
    """What students receive; raises InputError outside of a git checkout, and when a solution would leak."""
    return _bundle(root, WITHHELD | OF_A_CLASS, without=ONLY_FOR_A_CLASS)


def gradescope_autograder(root: Path = ROOT) -> Bundle:
    """The same, able to grade what Gradescope hands over; raises as `student_bundle` does."""
    made = _bundle(root, WITHHELD, without=frozenset())
    scripts = {name: (RECIPES / name).read_bytes() for name in SCRIPTS}
    return replace(made, files={**made.files, **scripts}, executable=made.executable | {*scripts})


def write(bundle: Bundle, path: Path) -> str:
    """Write the archive; returns its sha256. Raises InputError when it cannot be written."""
    content = bundle.archive()
    half = path.with_name(f".{path.name}-half")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        half.write_bytes(content)
        half.replace(path)
    except OSError as error:
        half.unlink(missing_ok=True)
        raise InputError(f"{path} cannot be written: {error.strerror or error}") from None
    return hashlib.sha256(content).hexdigest()


def leaks(files: Mapping[str, bytes]) -> Iterator[str]:
    """A sentence for each file that holds most of what stands in the reference solution of an exercise cell."""
    lines = {name: _lines(name, content) for name, content in files.items()}
    for solution in sorted(SOLUTIONS.rglob("*.py")):
        telling = {
            line
            for line in map(str.strip, solution.read_text("utf-8").splitlines())
            if len(line) >= SHORTEST_LINE and not line.startswith("#")
        }
        for name, known in lines.items():
            if telling and len(telling & known) >= LEAK * len(telling):
                yield f"{name} holds the solution of {solution.parent.name}/{solution.stem}"


def _bundle(root: Path, withheld: frozenset[str], without: frozenset[str]) -> Bundle:
    tracked, commit, time, changed = _checkout(root)
    rooms = {name: _content(root, name) for name in tracked if not _is_withheld(name, withheld)}
    chosen = {name: content for name, content in rooms.items() if not content.startswith(NOT_FOR_STUDENTS)}
    project = tomllib.loads(_content(root, "pyproject.toml").decode())["project"]
    spare = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    settings = _settings(chosen["pyproject.toml"].decode(), without)
    own = tomllib.loads(settings)["project"]
    needed = [*own["dependencies"], *own["optional-dependencies"]["dev"]]
    readme = Template((RECIPES / "README.txt").read_text("utf-8")).substitute(commit=commit[:12])
    texts = {
        "README.md": readme,
        "pyproject.toml": settings,
        "requirements.txt": cut_lock(chosen["requirements.txt"].decode(), needed=needed, spare=spare),
        "Makefile": _makefile(chosen["Makefile"].decode()),
        ".github/workflows/grade.yml": (RECIPES / "grade.yml").read_text("utf-8"),
    }
    chosen |= {name: text.encode() for name, text in texts.items()}
    chosen = _linked(chosen)
    if found := list(leaks(chosen)):
        raise InputError(f"expected no solution in what students receive; {'; '.join(found)}. Restore these files")
    within = tuple(name for name in changed if name.startswith("grading/handout/recipes/") or name in chosen)
    files = {f"{FOLDER}/{name}": content for name, content in chosen.items()}
    executable = frozenset(f"{FOLDER}/{name}" for name in chosen if tracked.get(name) == "100755")
    return Bundle(files, executable, commit, time, within)


def _checkout(root: Path) -> tuple[dict[str, str], str, datetime, tuple[str, ...]]:
    """The tracked files with their modes, the commit with its time, and what is not as committed."""
    head = git(root, "log", "-1", "--format=%H %ct")
    top = git(root, "rev-parse", "--show-toplevel").stdout.strip()
    if head.returncode != 0 or Path(top).resolve() != root.resolve():
        raise InputError(
            f"expected a git checkout of the course at {root}; found none. The bundle holds the files that Git tracks, "
            "so that nothing else slips in: clone the course, and bundle from there"
        )
    commit, _, seconds = head.stdout.strip().partition(" ")
    listed = git(root, "ls-files", "--stage", "-z").stdout.split("\0")
    tracked = {name: about[:6] for about, tab, name in (line.partition("\t") for line in listed) if tab}
    changed = git(root, "diff", "--name-only", "-z", "HEAD").stdout.split("\0")
    return tracked, commit, datetime.fromtimestamp(int(seconds), UTC), tuple(name for name in changed if name)


def _content(root: Path, name: str) -> bytes:
    if (root / name).is_symlink() or not (root / name).is_file():
        raise InputError(f"expected the file {name}, which Git tracks; found none. Bring it back: git restore {name}")
    return (root / name).read_bytes()


def _is_withheld(name: str, withheld: frozenset[str]) -> bool:
    return not withheld.isdisjoint((name, *map(str, PurePosixPath(name).parents)))


def _settings(text: str, without: frozenset[str]) -> str:
    """pyproject.toml without our tools and without what only they read."""
    kept, section = [], ""
    for line in text.splitlines(keepends=True):
        if line.startswith("["):
            section = line.strip()
        wanted = REQUIREMENT.match(line)
        of_ours = section == "[project.optional-dependencies]" and wanted and wanted[1] not in TOOLS
        not_needed = section == "[project]" and wanted and wanted[1] in without
        if not (of_ours or not_needed or section.startswith(OUR_SETTINGS)):
            kept.append(line)
    return "".join(kept).rstrip() + "\n"


def _makefile(text: str) -> str:
    """The Makefile with the targets that work without the rest, and the students' own."""
    kept = []
    for block in text.strip().split("\n\n"):
        target = TARGET.search(block)
        if target is None or target[1] in TARGETS:
            kept.append(block)
    own = (RECIPES / "student.mk").read_text("utf-8").strip()
    names = [name for name in (*TARGETS, "received", "grade") if not name.startswith(".")]
    return "\n\n".join([*kept, f".PHONY: {' '.join(names)}", own]) + "\n"


def _linked(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files with links between them only: what would lead to a page left out is plain text.

    A picture of docs/ that no page shows is left out, too.
    """
    folders = {str(parent) for name in files for parent in PurePosixPath(name).parents}

    def linked(page: str, link: re.Match[str]) -> str:
        place = posixpath.normpath(posixpath.join(posixpath.dirname(page), link[2]))
        return link[0] if ":" in link[2] or place in files or place in folders else link[1]

    found = {
        name: LINK.sub(partial(linked, name), content.decode()).encode() if name.endswith(".md") else content
        for name, content in files.items()
    }
    shown = "\n".join(content.decode() for name, content in found.items() if name.endswith((".md", ".ipynb")))
    return {
        name: content
        for name, content in found.items()
        if not name.startswith("docs/") or name.endswith(".md") or PurePosixPath(name).name in shown
    }


def _lines(name: str, content: bytes) -> frozenset[str]:
    """The lines of a file; of a notebook, those of its cells and of what they printed."""
    text = content.decode("utf-8", "replace")
    if name.endswith(".ipynb"):
        try:
            text = "\n".join(_texts(json.loads(text)))
        except ValueError as error:
            raise InputError(f"{name} is not a notebook: {shorten(error)}") from None
    return frozenset(map(str.strip, text.splitlines()))


def _texts(value: object) -> Iterator[str]:
    """All texts in what was JSON, those of a list as one."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list) and value and all(isinstance(each, str) for each in value):
        yield "".join(value)
    else:
        for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            yield from _texts(each)
