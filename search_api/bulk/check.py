"""The check of a file: its rows through `judge`, a batch at a time, and out with their verdicts.

    reading.read_file → recognise.recognise → check_rows

Every row below a header is judged, or counted as one without a number; what was left out (hidden
rows, text around a table, formulas without a value) is named in the summary.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from suanbei.common.deadline import check_deadline
from suanbei.common.texts import Language
from suanbei.registry.verify import Judge
from suanbei.search_api.bulk.columns import Choice, Columns
from suanbei.search_api.bulk.questions import MAY_BE_TOTAL, NOT_COMPUTED, Question, RowReader
from suanbei.search_api.bulk.results import (
    Answer,
    RowResult,
    added_headers,
    blank_answer,
    formula_answer,
    row_result,
    to_answer,
    where_from,
    without_company,
)
from suanbei.search_api.bulk.rows_file import Row, SheetTable, TableFile, read_batches
from suanbei.search_api.bulk.summary import Summary, summary_lines
from suanbei.search_api.bulk.writing import TableWriter, open_writer

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

MOST_KEPT = 50_000
"""Results that are kept for rows that ask the same."""
MOST_SUGGESTED = 1_000
"""Numbers on no list that get candidates: these take milliseconds each."""
_LEAST_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Options:
    """How a file is checked."""

    choice: Choice = field(default_factory=Choice)
    delimiter: str = ""
    language: Language = Language.EN


@dataclass(frozen=True, slots=True)
class Line:
    """A number that was judged, for somebody who looks on; `title` is that of its column."""

    sheet: str
    row: int
    title: str
    text: str
    claim: str
    answer: Answer


Observer = Callable[[Iterable[Line], int, int], None]
"""Told after each batch: its numbers (made as they are read), and how many rows are done of how many."""


def check_rows(
    session: "Session",
    table: TableFile,
    recognised: Sequence[Columns | None],
    target: Path,
    options: Options,
    observer: Observer | None = None,
) -> Summary:
    """Judge every row and write it with its verdict; the ending of `target` is its format.

    Raises:
        UsageError: the target's ending is none that is written, or a cell does not fit into XLSX.
        RegistryError: it cannot be written.
        TookTooLong: nobody waits for it any more (`common.deadline`).
    """
    summary = Summary(table, [one for one in recognised if one])
    judge = _TextJudge(session, options.language)
    total = sum(sheet.rows for sheet, one in zip(table.sheets, recognised, strict=True) if one)
    done = 0
    with open_writer(target, table.delimiter) as writer:
        for sheet, columns in zip(table.sheets, recognised, strict=True):
            if columns is None:
                summary.without_numbers.append(sheet.name)
                if writer.has_sheets:
                    _copy(table, sheet, writer)
                continue
            checked = _SheetCheck(sheet, columns, writer, judge, summary)
            for first, batch in read_batches(table, sheet):
                check_deadline()
                results = checked.check(first, batch)
                done += len(batch)
                if observer:
                    observer(checked.lines(first, batch, results), done, total)
        summary.coverage = judge.coverage
        summary.finished_at = time.time()
        writer.write_summary(summary_lines(summary, options.language), options.language)
    return summary


def _copy(table: TableFile, sheet: SheetTable, writer: TableWriter) -> None:
    """Write a sheet as it is."""
    writer.begin(sheet, 0)
    for first, batch in read_batches(table, sheet):
        check_deadline()
        writer.write_rows(first, batch, [None] * len(batch), sheet.width)


class _TextJudge:
    """Judges the questions of rows. Only the first numbers that are on no list get candidates."""

    def __init__(self, session: "Session", language: Language) -> None:
        self._judge = Judge(session)
        self._quick = Judge(session, with_suggestions=False)
        self.language = language
        self.blank = blank_answer(language)
        self._suggested = 0

    @property
    def coverage(self) -> dict[str, Any]:
        """What the answers rest on."""
        return self._judge.coverage

    def judge(self, questions: Iterable[Question]) -> dict[Question, Answer]:
        """The answers to questions."""
        asked, answers = list(questions), dict[Question, Answer]()
        while asked:
            judge, count = self._quick, len(asked)
            if self._suggested < MOST_SUGGESTED:
                judge = self._judge
                count = max(MOST_SUGGESTED - self._suggested, _LEAST_AT_ONCE)
            some, asked = asked[:count], asked[count:]
            answers.update(zip(some, self._judged(judge, some), strict=True))
            self._suggested += sum(
                answers[one].verdict in ("not_listed", "malformed") for one in some
            )
        return answers

    def _judged(self, judge: Judge, questions: Sequence[Question]) -> Iterator[Answer]:
        pairs = [(_computed(text), _computed(claim)) for text, claim in questions]
        for (text, claim), judgement in zip(questions, judge.judge(pairs), strict=True):
            if text.startswith(NOT_COMPUTED):
                yield formula_answer(text[1:], self.language)
                continue
            answer = to_answer(judgement, self.language)
            if claim.startswith(NOT_COMPUTED):
                answer = without_company(answer, claim[1:], self.language)
            yield answer


def _computed(text: str) -> str:
    return "" if text.startswith(NOT_COMPUTED) else text


class _SheetCheck:
    """Checks the rows of one sheet; what stands above its header passes through."""

    def __init__(
        self, sheet: SheetTable, columns: Columns, writer: TableWriter, judge: _TextJudge,
        summary: Summary,
    ) -> None:  # fmt: skip
        self._sheet, self._columns, self._writer = sheet, columns, writer
        self._judge, self._summary = judge, summary
        self._reader = RowReader(sheet, columns, summary.other_rows)
        self._width = max(sheet.width, *(column.place + 1 for column in columns.numbers))
        # A workbook has a sheet for each, and one that says what was recognised.
        where = {}
        if not writer.has_sheets:
            where = where_from(sheet.name, columns, many=len(summary.columns) > 1)
        self._where = tuple(where.values())
        self._headers = added_headers(columns, where, judge.language)
        self._asked = itemgetter(*self._reader.places)
        self._known: dict[Any, RowResult] = {}
        """Results by the cells that were asked about; only of rows in which all of them are texts."""
        writer.begin(sheet, len(self._headers))
        if columns.header is None:
            writer.write_header([], self._headers, self._width)

    def check(self, first: int, batch: Sequence[Row]) -> list[RowResult | None]:
        """Judge rows and write them; None stands for a row that is no vendor's."""
        results: list[RowResult | None] = []
        new: list[tuple[int, Any, tuple[Question, ...]]] = []
        for number, cells in enumerate(batch, first):
            try:
                asked = self._asked(cells)
                result = None if cells[0][:1] in MAY_BE_TOTAL else self._known.get(asked)
            except (IndexError, TypeError, KeyError):  # a short row, or cells that are no texts
                asked, result = None, None
            if result is None or not self._reader.is_data(number):
                result = None
                if questions := self._reader.read(number, cells):
                    new.append((number - first, asked, questions))
            results.append(result)
        self._judge_new(new, results)
        self._count(first, results)
        self._write(first, batch, results)
        return results

    def _judge_new(
        self,
        new: Sequence[tuple[int, Any, tuple[Question, ...]]],
        results: list[RowResult | None],
    ) -> None:
        """Judge what was not asked before: each question once."""
        answers = self._judge.judge(
            dict.fromkeys(one for _, _, asked in new for one in asked if one[0])
        )
        if len(self._known) > MOST_KEPT:
            # Numbers of the lists recur; one that is on none is rarely asked for twice.
            self._known = {
                cells: result for cells, result in self._known.items()
                if any(answer and answer.registrant for answer in result.answers)
            }  # fmt: skip
            if len(self._known) > MOST_KEPT // 2:
                self._known = {}
        made: dict[tuple[Question, ...], RowResult] = {}
        for place, cells, asked in new:
            result = made.get(asked)
            if result is None:
                found = [answers[one] if one[0] else None for one in asked]
                if not any(found):
                    found[0] = self._judge.blank
                result = made[asked] = row_result(found, self._where)
                if cells and self._reader.is_plain(cells):
                    self._known[cells] = result
            results[place] = result

    def _count(self, first: int, results: Iterable[RowResult | None]) -> None:
        summary, sheet = self._summary, self._sheet.name
        kinds = []
        for number, result in enumerate(results, first):
            if result is None:
                continue
            kinds.append(result.kind)
            if result.kind[0] == "no_number":
                summary.no_number.append((sheet, number))
            if result.not_computed:
                summary.not_computed += [
                    (sheet, number, column.place)
                    for column, answer in zip(self._columns.numbers, result.answers, strict=True)
                    if answer and answer.not_computed
                ]
        summary.count(kinds)

    def _write(self, first: int, batch: Sequence[Row], results: Sequence[RowResult | None]) -> None:
        """Write rows with their results; the header gets the titles of what is added."""
        header = self._columns.header
        if header is None or not first <= header < first + len(batch):
            self._writer.write_rows(first, batch, results, self._width)
            return
        place = header - first
        self._writer.write_rows(first, batch[:place], results[:place], self._width)
        self._writer.write_header(batch[place], self._headers, self._width)
        after = place + 1
        self._writer.write_rows(header + 1, batch[after:], results[after:], self._width)

    def lines(
        self, first: int, batch: Sequence[Row], results: Sequence[RowResult | None]
    ) -> Iterator[Line]:
        """The numbers of a batch, for somebody who looks on."""
        for number, (cells, result) in enumerate(zip(batch, results, strict=True), first):
            if result is None:
                continue
            asked = zip(
                self._columns.numbers, self._reader.questions(cells), result.answers, strict=True
            )
            for column, (text, claim), answer in asked:
                if answer:
                    told = text.removeprefix(NOT_COMPUTED), claim.removeprefix(NOT_COMPUTED)
                    yield Line(self._sheet.name, number, column.title, *told, answer)
