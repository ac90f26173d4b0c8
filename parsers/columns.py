"""The header of a table, one row or several with merged, doubled or split cells: what each column
holds, and which series the table belongs to.

Columns are told by their names, never by position. The names are those of the published lists (national since 2022, provincial since 2024) with their
variants; a name is compared without white space, full-width signs read as half-width.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from suanbei.parsers.tables import TableRow, bare, clean, solid
from suanbei.registry.importing.published import Series

COLUMNS: dict[str, tuple[str, ...]] = {
    "seq": ("序号", "编号"),
    "name": (
        "算法名称", "模型名称", "大模型名称", "应用/功能名称", "应用(功能)名称", "应用名称",
        "功能名称", "应用或功能名称", "服务名称", "模型/应用名称", "模型(应用)名称",
    ),
    "label": ("算法类别", "算法类型", "角色", "主体角色"),
    "entity": ("主体名称", "备案主体", "备案单位", "登记单位", "单位名称", "备案主体名称", "企业名称",
               "备案/登记单位"),
    "product": ("应用产品", "产品名称"),
    "purpose": ("主要用途", "用途"),
    "number": (
        "备案编号", "备案号", "算法备案编号", "算法备案号", "上线编号", "登记编号", "登记号",
        "大模型备案编号", "大模型备案号", "备案/上线编号",
    ),
    "remark": ("备注",),
    "region": ("属地", "地区"),
    "filed_on": ("备案时间", "登记时间", "注销时间", "备案日期", "登记日期", "注销日期", "备案/登记时间"),
}  # fmt: skip
"""The header names of each field of a row."""

EXTRA_COLUMNS = ("适用场景", "类型")
"""Published columns that no field takes: kept in `extra`, but not reported as unknown."""

_NOTE = re.compile(r"(?<=.)\([^()]*\)$")
"""What a header name may be followed by: 主体名称（全称）, 备案时间（年月日）."""
_FIELD_OF = {name: field for field, names in COLUMNS.items() for name in names}
_LONGEST_NAME = 24
"""Characters of the longest column name, white space in it included."""
_SOLID_FIELDS = frozenset(("seq", "number", "filed_on"))
"""Fields that never hold a space."""
_TITLES = {
    "注销": Series.DEREGISTRATION,
    "深度合成": Series.DEEP_SYNTHESIS,
    "信息服务算法": Series.ALGORITHM,
    "已登记": Series.GENAI_REGISTRATION,
    "已备案": Series.GENAI_FILING,
}
_REQUIRED = {"name", "entity", "number"}
_SERIES_OF_COLUMNS = (
    ({"注销时间", "注销日期"}, Series.DEREGISTRATION),
    ({"算法类别", "算法类型"}, Series.ALGORITHM),
    ({"角色", "主体角色"}, Series.DEEP_SYNTHESIS),
    (
        {"登记单位", "上线编号", "登记编号", "登记号", "登记时间", "登记日期"},
        Series.GENAI_REGISTRATION,
    ),
)
"""The columns that tell a series, looked for in this order."""
_SEARCHED_ROWS = 1000
"""A workbook may have a cover, a contents page and notes above its list."""
_FILING = re.compile(r"网信算备[0-9]|-20[0-9]{6}")
"""What a filing number has in it, and no name of a column."""
_MAX_HEIGHT = 3
_LONGEST_PART = 12
"""Characters of a text in the second or third row of a header, which has no digits either."""


@dataclass(frozen=True, slots=True)
class Header:
    """A table's header: its first row (counted from 0), how many rows it has, and what it tells.

    `columns` has one header name per grid column; `fields` the field it means, "" if nobody knows.
    `series` is None where the columns do not tell it. `cells` are the columns that its cells part, as
    (first grid column, how many).
    """

    first: int
    height: int
    series: Series | None
    columns: tuple[str, ...]
    fields: tuple[str, ...]
    cells: tuple[tuple[int, int], ...]

    def read(self, row: TableRow) -> dict[str, list[str]]:
        """The texts of a row by field; by its name where a column is no field, and a column without a
        name is 第N列. There is more than one text where a column is doubled."""
        values: dict[str, list[str]] = {}
        end = sum(self.cells[-1])
        if len(row.cells) == len(self.cells):
            columns = [column for column, _ in self.cells]
        else:  # a cell beyond the header has a column of its own
            columns = [
                column if column >= end else self._nearest(column, cell.span)
                for column, cell in row.columns()
            ]
        for column, cell in zip(columns, row.cells, strict=True):
            is_named = column < len(self.columns)
            key = (self.fields[column] or self.columns[column]) if is_named else ""
            key = key or f"第{column + 1}列"
            read = solid(cell.text) if key in _SOLID_FIELDS else clean(cell.text)
            if read and read not in (told := values.setdefault(key, [])):
                told.append(read)
        return values

    def _nearest(self, column: int, span: int) -> int:
        """The header cell that shares most grid columns with a cell."""
        return max(
            self.cells, key=lambda own: min(own[0] + own[1], column + span) - max(own[0], column)
        )[0]


@lru_cache(maxsize=4096)
def header_name(text: str) -> str:
    """A header cell's text for comparing: no white space, full-width signs as half-width."""
    return unicodedata.normalize("NFKC", bare(text))


