"""XLSX: a sheet that says what the file is of, then the filings."""

import tempfile
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import IO, Any

import xlsxwriter

from suanbei.search_api.export.columns import COLUMNS, Head, Kind, Part, Row, text_of

LAST_ROW = 1_048_575
"""Of a sheet, counted from 0."""
LONGEST = 32_767
"""Characters that a cell holds."""
_BLOCK = 1 << 16
_WIDTHS = {"number": 30, "name": 30, "entity": 34, "product": 30, "purpose": 40, "remark": 24}


def write_xlsx(head: Head, parts: Iterable[Part]) -> Iterator[bytes]:
    """A workbook; rows wait in a temporary file, since the archive is put together at the end."""
    yield b""  # the answer begins, though its first bytes take a while
    with tempfile.TemporaryFile() as file:
        _write(file, head, parts)
        file.seek(0)
        while block := file.read(_BLOCK):
            yield block


def _write(file: IO[bytes], head: Head, parts: Iterable[Part]) -> None:
    # Only write_string is used for texts: no cell becomes a formula or a link.
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        bold = book.add_format({"bold": True})
        _write_about(book.add_worksheet("说明 about"), head, bold)
        rows = chain.from_iterable(parts)
        for place in range(1, 1000):
            sheet = book.add_worksheet("备案 filings" + (f" {place}" if place > 1 else ""))
            if not _write_sheet(sheet, rows, bold):
                break


def _write_about(sheet: Any, head: Head, bold: Any) -> None:
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 2, 44)
    lines: list[tuple[str, ...]] = [
        ("算备 Suanbei", "备案导出 export of filings"),
        ("时间 time", head.made_at),
        ("条数 filings", str(head.rows)),
        *((f"条件 filter: {name}", _said(value)) for name, value in head.filters.items()),
        ("覆盖范围 coverage", "最新清单 newest list", "最近核对 last checked"),
        *((name, *_covered(one)) for name, one in head.coverage.items()),
        ("列 column", "含义", "meaning"),
        *((column.name, column.means.zh, column.means.en) for column in COLUMNS),
    ]
    for place, line in enumerate(lines):
        heading = place == 0 or line[0].startswith(("覆盖范围", "列 "))
        for column, text in enumerate(line):
            sheet.write_string(place, column, text, bold if heading else None)


def _said(value: Any) -> str:
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


def _covered(one: dict[str, Any]) -> tuple[str, str]:
    return one["newest"] or "", one["checked_at"] or ""


def _write_sheet(sheet: Any, rows: Iterator[Row], bold: Any) -> bool:
    """Fill a sheet; True when it is full and rows may be left."""
    sheet.freeze_panes(1, 1)
    for place, column in enumerate(COLUMNS):
        sheet.set_column(place, place, _WIDTHS.get(column.name, 14))
        sheet.write_string(0, place, column.name, bold)
    for line, row in enumerate(rows, 1):
        for place, value in enumerate(row):
            if value is None or value == []:
                continue
            if COLUMNS[place].kind is Kind.NUMBER:
                sheet.write_number(line, place, value)
            else:
                sheet.write_string(line, place, text_of(value)[:LONGEST])
        if line == LAST_ROW:
            return True
    return False
