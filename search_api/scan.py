"""Scanning: every number that was found in a document, where it stands, and its judgement."""

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import orjson
from sqlalchemy.orm import Session

from suanbei.common.texts import Language, Text
from suanbei.registry.cells.numbers.find import FoundNumbers, Occurrence, Unread
from suanbei.registry.verify import Judge, Judgement, Question, verdict_json
from suanbei.search_api.responses import MOST_OFFSET, bad_cursor

NumbersIn = Callable[[bytes, str], FoundNumbers]
"""A document's bytes, and what messages call it → its numbers in order. Only the crawler's side
can read documents, so that the command line hands it in."""

ITEMS, MOST_ITEMS = 100, 1_000
MOST_PLACES = 100
"""Places of one number that are told; how many there are is told in any case."""


class ScannedNumber(NamedTuple):
    """A number of a document: its judgement, and every place where it stands."""

    judgement: Judgement
    places: Sequence[Occurrence]


def judge_found(judge: Judge, found: Sequence[Sequence[Occurrence]]) -> list[ScannedNumber]:
    """Judge numbers, each given by the places where it stands."""
    questions = [
        Question(first.found.raw, "", (first.found,), (first.found.number.key,))
        for first, *_ in found
    ]
    judgements = judge.judge(questions)
    return [ScannedNumber(*pair) for pair in zip(judgements, found, strict=True)]


def by_number(found: Sequence[Occurrence]) -> list[list[Occurrence]]:
    """The places of each number, numbers in the order found."""
    places: dict[str, list[Occurrence]] = {}
    for one in found:
        places.setdefault(one.found.number.key, []).append(one)
    return list(places.values())


def scan(
    session: Session, found: FoundNumbers, language: Language, limit: int = ITEMS, cursor: str = ""
) -> bytes:
    """The answer to a scan as JSON: a list of verdicts, each number once, in the order found.

    To a verdict are added `times`, how often the number stands there, and `places`: page (of a
    document with pages), line, the text as it stands there, what is around it, where in the document
    it is and whether a reader sees it. `unread` is what could not be looked into.

    Raises:
        BadCursor: a cursor that was never given.
    """
    start = start_of(cursor)
    numbers = by_number(found.occurrences)
    judge = Judge(session)
    items = judge_found(judge, numbers[start : start + limit])
    answer = {
        "items": [scanned_json(item, language) for item in items],
        "total": len(numbers),
        "next": str(start + limit) if start + limit < len(numbers) else None,
        "unread": [unread_json(one, language) for one in found.unread],
        "coverage": judge.coverage,
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


def scanned_json(item: ScannedNumber, language: Language) -> dict[str, Any]:
    """The verdict on a number of a document, with its places."""
    places = [
        {
            "page": one.page,
            "line": one.line,
            "text": one.found.raw,
            "context": one.context,
            "where": one.place,
            "visible": one.visible,
        }
        for one in item.places[:MOST_PLACES]
    ]
    return verdict_json(item.judgement, language) | {"times": len(item.places), "places": places}


UNREAD = {
    "picture": Text("图片中的文字未读：{detail}", "text in pictures was not read: {detail}"),
    "script_page": Text(
        "页面内容由脚本生成，未能全部读到",
        "the page is made by a script; not all of it could be read",
    ),
    "encrypted_part": Text("加密部分未读：{detail}", "an encrypted part was not read: {detail}"),
    "part": Text("有一部分未能读取：{detail}", "a part could not be read: {detail}"),
}


def unread_text(unread: Unread, language: Language) -> str:
    """What could not be looked into, in words."""
    return UNREAD[unread.code].say(language, detail=unread.detail)


def unread_json(unread: Unread, language: Language) -> dict[str, str]:
    """What could not be looked into, as code and words."""
    return {"code": unread.code, "text": unread_text(unread, language)}
