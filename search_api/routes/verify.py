"""Is this number real, and whose is it?"""

from typing import Annotated

import orjson
from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field
from starlette.types import Scope

from suanbei.registry.verify import Desk
from suanbei.search_api.deps import Services, services
from suanbei.search_api.desk import VerdictDesk
from suanbei.search_api.edge.raw import header
from suanbei.search_api.edge.state import STATE
from suanbei.search_api.language import AnswerLanguage, language_for
from suanbei.search_api.query import plain_query
from suanbei.search_api.responses import JSON
from suanbei.search_api.schemas import Verdict, Verdicts

Parts = Annotated[Services, Depends(services)]
LONGEST_NUMBER, LONGEST_NAME, MOST_ITEMS = 5_000, 500, 1_000
_LANGUAGES = (None, "zh", "en")
EXAMPLE = "网信算备330110507206401230035号"
NumberText = Annotated[
    str,
    Query(
        max_length=LONGEST_NUMBER,
        description="the number, with any text around it",
        examples=[EXAMPLE],
    ),
]
CompanyName = Annotated[
    str, Query(max_length=LONGEST_NAME, description="the company that is said to own the number")
]


class Question(BaseModel):
    """One number to look at, and the company that is said to own it."""

    number: str = Field(max_length=LONGEST_NUMBER, examples=[EXAMPLE])
    entity: str = Field(
        "", max_length=LONGEST_NAME, examples=["阿里巴巴达摩院（杭州）科技有限公司"]
    )


class Questions(BaseModel):
    """Up to a thousand numbers; `items` may hold mere texts."""

    items: list[Question | Annotated[str, Field(max_length=LONGEST_NUMBER)]] = Field(
        min_length=1, max_length=MOST_ITEMS
    )


router = APIRouter(prefix="/v1/verify", tags=["verify"])


def ready_verdict(desk: VerdictDesk, scope: Scope) -> bytes | None:
    """The verdict as JSON, where a question is well put and a card answers it."""
    asked = plain_query(scope["query_string"])
    if asked is None or not asked.get("number"):
        return None
    number, entity, lang = asked["number"], asked.get("entity", ""), asked.get("lang")
    if len(number) > LONGEST_NUMBER or len(entity) > LONGEST_NAME or lang not in _LANGUAGES:
        return None
    language = language_for(lang, header(scope, b"accept-language").decode("latin-1"))
    return desk.quickly(number, entity.strip(), language, scope.get(STATE))


@router.get("", response_class=Response, responses={200: {"model": Verdict}})
def verify_one(
    request: Request, parts: Parts, number: NumberText, language: AnswerLanguage,
    entity: CompanyName = "",
) -> Response:  # fmt: skip
    """A verdict with its reasons, its evidence and its limits."""
    state = request.scope.get(STATE)
    frame = None if state is None else request.app.state.desk.frame_of(state)
    with parts.database.read() as session:
        return Response(Desk(session, frame).answer(number, entity, language), media_type=JSON)


@router.post("", response_class=Response, responses={200: {"model": Verdicts}})
def verify_many(parts: Parts, questions: Questions, language: AnswerLanguage) -> Response:
    """Verdicts in the order of the questions."""
    asked = [Question(number=q) if isinstance(q, str) else q for q in questions.items]
    with parts.database.read() as session:
        desk = Desk(session)
        items = [desk.answer(one.number, one.entity, language) for one in asked]
    answer = {
        "items": [orjson.Fragment(item) for item in items],
        "total": len(items),
        "next": None,
        "coverage": desk.coverage,
    }
    return Response(orjson.dumps(answer), media_type=JSON)
