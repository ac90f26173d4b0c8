"""The check of a file: its rows through `judge`, a batch at a time, and out with their verdicts.

    reading.read_file → recognise.recognise → check_rows

Every row below a header is judged, or counted as one without a number; what was left out (hidden
rows, text around a table, formulas without a value) is named in the summary.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from suanbei.common.deadline import check_deadline
from suanbei.common.texts import Language
from suanbei.registry.verify import Judge
from suanbei.search_api.bulk.columns import Choice, Columns
from suanbei.search_api.bulk.questions import NOT_COMPUTED, Question, RowReader
from suanbei.search_api.bulk.results import (
    SOURCE_ROW,
    Answer,
    added_cells,
    added_headers,
    blank_answer,
    formula_answer,
    to_answer,
    where_from,
    without_company,
)
from suanbei.search_api.bulk.rows_file import (
    Row,
    SheetTable,
    TableFile,
    read_batches,
)
from suanbei.search_api.bulk.summary import Summary, summary_lines
from suanbei.search_api.bulk.targets import Target, open_target

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

MOST_KEPT = 50_000
"""Answers that are kept for rows that ask the same."""
MOST_SUGGESTED = 1_000
"""Questions whose unlisted numbers get candidates: these take milliseconds each."""


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


class Observer(Protocol):
    """Somebody who looks on while a file is checked."""

    def see(self, lines: Iterable[Line], done: int, total: int) -> None:
        """Numbers that were judged, made as they are read, and how many rows are done of how many."""


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
        TookTooLong: nobody waits for it any more (`common.deadline`).
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
                check.sheet(sheet, rows, columns, many=many)
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
        self._kept: dict[Question, Answer] = {}
        self.blank = blank_answer(self._language)
        self._asked = 0

    @property
    def coverage(self) -> dict[str, Any]:
        """What the answers rest on."""
        return self._judge.coverage

    def ask(self, questions: set[Question]) -> dict[Question, Answer]:
        """The answers to some questions, and to others."""
        if len(self._kept) > MOST_KEPT:
            # Numbers of the lists recur; one that is on none is rarely asked for twice.
            listed = {one: answer for one, answer in self._kept.items() if answer.registrant}
            self._kept = listed if len(listed) < MOST_KEPT // 2 else {}
        new = [question for question in questions if question not in self._kept]
        judge = self._judge if self._asked < MOST_SUGGESTED else self._quick
        pairs = [(_computed(text), _computed(claim)) for text, claim in new]
        for question, judgement in zip(new, judge.judge(pairs) if new else (), strict=True):
            text, claim = question
            if text.startswith(NOT_COMPUTED):
                answer = formula_answer(text[1:], self._language)
            else:
                answer = to_answer(judgement, self._language)
                self._asked += answer.verdict in ("not_listed", "malformed")
                if claim.startswith(NOT_COMPUTED):
                    answer = without_company(answer, claim[1:], self._language)
            self._kept[question] = answer
        return self._kept


def _computed(text: str) -> str:
    return "" if text.startswith(NOT_COMPUTED) else text


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

    def sheet(self, sheet: SheetTable, rows: Path, columns: Columns, *, many: bool) -> None:
        """Check one sheet, of `many` or the only one; what stands above its header passes through."""
        titles = [column.say() for column in columns.numbers]
        # A workbook has a sheet for each, and one that says what was recognised.
        where = {} if self._target.has_sheets else where_from(sheet, columns, many=many)
        headers = added_headers(titles, [*where, SOURCE_ROW], self._options.language)
        writer = _SheetWriter(self._target, sheet, columns, headers, list(where.values()))
        reader = RowReader(sheet, columns)
        for first, batch in read_batches(rows, sheet):
            check_deadline()
            asked = [reader.read(number, cells) for number, cells in enumerate(batch, first)]
            kept = self._answers.ask({one for row in asked if row for one in row if one[0]})
            judged: list[_Judged] = []
            for number, (cells, questions) in enumerate(zip(batch, asked, strict=True), first):
                if questions is None:
                    writer.pass_through(number, cells)
                    continue
                answers = [kept[one] if one[0] else None for one in questions]
                if not any(answers):
                    answers[0] = self._answers.blank
                worst = self._count(sheet, number, columns, answers)
                writer.write(number, cells, answers, worst)
                judged.append((number, questions, answers))
            self._done += len(batch)
            if self._observer:
                self._observer.see(_lines(sheet, columns, judged), self._done, self.total)
        self._summary.other_rows += [(sheet.name, number) for number in reader.other_rows]

    def _count(
        self, sheet: SheetTable, number: int, columns: Columns, answers: Sequence[Answer | None]
    ) -> Answer:
        """Count a row; returns the worst of its answers."""
        summary = self._summary
        given = [answer for answer in answers if answer]
        worst = given[0] if len(given) == 1 else min(given, key=lambda answer: answer.rank)
        summary.rows += 1
        summary.counts[worst.verdict, worst.match] += 1
        if worst.verdict == "no_number":
            summary.no_number.append((sheet.name, number))
        elif worst.is_confirmed:
            summary.confirmed += all(
                answer.is_confirmed for answer in given if answer.verdict != "no_number"
            )
        if any(answer.not_computed for answer in given):
            for column, answer in zip(columns.numbers, answers, strict=True):
                if answer and answer.not_computed:
                    summary.not_computed.append((sheet.name, number, column.place))
        return worst

    def copy(self, sheet: SheetTable, rows: Path) -> None:
        """Write a sheet as it is."""
        self._target.begin(sheet, 0)
        hidden = frozenset(sheet.hidden_rows)
        for first, batch in read_batches(rows, sheet):
            check_deadline()
            for number, cells in enumerate(batch, first):
                self._target.write(cells, (), 0, hidden=number in hidden)


class _SheetWriter:
    """Writes the rows of one sheet, each with what is added to it."""

    def __init__(
        self, target: Target, sheet: SheetTable, columns: Columns, headers: Sequence[str],
        where: Sequence[str],
    ) -> None:  # fmt: skip
        self._target, self._headers, self._where = target, headers, where
        self._header = columns.header
        self._width = max(sheet.width, *(column.place + 1 for column in columns.numbers))
        self._hidden = frozenset(sheet.hidden_rows)
        target.begin(sheet, len(headers))
        if self._header is None:
            target.write_header([""] * self._width, headers, self._width)

    def pass_through(self, number: int, cells: Row) -> None:
        """A row that is not judged; the header gets the titles of what is added."""
        if number == self._header:
            self._target.write_header(cells, self._headers, self._width)
        else:
            self._target.write(cells, (), self._width, hidden=number in self._hidden)

    def write(
        self, number: int, cells: Row, answers: Sequence[Answer | None], worst: Answer
    ) -> None:
        """A row with its answers."""
        beside = [*added_cells(answers, worst), *self._where, str(number)]
        self._target.write(cells, beside, self._width, worst.verdict)


_Judged = tuple[int, Sequence[Question], Sequence[Answer | None]]
"""The number of a row, what it asks and the answers."""


def _lines(sheet: SheetTable, columns: Columns, judged: Iterable[_Judged]) -> Iterator[Line]:
    for number, questions, answers in judged:
        for column, (text, claim), answer in zip(columns.numbers, questions, answers, strict=True):
            if answer:
                told = text.removeprefix(NOT_COMPUTED), claim.removeprefix(NOT_COMPUTED)
                yield Line(sheet.name, number, column.title, *told, answer)
