"""Feeds: new lists, changes, and any search, for feed readers."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from suanbei.common.texts import Language, Text
from suanbei.registry.importing.events import EventType, last_event_id
from suanbei.registry.importing.published import Series
from suanbei.registry.models import Event
from suanbei.registry.queries.changes import ChangesQuery, newest_changes
from suanbei.registry.queries.event_text import filing_names
from suanbei.registry.queries.filing_filter import matching_filings, newest_events_of
from suanbei.search_api.atom import BEGINNING, MEDIA_TYPE, Feed, render
from suanbei.search_api.deps import Services, services
from suanbei.search_api.params import FilterParams
from suanbei.search_api.routes.changes import wanted_changes
from suanbei.search_api.search.selection import selection_of

router = APIRouter(prefix="/feeds", tags=["feeds"])
ENTRIES = 50
Parts = Annotated[Services, Depends(services)]
Lang = Annotated[Language, Query(description="language of the texts")]
Find = Callable[[Session], list[Event]]

_BATCHES = Text("算备：新发布的备案清单", "Suanbei: new lists")
_CHANGES = Text("算备：备案动态", "Suanbei: changes")
_SEARCH = Text("算备：检索“{q}”", "Suanbei: search for “{q}”")


@router.get("/batches.atom", response_class=Response)
def batches_feed(
    request: Request,
    parts: Parts,
    series: Annotated[list[Series] | None, Query(description="may be repeated")] = None,
    lang: Lang = Language.ZH,
) -> Response:
    """New lists, the newest first."""
    wanted = ChangesQuery((EventType.BATCH_PUBLISHED.value,), tuple(s.value for s in series or ()))
    title = _BATCHES.say(lang)
    return _answer(
        request, parts, lang, title, "/batches", lambda s: newest_changes(s, wanted, ENTRIES)
    )


@router.get("/changes.atom", response_class=Response)
def changes_feed(
    request: Request,
    parts: Parts,
    wanted: Annotated[ChangesQuery, Depends(wanted_changes)],
    lang: Lang = Language.ZH,
) -> Response:
    """Changes of every kind, the newest first; filters as those of /v1/changes."""
    title = _CHANGES.say(lang)
    return _answer(
        request, parts, lang, title, "/watch", lambda s: newest_changes(s, wanted, ENTRIES)
    )


class FeedParams(FilterParams):
    """A search as a feed: the filters of a search, each of which may be repeated."""

    q: str = Field("", max_length=200, description="every word must occur")
    lang: Language = Field(Language.ZH, description="language of the texts")


@router.get("/search.atom", response_class=Response)
def search_feed(request: Request, parts: Parts, wanted: Annotated[FeedParams, Query()]) -> Response:
    """What happens to the filings that a search finds, the newest first."""
    selection = selection_of(parts, wanted.model_copy(update={"q": ""}))
    page = "/search" + (f"?{request.url.query}" if request.url.query else "")

    def find(session: Session) -> list[Event]:
        return newest_events_of(session, matching_filings(session, selection, wanted.q), ENTRIES)

    title = _SEARCH.say(wanted.lang, q=wanted.q)
    return _answer(request, parts, wanted.lang, title, page, find)


def _answer(
    request: Request, parts: Services, lang: Language, title: str, page: str, find: Find
) -> Response:
    """The feed, or 304 where the reader has it already: then nothing is searched."""
    public = parts.settings.public_url.rstrip("/")
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    with parts.database.read() as session:
        state = _state(session, f"{request.app.version} {public}{path}")
        if state.is_known_to(request):
            return Response(status_code=304, headers=state.headers)
        events = find(session)
        feed = Feed(path, title, public + path, public + page, public, lang)
        body = render(feed, events, filing_names(session, events))
    return Response(body, media_type=MEDIA_TYPE, headers=state.headers)


@dataclass(frozen=True, slots=True)
class _State:
    """What a feed is like now: its tag, and the second in which it changed."""

    tag: str
    changed: datetime

    @property
    def headers(self) -> dict[str, str]:
        """While the second of the change lasts, the date is the one before: more may happen in it,
        and whoever asks by date has to hear of that too."""
        second = timedelta(seconds=1)
        is_over = datetime.now(UTC) - self.changed >= second
        date = self.changed if is_over else self.changed - second
        return {
            "ETag": self.tag,
            "Last-Modified": format_datetime(date, usegmt=True),
            "Cache-Control": "public, max-age=60",
        }

    def is_known_to(self, request: Request) -> bool:
        """Whether the reader has it already."""
        if tags := request.headers.get("if-none-match"):
            known = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
            return self.tag in known or "*" in known
        try:
            since = parsedate_to_datetime(request.headers.get("if-modified-since", ""))
            # A date yet to come was given out by a clock that has been put back: it says nothing.
            return self.changed <= since <= datetime.now(UTC)
        except (ValueError, TypeError):  # no date, or one without a zone
            return False


def _state(session: Session, name: str) -> _State:
    version = last_event_id(session)
    at = session.execute(select(Event.at).where(Event.id == version)).scalar_one_or_none()
    digest = hashlib.sha256(name.encode()).hexdigest()[:12]
    return _State(f'"{version}-{digest}"', (at or BEGINNING).astimezone(UTC).replace(microsecond=0))
