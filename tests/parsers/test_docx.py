"""What only a DOCX can do to a list."""

from email.message import EmailMessage

import pytest

from suanbei.common.errors import BrokenDocument
from suanbei.parsers import parse_document
from suanbei.registry.importing.published import Row
from tests.parsers.making import HEADER, ROW, W, cell, docx, package, table, with_cell


def rows_of(data: bytes) -> tuple[Row, ...]:
    return parse_document(data, name="list.docx").rows


def run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (run("样") + run("例"), "样例"),
        (run("样") + "<w:r><w:br/></w:r>" + run("例"), "样例"),
        (run("样") + "<w:r><w:tab/></w:r>" + run("例"), "样 例"),
        (run("A") + "<w:r><w:noBreakHyphen/></w:r>" + run("B"), "A-B"),
        (run("样例") + run("（看不见）", "<w:vanish/>"), "样例"),
        (run("样例") + run("（看得见）", '<w:vanish w:val="0"/>'), "样例（看得见）"),
        (run("样例", "<w:rPrChange><w:rPr><w:vanish/></w:rPr></w:rPrChange>"), "样例"),
        (run("样例") + "<w:del><w:r><w:delText>删</w:delText></w:r></w:del>", "样例"),
        (run("样例") + f"<w:del>{run('删')}</w:del><w:ins>{run('增')}</w:ins>", "样例增"),
        (f"<w:hyperlink>{run('样例')}</w:hyperlink>", "样例"),
        (run("样") + "<w:r><w:instrText>PAGE</w:instrText></w:r>" + run("例"), "样例"),
        (
            "<mc:AlternateContent><mc:Choice>" + run("样") + "</mc:Choice><mc:Fallback>"
            + run("样") + "</mc:Fallback></mc:AlternateContent>" + run("例"),
            "样例",
        ),
        ("<w:ruby><w:rt>" + run("yàng") + "</w:rt><w:rubyBase>" + run("样") + "</w:rubyBase></w:ruby>",
         "样"),
        ("<w:r><w:t>样\n  例</w:t></w:r>", "样 例"),
    ],
)  # fmt: skip
def test_a_cell_says_what_a_reader_sees(content: str, text: str) -> None:
    """Runs, breaks, tabs, hidden, deleted, inserted and doubled text."""
    (row,) = rows_of(with_cell(1, f"<w:p>{content}</w:p>"))
    assert row.name == text


def test_tab_stops_are_no_tabs() -> None:
    """`w:tab` in a paragraph's properties only says where tabs stop."""
    stops = '<w:pPr><w:tabs><w:tab w:val="left" w:pos="10"/></w:tabs></w:pPr>'
    (row,) = rows_of(with_cell(1, f"<w:p>{stops}{run('样')}{run('例')}</w:p>"))
    assert row.name == "样例"


def test_rows_and_cells_inside_content_controls() -> None:
    """A content control around a row or a cell hides nothing."""
    cells = "".join(f"<w:sdt><w:sdtContent>{cell(text)}</w:sdtContent></w:sdt>" for text in ROW)
    row = f"<w:sdt><w:sdtContent><w:tr>{cells}</w:tr></w:sdtContent></w:sdt>"
    body = table([HEADER]).replace("</w:tbl>", row + "</w:tbl>")
    assert [found.name for found in rows_of(docx(body))] == [ROW[1]]


def test_a_deleted_row_is_no_row() -> None:
    """A row whose deletion is tracked is not read."""
    gone = f"<w:tr><w:trPr><w:del/></w:trPr>{''.join(map(cell, ROW))}</w:tr>"
    body = table([HEADER, ROW]).replace("</w:tbl>", gone + "</w:tbl>")
    assert len(rows_of(docx(body))) == 1


def test_a_layout_table_is_no_table() -> None:
    """A list may sit in the one cell of a layout table; the cell's own text is not doubled."""
    inner = table([HEADER, ROW])
    document = parse_document(docx(table([[cell(f"<w:p/>{inner}<w:p/>")]])), name="x.docx")
    assert [(row.table, row.name) for row in document.rows] == [(1, ROW[1])]
    assert document.accounting.reported == ()


