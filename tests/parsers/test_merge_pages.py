"""Rows broken by page ends: any table, broken over pages anywhere, comes back whole."""

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from suanbei.parsers.pdf.lines import Line
from suanbei.parsers.pdf.merge_pages import merge_pages
from suanbei.parsers.pdf.page_tables import PageCell, PageRow, PageTable, PageTables
from suanbei.parsers.rows import RowAccounting, list_tables
from suanbei.registry.importing.published import Row

HEADER = ["序号", "算法名称", "角色", "主体名称", "应用产品", "主要用途", "备案编号", "备注"]
FIELDS = ["seq", "name", "label", "entity", "product", "purpose", "number", "remark"]
ACROSS = [4, 6, 6, 7, 8, 12, 10, 7]
"""How many characters a line of each column takes."""
EM = 10.0

HAN = st.text("甲乙丙丁戊己庚辛", min_size=2, max_size=40)
ROWS = st.lists(
    st.builds(
        lambda name, label, entity, product, purpose, digits, remark: [
            name, label, entity + "公司", product, purpose, f"网信算备{digits:021d}号", remark
        ],
        HAN,
        st.sampled_from(("服务提供者", "服务技术支持者")),
        HAN,
        st.one_of(st.just("--"), HAN),
        st.text("甲乙丙丁，。", min_size=1, max_size=120),
        st.integers(min_value=10**20, max_value=10**21 - 1),
        st.one_of(st.just(""), st.text("甲乙丙“”、", max_size=90)),
    ),
    min_size=1,
    max_size=8,
)  # fmt: skip


@dataclass
class Press:
    """Prints a table on pages with room for so many lines each."""

    lines_per_page: int
    header_on_each_page: bool
    page_numbers: bool

    def pages(self, rows: list[list[str]]) -> list[PageTables]:
        """The pages, as the page reader hands them over."""
        head = self._lines(HEADER)
        printed: list[list[list[list[str]]]] = [[head]]
        room = self.lines_per_page - self._height(head)
        for row in rows:
            lines = self._lines(row)
            while self._height(lines) > room:
                if room > 0:
                    printed[-1].append([cell[:room] for cell in lines])
                    lines = [cell[room:] for cell in lines]
                printed.append([head] if self.header_on_each_page else [])
                room = self.lines_per_page - self._height(head) * self.header_on_each_page
            printed[-1].append(lines)
            room -= self._height(lines)
        return [self._page(number, page) for number, page in enumerate(printed, 1) if page]

    def _lines(self, row: list[str]) -> list[list[str]]:
        return [
            [text[at : at + width] for at in range(0, len(text), width)]
            for text, width in zip(row, ACROSS, strict=True)
        ]

    def _height(self, lines: list[list[str]]) -> int:
        return max(map(len, lines))

    def _page(self, number: int, rows: list[list[list[str]]]) -> PageTables:
        xs = [0.0]
        for width in ACROSS:
            xs.append(xs[-1] + width * EM)
        top, made = 50.0, []
        for row in rows:
            bottom = top + self._height(row) * EM
            made.append(
                PageRow(
                    [
                        PageCell(
                            [_line(text, left, top + (i + 1) * EM) for i, text in enumerate(cell)],
                            [(number, (left, top, right, bottom))],
                        )
                        for cell, left, right in zip(row, xs, xs[1:], strict=False)
                    ],
                    number,
                )
            )
            top = bottom
        loose = (_line(f"- {number} -", 100.0, 580.0),) if self.page_numbers else ()
        table = PageTable(tuple(xs), 50.0, top, made)
        return PageTables(number, 600.0, (table,), loose, 100)


def _line(text: str, x0: float, y: float) -> Line:
    return Line(text, x0, x0 + len(text) * EM, y, EM, EM, EM)


def read(pages: list[PageTables]) -> list[Row]:
    tables = merge_pages(pages).tables
    accounting = RowAccounting("2024-12")
    for listed in list_tables(tables):
        accounting.enter(listed)
    assert not accounting.reported
    assert accounting.seen == len(accounting.kept) + accounting.headers
    assert len(tables) == 1
    return accounting.kept


@given(ROWS, st.integers(min_value=3, max_value=30), st.booleans(), st.booleans(), st.booleans())
@settings(max_examples=150, deadline=None)
def test_any_table_broken_anywhere_comes_back_whole(
    rows: list[list[str]], room: int, repeated: bool, numbered: bool, page_numbers: bool
) -> None:
    """With 序号 or without, with the header on each page or only on the first."""
    wanted = [[str(i) if numbered else "", *row] for i, row in enumerate(rows, start=1)]
    found = read(Press(room, repeated, page_numbers).pages(wanted))
    assert [[getattr(row, field) for field in FIELDS] for row in found] == wanted
    assert [row.row for row in found] == list(range(2, len(rows) + 2))


@given(ROWS)
@settings(max_examples=30, deadline=None)
def test_a_row_over_many_pages_is_one_row(rows: list[list[str]]) -> None:
    """Three lines to a page: a long row runs over several, and each of its boxes is kept."""
    found = read(Press(3, header_on_each_page=True, page_numbers=True).pages([["1", *rows[0]]]))
    assert len(found) == 1
    assert len({page for page, _ in found[0].boxes}) >= 1
    assert found[0].boxes[0][0] == found[0].page


