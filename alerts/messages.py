"""What subscribers are sent: JSON for programs; titles and lines, in parts, for people."""

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

import orjson
from sqlalchemy.orm import Session

from suanbei.common.dates import rfc3339
from suanbei.common.texts import Language, Text
from suanbei.registry.importing.events import EventType
from suanbei.registry.models import Event
from suanbei.registry.notifications.subscriptions import unsubscribe_path
from suanbei.registry.notifications.targets import is_webhook
from suanbei.registry.queries.changes import change_view
from suanbei.registry.queries.event_text import (
    FilingNames,
    batch_line,
    counts_line,
    filing_names,
    line_of,
    list_title,
    path_of,
)
from suanbei.registry.watching import Subscription

MOST_IN_DIGEST = 1000
"""Changes in the body of one webhook message; the rest is read from /v1/changes."""
NAMED = 20
"""Filings named of one list; the others are counted."""

TITLE = Text("算备：{what}", "Suanbei: {what}")
DIGEST = Text("算备日报 {day}：{name}", "Suanbei, {day}: {name}")
TEST = Text("算备测试消息", "Suanbei: a test message")
TEST_TEXT = Text(
    "订阅“{name}”（{id}）可以送达。", "The subscription “{name}” ({id}) can be delivered."
)
CONFIRM = Text("算备：请确认订阅“{name}”", "Suanbei: please confirm the subscription “{name}”")
CONFIRM_TEXT = Text(
    "有人（应当是您本人）在算备为此邮箱订阅了“{name}”。确认请打开：\n{confirm}\n"
    "两天内未确认即作废；如非您本人订阅，请忽略本邮件。",
    "Someone, probably you, asked Suanbei to send news of “{name}” to this address. To confirm, open\n"
    "{confirm}\nThe link is valid for two days. If it was not you, please ignore this e-mail.",
)
UNSUBSCRIBE = Text("退订或更改：{link}", "Unsubscribe or change: {link}")
_MORE = Text("……另有 {count} 条：", "… and {count} more:")
_PART = Text("{title}（{part}/{parts}）", "{title} ({part}/{parts})")


@dataclass(frozen=True, slots=True)
class MessageFormat:
    """How messages are written: the address for links, and what one message to a person may hold.

    `limit` is the most that `measure` may give for title, a line break and text together: bytes of
    UTF-8 for some services, characters for others.
    """

    public_url: str
    limit: int = 30_000
    measure: Callable[[str], int] = len


@dataclass(frozen=True, slots=True)
class Draft:
    """A message: its body, and the ids of the events it tells of.

    The body is what a webhook gets; for people it is JSON of `title` and `text`.
    """

    body: str
    events: list[int]


@dataclass(frozen=True, slots=True)
class MessageLine:
    """A line of a text, with its link and the events it tells of."""

    text: str
    link: str
    events: tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.text}\n{self.link}" if self.link else self.text


def write_messages(
    session: Session,
    subscription: Subscription,
    events: Sequence[Event],
    how: MessageFormat,
    day: datetime | None = None,
) -> list[Draft]:
    """The messages that tell of events, in order. `day` is the moment of a daily digest, else None."""
    if is_webhook(subscription.deliver):
        return _for_program(subscription, events, how, day)
    names, language, footer = filing_names(session, events), Language(subscription.language), ""
    if path := unsubscribe_path(subscription):
        footer = "\n\n" + UNSUBSCRIBE.say(language, link=how.public_url + path)
    if day:
        title = DIGEST.say(language, day=day.date().isoformat(), name=subscription.name)
        lines = [
            line
            for group in groups_of(events)
            for line in lines_of(group, language, names, how.public_url, with_title=True)
        ]
        return _parts(title, lines, footer, language, how)
    drafts = []
    for group in groups_of(events):
        title = title_of(group, language, subscription.name)
        lines = lines_of(group, language, names, how.public_url)
        drafts += _parts(title, lines, footer, language, how)
    return drafts


def body_of_test(subscription: Subscription, now: datetime, public_url: str) -> str:
    """The body of a test message."""
    language = Language(subscription.language)
    text = TEST_TEXT.say(language, name=subscription.name, id=subscription.id)
    link = f"{public_url}/watch"
    if not is_webhook(subscription.deliver):
        return _json({"title": TEST.say(language), "text": f"{text}\n{link}"})
    data = {"subscription": subscription.id, "name": subscription.name, "text": text, "url": link}
    return _json({"type": "test", "timestamp": rfc3339(now), "data": data})


def body_of_confirmation(subscription: Subscription, link: str) -> str:
    """The body of the mail that asks whether an address wants a subscription."""
    language, name = Language(subscription.language), subscription.name
    return _json(
        {
            "title": CONFIRM.say(language, name=name),
            "text": CONFIRM_TEXT.say(language, name=name, confirm=link),
        }
    )