def is_column_name(text: str) -> bool:
    """Whether a text is the header name of a known column."""
    if len(text) > _LONGEST_NAME:
        return False
    name = header_name(text)
    return bool(_field_of(name)) or name in EXTRA_COLUMNS


def starts_of_headers(columns: Sequence[str]) -> list[int]:
    """The grid columns at which the headers that stand side by side in one begin, the first at 0.

    The next one begins with the first field that is told again, if what is left of it and what is
    right of it are whole headers. A column doubled by a merged cell stands beside itself.
    """
    starts = [0]
    fields = list(map(_field_of, columns))
    for at in range(len(_REQUIRED), len(fields) - len(_REQUIRED) + 1):
        left, right = fields[starts[-1] : at], fields[at:]
        is_told_again = right[0] and right[0] in left and right[0] != left[-1]
        if is_told_again and _REQUIRED.issubset(left) and _REQUIRED.issubset(right):
            starts.append(at)
    return starts


def series_of(title: str) -> Series | None:
    """The series that a list's title names, for tables whose columns do not tell it."""
    return next((series for word, series in _TITLES.items() if word in bare(title)), None)


def find_header(rows: Sequence[TableRow]) -> Header | None:
    """The header among the first rows of a table, None if there is none.

    It is as high as tells most columns, with the rows below that only say it again.
    """
    for first in range(min(_SEARCHED_ROWS, len(rows))):
        if len({header_name(cell.text) for cell in rows[first].cells} - {""}) < 2:
            # One text is a title; a header says several, even if it is split over two rows.
            continue
        if any(_FILING.search(bare(cell.text)) for cell in rows[first].cells):
            # A filing above the header, as of a page whose own header was not known, is no part of it.
            continue
        found: list[Header] = []
        for height in range(1, min(_MAX_HEIGHT, len(rows) - first) + 1):
            block = rows[first : first + height]
            texts = [cell.text for cell in block[-1].cells] if height > 1 else []
            if any(len(text) > _LONGEST_PART or any(map(str.isdigit, text)) for text in texts):
                break  # no second half of a header
            found += filter(None, [_header(first, block)])
        if found:
            best = max(found, key=lambda header: sum(map(bool, header.fields)))
            below = rows[first + best.height : first + _MAX_HEIGHT]
            return replace(best, height=best.height + _echoes(below, best.columns))
    return None


def is_header_again(row: TableRow) -> bool:
    """Whether a row repeats the header: most of its cells are column names."""
    texts = [cell.text for cell in row.cells if cell.text.strip()]
    return 2 * sum(map(is_column_name, texts)) > len(texts) >= 2


def _field_of(name: str) -> str:
    """The field that a header name means, "" if nobody knows."""
    return _FIELD_OF.get(name) or _FIELD_OF.get(_NOTE.sub("", name), "")


def _header(first: int, block: Sequence[TableRow]) -> Header | None:
    """The header that some rows are, None if they name too few columns."""
    columns = _names(block)
    fields = list(map(_field_of, columns))
    if not _REQUIRED.issubset(fields):
        return None
    first_name: dict[str, str] = {}
    for at, (name, field) in enumerate(zip(columns, fields, strict=True)):
        # Two names for one field: the first has it, the other is a column of its own.
        if first_name.setdefault(field, name) != name:
            fields[at] = ""
    plain = {_NOTE.sub("", name) for name in columns}
    series = Series.GENAI_FILING if "算法名称" not in plain else None
    series = next((told for names, told in _SERIES_OF_COLUMNS if names & plain), series)
    starts = {
        column for row in block for column, cell in row.columns() if not cell.vertically_merged
    }
    starts |= {column for column, _ in block[0].columns()}
    end = max(sum(cell.span for cell in row.cells) for row in block)
    cells = tuple((start, stop - start) for start, stop in pairwise([*sorted(starts), end]))
    return Header(first, len(block), series, tuple(columns), tuple(fields), cells)


def _echoes(rows: Sequence[TableRow], columns: Sequence[str]) -> int:
    """How many rows right below the header only say it again, or hold its merged-down cells."""
    count = 0
    for row in rows:
        names = {header_name(cell.text) for cell in row.cells if not cell.vertically_merged}
        is_merged = any(cell.vertically_merged for cell in row.cells)
        if not is_merged or not names <= {"", *columns}:
            break
        count += 1
    return count


def _names(block: Sequence[TableRow]) -> list[str]:
    """The name over each grid column, from the rows of a header put one below another."""
    widths = [sum(cell.span for cell in row.cells) for row in block]
    columns: list[list[str]] = [[] for _ in range(max(widths))]
    for row in block:
        for column, cell in row.columns():
            name = "" if cell.vertically_merged else header_name(cell.text)
            for parts in columns[column : column + cell.span]:
                parts.append(name)
    names: list[str] = []
    for parts in columns:
        # One column's name from the texts above one another: whole, repeated, or split.
        told = [part for part in dict.fromkeys(parts) if part]
        known = ["".join(told), *reversed(told)]
        names.append(next(filter(is_column_name, known), known[0]))
    return names
