"""Lists as Word and WPS write them: the XML that each is known for."""

from tests.parsers.makers.layouts import HEADER, TITLE, Layout, rows_of
from tests.parsers.making import W, package

_WPS = '<w:rPr><w:rFonts w:hint="eastAsia" w:ascii="仿宋" w:eastAsia="仿宋"/><w:vertAlign w:val="baseline"/></w:rPr>'
_WORD = '<w:rPr><w:rFonts w:asciiTheme="minorEastAsia" w:hAnsiTheme="minorEastAsia"/></w:rPr>'


_TWO_COLUMNS = '<w:gridSpan w:val="2"/>'


def docx(layout: Layout, *, wps: bool) -> bytes:
    """A list as Word or WPS writes it: runs cut in pieces, a grid of other widths, `cantSplit`."""
    rows = rows_of(layout.rows)
    parts = [rows[: len(rows) // 2], rows[len(rows) // 2 :]] if layout.two_tables else [rows]
    body = _paragraph(TITLE, wps=wps)
    for part in parts:
        grid = "".join(f'<w:gridCol w:w="{300 + 7 * at}"/>' for at in range(9))
        made = [_title(wps=wps)] if layout.title_row else []
        made += [_row(row, wps=wps, header=at == 0) for at, row in enumerate((HEADER, *part))]
        body += f"<w:tbl><w:tblPr/><w:tblGrid>{grid}</w:tblGrid>{''.join(made)}</w:tbl><w:p/>"
    document = f"<w:document {W}><w:body>{body}<w:sectPr/></w:body></w:document>"
    return package({"word/document.xml": document})


def _paragraph(text: str, *, wps: bool) -> str:
    look = _WPS if wps else _WORD
    middle = len(text) // 2 if wps else len(text)
    runs = "".join(
        f"<w:r>{look}<w:t>{part}</w:t></w:r>" for part in (text[:middle], text[middle:]) if part
    )
    check = (
        '<w:proofErr w:type="spellStart"/>' if not wps else "<w:bookmarkStart w:id='0' w:name='_'/>"
    )
    return f"<w:p><w:pPr><w:jc w:val='left'/></w:pPr>{check}{runs}</w:p>"


def _title(*, wps: bool) -> str:
    return f"<w:tr><w:tc><w:tcPr><w:gridSpan w:val='9'/></w:tcPr>{_paragraph(TITLE, wps=wps)}</w:tc></w:tr>"


def _row(row: tuple[str, ...], *, wps: bool, header: bool) -> str:
    cells = [
        f"<w:tc><w:tcPr>{_TWO_COLUMNS if at == 6 else ''}</w:tcPr>"
        f"{_paragraph(text, wps=wps)}</w:tc>"
        for at, text in enumerate(row)
    ]
    mark = "<w:tblHeader/>" if header else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{mark}</w:trPr>{''.join(cells)}</w:tr>"
