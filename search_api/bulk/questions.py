"""What a row asks: the text of each of its number columns, with the company that claims it."""

from typing import Any

from suanbei.search_api.bulk.cells import is_formula, text_of
from suanbei.search_api.bulk.columns import Columns
from suanbei.search_api.bulk.rows_file import Row, SheetTable, looks_like_number

Question = tuple[str, str]
"""A text and a company, as `judge` takes them. An empty text asks nothing; one that begins with
`NOT_COMPUTED` is a formula without a value (or its error), and the same of a company."""

NOT_COMPUTED = "\0"
_BLANK = frozenset(
    ("", "-", "--", "—", "——", "/", "\\", "无", "無", "暂无", "n/a", "na", "none", "nil", "null")
)
_LONGEST_BLANK = max(map(len, _BLANK))
_TOTALS = (
    "合计", "总计", "小计", "共计", "注：", "注:", "备注：", "备注:", "说明", "填表", "制表", "total", "note",
)  # fmt: skip
MAY_BE_TOTAL = frozenset(word[0] for word in _TOTALS) | {*"TN \t\u3000", ""}
"""The first signs of rows that may be totals or notes; a blank first cell tells nothing."""


class RowReader:
    """Reads the questions of the rows of one sheet.

    `other_rows` gets (sheet, row) of each that needs no number. `places` are those of the cells
    that are asked about: numbers, then companies.
    """

    def __init__(
        self, sheet: SheetTable, columns: Columns, other_rows: list[tuple[str, int]]
    ) -> None:
        self._first = sheet.first_row if columns.header is None else columns.header + 1
        self._hidden = frozenset(sheet.hidden_rows)
        self._titles = columns.titles
        self._pairs = [
            (column.place, company.place if company else -1)
            for column, company in zip(columns.numbers, columns.companies, strict=True)
        ]
        self._companies = sorted({company for _, company in self._pairs if company >= 0})
        self.places = [number for number, _ in self._pairs] + self._companies
        self._sheet, self._other_rows = sheet.name, other_rows

    def is_data(self, number: int) -> bool:
        """Whether a row stands below the header, and is seen."""
        return number >= self._first and number not in self._hidden

    def read(self, number: int, cells: Row) -> tuple[Question, ...]:
        """The question of each number column; none of a row that is no vendor's.

        That is a row above the data, a hidden or blank one, the header once more, a total, a note.
        """
        if not cells or not self.is_data(number):
            return ()
        questions = self.questions(cells)
        asks = any(text for text, _ in questions)
        texts = [text_of(cell).strip() for cell in cells]
        if not any(texts) or self._is_header(texts):
            return ()
        if self._needs_no_number(cells, texts, asks=asks):
            self._other_rows.append((self._sheet, number))
            return ()
        return questions

    def questions(self, cells: Row) -> tuple[Question, ...]:
        """The question of each number column, whatever the row is."""
        return tuple(
            (_number_text(cells, place), _text(cells, company) if company >= 0 else "")
            for place, company in self._pairs
        )

    def is_plain(self, asked: Any) -> bool:
        """Whether the cells at `places` ask the same in every row: texts, one with a number, no titles."""
        cells = asked if isinstance(asked, tuple) else (asked,)
        numbers = cells[: len(self._pairs)]
        return (
            all(isinstance(cell, str) for cell in cells)
            and any(_is_filled(cell) for cell in numbers)
            and numbers[0].strip() != self._title(self._pairs[0][0])
        )

    def _title(self, place: int) -> str:
        return self._titles[place] if place < len(self._titles) else ""

    def _is_header(self, texts: list[str]) -> bool:
        """Whether the header stands here once more."""
        place = self._pairs[0][0]
        title = self._title(place)
        if not title or place >= len(texts) or texts[place] != title:
            return False
        return texts == self._titles[: len(texts)]

    def _needs_no_number(self, cells: Row, texts: list[str], *, asks: bool) -> bool:
        """Whether a row is a total, a note or a signature."""
        first = next(filter(None, texts))
        if first.casefold().startswith(_TOTALS):
            return not any(
                looks_like_number(cells[place]) for place, _ in self._pairs if place < len(cells)
            )
        if asks:
            return False
        if self._companies:
            return not any(place < len(texts) and texts[place] for place in self._companies)
        return sum(map(bool, texts)) < 2


def _is_filled(text: str) -> bool:
    return len(text) > _LONGEST_BLANK or text.strip().casefold() not in _BLANK


def _number_text(cells: Row, place: int) -> str:
    text = _text(cells, place)
    return text if _is_filled(text) else ""


def _text(cells: Row, place: int) -> str:
    if place >= len(cells):
        return ""
    cell = cells[place]
    if isinstance(cell, str):
        return cell
    return NOT_COMPUTED + text_of(cell) if is_formula(cell) else text_of(cell)
