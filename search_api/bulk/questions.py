"""What a row asks: the text of each of its number columns, with the company that claims it."""

from collections.abc import Sequence

from suanbei.search_api.bulk.cells import Cell, is_formula, text_of
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
_TOTALS_BEGIN = frozenset(word[0] for word in _TOTALS) | {"T", "N"}


class RowReader:
    """Reads the questions of the rows of one sheet. `other_rows`: the numbers of rows that need none."""

    def __init__(self, sheet: SheetTable, columns: Columns) -> None:
        self._first = sheet.first_row if columns.header is None else columns.header + 1
        self._hidden = frozenset(sheet.hidden_rows)
        self._titles = columns.titles
        self._places = [
            (column.place, company.place if company else -1)
            for column, company in zip(columns.numbers, columns.companies, strict=True)
        ]
        self._companies = sorted({company for _, company in self._places if company >= 0})
        self.other_rows: list[int] = []

    def read(self, number: int, cells: Row) -> list[Question] | None:
        """The question of each number column; None for a row that is no vendor's.

        That is a row above the data, a hidden or blank one, the header once more, a total, a note.
        """
        if number < self._first or number in self._hidden or not cells:
            return None
        questions = [
            (_number_text(cells, place), _company_text(cells, company))
            for place, company in self._places
        ]
        asks = any(text for text, _ in questions)
        if asks and cells[0] and str(cells[0])[:1] not in _TOTALS_BEGIN:
            return None if self._is_header(cells) else questions
        texts = [text_of(cell).strip() for cell in cells]
        if not any(texts) or self._is_header(cells):
            return None
        if self._needs_no_number(cells, texts, asks=asks):
            self.other_rows.append(number)
            return None
        return questions

    def _is_header(self, cells: Row) -> bool:
        """Whether the header stands here once more."""
        place = self._places[0][0]
        title = self._titles[place] if place < len(self._titles) else ""
        if not title or _text(cells, place).strip() != title:
            return False
        texts = [text_of(cell).strip() for cell in cells]
        return texts == self._titles[: len(texts)]

    def _needs_no_number(self, cells: Row, texts: Sequence[str], *, asks: bool) -> bool:
        """Whether a row is a total, a note or a signature."""
        first = next(filter(None, texts))
        if first.casefold().startswith(_TOTALS):
            return not any(
                looks_like_number(cells[place]) for place, _ in self._places if place < len(cells)
            )
        if asks:
            return False
        if self._companies:
            return not any(place < len(texts) and texts[place] for place in self._companies)
        return sum(map(bool, texts)) < 2


def _number_text(cells: Row, place: int) -> str:
    text = _text(cells, place)
    if len(text) <= _LONGEST_BLANK and text.strip().casefold() in _BLANK:
        return ""
    return text


def _company_text(cells: Row, place: int) -> str:
    return _text(cells, place) if place >= 0 else ""


def _text(cells: Row, place: int) -> str:
    if place >= len(cells):
        return ""
    cell: Cell = cells[place]
    if cell.__class__ is str:
        return str(cell)
    return NOT_COMPUTED + text_of(cell) if is_formula(cell) else text_of(cell)
