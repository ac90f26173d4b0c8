"""A file of vendors into a file of verdicts."""

import gc
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from suanbei.common.errors import UsageError
from suanbei.common.texts import Language
from suanbei.registry.verify.judgement import Pair
from suanbei.registry.verify.render import ResultRow as Outcome
from suanbei.search_api.bulk.checker import Answers, added_cells, added_headers, added_words
from suanbei.search_api.bulk.columns import LOOKED_AT, Columns, find_columns
from suanbei.search_api.bulk.files import open_source, open_target
from suanbei.search_api.bulk.judging import (
    Judges,
    Judging,
    OpenSession,
    judging_apart,
    judging_here,
)
from suanbei.search_api.bulk.tables import Batch, Progress, Sheet, Target, text_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Options:
    """What a caller may say: columns by title or place (from 1), the delimiter; empty: found.

    `company_column` may be `-`: no companies are compared.
    """

    number_column: str = ""
    company_column: str = ""
    delimiter: str = ""
    language: Language = Language.EN


@dataclass(slots=True)
class Summary:
    """What came of it: rows without headers, how many of each (verdict, company match), the
    titles (or places) of the columns that were used, and sheets without numbers."""

    rows: int = 0
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    number_column: str = ""
    company_column: str = ""
    without_numbers: list[str] = field(default_factory=list)


class Watch(Protocol):
    """Somebody who looks on while a file is checked."""

    def begin(self, titles: Sequence[str], columns: Columns) -> None:
        """A table: the titles of its columns, and which are used."""

    def see(self, pairs: Sequence[Pair], outcomes: Sequence[Outcome]) -> None:
        """Rows that were checked."""


def check_file(
    session: "Session",
    source: Path,
    target: Path,
    options: Options,
    progress: Progress,
    watch: Watch | None = None,
) -> Summary:
    """Check every row of a CSV or XLSX file; write it with its verdict to a CSV or XLSX file.

    Raises:
        UsageError: no column holds numbers, or the target's ending is neither.
        DocumentError: the source cannot be read.
        RegistryError: the target cannot be written.
    """
    with fewer_collections(_BESIDE_OTHERS):
        return _check_file(judging_here(session), source, target, options, progress, watch)


def check_file_apart(
    open_session: OpenSession, source: Path, target: Path, options: Options, progress: Progress
) -> Summary:
    """As `check_file`, with two processes: for a command line, and files that are worth it.

    Nobody else may use the process meanwhile (see `judging_apart`).
    """
    with fewer_collections(_ALONE):
        return _check_file(judging_apart(open_session), source, target, options, progress)


def _check_file(
    judges: Judges, source: Path, target: Path, options: Options, progress: Progress,
    watch: Watch | None = None,
) -> Summary:  # fmt: skip
    with judges(options.language) as judging:
        opened = open_source(source, options.delimiter)
        with open_target(target, opened.delimiter) as written:
            words = added_words(options.language)
            judging.begin(partial(_shape, written.shape, words, bool(watch)))
            check = _Check(judging, written, options, watch)
            for sheet in opened.sheets():
                check.sheet(sheet, progress)
        if not check.summary.number_column:
            raise UsageError(f"{source.name}: no column holds filing numbers")
    return check.summary


@contextmanager
def fewer_collections(objects: int) -> Iterator[None]:
    """Look for cycles only after so many new objects: blocks of rows are many small objects and no
    cycles. For the whole process, and harmless to it."""
    gc.set_threshold(objects, *_USUAL[1:])
    try:
        yield
    finally:
        gc.set_threshold(*_USUAL)


_USUAL = gc.get_threshold()
_BESIDE_OTHERS, _ALONE = 50_000, 500_000
"""Objects of a few blocks of rows, in a process with other work and in one without."""


class _Check:
    """The checking of one file."""

    def __init__(
        self, judging: Judging, target: Target, options: Options, watch: Watch | None
    ) -> None:
        self._target, self._options, self._watch = target, options, watch
        self._answers, self._ahead = Answers(judging), judging.ahead
        self.summary = Summary(counts=self._answers.counts)

    def sheet(self, sheet: Sheet, progress: Progress) -> None:
        """Check one table; one without numbers is copied as it is, where there are several."""
        batches = sheet.batches(progress)
        first = next(batches, Batch([]))
        columns = self._columns(sheet, first)
        if columns is None:
            self.summary.without_numbers.append(sheet.name)
            if self._target.many_sheets:
                self._target.sheet(sheet.name)
                self._copy(chain([first], batches))
            return
        self._target.sheet(sheet.name)
        header, rest = first.split(int(columns.has_header))
        width = max(len(first.rows[0]), columns.number + 1)
        titles = self._target.shape(added_headers(self._options.language))
        self._target.write(header, [titles] * len(header.rows), width)
        for batch, pairs, answers in self._answered(chain([rest], batches), columns):
            if self._watch:
                self._watch.see(pairs, [outcome for _, outcome in answers])
            shaped = [one for one, _ in answers] if self._watch else answers
            self._target.write(batch, shaped, width)
            self.summary.rows += len(batch.rows)

    def _answered(
        self, batches: Iterable[Batch], columns: Columns
    ) -> Iterator[tuple[Batch, list[Pair], list[Any]]]:
        """Batches with their answers: others are read while one is judged."""
        waiting: deque[tuple[Batch, list[Pair]]] = deque()
        for batch in batches:
            pairs = _pairs(batch, columns)
            self._answers.ask(pairs)
            waiting.append((batch, pairs))
            if len(waiting) == self._ahead:
                yield (*waiting.popleft(), self._answers.take())
        while waiting:
            yield (*waiting.popleft(), self._answers.take())

    def _columns(self, sheet: Sheet, first: Batch) -> Columns | None:
        """The columns of a table; None where a sheet of several has none."""
        rows = [[*map(text_of, values)] for values in first.rows[: LOOKED_AT + 1]]
        try:
            columns = find_columns(rows, self._options.number_column, self._options.company_column)
        except UsageError:
            if sheet.name:
                return None
            raise
        if self._watch:
            self._watch.begin([_title(rows[0], at, columns) for at in range(len(rows[0]))], columns)
        self.summary.number_column = _title(rows[0], columns.number, columns)
        if columns.company is not None:
            self.summary.company_column = _title(rows[0], columns.company, columns)
        return columns

    def _copy(self, batches: Iterable[Batch]) -> None:
        nothing = self._target.shape(())
        for batch in batches:
            self._target.write(batch, [nothing] * len(batch.rows), 0)


def _shape(
    shape: Callable[[Sequence[str]], Any],
    words: Mapping[str, str],
    is_watched: bool,
    outcome: Outcome,
) -> Any:
    """What goes behind a row; with the outcome itself, where somebody looks on."""
    shaped = shape(added_cells(outcome, words))
    return (shaped, outcome) if is_watched else shaped


def _pairs(batch: Batch, columns: Columns) -> list[Pair]:
    """Number and company of each row; empty where a row is too short."""
    rows, texts = batch.rows, bool(batch.lines)
    number, company = columns.number, columns.company
    if company is None:
        return [(_cell(row, number), "") for row in rows]
    if not texts:
        return [(_cell(row, number), _cell(row, company)) for row in rows]
    try:
        return list(map(itemgetter(number, company), rows))
    except IndexError:
        return [(_cell(row, number), _cell(row, company)) for row in rows]


def _cell(values: Sequence[Any], place: int) -> str:
    return text_of(values[place]) if place < len(values) else ""


def _title(header: Sequence[str], place: int, columns: Columns) -> str:
    titled = columns.has_header and place < len(header) and header[place].strip()
    return titled or str(place + 1)
