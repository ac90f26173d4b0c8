"""Ready-made answers: what the registry gives is JSON already, and is not converted again."""

from typing import Any

import orjson
from fastapi import Response

JSON = "application/json"


def json_answer(value: Any, headers: dict[str, str] | None = None) -> Response:
    """A value of plain dicts, lists and texts as a JSON answer."""
    return Response(orjson.dumps(value), media_type=JSON, headers=headers)
