"""Where messages may be sent: only addresses that belong to everybody, unless the operator says so.

A host is resolved once, every address found must be public, and the connection goes to a checked
address: a name that means something else a moment later is never asked again. Host header and
certificate check keep the name. Redirects are followed by hand, each hop checked alike. Libraries
that open connections of their own are watched by an audit hook (`only_public`).
"""

import asyncio
import errno
import socket
import ssl
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

import httpx

from suanbei.common.errors import TargetRefused

ALLOW = "SUANBEI_ALLOW_PRIVATE_TARGETS"
TOTAL_SECONDS = 20.0
CONNECT_SECONDS = 5.0
MOST_HOPS = 3
MOST_BYTES = 16_384
"""Of an answer, more is not read."""
_KEEPS_METHOD = (307, 308)
_CONNECTING = ("socket.connect", "socket.sendto")
_refused: ContextVar[list[str] | None] = ContextVar("refused", default=None)

_NOT_PUBLIC = [
    ip_network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24",
        "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15",
        "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20",
    )
]  # fmt: skip
"""What the special-purpose registries of IANA hold, whatever a Python version knows of them."""
_GLOBAL_UNICAST = ip_network("2000::/3")
_TRANSLATED = ip_network("64:ff9b::/96")
"""An IPv4 address in its last 32 bits, reached through a translator (RFC 6052)."""


def is_public(address: str) -> bool:
    """True for a public IP address; False for any other, and for a host name.

    Not: private, loopback, link-local, carrier-grade NAT, multicast, reserved, documentation, and
    every IPv6 form that carries such an IPv4 address (mapped, compatible, translated, 6to4, Teredo).

    >>> [is_public(text) for text in ("1.1.1.1", "::ffff:10.0.0.1", "2001:4860::8888", "name")]
    [True, False, True, False]
    """
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped:
            found = found.ipv4_mapped
        elif found.scope_id is None and found in _TRANSLATED:
            found = IPv4Address(int(found) & 0xFFFFFFFF)
        elif found.scope_id is not None or found not in _GLOBAL_UNICAST:
            return False
    return not any(found in network for network in _NOT_PUBLIC)


def resolve(host: str, port: int, *, allow_private: bool) -> tuple[str, ...]:
    """The IP addresses of a host, checked. Whoever connects uses these, and never asks again.

    Raises:
        TargetRefused: it does not resolve, or one of its addresses is not public.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, OverflowError) as error:
        raise TargetRefused(f"{host}: no such host ({error})") from error
    addresses = tuple(dict.fromkeys(str(one[4][0]) for one in found))
    if not addresses:
        raise TargetRefused(f"{host}: no such host")
    for address in addresses:
        if not allow_private and not is_public(address):
            raise TargetRefused(f"{host}: {address} is not a public address ({ALLOW})")
    return addresses


def web_address(url: str) -> httpx.URL:
    """An http(s) address, taken apart.

    Raises:
        TargetRefused: it is none.
    """
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise TargetRefused(f"{url[:80]}: not an address ({error})") from error
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise TargetRefused(f"{url[:80]}: not an http(s) address")
    if not 0 < port_of(parsed) < 65536:
        raise TargetRefused(f"{parsed.host}: no such port: {parsed.port}")
    return parsed


def port_of(url: httpx.URL) -> int:
    """The port that an address means."""
    return url.port if url.port is not None else (443 if url.scheme == "https" else 80)


@dataclass(frozen=True, slots=True)
class ReceiverAnswer:
    """What a receiver answered; of its body the first `MOST_BYTES`."""

    status: int
    body: bytes
    location: str | None


async def post(
    url: str, content: bytes, headers: Callable[[], dict[str, str]], *, allow_private: bool
) -> ReceiverAnswer:
    """Post once, following redirects that keep the method. `headers` is asked for each request.

    Raises:
        TargetRefused: the address, or one it leads to, must not be connected to.
        TimeoutError: no whole answer within `TOTAL_SECONDS`.
        httpx.HTTPError, httpx.InvalidURL: no connection, or no HTTP.
    """
    target = web_address(url)
    try:
        async with asyncio.timeout(TOTAL_SECONDS):
            for _ in range(MOST_HOPS + 1):
                addresses = await asyncio.to_thread(
                    resolve, target.host, port_of(target), allow_private=allow_private
                )
                answer = await _post_to(target, addresses, content, headers)
                if answer.status not in _KEEPS_METHOD or not answer.location:
                    return answer
                following = target.join(answer.location)
                if target.scheme == "https" and following.scheme != "https":
                    raise TargetRefused(f"{target.host}: leads from https to {following.scheme}")
                target = web_address(str(following))
    except TimeoutError as error:
        raise TimeoutError(f"no answer within {TOTAL_SECONDS:g} s") from error
    raise TargetRefused(f"more than {MOST_HOPS} redirects")


async def _post_to(
    target: httpx.URL,
    addresses: tuple[str, ...],
    content: bytes,
    headers: Callable[[], dict[str, str]],
) -> ReceiverAnswer:
    error: httpx.HTTPError | None = None
    timeout = httpx.Timeout(TOTAL_SECONDS, connect=CONNECT_SECONDS)
    async with httpx.AsyncClient(verify=_tls(), timeout=timeout, trust_env=False) as client:
        for address in addresses[:3]:
            request = client.build_request("POST", target, content=content, headers=headers())
            request.url = target.copy_with(host=address)
            request.extensions["sni_hostname"] = target.host
            try:
                response = await client.send(request, stream=True, follow_redirects=False)
            except (httpx.ConnectError, httpx.ConnectTimeout) as failed:
                error = failed
                continue
            body = await _first_bytes(response)
            return ReceiverAnswer(response.status_code, body, response.headers.get("location"))
    raise error or httpx.ConnectError("nowhere to connect to")


async def _first_bytes(response: httpx.Response) -> bytes:
    body = b""
    async for part in response.aiter_bytes():
        body += part
        if len(body) > MOST_BYTES:
            break
    await response.aclose()
    return body[:MOST_BYTES]


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context()


@contextmanager
def only_public() -> Iterator[list[str]]:
    """Refuse connections to private addresses in this block (this thread or task).

    Apprise resolves and connects by itself, through many other libraries. Python tells an audit
    hook of every connection before it is made, with the very address. What was refused is put into
    the list: libraries tend to swallow the error.
    """
    _install()
    refused: list[str] = []
    token = _refused.set(refused)
    try:
        yield refused
    finally:
        _refused.reset(token)


@lru_cache(maxsize=1)
def _install() -> None:
    sys.addaudithook(_hook)  # for good: Python has no way to take a hook out


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in _CONNECTING:
        return
    refused = _refused.get()
    if refused is None:
        return
    address = arguments[1]
    host = str(address[0]) if isinstance(address, tuple) and address else str(address)
    if not is_public(host):
        refused.append(host)
        # An OSError, as for a failed connection: libraries handle that.
        raise PermissionError(errno.EACCES, f"{host} is not a public address")
