"""Reads what the sites publish of notices: the lists that lead to them, and a notice's own page.

There are two lists: the filing system's, and a channel of CAC's site.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from lxml.etree import _Element, iterwalk
from parsel import Selector
from pydantic import AliasChoices, BaseModel, Field, ValidationError

from suanbei.common.dates import NUMERAL, date_of, number_of
from suanbei.common.errors import NothingListed, UnexpectedAnswer
from suanbei.crawler.sources import Attachments, ChannelListStart

_Model = TypeVar("_Model", bound=BaseModel)
_SPACES = re.compile(r"[\s\u200b\ufeff]+")
_BETWEEN_WORDS = re.compile(r"(?<=[A-Za-z])\x00(?=[A-Za-z0-9])|(?<=[0-9])\x00(?=[A-Za-z])")
_BATCH = re.compile(rf"第({NUMERAL})批")
_ATTACHMENT = re.compile(rf"附件[:：]?({NUMERAL})(?![0-9年月])")


@dataclass(frozen=True, slots=True)
class ListedNotice:
    """One entry of a list. `link` is as published: a page's address, or a path that may be dead."""

    title: str
    link: str
    published_on: date | None
    notice_id: str = ""


@dataclass(frozen=True, slots=True)
class ChannelPage:
    """One page of a channel; `total` counts the entries of all pages."""

    notices: tuple[ListedNotice, ...]
    total: int


class _Entry(BaseModel):
    """An entry of either list, by the names that the filing system or CAC's site has for its fields."""

    title: str | None = Field(None, validation_alias=AliasChoices("title", "topic"))
    link: str | None = Field(None, validation_alias=AliasChoices("content", "infourl"))
    time: str | None = Field(None, validation_alias=AliasChoices("createTime", "pubtime"))
    notice_id: str | None = Field(None, validation_alias="noticeId")

    def listed(self) -> ListedNotice:
        """The entry with its title joined and its date read."""
        title, link = joined_label(self.title or ""), (self.link or "").strip()
        return ListedNotice(title, link, date_of(self.time or ""), self.notice_id or "")


class _NoticeList(BaseModel):
    errno: int = 0
    errmsg: str | None = None
    datas: list[_Entry] | None = None


class _Channel(BaseModel):
    entries: list[_Entry] = Field(validation_alias="list")
    total: int = Field(0, validation_alias="totalRec")


def read_notice_list(body: bytes, url: str) -> tuple[ListedNotice, ...]:
    """Read `{"errno": 0, "datas": [...]}`. `url` is for messages.

    Raises:
        UnexpectedAnswer: no such JSON, or the site's own error (440: wants a login).
    """
    answer = _json(_NoticeList, body, url)
    if answer.errno or answer.datas is None:
        message = joined_label(answer.errmsg or "")
        raise UnexpectedAnswer(f"{url}: errno {answer.errno} {message}".strip())
    return tuple(entry.listed() for entry in answer.datas)


def read_channel(body: bytes, url: str) -> ChannelPage:
    """Read `{"list": [{"topic", "infourl", "pubtime"}], "totalRec"}`. `url` is for messages.

    Raises:
        UnexpectedAnswer: no such JSON.
    """
    answer = _json(_Channel, body, url)
    return ChannelPage(tuple(entry.listed() for entry in answer.entries), answer.total)


def _json(model: type[_Model], body: bytes, url: str) -> _Model:
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise UnexpectedAnswer(f"{url}: {field + ': ' if field else ''}{first['msg']}") from error


def is_at_end(
    page: ChannelPage, number: int, before: tuple[ListedNotice, ...], start: ChannelListStart
) -> bool:
    """Whether a channel's list ends with its `number`th page; `before` are the notices of the one before.

    It ends where it is counted, empty, or repeats itself because the site ignores paging, and where
    all notices are older than the source.
    """
    counted = 0 < page.total <= number * start.per_page
    dates = [notice.published_on for notice in page.notices if notice.published_on]
    old = start.since is not None and bool(dates) and max(dates) < start.since
    return not page.notices or page.notices == before or counted or old


