"""From bytes to the registry: archive, parse, import. The same for a crawl and a local file."""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

from suanbei.common.errors import EmptyDocument, ListShrunk, MissingFile
from suanbei.crawler.archive import Archive
from suanbei.crawler.provenance import Record, keep_origin, origins_of
from suanbei.parsers import read_in_subprocess
from suanbei.registry.database import Database
from suanbei.registry.importing.batches import Origin
from suanbei.registry.importing.documents import Import, ImportReport, import_document
from suanbei.registry.importing.published import ParsedDocument, Series


@dataclass(frozen=True, slots=True)
class Taken:
    """A document taken in: what was read, and what came of it."""

    parsed: ParsedDocument
    report: ImportReport
    sha256: str


def take_in(
    database: Database,
    archive: Archive,
    data: bytes,
    name: str,
    origin: Origin,
    *,
    accept: bool = False,
    period: str = "",
) -> Taken:
    """Parse a document, archive it, import it: a document that cannot be read is not archived.

    Raises:
        DocumentError: it cannot be read as a list.
        RegistryError: it cannot be kept; nothing has changed.
    """
    parsed = parse_bytes(data, name, origin, period)
    if origin.ordinal is None:
        origin = replace(origin, ordinal=parsed.ordinal)
    known = hashlib.sha256(data).hexdigest() in archive
    sha256 = archive.put(data)
    record = keep_origin(archive, Record(sha256, origin, accept, period))
    try:
        report = import_document(database, Import(parsed, sha256, len(data), origin, accept=accept))
    except ListShrunk:
        if not known:
            archive.discard(sha256)  # refused: as if it had never come
        origins_of(archive).discard(record)
        raise
    return Taken(parsed, report, sha256)


def parse_bytes(data: bytes, name: str, origin: Origin, period: str = "") -> ParsedDocument:
    """Parse a document with what is known of where it came from.

    Raises:
        DocumentError: it cannot be read as a list.
    """
    return read_in_subprocess(
        data, name=name, title=origin.notice_title, period=period or _period(origin)
    )


def _period(origin: Origin) -> str:
    return f"{origin.published_on:%Y-%m}" if origin.published_on else ""


def read_file(path: Path) -> bytes:
    """The bytes of a local file.

    Raises:
        MissingFile: it is not there, is a folder, or may not be read.
        EmptyDocument: it has no bytes.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise MissingFile(f"{path}: {error.strerror}") from error
    if not data:
        raise EmptyDocument(f"{path}: the file is empty")
    return data


def parse_file(path: Path, series: Series | None = None) -> ParsedDocument:
    """Read a local file without keeping anything."""
    return read_in_subprocess(read_file(path), name=str(path), series=series)
