"""What subscribers read: titles and lines of messages, in Chinese and English."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from suanbei.common.texts import Language, Text
from suanbei.registry.importing.events import EventType
from suanbei.registry.models import Event
from suanbei.registry.queries.event_text import FilingNames, batch_line, line_of, path_of
from suanbei.registry.queries.list_titles import list_title

LINES = 20
"""Filings named in one message."""
LINKED = 5
"""Up to so many filings each has its own link."""

TITLE = Text("算备：{what}", "Suanbei: {what}")
DIGEST = Text("算备日报 {day}：{name}", "Suanbei, {day}: {name}")
TEST = Text("算备测试消息", "Suanbei: a test message")
TEST_TEXT = Text(
    "订阅“{name}”（{id}）可以送达。", "The subscription “{name}” ({id}) can be delivered."
)
_MORE = Text("……另有 {count} 条", "… and {count} more")


def groups_of(events: Sequence[Event]) -> Iterable[list[Event]]:
    """Events that belong into one message: those of one list; every monitor for itself."""
    for _, group in groupby(events, key=lambda e: e.batch or e.id):
        yield list(group)


def title_of(group: Sequence[Event], language: Language, name: str) -> str:
    """The title of a message: the list it is about, else what the subscription is called."""
    first = group[0]
    if first.type == EventType.BATCH_PUBLISHED:
        title = list_title(
            first.series or "", first.period or "", first.data.get("ordinal"), language
        )
        return TITLE.say(language, what=title)
    return TITLE.say(language, what=name)


def text_of(group: Sequence[Event], language: Language, names: FilingNames, public_url: str) -> str:
    """A group of events as text: a new list in one line with its counts, filings by name.

    What a new list adds is in its counts, and not told again one by one.
    """
    head = [event for event in group if event.type == EventType.BATCH_PUBLISHED]
    told = [e for e in group if e not in head and not (head and e.type == EventType.FILING_ADDED)]
    lines = [f"{batch_line(one, language)}\n{public_url}{path_of(one)}" for one in head]
    for event in told[:LINES]:
        line = line_of(event, language, names)
        linked = len(told) <= LINKED and path_of(event)
        lines.append(f"{line}\n{public_url}{path_of(event)}" if linked else line)
    if len(told) > LINES:
        lines.append(_MORE.say(language, count=len(told) - LINES))
    if not head and len(told) > LINKED and group[0].batch:
        lines.append(f"{public_url}/batches/{group[0].batch}")
    return "\n".join(lines)
