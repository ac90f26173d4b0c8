"""Every row is judged or named; a row is as good as its worst number; the answer is whole."""

import csv
import io
import json
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given
from hypothesis import settings as trials
from hypothesis import strategies as st

from suanbei.common.deadline import working_for
from suanbei.common.errors import RegistryError, TookTooLong, UsageError
from suanbei.common.texts import Language
from suanbei.search_api.bulk.recognise import Choice
from suanbei.search_api.bulk.results import HEADERS
from suanbei.search_api.bulk.summary import summary_lines
from suanbei.search_api.bulk.table import column_letter, is_risky
from suanbei.search_api.bulk.writing import csv_bytes, open_writer
from tests.lists import number
from tests.search_api.bulk import files
from tests.search_api.bulk.conftest import COMPANY, Check

HEADER = ["编号", "供应商", "备案编号", "备注"]
ROWS = [
    ["V1", COMPANY, number(1), "=1+1"],
    ["V2", "乙方科技有限公司", number(2), "-5"],
    ["V3", "", number(9), 'says "so", twice'],
    ["V4", COMPANY, "", "两行\n备注"],
    ["V5", COMPANY, "京ICP备12345678号", " +cmd|' /C calc'!A0"],
]
VERDICTS = ["active", "active", "not_listed", "no_number", "no_number"]


def back(path: Path, delimiter: str = ",") -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, delimiter=delimiter))


def records(path: Path) -> list[dict[str, str]]:
    header, *rows = back(path)
    return [dict(zip(header, row, strict=True)) for row in rows]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_row_comes_back_in_its_place(check: Check, delimiter: str) -> None:
    """With what was in it; the verdict behind it; in the delimiter that came in."""
    summary, out = check(files.as_csv([HEADER, *ROWS], delimiter, "gb18030"))
    rows = back(out, delimiter)
    safe = [[*row[:3], {"=1+1": "'=1+1"}.get(row[3], row[3])] for row in ROWS]
    safe[4][3] = "'" + safe[4][3]
    assert [row[:4] for row in rows] == [HEADER, *safe]
    assert [row[5] for row in rows[1:]] == VERDICTS
    assert [row[-1] for row in rows] == ["source_row", "2", "3", "4", "5", "6"]
    assert (summary.rows, summary.active, summary.confirmed) == (5, 2, 1)
    assert [row for _, row in summary.no_number] == [5, 6]
    assert not summary.is_well


def test_what_is_added(check: Check) -> None:
    """Result in words and as a code, number, registrant, how the company compares, why, list, date."""
    _, out = check(files.as_csv([HEADER, *ROWS]))
    first, second, third, *_ = records(out)
    assert (first["verdict"], first["number_read"], first["registrant"]) == (
        "active", number(1), COMPANY,
    )  # fmt: skip
    assert (first["company_match"], first["list_date"]) == ("exact", "2023-06")
    assert first["list"]
    assert (second["company_match"], second["company"]) == ("different", "another company's")
    assert (third["verdict"], third["result"]) == ("not_listed", "not listed")
    assert number(1) in third["candidates"]
    _, out = check(files.as_csv([HEADER, *ROWS]), language=Language.ZH)
    assert [one["核验结果"] for one in records(out)][:3] == ["有效", "有效", "未列入清单"]
    assert [one["核验结果代码"] for one in records(out)] == VERDICTS


def test_a_title_above_the_header_passes_through(check: Check) -> None:
    """Row numbers are those of the user's own sheet."""
    data = files.as_csv([["台账"], [], HEADER, *ROWS[:1], ["合计", "", "1", ""]])
    summary, out = check(data)
    rows = back(out)
    assert (rows[0], rows[2][4:6]) == (["台账"], ["result", "verdict"])
    assert (rows[3][5], rows[3][-1]) == ("active", "4")
    assert rows[4][0] == "合计"
    assert (summary.rows, summary.other_rows, summary.is_well) == (1, [("", 5)], True)


def test_notes_and_totals_need_no_number(check: Check) -> None:
    rows = [HEADER, ROWS[0], ["合计", "", "", "1"], ["", "", "", "注：以上"], HEADER, ROWS[0]]
    summary, out = check(files.as_csv(rows))
    assert (summary.rows, summary.other_rows, summary.is_well) == (2, [("", 3), ("", 4)], True)
    assert [row[5] if len(row) > 5 else "" for row in back(out)] == [
        "verdict", "active", "", "", "", "active",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "verdict", "is_well"),
    [
        (f"{number(1)}、{number(2)}", "active", True),
        (f"{number(1)}\n{number(9)}", "not_listed", False),
        (f"算法{number(1)}；另见{number(9)}", "not_listed", False),
    ],
)
def test_of_several_numbers_in_a_cell_the_worst_decides(
    check: Check, cell: str, verdict: str, is_well: bool
) -> None:
    summary, out = check(files.as_csv([["供应商", "备案编号"], [COMPANY, cell]]))
    [row] = records(out)
    assert (row["verdict"], summary.is_well) == (verdict, is_well)
    assert number(1) in row["other_numbers"] + row["number_read"]


