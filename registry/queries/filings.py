"""Filings and lists as the API and the command line show them; all that is known of one number, and what happened to it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from suanbei.common.dates import rfc3339
from suanbei.common.errors import NotFound, UsageError
from suanbei.common.texts import Language
from suanbei.registry.cells.numbers import number_key, parse_number, read_numbers
from suanbei.registry.database import in_keys
from suanbei.registry.importing.published import PUBLISHED_FIELDS, Series
from suanbei.registry.models import Batch, Document, Entity, Event, Filing, Listing, Version
from suanbei.registry.queries.coverage import coverage
from suanbei.registry.queries.number_parts import anatomy, registrants_of

View = dict[str, Any]
_FIELDS = (
    "number", "series", "name", "type", "label", "role", "entity", "products", "product", "purpose",
    "remark", "status", "region", "division", "year", "filed_on", "first_period", "last_period",
    "flags",
)  # fmt: skip
"""What a filing shows of itself, in this order; in place of the name of its registrant stands the entity."""
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
    named = session.execute(columns.where(in_keys(session, Entity.id, ids))).mappings()
    entities = {one["id"]: dict(one) for one in named}
    listings = _listings(session, {filing.number_key for filing in filings})
    return [
        {name: getattr(filing, name) for name in _FIELDS}
        | {
            "entity": entities[filing.entity_id],
            "listings": [
                one
                for one in listings[filing.number_key]
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
        views = filing_views(session, rows) if rows else ()
        for row, view in zip(rows, views, strict=True):
            found.setdefault(row.number_key, []).append(view)
    return found


def _listings(session: Session, keys: Iterable[str]) -> dict[str, list[View]]:
    """The appearances of each number, the oldest first: the evidence, and the row as published."""
    place = (Listing.number_key, Listing.version_id, Listing.table, Listing.page, Listing.row)
    columns = (*place, Listing.extra, *(getattr(Listing, name) for name in PUBLISHED_FIELDS))
    query = select(*columns).join(Version).join(Batch).where(in_keys(session, place[0], keys))
    ordered = query.order_by(Batch.period, Batch.id, Version.last_seen_at, Listing.position)
    rows = session.execute(ordered).tuples().all()
    lists = select(Version, Batch, Document).join(Batch).join(Document)
    lists = lists.where(in_keys(session, Version.id, {row[1] for row in rows}))
    versions: dict[int, View] = {
        version.id: {
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
        for version, batch, document in session.execute(lists).tuples()
    }
    found = defaultdict(list)
    for key, version_id, table, page, row, extra, *cells in rows:
        published = dict(zip(PUBLISHED_FIELDS, cells, strict=True))
        shown = {"table": table, "page": page, "row": row, "published": published}
        if extra:
            published["extra"] = extra
        found[key].append(versions[version_id] | shown)
    return found


def key_asked_for(text: str) -> str:
    """The key of the one number that somebody asks for, with any text around it.

    Raises:
        UsageError: there are several in it; one of them may be listed, and their text is on no list.
    """
    found = read_numbers(text)
    if len(found) > 1:
        raise UsageError(f"{text[:100]}: {len(found)} numbers; ask for one at a time")
    return found[0].number.key if found else number_key(text)


def filing_record(
    session: Session, number: str, language: Language = Language.EN, series: str = ""
) -> View:
    """The filing of a number (the active one, the newest, where it stands in several registers).

    Beside the filing itself: `same_number` (its filings in other registers), `history` (see
    `history_of`), `anatomy` and `coverage`.

    Raises:
        NotFound: no list has ever shown it.
        UsageError: several numbers.
    """
    key = key_asked_for(number)
    covered = coverage(session)
    filings = filings_by_number(session, [key]).get(key, [])
    wanted = [filing for filing in filings if series in ("", filing["series"])]
    if not wanted:
        raise NotFound(f"filing {number[:100]}: in no list known")
    main = max(wanted, key=lambda filing: (filing["status"] == "active", filing["last_period"]))
    parsed = parse_number(main["number"])
    code = getattr(parsed, "registrant", "")
    known = registrants_of(session, [code]).get(code) if code else None
    return main | {
        "same_number": [filing for filing in filings if filing is not main],
        "history": history_of(session, filings),
        "anatomy": anatomy(parsed, language, known),
        "coverage": covered,
    }


def history_of(session: Session, filings: Sequence[View]) -> list[View]:
    """What happened to a number, oldest first.

    Each step has `on` (`YYYY-MM` or `YYYY-MM-DD`, empty if the lists do not date it), `what`
    (listed, changed, deregistered, vanished), `series` and `batch`; a change has `field`,
    `before`, `after` (empty where 备注 does not give them), `source` (`remark` or `versions`) and
    `first_seen_at`, when the registry first saw it.
    """
    numbers = {filing["number"] for filing in filings}
    query = select(Event).where(Event.number.in_(numbers), Event.type == "filing.vanished")
    steps: list[View] = [
        {
            "on": event.at.date().isoformat(),
            "what": "vanished",
            "series": event.series,
            "batch": event.batch or "",
            "first_seen_at": rfc3339(event.at),
        }
        for event in session.execute(query.order_by(Event.id)).scalars()
    ]
    dated = [(step["on"], step) for step in steps]
    dated += [step for filing in filings for step in _dated_steps(filing)]
    unique = [step for place, step in enumerate(dated) if step not in dated[:place]]
    unique.sort(key=lambda one: (one[0], _ORDER[one[1]["what"]], one[1]["batch"]))
    return [step for _, step in unique]


def _dated_steps(filing: View) -> Iterator[tuple[str, View]]:
    """Each list that shows a filing, and each of its changes, with the day by which it is sorted: an
    undated change stands behind the list whose 备注 tells of it."""
    first = {one["batch"]: one for one in reversed(filing["listings"])}
    last = {one["batch"]: one for one in filing["listings"]}
    for listing in first.values():
        on = listing["published_on"] or listing["period"]
        yield (
            on,
            {
                "on": on,
                "what": "deregistered" if listing["series"] == Series.DEREGISTRATION else "listed",
                "series": listing["series"],
                "batch": listing["batch"],
                "title": listing["title"],
                "first_seen_at": listing["first_seen_at"],
            },
        )
    for change in filing["changes"]:
        told, when = last.get(change["batch"]), change["when"]
        listed_on = told["published_on"] or told["period"] if told else filing["first_period"]
        seen = first[change["batch"]]["first_seen_at"] if told else None
        yield (
            when or listed_on,
            {
                "on": when,
                "what": "changed",
                "series": filing["series"],
                "batch": change["batch"],
                "field": change["field"],
                "before": change["before"],
                "after": change["after"],
                "source": change["source"],
                "first_seen_at": when if change["source"] == "versions" else seen,
            },
        )
