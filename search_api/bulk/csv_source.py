"""CSV read as a stream: every row with the line it was written in.

Most files have a line a row: they are read in blocks, at the speed of the csv module. From the
first row on that runs over several lines the rest is read row by row.
"""

import csv
import io
from collections.abc import Iterator
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TextIO

from suanbei.common.errors import BrokenDocument, UsageError
from suanbei.search_api.bulk.sniffing import SAMPLE, delimiter_of, encoding_of
from suanbei.search_api.bulk.tables import Batch, Progress, Sheet

BLOCK = 1 << 18
"""Characters read at once."""
_NO_DELIMITERS = ('"', "\r", "\n")
LARGEST_CELL = 1 << 24
ROWS_AT_ONCE = 5_000


class CsvSource:
    """A CSV file of any common encoding; the delimiter is found unless it is given.

    Raises:
        NotADocument: it is no text.
        UsageError: a delimiter that can be none.
    """

    def __init__(self, path: Path, delimiter: str = "") -> None:
        if len(delimiter) > 1 or delimiter in _NO_DELIMITERS:
            raise UsageError(f"delimiter {delimiter!r}: one sign is wanted, no quote or line end")
        self._path = path
        self._encoding = encoding_of(path)
        with path.open(encoding=self._encoding, newline="") as file:
            sample = file.read(SAMPLE)
        self.delimiter = delimiter or delimiter_of(sample)
        self._has_hint = sample.lower().startswith("sep=")

    def sheets(self) -> Iterator[Sheet]:
        """The one table of the file."""
        yield Sheet("", partial(self._batches, self._path.stat().st_size or 1))

    def _batches(self, size: int, progress: Progress) -> Iterator[Batch]:
        csv.field_size_limit(LARGEST_CELL)
        with self._path.open("rb") as binary:
            text = io.TextIOWrapper(binary, encoding=self._encoding, newline="")
            if self._has_hint:
                text.readline()  # `sep=;` is for Excel, and no row
            for batch in self._blocks(text):
                yield batch
                progress(min(1.0, binary.tell() / size))

    def _blocks(self, text: TextIO) -> Iterator[Batch]:
        """Blocks of rows of a line each, for as long as there are only such."""
        rest = ""
        while block := text.read(BLOCK):
            whole, end, rest = (rest + block).rpartition("\n")
            batch = self._simple(whole) if end else None
            if batch:
                yield batch
            elif end or "\r" in rest:
                yield from self._records(chain(_lines(whole + end + rest + text.readline()), text))
                return
        if rest:
            yield from self._records(_lines(rest))

    def _simple(self, whole: str) -> Batch | None:
        """A block of rows of a line each; None if it is none."""
        lines = _plain_lines(whole)
        if lines is None:
            return None
        if '"' not in whole and "" not in lines and len(whole) <= LARGEST_CELL:
            # Without quotes a delimiter parts cells, whatever stands around it.
            return Batch([line.split(self.delimiter) for line in lines], lines)
        if whole.count('"') % 2:
            return None
        try:
            rows = list(csv.reader(lines, delimiter=self.delimiter, strict=True))
        except csv.Error:
            return None
        return Batch(rows, lines) if len(rows) == len(lines) else None

    def _records(self, lines: Iterator[str]) -> Iterator[Batch]:
        written: list[str] = []
        batch = Batch([])
        reader = csv.reader(_kept(lines, written), delimiter=self.delimiter)
        try:
            for row in reader:
                batch.rows.append(row)
                batch.lines.append("".join(written).rstrip("\r\n"))
                written.clear()
                if len(batch.rows) == ROWS_AT_ONCE:
                    yield batch
                    batch = Batch([])
        except csv.Error as error:
            raise BrokenDocument(f"{self._path.name}: row {len(batch.rows)}: {error}") from error
        yield batch


def _plain_lines(whole: str) -> list[str] | None:
    """The lines of a block without their ends; None if carriage returns stand elsewhere too."""
    plain = whole.removesuffix("\r")
    if "\r" not in plain:
        return plain.split("\n")
    lines = plain.split("\r\n")
    if plain.count("\n") == plain.count("\r") == len(lines) - 1:
        return lines
    plain = plain.replace("\r\n", "\n")
    return None if "\r" in plain else plain.split("\n")


def _lines(text: str) -> Iterator[str]:
    return iter(io.StringIO(text, newline=""))


def _kept(lines: Iterator[str], written: list[str]) -> Iterator[str]:
    """Lines as they are, kept for whoever wants to see how a row was written."""
    for line in lines:
        written.append(line)
        yield line
