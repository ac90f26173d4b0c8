"""One row of a published list as a PNG: cut from its PDF pages, or drawn as a table row.

The font with Chinese characters to draw with is looked for on this machine; none is shipped (10 MB and more).
"""

import io
import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import pypdfium2 as pdfium
from PIL import Image, ImageChops, ImageDraw, ImageFont

from suanbei.common.errors import BrokenDocument, NoFont, NotFound
from suanbei.parsers.columns import find_header
from suanbei.parsers.document import parse_document, read
from suanbei.parsers.formats import format_of
from suanbei.parsers.pdf.cells import fill_cells
from suanbei.parsers.pdf.content import read_content, to_top_left
from suanbei.parsers.pdf.reader import opened
from suanbei.parsers.pdf.shapes import NeedsFallback, TooMuch
from suanbei.parsers.tables import Cell, TableRow, clean
from suanbei.registry.importing.published import Box

Places = tuple[tuple[int, Box], ...]

_SCALE = 2.0
"""Pixels per point: 144 dots per inch."""
_MARGIN = 12.0
_MAX_PIXELS = 40_000_000
_GAP = 6
_PAPER, _MARKED, _EDGE = (255, 255, 255), (255, 247, 204), (214, 69, 65)
_SIZE = 22
_LINE = 32
_PADDING = 12
_NARROW, _WIDE = 90, 420
_INK, _RULE, _HEAD = (17, 24, 39), (120, 130, 145), (238, 241, 245)
_MAX_CHARACTERS = 4000
_NAMES = (
    "notosanscjk", "notosanssc", "sourcehansans", "notoserifcjk", "notoserifsc", "sourcehanserif",
    "wqy-zenhei", "wqy-microhei", "wqy", "droidsansfallback", "pingfang", "hiragino sans gb",
    "stheiti", "msyh", "simhei", "simsun", "deng", "uming", "ukai", "unifont",
)  # fmt: skip
"""Beginnings of the file names of fonts with Chinese characters, the best first."""
_KINDS = (".ttf", ".ttc", ".otf", ".otc")
_PROBE = "网信算备序号"


def render_row(data: bytes, *, name: str, table: int, row: int, boxes: Places = ()) -> bytes:
    """The picture of a published row as PNG bytes, its header above it where there is one.

    `table`, `row` and `boxes` are those of `suanbei.registry.importing.published.Row`. A row of a PDF is cut from
    its page or pages and marked; a row of any other format is drawn as a table row.

    Raises:
        DocumentError: the file cannot be read.
        NotFound: the document has no such row.
        NoFont: the row has to be drawn, and this machine has no font with Chinese characters.
    """
    picture: Image.Image | None = None
    if format_of(data, name) != "pdf":
        picture = _drawn(data, name, table, row)
    elif places := boxes or _places(data, name, table, row):
        picture = _cut_out(data, name, places)
    if picture is None:
        raise NotFound(f"{name}: table {table} has no row {row}")
    stream = io.BytesIO()
    picture.save(stream, "PNG", optimize=True)
    return stream.getvalue()


def _places(data: bytes, name: str, table: int, row: int) -> Places:
    rows = parse_document(data, name=name).rows
    return next((one.boxes for one in rows if (one.table, one.row) == (table, row)), ())


def _drawn(data: bytes, name: str, table: int, row: int) -> Image.Image | None:
    tables = read(data, name).tables
    rows = tables[table - 1].rows if 0 < table <= len(tables) else ()
    wanted = next((found for found in rows if found.number == row), None)
    if wanted is None:
        return None
    header = find_header(rows)
    head = rows[header.first : header.first + header.height] if header else ()
    return draw_rows([*map(_texts, head), _texts(wanted)], marked=len(head))


def _texts(row: TableRow) -> list[str]:
    return [text for cell in row.cells for text in [clean(cell.text)] + [""] * (cell.span - 1)]


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
    x0s, tops, x1s, bottoms = zip(*boxes, strict=True)
    return min(x0s), min(tops), max(x1s), max(bottoms)


