"""Subscriptions by e-mail without a key: asked for on a page, begun when the mailbox has confirmed.

Nothing but one mail goes to an address that has not confirmed; whoever reads its mail can end the
subscription by the link in every message.
"""

import re
import secrets
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from suanbei.common.errors import NotFound, Overloaded, UsageError
from suanbei.registry.importing.events import last_event_id
from suanbei.registry.notifications.outbox import enqueue_unqueued
from suanbei.registry.notifications.subscriptions import (
    ACTIVE,
    UNCONFIRMED,
    SubscriptionRequest,
    change_subscription,
    create_subscription,
    remove_subscription,
)
from suanbei.registry.notifications.targets import MAIL_ADDRESS
from suanbei.registry.watching import Subscription

MOST_UNCONFIRMED = 200
"""Of all addresses together: strangers cannot make this server write to the world."""
MOST_OF_ADDRESS = 20
AGAIN_AFTER = timedelta(hours=1)
"""How long an address that has not confirmed gets no second mail."""
_LINK = re.compile(r"\w+://|www\.|[<>@/\\]", re.IGNORECASE)


def request_by_mail(session: Session, request: SubscriptionRequest, token: str) -> None:
    """Send an address the question whether it wants a subscription.

    Says nothing of whether the address is known. The same `token` asks once.

    Raises:
        UsageError: no mail address, or a field does not fit.
        Overloaded: too many addresses have not answered yet.
    """
    address = request.deliver.partition(":")[2]
    if not MAIL_ADDRESS.fullmatch(address) or "." not in address.partition("@")[2]:
        raise UsageError("email: not a mail address")
    if _LINK.search(request.name):
        raise UsageError("name: no links or addresses")  # it would be a way to send strangers mail
    now = datetime.now(UTC)
    of_address = select(Subscription.state, Subscription.created_at).where(
        func.lower(Subscription.deliver) == request.deliver.lower()
    )
    known = session.execute(of_address).tuples().all()
    asked_lately = any(
        state == UNCONFIRMED and now - created_at < AGAIN_AFTER for state, created_at in known
    )
    if len(known) >= MOST_OF_ADDRESS or asked_lately:
        return
    unconfirmed = select(func.count()).where(Subscription.state == UNCONFIRMED)
    if session.execute(unconfirmed).scalar_one() >= MOST_UNCONFIRMED:
        raise Overloaded("too many addresses have not confirmed yet; try again tomorrow")
    one = create_subscription(session, request, token=token, state=UNCONFIRMED)
    if one.secrets:  # the form was sent twice
        return
    one.secrets = [{"secret": secrets.token_urlsafe(24), "until": None}]
    session.flush()
    enqueue_unqueued(session, one.id, "confirm")


def find_by_link(session: Session, id_: str, secret: str) -> Subscription:
    """The subscription that a link in a mail is of.

    Raises:
        NotFound: it has ended, was never made, or the link is of another one.
    """
    one = session.get(Subscription, id_)
    known = one.secrets[0]["secret"] if one and one.secrets else ""
    is_of_stranger = one is not None and one.deliver.startswith("mailto:") and bool(known)
    if one and is_of_stranger and secrets.compare_digest(known.encode(), secret.encode()):
        return one
    raise NotFound("this link is of no subscription: it has ended, or was not confirmed in time")


def confirm(session: Session, id_: str, secret: str) -> Subscription:
    """Begin a subscription, with what happens from now on. Confirming twice changes nothing.

    Raises:
        NotFound: as `find_by_link`.
    """
    one = find_by_link(session, id_, secret)
    if one.state == UNCONFIRMED:
        one.state, one.cursor, one.digested_at = ACTIVE, last_event_id(session), datetime.now(UTC)
    return one


def change_by_link(session: Session, id_: str, secret: str, request: SubscriptionRequest) -> None:
    """Change what a subscription is to, how often and in which language; its address stays.

    Raises:
        NotFound: as `find_by_link`.
        UsageError: a field does not fit.
    """
    one = find_by_link(session, id_, secret)
    wanted = {"name": request.name, "filter": request.filter, "mode": request.mode,
              "language": request.language}  # fmt: skip
    change_subscription(session, one.id, wanted)


def unsubscribe(session: Session, id_: str, secret: str) -> None:
    """End a subscription.

    Raises:
        NotFound: as `find_by_link`.
    """
    remove_subscription(session, find_by_link(session, id_, secret).id)
