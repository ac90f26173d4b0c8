"""Header and columns by looking at the table; what is left open is asked about, not answered."""

from pathlib import Path

import pytest

from suanbei.common.errors import UsageError
from suanbei.common.texts import Language
from suanbei.search_api.bulk.reading import read_here
from suanbei.search_api.bulk.recognise import Certainty, Choice, Columns, ColumnsUnclear, recognise
from suanbei.search_api.bulk.summary import say_columns
from suanbei.search_api.bulk.table import column_letter
from tests.lists import number
from tests.search_api.bulk import files

COMPANY = "测试（杭州）科技有限公司"
N1, N2 = number(1), number(2)


def found(folder: Path, rows: files.Rows, choice: Choice | None = None) -> Columns:
    """What is recognised in a table."""
    source = folder / "source"
    source.write_bytes(files.as_xlsx(rows))
    table = read_here(source, "v", folder / "rows")
    [columns] = recognise(table, choice or Choice())
    assert columns is not None
    return columns


def places(columns: Columns) -> tuple[int | None, list[int], list[int | None]]:
    return (
        columns.header,
        [column.place for column in columns.numbers],
        [company.place if company else None for company in columns.companies],
    )


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([["供应商", "备案编号"], [COMPANY, N1]], (1, [1], [0])),
        ([["2026年台账"], ["序号", "供应商名称", "算法备案编号"], [1, COMPANY, N1]], (2, [2], [1])),
        ([["台账"], ["填表：张三，日期"], [], ["序号", "单位", "编号"], [1, COMPANY, N1]], (4, [2], [1])),
        ([["2026年度供应商备案信息表", "", ""], ["序号", "供应商", "备案号"], [1, "抖音", N1]],
         (2, [2], [1])),
        ([["a", N1, COMPANY], ["b", N2, COMPANY]], (None, [1], [2])),
        ([["x", "y"], ["1", N1]], (1, [1], [None])),
        ([["备案编号", "公司名称"], ["", COMPANY]], (1, [0], [1])),
        ([["序号", "编号"], [1, N1], [2, N2]], (1, [1], [None])),
        ([["供应商", "算法备案号", "大模型备案号", "ICP备案号"],
          [COMPANY, N1, "Beijing-WenXinYiYan-20230821", "京ICP备12345678号"]], (1, [1, 2], [0])),
        ([["供应商", "备案号", "说明"], [COMPANY, N1, ""], [COMPANY, "", f"原编号{N2}，见附件"]],
         (1, [1, 2], [0])),
        ([["供应商信息", "", "备案信息"], ["名称", "联系人", "备案编号"], [COMPANY, "甲", N1]],
         (2, [2], [0])),
        ([["Vendor ID", "Vendor", "Filing number"], ["V-001", "ByteDance", N1]], (1, [2], [1])),
        ([["供应商", "备案号", "供应商", "备案号"], [COMPANY, N1, COMPANY, N2]], (1, [1, 3], [0, 2])),
        ([["供应商", "备案编号"], [COMPANY, ""], [COMPANY, "无"], [COMPANY, N1]], (1, [1], [0])),
        ([["公司名称", "使用单位", "备案编号"], [COMPANY, "市场部", N1]], (1, [2], [0])),
    ],
)  # fmt: skip
def test_header_and_columns_are_found(
    tmp_path: Path, rows: files.Rows, expected: tuple[int | None, list[int], list[int | None]]
) -> None:
    """Titles above pass; 序号 is no company; each number column has its company."""
    header, numbers, companies = expected
    companies = companies * len(numbers) if len(companies) < len(numbers) else companies
    assert places(found(tmp_path, rows)) == (header, numbers, companies)


def test_a_guess_says_how_sure_it_is(tmp_path: Path) -> None:
    columns = found(tmp_path, [["供应商", "备案编号"], [COMPANY, N1]])
    assert columns.companies[0] is not None
    assert columns.numbers[0].certainty is columns.companies[0].certainty is Certainty.CERTAIN
    assert say_columns(columns, Language.EN).endswith(
        "header in row 1; numbers in 备案编号 (certain), companies in 供应商 (certain)"
    )
    columns = found(tmp_path, [["台账", "某列", "另一列"], ["1", N1, COMPANY]])
    assert columns.companies[0] is not None
    assert columns.companies[0].certainty is Certainty.LIKELY


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (Choice("备用编号"), (2, [2], [0])),
        (Choice("c"), (2, [2], [0])),
        (Choice("3", "-"), (2, [2], [None])),
        (Choice("备案编号, 备用编号"), (2, [1, 2], [0, 0])),
        (Choice("B", "联系人"), (2, [1], [3])),
        (Choice("B", header=0), (None, [1], [None])),
        (Choice("B", header=1), (1, [1], [0])),
    ],
)
def test_the_user_has_the_last_word(
    tmp_path: Path, choice: Choice, expected: tuple[int | None, list[int], list[int | None]]
) -> None:
    """Columns by title, letter or place; several with commas; the row of the header; none."""
    rows = [["台账"], ["供应商", "备案编号", "备用编号", "联系人"], [COMPANY, N1, N2, "甲"]]
    columns = found(tmp_path, rows, choice)
    assert places(columns) == expected
    assert {column.certainty for column in columns.numbers} == {Certainty.NAMED}


def test_a_named_column_that_is_not_there(tmp_path: Path) -> None:
    """The columns there are are listed."""
    with pytest.raises(UsageError, match="no column 编码: the columns are A 供应商, B 备案编号"):
        found(tmp_path, [["供应商", "备案编号"], [COMPANY, N1]], Choice("编码"))
    with pytest.raises(UsageError, match="there is no sheet 五月"):
        found(tmp_path, [["供应商", "备案编号"], [COMPANY, N1]], Choice(sheet="五月"))
    with pytest.raises(UsageError, match="header row 9"):
        found(tmp_path, [["供应商", "备案编号"], [COMPANY, N1]], Choice(header=9))


def test_no_numbers_at_all_is_asked_about(tmp_path: Path) -> None:
    with pytest.raises(ColumnsUnclear, match="no column holds filing numbers") as raised:
        found(tmp_path, [["a", "b"], ["1", COMPANY]])
    assert [one.looks_like_companies for one in raised.value.candidates] == [
        False, True,
    ]  # fmt: skip
    assert raised.value.http_status == 422


def test_two_company_columns_are_asked_about(tmp_path: Path) -> None:
    """Guessing one of them would call half of the vendors another company."""
    rows = [["x", "y", "z"], [COMPANY, "乙方（上海）科技有限公司", N1]]
    with pytest.raises(ColumnsUnclear, match="which column holds the companies"):
        found(tmp_path, rows)
    assert places(found(tmp_path, rows, Choice(entity="y"))) == (1, [2], [1])


def test_letters_of_columns() -> None:
    assert [column_letter(place) for place in (0, 25, 26, 701, 702)] == [
        "A", "Z", "AA", "ZZ", "AAA",
    ]  # fmt: skip
