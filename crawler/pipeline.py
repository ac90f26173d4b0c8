"""From bytes to the registry: read, archived, imported. The same for a crawl and a local file."""

import sys
from dataclasses import replace
from pathlib import Path

from suanbei.common.errors import EmptyDocument, ListShrunk, MissingFile
from suanbei.crawler.archive import Archive, OriginRecord, digest_of, keep_origin, origins_of
from suanbei.parsers import VERSION, read_in_subprocess
from suanbei.registry.database import Database
from suanbei.registry.importing.batches import Origin
from suanbei.registry.importing.documents import (
    Import,
    ImportReport,
    import_document,
    seen_again,
    seen_now,
)
from suanbei.registry.importing.published import ParsedDocument


def import_fetched(
    database: Database, archive: Archive, body: bytes, origin: Origin
) -> ImportReport:
    """Import what a crawl fetched; a document that is what it was is only recorded as seen.

    Raises:
        DocumentError: it cannot be read as a list; it is not archived.
        RegistryError: it cannot be kept; nothing has changed.
    """
    origin, sha256 = seen_now(database, origin), digest_of(body)
    if sha256 in archive:
        archive.put(body, sha256)  # mends a damaged copy
        with database.write() as session:
            if seen := seen_again(session, sha256, origin, VERSION):
                return seen
    _, report = take_in(database, archive, body, origin)
    return report


def take_in(
    database: Database,
    archive: Archive,
    body: bytes,
    origin: Origin,
    *,
    accept: bool = False,
    period: str = "",
) -> tuple[ParsedDocument, ImportReport]:
    """Read a document, archive it, import it: a document that cannot be read is not archived.

    `accept` and `period` are what somebody said of it by hand.

    Raises:
        DocumentError: it cannot be read as a list.
        RegistryError: it cannot be kept; nothing has changed.
    """
    sha256 = digest_of(body)
    parsed = read_document(body, origin.label or origin.document_url, origin, period)
    if origin.ordinal is None:
        origin = replace(origin, ordinal=parsed.ordinal)
    known = sha256 in archive
    archive.put(body, sha256)
    record = keep_origin(archive, OriginRecord(sha256, origin, accept, period))
    one = Import(parsed, sha256, len(body), origin, accept=accept)
    try:
        return parsed, import_document(database, one)
    except ListShrunk:
        if not known:
            archive.discard(sha256)  # refused: as if it had never come
        origins_of(archive).discard(record)
        raise


def read_document(data: bytes, name: str, origin: Origin, period: str = "") -> ParsedDocument:
    """Read a document; its origin gives title and period where the document has none.

    Raises:
        DocumentError: it cannot be read as a list.
    """
    published = f"{origin.published_on:%Y-%m}" if origin.published_on else ""
    return read_in_subprocess(
        data, name=name, title=origin.notice_title, period=period or published
    )


def read_file(path: Path) -> bytes:
    """The bytes of a local file; `-` is standard input.

    Raises:
        MissingFile: it is not there, is a folder, or may not be read.
        EmptyDocument: it has no bytes.
    """
    try:
        data = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    except OSError as error:
        raise MissingFile(f"{path}: {error.strerror}") from error
    if not data:
        raise EmptyDocument(f"{path}: the file is empty")
    return data
