"""What only an HTML page can do to a list."""

import pytest

from suanbei.parsers import parse_document
from suanbei.registry.importing.published import ParsedDocument

FILED = ["序号", "属地", "模型名称", "备案单位", "备案号", "备案时间"]
REGISTERED = ["序号", "属地", "应用/功能名称", "登记单位", "上线编号", "登记时间"]
MODEL = ["1", "样例省", "样例模型", "样例公司", "Guangdong-YangLi-202606050172", "2026-06-05"]
APP = ["1", "样例省", "样例应用", "样例公司", "Guangdong-YangLi-20260605S0173", "2026-06-05"]
TITLE = "样例省生成式人工智能服务已备案信息（2026年9月）"


def line(texts: list[str]) -> str:
    return f"<tr>{''.join(f'<td>{text}</td>' for text in texts)}</tr>"


def page(body: str, title: str = "", encoding: str = "utf-8") -> ParsedDocument:
    text = f"<html><head><meta charset={encoding}><title>{title}</title></head><body>{body}</body></html>"
    return parse_document(text.encode(encoding), name="page.html")


def test_a_table_inside_a_cell_does_not_hide_the_list_around_it() -> None:
    """The list is a table, the table in its cell is another, which is reported."""
    inner = "样例模型<table><tr><td>内</td></tr></table>"
    document = page(f"<table>{line(FILED)}{line([*MODEL[:2], inner, *MODEL[3:]])}</table>")
    assert [(row.table, row.name) for row in document.rows] == [(1, "样例模型")]
    assert [(one.table, one.reason) for one in document.accounting.reported] == [
        (2, "unknown_table")
    ]


def test_two_lists_in_one_table() -> None:
    """The header of another list among the rows begins that list; its heading is reported."""
    heading = "<tr><td colspan=6>二、已登记</td></tr>"
    document = page(
        f"<table>{line(FILED)}{line(MODEL)}{heading}{line(REGISTERED)}{line(APP)}</table>"
    )
    assert [row.series.value for row in document.rows] == ["genai_filing", "genai_registration"]
    told = document.accounting
    assert (told.seen, told.kept, told.headers, len(told.reported)) == (5, 2, 2, 1)


def test_the_page_s_title_tells_the_period_where_nothing_else_does() -> None:
    """Above the table there may be no line at all."""
    table = f"<table>{line(FILED)}{line(MODEL)}</table>"
    document = page(table, TITLE)
    assert (document.title, document.period) == (TITLE, "2026-09")
    other = page(f"<h1>{TITLE.replace('9月', '8月')}</h1>{table}", TITLE)
    assert other.period == "2026-08"


def test_unclosed_cells_and_national_encodings() -> None:
    """Pages are written by hand, and some in GB 18030."""
    unclosed = "".join(f"<td>{text}" for text in MODEL)
    document = page(f"<table>{line(FILED)}<tr>{unclosed}</table>", encoding="gb18030")
    assert [row.number for row in document.rows] == [MODEL[4]]


@pytest.mark.timeout(30)
def test_tables_in_tables_in_tables_take_no_long_time() -> None:
    """Layout within layout, as deep as the limit allows, around a long list."""
    body = line(FILED) + line(MODEL) * 3000
    document = page("<table><tr><td>" * 45 + f"<table>{body}</table>" + "</td></tr></table>" * 45)
    assert len(document.rows) == 3000


HEAD = "<html><head>{}</head><body><table>{}</table></body></html>"


@pytest.mark.parametrize("declared", ["gb2312", "GBK", "gb18030", "GB_2312-80"])
def test_national_encodings_are_read_as_browsers_do(declared: str) -> None:
    """GB2312 and GBK are GB18030: letters beyond them occur in pages that declare them."""
    model = [*MODEL[:2], "样例㐂镕𬭎", *MODEL[3:]]
    text = HEAD.format(f'<meta charset="{declared}">', line(FILED) + line(model))
    document = parse_document(text.encode("gb18030"), name="x")
    assert [row.name for row in document.rows] == ["样例㐂镕𬭎"]


@pytest.mark.parametrize(
    "around",
    [
        '<div id="js_content" style="visibility: hidden; opacity: 0"><p>公告</p>{}</div>',
        '<div style="display:block">x</div><div style="display:none">{}</div>',
    ],
    ids=["WeChat", "tab"],
)
def test_what_a_script_shows_later_is_read(around: str) -> None:
    document = page(around.format(f"<table>{line(FILED)}{line(MODEL)}</table>"))
    assert [row.number for row in document.rows] == [MODEL[4]]


