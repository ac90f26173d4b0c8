"""Text of a PDF page that is no part of the list, or stands where no cell is."""

import io
from collections.abc import Callable

import pytest
from reportlab.pdfbase import pdfmetrics, ttfonts
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from suanbei.parsers import parse_document
from suanbei.parsers.pdf import reader
from suanbei.parsers.pdf.reader import page_texts
from suanbei.parsers.pdf.shapes import NeedsFallback
from suanbei.registry.importing.published import ParsedDocument
from tests.parsers.making import HEADER, ROW

FONT = "STSong-Light"
EDGES = (20, 50, 150, 220, 340, 430, 560, 760, 820)
ROWS = [[str(n), *ROW[1:6], f"网信算备1101089999999022400{n}1号", "已注销"] for n in (1, 2, 3)]
Extra = Callable[[Canvas], None]


def pdf(
    extra: Extra = lambda _: None, *, first: Extra = lambda _: None, rows: list[list[str]] = ROWS
) -> bytes:
    """A ruled list of three rows, with something drawn before and after it."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=(842, 595))
    canvas.setFont(FONT, 8)
    first(canvas)
    draw_list(canvas, rows)
    extra(canvas)
    canvas.save()
    return stream.getvalue()


def draw_list(canvas: Canvas, rows: list[list[str]]) -> None:
    canvas.setFont(FONT, 8)
    for at, row in enumerate([HEADER, *rows]):
        top = 540 - 30 * at
        for x0, x1, text in zip(EDGES, EDGES[1:], row, strict=False):
            canvas.rect(x0, top - 30, x1 - x0, 30)
            canvas.drawString(x0 + 3, top - 18, text)


def read(extra: Extra = lambda _: None, **more: Extra) -> ParsedDocument:
    return parse_document(pdf(extra, **more), name="x")


def texts(document: ParsedDocument) -> list[list[str]]:
    return [
        [r.seq, r.name, r.label, r.entity, r.product, r.purpose, r.number, r.remark]
        for r in document.rows
    ]


def written(
    text: str, x: float, y: float, *, mode: int = 0, grey: float = 0.0, size: float = 8
) -> Extra:
    def draw(canvas: Canvas) -> None:
        said = canvas.beginText(x, y)
        said.setFont(FONT, size)
        said.setFillGray(grey)
        said.setTextRenderMode(mode)
        said.textOut(text)
        said.setTextRenderMode(0)
        canvas.drawText(said)
        canvas.setFillGray(0)

    return draw


@pytest.mark.parametrize(
    "extra",
    [
        written("另一层文字", 230, 492, mode=3),
        written("白色文字", 300, 485, grey=1.0),
        written("内部资料", 200, 470, grey=0.7, size=48),
    ],
    ids=["invisible", "white", "watermark"],
)
def test_what_a_reader_does_not_see_is_in_no_cell(extra: Extra) -> None:
    assert texts(read(extra)) == ROWS


@pytest.mark.parametrize(
    ("kind", "extra"),
    [
        ("hidden", written("另一层文字", 230, 492, mode=3)),
        ("hidden", written("白色文字", 300, 485, grey=1.0)),
        ("watermark", written("内部资料", 200, 470, grey=0.7, size=48)),
    ],
    ids=["invisible", "white", "watermark"],
)
def test_the_slow_reader_leaves_out_the_same(
    kind: str, extra: Extra, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page read by pdfplumber keeps unseen text out of its cells, and tells of it."""

    def unsure(*_: object) -> object:
        raise NeedsFallback("for the test")

    monkeypatch.setattr(reader, "fill_cells", unsure)
    data = pdf(extra)
    document = parse_document(data, name="x")
    assert document.accounting.slow_pages == 1
    assert texts(document) == ROWS
    assert [found for page, _ in page_texts(data, "x") for found, _ in page.left_out] == [kind]


def test_a_shadow_is_not_read_twice() -> None:
    assert texts(read(first=written(ROWS[0][3], 223.8, 491.2, grey=0.6))) == ROWS


def test_a_layer_of_other_letters_is_flagged() -> None:
    """Text recognition under the text: those drawn first are kept."""
    document = read(written("北宗样列科枝有眼公司", 224, 493))
    assert texts(document) == ROWS
    assert "overprinted_text" in document.rows[0].flags


def test_white_text_on_a_dark_ground_is_read() -> None:
    def head(canvas: Canvas) -> None:
        canvas.setFillGray(0.1)
        canvas.rect(20, 510, 800, 30, fill=1)
        canvas.setFillGray(1.0)
        for x, text in zip(EDGES, HEADER, strict=False):
            canvas.drawString(x + 3, 522, text)
        canvas.setFillGray(0)

    assert texts(read(head)) == ROWS


def test_text_that_runs_out_of_its_cell_is_whole_and_flagged() -> None:
    name = "北京样例科技有限公司上海分公司第二研究院联合实验室"
    rows = [[*ROWS[0][:3], name, "", *ROWS[0][5:]], *ROWS[1:]]
    document = parse_document(pdf(rows=rows), name="x")
    assert texts(document) == rows
    assert "cut_off" in document.rows[0].flags


@pytest.mark.parametrize(("x", "y"), [(22, 395), (22, 30)], ids=["right below", "far below"])
def test_a_row_outside_of_the_table_is_reported(x: float, y: float) -> None:
    document = read(written("4 样例 网信算备110108999999902240041号", x, y))
    assert texts(document) == ROWS
    assert [one.reason for one in document.accounting.reported] == ["outside_table"]


@pytest.mark.parametrize("column", [4, 5, 7], ids=["product", "purpose", "remark"])
@pytest.mark.parametrize("below", ["", "样例应用"], ids=["above nothing", "above other text"])
def test_lines_that_run_over_into_the_row_below_stay_in_their_row(column: int, below: str) -> None:
    """A row of a fixed height that is too low for its text (Word's `exact`, CSS `height`)."""
    lines = ["第一行的文字", "第二行的文字", "第三行的文字"]
    rows = [[*row] for row in ROWS]
    rows[0][column], rows[1][column] = "", below
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=(842, 595))
    canvas.setFont(FONT, 8)
    for at, row in enumerate([HEADER, *rows]):
        top = 540 - 30 * at
        for place, (x0, x1, text) in enumerate(zip(EDGES, EDGES[1:], row, strict=False)):
            canvas.rect(x0, top - 30, x1 - x0, 30)
            if at == 1 and place == column:
                for line, said in enumerate(lines):
                    canvas.drawString(x0 + 3, top - 14 - 10 * line, said)
            else:
                canvas.drawString(x0 + 3, top - 27, text)
    canvas.save()
    document = parse_document(stream.getvalue(), name="x")
    rows[0][column] = "".join(lines)
    assert texts(document) == rows
    assert ["cut_off" in row.flags for row in document.rows] == [True, False, False]


def test_a_note_is_no_row() -> None:
    assert (
        read(written("注：本清单由国家互联网信息办公室发布。", 22, 380)).accounting.reported == ()
    )


def test_a_page_box_by_its_other_diagonal() -> None:
    data = pdf().replace(b"/MediaBox [ 0 0 842 595 ]", b"/MediaBox [ 842 595 0 0 ]")
    assert b"842 595 0 0" in data
    assert texts(parse_document(data, name="x")) == ROWS


def test_text_turned_on_an_upright_page() -> None:
    """A landscape page stored in portrait, without being shown turned."""

    def turn(canvas: Canvas) -> None:
        canvas.setPageSize((595, 842))
        canvas.translate(595, 0)
        canvas.rotate(90)
        canvas.setFont(FONT, 8)

    assert texts(read(first=turn)) == ROWS


def test_radicals_that_stand_for_letters_are_read_as_letters() -> None:
    """Qt names the glyph of 网 by its radical (⽹); a list that does so everywhere means the letters."""
    radicals = str.maketrans("网用色角", "⽹⽤⾊⻆")
    rows = [[text.translate(radicals) for text in row] for row in ROWS]
    assert texts(parse_document(pdf(rows=rows), name="x")) == ROWS


def test_a_radical_that_a_list_prints_stays() -> None:
    """Some published rows have them, in the DOCX of the list too."""
    rows = [[*ROWS[0][:5], "⽤于样例。", *ROWS[0][6:]], *ROWS[1:]]
    assert texts(parse_document(pdf(rows=rows), name="x")) == rows


def three_rules(canvas: Canvas, rows: list[list[str]]) -> None:
    """A table with rules above and below its header and at its end only."""
    bottom = 510 - 30 * len(rows)
    for y in (540, 510, bottom):
        canvas.line(EDGES[0], y, EDGES[-1], y)
    for at, row in enumerate([HEADER, *rows]):
        for x0, text in zip(EDGES, row, strict=False):
            canvas.drawString(x0 + 3, 522 - 30 * at, text)


def drawn(draw: Callable[[Canvas], None]) -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=(842, 595))
    canvas.setFont(FONT, 8)
    draw(canvas)
    canvas.save()
    return stream.getvalue()


def test_rows_that_nothing_parts_are_told_by_their_numbers() -> None:
    """Three rules make the whole list one strip; each of its lines has a number of its own."""
    document = parse_document(drawn(lambda canvas: three_rules(canvas, ROWS)), name="x")
    assert texts(document) == ROWS
    assert document.accounting.reported == ()


def test_rows_that_run_into_one_another_are_reported_each() -> None:
    """Broken lines: which of the strip's texts are whose nobody knows."""

    def draw(canvas: Canvas) -> None:
        canvas.setFont(FONT, 8)
        for x in EDGES:
            canvas.line(x, 540, x, 330)
        for y in (540, 510, 420, 330):
            canvas.line(EDGES[0], y, EDGES[-1], y)
        for top, row in ((522, HEADER), (490, ROWS[0]), (460, ROWS[1]), (370, ROWS[2])):
            for x0, text in zip(EDGES, row, strict=False):
                canvas.drawString(x0 + 3, top, text)

    told = parse_document(drawn(draw), name="x")
    assert texts(told) == ROWS[2:]
    assert [(one.reason, one.cells) for one in told.accounting.reported] == [
        ("several_numbers", (row[6],)) for row in ROWS[:2]
    ]
    assert told.accounting.seen == 4


@pytest.mark.parametrize("edge", [x / 4 for x in range(2660, 2700)])
def test_text_that_runs_out_of_its_cell_stays_whole_wherever_the_rule_is(edge: float) -> None:
    """Through a glyph or between two: the next column's own texts start farther right."""

    def draw(canvas: Canvas) -> None:
        for x in (*EDGES[:7], edge, EDGES[-1]):
            canvas.line(x, 540, x, 420)
        for y in range(540, 419, -30):
            canvas.line(EDGES[0], y, EDGES[-1], y)
        for at, row in enumerate([HEADER, *ROWS]):
            for x0, text in zip(EDGES[:7], row, strict=False):
                canvas.drawString(x0 + 3, 522 - 30 * at, text)
        canvas.drawString(edge + 3, 522, HEADER[7])

    document = parse_document(drawn(draw), name="x")
    assert [row.number for row in document.rows] == [row[6] for row in ROWS]
    assert all("cut_off" in row.flags for row in document.rows)


def test_texts_of_two_cells_that_touch_are_two() -> None:
    """No padding: a text ends on the rule that the next one begins at."""
    width = pdfmetrics.stringWidth(ROWS[0][6], FONT, 8)

    def draw(canvas: Canvas) -> None:
        edges = [*EDGES[:7], EDGES[6] + width, EDGES[-1]]
        for x in edges:
            canvas.line(x, 540, x, 420)
        for y in range(540, 419, -30):
            canvas.line(EDGES[0], y, EDGES[-1], y)
        for at, row in enumerate([HEADER, *ROWS]):
            for x0, text in zip(edges, row, strict=False):
                canvas.drawString(x0, 522 - 30 * at, text)

    assert texts(parse_document(drawn(draw), name="x")) == ROWS


def test_digits_beside_a_table_s_rows_are_no_page_numbers() -> None:
    """序号 in a column that no rule bounds."""
    bare = [["", *row[1:]] for row in ROWS]

    def numbers(canvas: Canvas) -> None:
        for at in range(3):
            canvas.drawString(8, 492 - 30 * at, str(at + 1))

    document = parse_document(pdf(numbers, rows=bare), name="x")
    told = [(one.reason, one.cells) for one in document.accounting.reported]
    assert told == [("outside_table", (str(at),)) for at in (1, 2, 3)]
    assert document.accounting.slow_pages == 0


@pytest.mark.parametrize("code", [0, 0xFFFD])
def test_a_letter_without_unicode_is_flagged(code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A font may not say what a letter is: U+FFFD stands for it, and nothing is lost silently."""
    make = ttfonts.makeToUnicodeCMap
    monkeypatch.setattr(
        ttfonts,
        "makeToUnicodeCMap",
        lambda name, subset: make(name, [code if one == ord("B") else one for one in subset]),
    )
    pdfmetrics.registerFont(ttfonts.TTFont("Vera", "Vera.ttf"))

    def word(canvas: Canvas) -> None:
        canvas.setFont("Vera", 8)
        canvas.drawString(EDGES[7] + 30, 492, "ABC")

    document = read(word)
    assert [row.remark for row in document.rows] == ["已注销A\ufffdC", "已注销", "已注销"]
    assert "unreadable_letters" in document.rows[0].flags
