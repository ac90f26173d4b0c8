"""The verdict on a number, or on each number of a text: what a compliance officer prints."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import unquote_plus

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from suanbei.registry.cells.numbers import OtherNumber, find_numbers, read_number
from suanbei.registry.verify import Judge, verdict_json
from suanbei.search_api.deps import Services, services
from suanbei.search_api.i18n import language_of_request, mark, translations
from suanbei.search_api.pages.filing import picture_test, pieces_of
from suanbei.search_api.pages.templating import (
    address,
    public_base,
    render,
    telling_reasons,
    wants_json,
)
from suanbei.search_api.responses import json_answer

router = APIRouter(include_in_schema=False)
Parts = Annotated[Services, Depends(services)]
MOST_NUMBERS = 200
"""Numbers of a text that are checked on a page; more are for the bulk check."""
LONGEST_PART = 4000
SENTENCES = {
    "active": mark("The number is on a published list, and nothing published withdraws it."),
    "deregistered": mark("The number was real, and has been withdrawn."),
    "not_listed": mark("No list known here shows this number."),
    "malformed": mark("This cannot be a filing number as it stands."),
    "no_number": mark("There is no filing number in what was typed."),
}
OTHERS = {
    "different": mark("Active, but another company's"),
    "similar": mark("Active; the company's name is only similar"),
    "brand": mark("Active; the name given is a brand or product of the company"),
    "unclear": mark("Active; whether it is the company's cannot be told"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A number of a longer text with its verdict."""

    place: int
    verdict: dict[str, Any]


@router.get("/verify")
def verdict_page(
    request: Request,
    parts: Parts,
    q: Annotated[str, Query(max_length=20_000)] = "",
    entity: Annotated[str, Query(max_length=500)] = "",
    number: Annotated[str, Query(max_length=20_000)] = "",
) -> Response:
    """The verdict; its address is a permanent link. `number` is what the API calls `q`."""
    if number.strip() and not q.strip():
        return RedirectResponse(address("/verify", q=number, entity=entity), 303)
    if not q.strip():
        return RedirectResponse("/", 303)
    if wants_json(request):
        return RedirectResponse(address("/v1/verify", number=q, entity=entity), 303)
    return _answer(request, parts, q, entity)


@router.post("/verify")
def posted_verdict(
    request: Request,
    parts: Parts,
    q: Annotated[str, Form(max_length=1_000_000)] = "",
    entity: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """As above, for a text that is too long for an address."""
    if not q.strip():
        return RedirectResponse("/", 303)
    return _answer(request, parts, q, entity)


def _answer(request: Request, parts: Services, text: str, entity: str) -> Response:
    questions = questions_of(text)
    if len(questions) > 1:
        return _record(_many(request, parts, text, entity, questions))
    question = questions[0] if questions else text[:LONGEST_PART]
    return _record(_one(request, parts, question, entity))


def questions_of(text: str) -> list[str]:
    """The numbers of a text, each once, in order; those of other registers are no question."""
    found: dict[str, str] = {}
    for each in find_numbers(text):
        if not isinstance(each.number, OtherNumber):
            found.setdefault(each.number.key, each.raw)
    if len(found) == 1:
        return [text.strip()[:LONGEST_PART]]
    return list(found.values())


def _record(response: Response) -> Response:
    """A verdict says when it was made: it is made anew each time, and kept by nobody else."""
    response.headers["cache-control"] = "private, max-age=0, must-revalidate"
    return response


def _one(request: Request, parts: Services, text: str, entity: str) -> Response:
    language = language_of_request(request)
    entity = entity.strip()
    with parts.database.read() as session:
        (judgement,) = Judge(session).judge([(text, entity)])
    verdict = verdict_json(judgement, language)
    answer = bytes(json_answer(verdict).body)
    read = read_number(text)
    _ = translations(language).gettext
    found = verdict["verdict"]
    other = verdict["entity_match"] if found == "active" else None
    link = address("/verify", q=text, entity=entity)
    return render(
        request,
        "verdict.html",
        verdict=verdict,
        heading=_(OTHERS[other]) if other in OTHERS else "",
        sentence=_(SENTENCES[found]),
        entity=entity,
        number=verdict["number"] or text,
        pieces=pieces_of(read.number if read else None, language, _registrant(verdict)),
        checked_at=datetime.now(UTC),
        json=address("/v1/verify", number=text, entity=entity, lang=language.value),
        fingerprint=hashlib.sha256(answer).hexdigest(),
        link=public_base(request) + link,
        link_text=public_base(request) + unquote_plus(link),
        has_picture=picture_test(parts),
    )


def _registrant(verdict: dict[str, Any]) -> str:
    """The company that the registrant code of the number is known to belong to."""
    entity = (verdict["anatomy"].get("registrant") or {}).get("entity") or {}
    return str(entity.get("name", ""))


def _many(
    request: Request, parts: Services, text: str, entity: str, questions: list[str]
) -> Response:
    language = language_of_request(request)
    with parts.database.read() as session:
        judge = Judge(session)
        judgements = judge.judge((question, entity) for question in questions[:MOST_NUMBERS])
    lines = [Line(place, verdict_json(one, language)) for place, one in enumerate(judgements, 1)]
    tally: dict[str, int] = {}
    for line in lines:
        tally[line.verdict["verdict"]] = tally.get(line.verdict["verdict"], 0) + 1
    return render(
        request, "verdicts.html", why=telling_reasons, lines=lines, tally=tally, total=len(questions), text=text,
        most=MOST_NUMBERS, entity=entity.strip(), coverage=judge.coverage, checked_at=datetime.now(UTC),
    )  # fmt: skip
