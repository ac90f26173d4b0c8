"""A query string read quickly, where it is plain: every name once."""

import re
from binascii import unhexlify

_ESCAPES = re.compile(b"(?:%[0-9A-Fa-f]{2})+")


def _unescape(found: re.Match[bytes]) -> bytes:
    return unhexlify(found[0].replace(b"%", b""))


def plain_query(query: bytes) -> dict[str, str] | None:
    """Names and values; None where a name comes twice or the query holds anything unusual.

    >>> plain_query(b"number=%E7%BD%91+1&lang=zh")
    {'number': '网 1', 'lang': 'zh'}
    """
    found: dict[str, str] = {}
    for pair in query.split(b"&"):
        name, mark, value = pair.partition(b"=")
        key = name.decode("latin-1")
        if not mark or key in found or not key.isalpha():
            return None
        plain = _ESCAPES.sub(_unescape, value.replace(b"+", b" "))
        found[key] = plain.decode("utf-8", "replace")
    return found
