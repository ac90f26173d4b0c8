"""Is this number real, and whose is it?"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query

from registry.language import Language
from registry.verify import verify
from search_api.language import language_for
from search_api.services import Services, services

router = APIRouter(prefix="/v1/verify", tags=["verify"])
Parts = Annotated[Services, Depends(services)]
LONGEST_NUMBER, LONGEST_NAME = 5_000, 500
NumberText = Annotated[
    str,
    Query(
        max_length=LONGEST_NUMBER,
        description="the number, with any text around it",
        examples=["网信算备330110507206401230035号"],
    ),
]
CompanyName = Annotated[
    str, Query(max_length=LONGEST_NAME, description="the company that is said to own the number")
]


@router.get("")
def verify_one(
    parts: Parts,
    number: NumberText,
    entity: CompanyName = "",
    lang: Annotated[Language | None, Query(description="language of the texts")] = None,
    accept_language: Annotated[str | None, Header()] = None,
) -> dict[str, Any]:
    """A verdict with its reasons, its evidence and its limits."""
    language = language_for(lang, accept_language)
    with parts.database.read() as session:
        return verify(session, number, entity, language)