def test_side_by_side_columns_are_two_tables() -> None:
    """Each half is a list; where the right one is shorter, its empty cells are no row."""
    short = FILED[:1] + FILED[2:5]
    left, right = ([one[0], *one[2:5]] for one in (MODEL, APP))
    last = [*left[:3], "Guangdong-YangLi-202606050174"]
    document = page(
        f"<table>{line(short * 2)}{line([*left, *right])}{line([*last, '', '', '', ''])}</table>"
    )
    assert [row.number for row in document.rows] == [MODEL[4], last[3], APP[4]]
    assert [row.series.value for row in document.rows] == [
        "genai_filing", "genai_filing", "genai_registration",
    ]  # fmt: skip
    assert document.accounting.reported == ()


@pytest.mark.parametrize(
    ("left", "between", "right"),
    [
        (FILED, [], FILED),
        (FILED, [""], FILED),
        (FILED[1:], [], FILED[1:]),
        (FILED, [], ["序号", "属地", "应用名称", "登记单位", "上线编号", "登记时间"]),
        ([*FILED[:1], *FILED[2:5]], [], FILED),
    ],
    ids=["same", "a column between", "without numbers of rows", "two lists", "more on the right"],
)
def test_lists_side_by_side_lose_no_row(
    left: list[str], between: list[str], right: list[str]
) -> None:
    """Whatever stands between their headers, and however they differ, each number is in a row."""

    def cells(header: list[str], row: list[str]) -> list[str]:
        known = dict(zip(FILED, row, strict=True))
        return [known.get(name, row[FILED.index("模型名称")]) for name in header]

    second = [*APP[:4], APP[4], APP[5]]
    rows = line([*left, *between, *right]) + line(
        [
            *cells(left, MODEL),
            *between,
            *(second if right[-1] == "登记时间" else cells(right, second)),
        ]
    )
    document = page(f"<table>{rows}</table>")
    assert [row.number for row in document.rows] == [MODEL[4], APP[4]]
    assert not any("doubled_column" in row.flags for row in document.rows)


@pytest.mark.parametrize(
    ("beside", "reported"),
    [
        ("<p>其中{known}为首次。</p>", []),
        ("<footer>网信算备110108823483901230031号</footer>", []),
        ("<p>另有 {more}</p>", ["outside_table"]),
        ("<p>另有 {spaced}</p>", ["outside_table"]),
        ("<template>{more}</template>", ["unshown_text"]),
        ("<noscript>{more}</noscript>", ["unshown_text"]),
        ('<script>{{"a":"{escaped}","b":"{escaped}"}}</script>', ["unshown_text"]),
        ('<p style="display:none">{more}</p>', ["unshown_text"]),
        ("<!-- {more} -->", []),
        ('<a href="/{more}">x</a>', []),
    ],
)
def test_a_number_beside_the_table_is_reported_if_it_may_be_a_row(
    beside: str, reported: list[str]
) -> None:
    """Not if it is in the table too, of another register, taken out, or on another page."""
    more = "Guangdong-YangLi-202606050174"
    text = beside.format(
        known=MODEL[4], more=more, spaced=more.replace("-", " - "),
        escaped=more.replace("-", "\\u002d"),
    )  # fmt: skip
    document = page(f"<table>{line(FILED)}{line(MODEL)}</table>{text}")
    assert [one.reason for one in document.accounting.reported] == reported
    assert len(document.rows) == 1


@pytest.mark.parametrize("mark", ["S", "s", " S", "Ｓ"])
def test_a_number_with_an_s_is_a_registration_in_any_spelling(mark: str) -> None:
    number = APP[4].replace("S", mark)
    document = page(f"<table>{line(FILED)}{line(MODEL)}{line([*APP[:4], number, ''])}</table>")
    assert [row.series.value for row in document.rows] == ["genai_filing", "genai_registration"]


def test_two_numbers_in_one_cell_are_reported_each() -> None:
    """Nobody knows whose the other texts of the row are."""
    other = "Guangdong-YangLi-202606050174"
    both = line([*MODEL[:4], f"{MODEL[4]}<br>{other}", ""])
    document = page(f"<table>{line(FILED)}{both}{line([*MODEL[:4], f'{other[:-1]}5', ''])}</table>")
    told = document.accounting
    assert [(one.reason, one.cells) for one in told.reported] == [
        ("several_numbers", (MODEL[4],)), ("several_numbers", (other,)),
    ]  # fmt: skip
    assert (told.seen, told.kept, told.headers) == (4, 1, 1)


def test_xhtml_is_read_without_a_warning() -> None:
    head = '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml"><body>'
    text = f"{head}<table>{line(FILED)}{line(MODEL)}</table></body></html>"
    assert len(parse_document(text.encode(), name="x").rows) == 1
