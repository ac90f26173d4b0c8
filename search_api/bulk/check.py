"""The check of a file: its rows through `judge`, a batch at a time, and out with their verdicts.

    read_file → recognise → check_rows

Every row below a header is judged, or counted as one without a number; what was left out (hidden
rows, text around a table, formulas without a value) is named in the summary.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from suanbei.common.errors import DocumentTooLarge, UsageError
from suanbei.common.texts import Language
from suanbei.registry.verify import Judge
from suanbei.search_api.bulk.cells import is_formula, text_of
from suanbei.search_api.bulk.columns import (
    LOOKED_AT,
    Choice,
    Columns,
    ColumnsUnclear,
    candidates,
    find_columns,
)
from suanbei.search_api.bulk.results import (
    Answer,
    added_cells,
    added_headers,
    blank_answer,
    formula_answer,
    to_answer,
)
from suanbei.search_api.bulk.rows_file import (
    Row,
    SheetTable,
    TableFile,
    first_rows,
    looks_like_number,
    read_batches,
)
from suanbei.search_api.bulk.summary import Summary, summary_lines
from suanbei.search_api.bulk.targets import Target, open_target

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

MOST_KEPT = 50_000
"""Answers that are kept for rows that ask the same."""
MOST_SUGGESTED = 2_000
"""Questions whose unlisted numbers get candidates: these take milliseconds each."""
_BLANK = frozenset(
    ("", "-", "--", "—", "——", "/", "\\", "无", "無", "暂无", "n/a", "na", "none", "nil", "null")
)
_TOTALS = (
    "合计",
    "总计",
    "小计",
    "共计",
    "注：",
    "注:",
    "备注：",
    "备注:",
    "说明",
    "填表",
    "制表",
    "total",
    "note",
)


@dataclass(frozen=True, slots=True)
class Options:
    """How a file is checked. `stop_at`: seconds of `time.monotonic` at which nobody waits any more."""

    choice: Choice = field(default_factory=Choice)
    delimiter: str = ""
    language: Language = Language.EN
    stop_at: float | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A number that was judged, for somebody who looks on; `title` is that of its column."""

    sheet: str
    row: int
    title: str
    text: str
    claim: str
    answer: Answer


class Observer(Protocol):
    """Somebody who looks on while a file is checked."""

    def see(self, lines: Sequence[Line], done: int, total: int) -> None:
        """Numbers that were judged, and how many rows are done of how many."""


def recognise(table: TableFile, rows: Path, choice: Choice) -> list[Columns | None]:
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
                columns = find_columns(sheet, first_rows(rows, sheet, LOOKED_AT), choice)
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
        for candidate in candidates(sheet, first_rows(rows, sheet, LOOKED_AT), choice)
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


def check_rows(
    session: "Session",
    table: TableFile,
    rows: Path,
    recognised: Sequence[Columns | None],
    target: Path,
    name: str,
    options: Options,
    observer: Observer | None = None,
) -> Summary:
    """Judge every row and write it with its verdict; the ending of `target` is its format.

    `name` is the file's own name, for the summary.

    Raises:
        UsageError: the target's ending is none that is written, or a cell does not fit into XLSX.
        RegistryError: it cannot be written.
        DocumentTooLarge: not done when `options.stop_at` came.
    """
    summary = Summary(name, table, [one for one in recognised if one])
    answers = _Answers(session, options)
    with open_target(target, table.delimiter) as written:
        check = _Check(answers, written, options, summary, observer)
        check.total = sum(
            sheet.rows for sheet, columns in zip(table.sheets, recognised, strict=True) if columns
        )
        many = sum(columns is not None for columns in recognised) > 1
        for sheet, columns in zip(table.sheets, recognised, strict=True):
            if columns:
                check.sheet(sheet, rows, columns, with_sheet=many and not written.has_sheets)
            else:
                summary.without_numbers.append(sheet.name)
                if written.has_sheets:
                    check.copy(sheet, rows)
        summary.coverage = answers.coverage
        summary.finished_at = time.time()
        written.write_summary(summary_lines(summary, options.language), options.language)
    return summary


