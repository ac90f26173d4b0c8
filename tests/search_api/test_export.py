"""Exports over HTTP and on the command line."""

import csv
import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import orjson
import pyarrow.parquet as pq
import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from suanbei.cli import app
from suanbei.common.settings import Settings
from suanbei.registry.database import Database, open_database
from suanbei.registry.importing.documents import import_document
from suanbei.registry.importing.published import Series
from suanbei.search_api.app import create_app
from suanbei.search_api.deps import Services
from suanbei.search_api.export import rows
from suanbei.search_api.export.formats import FORMATS, Format
from suanbei.search_api.export.rows import COLUMNS, Chunk, Metadata
from tests.lists import listed, number, row

NAMES = [column.name for column in COLUMNS]


@pytest.fixture
def opened(settings: Settings) -> Database:
    database = open_database(settings)
    algorithms = [
        row(1, seq="1", entity="北京字节跳动科技有限公司", product="抖音(APP、网站)"),
        row(2, number=number(2, "7654321", "110105"), name='=HYPERLINK("http://x")'),
    ]
    model = row(
        3, series=Series.GENAI_FILING, period="2024-02", label="", entity="丙", region="浙江省",
        number="ZheJiang-JiaMoXing-20240105", filed_on="2024年1月5日",
    )  # fmt: skip
    import_document(database, listed(algorithms))
    import_document(database, listed([model]))
    return database


@pytest.fixture
def client(settings: Settings, opened: Database) -> TestClient:
    return TestClient(create_app(Services(settings, opened)))


def export(client: TestClient, form: str, **filters: Any) -> bytes:
    answer = client.get(f"/v1/export.{form}", params=filters)
    assert answer.status_code == 200, answer.text
    assert f".{form}" in answer.headers["content-disposition"]
    return answer.content


def csv_rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_columns_keep_their_order() -> None:
    """Scripts of users count on it: a new column goes to the end."""
    assert NAMES == [
        "number", "series", "status", "name", "type", "label", "role", "entity", "entity_id",
        "former_entities", "product", "product_kinds", "purpose", "remark", "region", "city",
        "division", "year", "filed_on", "first_period", "last_period", "flags",
        "series_name", "status_name", "type_name", "role_name", "product_kind_names",
        "list", "list_title", "list_published_on", "list_page", "list_row",
        "notice_url", "document_url", "document_sha256", "document_origin",
        "entity_as_listed", "list_seq",
    ]  # fmt: skip


def test_csv(client: TestClient) -> None:
    """Excel opens it as UTF-8, and runs nothing in it."""
    content = export(client, "csv")
    assert content.startswith(b"\xef\xbb\xbfnumber,")
    first, second, model = csv_rows(content)
    assert first["number"] == number(1)
    assert (first["product_kinds"], first["city"]) == ("app、website", "浙江省杭州市")
    assert second["name"].startswith("'=HYPERLINK")
    assert model["filed_on"] == "2024-01-05"


def test_a_row_says_where_it_comes_from(client: TestClient) -> None:
    """List, 序号, row, address and digest of the newest list that shows it; codes and words side by side."""
    first, _, model = csv_rows(export(client, "csv"))
    assert (first["list"], first["list_row"]) == ("deep_synthesis-2023-06", "2")
    assert first["list_seq"] == "1"
    assert first["document_url"] == "https://x/doc"
    assert len(first["document_sha256"]) == 64
    assert first["document_origin"] == "published"
    assert (first["series"], first["series_name"]) == (
        "deep_synthesis",
        "Deep-synthesis algorithm filings",
    )
    assert model["list"] == "genai_filing-2024-02"


def test_a_chinese_export_is_chinese(client: TestClient) -> None:
    """Headers and words; the codes stay. XLSX has filters on the header."""
    (first, *_) = csv_rows(export(client, "csv", lang="zh"))
    assert (first["备案编号"], first["状态代码"], first["状态"]) == (number(1), "active", "有效")
    assert first["产品形态"] == "APP、网站"
    sheet = openpyxl.load_workbook(io.BytesIO(export(client, "xlsx", lang="zh"))).worksheets[1]
    assert sheet["A1"].value == "备案编号"
    assert sheet.auto_filter.ref.startswith("A1:")
    assert sheet.freeze_panes == "A2"


def test_the_dictionary_explains_every_column(client: TestClient) -> None:
    """Also beside a file of the command line."""
    lines = csv_rows(client.get("/v1/export/columns").content)
    assert [line["column"] for line in lines] == NAMES
    assert all(line["含义"] and line["meaning"] for line in lines)


def test_jsonl(client: TestClient) -> None:
    """Values as they are: lists, numbers and nulls."""
    lines = [orjson.loads(line) for line in export(client, "jsonl").splitlines()]
    assert [list(line) for line in lines] == [NAMES] * 3
    assert lines[0]["product_kinds"] == ["app", "website"]
    assert (lines[0]["year"], lines[0]["filed_on"]) == (2023, None)
    assert lines[1]["name"] == '=HYPERLINK("http://x")'


