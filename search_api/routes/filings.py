"""Filings: search, one filing with all that is known of its number, the picture of its row."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from suanbei.registry.importing.published import Series
from suanbei.registry.queries.filings import filing_record
from suanbei.search_api.deps import Parts
from suanbei.search_api.evidence import find_evidence
from suanbei.search_api.language import AnswerLanguage
from suanbei.search_api.params import SearchParams
from suanbei.search_api.responses import json_answer
from suanbei.search_api.schemas.filing import BriefFiling
from suanbei.search_api.schemas.record import FilingPage, FilingRecord
from suanbei.search_api.search.results import search_filings

router = APIRouter(prefix="/v1/filings", tags=["filings"])
BRIEF = tuple(BriefFiling.model_fields)
Number = Annotated[
    str,
    Path(max_length=300, description="a filing number", examples=["Beijing-WenXinYiYan-20230821"]),
]


class ListParams(SearchParams):
    """A search, and how much is told of each filing."""

    brief: bool = Field(False, description="without listings, changes, purposes and matches")


@router.get("", response_class=Response, responses={200: {"model": FilingPage}})
def list_filings(parts: Parts, asked: Annotated[ListParams, Query()]) -> Response:
    """Filings by any fragment of their names, companies, products, numbers and purposes.

    A fragment is found wherever it stands. Pinyin, initials and small misspellings are found too,
    after all that fits as typed.
    """
    with parts.database.read() as session:
        query = asked.query(session)
    found = search_filings(parts, query)
    if asked.brief:
        found["items"] = [{name: item[name] for name in BRIEF} for item in found["items"]]
    # An answer that met a limit is not the answer of this version of the data: nobody keeps it.
    headers = {"Cache-Control": "no-store"} if found["limited"] else {}
    return json_answer(found, headers)


# Before the filing itself, whose path takes in everything.
@router.get(
    "/{number:path}/evidence.png",
    response_class=Response,
    responses={200: {"content": {"image/png": {}}, "description": "The row as published"}},
)
def get_evidence(
    parts: Parts,
    number: Number,
    batch: Annotated[str, Query(max_length=200, description="which list; the newest")] = "",
) -> Response:
    """The row of a filing as a picture, cut out of the archived document."""
    with parts.database.read() as session:
        evidence = find_evidence(session, number, batch)
    return Response(
        evidence.draw(parts.row_picture),
        media_type="image/png",
        headers={"ETag": f'"{evidence.tag}"', "Cache-Control": "public, max-age=3600"},
    )


@router.get("/{number:path}", response_class=Response, responses={200: {"model": FilingRecord}})
def get_filing(
    parts: Parts,
    number: Number,
    language: AnswerLanguage,
    series: Annotated[Series | None, Query(description="of several registers, this one")] = None,
) -> Response:
    """A filing with every appearance, its history, and the same number in other registers."""
    with parts.database.read() as session:
        return json_answer(filing_record(session, number, language, series or ""))
