"""Events as Atom feeds: stable ids, valid by RFC 4287, whatever characters a list holds."""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from feedgen.feed import FeedGenerator

from suanbei.common.texts import Language
from suanbei.registry.importing.events import EventType
from suanbei.registry.models import Event
from suanbei.registry.queries.event_text import FilingNames, line_of, path_of
from suanbei.registry.queries.list_titles import list_title

MEDIA_TYPE = "application/atom+xml; charset=utf-8"
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://beian.cac.gov.cn/suanbei")
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
BEGINNING = datetime(2022, 8, 12, tzinfo=UTC)
"""The day CAC published the first list: the age of a feed that holds nothing yet."""


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed is: its own address is `self_url`, a page with the same content `page_url`."""

    key: str
    title: str
    self_url: str
    page_url: str
    public_url: str
    language: Language


def render(feed: Feed, events: Sequence[Event], names: FilingNames) -> bytes:
    """A feed of events, in the order given (the newest first)."""
    atom = FeedGenerator()
    atom.id(stable_id(f"feed/{feed.key}"))
    atom.title(_clean(feed.title))
    atom.author(name="算备 Suanbei")
    atom.generator("Suanbei")
    atom.language("zh-CN" if feed.language is Language.ZH else "en")
    atom.link(href=feed.self_url, rel="self", type="application/atom+xml")
    atom.link(href=feed.page_url, rel="alternate", type="text/html")
    atom.updated(max(map(_moment, events), default=BEGINNING))
    for event in events:
        _add(atom, feed, event, names)
    rendered: bytes = atom.atom_str(pretty=True)
    return rendered


def stable_id(name: str) -> str:
    """An id that depends on nothing but the name."""
    return uuid.uuid5(_NAMESPACE, name).urn


def _add(atom: FeedGenerator, feed: Feed, event: Event, names: FilingNames) -> None:
    line = _clean(line_of(event, feed.language, names))
    entry = atom.add_entry(order="append")
    # The moment is part of the id: another registry numbers its events anew.
    entry.id(stable_id(f"change/{event.id}/{event.at.isoformat()}"))
    entry.title(_title(event, feed.language) or line)
    entry.summary(line)
    entry.updated(_moment(event))
    entry.published(_moment(event))
    entry.link(href=feed.public_url + (path_of(event) or "/"), rel="alternate", type="text/html")
    entry.category(term=event.type)
    if event.series:
        entry.category(term=event.series)


def _moment(event: Event) -> datetime:
    """When it happened, to the second; the fraction is its place in the log.

    All events of a list happen at once, but readers sort by this and take equal entries for one.
    """
    return event.at.replace(microsecond=event.id % 1_000_000)


def _title(event: Event, language: Language) -> str:
    if event.type != EventType.BATCH_PUBLISHED:
        return ""
    data = event.data
    return _clean(list_title(event.series or "", event.period or "", data.get("ordinal"), language))


def _clean(text: str) -> str:
    """The text without what XML cannot hold, on one line."""
    return " ".join(_NO_XML.sub("", text).split())
