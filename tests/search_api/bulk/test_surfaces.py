"""A table over HTTP and on the command line."""

import io
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import openpyxl
import pytest
from fastapi.testclient import TestClient

from suanbei import cli
from suanbei.common.settings import Settings
from suanbei.registry.database import Database, open_database
from suanbei.registry.importing.documents import import_document
from suanbei.search_api.app import create_app
from suanbei.search_api.bulk import uploads
from suanbei.search_api.deps import Services
from tests.lists import listed, number, row
from tests.parsers.making import xlsx
from tests.processes import environment
from tests.search_api.bulk import files
from tests.search_api.bulk.conftest import COMPANY
from tests.search_api.bulk.test_check import HEADER, ROWS
from tests.search_api.bulk.test_reading import FAR

TABLE = files.as_csv([HEADER, *ROWS])


@pytest.fixture
def client(registry: Database, settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(Services(settings, registry))) as opened:
        yield opened


def left_over(settings: Settings) -> list[Path]:
    return list((settings.home / "bulk").glob("*"))


def test_over_http(client: TestClient, settings: Settings) -> None:
    """The file back in the kind that came in, with counts; another kind if asked for."""
    answer = client.post("/v1/verify/file", files={"file": ("v.csv", TABLE)})
    assert [answer.headers[f"x-{name}"] for name in ("rows", "active", "confirmed", "no-number")] == [
        "5", "2", "1", "2",
    ]  # fmt: skip
    assert answer.content.decode("utf-8-sig").count(COMPANY) >= 3
    book = client.post("/v1/verify/file", files={"file": ("v", TABLE)}, data={"format": "xlsx"})
    assert openpyxl.load_workbook(io.BytesIO(book.content)).worksheets[0].max_row == 6
    book = client.post("/v1/verify/file", files={"file": ("v", files.as_html([HEADER, *ROWS]))})
    assert book.headers["content-type"].endswith("spreadsheetml.sheet")
    assert left_over(settings) == []


def test_columns_are_named_over_http(client: TestClient) -> None:
    rows = [["台账"], ["供应商", "备案编号", "备用"], [COMPANY, number(1), number(9)]]
    sent = {"file": ("v.csv", files.as_csv(rows))}
    for data, active in (
        ({"number_column": "备用"}, "0"), ({"number_column": "B", "entity_column": "-"}, "1"),
        ({"header_row": "2", "number_column": "备案编号", "company_column": "供应商"}, "1"),
    ):  # fmt: skip
        answer = client.post("/v1/verify/file", files=sent, data=data)
        assert (answer.status_code, answer.headers["x-active"]) == (200, active)


def test_a_table_that_is_not_understood_asks(client: TestClient, settings: Settings) -> None:
    """A problem with the columns that may be meant; nothing is kept."""
    sent = {"file": ("v.csv", files.as_csv([["a", "b"], ["1", COMPANY]]))}
    answer = client.post("/v1/verify/file", files=sent)
    assert (answer.status_code, answer.json()["code"]) == (422, "columns_unclear")
    assert answer.headers["content-type"] == "application/problem+json"
    assert [one["samples"] for one in answer.json()["candidates"]] == [["1"], [COMPANY]]
    assert left_over(settings) == []


def test_a_file_that_is_refused_leaves_nothing(client: TestClient, settings: Settings) -> None:
    """Small files that would take all memory; the server goes on."""
    for data, status, words in (
        (xlsx(FAR), 413, "16384 columns"), (xlsx("<row><c>"), 422, "not well-formed"),
        (b"%PDF-1.7", 422, "suanbei scan"), (b"", 400, "empty"),
    ):  # fmt: skip
        answer = client.post("/v1/verify/file", files={"file": ("v.xlsx", data)})
        assert (answer.status_code, words in answer.json()["detail"]) == (status, True)
        assert client.get("/health/live").status_code == 200
    assert left_over(settings) == []


@pytest.mark.parametrize(
    ("reading", "batch", "status"), [(1, 8, 413), (8, 1, 200), (1, 1, 200), (20, 8, 413)]
)
def test_a_table_that_takes_too_long_is_413(
    client: TestClient, settings: Settings, monkeypatch: pytest.MonkeyPatch,
    reading: int, batch: int, status: int,
) -> None:  # fmt: skip
    """Refused before its 30 seconds are up, with what to do; not because reading it took long."""
    rows = [HEADER, *([f"V{place}", COMPANY, number(1), ""] for place in range(12_000))]
    seconds = iter((0, reading, *(reading + batch * (done + 1) for done in range(4))))
    clock = SimpleNamespace(monotonic=lambda: next(seconds))
    monkeypatch.setattr("suanbei.search_api.routes.tables.time", clock)
    assert settings.max_seconds == 30
    answer = client.post("/v1/verify/file", files={"file": ("v.csv", files.as_csv(rows))})
    assert answer.status_code == status
    if status == 413:
        assert (answer.json()["code"], "/bulk" in answer.json()["detail"]) == ("too_large", True)
    assert left_over(settings) == []