class _Answers:
    """The answers to questions; those of late are kept."""

    def __init__(self, session: "Session", options: Options) -> None:
        self._judge = Judge(session)
        self._quick = Judge(session, with_suggestions=False)
        self._language = options.language
        self._kept: dict[tuple[str, str], Answer] = {}
        self._asked = 0

    @property
    def coverage(self) -> dict[str, Any]:
        """What the answers rest on."""
        return self._judge.coverage

    def ask(self, pairs: set[tuple[str, str]]) -> dict[tuple[str, str], Answer]:
        """The answers to some questions, and to others."""
        if len(self._kept) > MOST_KEPT:
            self._kept = {}
        new = [pair for pair in pairs if pair not in self._kept]
        if new:
            judge = self._judge if self._asked < MOST_SUGGESTED else self._quick
            for pair, judgement in zip(new, judge.judge(new), strict=True):
                self._kept[pair] = answer = to_answer(judgement, self._language)
                self._asked += answer.verdict in ("not_listed", "malformed")
        return self._kept


class _Check:
    """The checking of one file."""

    def __init__(
        self, answers: _Answers, target: Target, options: Options, summary: Summary,
        observer: Observer | None,
    ) -> None:  # fmt: skip
        self._answers, self._target, self._options = answers, target, options
        self._summary, self._observer = summary, observer
        self._done = 0
        self.total = 0

    def sheet(self, sheet: SheetTable, rows: Path, columns: Columns, *, with_sheet: bool) -> None:
        """Check one sheet; what stands above its header passes through."""
        width = max(sheet.width, *(column.place + 1 for column in columns.numbers))
        titles = [column.say() for column in columns.numbers]
        added = added_headers(titles, self._options.language, with_sheet=with_sheet)
        self._target.begin(sheet, len(added))
        where = [sheet.name] if with_sheet else []
        if columns.header is None:
            self._target.write_header([""] * width, added, width)
        hidden = frozenset(sheet.hidden_rows)
        for first, batch in read_batches(rows, sheet):
            self._stop_if_late()
            self._batch(sheet, columns, first, batch, hidden, width, added, where)
            self._done += len(batch)

    def _batch(
        self, sheet: SheetTable, columns: Columns, first: int, batch: list[Row],
        hidden: frozenset[int], width: int, added: list[str], where: list[str],
    ) -> None:  # fmt: skip
        header = columns.header
        begin = first if header is None else max(first, header + 1)
        asked: list[list[tuple[str, str]]] = []
        for number, cells in enumerate(batch, first):
            judged = number >= begin and number not in hidden and self._is_row(cells, columns)
            asked.append(_pairs(cells, columns) if judged else [])
        pairs = {pair for row in asked for pair in row if pair[0]}
        kept = self._answers.ask(pairs)
        lines: list[Line] = []
        for number, cells, questions in zip(
            range(first, first + len(batch)), batch, asked, strict=True
        ):
            if number == header:
                self._target.write_header(cells, added, width)
            elif not questions:
                self._target.write(cells, (), width, hidden=number in hidden)
            else:
                answers = [
                    _answer(cells, column.place, pair, kept, self._options.language)
                    for column, pair in zip(columns.numbers, questions, strict=True)
                ]
                if not any(answers):
                    answers[0] = blank_answer(self._options.language)
                worst = self._count(sheet, number, cells, columns, answers)
                beside = [*added_cells(answers, worst), *where, str(number)]
                self._target.write(cells, beside, width, worst.verdict)
                if self._observer:
                    lines += _lines(sheet, number, columns, questions, answers)
        if self._observer:
            self._observer.see(lines, self._done + len(batch), self.total)

    def _is_row(self, cells: Row, columns: Columns) -> bool:
        """Whether a row is neither blank, nor the header once more, nor one that needs no number."""
        if not any(cell != "" for cell in cells):
            return False
        texts = [text_of(cell).strip() for cell in cells]
        if columns.titles and texts == columns.titles[: len(texts)] and any(texts):
            return False
        if _needs_no_number(cells, texts, columns):
            self._summary.other_rows += 1
            return False
        return True

    def _count(
        self, sheet: SheetTable, number: int, cells: Row, columns: Columns,
        answers: Sequence[Answer | None],
    ) -> Answer:  # fmt: skip
        """Count a row; returns the worst of its answers."""
        summary = self._summary
        summary.rows += 1
        given = [answer for answer in answers if answer]
        worst = min(given, key=lambda answer: answer.rank)
        companies = [company for company in columns.companies[:1] if company]
        formulas = [
            column.place for column in (*columns.numbers, *companies)
            if _is_formula_at(cells, column.place)
        ]  # fmt: skip
        summary.not_computed += [(sheet.name, number, place) for place in formulas]
        summary.counts[worst.verdict, worst.match] += 1
        if worst.verdict == "no_number":
            summary.no_number.append((sheet.name, number))
        elif not formulas:
            numbers = [answer for answer in given if answer.verdict != "no_number"]
            summary.confirmed += all(answer.is_confirmed for answer in numbers)
        return worst

    def copy(self, sheet: SheetTable, rows: Path) -> None:
        """Write a sheet as it is."""
        self._target.begin(sheet, 0)
        hidden = frozenset(sheet.hidden_rows)
        for first, batch in read_batches(rows, sheet):
            self._stop_if_late()
            for number, cells in enumerate(batch, first):
                self._target.write(cells, (), 0, hidden=number in hidden)

    def _stop_if_late(self) -> None:
        if self._options.stop_at is not None and time.monotonic() > self._options.stop_at:
            raise DocumentTooLarge(
                f"{self._summary.name}: {self._done:,} rows were checked when the time was over: "
                "send it to the bulk page or `suanbei verify --file`, or in parts"
            )


