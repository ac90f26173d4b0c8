"""Feeds: new lists, changes, any search, and when the next lists are expected, for feed readers.

They are Atom with stable ids, valid by RFC 4287 whatever characters a list holds, legible in a browser.
"""

import logging
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from suanbei.common.dates import BEIJING
from suanbei.common.late_imports import importing
from suanbei.common.texts import Language, Text
from suanbei.registry.cells.vocabulary import series_title
from suanbei.registry.database import in_keys
from suanbei.registry.importing.events import EventType
from suanbei.registry.importing.published import Series
from suanbei.registry.models import Batch, Event
from suanbei.registry.queries.changes import ChangesQuery, newest_changes, newest_changes_of
from suanbei.registry.queries.coverage import expected_lists
from suanbei.registry.queries.entities import find_entity
from suanbei.registry.queries.event_text import (
    FilingNames,
    filing_names,
    line_of,
    list_title,
    month_text,
    path_of,
)
from suanbei.search_api.deps import Parts
from suanbei.search_api.filings import selection_of
from suanbei.search_api.language import language_of_request
from suanbei.search_api.pages.labels import Words
from suanbei.search_api.pages.templating import address, public_base, render, static
from suanbei.search_api.params import FilterParams
from suanbei.search_api.routes.changes import wanted_changes

log = logging.getLogger(__name__)
router = APIRouter(prefix="/feeds", tags=["feeds"])
ENTRIES = 50
MEDIA_TYPE = "application/atom+xml; charset=utf-8"
BEGINNING = datetime(2022, 8, 12, tzinfo=UTC)
"""The day CAC published the first list: the age of a feed that holds nothing yet."""
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://beian.cac.gov.cn/suanbei")
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_OF_A_LIST = (EventType.BATCH_PUBLISHED, EventType.FILING_ADDED, EventType.FILING_DEREGISTERED)
"""Events that happened when a list was published, whenever it was loaded."""
POLICY = "default-src 'none'; style-src 'self'; frame-ancestors 'none'"
Lang = Annotated[Language, Query(description="language of the texts")]

