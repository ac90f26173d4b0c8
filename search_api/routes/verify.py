"""Is this number real, and whose is it?"""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field

from registry.verify import verify
from registry.views import coverage
from search_api.answers import json_answer
from search_api.language import AnswerLanguage
from search_api.schemas import Verdict, Verdicts
from search_api.services import Services, services

router = APIRouter(prefix="/v1/verify", tags=["verify"])
Parts = Annotated[Services, Depends(services)]
LONGEST_NUMBER, LONGEST_NAME, MOST_ITEMS = 5_000, 500, 1_000
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


@router.get("", response_class=Response, responses={200: {"model": Verdict}})
def verify_one(
    parts: Parts, number: NumberText, language: AnswerLanguage, entity: CompanyName = ""
) -> Response:
    """A verdict with its reasons, its evidence and its limits."""
    with parts.database.read() as session:
        return json_answer(verify(session, number, entity, language))


@router.post("", response_class=Response, responses={200: {"model": Verdicts}})
def verify_many(parts: Parts, questions: Questions, language: AnswerLanguage) -> Response:
    """Verdicts in the order of the questions."""
    asked = [Question(number=q) if isinstance(q, str) else q for q in questions.items]
    with parts.database.read() as session:
        covered = coverage(session)
        items = [verify(session, one.number, one.entity, language) for one in asked]
    return json_answer({"items": items, "total": len(items), "next": None, "coverage": covered})