def test_each_column_of_numbers_has_its_own_results(check: Check) -> None:
    """The row's verdict is the worst; an empty cell beside a number does no harm."""
    rows = [
        ["供应商", "算法备案号", "大模型备案号"],
        [COMPANY, number(1), number(2)],
        [COMPANY, number(1), number(9)],
        [COMPANY, number(1), "无"],
        [COMPANY, number(1), "申请中"],
        ["乙方科技有限公司", number(1), ""],
    ]
    summary, out = check(files.as_csv(rows))
    told = records(out)
    assert [one["verdict"] for one in told] == [
        "active",
        "not_listed",
        "active",
        "active",
        "active",
    ]
    assert [one["verdict [算法备案号]"] for one in told] == ["active"] * 5
    assert [one["verdict [大模型备案号]"] for one in told][:3] == ["active", "not_listed", ""]
    assert told[4]["company_match [算法备案号]"] == "different"
    assert (summary.rows, summary.confirmed) == (5, 3)


def test_all_sheets_are_read_and_told_apart(check: Check) -> None:
    sheets = {"五月": [HEADER, ROWS[0]], "说明": [["没有编号", 3.5]], "六月": [HEADER, ROWS[2]]}
    data = files.as_xlsx(**{"rows": sheets.pop("五月"), "name": "五月"}, **sheets)
    summary, out = check(data, out="out.xlsx")
    book = openpyxl.load_workbook(out)
    assert book.sheetnames == ["五月", "说明", "六月", "summary"]
    assert (summary.rows, summary.without_numbers) == (2, ["说明"])
    assert (book["说明"]["B1"].value, book["六月"]["F2"].value) == (3.5, "not_listed")
    _, flat = check(data)
    assert [(one["source_sheet"], one["source_row"]) for one in records_of(flat)] == [
        ("五月", "2"), ("六月", "2"),
    ]  # fmt: skip
    one, _ = check(data, Choice(sheet="六月"))
    assert one.rows == 1


def records_of(path: Path) -> list[dict[str, str]]:
    """Of several tables in one file: each row under the header before it."""
    header: list[str] = []
    found = []
    for row in back(path):
        if "verdict" in row:
            header = row
        elif header:
            found.append(dict(zip(header, row, strict=True)))
    return found


def test_what_is_hidden_is_left_out_and_not_well(check: Check) -> None:
    """A hidden row with a number was not checked: the answer is no "all well"."""
    body = io.BytesIO()
    with xlsxwriter.Workbook(body) as book:
        sheet = book.add_worksheet("表")
        for place, row in enumerate([HEADER[:3], ROWS[0][:3], ["V9", COMPANY, number(9)]]):
            sheet.write_row(place, 0, row)
        sheet.set_row(2, None, None, {"hidden": True})
        book.add_worksheet("旧版").hide()
    summary, out = check(body.getvalue(), out="out.xlsx")
    assert (summary.rows, summary.confirmed, summary.unchecked, summary.is_well) == (1, 1, 1, False)
    sheet = openpyxl.load_workbook(out)["表"]
    assert sheet.row_dimensions[3].hidden
    assert [cell.value for cell in sheet["C"]][2] == number(9)
    assert sheet["D3"].value is None
    told = dict(summary_lines(summary, Language.EN))
    assert told["left out: hidden rows (row numbers)"] == "3 (filing numbers: 1)"
    assert told["left out: hidden sheet"] == "旧版"


def test_a_formula_without_a_value_is_named_and_stays(check: Check) -> None:
    cells = (
        '<row r="1"><c r="A1" t="inlineStr"><is><t>供应商</t></is></c><c r="B1" t="inlineStr"><is>'
        '<t>备案编号</t></is></c></row><row r="2"><c r="A2" t="inlineStr"><is><t>甲公司</t></is></c>'
        f'<c r="B2"><f>HYPERLINK("x","{number(1)}")</f><v></v></c></row>'
    )
    summary, out = check(files.with_cells(cells), out="out.xlsx")
    sheet = openpyxl.load_workbook(out).worksheets[0]
    assert sheet["B2"].value == f'=HYPERLINK("x","{number(1)}")'
    assert sheet["B2"].data_type == "s"
    assert (sheet["D2"].value, "never computed" in sheet["I2"].value) == ("no_number", True)
    assert (summary.not_computed, summary.is_well) == ([("Sheet1", 2, 1)], False)


def test_a_rounded_number_has_candidates(check: Check) -> None:
    """As a number of a workbook and as the text that a spreadsheet wrote."""
    rows = [["供应商", "备案编号"], [COMPANY, float(number(1)[4:-1])]]
    _, out = check(files.as_xlsx(rows))
    [row] = records(out)
    assert (row["verdict"], number(1) in row["candidates"]) == ("malformed", True)
    assert "lost" in row["reason"]


