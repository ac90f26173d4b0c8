"""What happens to a list once it is printed: other hands turn it, stamp it, put layers over it.

Each function takes a PDF of one list and returns it changed, as pdfium writes it.
"""

import io
from collections.abc import Callable

import pypdfium2 as pdfium
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

FONT = "STSong-Light"
_Draw = Callable[[Canvas, float, float], None]


def turned(data: bytes) -> bytes:
    """Every page shown turned by a quarter (`/Rotate`)."""
    document = pdfium.PdfDocument(data)
    for page in document:
        page.set_rotation(90)
    return _saved(document)


def other_diagonal(data: bytes) -> bytes:
    """MediaBoxes given by their other diagonal."""
    document = pdfium.PdfDocument(data)
    for page in document:
        x0, y0, x1, y1 = page.get_mediabox()
        page.set_mediabox(x1, y1, x0, y0)
    return _saved(document)


def moved(data: bytes) -> bytes:
    """Pages whose lower left corner is not at 0, 0."""
    document = pdfium.PdfDocument(data)
    for page in document:
        x0, y0, x1, y1 = page.get_mediabox()
        page.set_mediabox(x0 - 30, y0 - 50, x1, y1)
        page.set_cropbox(x0, y0, x1, y1)
    return _saved(document)


def stamped(data: bytes) -> bytes:
    """A round red seal over the table, with a text across."""

    def draw(canvas: Canvas, width: float, height: float) -> None:
        canvas.setStrokeColorRGB(0.8, 0, 0)
        canvas.setFillColorRGB(0.8, 0, 0)
        canvas.setLineWidth(3)
        canvas.circle(width * 0.7, height * 0.75, 60)
        canvas.setFont(FONT, 14)
        canvas.drawCentredString(width * 0.7, height * 0.75 - 5, "测试专用章")

    return _overlaid(data, draw)


def watermarked(data: bytes) -> bytes:
    """A pale text across the page, at a slant."""

    def draw(canvas: Canvas, width: float, height: float) -> None:
        canvas.translate(width / 2, height / 2)
        canvas.rotate(30)
        canvas.setFillGray(0.8)
        canvas.setFont(FONT, 50)
        canvas.drawCentredString(0, 0, "仅供内部使用")

    return _overlaid(data, draw)


def running_watermark(data: bytes) -> bytes:
    """A pale text of the list's own size all over the page, on lines and between them."""

    def draw(canvas: Canvas, width: float, height: float) -> None:
        canvas.setFillColorRGB(0, 0, 0, 0.2)
        canvas.setFont(FONT, 9)
        for at in range(2 * int(height / 37)):
            canvas.drawString(width * (at % 2) / 2, 20 + 37 * (at // 2), "内部资料 请勿外传")

    return _overlaid(data, draw)


def side_note(data: bytes) -> bytes:
    """A note that runs up along the margin, as on pages to be bound."""

    def draw(canvas: Canvas, _: float, height: float) -> None:
        canvas.translate(12, height / 2)
        canvas.rotate(90)
        canvas.setFont(FONT, 8)
        canvas.drawString(0, 0, "装订线内请勿书写")

    return _overlaid(data, draw)


def white_text(data: bytes) -> bytes:
    """Words in white over the table."""
    return _overlaid(data, _lines(grey=1.0))


def unseen_layer(data: bytes) -> bytes:
    """A layer of text that is not drawn (render mode 3), as text recognition adds it."""
    return _overlaid(data, _lines(mode=3))


def _lines(grey: float = 0.0, mode: int = 0) -> _Draw:
    def draw(canvas: Canvas, width: float, height: float) -> None:
        for at in range(8):
            text = canvas.beginText(40 + 7 * at, height - 60 - 23 * at)
            text.setFont(FONT, 9)
            text.setFillGray(grey)
            text.setTextRenderMode(mode)
            text.textOut("看不见的文字网信算备110108990099901250011号")
            canvas.drawText(text)

    return draw


def _overlaid(data: bytes, draw: _Draw) -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    document = pdfium.PdfDocument(data)
    for page in document:
        stream = io.BytesIO()
        canvas = Canvas(stream, pagesize=page.get_size())
        draw(canvas, *page.get_size())
        canvas.save()
        layer = pdfium.PdfDocument(stream.getvalue())
        page.insert_obj(layer.page_as_xobject(0, document).as_pageobject())
        page.gen_content()
    return _saved(document)


def _saved(document: pdfium.PdfDocument) -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


TREATMENTS: dict[str, Callable[[bytes], bytes]] = {
    one.__name__: one
    for one in (
        turned,
        other_diagonal,
        moved,
        stamped,
        watermarked,
        running_watermark,
        side_note,
        white_text,
        unseen_layer,
    )
}
