"""Lists: all that CAC published, and one list against the one before."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from suanbei.common.errors import NotFound
from suanbei.registry.importing.published import ALGORITHM_SERIES, Series
from suanbei.registry.models import Batch, Entity, Filing, Listing, Version
from suanbei.registry.queries.coverage import coverage, expected_lists
from suanbei.registry.queries.filings import batch_views
from suanbei.registry.queries.selection import place_of
from suanbei.search_api.deps import Parts
from suanbei.search_api.language import language_of_request
from suanbei.search_api.pages.labels import Words
from suanbei.search_api.pages.templating import address, count, render, wants_json

router = APIRouter(include_in_schema=False)
PageNumber = Annotated[int, Query(ge=1, le=1_000_000)]
ROWS = 50
"""Rows on a page."""
_ALGORITHM = ("seq", "name", "label", "entity", "product", "purpose", "number")
COLUMNS = {
    "algorithm": (*_ALGORITHM, "remark"),
    "deep_synthesis": (*_ALGORITHM, "remark"),
    "genai_filing": ("seq", "region", "name", "entity", "number", "filed_on", "purpose", "remark"),
    "genai_registration": ("seq", "region", "name", "entity", "number", "filed_on", "remark"),
    "deregistration": (*_ALGORITHM, "filed_on"),
}
"""The columns of a list of each series, in the order of the published ones (DOMAIN.md §4)."""


class Part(NamedTuple):
    """A value of a breakdown: rows in this list and in the one before."""

    value: str
    now: int
    before: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """A list beside another: companies that are new with it, and what its filings are."""

    new_entities: list[tuple[str, str]]
    entities: int
    breakdowns: dict[str, list[Part]]


def compare(
    session: Session, batch: dict[str, Any], previous: dict[str, Any] | None = None
) -> Comparison:
    """Compare a batch (a view) with another of its series, or with none."""
    now = _filings(session, batch)
    before = _filings(session, previous) if previous else []
    owners = {filing.entity_id: filing.name for filing in now}
    breakdowns = {name: _parts(now, before, name) for name in ("type", "role", "region")}
    return Comparison(
        new_entities=_newcomers(session, batch, owners),
        entities=len(owners),
        breakdowns={name: parts for name, parts in breakdowns.items() if len(parts) > 1},
    )


def _filings(session: Session, batch: dict[str, Any]) -> Sequence[Row[Any]]:
    """`entity_id`, `name` of the company, `type`, `role` and `region` of each row's filing, in the
    current version."""
    of_series = (
        [series.value for series in ALGORITHM_SERIES]
        if batch["series"] == Series.DEREGISTRATION
        else [batch["series"]]
    )
    query = (
        select(Filing.entity_id, Entity.name, Filing.type, Filing.role, place_of().label("region"))
        .join(Entity, Entity.id == Filing.entity_id)
        .join(Listing, Listing.number_key == Filing.number_key)
        .join(Version, Version.id == Listing.version_id)
        .join(Batch, Batch.current_version_id == Version.id)
        .where(Batch.id == batch["id"], Filing.series.in_(of_series))
    )
    return session.execute(query).all()


def _newcomers(
    session: Session, batch: dict[str, Any], owners: dict[str, str]
) -> list[tuple[str, str]]:
    """(id, name) of companies that no list of any register before this one names."""
    if batch["series"] == Series.DEREGISTRATION:
        return []
    first = (
        select(Filing.entity_id)
        .group_by(Filing.entity_id)
        .having(func.min(Filing.first_period) == batch["period"])
    )
    new = set(session.execute(first).scalars())
    return sorted((owner, name) for owner, name in owners.items() if owner in new)


def _parts(now: Sequence[Row[Any]], before: Sequence[Row[Any]], name: str) -> list[Part]:
    """How often each value of a field is there now, and was before, the most frequent first."""
    here, there = (
        Counter(value for filing in some if (value := getattr(filing, name)))
        for some in (now, before)
    )
    return [Part(value, number, there[value]) for value, number in here.most_common()]


def _rows(session: Session, batch_id: str, offset: int) -> list[Listing]:
    """Rows of the current version as published, in the order of the list."""
    query = (
        select(Listing)
        .join(Batch, Batch.current_version_id == Listing.version_id)
        .where(Batch.id == batch_id)
        .order_by(Listing.position)
    )
    return list(session.execute(query.offset(offset).limit(ROWS)).scalars())


def _links(request: Request, page: int, total: int) -> dict[str, str | None]:
    """The pages before and after, and which rows are shown."""
    first, last = (page - 1) * ROWS + 1, min(page * ROWS, total)
    here, asked = request.url.path, request.query_params.multi_items()
    return {
        "previous": address(here, asked, page=page - 1) if page > 1 else None,
        "next": address(here, asked, page=page + 1) if last < total else None,
        "text": f"{count(first)}–{count(last)} / {count(total)}" if total else "",
    }


@router.get("/batches")
def batches(request: Request, parts: Parts, series: Series | None = None) -> Response:
    """Every list, the newest first."""
    if wants_json(request):
        return RedirectResponse(f"/v1/batches?{request.url.query}", 303)
    wanted = select(Batch).order_by(Batch.period.desc(), Batch.published_on.desc(), Batch.id)
    if series:
        wanted = wanted.where(Batch.series == series.value)
    with parts.database.read() as session:
        found = batch_views(session, wanted)
        covered, expected = coverage(session), expected_lists(session)
    years: dict[str, list[dict[str, Any]]] = {}
    for batch in found:
        years.setdefault(batch["period"][:4], []).append(batch)
    return render(
        request,
        "batches.html",
        years=years,
        coverage=covered,
        series=series,
        expected=[one for one in expected if series in (None, one["series"])],
    )


@router.get("/batches/{batch_id}")
def one_batch(
    request: Request,
    parts: Parts,
    batch_id: str,
    page: PageNumber = 1,
    against: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """One list: what it holds, beside the list before it or the one named; its rows as published."""
    if wants_json(request):
        return RedirectResponse(f"/v1/batches/{batch_id}", 303)
    with parts.database.read() as session:
        found = batch_views(session, select(Batch).where(Batch.id == batch_id))
        if not found:
            raise NotFound(f"batch {batch_id}: not known")
        batch = found[0]
        same = select(Batch).where(Batch.series == batch["series"]).order_by(Batch.period.desc())
        others = [one for one in batch_views(session, same) if one["id"] != batch_id]
        other = next((one for one in others if one["id"] == against), None)
        if against and other is None:
            raise NotFound(f"batch {against}: not another list of {batch['series']}")
        of_source = [one for one in (batch, *others) if one["source"] == batch["source"]]
        of_source.sort(key=lambda one: (one["period"], one["id"]))
        around = [None, *of_source, None]
        place = around.index(batch)
        previous = other or around[place - 1]
        compared = compare(session, batch, previous)
        rows = _rows(session, batch_id, (page - 1) * ROWS)
        shown = select(Version).where(Version.batch_id == batch_id)
        versions = list(session.execute(shown.order_by(Version.last_seen_at.desc())).scalars())
        session.expunge_all()
    words, series = Words(language_of_request(request)), batch["series"]
    return render(
        request,
        "batch.html",
        batch=batch,
        compared=compared,
        previous=previous,
        following=around[place + 1],
        rows=rows,
        columns=[  # one that is empty on the page is left out
            (name, words.column(series, name))
            for name in COLUMNS[series]
            if any(getattr(row, name) for row in rows)
        ],
        versions=versions,
        others=others,
        links=_links(request, page, batch["rows"]),
    )
