"""Golden documents of the kinds that other makers, offices and browsers make of one list."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from tests.golden.making.case import DEEP_SYNTHESIS, Case, Sheet
from tests.parsers.makers.drawn import reportlab_pdf
from tests.parsers.makers.layouts import HEADER, LAYOUTS, TITLE, rows_of
from tests.parsers.makers.treated import TREATMENTS
from tests.parsers.making import W, docx, package, table

ROWS = rows_of(5)
_STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_LAYOUTS = ("open_sides", "across", "none-zebra", "dotted", "dashed", "double-thick", "rounded")


def _paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


_LIST = table([HEADER, *ROWS])
_BODY = f"<w:body>{_paragraph(TITLE)}{_LIST}</w:body>"
_CELLS = "".join(
    f"<tr>{''.join(f'<td>{text}</td>' for text in row)}</tr>" for row in (HEADER, *ROWS)
)


def _relations(target: str, kind: str) -> str:
    return (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r" Type="{_OFFICE}/{kind}" Target="{target}"/></Relationships>'
    )


def _drawn(layout: str) -> bytes:
    return reportlab_pdf(next(one for one in LAYOUTS if one.name == layout))


def _chunk() -> bytes:
    body = f'{_paragraph(TITLE)}<w:altChunk r:id="r"/>'
    return package(
        {
            "word/document.xml": f'<w:document {W} xmlns:r="{_OFFICE}"><w:body>{body}</w:body></w:document>',
            "word/_rels/document.xml.rels": _relations("list.docx", "aFChunk"),
            "word/list.docx": docx(_LIST),
        }
    )


def _page(attributes: str = "", charset: str = "utf-8") -> bytes:
    page = (
        f"<html><head><meta charset={charset}><title>{TITLE}</title></head><body><div {attributes}>"
        f"<h1>{TITLE}</h1><table>{_CELLS}</table></div></body></html>"
    )
    return page.encode("gb18030" if charset == "gb2312" else charset)


def _hidden() -> bytes:
    """The title and a note above the header, a hidden row in the list, a hidden sheet."""
    book = Workbook()
    for row in ([TITLE], ["以下为清单"], [], HEADER, *ROWS):
        book.active.append(row)
    book.active.row_dimensions[9].hidden = True
    old = book.create_sheet("旧版")
    old.append(["旧"])
    old.sheet_state = "hidden"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


KINDS: dict[str, Callable[[], bytes]] = {
    **{f"{name}.pdf": lambda name=name: _drawn(name) for name in _LAYOUTS},  # type: ignore[misc]
    **{f"treated_{name}.pdf": lambda make=make: make(_drawn("full")) for name, make in TREATMENTS.items()},  # type: ignore[misc]
    "another_part.docx": lambda: package(
        {"_rels/.rels": _relations("word/document2.xml", "officeDocument"),
         "word/document2.xml": f"<w:document {W}>{_BODY}</w:document>"}
    ),
    "strict.docx": lambda: package(
        {"word/document.xml": f'<w:document xmlns:w="{_STRICT}">{_BODY}</w:document>'}
    ),
    "nested.docx": lambda: docx(table([[TITLE], [f"<w:tc>{_LIST}<w:p/></w:tc>"]])),
    "text_box.docx": lambda: docx(
        f"{_paragraph(TITLE)}<w:p><w:r><w:pict><w:txbxContent>{_LIST}</w:txbxContent></w:pict></w:r></w:p>"
    ),
    "chunk.docx": _chunk,
    "shown_by_script.html": lambda: _page('id="js_content" style="visibility: hidden"'),
    "gb2312.html": lambda: _page(charset="gb2312"),
    "hidden.xlsx": _hidden,
}  # fmt: skip
"""The maker of each document, by its name."""


def write_kinds(folder: Path) -> list[tuple[str, dict[str, Any]]]:
    """Write the documents; return their names and expected rows."""
    written = []
    for name, make in KINDS.items():
        (folder / name).write_bytes(make())
        stem = Path(name).stem
        sheet = Sheet("deep_synthesis", DEEP_SYNTHESIS, [list(row) for row in ROWS])
        expected = Case(stem, [TITLE], [sheet], period="2026-09").expected()
        if stem == "hidden":
            expected = _hidden_expected()
        written.append((stem, expected))
    return written


def _hidden_expected() -> dict[str, Any]:
    rows = [list(row) for row in ROWS]
    sheet = Sheet("deep_synthesis", DEEP_SYNTHESIS, rows, header_rows=4, reported={9: "hidden_row"})
    expected = Case("hidden", [TITLE], [sheet], period="2026-09").expected()
    # In the order in which they are met: the sheet's row, then the hidden sheet.
    expected["reported"].append({"table": 0, "row": 0, "reason": "hidden_sheet"})
    return expected
