"""Is this number real, and whose is it?"""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from suanbei.registry.verify import Judge, result_row, verdict_json
from suanbei.search_api.bulk.writing import csv_bytes
from suanbei.search_api.deps import Parts
from suanbei.search_api.language import AnswerLanguage
from suanbei.search_api.params import LONGEST_NAME, LONGEST_NUMBER
from suanbei.search_api.responses import json_answer
from suanbei.search_api.schemas.verdict import Verdict, Verdicts

MOST_ITEMS = 1_000
LONGEST_IN_LIST = 300
"""Characters around a number, where many are asked for; a whole text is for GET, or for /v1/scan."""
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
    """One number to look at, and the company that is said to own it.

    A field that is not known is a slip of the pen (`entitiy`): the company would go unchecked.
    """

    model_config = ConfigDict(extra="forbid")

    number: str = Field(max_length=LONGEST_IN_LIST, examples=[EXAMPLE])
    entity: str = Field(
        "", max_length=LONGEST_NAME, examples=["阿里巴巴达摩院（杭州）科技有限公司"]
    )


class Questions(BaseModel):
    """Up to a thousand numbers; `items` may hold mere texts."""

    model_config = ConfigDict(extra="forbid")

    items: list[Question | Annotated[str, Field(max_length=LONGEST_IN_LIST)]] = Field(
        min_length=1, max_length=MOST_ITEMS
    )


router = APIRouter(prefix="/v1/verify", tags=["verify"])


@router.get("", response_class=Response, responses={200: {"model": Verdict}})
def verify_one(
    parts: Parts, number: NumberText, language: AnswerLanguage, entity: CompanyName = ""
) -> Response:
    """A verdict with its reasons, its evidence and its limits."""
    with parts.database.read() as session:
        (judgement,) = Judge(session).judge([(number, entity)])
    return json_answer(verdict_json(judgement, language))


@router.get(".csv", response_class=Response, responses={200: {"content": {"text/csv": {}}}})
def verify_as_csv(
    parts: Parts, number: NumberText, language: AnswerLanguage, entity: CompanyName = ""
) -> Response:
    """A verdict as one line, for WEBSERVICE and IMPORTDATA in spreadsheets.

    verdict, number, registrant, match, reason, list, date, link.
    """
    with parts.database.read() as session:
        (judgement,) = Judge(session).judge([(number, entity)])
    line = csv_bytes([result_row(judgement, language)], marked=False)
    return Response(line.strip(), media_type="text/csv; charset=utf-8")


@router.post("", response_class=Response, responses={200: {"model": Verdicts}})
def verify_many(parts: Parts, questions: Questions, language: AnswerLanguage) -> Response:
    """Verdicts in the order of the questions."""
    asked = [Question(number=q) if isinstance(q, str) else q for q in questions.items]
    with parts.database.read() as session:
        judge = Judge(session)
        judgements = judge.judge((one.number, one.entity) for one in asked)
    return json_answer(
        {
            "items": [verdict_json(judgement, language) for judgement in judgements],
            "total": len(judgements),
            "next": None,
            "coverage": judge.coverage,
        }
    )
