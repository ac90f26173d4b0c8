"""Files are what they are, not what they are called; what is hidden is named; nothing is lost."""

import io
from pathlib import Path

import pytest
import xlsxwriter
import xlwt
from hypothesis import HealthCheck, given
from hypothesis import settings as trials
from hypothesis import strategies as st

from suanbei.common.errors import (
    BrokenDocument,
    DocumentError,
    DocumentTooLarge,
    EmptyDocument,
    NotADocument,
    UsageError,
)
from suanbei.search_api.bulk.reading import SERVER_LIMITS, read_file, read_here
from suanbei.search_api.bulk.table import TableFile, looks_like_number, read_batches, text_of
from suanbei.search_api.bulk.workbook import xls_details
from tests.lists import number
from tests.parsers.making import package, xlsx
from tests.search_api.bulk import files

ROWS = [["供应商", "备案编号"], ["甲公司", number(1)], ["乙公司", number(2)]]


def read(folder: Path, data: bytes, delimiter: str = "") -> tuple[TableFile, list[list[list[str]]]]:
    """What is read of a file, and the texts of each of its sheets."""
    source, rows = folder / "source", folder / "rows"
    source.write_bytes(data)
    found = read_here(source, "v.xls", rows, delimiter)
    sheets = [
        [
            [text_of(cell) for cell in row]
            for _, batch in read_batches(found, sheet)
            for row in batch
        ]
        for sheet in found.sheets
    ]
    return found, sheets


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("csv", files.as_csv(ROWS)),
        ("csv", files.as_csv(ROWS, ";", "gb18030")),
        ("csv", files.as_csv(ROWS, "\t", "utf-16")),
        ("csv", files.as_csv(ROWS, "|", "utf-16-le")),
        ("csv", files.as_csv(ROWS, "，", "utf-8-sig")),
        ("csv", b"sep=;\r\n" + files.as_csv(ROWS, ";")),
        ("xlsx", files.as_xlsx(ROWS)),
        ("xls", files.as_xls(ROWS)),
        ("ods", files.as_ods(ROWS)),
        ("html", files.as_html(ROWS)),
        ("html", files.as_html(ROWS).replace(b"utf-8", b"gb2312").decode().encode("gb18030")),
        ("xml", files.as_xml(ROWS)),
        ("mhtml", files.as_mhtml(ROWS)),
        ("jsonl", files.as_jsonl(ROWS)),
        ("json", b"[" + files.as_jsonl(ROWS).replace(b"\n", b",") + b"]"),
    ],
)
def test_a_file_is_read_as_what_it_is(tmp_path: Path, kind: str, data: bytes) -> None:
    """Under one wrong name, every kind, encoding and delimiter gives the same rows."""
    found, sheets = read(tmp_path, data)
    assert (found.kind, sheets) == (kind, [ROWS])
    assert found.sheets[0].number_cells == [0, 2]


def test_traditional_characters_are_read_as_big5(tmp_path: Path) -> None:
    """Bytes of Big5 are valid GB18030 too: the words of such tables tell them apart."""
    rows = [["公司名稱", "備案編號"], ["測試科技有限公司", number(1)[4:-1]]]
    assert read(tmp_path, files.as_csv(rows, encoding="big5"))[1] == [rows]


@pytest.mark.parametrize(
    ("data", "error", "words"),
    [
        (b"", EmptyDocument, "empty"),
        (b" \n ", EmptyDocument, "empty"),
        (b"%PDF-1.7 ...", NotADocument, "suanbei scan"),
        (b"\x89PNG....", NotADocument, "picture"),
        (b"\x00\x01\xff\xfe\x81", NotADocument, "neither a workbook nor a text"),
        (package({"word/document.xml": "<w/>"}), NotADocument, "DOCX"),
        (package({"a.txt": "x"}), NotADocument, "ZIP"),
        (b"PK\x03\x04rubbish", BrokenDocument, "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rubbish", BrokenDocument, "cannot be read"),
        (b"<html><p>no table</p></html>", NotADocument, "no table"),
        (b"<?xml version='1.0'?><a/>", NotADocument, "no spreadsheet"),
        (b'{"a": 1}\n{"a": \n', BrokenDocument, "line 2"),
        (b'a,b\n1,"never closed\n2,3\n', BrokenDocument, "row 2: a quotation mark"),
    ],
)
def test_what_is_no_table_is_refused_in_one_line(
    tmp_path: Path, data: bytes, error: type[DocumentError], words: str
) -> None:
    """The line names the file and says what to do."""
    with pytest.raises(error, match=words) as raised:
        read(tmp_path, data)
    assert str(raised.value).startswith("v.xls: ")
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("delimiter", ["ab", '"', "\n"])
def test_what_can_be_no_delimiter_is_refused(tmp_path: Path, delimiter: str) -> None:
    with pytest.raises(UsageError, match="one sign is wanted"):
        read(tmp_path, b"a,b", delimiter)


