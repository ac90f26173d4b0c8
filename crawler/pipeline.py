"""From bytes to the registry: read, archived, imported. The same for a crawl and a local file."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from suanbei.common.errors import EmptyDocument, ListShrunk, RegistryError
from suanbei.common.files import read_whole
from suanbei.crawler.archive import Archive, OriginRecord, keep_origin, origins_of
from suanbei.crawler.items import FetchedDocument
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

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from suanbei.crawler.spider import RegisterSpider


class ImportPipeline:
    """Imports what the spider fetches, one document at a time, in a thread beside the reactor."""

    def __init__(self, crawler: "Crawler") -> None:
        self._crawler = crawler
        self._turn = asyncio.Lock()
        self._closing: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Made by Scrapy."""
        return cls(crawler)

    async def process_item(self, item: FetchedDocument) -> FetchedDocument:
        """Import a document and report what became of it.

        What is wrong with one document is its own failure. A registry or archive that takes
        nothing any more (a full disk) ends the crawl.
        """
        spider: RegisterSpider = self._crawler.spider  # type: ignore[assignment]
        assert item.target
        report, note = spider.report_of(item.target), str(item.target)
        async with self._turn:
            if spider.broken:
                return item
            try:
                result = await asyncio.to_thread(spider.import_document, item)
                report.take(result, item.target.url)
            except Exception as error:  # noqa: BLE001 - it is reported, and logged
                if isinstance(error, RegistryError) and not isinstance(error, ListShrunk):
                    spider.broken = error
                    # Not awaited: the engine waits for this very document before it closes.
                    engine = self._crawler.engine
                    assert engine
                    self._closing = asyncio.create_task(engine.close_spider_async(reason="broken"))
                    return item
                spider.fail(item.target, error)
                note = str(error)
        report.settle(note)
        return item


def import_fetched(database: Database, archive: Archive, document: FetchedDocument) -> ImportReport:
    """Import what a crawl fetched; a document that is what it was is only recorded as seen.

    Raises:
        DocumentError: it cannot be read as a list; it is not archived.
        RegistryError: it cannot be kept; nothing has changed.
    """
    document = replace(document, origin=seen_now(database, document.origin))
    if document.sha256 in archive:
        archive.put(document.body, document.sha256)  # mends a damaged copy
        with database.write() as session:
            if seen := seen_again(session, document.sha256, document.origin, VERSION):
                return seen
    _, report = take_in(database, archive, document)
    return report


def take_in(
    database: Database,
    archive: Archive,
    document: FetchedDocument,
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
    body, origin, sha256 = document.body, document.origin, document.sha256
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
        MissingFile: as `read_whole`.
        EmptyDocument: it has no bytes.
    """
    data = read_whole(path)
    if not data:
        raise EmptyDocument(f"{path}: the file is empty")
    return data
