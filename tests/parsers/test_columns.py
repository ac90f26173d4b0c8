"""Headers and columns of tables."""

import pytest

from suanbei.common.errors import EmptyList, UnknownLayout
from suanbei.parsers import parse_document
from suanbei.parsers.columns import COLUMNS, Header, find_header, header_name, is_header_again
from suanbei.parsers.tables import Cell, TableRow
from suanbei.registry.importing.published import Series
from tests.parsers.making import HEADER, NUMBER, ROW, docx, table

GENAI = ["序号", "属地", "大模型名称", "备案单位", "备案编号", "备案时间"]


def rows(*texts: list[str]) -> list[TableRow]:
    return [TableRow(tuple(map(Cell, row)), i) for i, row in enumerate(texts, start=1)]


def header_of(*texts: list[str]) -> Header:
    header = find_header(rows(*texts))
    assert header is not None
    return header


@pytest.mark.parametrize(
    ("names", "series"),
    [
        (HEADER, Series.ALGORITHM),
        (["序号", "算法名称", "角色", "主体名称", "备案编号"], Series.DEEP_SYNTHESIS),
        (["算法名称", "角色", "主体名称", "备案编号", "注销时间"], Series.DEREGISTRATION),
        (GENAI, Series.GENAI_FILING),
        (["模型名称", "备案单位", "备案号"], Series.GENAI_FILING),
        (["应用／功能名称", "登记单位", "上线编号"], Series.GENAI_REGISTRATION),
        (["算法名称", "主体名称", "备案编号"], None),
    ],
)
def test_series_by_columns(names: list[str], series: Series | None) -> None:
    """The columns of DOMAIN.md 4, variants and full-width signs included."""
    assert header_of(names).series is series


def test_a_table_without_the_main_columns_is_no_list() -> None:
    """Name, entity and number make a list."""
    for missing in ("算法名称", "主体名称", "备案编号"):
        assert find_header(rows([name for name in HEADER if name != missing])) is None


def test_names_are_compared_without_white_space() -> None:
    """Header cells are broken and spaced unevenly."""
    assert header_of([f" {name[:1]} {name[1:]}\n" for name in HEADER]) == header_of(HEADER)


def test_no_name_stands_for_two_fields() -> None:
    """Each known column name means one field."""
    names = [name for known in COLUMNS.values() for name in known]
    assert len(names) == len(set(map(header_name, names)))


def test_two_names_of_one_field_are_two_columns() -> None:
    """The first takes the field; the other is kept under its own name and reported."""
    header = header_of([*GENAI, "服务名称"])
    assert header.fields.count("name") == 1
    assert dict(zip(header.columns, header.fields, strict=True))["服务名称"] == ""


def test_a_title_row_in_the_table_is_no_header() -> None:
    """The header is found below rows that say one thing."""
    header = header_of(["清单", "清单"] + ["清单"] * 6, HEADER, ROW)
    assert (header.first, header.height) == (1, 1)


def test_a_longer_header_is_preferred_if_it_tells_more() -> None:
    """A name split over two rows is put together though the first row alone would do."""
    first = [{"主要用途": "主要"}.get(name, name) for name in HEADER]
    second = ["用途" if name == "主要用途" else "" for name in HEADER]
    header = header_of(first, second, ROW)
    assert header.height == 2
    assert all(header.fields)


@pytest.mark.parametrize(("longest", "height"), [(12, 2), (13, 1)])
def test_a_header_goes_on_in_a_row_of_short_texts(longest: int, height: int) -> None:
    """A row below a header with a text longer than twelve characters is a row of the list."""
    first = [*({"主要用途": "主要"}.get(name, name) for name in HEADER), "说明"]
    second = [*("用途" if name == "主要用途" else "" for name in HEADER), "说" * longest]
    assert header_of(first, second).height == height


@pytest.mark.parametrize("number", [NUMBER, "Beijing-YangLi-20260901"])
def test_a_row_above_the_header_is_no_part_of_it(number: str) -> None:
    """As where a page's own header was not known, and the next page has it again: all are told of."""
    other = [*ROW[:6], number, ""]
    accounting = parse_document(docx(table([other, other, HEADER, ROW])), name="x").accounting
    assert (accounting.kept, accounting.headers, accounting.seen) == (1, 1, 4)
    assert [(one.row, one.reason) for one in accounting.reported] == [
        (1, "before_header"),
        (2, "before_header"),
    ]


