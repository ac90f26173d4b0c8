"""Alarms: one event when a monitor is raised, and one when it is cleared."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from suanbei.common.texts import Language, Text
from suanbei.registry.importing.events import EventType, NewEvent, append_events
from suanbei.registry.watcher_models import Alarm

_CLEARED = Text("已恢复正常：{text}", "All well again: {text}")


@dataclass(frozen=True, slots=True)
class AlarmFinding:
    """Something that is wrong now: which monitor says so, of what, and of which source.

    `titles` are the source's, by language; a finding of the program itself has no source.
    """

    monitor: str
    subject: str
    text: Text
    facts: dict[str, Any] = field(default_factory=dict)
    source: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)

    @property
    def data(self) -> dict[str, Any]:
        """The data of the alarm and of its events: the text in both languages, with the source's title."""
        texts = {
            lang.value: self.text.say(lang, **self.facts | {"source": self.titles.get(lang, "")})
            for lang in Language
        }
        return {
            "monitor": self.monitor,
            "subject": self.subject,
            "source": self.source,
            "text": texts,
            "facts": self.facts,
        }


def settle_alarms(
    session: Session, findings: Sequence[AlarmFinding], looked_at: Callable[[Alarm], bool]
) -> None:
    """Raise alarms for new findings and clear alarms without a finding, if they were `looked_at`."""
    found = {(one.monitor, one.subject): one for one in findings}
    cleared = []
    for alarm in session.execute(select(Alarm)).scalars():
        if one := found.pop((alarm.monitor, alarm.subject), None):
            alarm.data = one.data
        elif looked_at(alarm):
            cleared.append(NewEvent(EventType.MONITOR_CLEARED, data=_cleared(alarm.data)))
            session.delete(alarm)
    raised = [NewEvent(EventType.MONITOR_RAISED, data=one.data) for one in found.values()]
    now = datetime.now(UTC)
    for (monitor, subject), one in found.items():
        session.add(Alarm(monitor=monitor, subject=subject, raised_at=now, data=one.data))
    append_events(session, [*raised, *cleared])
    session.flush()


def _cleared(data: dict[str, Any]) -> dict[str, Any]:
    said = {lang.value: _CLEARED.say(lang, text=data["text"][lang.value]) for lang in Language}
    return data | {"text": said}
