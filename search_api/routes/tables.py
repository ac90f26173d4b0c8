"""A table of vendors checked: CSV or XLSX in, the same with its verdicts out."""

import shutil
import tempfile
from pathlib import Path
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, File, Form, UploadFile
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from suanbei.search_api.bulk import Options, check_file
from suanbei.search_api.bulk.sniffing import format_of
from suanbei.search_api.deps import Services, services
from suanbei.search_api.language import AnswerLanguage

router = APIRouter(prefix="/v1/verify", tags=["verify"])
MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
Column = Annotated[str, Form(max_length=200, description="title, or place from 1; else found")]


@router.post(
    "/file",
    response_class=FileResponse,
    responses={
        200: {
            "description": "Every row in its order, with the verdict behind it",
            "content": {media.partition(";")[0]: {} for media in MEDIA.values()},
            "headers": {
                "X-Rows": {"schema": {"type": "integer"}, "description": "rows without header"},
                "X-Active": {"schema": {"type": "integer"}, "description": "rows that are active"},
            },
        }
    },
)
def verify_file(
    parts: Annotated[Services, Depends(services)],
    file: Annotated[UploadFile, File(description="CSV of any common encoding, or XLSX")],
    language: AnswerLanguage,
    number_column: Column = "",
    company_column: Column = "",
    delimiter: Annotated[str, Form(max_length=1, description="of a CSV file; else found")] = "",
    format: Annotated[Literal["csv", "xlsx"] | None, Form(description="else as it came")] = None,
) -> FileResponse:
    """Check a table of vendors; columns are found by header or content."""
    folder = Path(tempfile.mkdtemp(prefix="suanbei-"))
    try:
        source = folder / "source"
        with source.open("wb") as copy:
            shutil.copyfileobj(file.file, copy)
        ending = format or format_of(source)
        target = folder / f"checked.{ending}"
        options = Options(number_column, company_column, delimiter, language)
        with parts.database.read() as session:
            summary = check_file(session, source, target, options, lambda _: None)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    active = sum(count for (verdict, _), count in summary.counts.items() if verdict == "active")
    return FileResponse(
        target,
        media_type=MEDIA[ending],
        filename=f"suanbei-checked.{ending}",
        headers={"X-Rows": str(summary.rows), "X-Active": str(active)},
        background=BackgroundTask(shutil.rmtree, folder, ignore_errors=True),
    )
