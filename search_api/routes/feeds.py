"""Feeds: new lists, changes, any search, and when the next lists are expected, for feed readers."""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from suanbei.common.texts import Language, Text
from suanbei.registry.cells.vocabulary import series_title
from suanbei.registry.importing.events import EventType
from suanbei.registry.importing.published import Series
from suanbei.registry.models import Batch, Event
from suanbei.registry.queries.changes import ChangesQuery, newest_changes, newest_changes_of
from suanbei.registry.queries.coverage import expected_lists
from suanbei.registry.queries.event_text import (
    FilingNames,
    filing_names,
    line_of,
    list_title,
    month_text,
    path_of,
)
from suanbei.registry.statements import in_keys
from suanbei.search_api.deps import Parts, Services
from suanbei.search_api.export.atom import MEDIA_TYPE, Entry, Feed, event_moment, render, stable_id
from suanbei.search_api.language import language_of_request
from suanbei.search_api.pages.assets import static
from suanbei.search_api.pages.templating import render as render_page
from suanbei.search_api.pages.templating import with_parameter
from suanbei.search_api.params import FilterParams
from suanbei.search_api.routes.changes import wanted_changes
from suanbei.search_api.search.results import selection_of

log = logging.getLogger(__name__)
router = APIRouter(prefix="/feeds", tags=["feeds"])
ENTRIES = 50
POLICY = "default-src 'none'; style-src 'self'; frame-ancestors 'none'"
Lang = Annotated[Language, Query(description="language of the texts")]

_BATCHES = Text("算备：新发布的备案清单", "Suanbei: new lists")
_CHANGES = Text("算备：备案动态", "Suanbei: changes")
_SEARCH = Text("算备：检索“{q}”", "Suanbei: search for “{q}”")
_EXPECTED = Text("算备：下一份清单的预计时间", "Suanbei: when the next lists are expected")
_WORDLESS = Text(
    "第 {id} 条变动（{type}）无法表述", "change {id} ({type}) cannot be put into words"
)
_DUE = Text(
    "{series}：下一份清单预计 {month}公布（按以往间隔推算，非官方预告）",
    "{series}: next list expected in {month} (from past intervals; CAC announces no dates)",
)
_LATE = Text(
    "{series}：下一份清单按以往间隔应于 {month}公布，尚未见到（最近一份：{last}）",
    "{series}: next list was to be expected in {month} and has not been seen (newest: {last})",
)
_OVERDUE = Text(
    "{series}：下一份清单迟于以往最长间隔（最近一份：{last}）",
    "{series}: the next list is later than ever before (newest: {last})",
)


@router.get("/batches.atom", response_class=Response)
def batches_feed(
    request: Request,
    parts: Parts,
    series: Annotated[list[Series] | None, Query(description="may be repeated")] = None,
    lang: Lang = Language.ZH,
) -> Response:
    """New lists, the newest first."""
    wanted = ChangesQuery((EventType.BATCH_PUBLISHED.value,), tuple(s.value for s in series or ()))
    with parts.database.read() as session:
        events = newest_changes(session, wanted, ENTRIES)
        entries = _entries(session, events, lang, parts.settings.public_url)
    return _answer(request, parts, lang, _BATCHES.say(lang), "/batches", entries)


@router.get("/changes.atom", response_class=Response)
def changes_feed(
    request: Request,
    parts: Parts,
    wanted: Annotated[ChangesQuery, Depends(wanted_changes)],
    lang: Lang = Language.ZH,
) -> Response:
    """Changes of every kind, the newest first; filters as those of /v1/changes."""
    with parts.database.read() as session:
        events = newest_changes(session, wanted, ENTRIES)
        entries = _entries(session, events, lang, parts.settings.public_url)
    return _answer(request, parts, lang, _CHANGES.say(lang), "/watch", entries)


class FeedParams(FilterParams):
    """A search as a feed: the filters of a search, each of which may be repeated."""

    q: str = Field("", max_length=200, description="any fragment, as in a search")
    lang: Language = Field(Language.ZH, description="language of the texts")


@router.get("/search.atom", response_class=Response)
def search_feed(request: Request, parts: Parts, wanted: Annotated[FeedParams, Query()]) -> Response:
    """What happens to the filings that a search finds, the newest first."""
    selection = selection_of(parts, wanted)
    page = "/search" + (f"?{request.url.query}" if request.url.query else "")
    with parts.database.read() as session:
        events = newest_changes_of(session, selection, ENTRIES)
        entries = _entries(session, events, wanted.lang, parts.settings.public_url)
    title = _SEARCH.say(wanted.lang, q=wanted.q)
    return _answer(request, parts, wanted.lang, title, page, entries)


