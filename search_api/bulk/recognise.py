"""Which row is the header, which columns hold numbers and which companies: by looking at the table.

Where numbers stand was counted over the whole table when it was read. The header is the row above
them that says so, else the last one that looks like titles; what is above it passes through. Every
guess says how sure it is, and a table that leaves the choice open is asked about, not answered.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from suanbei.common.errors import UsageError
from suanbei.common.workbook_check import column_number
from suanbei.search_api.bulk.table import (
    SheetTable,
    TableFile,
    column_letter,
    first_rows,
    looks_like_number,
)

NO_COLUMN = "-"
"""What a user says who means none."""
MOST_NUMBER_COLUMNS = 12
_LOOKED_AT = 300
"""Rows whose content decides."""
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


class Certainty(StrEnum):
    """How sure a guess is. `named`: the user said so. `unsure` is asked about."""

    NAMED = "named"
    CERTAIN = "certain"
    LIKELY = "likely"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Column:
    """A column that was recognised: its place from 0, its title (empty: none)."""

    place: int
    title: str
    certainty: Certainty

    def say(self) -> str:
        """Its title, else its letter."""
        return self.title or column_letter(self.place)


@dataclass(slots=True)
class Columns:
    """What was recognised in a sheet.

    `header` is the number of the header row in the user's own sheet, None if there is none.
    `companies` has the company column of each number column, None where none is compared.
    """

    sheet: str
    header: int | None
    titles: list[str]
    numbers: list[Column]
    companies: list[Column | None]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A column that may be meant, with what it holds; as the API tells it."""

    sheet: str
    column: str
    title: str
    numbers: int
    looks_like_companies: bool
    samples: list[str]


class ColumnsUnclear(UsageError):
    """A table that cannot be understood: `candidates` are its columns."""

    code = "columns_unclear"
    http_status = 422

    def __init__(self, message: str, candidates: list[Candidate]) -> None:
        super().__init__(message)
        self.candidates = candidates


@dataclass(frozen=True, slots=True)
class Choice:
    """What the user says of a file, with the `delimiter` of a CSV one; empty is found.

    Columns by title, by letter (as spreadsheets show it) or by place from 1; several number columns
    parted by commas. `entity`: `-` for none. `header`: a row number, 0 for no header.
    """

    numbers: str = ""
    entity: str = ""
    sheet: str = ""
    header: int | None = None
    delimiter: str = ""


def recognise(table: TableFile, choice: Choice) -> list[Columns | None]:
    """The columns of each sheet; None for one that holds no filing numbers, or was not asked for.

    Raises:
        UsageError: a sheet or column that was named is not there.
        ColumnsUnclear: no sheet has a column of numbers, or the companies are left open.
    """
    wanted = [sheet for sheet in _wanted_sheets(table, choice) if sheet.rows]
    found: list[Columns | None] = []
    missing: UsageError | None = None
    for sheet in table.sheets:
        columns = None
        if sheet in wanted:
            try:
                columns = SheetColumns(table, sheet, choice).columns()
            except ColumnsUnclear:
                raise
            except UsageError as error:
                missing = missing or error
        found.append(columns)
    if any(found):
        return found
    if missing:
        raise missing
    looked_at = [SheetColumns(table, sheet, Choice(header=choice.header)) for sheet in wanted]
    choices = [one for columns in looked_at for one in columns.candidates()]
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


