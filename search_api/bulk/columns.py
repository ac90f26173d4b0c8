"""Which column holds the numbers, and which the companies: by name, by header, by content."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from suanbei.common.errors import UsageError
from suanbei.registry.cells.numbers import (
    AlgorithmNumber,
    GenaiNumber,
    MalformedNumber,
    parse_number,
)

Row = Sequence[str]
NO_COLUMN = "-"
LOOKED_AT = 200
"""Rows whose content decides."""
_LEAST_SHARE = 0.05
"""Share of filled cells that must look like it for a column to be found by content."""

_NUMBER_HEADERS = re.compile(
    r"备案编?号|上线编?号|登记编?号|备案信息|网信算备|filing.?(?:no|num|id)|registration.?(?:no|num)"
    r"|beian|^(?:编号|number|no\.?)$",
    re.IGNORECASE,
)
_COMPANY_HEADERS = re.compile(
    r"公司|企业|单位|主体|供应商|厂商|商户|vendor|company|supplier|entity|registrant|organi[sz]ation",
    re.IGNORECASE,
)
_NOT_A_NAME = re.compile(r"编?号|代码|id$|code|number|地址|类型|日期|电话|联系", re.IGNORECASE)
_COMPANY = re.compile(r"(?:公司|集团|大学|研究院|研究所|中心|银行|医院|报社|电视台|协会)\s*$|\b(?:ltd|inc|llc|corp)\b",
                      re.IGNORECASE)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Columns:
    """Places of the columns, from 0; `company` is None where there is none. `has_header`: the
    first row is one."""

    number: int
    company: int | None
    has_header: bool


def find_columns(rows: Sequence[Row], number: str = "", company: str = "") -> Columns:
    """The columns of a table by its first rows.

    `number` and `company` name columns, by header or by place (from 1); `-` is no company column.

    Raises:
        UsageError: a named column is not there, or no column holds filing numbers.
    """
    if not rows:
        raise UsageError("the table has no rows")
    header = rows[0]
    has_header = not any(_is_number(cell) for cell in header)
    body = rows[1 : LOOKED_AT + 1] if has_header else rows[:LOOKED_AT]
    numbers = _named(header, number) if number else _find_numbers(header, body, has_header)
    if numbers is None:
        raise UsageError("no column holds filing numbers: say which one is meant to")
    if company == NO_COLUMN:
        return Columns(numbers, None, has_header)
    if company:
        return Columns(numbers, _named(header, company), has_header)
    return Columns(numbers, _find_companies(header, body, has_header, numbers), has_header)


def _named(header: Row, name: str) -> int:
    titles = [cell.strip().casefold() for cell in header]
    if name.strip().casefold() in titles:
        return titles.index(name.strip().casefold())
    if name.isdecimal() and 1 <= int(name) <= len(header):
        return int(name) - 1
    shown = ", ".join(cell.strip() for cell in header)[:200]
    raise UsageError(f"there is no column {name}: the columns are {shown}")


def _find_numbers(header: Row, body: Sequence[Row], has_header: bool) -> int | None:
    found = _best(body, _is_number)
    if found is not None or not has_header:
        return found
    return next((i for i, cell in enumerate(header) if _NUMBER_HEADERS.search(cell.strip())), None)


def _find_companies(header: Row, body: Sequence[Row], has_header: bool, numbers: int) -> int | None:
    if has_header:
        for place, cell in enumerate(header):
            title = cell.strip()
            if (
                place != numbers
                and _COMPANY_HEADERS.search(title)
                and not _NOT_A_NAME.search(title)
            ):
                return place
    return _best(body, lambda cell: bool(_COMPANY.search(cell)), without=numbers)


def _best(
    body: Sequence[Row], looks_like_it: Callable[[str], bool], without: int | None = None
) -> int | None:
    """The column with the greatest share of cells that look like it; the first of equals."""
    width = max(map(len, body), default=0)
    shares = [
        0.0 if place == without else _share(body, place, looks_like_it) for place in range(width)
    ]
    best = max(shares, default=0.0)
    return shares.index(best) if best >= _LEAST_SHARE else None


def _share(body: Sequence[Row], place: int, looks_like_it: Callable[[str], bool]) -> float:
    filled = [row[place] for row in body if place < len(row) and row[place].strip()]
    return sum(map(looks_like_it, filled)) / len(filled) if filled else 0.0


def _is_number(cell: str) -> bool:
    """Whether a cell holds a number of CAC's; a malformed one counts too."""
    number = parse_number(cell[:1000])
    return isinstance(number, AlgorithmNumber | GenaiNumber | MalformedNumber)