def _head(page: pdfium.PdfPage, area: Box) -> Box | None:
    """Where on a page the header of the table around an area is printed."""
    try:
        content = read_content(page)
        # Boxes are those of the page as it is read: text may be turned on an upright page.
        page.set_rotation(90 * content.quarter)
        tables = fill_cells(content, 1).tables
    except (NeedsFallback, TooMuch):
        return None
    around = (one for one in tables if one.top - 1 <= area[1] and area[3] <= one.bottom + 1)
    table = next(around, None)
    rows = table.rows[:8] if table else []
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


def draw_rows(rows: Sequence[Sequence[str]], *, marked: int) -> Image.Image:
    """A picture of table rows; the one at index `marked` is coloured, those before it are a header.

    Characters that the font cannot show are spelled out as U+XXXX, never drawn as empty boxes.

    Raises:
        NoFont: this machine has no font with Chinese characters.
    """
    font = ImageFont.truetype(font_file(), _SIZE)
    count = max(map(len, rows))
    table = [
        [_spelled(text[:_MAX_CHARACTERS], font) for text in [*row, *[""] * (count - len(row))]]
        for row in rows
    ]
    widest = [max(map(font.getlength, column)) for column in zip(*table, strict=True)]
    widths = [round(min(max(width, _NARROW), _WIDE)) + 2 * _PADDING for width in widest]
    lines = [
        [_wrapped(text, width, font) for text, width in zip(row, widths, strict=True)]
        for row in table
    ]
    heights = [max(map(len, row)) * _LINE + 2 * _PADDING for row in lines]
    picture = Image.new("RGB", (sum(widths) + 1, sum(heights) + 1), _PAPER)
    draw = ImageDraw.Draw(picture)
    top = 0
    for index, (row, height) in enumerate(zip(lines, heights, strict=True)):
        left, colour = 0, _MARKED if index == marked else _HEAD
        for cell, width in zip(row, widths, strict=True):
            draw.rectangle((left, top, left + width, top + height), fill=colour, outline=_RULE)
            for number, line in enumerate(cell):
                place = (left + _PADDING, top + _PADDING + number * _LINE)
                draw.text(place, line, _INK, font)
            left += width
        top += height
    return picture


def _spelled(text: str, font: ImageFont.FreeTypeFont) -> str:
    lost = missing(text, font)
    return "".join(f"〔U+{ord(sign):04X}〕" if sign in lost else sign for sign in text)


def _wrapped(text: str, width: int, font: ImageFont.FreeTypeFont) -> list[str]:
    """A text in lines that fit a column, broken anywhere."""
    lines, start = [], 0
    for end in range(1, len(text) + 1):
        if font.getlength(text[start:end]) > width - 2 * _PADDING and end - 1 > start:
            lines.append(text[start : end - 1])
            start = end - 1
    return [*lines, text[start:]]


def _folders() -> list[Path]:
    home = Path.home()
    windows = Path(os.environ.get("WINDIR", r"C:\Windows")) / "Fonts"
    return [
        Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), home / ".local/share/fonts",
        home / ".fonts", Path("/System/Library/Fonts"), Path("/Library/Fonts"),
        home / "Library/Fonts", windows,
    ]  # fmt: skip


@lru_cache(maxsize=1)
def font_file() -> Path:
    """The best font file with Chinese characters.

    Raises:
        NoFont: there is none.
    """
    ranked = []
    walks = (found for folder in _folders() for found in os.walk(folder))
    for file in (Path(root, name) for root, _, names in walks for name in names):
        name = file.name.lower()
        rank = next((i for i, known in enumerate(_NAMES) if name.startswith(known)), None)
        if rank is not None and name.endswith(_KINDS):
            # A regular weight before bold and light ones.
            ranked.append((rank, "regular" not in name, file))
    for _, _, file in sorted(ranked):
        if not missing(_PROBE, ImageFont.truetype(file, 20)):
            return file
    raise NoFont(
        "no font with Chinese characters on this machine to draw a row with: install one "
        "(Debian, Ubuntu: fonts-noto-cjk)"
    )


def missing(text: str, font: ImageFont.FreeTypeFont) -> set[str]:
    """The characters of a text that a font cannot show."""
    nothing = bytes(font.getmask("\U0010fffe"))
    return {sign for sign in set(text) if sign != " " and bytes(font.getmask(sign)) == nothing}