def test_a_clean_workbook_comes_back(check: Check) -> None:
    """Filters and a frozen header, dates as dates, numbers as numbers, nothing that runs."""
    from datetime import date

    body = io.BytesIO()
    with xlsxwriter.Workbook(body, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("表")
        for place, row in enumerate([["台账"], HEADER, *ROWS]):
            sheet.write_row(place, 0, row)
        sheet.write_datetime(2, 3, date(2026, 1, 5), book.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.write_number(3, 3, 0.5)
        sheet.write_formula(4, 3, "=1+1", None, 2)
    _, out = check(body.getvalue(), out="out.xlsx")
    sheet = openpyxl.load_workbook(out)["表"]
    assert [sheet[cell].value for cell in ("D4", "D5")] == [0.5, 2]
    assert (sheet["D3"].value.date(), sheet["D3"].is_date) == (date(2026, 1, 5), True)
    last = column_letter(4 + len(HEADERS) + 1 - 1)
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A3", f"A2:{last}7")
    assert {cell.data_type for line in sheet for cell in line} <= {"s", "n", "d"}
    summary = openpyxl.load_workbook(out)["summary"]
    told = {row[0].value: row[1].value for row in summary.iter_rows()}
    assert told["rows checked"] == "5"
    assert "header in row 2; numbers in 备案编号 (certain)" in told["what was recognised"]
    assert any(label.startswith("covered: ") for label in told)


def test_json_lines_come_back_as_json_lines(check: Check) -> None:
    _, out = check(files.as_jsonl([HEADER, *ROWS[:2]]), out="out.jsonl")
    told = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [one["备案编号"] for one in told] == [number(1), number(2)]
    assert [one["verdict"] for one in told] == ["active", "active"]
    assert [one["source_row"] for one in told] == ["1", "2"]
    _, out = check(files.as_jsonl([["footer"], [f"备案号：{number(1)}"]]), out="out.jsonl")
    [one] = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert (one["verdict"], one["columns_checked"]) == ("active", "footer")


def test_work_that_nobody_waits_for_stops(check: Check, tmp_path: Path) -> None:
    """Nothing half written is left."""
    with working_for(-1), pytest.raises(TookTooLong):
        check(files.as_csv([HEADER, *ROWS]))
    assert {path.name for path in tmp_path.iterdir()} == {"source", "rows"}


def test_a_target_that_cannot_be_written(check: Check) -> None:
    with pytest.raises(UsageError, match=r"must end in \.csv"):
        check(files.as_csv([HEADER, *ROWS]), out="out.pdf")
    for ending in ("csv", "xlsx"):
        with pytest.raises(RegistryError, match="cannot be written"):
            check(files.as_csv([HEADER, *ROWS]), out=f"none/out.{ending}")


@pytest.mark.parametrize("ending", ["csv", "jsonl", "xlsx"])
def test_two_checks_into_one_file_do_not_meet(tmp_path: Path, ending: str) -> None:
    """Each writes a file of its own: the name has what the last one wrote, whole, and not rows of both."""
    target = tmp_path / f"out.{ending}"
    with open_writer(target, ","), open_writer(target, ","):
        pass
    assert [one.name for one in tmp_path.iterdir()] == [target.name]


any_data = trials(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None,
                  max_examples=25)  # fmt: skip


@any_data
@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from(["", COMPANY, "乙方科技有限公司", "N/A"]),
            st.sampled_from(["", "无", number(1), number(9), "京ICP备12345678号", "x"]),
            st.text('a中,"\r\n=+-@ ', max_size=4),
        ),
        max_size=8,
    )
)
def test_no_row_is_lost(check: Check, rows: list[tuple[str, str, str]]) -> None:
    """Rows in are rows judged and rows that need no number, whatever stands in them."""
    table = [["供应商", "备案编号", "备注"], [COMPANY, number(1), ""], *map(list, rows)]
    summary, out = check(files.as_csv(table))
    blank = sum(not "".join(row).strip() for row in rows)
    assert summary.rows + len(summary.other_rows) + blank == 1 + len(rows)
    told = back(out)
    assert len(told) == len(table)
    assert sum(len(row) > 3 and bool(row[3]) for row in told) == 1 + summary.rows


@given(
    rows=st.lists(
        st.lists(st.text('a,;\t"\r\n=+-@＝ \u3000\xa05', max_size=4), min_size=2, max_size=3),
        min_size=1, max_size=6,
    ),
)  # fmt: skip
def test_no_formula_passes_through(rows: list[list[str]]) -> None:
    """Cells come back as they were, those that a spreadsheet would run as texts."""
    told = list(csv.reader(io.StringIO(csv_bytes(rows).decode("utf-8-sig"), newline="")))
    assert not any(is_risky(cell) for row in told for cell in row)
    assert told == [[f"'{cell}" if is_risky(cell) else cell for cell in row] for row in rows]