@dataclass(frozen=True, slots=True)
class Attachment:
    """A link to a document: address as published, label joined, N of 附件N or 第N批."""

    href: str
    label: str
    ordinal: int | None = None


@dataclass(frozen=True, slots=True)
class NoticePage:
    """What a page says. `leftovers` are labels of links that only look like attachments."""

    title: str
    published_on: date | None
    attachments: tuple[Attachment, ...]
    leftovers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Link:
    href: str
    text: str
    before: str


def read_page(text: str, rules: Attachments, url: str) -> NoticePage:
    """Read a page by its rules. `url` is for messages.

    Raises:
        UnexpectedAnswer: the page has no such body or title.
        NothingListed: no attachment is recognised.
    """
    page = Selector(text, type="html")
    bodies = page.css(rules.body)
    title = joined_label("".join(page.css(rules.title)[:1].xpath(".//text()").getall()))
    if not bodies or not title:
        raise UnexpectedAnswer(f"{url}: no {'title' if bodies else 'body'} where one is expected")
    day = date_of(joined_label("".join(page.css(rules.date).xpath(".//text()").getall())))
    links = [link for body in bodies[:1] for link in _links(body.root)]
    candidates = [link for link in _merged(links) if rules.href.search(link.href)]
    known = [link for link in candidates if not rules.label or rules.label.search(link.text)]
    if not known:
        raise NothingListed(f"{url}: no attachment is recognised on the page")
    leftovers = [
        link.text or link.href
        for link in candidates
        if link not in known and not (rules.ignore and rules.ignore.search(link.text))
    ]
    found = tuple(
        Attachment(link.href, link.text, ordinal_of(title, link.before + link.text))
        for link in known
    )
    return NoticePage(title, day, found, tuple(leftovers))


def _links(body: _Element) -> Iterator[_Link]:
    """The links of an element in order, each with the text between the last link and itself.

    Not recursive: a page may be nested deeper than a stack is high.
    """
    before = ""
    steps = iterwalk(body, events=("start", "end", "comment", "pi"))
    for step, node in steps:
        if step != "start":
            before += "" if node is body else node.tail or ""
        elif node.tag == "a" and (href := node.get("href")):
            text = "".join(str(piece) for piece in node.itertext())
            label = text if text.strip() else node.get("title") or ""
            yield _Link(href, joined_label(label), joined_label(before))
            before = ""
            steps.skip_subtree()
        elif node.tag in ("script", "style"):
            steps.skip_subtree()
        else:
            before += node.text or ""


def _merged(links: list[_Link]) -> list[_Link]:
    """One link per address: a label may be spread over several, or a link be repeated."""
    merged: dict[str, _Link] = {}
    last = ""
    for link in links:
        known = merged.get(link.href)
        if known is None:
            merged[link.href] = link
        elif (link.href == last and not link.before) or not known.text:
            merged[link.href] = replace(known, text=joined_label(known.text + link.text))
        last = link.href
    return list(merged.values())


def joined_label(text: str) -> str:
    """A text that was broken over tags and spaced unevenly, as one label.

    Spaces (of any kind) stay only between Latin words: `2026年 3月` is one label with `2026年3月`.
    """
    marked = _SPACES.sub("\x00", text.replace("\x00", " ").strip())
    return _BETWEEN_WORDS.sub(" ", marked).replace("\x00", "")


def ordinal_of(title: str, label: str) -> int | None:
    """N of 第N批 in a notice's title or a label, else of 附件N in the label."""
    found = _BATCH.search(title) or _BATCH.search(label)
    if found is None:
        numbers = _ATTACHMENT.findall(label)
        return number_of(numbers[-1]) if numbers else None
    return number_of(found[1])
