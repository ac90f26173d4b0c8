"""What only a workbook can do to a list."""

import io

import openpyxl
import pytest

from suanbei.common.errors import UnknownLayout
from suanbei.parsers import parse_document
from tests.parsers.test_html import FILED, MODEL


def workbook(*, before: int = 0) -> openpyxl.Workbook:
    """A list of two rows, with so many lines above its header."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for _ in range(before):
        sheet.append(["样例省生成式人工智能服务已备案信息（2026年9月）"])
    for row in (FILED, MODEL, ["2", *MODEL[1:4], "Guangdong-YangLi-202606050174", MODEL[5]]):
        sheet.append(row)
    return book


def read(book: openpyxl.Workbook) -> tuple[list[str], list[str]]:
    """The numbers of the rows kept, and the reasons of those reported."""
    stream = io.BytesIO()
    book.save(stream)
    document = parse_document(stream.getvalue(), name="x.xlsx")
    return [row.number for row in document.rows], [r.reason for r in document.accounting.reported]


def test_a_hidden_sheet_is_told_of_and_left_out() -> None:
    book = workbook()
    old = book.create_sheet("旧版")
    old.sheet_state = "hidden"
    old.append(FILED)
    old.append(MODEL)
    assert read(book) == ([MODEL[4], "Guangdong-YangLi-202606050174"], ["hidden_sheet"])


def test_hidden_rows_and_columns_are_told_of_and_left_out() -> None:
    book = workbook()
    book.worksheets[0].row_dimensions[3].hidden = True
    assert read(book) == ([MODEL[4]], ["hidden_row"])
    book = workbook()
    book.worksheets[0].column_dimensions["F"].hidden = True
    assert read(book)[1] == ["hidden_column"]


@pytest.mark.parametrize("before", [1, 6, 12, 500])
def test_the_header_is_found_wherever_it_stands(before: int) -> None:
    assert read(workbook(before=before)) == ([MODEL[4], "Guangdong-YangLi-202606050174"], [])


def test_a_hidden_column_that_the_header_lacks_is_named() -> None:
    book = workbook()
    book.worksheets[0].column_dimensions["E"].hidden = True
    with pytest.raises(UnknownLayout, match="hidden: 备案号"):
        read(book)


def test_an_unknown_header_is_named() -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["供应商", "编号", "联系人"])
    with pytest.raises(
        UnknownLayout, match=r"no table with a known header .*供应商 \| 编号 \| 联系人"
    ):
        read(book)
