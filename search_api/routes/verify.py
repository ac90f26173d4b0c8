"""Is this number real, and whose is it?"""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field

from registry.verify import Desk
from search_api.answers import JSON
from search_api.desk import VerdictDesk
from search_api.language import AnswerLanguage, language_for
from search_api.query import plain_query
from search_api.schemas import Verdict, Verdicts
from search_api.services import Services, services

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


class QuickRoute(APIRoute):
    """Answers a plain question about a listed number from its card; all else goes the long way."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler of a request."""
        thoroughly: Callable[[Request], Awaitable[Response]] = super().get_route_handler()

        async def handle(request: Request) -> Response:
            found = quick_answer(request) if request.scope["method"] == "GET" else None
            if found is None:
                return await thoroughly(request)
            return Response(found, media_type=JSON)

        return handle


router = APIRouter(prefix="/v1/verify", tags=["verify"], route_class=QuickRoute)


def quick_answer(request: Request) -> bytes | None:
    """The verdict as JSON, where a question is well put and a card answers it."""
    asked = plain_query(request.scope["query_string"])
    if asked is None or not asked.get("number"):
        return None
    number, entity, lang = asked["number"], asked.get("entity", ""), asked.get("lang")
    if len(number) > LONGEST_NUMBER or len(entity) > LONGEST_NAME or lang not in _LANGUAGES:
        return None
    language = language_for(lang, request.headers.get("accept-language"))
    desk: VerdictDesk = request.app.state.verdict_desk
    return desk.quickly(number, entity.strip(), language)


@router.get("", response_class=Response, responses={200: {"model": Verdict}})
def verify_one(
    parts: Parts, number: NumberText, language: AnswerLanguage, entity: CompanyName = ""
) -> Response:
    """A verdict with its reasons, its evidence and its limits."""
    with parts.database.read() as session:
        return Response(Desk(session).answer(number, entity, language), media_type=JSON)


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
