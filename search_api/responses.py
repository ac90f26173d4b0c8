"""What routes answer with: JSON, of values that are JSON already and are not converted again; and lists in pages, with
`limit` and an opaque `cursor` that holds the place."""

import base64
import binascii
import re
from typing import Annotated, Any

import orjson
from fastapi import Query, Response

from suanbei.common.errors import BadCursor

JSON = "application/json"
_ECHOES = frozenset(("input", "text", "context"))
"""Fields that repeat what was sent, also where that was nothing."""
Limit = Annotated[int, Query(ge=1, le=100, description="items a page")]
Cursor = Annotated[str, Query(max_length=2000, description="`next` of the page before")]
MOST_ID = 2**63 - 1
"""The largest id that a database holds."""
MOST_OFFSET = 10_000_000
"""The furthest place in a list that a cursor may name."""
MOST_SIGNS = 200


def json_answer(value: Any, headers: dict[str, str] | None = None) -> Response:
    """A value of plain dicts, lists and texts as a JSON answer; what is not there is null."""
    body = orjson.dumps(null_for_empty(value))
    return Response(body, media_type=JSON, headers=headers)


def null_for_empty(value: Any) -> Any:
    """The value with null in place of every empty text: a list that has no remark, has none.

    >>> null_for_empty({"remark": "", "flags": [], "published": {"remark": ""}, "input": ""})
    {'remark': None, 'flags': [], 'published': {'remark': None}, 'input': ''}
    """
    if value == "":
        return None
    if isinstance(value, dict):
        return {
            name: one if name in _ECHOES else null_for_empty(one) for name, one in value.items()
        }
    return [null_for_empty(one) for one in value] if isinstance(value, list | tuple) else value


def encode_cursor(place: Any) -> str:
    """A place as an opaque text."""
    return base64.urlsafe_b64encode(orjson.dumps(place)).decode().rstrip("=")


def decode_cursor(cursor: str) -> Any:
    """The place that a cursor holds.

    Its parts are of any type and size: check them (`is_whole`, `is_name`) before they are used.

    Raises:
        BadCursor: it is none of ours.
    """
    try:
        place = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if encode_cursor(place) == cursor:
            return place
    except (binascii.Error, ValueError, TypeError) as error:
        raise bad_cursor() from error
    raise bad_cursor()


def bad_cursor() -> BadCursor:
    """The error for a cursor that is none of ours."""
    return BadCursor("cursor: not one that this list gave out")


def is_whole(value: object, most: int, least: int = 0) -> bool:
    """Whether a part of a cursor is a whole number within bounds."""
    return type(value) is int and least <= value <= most


def is_name(value: object) -> bool:
    """Whether a part of a cursor can be an id: short, and nothing that a database refuses."""
    return isinstance(value, str) and 0 < len(value) <= MOST_SIGNS and value.isprintable()


def is_period(value: object) -> bool:
    """Whether a part of a cursor is `YYYY-MM`, or empty."""
    return isinstance(value, str) and re.fullmatch(r"([0-9]{4}-[0-9]{2})?", value) is not None
