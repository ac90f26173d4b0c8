"""One row of a published list as a PNG: cut from its PDF pages, or drawn as a table row."""

import io

import pypdfium2 as pdfium
from PIL import Image, ImageChops, ImageDraw

from suanbei.common.errors import BrokenDocument, NotFound
from suanbei.parsers.columns import find_header
from suanbei.parsers.document import parse_document, read
from suanbei.parsers.pdf.cells import fill_cells
from suanbei.parsers.pdf.content import read_content, to_top_left
from suanbei.parsers.pdf.page_tables import PageTable
from suanbei.parsers.pdf.reader import opened
from suanbei.parsers.pdf.shapes import NeedsFallback, TooMuch
from suanbei.parsers.row_image.draw import draw_rows
from suanbei.parsers.sniff import format_of
from suanbei.parsers.tables import Cell, Table, TableRow
from suanbei.parsers.text import clean
from suanbei.registry.importing.published import Box

Places = tuple[tuple[int, Box], ...]

_SCALE = 2.0
"""Pixels per point: 144 dots per inch."""
_MARGIN = 12.0
_MAX_PIXELS = 40_000_000
_GAP = 6
_PAPER, _MARKED, _EDGE = (255, 255, 255), (255, 247, 204), (214, 69, 65)


def render_row(
    data: bytes,
    *,
    name: str,
    table: int,
    row: int,
    boxes: tuple[tuple[int, Box], ...] = (),
) -> bytes:
    """The picture of a published row as PNG bytes, its header above it where there is one.

    `table`, `row` and `boxes` are those of `suanbei.registry.importing.published.Row`. A row of a PDF is cut from
    its page or pages and marked; a row of any other format is drawn as a table row.

    Raises:
        DocumentError: the file cannot be read.
        NotFound: the document has no such row.
        NoFont: the row has to be drawn, and this machine has no font with Chinese characters.
    """
    if format_of(data, name) == "pdf":
        places: Places = boxes or _places(data, name, table, row)
        picture = _cut_out(data, name, places)
    else:
        picture = _drawn(data, name, table, row)
    return _png(picture)


def _places(data: bytes, name: str, table: int, row: int) -> Places:
    for found in parse_document(data, name=name).rows:
        if (found.table, found.row) == (table, row):
            return found.boxes
    raise _no_row(name, table, row)


def _drawn(data: bytes, name: str, table: int, row: int) -> Image.Image:
    tables = read(data, name).tables
    if not 0 < table <= len(tables):
        raise _no_row(name, table, row)
    wanted = next((found for found in tables[table - 1].rows if found.number == row), None)
    if wanted is None:
        raise _no_row(name, table, row)
    head = _header_rows(tables[table - 1])
    return draw_rows([*map(_texts, head), _texts(wanted)], marked=len(head))


def _header_rows(table: Table) -> list[TableRow]:
    header = find_header(table.rows)
    return list(table.rows[header.first : header.first + header.height]) if header else []


def _texts(row: TableRow) -> list[str]:
    return [text for cell in row.cells for text in [clean(cell.text)] + [""] * (cell.span - 1)]


def _no_row(name: str, table: int, row: int) -> NotFound:
    return NotFound(f"{name}: table {table} has no row {row}")


def _png(picture: Image.Image) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, "PNG", optimize=True)
    return stream.getvalue()


def _cut_out(data: bytes, name: str, places: Places) -> Image.Image:
    """The parts of pages around a row's cells, one below another, each under its header.

    `places` are the row's cells as (page, box), at least one.

    Raises:
        DocumentError: the PDF cannot be read, or has no such page.
    """
    strips: list[Image.Image] = []
    with opened(data, name) as document:
        for number in dict.fromkeys(page for page, _ in places):
            if not 0 < number <= len(document):
                raise BrokenDocument(f"{name}: the PDF has no page {number}")
            page = document[number - 1]
            area = _around([box for on_page, box in places if on_page == number])
            head = _head(page, area)
            if head is not None:
                strips.append(_strip(page, head, 0.0))
            strips.append(_strip(page, area, head[3] if head else 0.0, marked=True))
            page.close()
    return _stacked(strips)


def _around(boxes: list[Box]) -> Box:
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )


def _head(page: pdfium.PdfPage, area: Box) -> Box | None:
    """Where on a page the header of the table around an area is printed."""
    try:
        content = read_content(page)
        # Boxes are those of the page as it is read: text may be turned on an upright page.
        page.set_rotation(90 * content.quarter)
        tables = fill_cells(content, 1).tables
    except (NeedsFallback, TooMuch):
        return None
    for table in tables:
        if table.top - 1 <= area[1] and area[3] <= table.bottom + 1:
            return _header_box(table)
    return None


def _header_box(table: PageTable) -> Box | None:
    rows = table.rows[:8]
    header = find_header(
        [TableRow(tuple(Cell(cell.text(), cell.span) for cell in row.cells), 1) for row in rows]
    )
    if header is None:
        return None
    head = rows[header.first : header.first + header.height]
    return _around([cell.box for row in head for cell in row.cells])


def _strip(page: pdfium.PdfPage, area: Box, ceiling: float, *, marked: bool = False) -> Image.Image:
    """A page's part below `ceiling` as a picture; a marked one is coloured and outlined."""
    x0, y0, x1, y1 = to_top_left(page, page.get_cropbox())
    above = _MARGIN if marked else 1.0
    left, right = max(area[0] - _MARGIN, x0), min(area[2] + _MARGIN, x1)
    top, bottom = max(area[1] - above, ceiling, y0), min(area[3] + above, y1)
    pixels = (right - left) * (bottom - top) * _SCALE**2
    scale = _SCALE if pixels <= _MAX_PIXELS else _SCALE * (_MAX_PIXELS / pixels) ** 0.5
    crop = (left - x0, y1 - bottom, x1 - right, top - y0)
    picture: Image.Image = page.render(scale=scale, crop=crop).to_pil().convert("RGB")
    if marked:
        edges = tuple(
            round((edge - start) * scale)
            for edge, start in zip(area, (left, top, left, top), strict=True)
        )
        colour = Image.new("RGB", picture.size, _PAPER)
        ImageDraw.Draw(colour).rectangle(edges, fill=_MARKED)
        picture = ImageChops.multiply(picture, colour)
        ImageDraw.Draw(picture).rectangle(edges, outline=_EDGE, width=max(1, round(scale)))
    return picture


def _stacked(strips: list[Image.Image]) -> Image.Image:
    width = max(strip.width for strip in strips)
    height = sum(strip.height for strip in strips) + _GAP * (len(strips) - 1)
    whole = Image.new("RGB", (width, height), _PAPER)
    top = 0
    for strip in strips:
        whole.paste(strip, (0, top))
        top += strip.height + _GAP
    return whole