def _pairs(cells: Row, columns: Columns) -> list[tuple[str, str]]:
    """The question of each number column; with an empty text where it holds nothing."""
    return [
        (_number_text(cells, column.place), _claim(cells, company.place) if company else "")
        for column, company in zip(columns.numbers, columns.companies, strict=True)
    ]


def _number_text(cells: Row, place: int) -> str:
    if _is_formula_at(cells, place):
        return ""
    text = _text(cells, place)
    return "" if text.strip().casefold() in _BLANK else text


def _claim(cells: Row, place: int) -> str:
    return "" if _is_formula_at(cells, place) else _text(cells, place)


def _text(cells: Row, place: int) -> str:
    return text_of(cells[place]) if place < len(cells) else ""


def _is_formula_at(cells: Row, place: int) -> bool:
    return place < len(cells) and is_formula(cells[place])


def _answer(
    cells: Row, place: int, pair: tuple[str, str], kept: dict[tuple[str, str], Answer],
    language: Language,
) -> Answer | None:  # fmt: skip
    if pair[0]:
        return kept[pair]
    if _is_formula_at(cells, place):
        return formula_answer(text_of(cells[place]), language)
    return None


def _needs_no_number(cells: Row, texts: Sequence[str], columns: Columns) -> bool:
    """Whether a row without a number is a total, a note or a signature, and no vendor."""
    places = [column.place for column in columns.numbers]
    if any(place < len(cells) and looks_like_number(cells[place]) for place in places):
        return False
    filled = [text for text in texts if text]
    if filled[0].casefold().startswith(_TOTALS):
        return True
    if any(_number_text(cells, place) or _is_formula_at(cells, place) for place in places):
        return False
    companies = {company.place for company in columns.companies if company}
    if companies:
        return not any(place < len(texts) and texts[place] for place in companies)
    return len(filled) < 2


def _lines(
    sheet: SheetTable, number: int, columns: Columns, questions: Sequence[tuple[str, str]],
    answers: Sequence[Answer | None],
) -> Iterator[Line]:  # fmt: skip
    for column, (text, claim), answer in zip(columns.numbers, questions, answers, strict=True):
        if answer:
            yield Line(sheet.name, number, column.title, text, claim, answer)
