"""Small documents for tests: raw DOCX and XLSX packages, and what goes into them."""

import io
import zipfile
from collections.abc import Mapping, Sequence

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
HEADER = ["序号", "算法名称", "算法类别", "主体名称", "应用产品", "主要用途", "备案编号", "备注"]
NUMBER = "网信算备110108999999902240011号"
ROW = [
    "1", "样例推荐算法", "个性化推送类", "北京样例科技有限公司", "样例(APP)", "用于样例。", NUMBER, "",
]  # fmt: skip


def package(parts: Mapping[str, str | bytes]) -> bytes:
    """A ZIP package of these parts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def docx(body: str, **parts: str) -> bytes:
    """A DOCX with this body; other parts by name (`numbering`, `styles`)."""
    document = f"<w:document {W} {MC}><w:body>{body}</w:body></w:document>"
    others = {f"word/{name}.xml": content for name, content in parts.items()}
    return package({"word/document.xml": document} | others)


def cell(content: str, properties: str = "") -> str:
    """A table cell; content without markup becomes a paragraph."""
    inner = content if content.startswith("<w:") else f"<w:p><w:r><w:t>{content}</w:t></w:r></w:p>"
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inner}</w:tc>"


def table(rows: Sequence[Sequence[str]]) -> str:
    """A table whose cells are texts or markup."""
    made = (f"<w:tr>{''.join(map(as_cell, row))}</w:tr>" for row in rows)
    return f"<w:tbl>{''.join(made)}</w:tbl>"


def as_cell(content: str) -> str:
    return content if content.startswith("<w:tc>") else cell(content)


def with_cell(index: int, content: str) -> bytes:
    """A list of one row, one cell of which has this content."""
    row = [*ROW[:index], content, *ROW[index + 1 :]]
    return docx(table([HEADER, row]))


def xlsx(cells: str, **parts: str) -> bytes:
    """An XLSX with one sheet of these rows; other parts of `xl/` by name (`sharedStrings`)."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    links = "http://schemas.openxmlformats.org/package/2006/relationships"
    named = "".join(
        f'<Relationship Id="{name}" Type="{office}/{name}" Target="{name}.xml"/>' for name in parts
    )
    return package(
        {
            "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
            '<sheet name="s" sheetId="1" r:id="s1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{links}"><Relationship Id="s1"'
            f' Type="{office}/worksheet" Target="worksheets/sheet1.xml"/>{named}</Relationships>',
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{cells}'
            "</sheetData></worksheet>",
        }
        | {f"xl/{name}.xml": content for name, content in parts.items()}
    )
