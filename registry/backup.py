"""Backups: registry and archive in one file, taken while both are in use, checked when restored.

A backup is a tar under zstd: `backup.json` (what it is, counts and hashes of every table),
`registry.sqlite3` (the registry, whichever database it came from) and `archive/…`. The registry is read
first: documents are archived before their rows are taken in and never change, so that every
document which the registry names is in the file too. Only its owner may read it: it holds the secrets of webhooks.
"""

import fcntl
import hashlib
import os
import re
import shutil
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import (
    AbstractContextManager,
    ExitStack,
    closing,
    contextmanager,
    nullcontext,
    suppress,
)
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import orjson
import zstandard
from sqlalchemy import select

from suanbei.common.errors import BrokenDocument, MissingFile, RegistryError
from suanbei.common.files import STANDARD
from suanbei.registry.copy import Fingerprint, copy_registry, require_empty
from suanbei.registry.data_version import leave_versions_out
from suanbei.registry.database import Database
from suanbei.registry.models import Document

FORMAT = "suanbei-backup-1"
HEAD, REGISTRY, ARCHIVE = "backup.json", "registry.sqlite3", "archive"
_SHA256 = re.compile(r"[0-9a-f]{64}")
_MEMBER = re.compile(rf"{ARCHIVE}/(?:[a-z]{{3,20}}/)?[0-9a-f]{{2}}/([0-9a-f]{{64}})")


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds. `missing` counts documents of the registry that are not in the archive.

    `registry` is the sha256 of the registry's file in it.
    """

    taken_at: str
    registry: str
    tables: Fingerprint
    documents: int
    missing: int


def write_backup(database: Database, archive: Path, path: Path) -> Backup:
    """Write a backup of a registry in use; the file appears when it is whole. `-` is standard output.

    Raises:
        RegistryError: the file cannot be written.
        DatabaseUnavailable: the registry cannot be read.
    """
    parent = archive.parent if path == STANDARD else path.parent
    try:
        if path == STANDARD:
            parent.mkdir(parents=True, exist_ok=True)
        with _work_folder(parent, ".suanbei-backup-") as folder:
            taken, whole = _pack(database, archive, folder)
            if path == STANDARD:
                with whole.open("rb") as file:
                    shutil.copyfileobj(file, sys.stdout.buffer)
            else:
                whole.replace(path)
    except OSError as error:
        raise RegistryError(f"{path}: {error.strerror or error}") from error
    return taken


def _pack(database: Database, archive: Path, folder: Path) -> tuple[Backup, Path]:
    """Write a backup into a work folder; returns what it holds, and its file."""
    head, registry, whole = folder / HEAD, folder / REGISTRY, folder / "whole"
    with closing(Database(f"sqlite:///{registry}")) as copy:
        tables = copy_registry(database, copy)
        with copy.read() as session:
            named = set(session.execute(select(Document.sha256)).scalars())
    files = _archived(archive)
    documents = {path.name for path in files if _is_document(path)}
    now, missing = datetime.now(UTC).isoformat(), len(named - documents)
    taken = Backup(now, _sha256_of(registry), tables, len(documents), missing)
    head.write_bytes(orjson.dumps({"format": FORMAT} | asdict(taken)))
    whole.touch(mode=0o600)
    with (
        whole.open("wb") as file,
        zstandard.ZstdCompressor().stream_writer(file, closefd=False) as packed,
        tarfile.open(fileobj=packed, mode="w|") as tar,
    ):
        tar.add(head, HEAD)
        tar.add(registry, REGISTRY)
        for one in files:
            tar.add(archive / one, f"{ARCHIVE}/{one.as_posix()}")
    return taken, whole


@contextmanager
def _work_folder(parent: Path, prefix: str) -> Iterator[Path]:
    """A folder that is removed at the end, and so are those that killed processes have left.

    The folder of a living process is locked.
    """
    for left in parent.glob(f"{prefix}*"):
        with suppress(FileNotFoundError), _locked(left) as is_free:
            if is_free:
                shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=parent, prefix=prefix) as name, _locked(Path(name)):
        yield Path(name)


@contextmanager
def _locked(folder: Path) -> Iterator[bool]:
    """Lock a folder for a while; False if another process has it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            is_free = True
        except BlockingIOError:
            is_free = False
        yield is_free
    finally:
        os.close(handle)