def test_a_table_without_a_header_goes_on_with_the_one_before() -> None:
    """A list set in two tables, the second without a header: both are read."""
    second = [*ROW[:1], "样例二", *ROW[2:]]
    body = table([HEADER, ROW]) + "<w:p/>" + table([second])
    assert [(row.table, row.row, row.name) for row in rows_of(docx(body))] == [
        (1, 2, ROW[1]), (2, 1, "样例二"),
    ]  # fmt: skip


def test_columns_are_told_by_name_not_by_position() -> None:
    """The same columns in another order."""
    order = [6, 3, 0, 7, 1, 2, 5, 4]
    shuffled = [[row[i] for i in order] for row in (HEADER, ROW)]
    (row,) = rows_of(docx(table(shuffled)))
    assert (row.seq, row.name, row.entity, row.number) == (ROW[0], ROW[1], ROW[3], ROW[6])


def test_cells_that_leave_out_grid_columns() -> None:
    """`gridBefore` and `gridSpan` move cells under their header."""
    head = "".join(map(cell, HEADER))
    wide = cell(ROW[1], '<w:gridSpan w:val="1"/>')
    skipping = '<w:trPr><w:gridBefore w:val="1"/></w:trPr>' + wide + "".join(map(cell, ROW[2:]))
    body = f"<w:tbl><w:tr>{head}</w:tr><w:tr>{skipping}</w:tr></w:tbl>"
    (row,) = rows_of(docx(body))
    assert (row.seq, row.name, row.number) == ("", ROW[1], ROW[6])


def test_a_row_merged_into_the_one_above_is_reported() -> None:
    """A row all of whose cells continue the row above tells nothing new."""
    start, go_on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    rows = [HEADER, [cell(text, start) for text in ROW], [cell("", go_on) for _ in ROW]]
    document = parse_document(docx(table(rows)), name="x.docx")
    assert len(document.rows) == 1
    assert [reported.reason for reported in document.accounting.reported] == ["merged_row"]


def test_formatting_is_looked_over_wherever_it_stands() -> None:
    """Empty elements of formatting are cut before parsing: in odd spellings too nothing is lost."""
    odd = '<w:rFonts w:ascii="a>b"/><w:sz/><w:szCs\nw:val="2" /><w:color w:val="x"></w:color>'
    (row,) = rows_of(with_cell(1, f"<w:p>{run('样', odd)}{run('例', '<w:vanish/>' + odd)}</w:p>"))
    assert row.name == "样"
    many = docx(table([HEADER, *[ROW] * 400]).replace("<w:r>", f"<w:r><w:rPr>{odd}</w:rPr>"))
    assert [found.name for found in rows_of(many)] == [ROW[1]] * 400


def test_merges_before_a_tracked_change_are_no_merges() -> None:
    """What a cell's and a row's formatting was is not what a reader sees."""
    was = '<w:tcPrChange><w:tcPr><w:gridSpan w:val="3"/><w:vMerge/></w:tcPr></w:tcPrChange>'
    row = "".join(map(cell, ROW[:1])) + cell(ROW[1], was) + "".join(map(cell, ROW[2:7]))
    before = (
        '<w:trPr><w:trPrChange><w:trPr><w:gridBefore w:val="2"/></w:trPr></w:trPrChange></w:trPr>'
    )
    body = f"<w:tbl><w:tr>{''.join(map(cell, HEADER))}</w:tr><w:tr>{before}{row}</w:tr></w:tbl>"
    (found,) = rows_of(docx(body))
    assert (found.seq, found.name, found.label, found.number) == (ROW[0], ROW[1], ROW[2], ROW[6])


MAIN = f"<w:document {W}><w:body>{table([HEADER, ROW])}</w:body></w:document>"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def relations(target: str, kind: str = "officeDocument", office: str = OFFICE) -> str:
    """The relations of a package or part with one entry."""
    return (
        f'<Relationships xmlns="{RELATIONS}"><Relationship Id="rId1" Type="{office}/{kind}" '
        f'Target="{target}"/></Relationships>'
    )