any_folder = trials(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
tables = st.lists(
    st.lists(st.text('a中,;\t"\r\n=+-@＝ \u3000', max_size=4), min_size=2, max_size=3),
    min_size=1, max_size=6,
)  # fmt: skip


@any_folder
@given(rows=tables, delimiter=st.sampled_from(",;\t|"))
def test_any_csv_is_read_as_it_was_written(
    tmp_path: Path, rows: list[list[str]], delimiter: str
) -> None:
    """Quotes, line breaks and delimiters within cells."""
    data = b"\xef\xbb\xbf" + files.as_csv([["x", "y"], *rows], delimiter)
    assert read(tmp_path, data, delimiter)[1] == [[["x", "y"], *rows]]


def test_hidden_sheets_rows_and_columns_are_named(tmp_path: Path) -> None:
    body = io.BytesIO()
    with xlsxwriter.Workbook(body) as book:
        sheet, hidden = book.add_worksheet("表"), book.add_worksheet("旧版")
        for place, row in enumerate([*ROWS, ["丙公司", number(3)]]):
            sheet.write_row(place, 0, [*row, number(9)])
            hidden.write_row(place, 0, row)
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.set_column(2, 2, None, None, {"hidden": True})
        hidden.hide()
    found, sheets = read(tmp_path, body.getvalue())
    [table] = found.sheets
    assert (table.hidden_rows, table.hidden_columns) == ([3], [2])
    assert table.hidden_numbers == 5  # column C in four rows, and B in the hidden one
    assert found.hidden_sheets == {"旧版": 3}
    assert len(sheets[0]) == 4  # they stay in their place: row numbers are the user's own


def test_hidden_rows_of_html_and_ods(tmp_path: Path) -> None:
    page = files.as_html(ROWS).replace(
        "<tr><td>乙".encode(), "<tr style='display: none'><td>乙".encode()
    )
    assert read(tmp_path, page)[0].sheets[0].hidden_rows == [3]
    assert read(tmp_path, files.as_ods(ROWS, hidden_row=2))[0].sheets[0].hidden_rows == [3]


def test_hidden_rows_and_columns_of_xls(tmp_path: Path) -> None:
    """Told by no library: read from the records of the file, also where it has many sectors."""
    book, body = xlwt.Workbook(), io.BytesIO()
    for name in ("表", "Other"):
        sheet = book.add_sheet(name)
        for place in range(3000):
            sheet.write(place, 0, f"公司{place}")
            sheet.write(place, 2, number(1))
        sheet.row(2000).hidden = name == "Other"
        sheet.col(2).hidden = name == "表"
    book.save(body)
    first, second = read(tmp_path, body.getvalue())[0].sheets
    assert (first.hidden_rows, first.hidden_columns) == ([], [2])
    assert (second.hidden_rows, second.hidden_columns) == ([2001], [])
    assert second.hidden_numbers == 1


@any_folder
@given(cut=st.integers(0, 5000), filling=st.binary(max_size=40))
def test_a_damaged_xls_hides_nothing_and_hangs_nothing(
    tmp_path: Path, cut: int, filling: bytes
) -> None:
    data = files.as_xls(ROWS)
    (tmp_path / "source").write_bytes(data[:cut] + filling + data[cut + len(filling) :])
    details = xls_details(tmp_path / "source")
    assert all(max(one.hidden_columns, default=0) < 256 for one in details.values())


MERGED = [["供应商", "备案编号"], ["甲公司", number(1)], ["", number(2)], ["", number(3)]]


def merged_xlsx() -> bytes:
    body = io.BytesIO()
    with xlsxwriter.Workbook(body) as book:
        sheet = book.add_worksheet()
        for place, row in enumerate(MERGED):
            sheet.write_row(place, 0, row)
        sheet.merge_range(1, 0, 3, 0, "甲公司")
    return body.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        merged_xlsx(),
        files.as_ods(MERGED, spanned=(1, 3)),
        f"<table><tr><td>供应商<td>备案编号<tr><td rowspan=3>甲公司<td>{number(1)}<tr><td>{number(2)}"
        f"<tr><td>{number(3)}</table>".encode(),
        files.as_xml(MERGED).replace(
            'ss:Index="1"><Data ss:Type="String">甲公司'.encode(),
            'ss:Index="1" ss:MergeDown="2"><Data ss:Type="String">甲公司'.encode(),
        ),
    ],
    ids=["xlsx", "ods", "html", "xml"],
)  # fmt: skip
def test_a_merged_cell_stands_in_each_of_its_rows(tmp_path: Path, data: bytes) -> None:
    [rows] = read(tmp_path, data)[1]
    assert [row[0] for row in rows] == ["供应商", "甲公司", "甲公司", "甲公司"]
    assert [row[1] for row in rows[1:]] == [number(1), number(2), number(3)]


