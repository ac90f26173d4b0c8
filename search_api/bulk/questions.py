"""What a row asks: the text of each of its number columns, with the company that claims it."""

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


class RowReader:
    """Reads the questions of the rows of one sheet.

    `other_rows` gets (sheet, row) of each that needs no number.
    """

    def __init__(
        self, sheet: SheetTable, columns: Columns, other_rows: list[tuple[str, int]]
    ) -> None:
        self._first = sheet.first_row if columns.header is None else columns.header + 1
        self._hidden = frozenset(sheet.hidden_rows)
        self._titles = columns.titles
        place = columns.numbers[0].place
        self._number_title = columns.titles[place] if place < len(columns.titles) else ""
        self._pairs = [
            (column.place, company.place if company else -1)
            for column, company in zip(columns.numbers, columns.companies, strict=True)
        ]
        self._companies = {company for _, company in self._pairs if company >= 0}
        self._sheet, self._other_rows = sheet.name, other_rows

    def read(self, number: int, cells: Row) -> tuple[Question, ...]:
        """The question of each number column; none of a row that is no vendor's.

        That is a row above the data, a hidden or blank one, the header once more, a total, a note.
        """
        if number < self._first or number in self._hidden:
            return ()
        first = _first_text(cells)
        if not first or self._is_header(cells):
            return ()
        questions = tuple(
            [
                (_number_text(cells, place), _text(cells, company) if company >= 0 else "")
                for place, company in self._pairs
            ]
        )
        if first.casefold().startswith(_TOTALS):
            needs_one = any(
                looks_like_number(cells[place]) for place, _ in self._pairs if place < len(cells)
            )
        else:
            needs_one = any(text for text, _ in questions) or self._is_vendor(cells)
        if not needs_one:
            self._other_rows.append((self._sheet, number))
        return questions if needs_one else ()

    def _is_header(self, cells: Row) -> bool:
        """Whether the header stands here once more."""
        title = self._number_title
        if not title or _text(cells, self._pairs[0][0]).strip() != title:
            return False
        return [text_of(cell).strip() for cell in cells] == self._titles[: len(cells)]

    def _is_vendor(self, cells: Row) -> bool:
        """Whether a row without a number should have one; without a column of companies two
        cells that are filled tell so."""
        if self._companies:
            return any(_text(cells, place).strip() for place in self._companies)
        return sum(bool(text_of(cell).strip()) for cell in cells) > 1


def _first_text(cells: Row) -> str:
    for cell in cells:
        if text := text_of(cell).strip():
            return text
    return ""


def _text(cells: Row, place: int) -> str:
    if place >= len(cells):
        return ""
    cell = cells[place]
    if isinstance(cell, str):
        return cell
    return NOT_COMPUTED + text_of(cell) if is_formula(cell) else text_of(cell)


def _number_text(cells: Row, place: int) -> str:
    text = _text(cells, place)
    is_filled = len(text) > _LONGEST_BLANK or text.strip().casefold() not in _BLANK
    return text if is_filled else ""
