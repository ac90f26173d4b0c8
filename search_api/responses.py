"""Ready-made answers: what the registry gives is JSON already, and is not converted again."""

from typing import Any

import orjson
from fastapi import Response

JSON = "application/json"
_ECHOES = frozenset(("input", "text", "context"))
"""Fields that repeat what was sent, also where that was nothing."""


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