@pytest.mark.parametrize(
    "parts",
    [
        {"_rels/.rels": relations("word/document2.xml"), "word/document2.xml": MAIN},
        {"_rels/.rels": relations("/Word/Body.xml"), "Word/Body.xml": MAIN},
        {"_rels\\.rels": relations("word\\document.xml"), "word\\document.xml": MAIN},
        {"doc/main.xml": MAIN, "_rels/.rels": relations("doc/main.xml")},
        {
            "_rels/.rels": relations(
                "word/document.xml",
                office="http://purl.oclc.org/ooxml/officeDocument/relationships",
            ),
            "word/document.xml": MAIN.replace(
                "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
                "http://purl.oclc.org/ooxml/wordprocessingml/main",
            ),
        },
    ],
    ids=["another name", "absolute", "backslashes", "another folder", "strict"],
)
def test_parts_are_found_by_their_relations(parts: dict[str, str]) -> None:
    """Word and others name the parts of a package as they like."""
    assert [row.number for row in parse_document(package(parts), name="x").rows] == [ROW[6]]


def test_a_letter_by_its_font() -> None:
    """`w:sym` names a letter of Symbol or Wingdings; an unknown one is flagged, never lost."""
    sign = '<w:p><w:r><w:t>甲</w:t><w:sym w:font="Symbol" w:char="{}"/><w:t>乙</w:t></w:r></w:p>'
    known, unknown = (
        parse_document(with_cell(1, sign.format(code)), name="x").rows[0]
        for code in ("F0B7", "F001")
    )
    assert (known.name, known.flags) == ("甲·乙", ("check_digit",))
    assert (unknown.name, unknown.flags) == ("甲\ufffd乙", ("check_digit", "unreadable_letters"))


def test_a_list_in_a_text_box_is_read() -> None:
    box = f"<w:p><w:r><w:pict><w:txbxContent>{table([HEADER, ROW])}</w:txbxContent></w:pict></w:r></w:p>"
    assert [row.number for row in parse_document(docx(box), name="x").rows] == [ROW[6]]


def test_the_title_in_a_layout_table_is_the_list_s() -> None:
    title = "境内深度合成服务算法备案清单（2026年9月）"
    outer = table([[title], [cell(table([HEADER, ROW]))]])
    document = parse_document(docx(outer), name="x")
    assert (document.title, document.period) == (title, "2026-09")
    assert document.accounting.reported == ()


@pytest.mark.parametrize("kind", ["html", "mht", "docx"])
def test_a_document_within_the_document(kind: str) -> None:
    """`altChunk` puts a page, a page saved as MHTML, or another DOCX into a document."""
    rows = "".join(
        f"<tr>{''.join(f'<td>{text}</td>' for text in row)}</tr>" for row in (HEADER, ROW)
    )
    page = f"<html><meta charset=utf-8><table>{rows}</table></html>"
    saved = EmailMessage()
    saved.set_content(page, subtype="html", cte="base64")
    parts: dict[str, str | bytes] = {
        "word/document.xml": f'<w:document {W} xmlns:r="{OFFICE}"><w:body><w:altChunk r:id="rId1"/>'
        "</w:body></w:document>",
        "word/_rels/document.xml.rels": relations(f"a.{kind}", "aFChunk"),
        f"word/a.{kind}": {"html": page.encode(), "mht": saved.as_bytes(),
                           "docx": docx(table([HEADER, ROW]))}[kind],
    }  # fmt: skip
    assert [row.number for row in parse_document(package(parts), name="x").rows] == [ROW[6]]


def test_a_title_in_a_document_within_the_document_is_the_list_s() -> None:
    """What such a document ends with stands above the table that comes after it."""
    page = "<html><meta charset=utf-8><p>互联网信息服务算法备案清单（2026年9月）</p></html>"
    parts: dict[str, str | bytes] = {
        "word/document.xml": f'<w:document {W} xmlns:r="{OFFICE}"><w:body><w:altChunk r:id="rId1"/>'
        f"{table([HEADER, ROW])}</w:body></w:document>",
        "word/_rels/document.xml.rels": relations("a.html", "aFChunk"),
        "word/a.html": page.encode(),
    }
    document = parse_document(package(parts), name="x")
    assert (document.title, document.period) == (
        "互联网信息服务算法备案清单（2026年9月）",
        "2026-09",
    )


