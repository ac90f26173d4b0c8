"""Reads a notice's page: its title, its date, and the documents attached to it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from lxml.etree import _Element, iterwalk
from parsel import Selector

from suanbei.common.dates import NUMERAL, date_of, number_of
from suanbei.common.errors import NothingListed, UnexpectedAnswer
from suanbei.crawler.sources import Attachments

_SPACES = re.compile(r"[\s\u200b\ufeff]+")
_BETWEEN_WORDS = re.compile(r"(?<=[A-Za-z])\x00(?=[A-Za-z0-9])|(?<=[0-9])\x00(?=[A-Za-z])")
_BATCH = re.compile(rf"第({NUMERAL})批")
_ATTACHMENT = re.compile(rf"附件[:：]?({NUMERAL})(?![0-9年月])")


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
    """The links of an element in order, each with the text between the last link and itself."""
    before = ""
    for kind, value in _pieces(body):
        if kind == "text":
            before += value
        else:
            href, _, text = value.partition("\x00")
            yield _Link(href, joined_label(text), joined_label(before))
            before = ""


def _pieces(body: _Element) -> Iterator[tuple[str, str]]:
    """Texts and links in order. Not recursive: a page may be nested deeper than a stack is high."""
    steps = iterwalk(body, events=("start", "end", "comment", "pi"))
    for step, node in steps:
        if step == "start":
            href = node.get("href") if node.tag == "a" else None
            if href:
                text = "".join(str(piece) for piece in node.itertext())
                yield "link", f"{href}\x00{text if text.strip() else node.get('title') or ''}"
            elif node.tag not in ("script", "style"):
                yield "text", node.text or ""
                continue
            steps.skip_subtree()
        elif node is not body:
            yield "text", node.tail or ""


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
