"""Subscriptions and their messages in the shape that the API and the command line show them."""

from typing import Any

from suanbei.registry.notifications.channels import shown_target
from suanbei.registry.queries.filings import View, rfc3339
from suanbei.registry.watcher_models import Delivery, Subscription


def subscription_view(one: Subscription, *, with_secret: bool = False) -> View:
    """A subscription. Its secret is shown when it is made or rotated, and never again."""
    view: dict[str, Any] = {
        "id": one.id,
        "name": one.name,
        "events": one.events,
        "filter": one.filter,
        "deliver": shown_target(one.deliver),
        "mode": one.mode,
        "language": one.language,
        "created_at": rfc3339(one.created_at),
        "after": one.cursor,
        "failing_since": rfc3339(one.failing_since),
    }
    if with_secret:
        view["secret"] = one.secrets[0]["secret"] if one.secrets else None
    return view


def delivery_view(one: Delivery) -> View:
    """A message: what it tells of, and how sending it went. `reason` is that of the last failure."""
    return {
        "id": one.message_id,
        "kind": one.kind,
        "first_change": one.first_event,
        "last_change": one.last_event,
        "state": one.state,
        "attempts": one.attempts,
        "status": one.status,
        "reason": one.reason or None,
        "created_at": rfc3339(one.created_at),
        "next_at": rfc3339(one.next_at) if one.state == "pending" else None,
        "done_at": rfc3339(one.done_at),
    }
