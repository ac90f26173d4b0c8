"""The check of a file: its rows through `judge`, a batch at a time, and out with their verdicts.

    reading.read_file → recognise.recognise → check_rows

Every row below a header is judged, or counted as one without a number; what was left out (hidden
rows, text around a table, formulas without a value) is named in the summary.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from suanbei.common.deadline import check_deadline
from suanbei.common.texts import Language
from suanbei.registry.verify import Judge, Judgement
from suanbei.search_api.bulk.recognise import Columns
from suanbei.search_api.bulk.results import (
    Answer,
    RowResult,
    added_headers,
    answer_without_number,
    row_result,
    to_answer,
    where_from,
    without_company,
)
from suanbei.search_api.bulk.summary import Summary, summary_lines
from suanbei.search_api.bulk.table import (
    Cell,
    Row,
    SheetTable,
    TableFile,
    is_formula,
    looks_like_number,
    read_batches,
    text_of,
)
from suanbei.search_api.bulk.writing import TableWriter, open_writer

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

MOST_KEPT = 50_000
"""Results of listed numbers that are kept: these recur in a table."""
MOST_SUGGESTED = 1_000
"""Numbers on no list that get candidates: these take milliseconds each."""

CellQuestion = tuple[str, str]
"""A text and a company, as `judge` takes them. An empty text asks nothing; one that begins with
`_NOT_COMPUTED` is a formula without a value (or its error), and the same of a company."""
_NOT_COMPUTED = "\0"
_BLANK = frozenset(
    ("", "-", "--", "—", "——", "/", "\\", "无", "無", "暂无", "n/a", "na", "none", "nil", "null")
)
_LONGEST_BLANK = max(map(len, _BLANK))
_TOTALS = (
    "合计", "总计", "小计", "共计", "注：", "注:", "备注：", "备注:", "说明", "填表", "制表", "total", "note",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CheckedNumber:
    """A number that was judged, for somebody who looks on; `title` is that of its column."""

    sheet: str
    row: int
    title: str
    text: str
    claim: str
    answer: Answer


Observer = Callable[[Iterable[CheckedNumber], int, int], None]
"""Told after each batch: its numbers (made as they are read), and how many rows are done of how many."""


def check_rows(
    session: "Session",
    table: TableFile,
    recognised: Sequence[Columns | None],
    target: Path,
    language: Language,
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
                if writer.has_sheets:  # it is written as it is
                    writer.begin(sheet, None, ())
                    for first, batch in read_batches(table, sheet):
                        check_deadline()
                        writer.write_rows(first, batch, [None] * len(batch))
                continue
            checked = _SheetCheck(sheet, columns, writer, judge, summary, language)
            for first, batch in read_batches(table, sheet):
                check_deadline()
                lines = checked.check(first, batch)
                done += len(batch)
                if observer:
                    observer(lines, done, total)
        summary.coverage = judge.coverage
        summary.finished_at = time.time()
        writer.write_summary(summary_lines(summary, language), language)
    return summary


class _SheetCheck:
    """Checks the rows of one sheet; what stands above its header passes through."""

    def __init__(
        self, sheet: SheetTable, columns: Columns, writer: TableWriter, judge: Judge,
        summary: Summary, language: Language,
    ) -> None:  # fmt: skip
        self._sheet, self._columns, self._writer = sheet, columns, writer
        self._judge, self._summary, self._language = judge, summary, language
        self._first = sheet.first_row if columns.header is None else columns.header + 1
        self._hidden = frozenset(sheet.hidden_rows)
        self._places = [
            (column.place, company.place if company else -1)
            for column, company in zip(columns.numbers, columns.companies, strict=True)
        ]
        """The columns of each number and of its company, -1 if there is none."""
        # A workbook has a sheet for each, and one that says what was recognised.
        where = {}
        if not writer.has_sheets:
            where = where_from(sheet.name, columns, many=len(summary.columns) > 1)
        self._where = tuple(where.values())
        nothing = [answer_without_number(language), *[None] * (len(columns.numbers) - 1)]
        self._blank = row_result(nothing, self._where)
        self._listed: dict[tuple[CellQuestion, ...], RowResult] = {}
        """The results of rows with listed numbers, by what they ask."""
        writer.begin(sheet, columns.header, added_headers(columns, where, language))

    def check(self, first: int, batch: Sequence[Row]) -> Iterator[CheckedNumber]:
        """Judge rows and write them; returns their numbers, for somebody who looks on."""
        asked = [self._questions(number, cells) for number, cells in enumerate(batch, first)]
        results = self._judge_rows(asked)
        self._count(first, results)
        self._writer.write_rows(first, batch, results)
        return self._lines(first, asked, results)

    def _questions(self, number: int, cells: Row) -> tuple[CellQuestion, ...]:
        """What a row asks for each number column; nothing if it is no vendor's.

        That is a row above the data, a hidden or blank one, the header once more, a total, a note.
        """
        if number < self._first or number in self._hidden:
            return ()
        texts = [cell if isinstance(cell, str) else _text(cell) for cell in cells]
        texts += [""] * (self._sheet.width + 1 - len(texts))  # no company: -1, the last of these
        first = texts[0].strip() or next(filter(None, map(str.strip, texts)), "")
        if not first or self._is_header(cells, texts):
            return ()
        questions = tuple(
            [(_number_text(texts[place]), texts[company]) for place, company in self._places]
        )
        if first.casefold().startswith(_TOTALS):
            needs_one = any(
                looks_like_number(cells[place]) for place, _ in self._places if place < len(cells)
            )
        else:
            needs_one = max(questions)[0] != "" or self._is_vendor(texts)
        if not needs_one:
            self._summary.other_rows.append((self._sheet.name, number))
        return questions if needs_one else ()

    def _is_header(self, cells: Row, texts: Sequence[str]) -> bool:
        """Whether the header stands here once more."""
        titles, place = self._columns.titles, self._places[0][0]
        if not titles[place] or texts[place].strip() != titles[place]:
            return False
        return [text_of(cell).strip() for cell in cells] == titles[: len(cells)]

    def _is_vendor(self, texts: Sequence[str]) -> bool:
        """Whether a row without a number should have one; without a column of companies two
        cells that are filled tell so."""
        companies = [company for _, company in self._places if company >= 0]
        if companies:
            return any(texts[place].strip() for place in companies)
        return sum(bool(text.strip()) for text in texts) > 1

    def _judge_rows(self, asked: Sequence[tuple[CellQuestion, ...]]) -> list[RowResult | None]:
        """The results of rows, None of those that ask nothing; each question is judged once."""
        results = [self._listed.get(row) for row in asked]
        new = dict.fromkeys(
            [row for row, result in zip(asked, results, strict=True) if row and not result]
        )
        questions = dict.fromkeys([one for row in new for one in row if one[0]])
        pairs = [(_computed(text), _computed(claim)) for text, claim in questions]
        judged = zip(questions, self._judge.judge(pairs), strict=True)
        answers = {question: self._to_answer(question, one) for question, one in judged}
        if len(self._listed) > MOST_KEPT:
            self._listed.clear()
        for row in new:
            found = [answers.get(question) for question in row]
            new[row] = result = row_result(found, self._where) if any(found) else self._blank
            if any(answer and answer.is_listed for answer in found):
                self._listed[row] = result
        return [result or new.get(row) for row, result in zip(asked, results, strict=True)]

    def _to_answer(self, question: CellQuestion, judgement: Judgement) -> Answer:
        text, claim = question
        if text.startswith(_NOT_COMPUTED):
            return answer_without_number(self._language, text[1:])
        answer = to_answer(judgement, self._language)
        if claim.startswith(_NOT_COMPUTED):
            return without_company(answer, claim[1:], self._language)
        return answer

    def _count(self, first: int, results: Iterable[RowResult | None]) -> None:
        summary, sheet = self._summary, self._sheet.name
        given = [(number, result) for number, result in enumerate(results, first) if result]
        summary.count([result.kind for _, result in given])
        summary.no_number += [(sheet, row) for row, one in given if one.kind[0] == "no_number"]
        summary.not_computed += [
            (sheet, row, place)
            for row, one in given
            if one.not_computed
            for (place, _), answer in zip(self._places, one.answers, strict=True)
            if answer and answer.not_computed
        ]

    def _lines(
        self,
        first: int,
        asked: Sequence[tuple[CellQuestion, ...]],
        results: Sequence[RowResult | None],
    ) -> Iterator[CheckedNumber]:
        for number, (row, result) in enumerate(zip(asked, results, strict=True), first):
            if result is None:
                continue
            for column, question, answer in zip(
                self._columns.numbers, row, result.answers, strict=True
            ):
                if answer:
                    text, claim = (one.removeprefix(_NOT_COMPUTED) for one in question)
                    yield CheckedNumber(self._sheet.name, number, column.title, text, claim, answer)


def _text(cell: Cell) -> str:
    return _NOT_COMPUTED + text_of(cell) if is_formula(cell) else text_of(cell)


def _number_text(text: str) -> str:
    is_filled = len(text) > _LONGEST_BLANK or text.strip().casefold() not in _BLANK
    return text if is_filled else ""


def _computed(text: str) -> str:
    return "" if text.startswith(_NOT_COMPUTED) else text
