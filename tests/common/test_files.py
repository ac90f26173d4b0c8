"""A file is written whole, or what was there before is as it was."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from suanbei.common.errors import RegistryError
from suanbei.common.files import write_file, write_whole


def test_a_body_that_breaks_off_changes_nothing(tmp_path: Path) -> None:
    """Protects an export that is there already from one that fails half-way."""

    def blocks() -> Iterator[bytes]:
        yield b"new"
        raise RegistryError("the registry went away")

    path = tmp_path / "filings.csv"
    path.write_bytes(b"old")
    with pytest.raises(RegistryError, match="went away"):
        write_whole(path, blocks())
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("filings.csv", b"old")]


def test_a_place_that_is_none_is_told_in_one_line(tmp_path: Path) -> None:
    """Below a file nothing can be written, nor tidied up."""
    (tmp_path / "file").touch()
    with pytest.raises(RegistryError, match="Not a directory"):
        write_whole(tmp_path / "file" / "filings.csv", b"")


def test_a_file_that_is_not_to_be_replaced_stays(tmp_path: Path) -> None:
    """Of two processes that make a key, the first one counts; and nothing is left beside it."""
    for body in (b"first", b"second"):
        write_file(tmp_path / "key", [body], mode=0o600, replace=False)
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("key", b"first")]
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600


def test_a_file_has_its_permissions_before_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that is killed in between leaves no document that a backup cannot read."""
    modes: list[int] = []

    def replace(part: Path, path: Path) -> None:
        modes.append(part.stat().st_mode & 0o777)
        part.rename(path)

    monkeypatch.setattr(os, "replace", replace)
    before = os.umask(0o077)
    try:
        write_file(tmp_path / "document", [b""], mode=0o644)
        write_file(tmp_path / "table", [b""])
    finally:
        os.umask(before)
    assert modes == [0o644, 0o600]


@pytest.mark.parametrize("code", [errno.EACCES, errno.EINVAL])
def test_a_folder_that_cannot_be_flushed_takes_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    """One that may be written and not read, or a shared folder of a virtual machine."""
    really = os.open

    def refused(path: Path, flags: int, *more: int) -> int:
        if path == tmp_path:
            raise OSError(code, os.strerror(code))
        return really(path, flags, *more)

    monkeypatch.setattr(os, "open", refused)
    write_whole(tmp_path / "filings.csv", b"new")
    assert (tmp_path / "filings.csv").read_bytes() == b"new"
