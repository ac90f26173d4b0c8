"""Filings as files, with every filter of search; and the dataset, the whole register as files.

Files of the dataset are sent with ranges, so that Parquet can be read in place.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from fastapi import Path as PathParameter
from fastapi.responses import FileResponse, StreamingResponse
from pydantic import BaseModel, Field

from suanbei.common.dates import rfc3339
from suanbei.common.errors import NotFound
from suanbei.common.texts import Language
from suanbei.registry.queries.coverage import coverage
from suanbei.search_api.deps import Parts
from suanbei.search_api.export.dataset import (
    DIFFERENCES,
    built,
    files_of,
    kept_versions,
    version_of,
)
from suanbei.search_api.export.formats import FORMATS, Format, write_dictionary
from suanbei.search_api.export.rows import begin, read_chunks
from suanbei.search_api.params import FilterParams

router = APIRouter(prefix="/v1")
MEDIA_TYPES = {
    ".csv": "text/csv; charset=utf-8", ".parquet": "application/vnd.apache.parquet",
    ".json": "application/json", ".md": "text/markdown; charset=utf-8",
}  # fmt: skip
EARLIER = Query("", max_length=64, description="an earlier version: what has changed since")


class ExportParams(FilterParams):
    """What is exported, and in which words."""

    lang: Language | None = Field(
        None, description="words in this language; zh: Chinese headers too (CSV, XLSX)"
    )


@router.get(
    "/export.{form}",
    tags=["export"],
    response_class=StreamingResponse,
    responses={200: {"content": {media.partition(";")[0]: {} for _, media in FORMATS.values()}}},
)
def export_filings(
    parts: Parts, form: Format, asked: Annotated[ExportParams, Query()]
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
    "/export/columns",
    tags=["export"],
    response_class=Response,
    responses={200: {"content": {"text/csv": {}}}},
)
def export_columns() -> Response:
    """The dictionary of an export: what each column means, as CSV."""
    headers = {"content-disposition": 'attachment; filename="suanbei-columns.csv"'}
    return Response(write_dictionary(), media_type="text/csv; charset=utf-8", headers=headers)


class DatasetFileView(BaseModel):
    """A file to download; `rows` is null where it is no table."""

    name: str
    url: str
    bytes: int
    sha256: str
    rows: int | None


class Dataset(BaseModel):
    """The dataset of the present data. `earlier` are versions that can be compared with."""

    version: str
    built_at: str
    earlier: list[str]
    files: list[DatasetFileView]
    coverage: dict[str, Any]


@router.get("/dataset", tags=["dataset"], response_model=Dataset)
def describe_dataset(parts: Parts, since: str = EARLIER) -> dict[str, Any]:
    """The files of the dataset; with `since`, also what has changed since an earlier version."""
    folder = built(parts, since)
    end = f"?since={since}" if since else ""
    with parts.database.read() as session:
        covered = coverage(session)
    version = version_of(folder)
    return {
        "version": version,
        "built_at": rfc3339(datetime.fromtimestamp(folder.stat().st_mtime, UTC)),
        "earlier": [name for name in kept_versions(parts) if name != version],
        "files": [
            {"name": one.name, "url": f"/v1/dataset/{one.name}{end}", "bytes": one.bytes,
             "sha256": one.sha256, "rows": one.rows}
            for one in files_of(folder)
        ],
        "coverage": covered,
    }  # fmt: skip


@router.get("/dataset/{name}", tags=["dataset"], response_class=FileResponse)
def download_dataset_file(
    parts: Parts,
    name: Annotated[str, PathParameter(pattern=r"^[A-Za-z0-9_]{1,40}(\.[a-z]{2,8})?$")],
    since: str = EARLIER,
) -> FileResponse:
    """A file of the dataset. Ranges are answered, so that DuckDB reads Parquet without fetching it whole."""
    folder = built(parts, since)
    if name not in {one.name for one in files_of(folder)} | {"SHA256SUMS"}:
        hint = f" ({DIFFERENCES} needs since=VERSION)" if name == DIFFERENCES else ""
        raise NotFound(f"the dataset has no file {name}{hint}")
    media = MEDIA_TYPES.get(Path(name).suffix, "text/plain; charset=utf-8")
    return FileResponse(folder / name, media_type=media, filename=name)
