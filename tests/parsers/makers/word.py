"""Lists as Word and WPS write them: the XML that each is known for, with borders and shading."""

from tests.parsers.makers.layouts import HEADER, TITLE, Layout, rows_of
from tests.parsers.making import W, package

_VML = 'xmlns:v="urn:schemas-microsoft-com:vml"'
_R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_FONTS = {
    True: '<w:rFonts w:hint="eastAsia" w:ascii="仿宋" w:eastAsia="仿宋"/><w:vertAlign w:val="baseline"/>',
    False: '<w:rFonts w:asciiTheme="minorEastAsia" w:hAnsiTheme="minorEastAsia"/>',
}
"""How WPS (True) and Word name fonts."""
_STYLES = {"dotted": "dotted", "dashed": "dashed", "double": "double"}
_WIDTHS = (500, 2000, 1400, 2400, 1500, 2800, 1700, 1700, 1000)
"""Twips; the number's cell spans two columns of the grid."""
_WATERMARK = (
    f"<w:hdr {W} {_VML}><w:p><w:r><w:pict><v:shapetype id='_x0000_t136' coordsize='21600,21600' "
    "o:spt='136' xmlns:o='urn:schemas-microsoft-com:office:office' path='m@7,l@8,m@5,21600l@6,21600e'>"
    "<v:textpath on='t' fitshape='t'/></v:shapetype><v:shape id='mark' type='#_x0000_t136' "
    "style='position:absolute;width:300pt;height:80pt;rotation:0;z-index:-1;"
    "mso-position-horizontal:center;mso-position-horizontal-relative:margin;"
    "mso-position-vertical:center;mso-position-vertical-relative:margin' fillcolor='silver' stroked='f'>"
    "<v:fill opacity='.5'/><v:textpath style='font-family:&quot;Noto Serif CJK SC&quot;' "
    "string='内部资料'/></v:shape></w:pict></w:r></w:p></w:hdr>"
)


def docx(layout: Layout, *, wps: bool) -> bytes:
    """A list as Word or WPS writes it: runs cut in pieces, a grid of other widths, `cantSplit`."""
    return _Writer(layout, wps=wps).document()


class _Writer:
    def __init__(self, layout: Layout, *, wps: bool) -> None:
        self._layout, self._wps = layout, wps
        self._scale = 1.0 if layout.landscape else 0.66

    def document(self) -> bytes:
        layout = self._layout
        rows = rows_of(layout.rows)
        parts = [rows[: len(rows) // 2], rows[len(rows) // 2 :]] if layout.two_tables else [rows]
        body = self._paragraph(TITLE) + "".join(map(self._table, parts))
        if layout.note:
            body += self._paragraph("注：本清单由国家互联网信息办公室发布。")
        size = ("16838", "11906") if layout.landscape else ("11906", "16838")
        mark = '<w:headerReference w:type="default" r:id="rId9"/>' if layout.watermark else ""
        body += (
            f"<w:sectPr>{mark}<w:pgSz w:w='{size[0]}' w:h='{size[1]}'/>"
            "<w:pgMar w:top='850' w:right='850' w:bottom='850' w:left='850' w:header='400' w:footer='400'/></w:sectPr>"
        )
        parts_of = {
            "[Content_Types].xml": _TYPES, "_rels/.rels": _links("rId1", "officeDocument", "word/document.xml"),
            "word/document.xml": f"<w:document {W} {_R}><w:body>{body}</w:body></w:document>",
        }  # fmt: skip
        if layout.watermark:
            parts_of |= {
                "word/_rels/document.xml.rels": _links("rId9", "header", "header1.xml"),
                "word/header1.xml": _WATERMARK,
            }
        return package(parts_of)

    def _table(self, rows: list[tuple[str, ...]]) -> str:
        grid = "".join(
            f'<w:gridCol w:w="{round(width * self._scale) + 7 * at}"/>'
            for at, width in enumerate(_WIDTHS)
        )
        made = [self._title()] if self._layout.title_row else []
        made += [self._row(row, at) for at, row in enumerate((HEADER, *rows))]
        margin = int(self._layout.padding * 20)
        margins = "".join(
            f"<w:{side} w:w='{margin}' w:type='dxa'/>"
            for side in ("top", "left", "bottom", "right")
        )
        properties = (
            f"<w:tblBorders>{self._borders()}</w:tblBorders><w:tblLayout w:type='fixed'/>"
            f"<w:tblCellMar>{margins}</w:tblCellMar>"
        )
        return (
            f"<w:tbl><w:tblPr>{properties}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>"
            f"{''.join(made)}</w:tbl><w:p/>"
        )

    def _borders(self) -> str:
        rules = self._layout.rules
        without = {
            "open_sides": ("left", "right"), "across": ("left", "right", "insideV"),
            "none": ("top", "left", "bottom", "right", "insideH", "insideV"),
        }.get(rules, ())  # fmt: skip
        style, size = _STYLES.get(rules, "single"), max(round(self._layout.width * 8), 2)
        return "".join(
            f"<w:{side} w:val='{'nil' if side in without else style}' w:sz='{size}' w:space='0' w:color='000000'/>"
            for side in ("top", "left", "bottom", "right", "insideH", "insideV")
        )

    def _paragraph(self, text: str, look: str = "") -> str:
        look = f"<w:rPr>{_FONTS[self._wps]}<w:sz w:val='{round(self._layout.size * 2)}'/>{look}</w:rPr>"
        middle = len(text) // 2 if self._wps else len(text)
        runs = "".join(
            f"<w:r>{look}<w:t>{part}</w:t></w:r>" for part in (text[:middle], text[middle:]) if part
        )
        check = (
            "<w:bookmarkStart w:id='0' w:name='_'/>"
            if self._wps
            else '<w:proofErr w:type="spellStart"/>'
        )
        place = "center" if self._layout.centred else "left"
        return f"<w:p><w:pPr><w:jc w:val='{place}'/></w:pPr>{check}{runs}</w:p>"

    def _title(self) -> str:
        return f"<w:tr><w:tc><w:tcPr><w:gridSpan w:val='9'/></w:tcPr>{self._paragraph(TITLE)}</w:tc></w:tr>"

    def _row(self, row: tuple[str, ...], at: int) -> str:
        layout, cells, column = self._layout, "", 0
        fill, look = "", ""
        if layout.shade == "zebra" and at % 2 == 0:
            fill = "D9D9D9" if at else "9999CC"
        elif layout.shade == "header" and not at:
            fill, look = "223355", '<w:color w:val="FFFFFF"/>' if layout.white_header else ""
        shade = f"<w:shd w:val='clear' w:color='auto' w:fill='{fill}'/>" if fill else ""
        for place, text in enumerate(row):
            span = 2 if place == 6 else 1
            width = round(sum(_WIDTHS[column : column + span]) * self._scale)
            column += span
            wide = f"<w:tcW w:w='{width}' w:type='dxa'/>" + "<w:gridSpan w:val='2'/>" * (span - 1)
            cells += f"<w:tc><w:tcPr>{wide}{shade}</w:tcPr>{self._paragraph(text, look)}</w:tc>"
        mark = "<w:tblHeader/>" if not at and layout.repeat_header else ""
        return f"<w:tr><w:trPr><w:cantSplit/>{mark}</w:trPr>{cells}</w:tr>"


def _links(key: str, kind: str, target: str) -> str:
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="{key}" Type="{office}/{kind}" Target="{target}"/></Relationships>'
    )


_WORDML = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Default Extension="xml" ContentType="{_WORDML}.header+xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_WORDML}.document.main+xml"/></Types>'
)
