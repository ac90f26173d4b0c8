r"""JSON with holes: what an answer leaves open when it is made, and how that is filled in.

A hole is `\0name\0`, in a text or in the place of members of an object; a text of two languages is
`\3zh\2en\3` and may have holes. JSON has none of these bytes: they are escaped in its texts.
"""

import re
from collections.abc import Mapping
from typing import Any

import orjson

from suanbei.common.texts import Language

_HOLE, _OR, _EITHER = "\0", "\2", "\3"
_MARKS = ((rb"\u0000", b"\0"), (rb"\u0002", b"\2"), (rb"\u0003", b"\3"))
_ESCAPED = re.compile(rb"\\u000[023]")


class UnknownHole(KeyError):
    """There is no filling of this name: what fills is older than what has the hole."""


def hole(name: str) -> str:
    """A hole inside a text."""
    return f"{_HOLE}{name}{_HOLE}"


def members_hole(name: str) -> dict[str, None]:
    """A hole for members of an object: to be put first into it."""
    return {hole(name): None}


def in_both(zh: Any, en: Any) -> Any:
    """One value out of two of the same shape: texts that differ become texts of two languages."""
    if isinstance(zh, dict):
        return {name: in_both(value, en[name]) for name, value in zh.items()}
    if isinstance(zh, list):
        return [in_both(one, other) for one, other in zip(zh, en, strict=True)]
    return zh if zh == en else f"{_EITHER}{zh}{_OR}{en}{_EITHER}"


def without_marks(value: Any) -> Any:
    """A value whose texts hold none of the bytes that mean something here."""
    dumped = orjson.dumps(value)
    return orjson.loads(_ESCAPED.sub(b"", dumped)) if _ESCAPED.search(dumped) else value


def dump(value: Any) -> bytes:
    """A value with holes as JSON."""
    dumped = orjson.dumps(value)
    for escaped, mark in _MARKS:
        dumped = dumped.replace(escaped, mark)
    return dumped.replace(b'{"\0', b"{\0").replace(b'\0":null', b"\0")


def names_of(text: bytes) -> list[bytes]:
    """The names of all holes of dumped JSON."""
    return text.split(b"\0")[1::2]


def fill(text: bytes, language: Language, holes: Mapping[bytes, bytes]) -> bytes:
    """JSON without holes, in one language.

    Raises:
        UnknownHole: there is no filling for one of them.
    """
    parts = text.split(b"\3")
    side = 0 if language is Language.ZH else 2
    parts[1::2] = [both.partition(b"\2")[side] for both in parts[1::2]]
    parts = b"".join(parts).split(b"\0")
    try:
        parts[1::2] = [holes[name] for name in parts[1::2]]
    except KeyError as error:
        raise UnknownHole(*error.args) from error
    return b"".join(parts)
