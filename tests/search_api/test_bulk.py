"""Tables of vendors: any common encoding and delimiter, columns found or named, every row back in order,
and nothing that a spreadsheet would run."""

import csv
import io
import sys
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from suanbei import cli
from suanbei.common.errors import UsageError
from suanbei.common.settings import Settings
from suanbei.registry.database import Database, open_database
from suanbei.registry.importing.documents import import_document
from suanbei.search_api.app import create_app
from suanbei.search_api.bulk import Options, Summary, check_file
from suanbei.search_api.bulk.cells import neutral
from suanbei.search_api.bulk.csv_target import CsvTarget
from suanbei.search_api.deps import Services
from tests.lists import listed, number, row
from tests.parsers.making import package, xlsx

COMPANY = "测试（杭州）科技有限公司"
HEADER = ["编号", "供应商", "备案编号", "备注"]
ROWS = [
    ["V1", COMPANY, number(1), "=1+1"],
    ["V2", "乙公司", number(2), "-5"],
    ["V3", "", number(9), 'says "so", twice'],
    ["V4", COMPANY, "", "两行\n备注"],
    ["V5", COMPANY, "京ICP备12345678号", " +cmd|' /C calc'!A0"],
]
VERDICTS = ["active", "active", "not_listed", "no_number", "no_number"]
on_sqlite = pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    import_document(database, listed([row(1), row(2)]))
    with database.read() as opened:
        yield opened


def as_csv(rows: list[list[str]], delimiter: str = ",") -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue()


def checked(
    session: Session,
    folder: Path,
    data: bytes,
    options: Options | None = None,
    delimiter: str = ",",
) -> tuple[Summary, list[list[str]]]:
    """What came of a file, and the rows that came back."""
    (folder / "vendors").write_bytes(data)
    target = folder / "checked.csv"
    told = check_file(session, folder / "vendors", target, options or Options(), lambda _: None)
    with target.open(encoding="utf-8-sig", newline="") as file:
        return told, list(csv.reader(file, delimiter=delimiter))


@on_sqlite
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_encoding_and_delimiter(
    session: Session, tmp_path: Path, encoding: str, delimiter: str
) -> None:
    """Every original column comes back in its row, in order; the verdict stands behind."""
    data = as_csv([HEADER, *ROWS], delimiter).encode(encoding)
    told, rows = checked(session, tmp_path, data, delimiter=delimiter)
    safe = [[*one[:3], {"=1+1": "'=1+1"}.get(one[3], one[3])] for one in ROWS]
    safe[4][3] = "'" + safe[4][3]
    assert [one[:4] for one in rows] == [HEADER, *safe]
    assert [one[4] for one in rows[1:]] == VERDICTS
    assert (told.rows, told.number_column, told.company_column) == (5, "备案编号", "供应商")


@on_sqlite
def test_what_is_appended(session: Session, tmp_path: Path) -> None:
    """Verdict, number, registrant, match, reason, list, date and evidence."""
    _, rows = checked(session, tmp_path, as_csv([HEADER, *ROWS]).encode())
    first = dict(zip(rows[0], rows[1], strict=True))
    assert (first["verdict"], first["number_read"], first["registrant"]) == (
        "active", number(1), COMPANY,
    )  # fmt: skip
    assert (first["company_match"], first["list_date"]) == ("exact", "2023-06")
    assert first["list"]
    assert dict(zip(rows[0], rows[2], strict=True))["company_match"] == "different"


@on_sqlite
@pytest.mark.parametrize(
    ("rows", "columns"),
    [
        ([["a", number(1), COMPANY], ["b", number(2), COMPANY]], ("2", "3")),
        ([["x", "y"], ["1", number(1)]], ("y", "")),
        ([["备案编号", "公司名称"], ["", COMPANY]], ("备案编号", "公司名称")),
    ],
    ids=["no header", "by content", "by header"],
)
def test_columns_are_found(
    session: Session, tmp_path: Path, rows: list[list[str]], columns: tuple[str, str]
) -> None:
    told, _ = checked(session, tmp_path, as_csv(rows).encode())
    assert (told.number_column, told.company_column) == columns


@on_sqlite
def test_columns_are_named(session: Session, tmp_path: Path) -> None:
    """By title or place; `-` is none; what is not there is said."""
    data = as_csv([["a", "b", "c"], [number(1), number(9), COMPANY]]).encode()
    for named, verdict in (("a", "active"), ("b", "not_listed"), ("2", "not_listed")):
        told, rows = checked(session, tmp_path, data, Options(named, "-"))
        assert (rows[1][3], told.company_column) == (verdict, "")
    with pytest.raises(UsageError, match="no column d"):
        checked(session, tmp_path, data, Options("d"))


def workbook() -> bytes:
    body = io.BytesIO()
    with xlsxwriter.Workbook(body, {"strings_to_formulas": False}) as book:
        first, second = book.add_worksheet("供应商"), book.add_worksheet("说明")
        for at, cells in enumerate([HEADER, *ROWS]):
            first.write_row(at, 0, cells)
        first.write_formula(1, 3, "=1+1", None, 2)
        second.write_row(0, 0, ["没有编号", 3.5])
    return body.getvalue()


