"""Posting a message to a subscriber's own address, as Standard Webhooks has it.

The host is resolved once, every address is checked, and the connection goes to a checked address:
a name that means something else a moment later is never asked again. Host header and certificate
check keep the name. Redirects are followed by hand, each hop checked alike.
"""

import asyncio
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

import httpx
from standardwebhooks.webhooks import Webhook

from suanbei.alerts.targets import Place, locate, port_of, web_address
from suanbei.common.errors import TargetRefused
from suanbei.registry.notifications.outbox import Result

TOTAL_SECONDS = 20.0
CONNECT_SECONDS = 5.0
MOST_HOPS = 3
MOST_BYTES = 16_384
"""Of an answer, more is not read."""
_KEEPS_METHOD = (307, 308)


@dataclass(frozen=True, slots=True)
class Message:
    """What is posted: an id that stays through all attempts, a body, the secrets to sign with."""

    id: str
    body: str
    secrets: tuple[str, ...]


def signed_headers(message: Message, now: datetime) -> dict[str, str]:
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


async def post(url: str, message: Message, *, allow_private: bool) -> Result:
    """Post a message once. Any answer of 2xx is a receipt; nothing is raised."""
    try:
        async with asyncio.timeout(TOTAL_SECONDS):
            return await _follow(url, message, allow_private=allow_private)
    except TimeoutError:
        return Result(reason=f"no answer within {TOTAL_SECONDS:g} s")
    except TargetRefused as error:
        return Result(reason=str(error))
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return Result(reason=f"{type(error).__name__}: {error}"[:300])


async def _follow(url: str, message: Message, *, allow_private: bool) -> Result:
    target = web_address(url)
    for _ in range(MOST_HOPS + 1):
        place = await asyncio.to_thread(
            locate, target.host, port_of(target), allow_private=allow_private
        )
        answer = await _post_to(target, place, message)
        if answer.status_code not in _KEEPS_METHOD or "location" not in answer.headers:
            return _judged(answer)
        following = target.join(answer.headers["location"])
        if target.scheme == "https" and following.scheme != "https":
            raise TargetRefused(f"{target.host}: leads from https to {following.scheme}")
        target = web_address(str(following))
    return Result(reason=f"more than {MOST_HOPS} redirects")


async def _post_to(target: httpx.URL, place: Place, message: Message) -> httpx.Response:
    error: httpx.HTTPError | None = None
    timeout = httpx.Timeout(TOTAL_SECONDS, connect=CONNECT_SECONDS)
    async with httpx.AsyncClient(verify=_tls(), timeout=timeout, trust_env=False) as client:
        for address in place.addresses[:3]:
            request = client.build_request(
                "POST",
                target,
                content=message.body.encode(),
                headers=signed_headers(message, datetime.now(UTC)),
            )
            request.url = target.copy_with(host=address)
            request.extensions["sni_hostname"] = place.host
            try:
                response = await client.send(request, stream=True, follow_redirects=False)
            except (httpx.ConnectError, httpx.ConnectTimeout) as failed:
                error = failed
                continue
            await _read_a_little(response)
            return response
    raise error or httpx.ConnectError("nowhere to connect to")


async def _read_a_little(response: httpx.Response) -> None:
    size = 0
    async for part in response.aiter_raw():
        size += len(part)
        if size > MOST_BYTES:
            break
    await response.aclose()


def _judged(answer: httpx.Response) -> Result:
    status = answer.status_code
    if 200 <= status < 300:
        return Result(status)
    if status == 410:
        return Result(status, "HTTP 410: the receiver wants no more messages", final=True)
    moved = answer.headers.get("location") if 300 <= status < 400 else None
    return Result(status, f"HTTP {status}" + (f": moved to {moved[:200]}" if moved else ""))


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context()
