"""One attempt at one message, whatever it is sent by: a signed webhook, a chat or a mailbox."""

import asyncio
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import httpx
from standardwebhooks.webhooks import Webhook

from suanbei.alerts import network
from suanbei.alerts.chat import BOTS, build_plugin, check_chat, send_to_bot, send_with_apprise
from suanbei.alerts.mail import read_mail_address, send_mail
from suanbei.alerts.messages import MessageFormat
from suanbei.common.errors import TargetRefused
from suanbei.common.settings import Settings
from suanbei.registry.notifications.outbox import Result
from suanbei.registry.notifications.targets import is_mail, is_webhook, service_of

CHAT_SECONDS = 60.0
_UNKNOWN_LIMIT = 2000
"""Characters in one message to a service that cannot be read at present."""


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """A message to send: its id stays through all attempts; `secrets` sign it, if it is a webhook's.

    `unsubscribe` is the address that ends the subscription of a mail; empty where there is none.
    """

    id: str
    deliver: str
    body: str
    secrets: tuple[str, ...] = ()
    unsubscribe: str = ""


def check_target(deliver: str, settings: Settings) -> None:
    """Refuse an address that messages cannot or must not be sent to; asks DNS.

    Raises:
        TargetRefused: saying why.
    """
    if is_mail(deliver):
        read_mail_address(deliver, settings.smtp_url)
        return
    if not is_webhook(deliver):
        check_chat(deliver, settings)
        return
    try:
        url = network.web_address(deliver)
        network.resolve(
            url.host, network.port_of(url), allow_private=settings.allow_private_targets
        )
    except TargetRefused as error:
        raise TargetRefused(f"deliver: {error}") from error


def format_for(deliver: str, settings: Settings) -> MessageFormat:
    """How messages to an address are written, in parts of its service's size."""
    public_url = settings.public_url.rstrip("/")
    service = service_of(deliver)
    if service in ("webhook", "mail"):
        return MessageFormat(public_url)
    if service in BOTS:
        return MessageFormat(public_url, BOTS[service], lambda text: len(text.encode()))
    try:
        plugin = build_plugin(deliver)
    except TargetRefused:  # sending will say so; what is written is short enough for any service
        return MessageFormat(public_url, _UNKNOWN_LIMIT)
    return MessageFormat(public_url, int(plugin.body_maxlen) * 9 // 10)  # room for escapes


async def send(message: OutgoingMessage, settings: Settings) -> Result:
    """Try to send a message, once; raises nothing."""
    try:
        if is_webhook(message.deliver):
            return _result_of(
                await network.post(
                    message.deliver,
                    message.body.encode(),
                    lambda: signed_headers(message, datetime.now(UTC)),
                    allow_private=settings.allow_private_targets,
                )
            )
        text = json.loads(message.body)
        title, body = str(text["title"]), str(text["text"])
        if service_of(message.deliver) in BOTS:
            return await send_to_bot(message.deliver, title, body, settings)
        sending = partial(send_with_apprise, message.deliver, title, body, settings)
        if is_mail(message.deliver):
            headers = mail_headers(message)
            sending = partial(send_mail, message.deliver, headers, title, body, settings.smtp_url)
        async with asyncio.timeout(CHAT_SECONDS):
            return await asyncio.to_thread(sending)
    except TimeoutError as error:
        return Result(reason=str(error) or f"not sent within {CHAT_SECONDS:g} s")
    except TargetRefused as error:
        return Result(reason=str(error))
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        return Result(reason=f"{type(error).__name__}: {error}")


def mail_headers(message: OutgoingMessage) -> dict[str, str]:
    """What a mail bears beside its text: its id, by which a repeat can be told, and the link that mail
    programs show as "unsubscribe" (RFC 2369; one click of it is a POST, RFC 8058, over HTTPS only).
    No absence notes come back to what a program has written (RFC 3834)."""
    headers = {"X-Suanbei-Message": message.id, "Auto-Submitted": "auto-generated"}
    if message.unsubscribe:
        headers["List-Unsubscribe"] = f"<{message.unsubscribe}>"
    if message.unsubscribe.startswith("https:"):
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def signed_headers(message: OutgoingMessage, now: datetime) -> dict[str, str]:
    """The headers of Standard Webhooks, one signature for each secret."""
    signatures = [
        Webhook(secret).sign(message.id, now.astimezone(UTC), message.body)
        for secret in message.secrets
    ]
    return {
        "content-type": "application/json",
        "user-agent": "Suanbei-Webhooks/1",
        "webhook-id": message.id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def _result_of(answer: network.ReceiverAnswer) -> Result:
    """Any answer of 2xx is a receipt; 410 asks for no more messages, ever."""
    status = answer.status
    if 200 <= status < 300:
        return Result(status)
    if status == 410:
        return Result(status, "HTTP 410: the receiver wants no more messages", final=True)
    if 300 <= status < 400 and answer.location:
        # The path may be somebody's secret, and reasons are shown.
        return Result(status, f"HTTP {status}: moved to {_host(answer.location)}")
    return Result(status, f"HTTP {status}")


def _host(location: str) -> str:
    try:
        return httpx.URL(location).host or "another path"
    except httpx.InvalidURL:
        return "an invalid address"
