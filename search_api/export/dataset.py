"""The dataset: the whole register as files, each table as CSV and Parquet; made once for each version of the data.

A dataset's version is the data's: the newest period and a hash of the tables. The same data gives the same
files, byte for byte.
"""

import csv
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
from filelock import FileLock
from sqlalchemy.orm import Session

from suanbei.common.dates import rfc3339
from suanbei.common.errors import NotFound, RegistryError, UsageError
from suanbei.common.late_imports import importing
from suanbei.registry.data_version import data_version
from suanbei.registry.database import Database
from suanbei.registry.queries.coverage import coverage
from suanbei.search_api.deps import Services
from suanbei.search_api.export.dataset_metadata import (
    DIFFERENCES_TABLE,
    file_sha256,
    write_metadata,
)
from suanbei.search_api.export.dataset_tables import FILINGS, TABLES, ColumnType, DatasetTable

ROWS_A_GROUP = 50_000
"""Rows of a row group in Parquet: what a reader over HTTP fetches at a time."""
INDEX = "datapackage.json"
DIFFERENCES = "differences.csv"
SUMS = "SHA256SUMS"
KEPT = 5
"""Datasets of earlier versions that a server keeps, so that what changed since can be asked for."""


@dataclass(frozen=True, slots=True)
class DatasetFile:
    """A file of a dataset. `rows` is None for files that are no tables."""

    name: str
    bytes: int
    sha256: str
    rows: int | None


