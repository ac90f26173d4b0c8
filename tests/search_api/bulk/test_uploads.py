"""Uploads have a quota and a day to live, and a refused one leaves nothing."""

import io
import os
import shutil
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from suanbei.common.errors import UsageError
from suanbei.search_api.bulk import uploads
from suanbei.search_api.bulk.uploads import (
    StorageFull,
    UploadTooLarge,
    clean,
    folder_for_once,
    new_folder,
)


def keep(home: Path, data: bytes = b"x" * 100) -> Path:
    return new_folder(home, io.BytesIO(data))


def kept(home: Path) -> list[Path]:
    return [path for path in (home / "bulk").rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("data", "error"), [(b"", UsageError), (b"x" * 2000, UploadTooLarge)], ids=["empty", "large"]
)
def test_a_refused_upload_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes, error: type[UsageError]
) -> None:
    monkeypatch.setattr(uploads, "LARGEST", 1000)
    with pytest.raises(error):
        keep(tmp_path, data)
    assert kept(tmp_path) == []


def test_all_uploads_together_have_a_quota(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted with what is made of an upload, before it is written."""
    monkeypatch.setattr(uploads, "QUOTA", 6000)
    keep(tmp_path, b"x" * 1000)
    with pytest.raises(StorageFull) as raised:
        keep(tmp_path, b"x" * 1300)
    assert raised.value.http_status == 507
    assert len([path for path in kept(tmp_path) if path.name == "source"]) == 1


def test_a_disk_that_is_nearly_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The registry keeps its room."""
    free = SimpleNamespace(free=uploads.FREE_FLOOR + 10)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: free)
    with pytest.raises(StorageFull, match="disk"):
        keep(tmp_path)
    assert kept(tmp_path) == []


def test_an_upload_for_once_is_deleted_when_it_fails(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), folder_for_once(tmp_path, io.BytesIO(b"x")):
        raise ZeroDivisionError
    assert kept(tmp_path) == []


def test_what_is_old_is_deleted(tmp_path: Path) -> None:
    """Jobs after a day; what a killed process left of an upload for once after an hour."""
    job, once = (
        new_folder(tmp_path, io.BytesIO(b"x"), "a" * 24),
        new_folder(tmp_path, io.BytesIO(b"x")),
    )
    for folder, hours in ((job, 23), (once, 0.5)):
        os.utime(folder, (time.time() - hours * 3600,) * 2)
    clean(tmp_path)
    assert (job.exists(), once.exists()) == (True, True)
    for folder, hours in ((job, 25), (once, 1.5)):
        os.utime(folder, (time.time() - hours * 3600,) * 2)
    clean(tmp_path)
    assert kept(tmp_path) == []
