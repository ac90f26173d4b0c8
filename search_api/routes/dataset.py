"""The dataset over HTTP: built once for each version of the data, with ranges, so that Parquet can be read in place."""

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi import Path as PathParameter
from fastapi.responses import FileResponse
from filelock import FileLock
from pydantic import BaseModel

from suanbei.common.dates import rfc3339
from suanbei.common.errors import NotFound
from suanbei.registry.data_version import data_version
from suanbei.registry.queries.coverage import coverage
from suanbei.search_api.deps import Parts, Services
from suanbei.search_api.export.dataset import (
    DIFFERENCES,
    files_of,
    version_of,
    write_dataset,
)

KEPT = 5
"""Datasets of earlier versions that are kept, so that what changed since can be asked for."""
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
        "earlier": [name for name in _versions(_home(parts)) if name != version],
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


def built(parts: Services, since: str = "") -> Path:
    """The folder of the dataset of the present data, made where it is not there yet.

    Raises:
        NotFound: `since` is no version that is kept here.
    """
    home = _home(parts)
    home.mkdir(parents=True, exist_ok=True)
    with parts.database.read() as session:
        number = data_version(session)
    folder = home / f"data-{number}"
    with FileLock(home / "lock"):
        if not folder.exists():
            write_dataset(parts.database, folder)
            _forget_old(home)
        if not since:
            return folder
        earlier = _versions(home).get(since)
        if earlier is None:
            raise NotFound(f"the dataset of {since} is not kept here")
        compared = home / f"data-{number}-since-{earlier.name.partition('-')[2]}"
        if not compared.exists():
            write_dataset(parts.database, compared, earlier)
    return compared


def _home(parts: Services) -> Path:
    return parts.settings.home / "dataset"


def _versions(home: Path) -> dict[str, Path]:
    """Version → folder, the newest first."""
    folders = [one for one in home.glob("data-*") if "-since-" not in one.name]
    folders.sort(key=os.path.getmtime, reverse=True)
    return {version_of(folder): folder for folder in folders}


def _forget_old(home: Path) -> None:
    """Remove the oldest datasets, and comparisons with older data."""
    for folder in list(_versions(home).values())[KEPT:]:
        shutil.rmtree(folder)
    for folder in home.glob("data-*-since-*"):
        shutil.rmtree(folder)
