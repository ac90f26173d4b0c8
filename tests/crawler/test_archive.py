"""The archive: whole or not at all, once, and never believed without looking."""

import errno
import hashlib
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suanbei.common.errors import HomeNotWritable, MissingFile, RegistryError
from suanbei.crawler.archive import Archive, ArchiveProblem


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


@given(st.binary())
def test_what_is_put_can_be_got(tmp_path_factory: pytest.TempPathFactory, body: bytes) -> None:
    """Byte for byte, under its sha256."""
    archive = Archive(tmp_path_factory.getbasetemp() / "shared-archive")
    sha256 = archive.put(body)
    assert sha256 == hashlib.sha256(body).hexdigest()
    assert archive.get(sha256) == body
    assert sha256 in archive


def test_where_a_document_is(archive: Archive) -> None:
    """In a folder of its first two digits, readable for a backup, whatever the process keeps to itself."""
    before = os.umask(0o077)  # as in every command
    try:
        sha256 = archive.put(b"list")
    finally:
        os.umask(before)
    path = archive.folder / sha256[:2] / sha256
    assert archive.path(sha256) == path
    assert path.stat().st_mode & 0o777 == 0o644
    assert list(archive) == [sha256]


def test_a_document_is_kept_once(archive: Archive) -> None:
    """The second time changes nothing, not even the time of the file."""
    path = archive.path(archive.put(b"list"))
    os.utime(path, (1, 1))
    archive.put(b"list")
    assert path.stat().st_mtime == 1


@pytest.mark.parametrize("damage", [b"", b"lis", b"LIST"])
def test_a_damaged_file_is_found_and_mended(archive: Archive, damage: bytes) -> None:
    """A file that exists is not thereby good."""
    sha256 = archive.put(b"list")
    archive.path(sha256).write_bytes(damage)
    with pytest.raises(RegistryError, match="damaged"):
        archive.get(sha256)
    [problem] = archive.verify()
    assert problem.path == archive.path(sha256)
    assert problem.reason.startswith("damaged")
    archive.put(b"list")
    assert archive.get(sha256) == b"list"
    assert not list(archive.verify())


def test_what_is_not_there(archive: Archive) -> None:
    """An answer in one line; what is no sha256 never becomes a path."""
    with pytest.raises(MissingFile, match="No such file"):
        archive.get("0" * 64)
    for text in ("../../etc/passwd", "A" * 64, "0" * 63, ""):
        with pytest.raises(ValueError, match="not a sha256"):
            archive.path(text)
    assert not list(archive)
    assert not list(archive.verify())


def test_an_unwritable_home_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever user runs the tests: root may write anywhere."""

    def denied(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "open", denied)
    with pytest.raises(HomeNotWritable, match=r"archive/..: Permission denied$"):
        Archive(tmp_path / "archive").put(b"list")


def test_a_full_disk_leaves_nothing(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """No name, no unfinished file."""

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(RegistryError, match="No space left on device"):
        archive.put(b"list")
    assert not [path for path in archive.folder.rglob("*") if path.is_file()]


def test_a_killed_process_leaves_no_half_document(archive: Archive) -> None:
    """kill -9 before the rename: the name is not there; the rest is swept up later."""
    code = (
        "import os, sys; from pathlib import Path; from suanbei.crawler.archive import Archive;"
        "os.replace = lambda *_: os.kill(os.getpid(), 9);"
        "Archive(Path(sys.argv[1])).put(b'list')"
    )
    result = subprocess.run([sys.executable, "-c", code, str(archive.folder)], check=False)
    assert result.returncode == -9
    assert not list(archive)
    [left] = [path for path in archive.folder.rglob("*") if path.is_file()]
    assert not list(archive.verify()), "it may be the work of a process that lives"
    os.utime(left, (time.time() - 7200,) * 2)
    assert list(archive.verify()) == [
        ArchiveProblem(left, "unfinished, left by a process that was killed")
    ]
    assert archive.sweep() == 1
    assert not left.exists()
    assert archive.get(archive.put(b"list")) == b"list"


def test_strangers_are_reported(archive: Archive) -> None:
    """A document under another's name, or in another's folder, is not one of ours."""
    sha256 = archive.put(b"list")
    (archive.folder / "readme.txt").write_text("x")
    misplaced = archive.folder / "zz" / sha256
    misplaced.parent.mkdir()
    misplaced.write_bytes(b"list")
    assert {problem.reason for problem in archive.verify()} == {"does not belong here"}
    assert len(list(archive.verify())) == 2
    assert list(archive) == [sha256]


def test_many_at_once(archive: Archive) -> None:
    """The same documents from several threads: each is there, whole, once."""
    bodies = [bytes([n]) * 10_000 for n in range(20)] * 4
    with ThreadPoolExecutor(8) as pool:
        hashes = set(pool.map(archive.put, bodies))
    assert set(archive) == hashes
    assert not list(archive.verify())
