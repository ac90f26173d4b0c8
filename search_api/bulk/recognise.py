"""Which row is the header, which columns hold numbers and which companies: by looking at the table.

Where numbers stand was counted over the whole table when it was read. The header is the row above
them that says so, else the last one that looks like titles; what is above it passes through. Every
guess says how sure it is, and a table that leaves the choice open is asked about, not answered.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from suanbei.common.errors import UsageError
from suanbei.search_api.bulk.columns import (
    NO_COLUMN,
    Candidate,
    Certainty,
    Choice,
    Column,
    Columns,
    ColumnsUnclear,
    column_letter,
    column_place,
)
from suanbei.search_api.bulk.rows_file import (
    SheetTable,
    TableFile,
    first_rows,
    looks_like_number,
)

Row = tuple[int, list[str]]
"""A row's number in the user's own sheet, and its cells as texts."""

LOOKED_AT = 300
"""Rows whose content decides."""
MOST_NUMBER_COLUMNS = 12
_MOST_ABOVE = 60
"""Rows in which the header is looked for, if no number tells where the data begins."""
_SAMPLES = 3

_NUMBER_TITLE = re.compile(
    r"备案编?号|備案編?號|上线编?号|登记编?号|备案信息|备案登记号|网信算备|算法备案|大模型备案|filing.?(?:no|num|id)"
    r"|registration.?(?:no|num|id)|beian|^(?:编号|number|no\.?)$",
    re.IGNORECASE,
)
_OTHER_NUMBER_TITLE = re.compile(r"icp|公安|网站|域名|信用代码|许可|等保|合同", re.IGNORECASE)
_STRONG_COMPANY_TITLE = re.compile(
    r"备案主体|主体名称|备案单位|登记单位|(?:公司|企业|单位|供应商|厂商|机构|厂家|服务商)名称?$|供應商|公司全称|企业全称"
    r"|^(?:vendor|company|supplier|entity|registrant|organi[sz]ation)(?:.?name)?$|claimed",
    re.IGNORECASE,
)
_COMPANY_TITLE = re.compile(
    r"公司|企业|单位|主体|供应商|厂商|商户|提供者|提供方|运营者|vendor|company|supplier|entity|registrant"
    r"|organi[sz]ation|provider",
    re.IGNORECASE,
)
_NOT_A_NAME = re.compile(
    r"编?号|代码|\bid$|code|number|地址|类型|性质|规模|行业|日期|时间|电话|联系|邮箱|使用|部门|申请|归口|责任|网址|人$"
    r"|address|type|date|phone|contact|mail|url",
    re.IGNORECASE,
)
_SERIAL_TITLE = re.compile(r"^(?:序号?|编号|行号|id|no\.?|#|seq\w*|index)$", re.IGNORECASE)
_COMPANY = re.compile(
    r"(?:公司|集团|大学|学院|研究院|研究所|中心|银行|医院|报社|电视台|协会|事务所|厂|社|局)\s*(?:[（(][^（）()]*[)）])?\s*$"
    r"|\b(?:ltd|inc|llc|corp|co|limited|gmbh|plc)\b\.?\s*$",
    re.IGNORECASE,
)
_CODE = re.compile(r"[A-Za-z]{0,6}[-_]?\d[\d\-_./: ]*[A-Za-z]?")


@dataclass(slots=True)
class _Table:
    """The beginning of a sheet, and its parts."""

    sheet: SheetTable
    rows: list[Row]
    header: int | None = None
    titles: list[str] = field(default_factory=list)
    body: list[Row] = field(default_factory=list)

    @property
    def places(self) -> list[int]:
        hidden = set(self.sheet.hidden_columns)
        return [place for place in range(self.sheet.width) if place not in hidden]

    def title(self, place: int) -> str:
        return self.titles[place].strip() if place < len(self.titles) else ""

    def cells(self, place: int) -> list[str]:
        """The filled cells of a column below the header."""
        return [
            row[place].strip() for _, row in self.body if place < len(row) and row[place].strip()
        ]


def recognise(table: TableFile, choice: Choice) -> list[Columns | None]:
    """The columns of each sheet; None for one that holds no filing numbers, or was not asked for.

    Raises:
        UsageError: a sheet or column that was named is not there.
        ColumnsUnclear: no sheet has a column of numbers, or the companies are left open.
    """
    wanted = _wanted_sheets(table, choice)
    found: list[Columns | None] = []
    missing: UsageError | None = None
    for sheet in table.sheets:
        columns = None
        if sheet in wanted and sheet.rows:
            try:
                columns = find_columns(sheet, first_rows(table, sheet, LOOKED_AT), choice)
            except ColumnsUnclear:
                raise
            except UsageError as error:
                missing = missing or error
        found.append(columns)
    if any(found):
        return found
    if missing:
        raise missing
    choices = [
        candidate
        for sheet in wanted
        if sheet.rows
        for candidate in candidates(sheet, first_rows(table, sheet, LOOKED_AT), choice)
    ]
    shown = ", ".join(f"{one.column} {one.title}".strip() for one in choices[:30])
    raise ColumnsUnclear(
        f"no column holds filing numbers: say which one is meant, of {shown or 'none'}", choices
    )


def _wanted_sheets(table: TableFile, choice: Choice) -> list[SheetTable]:
    if not choice.sheet:
        return table.sheets
    named = [sheet for sheet in table.sheets if sheet.name == choice.sheet.strip()]
    place = choice.sheet.strip()
    if not named and place.isdecimal() and 1 <= int(place[:6]) <= len(table.sheets):
        named = [table.sheets[int(place) - 1]]
    if not named:
        names = ", ".join(sheet.name or "1" for sheet in table.sheets)
        raise UsageError(f"there is no sheet {choice.sheet}: those that can be seen are {names}")
    return named


def find_columns(sheet: SheetTable, rows: Sequence[Row], choice: Choice) -> Columns | None:
    """The columns of a sheet, by its first rows; None if nothing in it is a filing number.

    Raises:
        UsageError: a named column is not there.
        ColumnsUnclear: which column holds the companies is left open.
    """
    table = _Table(sheet, list(rows))
    _find_header(table, choice)
    numbers = _number_columns(table, choice)
    if not numbers:
        return None
    return Columns(
        sheet.name, table.header, [table.title(place) for place in range(sheet.width)], numbers,
        _company_columns(table, choice, numbers),
    )  # fmt: skip


def candidates(sheet: SheetTable, rows: Sequence[Row], choice: Choice) -> list[Candidate]:
    """The columns of a sheet, for somebody to choose from."""
    table = _Table(sheet, list(rows))
    _find_header(table, Choice(header=choice.header))
    return [_candidate(table, place) for place in table.places]


def _candidate(table: _Table, place: int) -> Candidate:
    cells = table.cells(place)
    return Candidate(
        table.sheet.name, column_letter(place), table.title(place),
        table.sheet.number_cells[place], _share_of_companies(cells) >= 0.5,
        [cell[:60] for cell in cells[:_SAMPLES]],
    )  # fmt: skip


def _find_header(table: _Table, choice: Choice) -> None:
    """Set the header, its titles, and the body below."""
    at = _named_header(table, choice)
    if at is None and choice.header is None:
        at = _guessed_header(table)
    if at is None:
        table.body = table.rows
        return
    table.header = table.rows[at][0]
    table.titles = list(table.rows[at][1])
    above = table.rows[at - 1][1] if at else []
    for place, title in enumerate(table.titles):
        if not title.strip() and place < len(above):
            table.titles[place] = above[place]  # a title over two rows
    table.body = table.rows[at + 1 :]


def _named_header(table: _Table, choice: Choice) -> int | None:
    """The row that the user said, or in which a title that he named stands."""
    if choice.header is not None:
        if choice.header == 0 and table.sheet.first_row > 0:
            return None
        for at, (number, _) in enumerate(table.rows):
            if number == choice.header:
                return at
        raise UsageError(f"header row {choice.header}: there is no such row among the first")
    names = {_folded(name) for name in (choice.numbers, choice.entity) if name != NO_COLUMN}
    names |= {_folded(name) for name in re.split("[,，]", choice.numbers)}
    names.discard("")
    for at, (_, row) in enumerate(table.rows[:_MOST_ABOVE]):
        if names & {_folded(cell) for cell in row}:
            return at
    return None


def _guessed_header(table: _Table) -> int | None:
    if table.sheet.first_row == 0:
        return 0  # the keys of JSON objects
    first_number = next(
        (at for at, (_, row) in enumerate(table.rows) if any(map(looks_like_number, row))), None
    )
    end = _MOST_ABOVE if first_number is None else first_number
    above = table.rows[:end]
    scores = [_header_score(row) for _, row in above]
    best = max(scores, default=0)
    if best >= 1:
        return len(scores) - 1 - scores[::-1].index(best)  # of a header over two rows the lower one
    last = first_number - 1 if first_number is not None else 0
    return last if 0 <= last < len(table.rows) and _looks_like_titles(table.rows[last][1]) else None


def _header_score(row: Sequence[str]) -> int:
    """How many cells of a row are titles that such tables have; a sentence is no title."""
    cells = [cell.strip() for cell in row if cell.strip() and len(cell) <= 40]
    known = sum(bool(_NUMBER_TITLE.search(cell) or _COMPANY_TITLE.search(cell)) for cell in cells)
    if not known or any(_COMPANY.search(cell) and len(cell) > 6 for cell in cells):
        return 0
    if len(cells) == 1 and len(row) > 1 and not _NUMBER_TITLE.fullmatch(cells[0]):
        return 0  # a title above the whole table
    return known + len(cells)


def _looks_like_titles(row: Sequence[str]) -> bool:
    cells = [cell.strip() for cell in row if cell.strip()]
    return (
        len(cells) > 1
        and len(set(cells)) == len(cells)
        and not any(
            len(cell) > 20 or _COMPANY.search(cell) or _CODE.fullmatch(cell) for cell in cells
        )
    )


def _number_columns(table: _Table, choice: Choice) -> list[Column]:
    if choice.numbers:
        return [Column(place, table.title(place), Certainty.NAMED)
                for place in _places(table, choice.numbers, several=True)]  # fmt: skip
    counts, found = table.sheet.number_cells, []
    is_told = any(counts[place] for place in table.places)
    for place in table.places:
        title = table.title(place)
        is_named = bool(_NUMBER_TITLE.search(title) and not _OTHER_NUMBER_TITLE.search(title))
        if counts[place]:
            found.append(Column(place, title, Certainty.CERTAIN if is_named else Certainty.LIKELY))
        elif is_named and is_told and table.cells(place) and not _SERIAL_TITLE.search(title):
            found.append(Column(place, title, Certainty.LIKELY))
        elif is_named and not is_told and not _is_serial(table, place):
            # Nothing looks like a number: a title alone is believed.
            found.append(Column(place, title, Certainty.LIKELY))
    if len(found) > MOST_NUMBER_COLUMNS:
        raise ColumnsUnclear(
            f"{len(found)} columns hold filing numbers: name those that are meant",
            [_candidate(table, place) for place in table.places],
        )
    return found


def _is_serial(table: _Table, place: int) -> bool:
    cells = table.cells(place)
    return bool(_SERIAL_TITLE.search(table.title(place))) and all(
        cell.isdecimal() and len(cell) < 8 for cell in cells
    )


def _company_columns(
    table: _Table, choice: Choice, numbers: Sequence[Column]
) -> list[Column | None]:
    """The company column of each number column."""
    if choice.entity == NO_COLUMN:
        return [None] * len(numbers)
    if choice.entity:
        place = _places(table, choice.entity)[0]
        return [Column(place, table.title(place), Certainty.NAMED)] * len(numbers)
    found = list(_company_candidates(table, {column.place for column in numbers}))
    if not found:
        return [None] * len(numbers)
    best = max(score for score, _ in found)
    chosen = [column for score, column in found if score == best]
    if len(chosen) > 1 and len(chosen) != len(numbers):
        shown = ", ".join(column.say() for column in chosen)
        raise ColumnsUnclear(
            f"which column holds the companies? {shown} may be meant: name one, or - for none",
            [_candidate(table, place) for place in table.places],
        )
    if len(chosen) == len(numbers) and len(chosen) > 1:
        return list(chosen)  # two tables side by side: each number has its company
    if chosen[0].certainty is Certainty.UNSURE:
        raise ColumnsUnclear(
            f"does the column {chosen[0].say()} hold the companies? name it, or - for none",
            [_candidate(table, place) for place in table.places],
        )
    return [chosen[0]] * len(numbers)


def _company_candidates(table: _Table, numbers: set[int]) -> Iterator[tuple[int, Column]]:
    """Columns that may hold companies, each with a score: what its title says, then its content."""
    for place in table.places:
        title, cells = table.title(place), table.cells(place)
        if place in numbers or _SERIAL_TITLE.search(title) or not cells:
            continue
        strong = bool(_STRONG_COMPANY_TITLE.search(title)) and not re.search("编?号|代码", title)
        weak = bool(_COMPANY_TITLE.search(title)) and not _NOT_A_NAME.search(title)
        companies, names = _share_of_companies(cells), _share_of_names(cells)
        if (strong or weak) and companies >= 0.5:
            yield (4 if strong else 3), Column(place, title, Certainty.CERTAIN)
        elif strong and names >= 0.5:
            yield 3, Column(place, title, Certainty.LIKELY)
        elif companies >= 0.5 and not _NOT_A_NAME.search(title):
            yield 2, Column(place, title, Certainty.LIKELY)
        elif weak and names >= 0.5:
            yield 1, Column(place, title, Certainty.LIKELY)
        elif (strong or weak) and names >= 0.2:
            yield 0, Column(place, title, Certainty.UNSURE)


def _share_of_companies(cells: Sequence[str]) -> float:
    return sum(bool(_COMPANY.search(cell)) for cell in cells) / len(cells) if cells else 0.0


def _share_of_names(cells: Sequence[str]) -> float:
    """The share of cells that may be a name: no code, no number, no sentence."""
    named = [
        cell for cell in cells if not _CODE.fullmatch(cell) and 2 <= len(cell) <= 80
        and sum(map(str.isalpha, cell)) >= 2
    ]  # fmt: skip
    return len(named) / len(cells) if cells else 0.0


def _places(table: _Table, name: str, *, several: bool = False) -> list[int]:
    """The places of the columns that were named."""
    whole = _place(table, name)
    if whole is not None:
        return [whole]
    parts = [part for part in re.split("[,，]", name) if part.strip()] if several else []
    found = [_place(table, part) for part in parts]
    places = [place for place in found if place is not None]
    if not places or len(places) < len(found):
        shown = ", ".join(
            f"{column_letter(place)} {table.title(place)}".strip() for place in table.places
        )
        raise UsageError(f"there is no column {name}: the columns are {shown[:300]}")
    return places


def _place(table: _Table, name: str) -> int | None:
    folded = _folded(name)
    for place in range(table.sheet.width):
        if folded and _folded(table.title(place)) == folded:
            return place
    text = name.strip()
    if text.isdecimal() and 1 <= int(text[:6]) <= table.sheet.width:
        return int(text) - 1
    if re.fullmatch("[A-Za-z]{1,2}", text):
        place = column_place(text)
        return place if place < table.sheet.width else None
    return None


def _folded(text: str) -> str:
    return "".join(text.split()).casefold()