def test_parquet(client: TestClient) -> None:
    """Columns have types, and the file says what it is of."""
    table = pq.read_table(io.BytesIO(export(client, "parquet", series="genai_filing")))
    assert table.schema.names == NAMES
    assert table.to_pylist()[0]["filed_on"] == date(2024, 1, 5)
    assert str(table.schema.field("year").type) == "int32"
    assert table.schema.metadata[b"suanbei.filters"] == b'{"series":["genai_filing"]}'


def test_xlsx(client: TestClient) -> None:
    """The first sheet says query, time and coverage; texts are texts."""
    book = openpyxl.load_workbook(io.BytesIO(export(client, "xlsx", q="测试算法", region="浙江")))
    about, filings = book.worksheets
    said = {line[0]: line[1:] for line in about.iter_rows(values_only=True)}
    assert said["条件 filter: q"][0] == "测试算法"
    assert said["条件 filter: region"][0] == "浙江"
    assert said["条数 filings"][0] == "2"
    assert said["deep_synthesis"][0] == "2023-06"
    assert str(said["时间 time"][0]).endswith("Z")
    lines = list(filings.iter_rows(values_only=True))
    assert list(lines[0]) == NAMES
    assert len(lines) == 3
    assert lines[1][NAMES.index("year")] == 2023


def test_xlsx_runs_no_formula(client: TestClient) -> None:
    """A name that looks like a formula is kept as it was published, as a text."""
    book = openpyxl.load_workbook(io.BytesIO(export(client, "xlsx", region="北京")))
    cell = book.worksheets[1].cell(2, NAMES.index("name") + 1)
    assert (cell.value, cell.data_type) == ('=HYPERLINK("http://x")', "s")


@pytest.mark.parametrize("form", list(Format))
def test_nothing_found_is_still_a_file(client: TestClient, form: Format) -> None:
    """An empty export opens like any other."""
    assert export(client, form, q="没有的东西") or form is Format.JSONL


@pytest.mark.parametrize("filters", [{}, {"q": "测试"}, {"status": "active"}, {"year": 2024}])
def test_the_filters_are_those_of_search(client: TestClient, filters: dict[str, Any]) -> None:
    """An export holds what a search with the same filters finds."""
    total = client.get("/v1/filings", params=filters).json()["total"]
    assert len(csv_rows(export(client, "csv", **filters))) == total


@pytest.mark.parametrize("filters", [{}, {"q": "测试"}])
def test_parts_join_without_gap(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, filters: dict[str, Any]
) -> None:
    """Rows are read in parts: none is lost or doubled between two."""
    whole = csv_rows(export(client, "csv", **filters))
    monkeypatch.setattr(rows, "PART", 1)
    assert csv_rows(export(client, "csv", **filters)) == whole


@pytest.mark.parametrize("form", [Format.CSV, Format.JSONL, Format.PARQUET])
def test_bytes_leave_as_rows_are_read(form: Format) -> None:
    """A large export is never held whole: bytes come before the last rows are asked for."""
    asked = 0

    def parts() -> Iterator[Chunk]:
        nonlocal asked
        for part in range(1, 101):
            asked = part
            yield [tuple([] if c.kind == "texts" else None for c in COLUMNS)]

    blocks = FORMATS[form][0](Metadata({}, "", 100, {}), parts())
    assert next(blocks)
    assert asked <= 10
    assert sum(1 for _ in blocks) >= 10


@pytest.mark.parametrize("path", ["export.pdf", "export.csv?serise=x", "export.csv?region=火星"])
def test_wrong_use_is_a_problem(client: TestClient, path: str) -> None:
    """An export of the wrong filings is worse than none."""
    answer = client.get(f"/v1/{path}")
    assert answer.status_code in (400, 404, 422)
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_command(opened: Database, tmp_path: Path) -> None:
    """By the file's name or by --format; to standard output; 1 when nothing is found."""
    run = CliRunner().invoke
    for form in Format:
        path = tmp_path / f"all.{form}"
        assert run(app, ["export", "--out", str(path)]).exit_code == 0
        assert path.stat().st_size > 100
    lines = run(app, ["export", "-o", "-", "--format", "jsonl", "字节跳动"]).stdout
    assert orjson.loads(lines)["entity"] == "北京字节跳动科技有限公司"
    assert run(app, ["export", "字节跳动"]).stdout.startswith("number,")
    assert run(app, ["export", "没有的"]).exit_code == 1


@pytest.mark.parametrize("out", ["filings", "filings.pdf", "missing/filings.csv"])
def test_a_file_that_cannot_be(opened: Database, tmp_path: Path, out: str) -> None:
    """Nothing half written stays."""
    before = set(tmp_path.rglob("filings*"))
    result = CliRunner().invoke(app, ["export", "--out", str(tmp_path / out)])
    assert result.exit_code != 0
    assert set(tmp_path.rglob("*filings*")) == before
