"""Where messages may be sent: names are resolved once, and every address found must be public."""

import socket
from dataclasses import dataclass

import httpx

from suanbei.alerts.addresses import is_public
from suanbei.common.errors import TargetRefused

ALLOW = "SUANBEI_ALLOW_PRIVATE_TARGETS"


@dataclass(frozen=True, slots=True)
class Place:
    """An address to connect to, checked: the host as named, the port, and where that is."""

    host: str
    port: int
    addresses: tuple[str, ...]


def locate(host: str, port: int, *, allow_private: bool) -> Place:
    """Resolve a host, once. Whoever connects uses the addresses, and never asks again.

    Raises:
        TargetRefused: it does not resolve, or one of its addresses is not public.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise TargetRefused(f"{host}: no such host ({error})") from error
    addresses = tuple(dict.fromkeys(str(one[4][0]) for one in found))
    if not addresses:
        raise TargetRefused(f"{host}: no such host")
    if not allow_private:
        require_public(host, addresses)
    return Place(host, port, addresses)


def require_public(host: str, addresses: tuple[str, ...]) -> None:
    """Refuse a host that is, or may be, somebody's own network.

    Raises:
        TargetRefused: one of the addresses is not public.
    """
    for address in addresses:
        if not is_public(address):
            raise TargetRefused(f"{host}: {address} is not a public address ({ALLOW})")


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
    return parsed


def port_of(url: httpx.URL) -> int:
    """The port that an address means."""
    return url.port or (443 if url.scheme == "https" else 80)
