"""From events to messages as they will be sent, whatever happens between now and then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy.orm import Session

from suanbei.alerts.texts import DIGEST, TEST, TEST_TEXT, groups_of, text_of, title_of
from suanbei.common.texts import Language
from suanbei.registry.models import Event
from suanbei.registry.notifications.channels import is_webhook
from suanbei.registry.queries.changes import change_view
from suanbei.registry.queries.event_text import filing_names
from suanbei.registry.queries.filings import rfc3339
from suanbei.registry.watcher_models import Subscription

MOST_IN_DIGEST = 1000
"""Changes in the body of a webhook's digest; the rest is read from /v1/changes."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A message: its body, and the first and last event it tells of.

    The body is what a webhook gets; for chats it is JSON of `title` and `text`.
    """

    body: str
    first: int
    last: int


def compose_instant(
    session: Session, subscription: Subscription, events: Sequence[Event], public_url: str
) -> list[Draft]:
    """Messages to send at once: a webhook gets each event, a person one message a list."""
    if is_webhook(subscription.deliver):
        return [_draft(_webhook(event), [event]) for event in events]
    names, language = filing_names(session, events), Language(subscription.language)
    return [
        _draft(
            {
                "title": title_of(group, language, subscription.name),
                "text": text_of(group, language, names, public_url),
            },
            group,
        )
        for group in groups_of(events)
    ]


def compose_digest(
    session: Session,
    subscription: Subscription,
    events: Sequence[Event],
    public_url: str,
    day: datetime,
) -> Draft:
    """One message of a day's events. `day` is the moment of the digest, in the zone it is of."""
    if is_webhook(subscription.deliver):
        items = [change_view(event) for event in events[:MOST_IN_DIGEST]]
        data = {"items": items, "total": len(events), "last": events[-1].id}
        return _draft({"type": "digest", "timestamp": rfc3339(day), "data": data}, events)
    names, language = filing_names(session, events), Language(subscription.language)
    texts = [text_of(group, language, names, public_url) for group in groups_of(events)]
    title = DIGEST.say(language, day=day.date().isoformat(), name=subscription.name)
    return _draft({"title": title, "text": "\n\n".join(texts)}, events)


def body_of_test(subscription: Subscription, now: datetime) -> str:
    """The body of a test message."""
    language = Language(subscription.language)
    text = TEST_TEXT.say(language, name=subscription.name, id=subscription.id)
    if not is_webhook(subscription.deliver):
        return _json({"title": TEST.say(language), "text": text})
    data = {"subscription": subscription.id, "name": subscription.name, "text": text}
    return _json({"type": "test", "timestamp": rfc3339(now), "data": data})


def _webhook(event: Event) -> dict[str, Any]:
    return {"type": event.type, "timestamp": rfc3339(event.at), "data": change_view(event)}


def _draft(body: dict[str, Any], events: Sequence[Event]) -> Draft:
    return Draft(_json(body), events[0].id, events[-1].id)


def _json(value: dict[str, Any]) -> str:
    return orjson.dumps(value).decode()
