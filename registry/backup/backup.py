"""Backups: registry and archive in one file, taken while both are in use, checked when restored.

A backup is a tar under zstd: `backup.json` (what it is, counts and hashes of every table),
`registry.sqlite3` (the registry, whichever database it came from) and `archive/…`. The registry is read
first: documents are archived before their rows are taken in and never change, so that every
document which the registry names is in the file too. Only its owner may read it: it holds the secrets of webhooks.
"""

import io
import os
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import orjson
import zstandard
from sqlalchemy import select

from suanbei.common.errors import BrokenDocument, MissingFile, RegistryError
from suanbei.registry.backup.copy import copy_registry, require_empty
from suanbei.registry.backup.documents import (
    archived,
    bring_documents,
    is_document,
    sha256_of,
    unpack,
)
from suanbei.registry.backup.fingerprint import Fingerprint
from suanbei.registry.database import Database
from suanbei.registry.models import Document

FORMAT = "suanbei-backup-1"
HEAD, REGISTRY, ARCHIVE = "backup.json", "registry.sqlite3", "archive"


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds. `missing` are documents that the registry names and nobody archived.

    `registry` is the sha256 of the registry's file in it.
    """

    taken_at: str
    registry: str
    tables: Fingerprint
    documents: int
    missing: int


def write_backup(database: Database, archive: Path, path: Path) -> Backup:
    """Write a backup of a registry in use; the file appears when it is whole.

    Raises:
        RegistryError: the file cannot be written.
        DatabaseUnavailable: the registry cannot be read.
    """
    temporary = path.with_name(path.name + ".part")
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".backup-") as folder:
            copy = Path(folder) / REGISTRY
            tables, named = _copy(database, copy)
            files = archived(archive)
            documents = {path.name for path in files if is_document(path)}
            missing = len(named - documents)
            now = datetime.now(UTC).isoformat()
            taken = Backup(now, sha256_of(copy), tables, len(documents), missing)
            with _writing(temporary) as tar:
                _add_head(tar, taken)
                tar.add(copy, REGISTRY)
                for one in files:
                    tar.add(archive / one, f"{ARCHIVE}/{one.as_posix()}")
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise RegistryError(f"{path}: {error.strerror or error}") from error
    return taken


def restore_backup(path: Path, database: Database, archive: Path) -> Backup:
    """Fill an empty registry and its archive from a backup; every byte is checked on the way.

    Raises:
        MissingFile, BrokenDocument: no backup there, or one that is damaged; nothing has changed.
        RegistryError: the registry is not empty, or a file cannot be written.
    """
    database.migrate()
    with database.read() as session:
        require_empty(session)
    archive.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(dir=archive.parent, prefix=".restore-") as name:
            folder = Path(name)
            with _reading(path) as tar:
                unpack(tar, folder, (HEAD, REGISTRY), ARCHIVE)
            taken = _read_head(path, folder / HEAD)
            if sum(map(is_document, archived(folder / ARCHIVE))) != taken.documents:
                raise BrokenDocument(f"{path}: documents are missing in it")
            if sha256_of(folder / REGISTRY) != taken.registry:
                raise BrokenDocument(f"{path}: its registry is damaged")
            bring_documents(folder / ARCHIVE, archive)  # twice does no harm, should this stop
            _fill(database, folder / REGISTRY)
    except OSError as error:
        raise RegistryError(f"{archive.parent}: {error.strerror or error}") from error
    return taken


def _copy(database: Database, path: Path) -> tuple[Fingerprint, set[str]]:
    """Copy the registry to a file; returns what it holds, and the documents it names."""
    copy = Database(f"sqlite:///{path}")
    try:
        tables = copy_registry(database, copy)
        with copy.read() as session:
            named = set(session.execute(select(Document.sha256)).scalars())
    finally:
        copy.close()
    return tables, named


def _fill(database: Database, path: Path) -> None:
    copy = Database(f"sqlite:///{path}")
    try:
        copy.migrate()  # a backup of an older version is brought up to this one
        copy_registry(copy, database)
    finally:
        copy.close()


def _add_head(tar: tarfile.TarFile, taken: Backup) -> None:
    body = orjson.dumps({"format": FORMAT} | {n: getattr(taken, n) for n in Backup.__slots__})
    entry = tarfile.TarInfo(HEAD)
    entry.size = len(body)
    tar.addfile(entry, io.BytesIO(body))


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
def _writing(path: Path) -> Iterator[tarfile.TarFile]:
    with (
        os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file,
        zstandard.ZstdCompressor().stream_writer(file, closefd=False) as packed,
        tarfile.open(fileobj=packed, mode="w|") as tar,
    ):
        yield tar


@contextmanager
def _reading(path: Path) -> Iterator[tarfile.TarFile]:
    try:
        with (
            path.open("rb") as file,
            zstandard.ZstdDecompressor().stream_reader(file) as unpacked,
            tarfile.open(fileobj=unpacked, mode="r|") as tar,
        ):
            yield tar
    except FileNotFoundError as error:
        raise MissingFile(f"{path}: no backup there") from error
    except (zstandard.ZstdError, tarfile.TarError, EOFError) as error:
        raise BrokenDocument(f"{path}: not a whole backup ({error})") from error
