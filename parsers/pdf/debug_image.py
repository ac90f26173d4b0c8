"""Pictures of a PDF's pages with what the reader saw drawn over them; `docs/reading.md` explains them.

Red: rulings, as they were snapped and joined. Blue: cells. Green: a row joined over a page's end.
Orange: text outside of tables. Violet: letters left out of cells, as invisible text and watermarks.
"""

import io
from collections.abc import Iterator

import pypdfium2 as pdfium
from PIL import Image, ImageDraw

from suanbei.common.errors import NotADocument
from suanbei.parsers.formats import format_of
from suanbei.parsers.pdf.content import page_box, read_content
from suanbei.parsers.pdf.merge_pages import merge_pages
from suanbei.parsers.pdf.page_tables import PageTables
from suanbei.parsers.pdf.reader import opened, read_pages
from suanbei.registry.importing.published import Box

MAX_PAGES = 20
"""Pages that are drawn; what is odd on a list is mostly odd on its first pages."""
_SCALE = 2.0
"""Pixels per point."""
_RULING, _CELL, _JOINED = (214, 40, 40), (30, 90, 220), (20, 150, 60)
_LOOSE, _UNSEEN = (240, 140, 0), (150, 40, 200)


def draw_pages(data: bytes, name: str) -> list[bytes]:
    """A PNG for each of the first pages.

    Raises:
        NotADocument: no PDF.
        DocumentError: the file cannot be read.
    """
    if format_of(data, name) != "pdf":
        raise NotADocument(f"{name}: a debug image shows the pages of a PDF only")
    pages = read_pages(data, name)
    merge_pages(pages)  # a cell that goes on over a page's end then has its places on both
    joined = _joined_boxes(pages)
    pictures: list[bytes] = []
    with opened(data, name) as document:
        for read in pages[:MAX_PAGES]:
            page = document[read.number - 1]
            picture = _drawn(page, read, joined.get(read.number, []))
            page.close()
            stream = io.BytesIO()
            picture.save(stream, "PNG")
            pictures.append(stream.getvalue())
    return pictures


def _joined_boxes(pages: list[PageTables]) -> dict[int, list[Box]]:
    """The cells of rows that stand on several pages, by page."""
    found: dict[int, list[Box]] = {}
    rows = (row for page in pages for table in page.tables for row in table.rows)
    for row in rows:
        boxes = [box for cell in row.cells for box in cell.boxes]
        if len({page for page, _ in boxes}) > 1:
            for page, box in boxes:
                found.setdefault(page, []).append(box)
    return found


def _drawn(page: pdfium.PdfPage, read: PageTables, joined: list[Box]) -> Image.Image:
    content = read_content(page)
    turned = (content.quarter - page.get_rotation() // 90) % 4
    picture: Image.Image = (
        page.render(scale=_SCALE, crop=_to_media_box(page)).to_pil().convert("RGB")
    )
    picture = picture.rotate(-90 * turned, expand=True)
    draw = ImageDraw.Draw(picture)
    for table in read.tables:
        for row in table.rows:
            for cell in row.cells:
                draw.rectangle(_pixels(cell.box, inset=2), outline=_CELL)
    for box in joined:
        draw.rectangle(_pixels(box, inset=3), outline=_JOINED, width=3)
    for at, start, end in content.across:
        draw.line(_pixels((start, at, end, at)), fill=_RULING, width=2)
    for at, start, end in content.down:
        draw.line(_pixels((at, start, at, end)), fill=_RULING, width=2)
    for box in content.unseen:
        draw.rectangle(_pixels(box), outline=_UNSEEN, width=2)
    for line in read.lines:
        draw.rectangle(
            _pixels((line.x0, line.y - line.size, line.x1, line.y)), outline=_LOOSE, width=2
        )
    return picture


def _to_media_box(page: pdfium.PdfPage) -> tuple[float, float, float, float]:
    """How far beyond the CropBox a picture must reach to show all that is read, on each side."""
    x0, y0, x1, y1 = page.get_cropbox()
    left, bottom, right, top = page_box(page)
    sides = [left - x0, bottom - y0, x1 - right, y1 - top]  # negative adds
    turns = page.get_rotation() // 90 % 4
    sides = sides[turns:] + sides[:turns]
    return sides[0], sides[1], sides[2], sides[3]


def _pixels(box: Box, inset: float = 0.0) -> tuple[float, float, float, float]:
    x0, y0, x1, y1 = (edge * _SCALE for edge in box)
    return x0 + inset, y0 + inset, max(x1 - inset, x0 + inset), max(y1 - inset, y0 + inset)


def debug_images(data: bytes, name: str) -> Iterator[tuple[int, bytes]]:
    """The pictures of a PDF's first pages as (page, PNG), drawn in a child process with limits.

    Raises:
        Overloaded: its turn does not come in time.
        DocumentError: as `draw_pages`, or a limit is exceeded.
    """
    from suanbei.common.limited_process import run_limited

    yield from enumerate(run_limited(draw_pages, data, name, subject=name), 1)
