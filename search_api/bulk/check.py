"""The check of a file: its rows through `judge`, a batch at a time, and out with their verdicts.

    reading.read_file → recognise.recognise → check_rows

Every row below a header is judged, or counted as one without a number; what was left out (hidden
rows, text around a table, formulas without a value) is named in the summary.
"""

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from suanbei.common.deadline import check_deadline
from suanbei.common.texts import Language
from suanbei.registry.verify import Judge, Judgement
from suanbei.search_api.bulk.columns import Choice, Columns
from suanbei.search_api.bulk.questions import NOT_COMPUTED, Question, RowReader
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
"""Results of listed numbers that are kept: these recur in a table."""
MOST_SUGGESTED = 1_000
"""Numbers on no list that get candidates: these take milliseconds each."""


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
    judge = Judge(session, MOST_SUGGESTED)
    total = sum(sheet.rows for sheet, one in zip(table.sheets, recognised, strict=True) if one)
    done = 0
    with open_writer(target, table.delimiter) as writer:
        for sheet, columns in zip(table.sheets, recognised, strict=True):
            if columns is None:
                summary.without_numbers.append(sheet.name)
                if writer.has_sheets:
                    _copy(table, sheet, writer)
                continue
            checked = _SheetCheck(sheet, columns, writer, judge, summary, options.language)
            for first, batch in read_batches(table, sheet):
                check_deadline()
                lines = checked.check(first, batch)
                done += len(batch)
                if observer:
                    observer(lines, done, total)
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


class _SheetCheck:
    """Checks the rows of one sheet; what stands above its header passes through."""

    def __init__(
        self, sheet: SheetTable, columns: Columns, writer: TableWriter, judge: Judge,
        summary: Summary, language: Language,
    ) -> None:  # fmt: skip
        self._sheet, self._columns, self._writer = sheet, columns, writer
        self._judge, self._summary, self._language = judge, summary, language
        self._reader = RowReader(sheet, columns, summary.other_rows)
        self._width = max(sheet.width, *(column.place + 1 for column in columns.numbers))
        # A workbook has a sheet for each, and one that says what was recognised.
        where = {}
        if not writer.has_sheets:
            where = where_from(sheet.name, columns, many=len(summary.columns) > 1)
        self._where = tuple(where.values())
        self._headers = added_headers(columns, where, language)
        nothing = [blank_answer(language), *[None] * (len(columns.numbers) - 1)]
        self._blank = row_result(nothing, self._where)
        self._listed: dict[tuple[Question, ...], RowResult] = {}
        """The results of rows with listed numbers, by what they ask."""
        writer.begin(sheet, len(self._headers))
        if columns.header is None:
            writer.write_header([], self._headers, self._width)

    def check(self, first: int, batch: Sequence[Row]) -> Iterator[Line]:
        """Judge rows and write them; returns their numbers, for somebody who looks on."""
        asked = [self._reader.read(number, cells) for number, cells in enumerate(batch, first)]
        results = [self._listed.get(questions) for questions in asked]
        new = [place for place, result in enumerate(results) if not result and asked[place]]
        judged = self._judge_new(dict.fromkeys(asked[place] for place in new))
        for place in new:
            results[place] = judged[asked[place]]
        if len(self._listed) > MOST_KEPT:
            self._listed.clear()
        self._listed.update((row, result) for row, result in judged.items() if result.is_listed)
        self._count(first, results)
        self._write(first, batch, results)
        return self._lines(first, asked, results)

    def _judge_new(
        self, asked: Collection[tuple[Question, ...]]
    ) -> dict[tuple[Question, ...], RowResult]:
        """The results of rows by what they ask; each question is judged once."""
        questions = dict.fromkeys(one for row in asked for one in row if one[0])
        pairs = [(_computed(text), _computed(claim)) for text, claim in questions]
        answers: dict[Question, Answer] = {}
        for question, judgement in zip(questions, self._judge.judge(pairs), strict=True):
            answers[question] = self._to_answer(question, judgement)
        results = {}
        for row in asked:
            found = [answers.get(question) for question in row]
            results[row] = row_result(found, self._where) if any(found) else self._blank
        return results

    def _to_answer(self, question: Question, judgement: Judgement) -> Answer:
        text, claim = question
        if text.startswith(NOT_COMPUTED):
            return formula_answer(text[1:], self._language)
        answer = to_answer(judgement, self._language)
        if claim.startswith(NOT_COMPUTED):
            return without_company(answer, claim[1:], self._language)
        return answer

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

    def _lines(
        self,
        first: int,
        asked: Sequence[tuple[Question, ...]],
        results: Sequence[RowResult | None],
    ) -> Iterator[Line]:
        for number, (row, result) in enumerate(zip(asked, results, strict=True), first):
            if result is None:
                continue
            for column, question, answer in zip(
                self._columns.numbers, row, result.answers, strict=True
            ):
                if answer:
                    text, claim = (one.removeprefix(NOT_COMPUTED) for one in question)
                    yield Line(self._sheet.name, number, column.title, text, claim, answer)


def _computed(text: str) -> str:
    return "" if text.startswith(NOT_COMPUTED) else text
