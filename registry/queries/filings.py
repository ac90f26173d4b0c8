"""Filings and lists as the API and the command line show them; all that is known of one number, and what happened to it."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from suanbei.common.dates import rfc3339
from suanbei.common.errors import NotFound
from suanbei.common.texts import Language
from suanbei.registry.cells.numbers import AlgorithmNumber, number_key, parse_number
from suanbei.registry.database import in_keys
from suanbei.registry.importing.published import PUBLISHED_FIELDS, Series
from suanbei.registry.models import Batch, Document, Entity, Event, Filing, Listing, Version
from suanbei.registry.queries.coverage import coverage
from suanbei.registry.queries.number_parts import anatomy, registrants_of

View = dict[str, Any]
_ORDER = {"listed": 0, "changed": 1, "deregistered": 2, "vanished": 3}
"""What happened, in the order of one day."""


def batch_views(session: Session, query: Select[tuple[Batch]]) -> list[View]:
    """Batches as DESIGN.md shows them, each with the document of its current version."""
    batches = list(session.execute(query).scalars())
    ids = [batch.current_version_id for batch in batches]
    current = select(Version.batch_id, Document).join(Document, Document.sha256 == Version.sha256)
    current = current.where(in_keys(session, Version.id, ids))
    documents = dict(session.execute(current).tuples().all())
    return [
        {
            "id": batch.id,
            "series": batch.series,
            "period": batch.period,
            "ordinal": batch.ordinal,
            "title": batch.title,
            "rows": batch.rows,
            "published_on": batch.published_on.isoformat() if batch.published_on else None,
            "notice_url": batch.notice_url or None,
            "source": batch.source,
            "document": _document_view(documents[batch.id], batch.document_url),
        }
        for batch in batches
    ]


def _document_view(document: Document, url: str) -> View:
    """A document; `origin` is published, converted or transcribed: only the first is evidence."""
    return {
        "url": url or None,
        "sha256": document.sha256,
        "format": document.format,
        "origin": document.origin,
        "fetched_at": rfc3339(document.fetched_at),
    }


def count_filings(session: Session) -> int:
    """How many filings the registry holds."""
    return session.execute(select(func.count()).select_from(Filing)).scalar_one()


def filing_views(session: Session, filings: Sequence[Filing | Row[Any]]) -> list[View]:
    """Filings as DESIGN.md shows them in the order given, each with its listings; rows of the table serve as well."""
    ids = {filing.entity_id for filing in filings}
    columns = select(Entity.id, Entity.name, Entity.former_names)
    entities = {
        row.id: {"id": row.id, "name": row.name, "former_names": row.former_names}
        for row in session.execute(columns.where(in_keys(session, Entity.id, ids)))
    }
    listings = _listings(session, {filing.number_key for filing in filings})
    return [
        {
            "number": filing.number,
            "series": filing.series,
            "name": filing.name,
            "type": filing.type,
            "label": filing.label,
            "role": filing.role,
            "entity": entities[filing.entity_id],
            "products": filing.products,
            "product": filing.product,
            "purpose": filing.purpose,
            "remark": filing.remark,
            "status": filing.status,
            "region": filing.region,
            "division": filing.division,
            "year": filing.year,
            "filed_on": filing.filed_on,
            "first_period": filing.first_period,
            "last_period": filing.last_period,
            "flags": filing.flags,
            "listings": [
                one
                for one in listings.get(filing.number_key, ())
                if one["series"] in (filing.series, Series.DEREGISTRATION)
            ],
            "changes": filing.changes,
        }
        for filing in filings
    ]


def filings_by_number(session: Session, keys: Collection[str]) -> dict[str, list[View]]:
    """The filings of numbers, as far as they are listed, by their key: one a register."""
    found: dict[str, list[View]] = {}
    if keys:
        query = select(Filing.__table__).where(in_keys(session, Filing.number_key, keys))
        rows = session.execute(query.order_by(Filing.series)).all()
        for row, view in zip(rows, filing_views(session, rows), strict=True):
            found.setdefault(row.number_key, []).append(view)
    return found


def _listings(session: Session, keys: Iterable[str]) -> dict[str, list[View]]:
    """The appearances of each number, the oldest first: the evidence, and the row as published."""
    place = (Listing.number_key, Listing.version_id, Listing.table, Listing.page, Listing.row)
    columns = (*place, Listing.extra, *(getattr(Listing, name) for name in PUBLISHED_FIELDS))
    query = (
        select(*columns)
        .join(Version, Version.id == Listing.version_id)
        .join(Batch, Batch.id == Version.batch_id)
        .where(in_keys(session, Listing.number_key, keys))
        .order_by(Batch.period, Batch.id, Version.last_seen_at, Listing.position)
    )
    rows = session.execute(query).tuples().all()
    of_version = (
        select(Version, Batch, Document)
        .join(Batch, Batch.id == Version.batch_id)
        .join(Document, Document.sha256 == Version.sha256)
        .where(in_keys(session, Version.id, {row[1] for row in rows}))
    )
    versions = {row[0].id: _version_view(*row) for row in session.execute(of_version).tuples()}
    found: dict[str, list[View]] = {}
    for key, version, table, page, row, extra, *published in rows:
        cells = dict(zip(PUBLISHED_FIELDS, published, strict=True))
        if extra:
            cells["extra"] = extra
        shown = versions[version] | {"table": table, "page": page, "row": row, "published": cells}
        found.setdefault(key, []).append(shown)
    return found


def _version_view(version: Version, batch: Batch, document: Document) -> View:
    """Which list in which document: the part of a listing that all rows of a version share."""
    return {
        "batch": batch.id,
        "series": batch.series,
        "period": batch.period,
        "title": batch.title,
        "published_on": batch.published_on.isoformat() if batch.published_on else None,
        "notice_url": batch.notice_url or None,
        "document": _document_view(document, document.url or batch.document_url),
        "current": version.id == batch.current_version_id,
        "first_seen_at": rfc3339(version.first_seen_at),
        "last_seen_at": rfc3339(version.last_seen_at),
    }


def filing_record(
    session: Session, number: str, language: Language = Language.EN, series: str = ""
) -> View:
    """The filing of a number (the active one, the newest, where it stands in several registers).

    Beside the filing itself: `same_number` (its filings in other registers), `history` (see
    `history_of`), `anatomy` and `coverage`.

    Raises:
        NotFound: no list has ever shown it.
    """
    key = number_key(number)
    covered = coverage(session)
    filings = filings_by_number(session, [key]).get(key, [])
    wanted = [filing for filing in filings if series in ("", filing["series"])]
    if not wanted:
        raise NotFound(f"filing {number[:100]}: in no list known")
    main = max(wanted, key=lambda filing: (filing["status"] == "active", filing["last_period"]))
    parsed = parse_number(main["number"])
    code = parsed.registrant if isinstance(parsed, AlgorithmNumber) else ""
    return main | {
        "same_number": [filing for filing in filings if filing is not main],
        "history": history_of(session, filings),
        "anatomy": anatomy(
            parsed, language, registrants_of(session, [code] if code else []).get(code)
        ),
        "coverage": covered,
    }


def history_of(session: Session, filings: Sequence[View]) -> list[View]:
    """What happened to a number, oldest first.

    Each step has `on` (`YYYY-MM` or `YYYY-MM-DD`, empty if the lists do not date it), `what`
    (listed, changed, deregistered, vanished), `series` and `batch`; a change has `field`,
    `before`, `after` (empty where 备注 does not give them), `source` (`remark` or `versions`) and
    `first_seen_at`, when the registry first saw it.
    """
    steps = list(_vanishings(session, filings))
    for filing in filings:
        steps += [*_appearances(filing), *_changes(filing)]
    unique = {repr(sorted(step.items(), key=lambda item: item[0])): step for step in steps}
    # An undated change stands behind the list whose 备注 tells of it.
    ordered = sorted(
        unique.values(),
        key=lambda step: (step["on"] or step["of"], _ORDER[step["what"]], step["batch"]),
    )
    return [{name: step[name] for name in step if name != "of"} for step in ordered]


def _appearances(filing: View) -> Iterator[View]:
    """The first listing of each list that shows a filing."""
    for listing in {one["batch"]: one for one in reversed(filing["listings"])}.values():
        withdrawn = listing["series"] == Series.DEREGISTRATION
        on = listing["published_on"] or listing["period"]
        yield {
            "on": on,
            "of": on,
            "what": "deregistered" if withdrawn else "listed",
            "series": listing["series"],
            "batch": listing["batch"],
            "title": listing["title"],
            "first_seen_at": listing["first_seen_at"],
        }


def _changes(filing: View) -> Iterator[View]:
    first = {one["batch"]: one for one in reversed(filing["listings"])}
    last = {one["batch"]: one for one in filing["listings"]}
    for change in filing["changes"]:
        batch = change["batch"]
        dated = last.get(batch)
        seen = first[batch]["first_seen_at"] if batch in first else None
        yield {
            "on": change["when"],
            "of": dated["published_on"] or dated["period"] if dated else filing["first_period"],
            "what": "changed",
            "series": filing["series"],
            "batch": batch,
            "field": change["field"],
            "before": change["before"],
            "after": change["after"],
            "source": change["source"],
            "first_seen_at": change["when"] if change["source"] == "versions" else seen,
        }


def _vanishings(session: Session, filings: Sequence[View]) -> Iterator[View]:
    numbers = {filing["number"] for filing in filings}
    query = select(Event).where(Event.number.in_(numbers), Event.type == "filing.vanished")
    for event in session.execute(query.order_by(Event.id)).scalars():
        on = event.at.date().isoformat()
        yield {
            "on": on,
            "of": on,
            "what": "vanished",
            "series": event.series,
            "batch": event.batch or "",
            "first_seen_at": rfc3339(event.at),
        }