@router.get("/expected.atom", response_class=Response)
def expected_feed(request: Request, parts: Parts, lang: Lang = Language.ZH) -> Response:
    """When the next list of each series is expected; a new entry once it is late."""
    with parts.database.read() as session:
        expected = [one for one in expected_lists(session) if one["expected_period"]]
    entries = [_expectation(one, lang, parts.settings.public_url) for one in expected]
    title = _EXPECTED.say(lang)
    answer = _answer(request, parts, lang, title, "/batches", entries)
    answer.headers["Cache-Control"] = "public, max-age=3600"  # it depends on the day
    return answer


def _expectation(one: dict[str, Any], lang: Language, public_url: str) -> Entry:
    state = "overdue" if one["overdue"] else "late" if one["late"] else "expected"
    text = {"overdue": _OVERDUE, "late": _LATE, "expected": _DUE}[state]
    line = text.say(
        lang,
        series=series_title(one["series"], lang),
        month=month_text(one["expected_period"], lang),
        last=month_text(one["last_period"], lang),
    )
    since = {"overdue": "latest_period", "late": "expected_period", "expected": "last_period"}
    place = tuple(Series).index(Series(one["series"]))
    return Entry(
        stable_id(f"expected/{one['series']}/{one['last_period']}/{state}"),
        line,
        line,
        _end_of(one[since[state]]).replace(microsecond=place),
        f"{public_url.rstrip('/')}/batches",
        (f"list.{state}", one["series"]),
    )


def _end_of(period: str) -> datetime:
    """The first moment after a month."""
    year, month = map(int, period.split("-"))
    return datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)


def _entries(
    session: Session, events: Sequence[Event], lang: Language, public_url: str
) -> list[Entry]:
    names, batches = filing_names(session, events), _batches(session, events)
    found = []
    for event in events:
        title, line = _words(event, lang, names)
        # The moment is part of the id: another registry numbers its events anew.
        name = stable_id(f"change/{event.id}/{event.at.isoformat()}")
        link = public_url.rstrip("/") + (path_of(event) or "/")
        kinds = (event.type, event.series) if event.series else (event.type,)
        moment = event_moment(event, batches.get(event.batch or ""))
        found.append(Entry(name, title, line, moment, link, kinds))
    return found


def _words(event: Event, lang: Language, names: FilingNames) -> tuple[str, str]:
    """Title and line of an event. One that has no words must not take the others' feed with it."""
    try:
        line = line_of(event, lang, names)
        if event.type != EventType.BATCH_PUBLISHED:
            return line, line
        ordinal = event.data.get("ordinal")
        return list_title(event.series or "", event.period or "", ordinal, lang), line
    except Exception:
        log.exception("event %d cannot be put into words", event.id)
        line = _WORDLESS.say(lang, id=event.id, type=event.type)
        return line, line


def _batches(session: Session, events: Sequence[Event]) -> dict[str, Batch]:
    ids = {event.batch for event in events if event.batch}
    found = session.execute(select(Batch).where(in_keys(session, Batch.id, ids))).scalars()
    return {batch.id: batch for batch in found}


def _answer(
    request: Request,
    parts: Services,
    lang: Language,
    title: str,
    page: str,
    entries: Sequence[Entry],
) -> Response:
    public = parts.settings.public_url.rstrip("/")
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if request.headers.get("sec-fetch-dest") == "document":  # a person opened it in a browser
        if "lang" not in request.query_params and language_of_request(request) != lang:
            return RedirectResponse(with_parameter(request, "lang", language_of_request(request)))
        answer = render_page(
            request, "feed.html", title=title, address=public + path, page=page, entries=entries
        )
        answer.headers["cache-control"] = "no-store"
        return answer
    feed = Feed(path, title, public + path, public + page, lang, static("feed.css"))
    # A browser would rather save Atom than show it.
    is_browser = "text/html" in request.headers.get("accept", "")
    media_type = "application/xml; charset=utf-8" if is_browser else MEDIA_TYPE
    headers = {"Content-Security-Policy": POLICY}
    return Response(render(feed, entries), media_type=media_type, headers=headers)
