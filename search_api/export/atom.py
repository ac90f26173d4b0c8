"""Atom feeds: stable ids, valid by RFC 4287 whatever characters a list holds, legible in a browser."""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from suanbei.common.dates import BEIJING
from suanbei.common.late_imports import importing
from suanbei.common.texts import Language
from suanbei.registry.importing.events import EventType
from suanbei.registry.models import Batch, Event

MEDIA_TYPE = "application/atom+xml; charset=utf-8"
BEGINNING = datetime(2022, 8, 12, tzinfo=UTC)
"""The day CAC published the first list: the age of a feed that holds nothing yet."""
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://beian.cac.gov.cn/suanbei")
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_OF_A_LIST = (EventType.BATCH_PUBLISHED, EventType.FILING_ADDED, EventType.FILING_DEREGISTERED)
"""Events that happened when a list was published, whenever it was loaded."""


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed is: its own address is `self_url`, a page with the same content `page_url`.

    `style_sheet` (an address) makes it legible in a browser that asks for it like any program.
    """

    key: str
    title: str
    self_url: str
    page_url: str
    language: Language
    style_sheet: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry; `kinds` are its categories, the first one says what happened."""

    id: str
    title: str
    summary: str
    at: datetime
    link: str
    kinds: tuple[str, ...]


def render(feed: Feed, entries: Sequence[Entry]) -> bytes:
    """A feed, its entries in the order given (the newest first)."""
    with importing:  # 6 MB, for those whom somebody asks for a feed
        from feedgen.feed import FeedGenerator

    atom = FeedGenerator()
    atom.id(stable_id(f"feed/{feed.key}"))
    atom.title(_clean(feed.title))
    atom.author(name="算备 Suanbei")
    atom.generator("Suanbei")
    atom.language("zh-CN" if feed.language is Language.ZH else "en")
    atom.link(href=feed.self_url, rel="self", type="application/atom+xml")
    atom.link(href=feed.page_url, rel="alternate", type="text/html")
    atom.updated(max((entry.at for entry in entries), default=BEGINNING))
    for one in entries:
        entry = atom.add_entry(order="append")
        entry.id(one.id)
        entry.title(_clean(one.title) or _clean(one.summary))
        entry.summary(_clean(one.summary))
        entry.updated(one.at)
        entry.published(one.at)
        entry.link(href=one.link, rel="alternate", type="text/html")
        for kind in one.kinds:
            entry.category(term=kind)
    head, body = atom.atom_str(pretty=True).split(b"\n", 1)
    style = (
        f'<?xml-stylesheet type="text/css" href="{feed.style_sheet}"?>' if feed.style_sheet else ""
    )
    return b"\n".join((head, style.encode(), body))


def stable_id(name: str) -> str:
    """An id that depends on nothing but the name."""
    return uuid.uuid5(_NAMESPACE, name).urn


def event_moment(event: Event, batch: Batch | None) -> datetime:
    """When it happened: for what a list brought, when that was published; else when it was seen.

    A list without a date is dated by the end of its month. All events of a list happen at once, but
    readers sort by this and take equal entries for one: the fraction is the event's place in the log.
    """
    at = event.at
    if batch is not None and event.type in _OF_A_LIST:
        at = min(at, _published(batch) or at)
    return at.replace(microsecond=event.id % 1_000_000)


def _published(batch: Batch) -> datetime | None:
    if batch.published_on:
        return datetime.combine(batch.published_on, time(), BEIJING).astimezone(UTC)
    year, _, month = batch.period.partition("-")
    if not (year.isdecimal() and month.isdecimal()):
        return None
    after = datetime(int(year) + int(month) // 12, int(month) % 12 + 1, 1, tzinfo=BEIJING)
    return (after - timedelta(days=1)).astimezone(UTC)


def _clean(text: str) -> str:
    """The text without what XML cannot hold, on one line."""
    return " ".join(_NO_XML.sub("", text).split())
