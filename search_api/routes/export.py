"""Filings as files, with every filter of search."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse

from suanbei.search_api.deps import Services, services
from suanbei.search_api.export import FORMS, Form, begin, read_parts
from suanbei.search_api.params import FilterParams

router = APIRouter(prefix="/v1", tags=["export"])


@router.get(
    "/export.{form}",
    response_class=StreamingResponse,
    responses={200: {"content": {media.partition(";")[0]: {} for _, media in FORMS.values()}}},
)
def export_filings(
    parts: Annotated[Services, Depends(services)],
    form: Form,
    asked: Annotated[FilterParams, Query()],
) -> StreamingResponse:
    """All filings that fit, as CSV, XLSX, Parquet or JSON lines, the columns always in one order."""
    head, selection = begin(parts, asked)
    write, media = FORMS[form]
    name = f"suanbei-{head.made_at[:10]}.{form}"
    return StreamingResponse(
        write(head, read_parts(parts.database, selection)),
        media_type=media,
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )
