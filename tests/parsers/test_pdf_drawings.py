"""Lists inside drawings of a PDF page, and drawings that are no part of a list."""

import io

import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from suanbei.parsers import parse_document
from tests.parsers.making import HEADER
from tests.parsers.test_pdf_text import EDGES, FONT, ROWS, Extra, draw_list, read, texts


def test_a_list_in_a_form_that_is_turned_is_read() -> None:
    """Some makers draw a landscape page as a form, turned by a quarter on an upright page."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=(595, 842))
    canvas.beginForm("list", 0, 0, 842, 595)
    draw_list(canvas, ROWS)
    canvas.endForm()
    canvas.translate(595, 0)
    canvas.rotate(90)
    canvas.doForm("list")
    canvas.save()
    document = parse_document(stream.getvalue(), name="x")
    assert texts(document) == ROWS
    assert document.accounting.slow_pages == 0


def test_a_list_in_forms_in_forms_is_read() -> None:
    """Some programs put the page that they were given into a form each time that they save it."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=(842, 595))
    for depth in range(12):
        canvas.beginForm(f"depth{depth}", 0, 0, 842, 595)
        if depth:
            canvas.doForm(f"depth{depth - 1}")
        else:
            draw_list(canvas, ROWS)
        canvas.endForm()
    canvas.doForm("depth11")
    canvas.save()
    document = parse_document(stream.getvalue(), name="x")
    assert texts(document) == ROWS
    assert document.accounting.slow_pages == 0


def _frame(canvas: Canvas) -> None:
    canvas.rect(2, 2, 96, 36)


def _sides(canvas: Canvas) -> None:
    for side in ((2, 2, 98, 2), (98, 2, 98, 38), (98, 38, 2, 38), (2, 38, 2, 2)):
        canvas.line(*side)


@pytest.mark.parametrize("draw", [_frame, _sides])
@pytest.mark.parametrize("in_a_form", [True, False])
def test_the_frame_of_a_slanted_stamp_parts_no_cells(in_a_form: bool, draw: Extra) -> None:
    """A stamp is turned a little, mostly as a drawing inside the page; what it is drawn of are no rulings."""

    def stamp(canvas: Canvas) -> None:
        if in_a_form:
            canvas.beginForm("stamp", 0, 0, 100, 40)
            draw(canvas)
            canvas.endForm()
        canvas.translate(300, 440)
        canvas.rotate(12)
        if in_a_form:
            canvas.doForm("stamp")
        else:
            draw(canvas)

    document = read(stamp)
    assert texts(document) == ROWS
    assert document.accounting.slow_pages == 0


@pytest.mark.parametrize("degrees", [0.1, 0.3, 1.0])
def test_a_page_that_is_a_little_askew_is_read(degrees: float) -> None:
    """As its text may be: the corners of a wide box are then some points off those of its bounds."""
    assert texts(read(first=lambda canvas: canvas.rotate(degrees))) == ROWS


def test_a_cell_of_two_rows_that_a_page_end_parts_is_of_both() -> None:
    """A browser draws no rule below the part of such a cell that stands on the page before."""
    company = HEADER.index("主体名称")
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=(842, 595))
    for rows in ([HEADER, ROWS[0]], ROWS[1:]):
        canvas.setFont(FONT, 8)
        for at, row in enumerate(rows):
            top, is_open = 540 - 30 * at, row == ROWS[0]
            for column, (x0, x1, text) in enumerate(zip(EDGES, EDGES[1:], row, strict=False)):
                canvas.line(x0, top, x0, top - 30)
                canvas.line(x1, top, x1, top - 30)
                if row != ROWS[1]:  # nor above the part on the page after it
                    canvas.line(x0, top, x1, top)
                if not (is_open and column == company):
                    canvas.line(x0, top - 30, x1, top - 30)
                if not (row == ROWS[1] and column in (company, len(row) - 1)):
                    canvas.drawString(x0 + 3, top - 18, text)
        canvas.showPage()
    canvas.save()
    document = parse_document(stream.getvalue(), name="x")
    assert texts(document) == [ROWS[0], [*ROWS[1][:-1], ""], ROWS[2]]
