"""The snapshot that ships: the facts of known lists, without their descriptive 主要用途 texts.

JSON lines under xz. The first line says what it is; then each document is one line with its list of
rows. Loading goes through the same import as a crawl, in one transaction: what it gives is what the
crawl of the same documents would give, but for the purposes.
"""

import json
import lzma
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from importlib import resources
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from suanbei.common.errors import BrokenDocument, MissingFile, RegistryError
from suanbei.common.files import write_whole
from suanbei.registry.database import Database
from suanbei.registry.importing.batches import Origin
from suanbei.registry.importing.documents import Import, import_documents
from suanbei.registry.importing.published import Accounting, ParsedDocument, Row, Series
from suanbei.registry.models import Batch, Document, Listing, Notice, Version

SNAPSHOT = Path(str(resources.files("suanbei.data"))) / "snapshot.jsonl.xz"
"""The shipped snapshot."""

FORMAT = "suanbei-snapshot-2"
COLUMNS = (
    "seq", "name", "label", "entity", "product", "number", "remark", "region", "filed_on",
    "table", "page", "row", "extra", "flags",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a snapshot holds, and its bytes."""

    documents: int
    rows: int
    size: int


def write_snapshot(database: Database, path: Path) -> Loaded:
    """Write the current version of every national list; `-` is standard output.

    Raises:
        RegistryError: the registry is empty, or the file cannot be written.
    """
    with database.read() as session:
        lines = list(_documents(session))
    if not lines:
        raise RegistryError("the registry is empty: nothing to write a snapshot of")
    head = {"format": FORMAT, "documents": len(lines)}
    text = "\n".join(json.dumps(line, ensure_ascii=False) for line in [head, *lines])
    packed = lzma.compress(text.encode(), preset=9)
    write_whole(path, packed)
    rows = sum(len(rows) for line in lines for rows in line["lists"].values())
    return Loaded(len(lines), rows, len(packed))


def load_snapshot(database: Database, path: Path) -> Loaded:
    """Take a snapshot in, whole or not at all.

    Raises:
        MissingFile, BrokenDocument: no snapshot, or not one of this format.
    """
    documents = _read(path)
    with database.write() as session:
        import_documents(session, documents)
    rows = sum(len(one.parsed.rows) for one in documents)
    return Loaded(len(documents), rows, path.stat().st_size)


def _read(path: Path) -> list[Import]:
    try:
        head, *lines = lzma.decompress(path.read_bytes()).decode().split("\n")
        if json.loads(head)["format"] != FORMAT:
            raise BrokenDocument(f"{path}: a snapshot of another format")
        return [_import_of(json.loads(line)) for line in lines]
    except FileNotFoundError as error:
        raise MissingFile(f"{path}: no snapshot there") from error
    except (OSError, lzma.LZMAError, ValueError, KeyError, TypeError) as error:
        raise BrokenDocument(f"{path}: not a snapshot ({error})") from error


def _documents(session: Session) -> Iterator[dict[str, Any]]:
    current = (
        select(Batch, Version, Document)
        .join(Version, Version.id == Batch.current_version_id)
        .join(Document, Document.sha256 == Version.sha256)
        .where(Batch.source == "cac")
        .order_by(Batch.period, Batch.id)
    )
    lines: dict[str, dict[str, Any]] = {}
    for batch, version, document in session.execute(current).tuples():
        line = lines.setdefault(document.sha256, _head(session, batch, document))
        columns = [getattr(Listing, name) for name in COLUMNS]
        rows = select(*columns).where(Listing.version_id == version.id).order_by(Listing.position)
        line["lists"][batch.series] = [list(row) for row in session.execute(rows).tuples()]
    yield from lines.values()


def _head(session: Session, batch: Batch, document: Document) -> dict[str, Any]:
    notice = session.get(Notice, batch.notice_url)
    return {
        "sha256": document.sha256,
        "format": document.format,
        "size": document.size,
        "origin": document.origin,
        "parser": document.parser,
        "accounting": document.accounting,
        "fetched_at": document.fetched_at.isoformat(),
        # A download token is good for one upload; the notice's page is what lasts.
        "document_url": "" if "filepath=" in document.url else document.url,
        "title": batch.title,
        "period": batch.period,
        "ordinal": batch.ordinal,
        "published_on": batch.published_on.isoformat() if batch.published_on else None,
        "notice_url": batch.notice_url,
        "notice_title": notice.title if notice else "",
        "lists": {},
    }


def _import_of(line: dict[str, Any]) -> Import:
    rows = [
        Row(
            series=Series(series),
            period=line["period"],
            **{**dict(zip(COLUMNS, values, strict=True)), "flags": tuple(values[-1])},
        )
        for series, of_series in line["lists"].items()
        for values in of_series
    ]
    kept = line["accounting"]
    parsed = ParsedDocument(
        title=line["title"],
        period=line["period"],
        format=line["format"],
        rows=tuple(rows),
        accounting=Accounting(kept["seen"], kept["kept"], kept["headers"]),
        ordinal=line["ordinal"],
        parser=line["parser"],
    )
    origin = Origin(
        notice_url=line["notice_url"],
        notice_title=line["notice_title"],
        published_on=date.fromisoformat(line["published_on"]) if line["published_on"] else None,
        document_url=line["document_url"],
        document=line["origin"],
        fetched_at=datetime.fromisoformat(line["fetched_at"]),
    )
    # Rows were judged when they were first read: a shrunken list in a snapshot was accepted then.
    return Import(parsed, line["sha256"], line["size"], origin, complete=False, accept=True)
