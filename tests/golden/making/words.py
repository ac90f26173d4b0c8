"""Golden documents as DOCX, with the quirks that only a DOCX can have."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

from docx import Document
from docx.document import Document as Docx
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt
from docx.table import Table

from tests.golden.making.case import Case, Sheet

_WIDTHS = {
    "seq": 11, "name": 27, "label": 22, "entity": 26, "product": 26, "purpose": 42, "number": 32,
    "remark": 22, "region": 20, "filed_on": 24,
}  # fmt: skip


def write_docx(case: Case, path: Path) -> None:
    """Write a case as a DOCX."""
    document = Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(250), Mm(140)
    section.left_margin = section.right_margin = Mm(15)
    section.top_margin = section.bottom_margin = Mm(12)
    for line in case.lines:
        document.add_paragraph(line)
    for sheet in case.sheets:
        if sheet.heading:
            document.add_paragraph(sheet.heading)
        _write_table(document, sheet)
    _QUIRKS.get(case.name, lambda *_: None)(document, case)
    document.save(str(path))


def _write_table(document: Docx, sheet: Sheet) -> Table:
    table = document.add_table(rows=0, cols=len(sheet.columns), style="Table Grid")
    table.autofit = False
    for texts in [list(sheet.columns), *sheet.rows]:
        for (_, field), cell, text in zip(
            sheet.columns.items(), table.add_row().cells, texts, strict=True
        ):
            cell.width = Mm(_WIDTHS.get(field, 26))
            cell.text = text
            for paragraph in cell.paragraphs:
                paragraph.paragraph_format.space_after = Pt(0)
                for run in paragraph.runs:
                    run.font.size = Pt(10)
    repeat = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(repeat)
    return table


def _numbered(document: Docx, case: Case) -> None:
    """序号 by automatic numbering: from 7; the third row belongs to a list that starts at 20."""
    root = document.part.numbering_part.element
    root.insert(
        0,
        parse_xml(
            f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77"><w:lvl w:ilvl="0">'
            '<w:start w:val="7"/><w:numFmt w:val="decimal"/><w:suff w:val="nothing"/>'
            '<w:lvlText w:val="%1"/></w:lvl></w:abstractNum>'
        ),
    )
    for num, start in (("77", ""), ("78", "20")):
        override = (
            f'<w:lvlOverride w:ilvl="0"><w:startOverride w:val="{start}"/></w:lvlOverride>'
            if start
            else ""
        )
        root.append(
            parse_xml(
                f'<w:num {nsdecls("w")} w:numId="{num}"><w:abstractNumId w:val="77"/>'
                f"{override}</w:num>"
            )
        )
    for row, num in zip(document.tables[0].rows[1:], ("77", "77", "78", "78"), strict=True):
        paragraph = row.cells[0].paragraphs[0]
        paragraph.clear()
        paragraph._p.get_or_add_pPr().append(
            parse_xml(
                f'<w:numPr {nsdecls("w")}><w:ilvl w:val="0"/><w:numId w:val="{num}"/></w:numPr>'
            )
        )


def _split(document: Docx, case: Case) -> None:
    """备案编号 and 主要用途 over two header rows; the other names merged downwards."""
    table = document.tables[0]
    head = deepcopy(table.rows[0]._tr)
    table.rows[0]._tr.addnext(head)
    first, second = table.rows[0].cells, table.rows[1].cells
    for index, (upper, lower) in enumerate(zip(first, second, strict=True)):
        halves = {5: ("主要", "用途"), 6: ("备案", "编号")}.get(index)
        if halves:
            upper.paragraphs[0].runs[0].text, lower.paragraphs[0].runs[0].text = halves
        else:
            lower.paragraphs[0].clear()
            _merge(upper._tc, "restart")
            _merge(lower._tc, "continue")


def _doubled(document: Docx, case: Case) -> None:
    """算法名称 is printed over two columns: repeated in one row, split in the other."""
    table = document.tables[0]
    for row, halves in zip(
        table.rows,
        (None, (case.sheets[0].rows[0][1],) * 2, _halves(case.sheets[0].rows[1][1])),
        strict=True,
    ):
        cell = row.cells[1]._tc
        twin = deepcopy(cell)
        cell.addnext(twin)
        for tc, text in zip((cell, twin), halves or ("算法名称",) * 2, strict=True):
            tc.findall(f".//{qn('w:t')}")[0].text = text


def _halves(text: str) -> tuple[str, str]:
    return text[:4], text[4:]


def _merged(document: Docx, case: Case) -> None:
    cells = [row.cells[3] for row in document.tables[0].rows]
    cells[2].paragraphs[0].clear()
    _merge(cells[1]._tc, "restart")
    _merge(cells[2]._tc, "continue")


def _merge(tc: object, value: str) -> None:
    merge = OxmlElement("w:vMerge")
    merge.set(qn("w:val"), value)
    tc.get_or_add_tcPr().append(merge)  # type: ignore[attr-defined]


def _broken(document: Docx, case: Case) -> None:
    """A line break and a new paragraph inside cells: layout, not space."""
    cell = document.tables[0].rows[3].cells[4]
    first, second = case.sheets[0].rows[2][4].split("、")
    cell.paragraphs[0].runs[0].text = first + "、"
    cell.add_paragraph(second).runs[0].font.size = Pt(10)
    purpose = document.tables[0].rows[3].cells[5].paragraphs[0]
    text = case.sheets[0].rows[2][5]
    purpose.runs[0].text = text[:10]
    purpose.runs[0].add_break()
    purpose.add_run(text[10:]).font.size = Pt(10)


def _deregistered(document: Docx, case: Case) -> None:
    """Hidden text, which a reader does not see, and a content control around a row."""
    table = document.tables[0]
    runs = table.rows[1].cells[3].paragraphs[0]
    hidden = runs.add_run("（隐藏）")
    hidden.font.hidden = True
    row = table.rows[2]._tr
    control = parse_xml(f"<w:sdt {nsdecls('w')}><w:sdtPr/><w:sdtContent/></w:sdt>")
    row.addprevious(control)
    control.find(qn("w:sdtContent")).append(row)


_QUIRKS: dict[str, Callable[[Docx, Case], None]] = {
    "automatic": _numbered,
    "split_header": _split,
    "doubled_header": _doubled,
    "merged_rows": _merged,
    "breaks": _broken,
    "deregistration": _deregistered,
}