def test_cells_without_a_value_are_kept_and_told_apart(tmp_path: Path) -> None:
    """A formula that was never computed, an error; a formula that came to an empty text is empty."""
    cells = (
        '<row r="1"><c r="A1"><f>CONCAT("a","&lt;b")</f><v></v></c>'
        '<c r="B1" t="e"><f>NA()</f><v>#N/A</v></c><c r="C1" t="str"><f>""</f><v></v></c></row>'
    )
    found, _ = read(tmp_path, files.with_cells(cells))
    [(_, [row])] = list(read_batches(found, found.sheets[0]))
    assert row == [{"f": '=CONCAT("a","<b")'}, {"e": "#N/A"}]


def test_numbers_around_a_table_are_counted(tmp_path: Path) -> None:
    page = files.as_html(ROWS, after=f"<p>另见 {number(7)}</p>")
    assert read(tmp_path, page)[0].outside == 1


@pytest.mark.parametrize(
    ("cell", "is_number"),
    [
        (number(1), True), (f"见{number(1)}及其他", True), ("110108823483901230031", True),
        ("1.10108823483901E+20", True), (1.10108823483901e20, True),
        ("Beijing-WenXinYiYan-20230821", True), ("京ICP备12345678号", False), (12345.0, False),
        ("13800138000", False), ("gpt-4-turbo-2024-04-09", False), ({"f": f"={number(1)}"}, False),
    ],
)  # fmt: skip
def test_what_looks_like_a_filing_number(cell: object, is_number: bool) -> None:
    assert looks_like_number(cell) is is_number


FAR = '<row><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'


def test_a_small_file_that_would_take_all_memory(tmp_path: Path) -> None:
    """Read in a process of its own, and refused; nothing is left of it."""
    source, rows = tmp_path / "source", tmp_path / "rows"
    source.write_bytes(xlsx(FAR))
    with pytest.raises(DocumentTooLarge, match="16384 columns"):
        read_file(source, "far.xlsx", rows, SERVER_LIMITS)
    page = b"<table><tr>" + b"<td rowspan=99999>x" * 3000 + b"<tr><td>y" * 3000
    source.write_bytes(page)
    with pytest.raises(DocumentTooLarge, match="save it as CSV"):
        read_file(source, "far.html", rows, SERVER_LIMITS)
    assert not rows.exists()


def test_a_file_is_read_in_a_process_of_its_own(tmp_path: Path) -> None:
    source, rows = tmp_path / "source", tmp_path / "rows"
    source.write_bytes(files.as_xlsx(ROWS))
    found = read_file(source, "v.xlsx", rows, SERVER_LIMITS)
    assert (found.kind, found.sheets[0].rows, rows.exists()) == ("xlsx", 3, True)