def test_a_header_ends_above_a_row_with_digits() -> None:
    """Its last row decides: the texts of a filing are no names, though one of them may be 备注."""
    first = ["" if name in ("备注", "序号") else name for name in HEADER]
    second = ["序号" if name == "序号" else "" for name in HEADER]
    filing = ["备注" if name == "备注" else text for name, text in zip(HEADER, ROW, strict=True)]
    assert header_of(first, second, filing).height == 2
    assert header_of(first, second).height == 2


@pytest.mark.parametrize(("below", "height"), [("", 2), ("备注", 2), ("变更1", 1)])
def test_a_row_of_cells_merged_down_says_the_header_again(below: str, height: int) -> None:
    """But not where a cell of its own says something else: that is a row of the list."""
    cells = [Cell(name, vertically_merged=True) for name in HEADER[:-1]]
    merged = TableRow((*cells, Cell(below)), 2)
    header = find_header([*rows(HEADER), merged])
    assert header is not None
    assert header.height == height


def test_a_row_repeats_the_header_if_most_of_it_is_column_names() -> None:
    told = [["备注", "用途", "无"], ["备注", "无"], ["备注", ""], ["备注", "用途", "无", "有"]]
    assert [is_header_again(row) for row in rows(*told)] == [True, False, False, False]


def test_the_title_tells_the_series_where_columns_do_not() -> None:
    """A header of name, entity and number alone is read by the title, or by the caller."""
    body = table([["算法名称", "主体名称", "备案编号"], [ROW[1], ROW[3], NUMBER]])
    titled = docx(
        "<w:p><w:r><w:t>境内深度合成服务算法备案清单（2023年6月）</w:t></w:r></w:p>" + body
    )
    assert parse_document(titled, name="x").rows[0].series is Series.DEEP_SYNTHESIS
    forced = parse_document(docx(body), name="x", series=Series.ALGORITHM)
    assert forced.rows[0].series is Series.ALGORITHM
    with pytest.raises(UnknownLayout, match="neither columns nor title"):
        parse_document(docx(body), name="x")


def test_a_header_without_rows_is_an_error() -> None:
    """An empty result is a failure, never a successful nothing."""
    with pytest.raises(EmptyList, match=r"^empty\.docx: "):
        parse_document(docx(table([HEADER])), name="empty.docx")


def test_a_row_without_a_number_is_reported() -> None:
    """With its place and its cells."""
    note = ["", "注：样例", *[""] * 6]
    document = parse_document(docx(table([HEADER, ROW, note])), name="x")
    (reported,) = document.accounting.reported
    assert (reported.row, reported.reason, reported.cells[1]) == (3, "no_number", "注：样例")


def test_a_note_after_a_name_does_not_hide_the_column() -> None:
    """`主体名称（全称）` is 主体名称; `应用（功能）名称` has its brackets inside and is another name."""
    names = {"主体名称": "主体名称（全称）", "备案编号": "备案编号(网信算备)"}
    (row,) = parse_document(docx(table([[names.get(n, n) for n in HEADER], ROW])), name="x").rows
    assert (row.entity, row.number) == (ROW[3], ROW[6])
    assert header_name("应用（功能）名称") in COLUMNS["name"]


def test_what_stands_under_no_name_is_kept_and_reported() -> None:
    """A column without a name, or a cell beyond the header, goes into `extra` as 第N列."""
    for head in ([*HEADER, ""], HEADER):
        document = parse_document(docx(table([head, [*ROW, "多", "余"], ROW])), name="x")
        assert [row.extra for row in document.rows] == [{"第9列": "多", "第10列": "余"}, {}]
        assert [row.remark for row in document.rows] == ["", ""]
        assert document.accounting.unknown_columns == ("第9列", "第10列")


def test_the_header_of_another_list_among_the_rows_begins_that_list() -> None:
    """Each row is read by the header above it; the same header again is a row to report."""
    registered = ["序号", "属地", "应用/功能名称", "登记单位", "上线编号", "登记时间"]
    model = ["1", "广东省", "样例模型", "样例公司", "Guangdong-YangLi-202606050172", "2026/6/5"]
    app = ["1", "广东省", "样例应用", "样例公司", "Guangdong-YangLi-20260605S0173", "2026/6/5"]
    body = table([GENAI, model, GENAI, model, registered, app, app])
    document = parse_document(docx(body), name="x")
    assert [row.series.value for row in document.rows] == [
        "genai_filing", "genai_filing", "genai_registration", "genai_registration",
    ]  # fmt: skip
    told = document.accounting
    assert (told.seen, told.kept, told.headers) == (7, 4, 2)
    assert [(one.row, one.reason) for one in told.reported] == [(3, "header_as_data")]