def restore_backup(path: Path, database: Database, archive: Path) -> Backup:
    """Fill an empty registry and its archive from a backup (`-`: from standard input); every byte
    is checked on the way.

    Raises:
        MissingFile, BrokenDocument: no backup there, or one that is damaged.
        RegistryError: the registry is not empty, or a file cannot be written.
        In every case there is nothing that was not there before.
    """
    if database.revision():
        with database.read() as session:
            require_empty(session)
    with ExitStack() as undo:
        try:
            _make_folder(archive, undo)
            with _work_folder(archive.parent, ".suanbei-restore-") as folder:
                taken = _unpack(path, folder)
                _remove_unless_kept(database, undo)
                _bring_documents(folder / ARCHIVE, archive, undo)
                with closing(Database(f"sqlite:///{folder / REGISTRY}")) as copy:
                    copy.migrate()  # a backup of an older version is brought up to this one
                    copy_registry(copy, database)
                with database.write() as session:
                    leave_versions_out(session)
        except OSError as error:
            raise RegistryError(f"{archive.parent}: {error.strerror or error}") from error
        undo.pop_all()
    return taken


def _unpack(path: Path, folder: Path) -> Backup:
    """Write the parts of a backup into a folder, checked, and nothing else anywhere else."""
    with _reading(path) as tar:
        for member in tar:
            found = _MEMBER.fullmatch(member.name)
            body = tar.extractfile(member) if member.isfile() else None
            if body is None or not (found or member.name in (HEAD, REGISTRY)):
                raise BrokenDocument(f"{member.name}: does not belong in a backup")
            place = folder / member.name
            place.parent.mkdir(parents=True, exist_ok=True)
            with body, place.open("wb") as file:
                shutil.copyfileobj(body, file)
            if found and _sha256_of(place) != found[1]:
                raise BrokenDocument(f"{member.name}: damaged in the backup")
    taken = _read_head(path, folder / HEAD)
    if sum(map(_is_document, _archived(folder / ARCHIVE))) != taken.documents:
        raise BrokenDocument(f"{path}: documents are missing in it")
    if _sha256_of(folder / REGISTRY) != taken.registry:
        raise BrokenDocument(f"{path}: its registry is damaged")
    return taken


def _make_folder(folder: Path, undo: ExitStack) -> None:
    """Make a folder with its parents; `undo` removes the new ones."""
    for one in reversed([folder, *folder.parents]):
        if not one.exists():
            one.mkdir()
            undo.callback(_remove_if_empty, one)


def _remove_if_empty(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()


def _remove_unless_kept(database: Database, undo: ExitStack) -> None:
    """Have `undo` remove the SQLite file, unless it exists already."""
    name = database.engine.url.database
    if not database.is_sqlite or name is None or Path(name).exists():
        return
    for suffix in ("", "-wal", "-shm"):
        undo.callback(Path(name + suffix).unlink, missing_ok=True)
    undo.callback(database.close)


def _read_head(path: Path, head: Path) -> Backup:
    try:
        said = orjson.loads(head.read_bytes())
        if said.pop("format") != FORMAT:
            raise BrokenDocument(f"{path}: a backup of another format")
        tables = {name: (rows, digest) for name, (rows, digest) in said.pop("tables").items()}
        return Backup(tables=tables, **said)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BrokenDocument(f"{path}: not a backup ({error})") from error


@contextmanager
def _reading(path: Path) -> Iterator[tarfile.TarFile]:
    try:
        opened: AbstractContextManager[BinaryIO] = (
            nullcontext(sys.stdin.buffer) if path == STANDARD else path.open("rb")
        )
    except FileNotFoundError as error:
        raise MissingFile(f"{path}: no backup there") from error
    except OSError as error:
        raise BrokenDocument(f"{path}: {error.strerror}") from error
    try:
        with (
            opened as file,
            zstandard.ZstdDecompressor().stream_reader(file) as unpacked,
            tarfile.open(fileobj=unpacked, mode="r|") as tar,
        ):
            yield tar
    except (zstandard.ZstdError, tarfile.TarError, EOFError) as error:
        raise BrokenDocument(f"{path}: not a whole backup ({error})") from error


def _archived(archive: Path) -> list[Path]:
    """The documents of an archive and the records of their origins, relative to it, in order."""
    found = [*archive.glob("??/*"), *archive.glob("*/??/*")]
    return sorted(p.relative_to(archive) for p in found if _SHA256.fullmatch(p.name))


def _is_document(path: Path) -> bool:
    """True for the path of a document in the archive, False for a record of its origin."""
    return len(path.parts) == 2


def _sha256_of(path: Path) -> str:
    """The sha256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _bring_documents(source: Path, archive: Path, undo: ExitStack) -> None:
    """Move documents into an archive; those it has are replaced by these, whose bytes are known."""
    for path in _archived(source):
        _make_folder((archive / path).parent, undo)
        if not (archive / path).exists():
            undo.callback((archive / path).unlink, missing_ok=True)
        shutil.move(source / path, archive / path)
