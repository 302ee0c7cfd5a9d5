"""A student's repository is read as files, and what is damaged, packed, forged or huge is refused in words."""

import hashlib
import os
import shutil
import subprocess
import zlib
from pathlib import Path

import pytest

from grading.errors import Unmet
from grading.evidence.data_repository import LARGEST_OBJECT, DataRepository, find_repositories

MD5 = "f16133e92bb098ea3f23d0d314e14ab5"
OTHER = "c5c5e3e1dd0c816ffe7f80ab70a5fd00"


def _git(folder: Path, *words: str) -> str:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    own = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    who = ("-c", "user.name=a", "-c", "user.email=a@b")
    done = subprocess.run(
        ["git", *who, *words], cwd=folder, env=clean | own, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def _commit(folder: Path, md5: str, path: str = "data/table.csv") -> str:
    pointer = folder / f"{path}.dvc"
    pointer.parent.mkdir(parents=True, exist_ok=True)
    pointer.write_text(f"outs:\n- md5: {md5}\n  size: 3\n  hash: md5\n  path: {Path(path).name}\n")
    _git(folder, "add", "-A")
    _git(folder, "commit", "-q", "-m", md5)
    return _git(folder, "rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path) -> DataRepository:
    root = tmp_path / "work" / "repository"
    root.mkdir(parents=True)
    _git(root, "init", "-q")
    (root / "params.yaml").write_text("alpha: 1\n")
    return DataRepository(root)


def test_a_commit_says_which_data_it_holds(repository: DataRepository) -> None:
    first, second = _commit(repository.root, MD5), _commit(repository.root, OTHER)
    assert repository.tracked(first) == {"data/table.csv": MD5}
    assert repository.tracked(second) == {"data/table.csv": OTHER}
    assert set(repository.files(second)) == {"data/table.csv.dvc", "params.yaml"}


def test_a_commit_says_the_settings_in_its_files_and_leaves_out_what_it_cannot_read(
    repository: DataRepository,
) -> None:
    (repository.root / "params.yaml").write_text("model: {alpha: 2.5, seed: 42}\nnames: [a, b]\n")
    (repository.root / "damaged.yaml").write_text("alpha: [")
    commit = _commit(repository.root, MD5)
    assert repository.settings(commit) == {"params.yaml": {"alpha": [2.5], "seed": [42]}}


def test_a_name_that_stands_twice_in_a_file_has_both_values(repository: DataRepository) -> None:
    (repository.root / "params.yaml").write_text("ridge: {alpha: 1.0}\nbaseline: {alpha: 10.0}\n")
    assert repository.settings(_commit(repository.root, MD5)) == {"params.yaml": {"alpha": [1.0, 10.0]}}


def test_a_later_commit_descends_from_an_earlier_one_only(repository: DataRepository) -> None:
    first, second = _commit(repository.root, MD5), _commit(repository.root, OTHER)
    assert repository.descends(second, first)
    assert not repository.descends(first, second)


def test_a_repository_is_found_in_a_folder_of_the_submission(repository: DataRepository) -> None:
    found = find_repositories((repository.root.parent,))
    assert [each.root for each in found] == [repository.root]


def test_a_linked_git_folder_is_no_repository(repository: DataRepository, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    (repository.root / ".git").rename(outside)
    (repository.root / ".git").symlink_to(outside)
    assert find_repositories((repository.root.parent,)) == ()


def test_objects_outside_the_repository_are_not_read(repository: DataRepository, tmp_path: Path) -> None:
    commit = _commit(repository.root, MD5)
    objects = repository.root / ".git" / "objects"
    shutil.move(objects, tmp_path / "outside")
    objects.mkdir()
    (objects / "info").mkdir()
    (objects / "info" / "alternates").write_text(f"{tmp_path / 'outside'}\n")
    with pytest.raises(Unmet, match="no such object"):
        repository.files(commit)
    objects.rename(objects.with_name("empty"))
    objects.symlink_to(tmp_path / "outside")
    with pytest.raises(Unmet, match="no such object"):
        repository.files(commit)


def test_a_packed_repository_is_named_as_such(repository: DataRepository) -> None:
    commit = _commit(repository.root, MD5)
    _git(repository.root, "gc", "-q")
    with pytest.raises(Unmet, match="packed"):
        repository.files(commit)


def _place(repository: DataRepository, sha: str, raw: bytes) -> None:
    file = repository.root / ".git" / "objects" / sha[:2] / sha[2:]
    file.parent.mkdir(exist_ok=True)
    file.unlink(missing_ok=True)
    file.write_bytes(raw)


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (zlib.compress(b"commit 5\0hello"), "another hash"),
        (zlib.compress(bytes(LARGEST_OBJECT + 1)), "too large"),
        (bytes(LARGEST_OBJECT + 1), "too large"),
        (b"not compressed", "incorrect header"),
        (b"", "another hash"),
    ],
    ids=["forged", "bomb", "large", "not compressed", "empty"],
)
def test_a_damaged_or_forged_object_is_unmet(repository: DataRepository, raw: bytes, found: str) -> None:
    commit = _commit(repository.root, MD5)
    _place(repository, commit, raw)
    with pytest.raises(Unmet, match=found):
        repository.files(commit)


@pytest.mark.parametrize("name", ["", "HEAD", "../../../etc/passwd", "a" * 39, "0" * 40, "A" * 40])
def test_what_is_no_commit_of_the_repository_is_unmet(repository: DataRepository, name: str) -> None:
    assert not repository.has(name)
    with pytest.raises(Unmet):
        repository.files(name)


def test_a_folder_is_not_taken_for_a_commit(repository: DataRepository) -> None:
    _commit(repository.root, MD5)
    tree = _git(repository.root, "rev-parse", "HEAD^{tree}")
    with pytest.raises(Unmet, match="tree"):
        repository.files(tree)


@pytest.mark.parametrize(
    "pointer", ["outs: 1\n", "- a\n", "outs:\n- md5: 1\n", "outs: []\n", "outs:\n- path: table.csv\n", ""]
)
def test_a_pointer_without_an_md5_names_nothing(repository: DataRepository, pointer: str) -> None:
    _commit(repository.root, MD5)
    (repository.root / "data" / "table.csv.dvc").write_text(pointer)
    _git(repository.root, "commit", "-q", "-a", "-m", "x")
    assert repository.tracked(_git(repository.root, "rev-parse", "HEAD")) == {}


@pytest.mark.parametrize(
    "pointer", ["outs: [\n", "[" * 5000, "x" * 30_000, "\0"], ids=["cut off", "nested too deep", "one long word", "NUL"]
)
def test_a_pointer_that_cannot_be_read_is_unmet(repository: DataRepository, pointer: str) -> None:
    _commit(repository.root, MD5)
    (repository.root / "data" / "table.csv.dvc").write_text(pointer)
    _git(repository.root, "commit", "-q", "-a", "-m", "x")
    with pytest.raises(Unmet, match="as DVC writes it"):
        repository.tracked(_git(repository.root, "rev-parse", "HEAD"))


def test_a_commit_of_very_many_files_is_unmet(repository: DataRepository) -> None:
    for number in range(2_100):
        (repository.root / f"{number}.txt").write_text("")
    commit = _commit(repository.root, MD5)
    with pytest.raises(Unmet, match="few files"):
        repository.files(commit)


@pytest.mark.parametrize(
    "body", [b"", b"tree \n", b"author a <a@b> 1 +0000\n\nx", b"tree 1\nparent 2\n\nx", b"\xff\xfe"]
)
def test_a_commit_that_lacks_its_lines_is_unmet(repository: DataRepository, body: bytes) -> None:
    _commit(repository.root, MD5)
    raw = b"commit %d\0" % len(body) + body
    sha = hashlib.sha1(raw, usedforsecurity=False).hexdigest()
    _place(repository, sha, zlib.compress(raw))
    with pytest.raises(Unmet):
        repository.files(sha)
    with pytest.raises(Unmet):
        repository.descends(sha, "0" * 40)
