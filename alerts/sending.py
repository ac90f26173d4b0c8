"""One attempt at one message, whatever it is sent by."""

import asyncio
import json
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from suanbei.alerts.chat import Post, check_chat, send_text
from suanbei.alerts.compose import body_of_test
from suanbei.alerts.targets import locate, port_of, web_address
from suanbei.alerts.webhooks import Message, post
from suanbei.common.errors import TargetRefused
from suanbei.common.settings import Settings
from suanbei.registry.notifications.channels import is_webhook
from suanbei.registry.notifications.outbox import Result, next_message
from suanbei.registry.notifications.subscriptions import valid_secrets
from suanbei.registry.watcher_models import Subscription

CHAT_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Letter:
    """A message on its way: which one, where to, what."""

    delivery_id: int
    deliver: str
    message: Message


def post_of(settings: Settings) -> Post:
    """How texts are sent, by the settings."""
    return Post(settings.smtp_url, settings.allow_private_targets)


def check_target(deliver: str, settings: Settings) -> None:
    """Refuse an address that messages cannot or must not be sent to; asks DNS.

    Raises:
        TargetRefused: saying why.
    """
    if not is_webhook(deliver):
        return check_chat(deliver, post_of(settings))
    url = web_address(deliver)
    try:
        locate(url.host, port_of(url), allow_private=settings.allow_private_targets)
    except TargetRefused as error:
        raise TargetRefused(f"deliver: {error}") from error
    return None


def next_letter(session: Session, subscription_id: str, now: datetime) -> Letter | None:
    """What to send to a subscriber now, if anything."""
    subscription = session.get(Subscription, subscription_id)
    delivery = next_message(session, subscription_id, now)
    if subscription is None or delivery is None:
        return None
    body = delivery.body or body_of_test(subscription, delivery.created_at)
    message = Message(delivery.message_id, body, tuple(valid_secrets(subscription)))
    return Letter(delivery.id, subscription.deliver, message)


async def send(letter: Letter, how: Post) -> Result:
    """Try to send a letter, once; raises nothing."""
    if is_webhook(letter.deliver):
        return await post(letter.deliver, letter.message, allow_private=how.allow_private)
    text = json.loads(letter.message.body)
    try:
        async with asyncio.timeout(CHAT_SECONDS):
            return await asyncio.to_thread(
                send_text, letter.deliver, letter.message.id, text["title"], text["text"], how
            )
    except TimeoutError:
        return Result(reason=f"not sent within {CHAT_SECONDS:g} s")


def utc_now() -> datetime:
    """Now."""
    return datetime.now(UTC)
