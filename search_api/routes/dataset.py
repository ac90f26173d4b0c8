"""The dataset over HTTP: built once for each version of the data, with ranges, so that Parquet can be read in place."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi import Path as PathParameter
from fastapi.responses import FileResponse
from pydantic import BaseModel

from suanbei.common.dates import rfc3339
from suanbei.common.errors import NotFound
from suanbei.registry.queries.coverage import coverage
from suanbei.search_api.deps import Parts
from suanbei.search_api.export.dataset import (
    DIFFERENCES,
    built,
    files_of,
    kept_versions,
    version_of,
)

MEDIA_TYPES = {
    ".csv": "text/csv; charset=utf-8", ".parquet": "application/vnd.apache.parquet",
    ".json": "application/json", ".md": "text/markdown; charset=utf-8",
}  # fmt: skip
EARLIER = Query("", max_length=64, description="an earlier version: what has changed since")


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


router = APIRouter(prefix="/v1/dataset", tags=["dataset"])


@router.get("", response_model=Dataset)
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


@router.get("/{name}", response_class=FileResponse)
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
