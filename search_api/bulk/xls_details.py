"""Hidden rows and columns of an XLS, which calamine does not tell.

An XLS is a compound file ([MS-CFB]): sectors chained by a table. Its stream "Workbook" is a row of
records ([MS-XLS]): type, length, data. Three kinds of them matter here.
"""

import struct
from collections.abc import Iterator
from pathlib import Path

from suanbei.search_api.bulk.sheet_details import SheetDetails

_BOUND_SHEET, _ROW, _COLUMN_INFO, _END = 0x85, 0x208, 0x7D, 0x0A
_FREE = 0xFFFFFFFA
"""Sector numbers from here on are marks, not places."""
_NAMES = ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le"))
_MOST_COLUMNS = 256
_ROW_HIDDEN, _COLUMN_HIDDEN = 0x20, 0x01


def xls_details(path: Path) -> dict[str, SheetDetails]:
    """The hidden rows and columns of each sheet, by its name; nothing of a file that is damaged.

    calamine says afterwards what is wrong with such a file.
    """
    try:
        stream = _workbook_stream(path.read_bytes())
        sheets = [_bound_sheet(data) for kind, data in _records(stream, 0) if kind == _BOUND_SHEET]
        return {name: _sheet_details(stream, start) for start, name in sheets}
    except (struct.error, IndexError, UnicodeDecodeError):
        return {}


def _workbook_stream(data: bytes) -> bytes:
    size = 1 << struct.unpack_from("<H", data, 30)[0]
    tables = [one for one in struct.unpack_from("<109I", data, 76) if one < _FREE]
    following, count = struct.unpack_from("<II", data, 68)
    for _ in range(min(count, len(data) // size)):
        more = struct.unpack_from(f"<{size // 4}I", data, (following + 1) * size)
        tables += [one for one in more[:-1] if one < _FREE]
        following = more[-1]
    chain: list[int] = []
    for table in tables[: len(data) // size]:
        chain += struct.unpack_from(f"<{size // 4}I", data, (table + 1) * size)

    def sectors(first: int) -> bytes:
        found, seen = [], 0
        while first < _FREE and seen <= len(data) // size:
            found.append(data[(first + 1) * size : (first + 2) * size])
            first, seen = chain[first], seen + 1
        return b"".join(found)

    directory = sectors(struct.unpack_from("<I", data, 48)[0])
    for at in range(0, len(directory) - 127, 128):
        length = struct.unpack_from("<H", directory, at + 64)[0]
        if directory[at : at + max(length - 2, 0)] in _NAMES:
            first, size_of_stream = struct.unpack_from("<II", directory, at + 116)
            return sectors(first)[:size_of_stream]
    return b""


def _records(stream: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """The records from a place on, to the end of that part."""
    while start + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, start)
        if kind == _END:
            return
        yield kind, stream[start + 4 : start + 4 + length]
        start += 4 + length


def _bound_sheet(data: bytes) -> tuple[int, str]:
    """Where the records of a sheet begin, and its name."""
    start, _, length, is_wide = struct.unpack_from("<IHBB", data)
    name = data[8 : 8 + length * (1 + (is_wide & 1))]
    return start, name.decode("utf-16-le" if is_wide & 1 else "latin-1")


def _sheet_details(stream: bytes, start: int) -> SheetDetails:
    found = SheetDetails()
    for kind, data in _records(stream, start):
        if kind == _ROW and struct.unpack_from("<H", data, 12)[0] & _ROW_HIDDEN:
            found.hidden_rows.add(struct.unpack_from("<H", data)[0])
        elif kind == _COLUMN_INFO and struct.unpack_from("<H", data, 8)[0] & _COLUMN_HIDDEN:
            first, last = struct.unpack_from("<HH", data)
            found.hidden_columns.update(range(first, min(last + 1, _MOST_COLUMNS)))
    return found
