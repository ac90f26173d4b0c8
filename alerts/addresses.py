"""Which network addresses belong to everybody: the only ones messages are sent to by default."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

# What the special-purpose registries of IANA hold, whatever a Python version knows of them.
_NOT_PUBLIC_4 = [
    IPv4Network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24",
        "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15",
        "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    )
]  # fmt: skip
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_NOT_PUBLIC_6 = [
    IPv6Network(text)
    for text in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
]
_TRANSLATED = IPv6Network("64:ff9b::/96")
"""An IPv4 address in its last 32 bits, reached through a translator (RFC 6052)."""


def is_public(address: str) -> bool:
    """Whether an IP address (no name) can be anybody's on the Internet.

    Not: private, loopback, link-local, carrier-grade NAT, multicast, reserved, documentation, and
    every IPv6 form that carries such an IPv4 address (mapped, compatible, translated, 6to4, Teredo).

    >>> [is_public(text) for text in ("1.1.1.1", "::ffff:10.0.0.1", "2001:4860::8888", "name")]
    [True, False, True, False]
    """
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return _is_public_4(found) if isinstance(found, IPv4Address) else _is_public_6(found)


def _is_public_4(address: IPv4Address) -> bool:
    return not any(address in network for network in _NOT_PUBLIC_4)


def _is_public_6(address: IPv6Address) -> bool:
    if address.ipv4_mapped:
        return _is_public_4(address.ipv4_mapped)
    if address.scope_id is None and address in _TRANSLATED:
        return _is_public_4(IPv4Address(int(address) & 0xFFFFFFFF))
    if address.scope_id is not None or address not in _GLOBAL_UNICAST:
        return False
    return not any(address in network for network in _NOT_PUBLIC_6)
