"""Filings as files, with every filter of search."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import Field

from suanbei.common.texts import Language
from suanbei.search_api.deps import Parts
from suanbei.search_api.export.formats import FORMATS, Format, write_dictionary
from suanbei.search_api.export.rows import begin, read_chunks
from suanbei.search_api.params import FilterParams

router = APIRouter(prefix="/v1", tags=["export"])


class ExportParams(FilterParams):
    """What is exported, and in which words."""

    lang: Language | None = Field(
        None, description="words in this language; zh: Chinese headers too (CSV, XLSX)"
    )


@router.get(
    "/export.{form}",
    response_class=StreamingResponse,
    responses={200: {"content": {media.partition(";")[0]: {} for _, media in FORMATS.values()}}},
)
def export_filings(
    parts: Parts,
    form: Format,
    asked: Annotated[ExportParams, Query()],
) -> StreamingResponse:
    """All filings that fit, as CSV, XLSX, Parquet or JSON lines, the columns always in one order."""
    metadata, selection = begin(parts, asked, asked.lang)
    write, media = FORMATS[form]
    name = f"suanbei-{metadata.made_at[:10]}.{form}"
    return StreamingResponse(
        write(metadata, read_chunks(parts.database, selection, asked.lang)),
        media_type=media,
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )


@router.get(
    "/export/columns", response_class=Response, responses={200: {"content": {"text/csv": {}}}}
)
def export_columns() -> Response:
    """The dictionary of an export: what each column means, as CSV."""
    headers = {"content-disposition": 'attachment; filename="suanbei-columns.csv"'}
    return Response(write_dictionary(), media_type="text/csv; charset=utf-8", headers=headers)