def write_dataset(database: Database, folder: Path, since: Path | None = None) -> str:
    """Write the dataset into a folder that is empty or does not exist yet; returns its version.

    `since` is the folder of an earlier dataset: what has changed is written beside the tables.

    Raises:
        UsageError: the folder holds something, or `since` is no dataset.
        RegistryError: it cannot be written; nothing is left half done.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder}: no folder")
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(f"{folder}: not empty")
    if since is not None and not (since / INDEX).is_file():
        raise UsageError(f"{since}: no dataset (it has no {INDEX})")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".dataset-") as outer:
            made = Path(outer, "dataset")
            made.mkdir()
            version = _write_all(database, made, since)
            if folder.exists():
                folder.rmdir()
            made.rename(folder)
    except OSError as error:
        raise RegistryError(f"{folder}: {error.strerror}") from error
    return version


def version_of(folder: Path) -> str:
    """The version of the dataset in a folder."""
    version: str = orjson.loads((folder / INDEX).read_bytes())["version"]
    return version


def files_of(folder: Path) -> list[DatasetFile]:
    """The files of a dataset, as its check sums name them.

    Raises:
        NotFound: there is no dataset.
    """
    if not (folder / SUMS).is_file():
        raise NotFound(f"{folder}: no dataset")
    counts = orjson.loads((folder / INDEX).read_bytes())["rows"]
    found = []
    for line in (folder / SUMS).read_text("utf-8").splitlines():
        sha256, name = line.split("  ", 1)
        rows = counts.get(name.partition(".")[0]) if name.endswith((".csv", ".parquet")) else None
        found.append(DatasetFile(name, (folder / name).stat().st_size, sha256, rows))
    return found


def built(parts: Services, since: str = "") -> Path:
    """The folder of the dataset of the present data, made where it is not there yet.

    Raises:
        NotFound: `since` is no version that is kept here.
    """
    home = parts.settings.home / "dataset"
    home.mkdir(parents=True, exist_ok=True)
    with parts.database.read() as session:
        number = data_version(session)
    folder = home / f"data-{number}"
    with FileLock(home / "lock"):
        if not folder.exists():
            write_dataset(parts.database, folder)
            for old in [*kept_versions(parts).values()][KEPT:]:
                shutil.rmtree(old)
            for comparison in home.glob("data-*-since-*"):
                shutil.rmtree(comparison)
        if not since:
            return folder
        earlier = kept_versions(parts).get(since)
        if earlier is None:
            raise NotFound(f"the dataset of {since} is not kept here")
        compared = home / f"data-{number}-since-{earlier.name.partition('-')[2]}"
        if not compared.exists():
            write_dataset(parts.database, compared, earlier)
    return compared


def kept_versions(parts: Services) -> dict[str, Path]:
    """Version → folder of the datasets that this server keeps, the newest first."""
    home = parts.settings.home / "dataset"
    folders = [one for one in home.glob("data-*") if "-since-" not in one.name]
    folders.sort(key=os.path.getmtime, reverse=True)
    return {version_of(folder): folder for folder in folders}


def _write_all(database: Database, folder: Path, since: Path | None) -> str:
    with database.read() as session:
        rows = {table.name: _write_table(session, table, folder) for table in TABLES}
        held = coverage(session)
    sums = {table.name: file_sha256(folder / f"{table.name}.csv") for table in TABLES}
    # Notes of when something was seen differ between servers; the facts do not.
    facts = "".join(sums[name] for name in sorted(sums) if name != "changes")
    newest = max((one["newest"] or "" for one in held.values()), default="")
    version = f"{newest or 'empty'}-{hashlib.sha256(facts.encode()).hexdigest()[:12]}"
    if since is not None:
        rows["differences"] = _write_differences(since, folder)
    write_metadata(folder, version, rows, held, version_of(since) if since else None)
    names = sorted(path.name for path in folder.iterdir())
    (folder / SUMS).write_text(
        "".join(f"{file_sha256(folder / name)}  {name}\n" for name in names), "utf-8"
    )
    return version


def _write_table(session: Session, table: DatasetTable, folder: Path) -> int:
    """Write one table as CSV and Parquet; returns its rows."""
    with importing:  # pyarrow alone is 45 MB of memory: only who writes Parquet has it
        import pyarrow as pa
        import pyarrow.parquet as pq

    types = {
        ColumnType.STRING: pa.string(), ColumnType.INTEGER: pa.int64(), ColumnType.DATE: pa.date32(),
    }  # fmt: skip
    schema = pa.schema([pa.field(column.name, types[column.type]) for column in table.columns])
    rows, count = table.rows(session), 0
    with (
        (folder / f"{table.name}.csv").open("w", encoding="utf-8", newline="") as file,
        pq.ParquetWriter(folder / f"{table.name}.parquet", schema, compression="zstd") as parquet,
    ):
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow([column.name for column in table.columns])
        while group := [[*map(_cell, row)] for row in islice(rows, ROWS_A_GROUP)]:
            lines.writerows(group)
            columns = [
                pa.array(values, type=field.type)
                for values, field in zip(zip(*group, strict=True), schema, strict=True)
            ]
            parquet.write_batch(pa.record_batch(columns, schema=schema))
            count += len(group)
    return count


def _cell(value: Any) -> Any:
    """A value as both files hold it; None for what is not there. Purposes are no part of the dataset."""
    match value:
        case list():
            value = "; ".join(value)
        case dict():
            told = {name: one for name, one in value.items() if name != "purpose"}
            value = orjson.dumps(told, option=orjson.OPT_SORT_KEYS).decode()
        case datetime():
            value = rfc3339(value)
    return None if value == "" else value


def _write_differences(since: Path, folder: Path) -> int:
    """What filings were added, are gone or changed since an earlier dataset; returns the lines."""
    before, after = (dict(_filings_in(one / "filings.csv")) for one in (since, folder))
    found = list(_differences(before, after))
    with (folder / DIFFERENCES).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([DIFFERENCES_TABLE, *found])
    return len(found)


def _differences(
    before: dict[tuple[str, str], dict[str, str]], after: dict[tuple[str, str], dict[str, str]]
) -> Iterator[tuple[str, ...]]:
    for key in sorted(before.keys() | after.keys()):
        if key not in before:
            yield ("added", *key, "", "", "")
        elif key not in after:
            yield ("removed", *key, "", "", "")
        else:
            for column in FILINGS.columns:
                old, new = before[key].get(column.name, ""), after[key][column.name]
                if old != new:
                    yield ("changed", *key, column.name, old, new)


def _filings_in(path: Path) -> Iterator[tuple[tuple[str, str], dict[str, str]]]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield (row["series"], row["number"]), row
