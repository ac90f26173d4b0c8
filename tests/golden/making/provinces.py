"""Golden documents of provincial offices: the same columns as XLSX and HTML."""

import datetime as dt
from html import escape
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from tests.golden.making.case import FILED, REGISTERED, Case, Sheet, filed_row, registered_row

_TITLE = "样例省生成式人工智能服务已备案信息（2024年5月）"


def write_provinces(folder: Path) -> list[tuple[str, dict[str, Any]]]:
    """Write the XLSX and the HTML page; return their names and expected rows."""
    workbook = Case("province_xlsx", [_TITLE], [_filed(5, header_rows=2)], period="2024-05")
    _write_xlsx(workbook, folder / "province_xlsx.xlsx")
    sheets = [_filed(3), Sheet("genai_registration", REGISTERED, [registered_row(9)])]
    page = Case("province_html", [_TITLE], sheets, period="2024-05")
    _write_html(page, folder / "province_html.html")
    return [(case.name, case.expected()) for case in (workbook, page)]


def _filed(count: int, header_rows: int = 1) -> Sheet:
    rows = [filed_row(serial) for serial in range(1, count + 1)]
    return Sheet("genai_filing", FILED, rows, header_rows=header_rows)


def _write_xlsx(case: Case, path: Path) -> None:
    """A merged title row, 序号 as numbers, a region merged over two rows, dates as dates."""
    workbook = Workbook()
    sheet = workbook.active
    sheet.append([_TITLE])
    sheet.merge_cells("A1:F1")
    sheet.append(list(FILED))
    for row in case.sheets[0].rows:
        year, month, day = map(int, row[5].split("/"))
        sheet.append([int(row[0]), *row[1:5], dt.date(year, month, day)])
    sheet["B4"] = None
    sheet.merge_cells("B3:B4")
    sheet["C5"] = "样例3号\n大模型"
    workbook.create_sheet("空表")
    workbook.save(path)


def _write_html(case: Case, path: Path) -> None:
    """A page with a layout table around the lists, a rowspan, line breaks and hidden text."""
    lists = "".join(_table(sheet) for sheet in case.sheets)
    first = escape(case.sheets[0].rows[0][2])
    lists = lists.replace(f"<td>{first}</td>", f"<td>\n {first[:3]}<br>{first[3:]} &nbsp;</td>", 1)
    path.write_text(
        f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{_TITLE}-样例网信办</title>"
        "<style>td{border:1px solid}</style></head><body><div>首页 &gt; 样例公告</div>"
        f"<table><tr><td><h1>{_TITLE}</h1><p style='display: none'>看不见</p>{lists}"
        "<script>var x = '<table></table>';</script></td></tr></table></body></html>",
        encoding="utf-8",
    )


def _table(sheet: Sheet) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in sheet.columns)
    body = ""
    for index, row in enumerate(sheet.rows):
        cells = [f"<td>{escape(text)}</td>" for text in row]
        if len(sheet.rows) > 1:
            cells[1] = f"<td rowspan='{len(sheet.rows)}'>{row[1]}</td>" if index == 0 else ""
        body += f"<tr>{''.join(cells)}</tr>"
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
