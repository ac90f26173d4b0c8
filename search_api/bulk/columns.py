"""What was recognised of a sheet: header, columns of numbers and of companies, and how sure that is."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from suanbei.common.errors import UsageError
from suanbei.common.texts import Language, Text
from suanbei.search_api.bulk.table import column_letter

NO_COLUMN = "-"
_HEADER = Text("表头在第 {row} 行", "header in row {row}")
_NO_HEADER = Text("没有表头", "no header")
_AND = Text("；", "; ")
_RECOGNISED = Text("编号列：{column}（{sure}）", "numbers in {column} ({sure})")
_COMPANY_SAID = Text("，主体列：{column}（{sure}）", ", companies in {column} ({sure})")
_NO_COMPANY = Text("，没有主体列，主体未比对", ", no company column: companies were not compared")


class Certainty(StrEnum):
    """How sure a guess is. `named`: the user said so. `unsure` is asked about."""

    NAMED = "named"
    CERTAIN = "certain"
    LIKELY = "likely"
    UNSURE = "unsure"


CERTAINTY_TEXTS: Final[dict[Certainty, Text]] = {
    Certainty.NAMED: Text("由您指定", "as you said"),
    Certainty.CERTAIN: Text("确定", "certain"),
    Certainty.LIKELY: Text("很可能", "likely"),
    Certainty.UNSURE: Text("不确定", "unsure"),
}


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

    def __init__(self, message: str, candidates: Sequence[Candidate] = ()) -> None:
        super().__init__(message)
        self.candidates = list(candidates)


@dataclass(frozen=True, slots=True)
class Choice:
    """What the user says of the columns; empty is found.

    Columns by title, by letter (as spreadsheets show it) or by place from 1; several number columns
    parted by commas. `entity`: `-` for none. `header`: a row number, 0 for no header.
    """

    numbers: str = ""
    entity: str = ""
    sheet: str = ""
    header: int | None = None


def say_columns(columns: Columns, language: Language) -> str:
    """What was recognised in a sheet, in a line."""

    def say(text: Text, column: Column) -> str:
        sure = CERTAINTY_TEXTS[column.certainty].say(language)
        return text.say(language, column=column.say(), sure=sure)

    parts = [
        say(_RECOGNISED, column)
        + (say(_COMPANY_SAID, company) if company else _NO_COMPANY.say(language))
        for column, company in zip(columns.numbers, columns.companies, strict=True)
    ]
    header = columns.header
    row = _HEADER.say(language, row=header) if header is not None else _NO_HEADER.say(language)
    sheet = f"{columns.sheet}: " if columns.sheet else ""
    return f"{sheet}{row}{_AND.say(language)}{_AND.say(language).join(parts)}"
