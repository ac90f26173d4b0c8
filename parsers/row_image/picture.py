"""One row of a published list as a PNG."""

import io

from PIL.Image import Image

from suanbei.common.errors import NotFound
from suanbei.parsers.document import parse_document, read
from suanbei.parsers.headers import find_header
from suanbei.parsers.row_image.drawing import draw_rows
from suanbei.parsers.row_image.pages import Places, cut_out
from suanbei.parsers.sniff import format_of
from suanbei.parsers.tables import Table, TableRow
from suanbei.parsers.text import clean
from suanbei.registry.importing.published import Box


def render_row(
    data: bytes,
    *,
    name: str,
    table: int,
    row: int,
    page: int | None = None,
    boxes: tuple[tuple[int, Box], ...] = (),
) -> bytes:
    """The picture of a published row as PNG bytes, its header above it where there is one.

    `table`, `row`, `page` and `boxes` are those of `suanbei.registry.importing.published.Row`. A row of a PDF is cut from
    its page or pages and marked; a row of any other format is drawn as a table row.

    Raises:
        DocumentError: the file cannot be read.
        NotFound: the document has no such row.
        NoFont: the row has to be drawn, and this machine has no font with Chinese characters.
    """
    if format_of(data, name) == "pdf":
        places: Places = boxes or _places(data, name, table, row)
        picture = cut_out(data, name, places)
    else:
        picture = _drawn(data, name, table, row)
    return _png(picture)


def _places(data: bytes, name: str, table: int, row: int) -> Places:
    for found in parse_document(data, name=name).rows:
        if (found.table, found.row) == (table, row):
            return found.boxes
    raise _no_row(name, table, row)


def _drawn(data: bytes, name: str, table: int, row: int) -> Image:
    tables = read(data, name).tables
    if not 0 < table <= len(tables):
        raise _no_row(name, table, row)
    wanted = next((found for found in tables[table - 1].rows if found.number == row), None)
    if wanted is None:
        raise _no_row(name, table, row)
    head = _head(tables[table - 1])
    return draw_rows([*map(_texts, head), _texts(wanted)], marked=len(head))


def _head(table: Table) -> list[TableRow]:
    header = find_header(table.rows)
    return list(table.rows[header.first : header.first + header.height]) if header else []


def _texts(row: TableRow) -> list[str]:
    return [text for cell in row.cells for text in [clean(cell.text)] + [""] * (cell.span - 1)]


def _no_row(name: str, table: int, row: int) -> NotFound:
    return NotFound(f"{name}: table {table} has no row {row}")


def _png(picture: Image) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, "PNG", optimize=True)
    return stream.getvalue()
