"""The archive: every document once, under its sha256, never changed and never deleted.

Each time a document is taken in, a record of where it came from is archived like a document, under
the sha256 of its own bytes. Documents and records together are all that a registry is made of.

A name that is a sha256 has, after whatever crash, all of its bytes (`write_file`). A file that exists
is not thereby good: what is there is hashed before it is relied upon.
"""

import errno
import hashlib
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from suanbei.common.errors import BrokenDocument, HomeNotWritable, MissingFile, RegistryError
from suanbei.common.files import UNFINISHED, write_file
from suanbei.common.late_imports import importing
from suanbei.registry.importing.batches import Origin

_SHA256 = re.compile(r"[0-9a-f]{64}")
ORIGINS = "origins"
"""The folder inside an archive that holds another one: where its documents came from."""
_DENIED = {errno.EACCES, errno.EPERM, errno.EROFS}
_ABANDONED = 3600
"""Seconds after which an unfinished file counts as abandoned."""


@dataclass(frozen=True, slots=True)
class ArchiveProblem:
    """Something in the archive that should not be so."""

    path: Path
    reason: str


class Archive:
    """Documents in `folder`, as `ab/abcdef…`. Any number of processes may put and get at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str) -> Path:
        """Where a document is, or would be.

        Raises:
            ValueError: not a sha256 in lower-case hexadecimal.
        """
        if not _SHA256.fullmatch(sha256):
            raise ValueError(f"not a sha256: {sha256!r}")
        return self.folder / sha256[:2] / sha256

    def put(self, body: bytes, sha256: str = "") -> str:
        """Keep a document; returns its sha256 (pass it where it is known already).

        Keeping a document again does nothing, or mends it.

        Raises:
            HomeNotWritable: the folder cannot be written.
            RegistryError: it could not be kept (a full disk); nothing is left behind.
        """
        sha256 = sha256 or digest_of(body)
        path = self.path(sha256)
        try:
            if not _holds(path, body):
                path.parent.mkdir(parents=True, exist_ok=True)
                # Public documents; a backup may run as another user.
                write_file(path, [body], mode=0o644)
        except OSError as error:
            kind = HomeNotWritable if error.errno in _DENIED else RegistryError
            raise kind(f"{path.parent}: {error.strerror or error}") from error
        return sha256

    def get(self, sha256: str) -> bytes:
        """The document's bytes.

        Raises:
            MissingFile: there is none, or it cannot be read.
            RegistryError: its bytes are not those that were put.
        """
        path = self.path(sha256)
        try:
            body = path.read_bytes()
        except OSError as error:
            raise MissingFile(f"{path}: {error.strerror or error}") from error
        if digest_of(body) != sha256:
            raise RegistryError(f"{path}: damaged, its bytes are not those that were archived")
        return body

    def discard(self, sha256: str) -> None:
        """Take back a document that was put a moment ago and that nothing refers to."""
        self.path(sha256).unlink(missing_ok=True)

    def __contains__(self, sha256: str) -> bool:
        """Whether there is a file for it, whole or not."""
        return self.path(sha256).is_file()

    def __iter__(self) -> Iterator[str]:
        """The sha256 of every document, in order."""
        for path in sorted(self.folder.glob("[0-9a-f][0-9a-f]/*")):
            if _SHA256.fullmatch(path.name) and path.parent.name == path.name[:2]:
                yield path.name

    def verify(self) -> Iterator[ArchiveProblem]:
        """Hash every document; yields what is damaged, unreadable, or does not belong there.

        Unfinished files of the last hour may still be in use and are skipped.
        """
        for path in sorted(self.folder.rglob("*")):
            if path.is_dir() or path.is_relative_to(self.folder / ORIGINS):
                continue
            if path.name.startswith(UNFINISHED):
                if _is_abandoned(path):
                    yield ArchiveProblem(path, "unfinished, left by a process that was killed")
            elif not _SHA256.fullmatch(path.name) or path != self.path(path.name):
                yield ArchiveProblem(path, "does not belong here")
            else:
                try:
                    self.get(path.name)
                except (MissingFile, RegistryError) as error:
                    yield ArchiveProblem(path, str(error).partition(": ")[2])

    def sweep(self) -> int:
        """Remove unfinished files that killed processes left; returns how many."""
        count = 0
        for path in self.folder.glob(f"*/{UNFINISHED}*"):
            with suppress(OSError):
                if _is_abandoned(path):
                    path.unlink()
                    count += 1
        return count


def digest_of(body: bytes) -> str:
    """The sha256 of bytes, in lower-case hexadecimal."""
    return hashlib.sha256(body).hexdigest()


def _holds(path: Path, body: bytes) -> bool:
    """Whether the file is there and whole."""
    try:
        return path.stat().st_size == len(body) and path.read_bytes() == body
    except FileNotFoundError:
        return False


def _is_abandoned(path: Path) -> bool:
    return time.time() - path.stat().st_mtime > _ABANDONED


@dataclass(frozen=True, slots=True)
class OriginRecord:
    """One document taken in: its sha256, its origin, and what was said by hand (`--accept`, `--period`)."""

    sha256: str
    origin: Origin
    accept: bool = False
    period: str = ""


_RECORD = TypeAdapter(OriginRecord)


def keep_origin(archive: Archive, record: OriginRecord) -> str:
    """Archive a record; returns its own sha256.

    Raises:
        HomeNotWritable, RegistryError: it could not be kept.
    """
    return origins_of(archive).put(_RECORD.dump_json(record, indent=1))


def origins(archive: Archive) -> Iterator[OriginRecord]:
    """Every record, in the order in which documents were taken in.

    Raises:
        RegistryError, BrokenDocument: a record is damaged.
    """
    records = origins_of(archive)
    found = []
    for name in records:
        try:
            found.append(_RECORD.validate_json(records.get(name)))
        except ValidationError as error:
            raise BrokenDocument(f"{ORIGINS}/{name}: no record of an origin ({error})") from error
    yield from sorted(found, key=lambda one: (one.origin.fetched_at, one.accept, one.sha256))


def origins_of(archive: Archive) -> Archive:
    """The archive of records beside the documents."""
    return Archive(archive.folder / ORIGINS)


def draw_row(
    archive: Archive, sha256: str, table: int, row: int, boxes: list[tuple[int, tuple[float, ...]]]
) -> bytes:
    """A published row as PNG, drawn from its archived document.

    Raises:
        MissingFile: the document is not in the archive.
        DocumentError: it cannot be read, or the row cannot be drawn.
    """
    with importing:  # 15 MB that few servers ever need
        from suanbei.parsers.row_image import render_row

    places = tuple((on, (box[0], box[1], box[2], box[3])) for on, box in boxes)
    name = sha256[:12]
    return render_row(archive.get(sha256), name=name, table=table, row=row, boxes=places)