_BATCHES = Text("算备：新发布的备案清单", "Suanbei: new lists")
_CHANGES = Text("算备：备案动态", "Suanbei: changes")
_SEARCH = Text("算备：检索", "Suanbei: search")
_EXPECTED = Text("算备：下一份清单的预计时间", "Suanbei: when the next lists are expected")
_WORDLESS = Text(
    "第 {id} 条变动（{type}）无法表述", "change {id} ({type}) cannot be put into words"
)
_DUE = Text(
    "{series}：下一份清单预计{month}公布（按以往间隔推算，非官方预告）",
    "{series}: next list expected in {month} (from past intervals; CAC announces no dates)",
)
_LATE = Text(
    "{series}：下一份清单按以往间隔应于{month}公布，尚未见到（最近一份：{last}）",
    "{series}: next list was expected in {month} and has not been seen (newest: {last})",
)
_OVERDUE = Text(
    "{series}：下一份清单迟于以往最长间隔（最近一份：{last}）",
    "{series}: the next list has taken longer than any before (newest: {last})",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry; `kinds` are its categories, the first one says what happened."""

    id: str
    title: str
    summary: str
    at: datetime
    path: str
    kinds: tuple[str, ...]


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
        entries = _entries(session, newest_changes(session, wanted, ENTRIES), lang)
        title = _title(session, request, _BATCHES, lang)
    return _answer(request, lang, title, "/batches", entries)


@router.get("/changes.atom", response_class=Response)
def changes_feed(
    request: Request,
    parts: Parts,
    wanted: Annotated[ChangesQuery, Depends(wanted_changes)],
    lang: Lang = Language.ZH,
) -> Response:
    """Changes of every kind, the newest first; filters as those of /v1/changes."""
    with parts.database.read() as session:
        entries = _entries(session, newest_changes(session, wanted, ENTRIES), lang)
        title = _title(session, request, _CHANGES, lang, type="event")
    return _answer(request, lang, title, "/watch", entries)


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
        entries = _entries(session, events, wanted.lang)
        title = _title(session, request, _SEARCH, wanted.lang)
    return _answer(request, wanted.lang, title, page, entries)


def _title(session: Session, request: Request, what: Text, lang: Language, **tables: str) -> str:
    """The title of a feed and what was asked for, by which readers tell their feeds apart:
    算备：备案动态（已注销、某某公司）. `tables` name the words of a parameter, if not by its own name."""
    words, said, tables = Words(lang), [], {"series": "series_title"} | tables
    for name, value in request.query_params.multi_items():
        entity = find_entity(session, value) if name == "entity" else None
        if value.strip() and name != "lang":
            said.append(entity.name if entity else words(tables.get(name, name), value.strip()))
    if not said:
        return what.say(lang)
    if lang is Language.ZH:
        return f"{what.zh}（{'、'.join(said)}）"
    return f"{what.en} ({', '.join(said)})"


@router.get("/expected.atom", response_class=Response)
def expected_feed(request: Request, parts: Parts, lang: Lang = Language.ZH) -> Response:
    """When the next list of each series is expected; a new entry once it is late."""
    with parts.database.read() as session:
        expected = [one for one in expected_lists(session) if one["expected_period"]]
    entries = [_expectation(one, lang) for one in expected]
    answer = _answer(request, lang, _EXPECTED.say(lang), "/batches", entries)
    answer.headers["Cache-Control"] = "public, max-age=3600"  # it depends on the day
    return answer


def _expectation(one: dict[str, Any], lang: Language) -> Entry:
    if one["overdue"]:
        state, text, since = "overdue", _OVERDUE, one["latest_period"]
    elif one["late"]:
        state, text, since = "late", _LATE, one["expected_period"]
    else:
        state, text, since = "expected", _DUE, one["last_period"]
    line = text.say(
        lang,
        series=series_title(one["series"], lang),
        month=month_text(one["expected_period"], lang),
        last=month_text(one["last_period"], lang),
    )
    place = tuple(Series).index(Series(one["series"]))
    return Entry(
        _stable_id(f"expected/{one['series']}/{one['last_period']}/{state}"),
        line,
        line,
        _end_of(since, UTC).replace(microsecond=place),
        "/batches",
        (f"list.{state}", one["series"]),
    )


def _entries(session: Session, events: Sequence[Event], lang: Language) -> list[Entry]:
    names = filing_names(session, events)
    ids = {event.batch for event in events if event.batch}
    listed = session.execute(select(Batch).where(in_keys(session, Batch.id, ids))).scalars()
    batches = {batch.id: batch for batch in listed}
    return [
        Entry(
            # The moment is part of the id: another registry numbers its events anew.
            _stable_id(f"change/{event.id}/{event.at.isoformat()}"),
            *_words(event, lang, names),
            _moment(event, batches.get(event.batch or "")),
            path_of(event) or "/",
            (event.type, event.series) if event.series else (event.type,),
        )
        for event in events
    ]


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


def _moment(event: Event, batch: Batch | None) -> datetime:
    """When it happened: for what a list brought, when that was published; else when it was seen.

    A list without a date is dated by the last day of its month. All events of a list happen at once, but
    readers sort by this and take equal entries for one: the fraction is the event's place in the log.
    """
    at = event.at
    if batch is not None and event.type in _OF_A_LIST:
        if batch.published_on:
            at = min(at, datetime.combine(batch.published_on, time(), BEIJING).astimezone(UTC))
        elif re.fullmatch(r"\d+-\d+", batch.period):
            at = min(at, (_end_of(batch.period, BEIJING) - timedelta(days=1)).astimezone(UTC))
    return at.replace(microsecond=event.id % 1_000_000)


def _end_of(period: str, zone: tzinfo) -> datetime:
    """The moment after a month (`YYYY-MM`)."""
    year, month = map(int, period.split("-"))
    return datetime(year + month // 12, month % 12 + 1, 1, tzinfo=zone)


def _answer(
    request: Request, lang: Language, title: str, page: str, entries: Sequence[Entry]
) -> Response:
    """The feed, its entries the newest first; `page` has the same content for people."""
    base = public_base(request)
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if request.headers.get("sec-fetch-dest") == "document":  # a person opened it in a browser
        if "lang" not in request.query_params and language_of_request(request) != lang:
            asked = request.query_params.multi_items()
            here = address(request.url.path, asked, lang=language_of_request(request))
            return RedirectResponse(here)
        answer = render(
            request, "feed.html", title=title, address=base + path, page=page, entries=entries
        )
        answer.headers["cache-control"] = "no-store"
        return answer
    # A browser would rather save Atom than show it.
    is_browser = "text/html" in request.headers.get("accept", "")
    media_type = "application/xml; charset=utf-8" if is_browser else MEDIA_TYPE
    body = _atom(base, path, title, page, lang, entries)
    return Response(body, media_type=media_type, headers={"Content-Security-Policy": POLICY})


def _atom(
    base: str, path: str, title: str, page: str, lang: Language, entries: Sequence[Entry]
) -> bytes:
    """The feed at a path of the address `base`, with a style sheet that makes it legible in a browser."""
    with importing:  # 6 MB, for those whom somebody asks for a feed
        from feedgen.feed import FeedGenerator

    atom = FeedGenerator()
    atom.id(_stable_id(f"feed/{path}"))
    atom.title(_clean(title))
    atom.author(name="算备 Suanbei")
    atom.generator("Suanbei")
    atom.language("zh-CN" if lang is Language.ZH else "en")
    atom.link(href=base + path, rel="self", type="application/atom+xml")
    atom.link(href=base + page, rel="alternate", type="text/html")
    atom.updated(max((entry.at for entry in entries), default=BEGINNING))
    for one in entries:
        entry = atom.add_entry(order="append")
        entry.id(one.id)
        entry.title(_clean(one.title) or _clean(one.summary))
        entry.summary(_clean(one.summary))
        entry.updated(one.at)
        entry.published(one.at)
        entry.link(href=base + one.path, rel="alternate", type="text/html")
        for kind in one.kinds:
            entry.category(term=kind)
    head, body = atom.atom_str(pretty=True).split(b"\n", 1)
    style = f'<?xml-stylesheet type="text/css" href="{static("feed.css")}"?>'
    return b"\n".join((head, style.encode(), body))


def _stable_id(name: str) -> str:
    """An id that depends on nothing but the name."""
    return uuid.uuid5(_NAMESPACE, name).urn


def _clean(text: str) -> str:
    """The text without what XML cannot hold, on one line."""
    return " ".join(_NO_XML.sub("", text).split())