def test_two_whole_rows_are_never_joined() -> None:
    """A page's last row and the next page's first stay two when both are whole."""
    rows = [
        ["", "甲乙", "服务提供者", "甲公司", "--", "丙", f"网信算备{n:021d}号", ""] for n in (1, 2)
    ]
    one, two = (Press(30, True, False).pages([row])[0] for row in rows)
    assert len(read([one, two._replace(number=2)])) == 2


def test_rows_with_numbers_of_their_own_are_never_joined() -> None:
    """A page that starts with a row whose 序号 is printed starts a row, whatever it lacks."""
    whole = ["1", "甲乙", "服务提供者", "甲公司", "--", "丙", "", ""]
    half = ["2", "", "", "", "--", "丙", f"网信算备{1:021d}号", ""]
    one, two = (Press(30, False, False).pages([row])[0] for row in (whole, half))
    body = two.tables[0].rows[1:]
    two = two._replace(number=2, tables=(two.tables[0]._replace(rows=body),))
    table = merge_pages([one, two]).tables[0]
    assert [row.cells[0].text for row in table.rows] == ["序号", "1", "2"]


def with_line(page: PageTables, number: int, *texts: str, y: float = 30.0) -> PageTables:
    return page._replace(number=number, lines=tuple(_line(text, 100.0, y) for text in texts))


def test_a_line_printed_once_is_no_page_header() -> None:
    """A title above the second page's table starts a list of its own; it is no furniture."""
    page = Press(30, True, False).pages(
        [["1", "甲", "服务提供者", "甲公司", "--", "丙", "丁", ""]]
    )[0]
    found = merge_pages([with_line(page, 1, "清单一"), with_line(page, 2, "清单二")])
    assert (len(found.tables), found.lines) == (2, ["清单一", "清单二"])


def test_a_line_printed_on_several_pages_is_a_page_header() -> None:
    """Told of once, and the table goes on below it; the number of the page may differ in it."""
    page = Press(30, True, False).pages(
        [["1", "甲", "服务提供者", "甲公司", "--", "丙", "丁", ""]]
    )[0]
    pages = [with_line(page, n, f"清单 第{n}页") for n in (1, 2, 3)]
    found = merge_pages(pages)
    assert (len(found.tables), found.lines) == (1, ["清单 第1页"])
    moved = with_line(page, 2, "清单 第2页", y=20.0)
    assert len(merge_pages([pages[0], moved]).tables) == 2


def test_numbers_of_pages_are_no_lines() -> None:
    page = Press(30, True, False).pages(
        [["1", "甲", "服务提供者", "甲公司", "--", "丙", "丁", ""]]
    )[0]
    found = merge_pages([with_line(page, 1, "- 1 -", y=580.0)])
    assert found.lines == []


def test_a_line_beside_the_table_that_may_be_of_a_row_is_reported() -> None:
    """Within the table's height, or with a filing number: lost text, once for each number in it."""
    page = Press(30, True, False).pages(
        [["1", "甲", "服务提供者", "甲公司", "--", "丙", "丁", ""]]
    )[0]
    beside = merge_pages([with_line(page, 1, "丢失", y=70.0)])
    assert (beside.lines, [one.cells for one in beside.left_out]) == ([], [("丢失",)])
    number = f"网信算备{1:021d}号"
    below = merge_pages([with_line(page, 1, f"{number} {number}", y=300.0)])
    assert [(one.page, one.cells) for one in below.left_out] == [(1, (f"{number} {number}",))] * 2
    assert merge_pages([with_line(page, 1, "附注", y=300.0)]).lines == ["附注"]


def test_what_several_pages_have_beside_their_tables_is_reported_of_each() -> None:
    """As 已注销 in a column without rules: rows of one height put it in the same place on each page."""
    page = Press(30, True, False).pages(
        [["1", "甲", "服务提供者", "甲公司", "--", "丙", "丁", ""]]
    )[0]
    found = merge_pages([with_line(page, number, "已注销", y=70.0) for number in (1, 2, 3)])
    assert [(one.page, one.cells) for one in found.left_out] == [
        (number, ("已注销",)) for number in (1, 2, 3)
    ]
    assert len(found.tables) == 1


def test_lines_close_below_one_another_are_one_lost_text() -> None:
    """Two lines a row apart are one; further down a second one begins."""
    page = Press(30, True, False).pages(
        [["1", "甲", "服务提供者", "甲公司", "--", "丙", "丁", ""]]
    )[0]
    y = page.tables[0].top + EM
    for gap, texts in ((1.5 * EM, ["一 二"]), (3 * EM, ["一", "二"])):
        loose = (_line("一", 100.0, y), _line("二", 100.0, y + gap))
        tall = page.tables[0]._replace(bottom=y + 5 * EM)
        found = merge_pages([page._replace(tables=(tall,), lines=loose)])
        assert [one.cells for one in found.left_out] == [(text,) for text in texts]


def test_a_table_with_other_columns_does_not_go_on() -> None:
    """More of them, or fewer."""
    rows = [["1", "甲", "服务提供者", "甲公司", "--", "丙", f"网信算备{1:021d}号", ""]]
    whole = Press(30, True, False).pages(rows)[0]
    table = whole.tables[0]
    fewer = table._replace(
        xs=table.xs[:-1], rows=[PageRow(one.cells[:-1], 2) for one in table.rows]
    )
    narrow = whole._replace(tables=(fewer,))
    for first, second in ((whole, narrow), (narrow, whole)):
        assert len(merge_pages([first, second._replace(number=2)]).tables) == 2