def test_a_full_disk_is_507(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "QUOTA", 10)
    answer = client.post("/v1/verify/file", files={"file": ("v.csv", TABLE)})
    assert (answer.status_code, answer.json()["code"]) == (507, "storage_full")


@pytest.fixture
def filled(settings: Settings) -> None:
    database = open_database(settings)
    import_document(database, listed([row(1), row(2)]))
    database.close()


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["suanbei", "verify", "--file", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("ending", ["csv", "xlsx", "jsonl"])
def test_on_the_command_line(
    tmp_path: Path, ending: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """0 if all are active and their company's, else 1; 2 for wrong use; 3 if it cannot be done."""
    good, all_rows, target = tmp_path / "good.csv", tmp_path / "all.csv", tmp_path / f"out.{ending}"
    good.write_bytes(files.as_csv([HEADER, ROWS[0]]))
    all_rows.write_bytes(TABLE)
    assert run(monkeypatch, str(good), "--out", str(target)) == 0
    assert run(monkeypatch, str(all_rows), "--out", str(target)) == 1
    out = capsys.readouterr().out
    assert "5 rows" in out
    assert "numbers in 备案编号 (certain), companies in 供应商 (certain)" in out
    assert "rows without a number (row numbers): 5, 6" in out
    assert target.exists()
    assert run(monkeypatch, str(all_rows), "--out", str(target), "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["out"], told["rows"], told["confirmed"]) == (str(target), 5, 1)
    assert sum(one["rows"] for one in told["counts"]) == 5
    assert run(monkeypatch, str(good)) == 2
    assert run(monkeypatch, str(good), "--out", str(tmp_path / "out.pdf")) == 2
    assert run(monkeypatch, str(good), "--out", str(tmp_path / "none" / f"out.{ending}")) == 3
    assert run(monkeypatch, str(tmp_path / "none.csv"), "--out", str(target)) == 3


@pytest.mark.usefixtures("filled")
def test_the_input_is_never_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, link = tmp_path / "v.csv", tmp_path / "link.csv"
    source.write_bytes(TABLE)
    link.symlink_to(source)
    assert run(monkeypatch, str(source), "--out", str(source)) == 2
    assert run(monkeypatch, str(source), "--out", str(link)) == 2
    assert source.read_bytes() == TABLE


@pytest.mark.usefixtures("filled")
def test_columns_that_are_unclear_are_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "v.csv"
    source.write_bytes(files.as_csv([["x", "y", "z"], [COMPANY, "乙方科技有限公司", number(1)]]))
    out = str(tmp_path / "out.csv")
    assert run(monkeypatch, str(source), "--out", out) == 2
    told = capsys.readouterr().err
    assert f"A x: 0 numbers; such as {COMPANY}" in told
    assert "--entity-column" in told
    assert run(monkeypatch, str(source), "--out", out, "--entity-column", "x") == 0


@pytest.mark.usefixtures("filled")
def test_standard_input_and_output(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """The answer alone on standard output; what is said about it on standard error."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TABLE)))
    assert run(monkeypatch, "-", "--out", "-") == 1
    out, err = capfdbinary.readouterr()
    assert out.decode("utf-8-sig").splitlines()[0].startswith("编号,供应商,备案编号,备注,result,")
    assert b"5 rows" in err


def test_a_check_that_is_ended_leaves_nothing(tmp_path: Path) -> None:
    """While it waits for its input; SIGTERM is what a container, a CI job or `timeout` sends."""
    (tmp_path / "temporary").mkdir()
    with subprocess.Popen(
        [Path(sys.executable).with_name("suanbei"), "verify", "--file", "-", "--out", "-"],
        stdin=subprocess.PIPE, env=environment(tmp_path) | {"TMPDIR": str(tmp_path / "temporary")},
    ) as check:  # fmt: skip
        while not list((tmp_path / "temporary").glob("suanbei-*")):
            assert check.poll() is None
            time.sleep(0.01)
        check.terminate()
        assert check.wait(60) == 128 + signal.SIGTERM
    assert not list((tmp_path / "temporary").iterdir())