def _for_program(
    subscription: Subscription, events: Sequence[Event], how: MessageFormat, day: datetime | None
) -> list[Draft]:
    if day:
        return [_collected("digest", rfc3339(day), events, how, {"url": f"{how.public_url}/watch"})]
    if subscription.mode != "batch":
        return [_single(event, how) for event in events]
    drafts = []
    for group in groups_of(events):
        first = group[0]
        if not first.batch:
            drafts.append(_single(first, how))
            continue
        about = {
            "batch": first.batch, "series": first.series, "period": first.period,
            "url": f"{how.public_url}/batches/{first.batch}",
        }  # fmt: skip
        drafts.append(_collected("batch", rfc3339(first.at), group, how, about))
    return drafts


def _single(event: Event, how: MessageFormat) -> Draft:
    data = _change(event, how)
    return Draft(_json({"type": event.type, "timestamp": data["at"], "data": data}), [event.id])


def _collected(
    kind: str,
    timestamp: str | None,
    events: Sequence[Event],
    how: MessageFormat,
    about: dict[str, Any],
) -> Draft:
    items = [_change(event, how) for event in events[:MOST_IN_DIGEST]]
    data = about | {"items": items, "total": len(events), "last": events[-1].id}
    body = _json({"type": kind, "timestamp": timestamp, "data": data})
    return Draft(body, [event.id for event in events])


def _change(event: Event, how: MessageFormat) -> dict[str, Any]:
    """A change as /v1/changes has it, and the page where it can be looked at."""
    return change_view(event) | {"url": how.public_url + (path_of(event) or "/")}


def groups_of(events: Sequence[Event]) -> Iterable[list[Event]]:
    """Events that belong into one message: those of one list; every monitor for itself."""
    for _, group in groupby(events, key=lambda e: e.batch or e.id):
        yield list(group)


def title_of(group: Sequence[Event], language: Language, name: str) -> str:
    """The title of a message: the list it is about, else what the subscription is called."""
    first = group[0]
    if first.type == EventType.BATCH_PUBLISHED:
        name = list_title(
            first.series or "", first.period or "", first.data.get("ordinal"), language
        )
    return TITLE.say(language, what=name)


def lines_of(
    group: Sequence[Event],
    language: Language,
    names: FilingNames,
    public_url: str,
    *,
    with_title: bool = False,
) -> list[MessageLine]:
    """A group of events as lines: a new list in one line with its counts, filings by name.

    What a new list adds is in its counts, and not told again one by one. The list's title stands in
    its line only where the message's own title is another (`with_title`).
    """
    head = [event for event in group if event.type == EventType.BATCH_PUBLISHED]
    rest = [event for event in group if event.type != EventType.BATCH_PUBLISHED]
    counted = [e for e in rest if head and e.type == EventType.FILING_ADDED]
    told = [e for e in rest if not head or e.type != EventType.FILING_ADDED]
    say = batch_line if with_title else counts_line
    lines = [MessageLine(say(one, language), public_url + path_of(one), (one.id,)) for one in head]
    if counted:
        ids = lines[0].events + tuple(event.id for event in counted)
        lines[0] = dataclasses.replace(lines[0], events=ids)
    for event in told[:NAMED]:
        link = f"{public_url}{path_of(event)}" if path_of(event) else ""
        lines.append(MessageLine(line_of(event, language, names), link, (event.id,)))
    if more := told[NAMED:]:
        link = f"{public_url}/batches/{group[0].batch}" if group[0].batch else f"{public_url}/watch"
        text = _MORE.say(language, count=len(more))
        lines.append(MessageLine(text, link, tuple(event.id for event in more)))
    return lines


def _parts(
    title: str, lines: Sequence[MessageLine], footer: str, language: Language, how: MessageFormat
) -> list[Draft]:
    """Lines in as many messages as the service's size asks for; no line is cut in two, and the footer
    ends each."""
    longest_title = _PART.say(language, title=title, part=99, parts=99)
    room = how.limit - how.measure(longest_title + footer) - 2
    parts: list[list[MessageLine]] = [[]]
    used = 0
    for line in lines:
        fitted = _fitted(line, room, how.measure)
        size = how.measure(f"{fitted}\n")
        if parts[-1] and used + size > room:
            parts.append([])
            used = 0
        parts[-1].append(fitted)
        used += size
    drafts = []
    for n, part in enumerate(parts, 1):
        own = (
            title if len(parts) == 1 else _PART.say(language, title=title, part=n, parts=len(parts))
        )
        body = _json({"title": own, "text": "\n".join(map(str, part)) + footer})
        drafts.append(Draft(body, sorted({event for line in part for event in line.events})))
    return drafts


def _fitted(line: MessageLine, room: int, measure: Callable[[str], int]) -> MessageLine:
    """A line that fits into one message: a long text is cut, its link is not."""
    text = line.text
    while text and measure(f"{text}…\n{line.link}\n") > room:
        text = text[: len(text) * 9 // 10]
    return line if text == line.text else dataclasses.replace(line, text=f"{text}…")


def _json(value: dict[str, Any]) -> str:
    return orjson.dumps(value).decode()
