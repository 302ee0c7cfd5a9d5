"""Folders and archives as one tree: links, pipes, damage and names that no file should have."""

import io
import os
import socket
import stat
import zipfile
from pathlib import Path

import pytest

from grading.cohort.submissions import find_submissions
from grading.tests.cohort.class_files import FOUR, ONE, THREE, TWO, lay, notebook, packed, taken


def test_origins_lead_back_into_archives(tmp_path: Path) -> None:
    path = tmp_path / "class.zip"
    path.write_bytes(packed({f"kim/{TWO}": b"{}", "lee/work.zip": packed({f"m9/{TWO}": b"{}"})}))
    assert taken(find_submissions(path)) == [
        ("kim", f"class.zip!/kim/{TWO}"), ("lee", f"class.zip!/lee/work.zip!/m9/{TWO}"),
    ]  # fmt: skip


def test_what_tools_leave_is_not_looked_into(tmp_path: Path) -> None:
    lay(tmp_path, {f"anna/{ONE}": b"{}", f"anna/.ipynb_checkpoints/{TWO}": b"{}", f"__MACOSX/anna/._{ONE}": b""})
    lay(tmp_path, {f"anna/.git/{TWO}": b"{}", f"anna/mlruns/{TWO}": b"{}", ".DS_Store": b"", f"anna/._{ONE}": b"\x00"})
    found = find_submissions(tmp_path)
    assert (taken(found), found.students, found.problems) == ([("anna", f"anna/{ONE}")], ("anna",), ())


def test_a_notebook_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    lay(tmp_path, {f"anna/{ONE}": b"{}", f"kim/{ONE}": b"{}"})
    os.truncate(tmp_path / "kim" / ONE, 50_000_001)
    found = find_submissions(tmp_path)
    assert (len(found.submissions), found.problems[0]) == (1, f"kim's kim/{ONE} is left out: it is larger than 50 MB")


def test_links_pipes_and_sockets_are_refused_and_never_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = lay(tmp_path / "outside", {ONE: notebook("secret")})
    folder = lay(tmp_path / "class", {f"anna/{ONE}": b"{}", "kim/x.txt": b"", "lee/x.txt": b"", "mia/x.txt": b""})
    (folder / "kim" / ONE).symlink_to(secret / ONE)
    (folder / "kim" / "notebooks").symlink_to(secret)
    os.mkfifo(folder / "lee" / ONE)
    (folder / "max").symlink_to(secret)
    monkeypatch.chdir(folder / "mia")
    with socket.socket(socket.AF_UNIX) as pipe:
        pipe.bind(ONE)
        found = find_submissions(folder)
    assert taken(found) == [("anna", f"anna/{ONE}")]
    assert found.students == ("anna", "kim", "lee", "max", "mia")
    text = "\n".join(found.problems)
    for part in (f"kim/{ONE} is left out: it is a symbolic link", "kim/notebooks is left out: it is a symbolic link",
                 f"lee/{ONE} is left out: it is a device or a pipe", "max's max is left out: it is a symbolic link",
                 f"mia/{ONE} is left out: it is a device or a pipe"):  # fmt: skip
        assert part in text


def test_a_file_that_becomes_a_link_after_it_was_seen_is_not_followed(tmp_path: Path) -> None:
    from contextlib import ExitStack

    from grading.cohort.file_tree import open_tree
    from grading.errors import ArchiveError

    lay(tmp_path, {f"kim/{ONE}": b"{}", "secret": b"secret"})
    with ExitStack() as stack:
        (file,) = open_tree(tmp_path, stack).folders["kim"].files
    (tmp_path / "kim" / ONE).unlink()
    (tmp_path / "kim" / ONE).symlink_to(tmp_path / "secret")
    with pytest.raises(ArchiveError, match="cannot be read"):
        file.read()


def test_one_students_bad_archive_costs_the_others_nothing(tmp_path: Path) -> None:
    evil = {f"../{ONE}": b"{}", "/etc/M9_02.ipynb": b"{}", f"m9/{FOUR}": b"{}", "bomb.ipynb": bytes(3_000_000)}
    link = zipfile.ZipInfo(THREE)
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    content = io.BytesIO(packed(evil))
    with zipfile.ZipFile(content, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(link, "/etc/passwd")
        archive.writestr("bomb2.ipynb", bytes(3_000_000))
    deep = packed({"two.zip": packed({"three.zip": packed({ONE: b"{}"})})})
    lay(tmp_path, {
        "anna.zip": packed({ONE: b"{}"}), "evil.zip": content.getvalue(), "kim.zip": b"not a zip",
        "lee.zip": packed({ONE: b"{}"})[:-30], "mia.zip": deep,
    })  # fmt: skip
    found = find_submissions(tmp_path)
    assert taken(found) == [("anna", f"anna.zip!/{ONE}"), ("evil", f"evil.zip!/m9/{FOUR}")]
    assert found.students == ("anna", "evil", "kim", "lee", "mia")
    text = "\n".join(found.problems)
    for part in (
        f"evil's evil.zip!/../{ONE} is left out: its path leads out", "evil.zip!//etc/M9_02.ipynb is left out",
        f"evil.zip!/{THREE} is left out: it is a symbolic link", "bomb2.ipynb is left out: it unpacks to more than 200",
        "kim's kim.zip is left out: it is damaged, or not a zip archive", "lee's lee.zip is left out: it is damaged",
        "mia.zip!/two.zip!/three.zip is left out: it is an archive in an archive in an archive",
    ):  # fmt: skip
        assert part in text


def test_hostile_members_of_a_class_archive_are_no_students(tmp_path: Path) -> None:
    path = tmp_path / "class.zip"
    path.write_bytes(
        packed({f"anna/{ONE}": b"{}", f"../../etc/{ONE}": b"{}", "/etc/passwd": b"", f"kim/../{TWO}": b"{}"})
    )
    found = find_submissions(path)
    assert (taken(found), found.students) == ([("anna", f"class.zip!/anna/{ONE}")], ("anna", "kim"))
    assert len([problem for problem in found.problems if "is left out" in problem]) == 3


def test_a_folder_that_may_not_be_read_is_its_owners_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay(tmp_path, {f"anna/{ONE}": b"{}", f"kim/{ONE}": b"{}"})
    scandir = os.scandir

    def refusing(path: Path) -> object:
        if Path(path).name == "kim":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)  # root may read everything
    found = find_submissions(tmp_path)
    assert found.students == ("anna", "kim")
    assert found.problems[0] == "kim's kim is left out: it cannot be read: Permission denied"


def test_any_name_that_a_disk_allows_is_text_that_can_be_written(tmp_path: Path) -> None:
    for name in (b"k\xffm", b"k\xfem", b"\x1b[31mred", b"<script>", b"=cmd()", b" "):
        (tmp_path / os.fsdecode(name)).mkdir()
        (tmp_path / os.fsdecode(name) / ONE).write_bytes(b"{}")
    found = find_submissions(tmp_path)
    assert len(found.students) == len(found.submissions) == 6
    for text in (*found.students, *(one.origin for one in found.submissions)):
        assert text.encode()
        assert text.isprintable()
        assert text.strip()