class SheetColumns:
    """The beginning of a sheet: its header, its titles, and the rows below.

    Raises:
        UsageError: its header is not in the row that was named.
    """

    def __init__(self, table: TableFile, sheet: SheetTable, choice: Choice) -> None:
        self._sheet, self._choice = sheet, choice
        self._rows = first_rows(table, sheet, _LOOKED_AT)
        hidden = set(sheet.hidden_columns)
        self._places = [place for place in range(sheet.width) if place not in hidden]
        self._header: int | None = None
        titles: list[str] = []
        body = self._rows
        at = self._named_header()
        if at is None and choice.header is None:
            at = self._guessed_header()
        if at is not None:
            self._header, titles = self._rows[at]
            body = self._rows[at + 1 :]
            above = self._rows[at - 1][1] if at else []
            # a title may stand over two rows
            titles = [
                title if title.strip() or place >= len(above) else above[place]
                for place, title in enumerate(titles)
            ]
        self._titles = [title.strip() for title in titles] + [""] * (sheet.width - len(titles))
        self._cells: list[list[str]] = [[] for _ in range(sheet.width)]
        for _, row in body:
            for place, cell in enumerate(row):
                if text := cell.strip():
                    self._cells[place].append(text)
        """The filled cells of each column below the header."""

    def columns(self) -> Columns | None:
        """The columns of numbers and of companies; None if nothing in it is a filing number."""
        numbers = self._number_columns()
        if not numbers:
            return None
        return Columns(
            self._sheet.name, self._header, self._titles, numbers, self._company_columns(numbers)
        )

    def candidates(self) -> list[Candidate]:
        """The columns that can be seen, for somebody to choose from."""
        return [
            Candidate(
                self._sheet.name, column_letter(place), self._titles[place],
                self._sheet.number_cells[place], _share_of_companies(self._cells[place]) >= 0.5,
                [cell[:60] for cell in self._cells[place][:_SAMPLES]],
            )
            for place in self._places
        ]  # fmt: skip

    def _named_header(self) -> int | None:
        """The row that the user said, or in which a title that he named stands."""
        choice = self._choice
        if choice.header is not None:
            if choice.header == 0 and self._sheet.first_row > 0:
                return None
            for at, (number, _) in enumerate(self._rows):
                if number == choice.header:
                    return at
            raise UsageError(f"header row {choice.header}: there is no such row among the first")
        named = (choice.numbers, choice.entity, *re.split("[,，]", choice.numbers))
        names = {_folded(name) for name in named} - {"", NO_COLUMN}
        for at, (_, row) in enumerate(self._rows[:_MOST_ABOVE]):
            if names & {_folded(cell) for cell in row}:
                return at
        return None

    def _guessed_header(self) -> int | None:
        if self._sheet.first_row == 0:
            return 0  # the keys of JSON objects
        rows = [row for _, row in self._rows]
        numbered = (at for at, row in enumerate(rows) if any(map(looks_like_number, row)))
        first_number = next(numbered, None)
        above = rows[: _MOST_ABOVE if first_number is None else first_number]
        scores = [_header_score(row) for row in above]
        best = max(scores, default=0)
        if best >= 1:
            return len(scores) - 1 - scores[::-1].index(best)  # of a header over two rows the lower
        last = first_number - 1 if first_number is not None else 0
        return last if 0 <= last < len(rows) and _looks_like_titles(rows[last]) else None

    def _number_columns(self) -> list[Column]:
        if self._choice.numbers:
            return [
                Column(place, self._titles[place], Certainty.NAMED)
                for place in self._named_places(self._choice.numbers, several=True)
            ]
        counts, found = self._sheet.number_cells, []
        is_told = any(counts[place] for place in self._places)
        for place in self._places:
            title, cells = self._titles[place], self._cells[place]
            is_named = bool(_NUMBER_TITLE.search(title) and not _OTHER_NUMBER_TITLE.search(title))
            is_serial = bool(_SERIAL_TITLE.search(title))
            others = [cell for cell in cells if not cell.isdecimal() or len(cell) > 7]
            if counts[place]:
                certainty = Certainty.CERTAIN if is_named else Certainty.LIKELY
                found.append(Column(place, title, certainty))
            elif is_named and (cells and not is_serial if is_told else not is_serial or others):
                # Where nothing looks like a number a title alone is believed.
                found.append(Column(place, title, Certainty.LIKELY))
        if len(found) > MOST_NUMBER_COLUMNS:
            message = f"{len(found)} columns hold filing numbers: name those that are meant"
            raise ColumnsUnclear(message, self.candidates())
        return found

    def _company_columns(self, numbers: Sequence[Column]) -> list[Column | None]:
        """The company column of each number column."""
        if self._choice.entity == NO_COLUMN:
            return [None] * len(numbers)
        if self._choice.entity:
            place = self._named_places(self._choice.entity)[0]
            return [Column(place, self._titles[place], Certainty.NAMED)] * len(numbers)
        found = list(self._company_candidates({column.place for column in numbers}))
        if not found:
            return [None] * len(numbers)
        best = max(score for score, _ in found)
        chosen = [column for score, column in found if score == best]
        if len(chosen) == len(numbers) and len(chosen) > 1:
            return list(chosen)  # two tables side by side: each number has its company
        if len(chosen) > 1:
            shown = ", ".join(column.say() for column in chosen)
            message = (
                f"which column holds the companies? {shown} may be meant: name one, or - for none"
            )
            raise ColumnsUnclear(message, self.candidates())
        if chosen[0].certainty is Certainty.UNSURE:
            message = (
                f"does the column {chosen[0].say()} hold the companies? name it, or - for none"
            )
            raise ColumnsUnclear(message, self.candidates())
        return [chosen[0]] * len(numbers)

    def _company_candidates(self, numbers: set[int]) -> Iterator[tuple[int, Column]]:
        """Columns that may hold companies, each with a score: what its title says, then its content."""
        for place in self._places:
            title, cells = self._titles[place], self._cells[place]
            if place in numbers or _SERIAL_TITLE.search(title) or not cells:
                continue
            is_code = re.search("编?号|代码", title)
            strong = not is_code and bool(_STRONG_COMPANY_TITLE.search(title))
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

    def _named_places(self, name: str, *, several: bool = False) -> list[int]:
        """The places of the columns that were named."""
        parts = [part for part in re.split("[,，]", name) if part.strip()] if several else []
        for names in ([name], parts):
            places = [place for one in names if (place := self._place(one)) is not None]
            if places and len(places) == len(names):
                return places
        shown = ", ".join(
            f"{column_letter(one)} {self._titles[one]}".strip() for one in self._places
        )
        raise UsageError(f"there is no column {name}: the columns are {shown[:300]}")

    def _place(self, name: str) -> int | None:
        """The place of a column by its title, its place from 1, or its letters."""
        folded, text = _folded(name), name.strip()
        for place, title in enumerate(self._titles[: self._sheet.width]):
            if folded and _folded(title) == folded:
                return place
        place = self._sheet.width
        if text.isdecimal() and int(text[:6]) >= 1:
            place = int(text[:6]) - 1
        elif re.fullmatch("[A-Za-z]{1,2}", text):
            place = column_number(text.upper()) - 1
        return place if place < self._sheet.width else None


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
    if len(cells) < 2 or len(set(cells)) < len(cells):
        return False
    return not any(len(one) > 20 or _COMPANY.search(one) or _CODE.fullmatch(one) for one in cells)


def _share_of_companies(cells: Sequence[str]) -> float:
    return sum(bool(_COMPANY.search(cell)) for cell in cells) / len(cells) if cells else 0.0


def _share_of_names(cells: Sequence[str]) -> float:
    """The share of cells that may be a name: no code, no number, no sentence."""
    named = [
        cell for cell in cells if not _CODE.fullmatch(cell) and 2 <= len(cell) <= 80
        and sum(map(str.isalpha, cell)) >= 2
    ]  # fmt: skip
    return len(named) / len(cells) if cells else 0.0


def _folded(text: str) -> str:
    return "".join(text.split()).casefold()