def test_a_filing_number_in_a_line_below_the_table_is_reported() -> None:
    """A note may be a filing that stands in no table; one about a filing of the list is none."""
    known, other = ROW[6], "网信算备110108999999902249991号"
    lines = "".join(f"<w:p>{run(f'注：{one}另行公告。')}</w:p>" for one in (known, other))
    accounting = parse_document(docx(table([HEADER, ROW]) + lines), name="x").accounting
    assert [(one.reason, one.cells) for one in accounting.reported] == [
        ("outside_table", (f"注：{other}另行公告。",))
    ]
    assert accounting.seen == accounting.kept + accounting.headers + len(accounting.reported)


OTHER = "网信算备110108999999902249991号"


@pytest.mark.parametrize("kind", ["header", "footer"])
def test_rows_of_a_page_header_or_footer_are_reported(kind: str) -> None:
    """A list's last row may stand in the part that Word prints on each page; a row of the list, too."""
    rows = table([ROW, [*ROW[:6], OTHER, ""]])
    part = f"<w:{kind[:1]}dr {W}><w:p>{run('内部资料')}</w:p>{rows}</w:{kind[:1]}dr>"
    for names in ((f"{kind}1",), (f"{kind}1", f"{kind}2")):
        data = docx(table([HEADER, ROW]), **dict.fromkeys(names, part))
        document = parse_document(data, name="x")
        assert [row.number for row in document.rows] == [ROW[6]]
        (reported,) = document.accounting.reported
        assert reported.reason == "outside_table"
        assert reported.cells[0].startswith("1 样例推荐算法")
        assert OTHER in reported.cells[0]
        assert document.accounting.seen == 3


@pytest.mark.parametrize("name", ["header1", "footer2", "footnotes", "endnotes", "comments"])
@pytest.mark.parametrize("part", ["<w:hdr", "<!DOCTYPE x []><x/>", f"<w:hdr {W}><w:p>"])
def test_a_part_that_cannot_be_read_costs_no_row(name: str, part: str) -> None:
    """The list is read, the part is reported; so are the rows of the parts that can be read."""
    other = f"<w:ftr {W}><w:p>{run(OTHER)}</w:p></w:ftr>"
    document = parse_document(
        docx(table([HEADER, ROW]), **{"footer1": other, name: part}), name="x"
    )
    assert [row.number for row in document.rows] == [ROW[6]]
    assert sorted((one.reason, one.cells) for one in document.accounting.reported) == [
        ("outside_table", (OTHER,)),
        ("unread_part", (f"word/{name}.xml",)),
    ]
    assert document.accounting.seen == 4


NUMBERED = '<w:p><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:p>'
STYLED = '<w:p><w:pPr><w:pStyle w:val="a"/></w:pPr></w:p>'
STYLES = f'<w:styles {W}><w:style w:styleId="a">{{}}</w:style></w:styles>'


@pytest.mark.parametrize(
    ("paragraph", "styles"),
    [("<w:p/>", "<broken"), (STYLED, STYLES.format("")), ("<w:p/>", STYLES.format(""))],
)
def test_numbering_that_no_paragraph_has_is_not_read(paragraph: str, styles: str) -> None:
    data = docx(paragraph + table([HEADER, ROW]), numbering="<broken", styles=styles)
    assert [row.number for row in rows_of(data)] == [ROW[6]]


@pytest.mark.parametrize(
    ("paragraph", "style"),
    [(NUMBERED, ""), (STYLED, '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>')],
)
def test_numbers_that_cannot_be_read_are_no_list(paragraph: str, style: str) -> None:
    """A 序号 that Word would print is never left out."""
    data = docx(paragraph + table([HEADER, ROW]), numbering="<broken", styles=STYLES.format(style))
    with pytest.raises(BrokenDocument, match=r"numbering\.xml"):
        rows_of(data)


def test_the_letters_of_a_formula_are_text() -> None:
    space = "http://schemas.openxmlformats.org/officeDocument/2006/math"
    formula = f'<m:oMath xmlns:m="{space}"><m:r><m:t>x²</m:t></m:r></m:oMath>'
    content = f"<w:p>{run('样例')}{formula}{run('算法')}</w:p>"
    assert parse_document(with_cell(1, content), name="x").rows[0].name == "样例x²算法"
