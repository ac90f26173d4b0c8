"""Small tables of every kind, made for tests."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Sequence
from html import escape
from typing import Any

import xlsxwriter
import xlwt

Rows = Sequence[Sequence[Any]]


def as_csv(rows: Rows, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode(encoding)


def as_xlsx(rows: Rows, *, name: str = "", **more: Any) -> bytes:
    """A workbook of one sheet, and of what `more` says: sheets by name."""
    body = io.BytesIO()
    with xlsxwriter.Workbook(
        body, {"strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        for title, lines in {name: rows, **more}.items():
            sheet = book.add_worksheet(title or None)
            for place, row in enumerate(lines):
                sheet.write_row(place, 0, row)
    return body.getvalue()


def with_cells(cells: str) -> bytes:
    """A workbook with these rows of XML in its sheet."""
    body = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(as_xlsx([["x"]]))) as source,
        zipfile.ZipFile(body, "w") as target,
    ):
        for part in source.namelist():
            data = source.read(part).decode()
            if part == "xl/worksheets/sheet1.xml":
                data = re.sub("<sheetData>.*</sheetData>", f"<sheetData>{cells}</sheetData>", data)
            target.writestr(part, data)
    return body.getvalue()


def as_xls(rows: Rows) -> bytes:
    book, body = xlwt.Workbook(), io.BytesIO()
    sheet = book.add_sheet("表")
    for place, row in enumerate(rows):
        for column, cell in enumerate(row):
            sheet.write(place, column, cell)
    book.save(body)
    return body.getvalue()


def as_ods(rows: Rows, *, hidden_row: int = -1, spanned: tuple[int, int] = (-1, 1)) -> bytes:
    """One sheet; one row may be hidden, and the first cell of one may span several rows."""
    lines = []
    for place, row in enumerate(rows):
        cells = []
        for column, cell in enumerate(row):
            down = f' table:number-rows-spanned="{spanned[1]}"' if (place, column) == (
                spanned[0], 0,
            ) else ""  # fmt: skip
            cells.append(
                f'<table:table-cell office:value-type="string"{down}><text:p>{escape(cell)}</text:p>'
                "</table:table-cell>"
            )
        hide = ' table:visibility="collapse"' if place == hidden_row else ""
        lines.append(f"<table:table-row{hide}>{''.join(cells)}</table:table-row>")
    content = (
        '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
        ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body>'
        f'<office:spreadsheet><table:table table:name="表">{"".join(lines)}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("content.xml", content)
        package.writestr("META-INF/manifest.xml", "<manifest/>")
    return body.getvalue()


def as_html(rows: Rows, *, after: str = "") -> bytes:
    lines = "".join(
        f"<tr>{''.join(f'<td>{escape(str(cell))}</td>' for cell in row)}</tr>" for row in rows
    )
    page = f'<html><head><meta charset="utf-8"></head><body><table>{lines}</table>{after}</body></html>'
    return page.encode()


def as_xml(rows: Rows) -> bytes:
    """A spreadsheet as Excel 2003 wrote it."""
    lines = "".join(
        "<Row>"
        + "".join(
            f'<Cell ss:Index="{place}"><Data ss:Type="String">{escape(str(cell))}</Data></Cell>'
            for place, cell in enumerate(row, 1)
            if cell
        )
        + "</Row>"
        for row in rows
    )
    return (
        '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"'
        ' xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        f'<Worksheet ss:Name="表"><Table>{lines}</Table></Worksheet></Workbook>'
    ).encode()


def as_mhtml(rows: Rows) -> bytes:
    return (
        b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\n"
        b"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        + as_html(rows)
        + b"\r\n--b--\r\n"
    )


def as_jsonl(rows: Rows) -> bytes:
    header, *rest = rows
    return "\n".join(
        json.dumps(dict(zip(header, row, strict=True)), ensure_ascii=False) for row in rest
    ).encode()
