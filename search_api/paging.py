"""Lists in pages: `limit`, and an opaque `cursor` that holds the place."""

import base64
import binascii
from typing import Annotated, Any, Generic, TypeVar

import orjson
from fastapi import Query
from pydantic import BaseModel

from registry.errors import UsageError

T = TypeVar("T")
Limit = Annotated[int, Query(ge=1, le=100, description="items a page")]
Cursor = Annotated[str, Query(max_length=2000, description="`next` of the page before")]


class Items(BaseModel, Generic[T]):
    """One page of a list."""

    items: list[T]
    total: int
    next: str | None


def encode_cursor(place: Any) -> str:
    """A place as an opaque text."""
    return base64.urlsafe_b64encode(orjson.dumps(place)).decode().rstrip("=")


def decode_cursor(cursor: str) -> Any:
    """The place that a cursor holds.

    Raises:
        UsageError: it is none of ours.
    """
    try:
        return orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError) as error:
        raise UsageError("cursor: not one that this list gave out") from error