@on_sqlite
def test_a_workbook_comes_back_whole(session: Session, tmp_path: Path) -> None:
    """Sheets in order, numbers as numbers; a formula's value comes back, no formula does."""
    source, target = tmp_path / "vendors.xlsx", tmp_path / "checked.xlsx"
    source.write_bytes(workbook())
    told = check_file(session, source, target, Options(), lambda _: None)
    book = openpyxl.load_workbook(target)
    assert (book.sheetnames, told.without_numbers) == (["供应商", "说明"], ["说明"])
    sheet = book["供应商"]
    assert [cell.value for cell in sheet["E"]][1:] == VERDICTS
    assert sheet["D2"].value == 2
    assert sheet["D6"].value == ROWS[4][3]
    assert {cell.data_type for line in sheet for cell in line} <= {"s", "n"}
    assert book["说明"]["B1"].value == 3.5


@on_sqlite
def test_over_http(database: Database, settings: Settings) -> None:
    """The file back, how many rows and how many are active; CSV may come back as XLSX."""
    import_document(database, listed([row(1), row(2)]))
    with TestClient(create_app(Services(settings, database))) as client:
        sent = {"file": ("v.csv", as_csv([HEADER, *ROWS]).encode("gb18030"))}
        answer = client.post("/v1/verify/file", files=sent)
        assert (answer.headers["x-rows"], answer.headers["x-active"]) == ("5", "2")
        assert answer.content.decode("utf-8-sig").count(COMPANY) >= 3
        book = client.post("/v1/verify/file", files=sent, data={"format": "xlsx"}).content
        assert openpyxl.load_workbook(io.BytesIO(book)).worksheets[0].max_row == 6
        refused = client.post("/v1/verify/file", files={"file": ("v.csv", b"a,b\n1,2\n")})
        assert (refused.status_code, refused.json()["code"]) == (400, "bad_request")


FAR = '<row><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
SHARING = "<row>" + '<c t="s"><v>0</v></c>' * 300 + "</row>"
LONG = f"<sst><si><t>{'x' * 1_000_000}</t></si></sst>"


@on_sqlite
@pytest.mark.parametrize(
    ("book", "status", "words"),
    [
        (xlsx(FAR), 413, "16384 columns"),
        (xlsx(SHARING, sharedStrings=LONG), 413, "texts of more"),
        (xlsx("<row><c>"), 422, "not well-formed"),
        (package({"content.xml": "<a/>"}), 422, "save it as XLSX"),
    ],
    ids=["far cell", "long text in many cells", "cut sheet", "other workbook"],
)
def test_a_workbook_is_measured_before_it_is_opened(
    database: Database, settings: Settings, book: bytes, status: int, words: str
) -> None:
    """Small files that would take all memory; the server goes on."""
    with TestClient(create_app(Services(settings, database))) as client:
        answer = client.post("/v1/verify/file", files={"file": ("v.xlsx", book)})
        assert (answer.status_code, words in answer.json()["detail"]) == (status, True)
        assert client.get("/health/live").status_code == 200


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_on_the_command_line(
    settings: Settings, tmp_path: Path, ending: str, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """0 if all are active and their company's, else 1; 2 for wrong use; a summary is printed."""
    database = open_database(settings)
    import_document(database, listed([row(1), row(2)]))
    database.close()
    target = tmp_path / f"out.{ending}"

    def run(rows: list[list[str]], *words: str) -> int:
        source = tmp_path / "in.csv"
        source.write_text(as_csv([HEADER, *rows]), "utf-8")
        monkeypatch.setattr(sys, "argv", ["suanbei", "verify", "--file", str(source), *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return int(ended.value.code or 0)

    assert run(ROWS[:1], "--out", str(target)) == 0
    assert run(ROWS, "--out", str(target)) == 1
    assert "5 rows" in capsys.readouterr().out
    assert target.exists()
    assert run(ROWS) == 2
    assert run(ROWS, "--out", str(tmp_path / "out.pdf")) == 2
    assert run(ROWS, "--out", str(tmp_path / "none" / f"out.{ending}")) == 3


@on_sqlite
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("before", [" ", "\t", "\xa0", "\u3000", "\n", "\r\n", " \t"])
def test_white_space_hides_no_formula(
    session: Session, tmp_path: Path, before: str, delimiter: str
) -> None:
    """Spreadsheets pass over it; so do we, in rows that need nothing else done to them."""
    given = ["V1", COMPANY, number(1), f"{before}=1+1"]
    source = as_csv([HEADER, given], delimiter).encode()
    _, rows = checked(session, tmp_path, source, delimiter=delimiter)
    assert rows[1][3].startswith("'")


@on_sqlite
def test_row_made_safe_keeps_its_line_breaks(session: Session, tmp_path: Path) -> None:
    """A formula is made a text; a line break in another cell of its row still is inside a cell."""
    given = ["V1", COMPANY, number(1), "=1+1", "两行\n备注", "回\r车"]
    data = as_csv([[*HEADER, "甲", "乙"], given, [*ROWS[1], "", ""]]).encode()
    _, rows = checked(session, tmp_path, data)
    assert [one[:6] for one in rows[1:]] == [[*given[:3], "'=1+1", *given[4:]], [*ROWS[1], "", ""]]


@given(
    cells=st.lists(st.text('a,;\t"\r\n=+-@＝ \u30005%'), min_size=2, max_size=4),
    delimiter=st.sampled_from(",;\t|"),
)
def test_our_own_cells_are_quoted_as_csv_does(cells: list[str], delimiter: str) -> None:
    """They are made safe, and quoted by a shorter way than the csv module's to the same text."""
    wanted = io.StringIO(newline="")
    csv.writer(wanted, delimiter=delimiter).writerow([neutral(cell) for cell in cells])
    target = CsvTarget(io.StringIO(), delimiter)
    assert target.shape(cells) == delimiter + wanted.getvalue()
