"""Subscriptions: who is told what. Everything here wants an API key."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from suanbei.registry.importing.events import EventType
from suanbei.registry.importing.published import Series
from suanbei.registry.notifications.outbox import (
    deliveries_of,
    delivery_view,
    enqueue_test,
    retry_parked,
)
from suanbei.registry.notifications.subscriptions import (
    SubscriptionRequest,
    change_subscription,
    count_messages,
    create_subscription,
    remove_subscription,
    rotate_secret,
    subscription_ids,
    subscription_view,
    view_by_id,
)
from suanbei.search_api.deps import Parts
from suanbei.search_api.keys import Scope, key_of, require_key
from suanbei.search_api.responses import (
    MOST_ID,
    Cursor,
    Limit,
    bad_cursor,
    decode_cursor,
    encode_cursor,
    is_whole,
)

router = APIRouter(
    prefix="/v1/subscriptions", tags=["subscriptions"], dependencies=[Depends(require_key)]
)


def masks_addresses(request: Request, parts: Parts) -> bool:
    """Whether whoever asks may only read: then addresses, which are other people's, are masked."""
    key = key_of(request.scope, parts.settings.api_keys)
    return key is not None and key.scope < Scope.WRITE


Masked = Annotated[bool, Depends(masks_addresses)]


class Filter(BaseModel):
    """Which filings: every word of `q`, an entity or several (any name, id, brand or group),
    numbers, series."""

    model_config = ConfigDict(extra="forbid")
    q: str = Field("", max_length=200)
    entity: Annotated[str, Field(max_length=200)] | list[Annotated[str, Field(max_length=200)]] = ""
    numbers: list[Annotated[str, Field(max_length=300)]] = Field([], max_length=5000)
    series: list[Series] | Series | None = None


class Changed(BaseModel):
    """What may be changed of a subscription; what is left out stays."""

    model_config = ConfigDict(extra="forbid")
    name: str | None = Field(None, max_length=200)
    events: list[EventType] | None = None
    filter: Filter | None = None
    deliver: str | None = Field(None, max_length=2000, description="https://… or an Apprise URL")
    mode: Literal["instant", "batch", "daily"] | None = None
    language: Literal["zh", "en"] | None = None


class New(Changed):
    """A subscription as somebody asks for it."""

    deliver: str = Field(max_length=2000, description="https://… or an Apprise URL")


class Subscribed(BaseModel):
    """A subscription as it is kept; `after` is the newest change that it has dealt with."""

    id: str
    name: str
    events: list[EventType]
    filter: dict[str, Any]
    deliver: str
    mode: str
    language: str
    created_at: str
    after: int
    state: Literal["active", "unconfirmed", "stopped"]
    state_reason: str | None
    pending: int
    parked: int
    failing_since: str | None


class SubscribedWithSecret(Subscribed):
    """As it is shown once: with the secret that signs its messages (webhooks only)."""

    secret: str | None


class Sent(BaseModel):
    """A message and how sending it went."""

    id: str
    kind: Literal["event", "digest", "test", "confirm"]
    first_change: int | None
    last_change: int | None
    state: Literal["pending", "delivered", "parked"]
    attempts: int
    status: int | None
    reason: str | None
    created_at: str
    next_at: str | None
    done_at: str | None


@router.post("", status_code=201, response_model=SubscribedWithSecret)
def create(parts: Parts, body: New, response: Response) -> dict[str, Any]:
    """Subscribe. The secret is shown here, once."""
    parts.check_target(body.deliver)
    with parts.database.write() as session:
        one = create_subscription(session, SubscriptionRequest(**_given(body)))
        response.headers["Location"] = f"/v1/subscriptions/{one.id}"
        return subscription_view(session, one, with_secret=True)


@router.get("", name="list")
def list_all(
    parts: Parts, masked: Masked, limit: Limit = 20, cursor: Cursor = ""
) -> dict[str, Any]:
    """Subscriptions, the oldest first."""
    after = decode_cursor(cursor) if cursor else None
    with parts.database.read() as session:
        ids = subscription_ids(session)
        if cursor and after not in ids:
            raise bad_cursor()
        start = ids.index(str(after)) + 1 if cursor else 0
        page = ids[start : start + limit]
        more = len(ids) > start + limit
        return {
            "items": [view_by_id(session, id_, masked=masked) for id_ in page],
            "total": len(ids),
            "next": encode_cursor(page[-1]) if more else None,
        }


@router.get("/{id}", response_model=Subscribed)
def show(parts: Parts, masked: Masked, id: str) -> dict[str, Any]:
    """One subscription."""
    with parts.database.read() as session:
        return view_by_id(session, id, masked=masked)


@router.patch("/{id}", response_model=Subscribed)
def change(parts: Parts, id: str, body: Changed) -> dict[str, Any]:
    """Change some of its fields."""
    if body.deliver is not None:
        parts.check_target(body.deliver)
    with parts.database.write() as session:
        return subscription_view(session, change_subscription(session, id, _given(body)))


@router.delete("/{id}", status_code=204)
def remove(parts: Parts, id: str) -> None:
    """Unsubscribe."""
    with parts.database.write() as session:
        remove_subscription(session, id)


@router.post("/{id}/rotate", response_model=SubscribedWithSecret)
def rotate(parts: Parts, id: str) -> dict[str, Any]:
    """A new secret; for a day messages are signed with the old one as well."""
    with parts.database.write() as session:
        return subscription_view(session, rotate_secret(session, id), with_secret=True)


@router.post("/{id}/test", status_code=202, response_model=Sent)
def test(parts: Parts, id: str) -> dict[str, Any]:
    """Send a test message, once; `…/deliveries` tells how it went."""
    with parts.database.write() as session:
        return delivery_view(enqueue_test(session, id))


@router.post("/{id}/retry")
def retry(parts: Parts, id: str) -> dict[str, int]:
    """Put parked messages back into the queue."""
    with parts.database.write() as session:
        return {"queued": retry_parked(session, id)}


@router.get("/{id}/deliveries")
def deliveries(parts: Parts, id: str, limit: Limit = 20, cursor: Cursor = "") -> dict[str, Any]:
    """Its messages, the newest first."""
    before = decode_cursor(cursor) if cursor else None
    if cursor and not is_whole(before, MOST_ID):
        raise bad_cursor()
    with parts.database.read() as session:
        found = deliveries_of(session, id, limit + 1, before)
        more = len(found) > limit
        return {
            "items": [delivery_view(one) for one in found[:limit]],
            "total": count_messages(session, id).total(),
            "next": encode_cursor(found[limit - 1].id) if more else None,
        }


def _given(body: Changed) -> dict[str, Any]:
    """The fields that a request names, as plain values."""
    given = body.model_dump(mode="json", exclude_unset=True)
    return {name: value for name, value in given.items() if value is not None}
