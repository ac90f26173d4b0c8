"""The dataset: whole, described, the same for the same data, and readable where people work."""

import csv
import errno
import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import httpx
import pytest

from suanbei.common.errors import RegistryError, UsageError
from suanbei.registry.database import Database
from suanbei.search_api.export.dataset import files_of, version_of, write_dataset
from suanbei.search_api.export.dataset_tables import TABLES

DOCS = Path(__file__).parents[2] / "docs" / "dataset.md"


@pytest.fixture(scope="module")
def dataset(snapshot_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dataset") / "data"
    write_dataset(Database(f"sqlite:///{snapshot_home / 'registry.sqlite3'}"), folder)
    return folder


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_it_is_the_whole_register(dataset: Path) -> None:
    """57 lists are 69 batches of 10,678 rows and 10,620 filings (a generative-AI list is two)."""
    assert len(rows_of(dataset / "listings.csv")) == 10_678
    assert len(rows_of(dataset / "filings.csv")) == 10_620
    assert sum(int(one["rows"]) for one in rows_of(dataset / "lists.csv")) == 10_678
    known = {one["entity_id"] for one in rows_of(dataset / "entities.csv")}
    assert {one["entity_id"] for one in rows_of(dataset / "filings.csv")} == known


def test_csv_and_parquet_say_the_same(dataset: Path) -> None:
    """Row for row; codes and periods are texts, numbers are numbers, days are days."""
    import pyarrow.parquet as pq

    for table in TABLES:
        parquet = pq.read_table(dataset / f"{table.name}.parquet")
        as_texts = [
            {name: "" if value is None else str(value) for name, value in row.items()}
            for row in parquet.to_pylist()
        ]
        assert as_texts == rows_of(dataset / f"{table.name}.csv")
    filings = pq.read_schema(dataset / "filings.parquet")
    assert {
        str(filings.field(name).type) for name in ("entity_id", "registrant", "first_period")
    } == {"string"}
    assert str(filings.field("year").type) == "int64"
    assert (
        str(pq.read_schema(dataset / "lists.parquet").field("published_on").type) == "date32[day]"
    )


def test_no_descriptive_text_is_in_it(dataset: Path) -> None:
    """Facts only: no column 主要用途, and no change of one."""
    assert all("purpose" not in {column.name for column in table.columns} for table in TABLES)
    assert all("purpose" not in json.loads(one["data"]) for one in rows_of(dataset / "changes.csv"))


def test_the_check_sums_hold(dataset: Path) -> None:
    """Of every file but their own."""
    sums = {one.name: one.sha256 for one in files_of(dataset)}
    assert set(sums) == {path.name for path in dataset.iterdir()} - {"SHA256SUMS"}
    for name, known in sums.items():
        assert hashlib.sha256((dataset / name).read_bytes()).hexdigest() == known


def test_the_same_data_gives_the_same_version(
    dataset: Path, snapshot_home: Path, tmp_path: Path
) -> None:
    """On another server too: the version rests on the facts."""
    database = Database(f"sqlite:///{snapshot_home / 'registry.sqlite3'}")
    version = write_dataset(database, tmp_path / "again")
    assert version == version_of(dataset)
    assert version.startswith("2026-08-")
    assert (tmp_path / "again" / "SHA256SUMS").read_bytes() == (dataset / "SHA256SUMS").read_bytes()


def test_frictionless_finds_it_valid(dataset: Path) -> None:
    """Every value fits the type that the data package names for it."""
    frictionless = pytest.importorskip("frictionless")
    report = frictionless.validate(str(dataset / "datapackage.json"))
    assert report.valid, report.flatten(["name", "type", "note"])[:5]
    assert len(report.tasks) == 2 * len(TABLES)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of its own libraries
def test_croissant_is_valid(dataset: Path) -> None:
    """The description is read by mlcroissant, and leads to the rows."""
    croissant = pytest.importorskip("mlcroissant")
    read = croissant.Dataset(str(dataset / "croissant.json"))
    first = next(iter(read.records("lists")))
    assert first["lists/batch"] == b"algorithm-2022-08"
    company = next(iter(read.records("entities")))
    assert company["entities/entity_id"] == b"0003760", "a code with its zeros"


def test_what_changed_since_an_earlier_version(
    dataset: Path, snapshot_home: Path, tmp_path: Path
) -> None:
    """Added, removed, changed: field by field."""
    earlier = tmp_path / "earlier"
    shutil.copytree(dataset, earlier)
    lines = (earlier / "filings.csv").read_text("utf-8").splitlines(keepends=True)
    gone, changed = lines[1], lines[2]
    lines[1] = gone.replace("网信算备", "网信算备9", 1)
    lines[2] = changed.replace(",active,", ",vanished,")
    (earlier / "filings.csv").write_text("".join(lines), "utf-8")
    database = Database(f"sqlite:///{snapshot_home / 'registry.sqlite3'}")
    write_dataset(database, tmp_path / "later", earlier)
    found = rows_of(tmp_path / "later" / "differences.csv")
    assert sorted(one["change"] for one in found) == ["added", "changed", "removed"]
    (change,) = (one for one in found if one["change"] == "changed")
    assert (change["field"], change["before"], change["after"]) == ("status", "vanished", "active")
    assert json.loads((tmp_path / "later" / "datapackage.json").read_bytes())[
        "since"
    ] == version_of(dataset)


def test_nothing_is_overwritten(dataset: Path, snapshot_home: Path, tmp_path: Path) -> None:
    """A folder that holds something is left alone; what is no dataset is not compared with."""
    database = Database(f"sqlite:///{snapshot_home / 'registry.sqlite3'}")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    mine = tmp_path / "mine"
    for folder, since in ((mine, None), (mine / "letter.txt", None), (tmp_path / "new", mine)):
        with pytest.raises(UsageError):
            write_dataset(database, folder, since)
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["letter.txt"]
    assert not (tmp_path / "new").exists()


def test_it_comes_whole_or_not_at_all(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder has its name once every file is in it; a disk that fails leaves nothing behind."""

    def fails(source: Path, _target: Path) -> None:
        assert {one.name for one in files_of(source)} > {"filings.csv", "README.md"}
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "rename", fails)
    with pytest.raises(RegistryError, match="No space left"):
        write_dataset(database, tmp_path / "data")
    assert list(tmp_path.iterdir()) == []


def test_over_http_with_ranges(snapshot_server: str) -> None:
    """The files are named with their check sums; a part of one can be asked for."""
    with httpx.Client(base_url=snapshot_server, timeout=60) as client:
        described = client.get("/v1/dataset").json()
        (parquet,) = (one for one in described["files"] if one["name"] == "filings.parquet")
        whole = client.get(parquet["url"])
        assert hashlib.sha256(whole.content).hexdigest() == parquet["sha256"]
        part = client.get(parquet["url"], headers={"Range": "bytes=-8"})
        assert (part.status_code, part.content) == (206, whole.content[-8:])
        assert client.get("/v1/dataset/no.csv").status_code == 404
        assert client.get("/v1/dataset/..%2Fregistry.sqlite3").status_code in (404, 422)
        assert client.get("/v1/dataset", params={"since": "2020-01-x"}).status_code == 404
        same = client.get("/v1/dataset/differences.csv", params={"since": described["version"]})
        assert same.text.splitlines() == ["change,series,number,field,before,after"]


def test_duckdb_reads_it(dataset: Path) -> None:
    """Codes keep their zeros, and the types are those of the description."""
    duckdb = pytest.importorskip("duckdb")
    query = (
        f"SELECT registrant FROM '{dataset}/filings.parquet' WHERE registrant LIKE '00%' LIMIT 1"
    )
    assert [len(one) for (one,) in duckdb.sql(query).fetchall()] == [7]


def test_the_examples_of_the_docs_run(snapshot_server: str, dataset: Path) -> None:
    """As they stand there."""
    blocks = [part.split("```")[0] for part in DOCS.read_text("utf-8").split("```python")[1:]]
    assert len(blocks) == 3
    for block in blocks:
        scope: dict[str, Any] = {"address": snapshot_server, "folder": dataset}
        exec(compile(block, "docs/dataset.md", "exec"), scope)
