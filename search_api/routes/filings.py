"""Filings: search, one filing with all that is known of its number, the picture of its row."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from suanbei.common.errors import MissingFile, NotFound
from suanbei.registry.importing.published import Series
from suanbei.registry.models import Batch, Listing, Version
from suanbei.registry.queries.filings import filing_record, key_asked_for
from suanbei.search_api.deps import Parts, RowPicture
from suanbei.search_api.filings import search_filings
from suanbei.search_api.language import AnswerLanguage
from suanbei.search_api.params import SearchParams
from suanbei.search_api.responses import json_answer
from suanbei.search_api.schemas.filing import BriefFiling
from suanbei.search_api.schemas.record import FilingPage, FilingRecord

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


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a row stands: boxes are its cells as (page, box), for PDFs only."""

    sha256: str
    table: int
    row: int
    boxes: list[tuple[int, tuple[float, ...]]]

    @property
    def tag(self) -> str:
        """Names the picture: documents never change under their sha256."""
        return f"{self.sha256[:32]}-{self.table}-{self.row}"

    def draw(self, picture: RowPicture | None) -> bytes:
        """The picture as PNG.

        Raises:
            NotFound: nobody here can read documents, or the document is not in the archive.
        """
        if picture is None:
            raise NotFound("evidence: this server has no archive to draw from")
        try:
            return picture(self.sha256, self.table, self.row, self.boxes)
        except MissingFile as error:
            raise NotFound(
                f"evidence: document {self.sha256} is not in the archive (run `suanbei crawl`)"
            ) from error


def find_evidence(session: Session, number: str, batch: str = "") -> Evidence:
    """The newest listing of a number, rather of a list than of a deregistration notice.

    Raises:
        NotFound: no list, or not this one, shows the number.
        UsageError: several numbers.
    """
    query = (
        select(Listing, Version.sha256)
        .join(Version, Version.id == Listing.version_id)
        .join(Batch, Batch.id == Version.batch_id)
        .where(Listing.number_key == key_asked_for(number))
        .order_by(
            (Batch.series != Series.DEREGISTRATION).desc(),
            (Version.id == Batch.current_version_id).desc(),
            Batch.period.desc(),
            Version.last_seen_at.desc(),
        )
    )
    if batch:
        query = query.where(Batch.id == batch)
    found = session.execute(query.limit(1)).tuples().first()
    if found is None:
        where = f"list {batch}" if batch else "any list known"
        raise NotFound(f"filing {number[:100]}: not in {where}")
    listing, sha256 = found
    boxes = [(page, tuple(box)) for page, box in listing.boxes]
    return Evidence(sha256, listing.table, listing.row, boxes)


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
