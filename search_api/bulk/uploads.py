"""Where the files that people send are kept: folders in HOME/bulk, with a quota for all together.

A folder lives for a day. Whatever is left of a process that was killed is deleted at the next start, and
before the next upload.
"""

import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from suanbei.common.errors import RegistryError, SuanbeiError, UsageError

LARGEST = 50 * 2**20
"""Bytes of an upload."""
QUOTA = 2 * 2**30
"""Bytes of all uploads with what is made of them."""
FREE_FLOOR = 512 * 2**20
"""Bytes that stay free on the disk, for the registry itself."""
KEPT_SECONDS = 24 * 3600
_ONCE = "once-"
_ONCE_SECONDS = 3600
_GROWTH = 4
"""What is made of an upload (its rows, the checked file) takes so many times its size, or less."""


class StorageFull(SuanbeiError):
    """No room for another upload."""

    code = "storage_full"
    http_status = 507


class UploadTooLarge(UsageError):
    """A file larger than this server takes."""

    code = "too_large"
    http_status = 413


def new_folder(home: Path, upload: BinaryIO, token: str = "") -> Path:
    """Keep an upload as `source` in a folder of its own, of this name or one nobody can guess.

    Raises:
        UsageError: it is empty.
        UploadTooLarge: it is larger than `LARGEST`.
        StorageFull: over the quota, or too little is free on the disk.
        RegistryError: the folder cannot be written.
    """
    clean(home)
    size = upload.seek(0, 2)
    upload.seek(0)
    if not size:
        raise UsageError("the file is empty")
    if size > LARGEST:
        raise UploadTooLarge(f"the file is larger than {LARGEST >> 20} MB")
    folder = home / "bulk" / (token or f"{_ONCE}{secrets.token_urlsafe(12)}")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _check_room(folder.parent, size)
        folder.mkdir(mode=0o700)
        try:
            with (folder / "source").open("wb") as target:
                shutil.copyfileobj(upload, target)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
    except OSError as error:
        raise RegistryError(f"{folder.parent}: cannot be written ({error.strerror})") from error
    return folder


@contextmanager
def folder_for_once(home: Path, upload: BinaryIO) -> Iterator[Path]:
    """The folder of an upload that is answered at once; it is deleted at the end, whatever happens.

    Raises: as `new_folder`.
    """
    folder = new_folder(home, upload)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _check_room(root: Path, size: int) -> None:
    wanted = size * _GROWTH
    if shutil.disk_usage(root).free - wanted < FREE_FLOOR:
        raise StorageFull("the disk of this server is nearly full: try again later")
    used = 0
    for path in root.rglob("*"):
        with suppress(OSError):  # deleted meanwhile
            used += path.stat().st_size
    if used + wanted > QUOTA:
        raise StorageFull("too many files are kept at the moment: try again later")


def clean(home: Path) -> None:
    """Delete the jobs of yesterday, and what killed processes left of uploads for once."""
    for folder in (home / "bulk").glob("*"):
        kept = _ONCE_SECONDS if folder.name.startswith(_ONCE) else KEPT_SECONDS
        with suppress(OSError):  # another process was first
            if time.time() - folder.stat().st_mtime > kept:
                shutil.rmtree(folder, ignore_errors=True)
