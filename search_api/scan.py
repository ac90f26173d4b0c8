"""Scanning: every number that was found in a document, where it stands, and its verdict."""

import re
from collections.abc import Callable, Sequence
from typing import Any

import orjson
from sqlalchemy.orm import Session

from suanbei.common.texts import Language
from suanbei.registry.cells.numbers import Occurrence
from suanbei.registry.verify import Desk, Reading
from suanbei.search_api.paging import MOST_OFFSET, bad_cursor

NumbersIn = Callable[[bytes, str], list[Occurrence]]
"""A document's bytes, and what messages call it → its numbers in order. Only the crawler's side
can read documents, so that the command line hands it in."""

ITEMS, MOST_ITEMS = 100, 1_000
MOST_PLACES = 100
"""Places of one number that are told; how many there are is told in any case."""


def scan(
    session: Session,
    found: Sequence[Occurrence],
    language: Language,
    limit: int = ITEMS,
    cursor: str = "",
) -> bytes:
    """The answer to a scan as JSON: a list of verdicts, each number once, in the order found.

    To a verdict are added `times`, how often the number stands there, and `places`: page (of a
    document with pages), line, the text as it stands there and what is around it.

    Raises:
        BadCursor: a cursor that was never given.
    """
    start = start_of(cursor)
    places: dict[str, list[Occurrence]] = {}
    for one in found:
        places.setdefault(one.found.number.key, []).append(one)
    shown = list(places.values())[start : start + limit]
    desk = Desk(session)
    answer = {
        "items": [orjson.Fragment(_item(desk, each, language)) for each in shown],
        "total": len(places),
        "next": str(start + limit) if start + limit < len(places) else None,
        "coverage": desk.coverage,
    }
    return orjson.dumps(answer)


def start_of(cursor: str) -> int:
    """The place where a page begins.

    Raises:
        BadCursor: it is none of ours.
    """
    start = int(cursor) if re.fullmatch("[0-9]{1,8}", cursor) else 0
    if (cursor and str(start) != cursor) or start > MOST_OFFSET:
        raise bad_cursor()
    return start


def _item(desk: Desk, places: Sequence[Occurrence], language: Language) -> bytes:
    """The verdict on the first occurrence, with all places put into it."""
    found = places[0].found
    verdict = desk.answer_to(Reading(found.raw, found.number.key, found), "", language)
    told = orjson.dumps([_place(one) for one in places[:MOST_PLACES]])
    return b"".join((verdict[:-1], b',"times":%d,"places":' % len(places), told, b"}"))


def _place(one: Occurrence) -> dict[str, Any]:
    return {"page": one.page, "line": one.line, "text": one.found.raw, "context": one.context}
