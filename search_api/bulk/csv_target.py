"""CSV written in UTF-8 with a mark: a row that needs nothing done to it goes out as it came in."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import TextIO

from search_api.bulk.cells import SUSPECT, neutral
from search_api.bulk.tables import Batch, text_of

LINE_END = "\r\n"


class CsvTarget:
    """Writes one table of rows."""

    many_sheets = False

    def __init__(self, file: TextIO, delimiter: str) -> None:
        self._file = file
        self._delimiter = delimiter
        self._buffer = io.StringIO(newline="")
        self._writer = csv.writer(self._buffer, delimiter=delimiter, lineterminator=LINE_END)
        self._must_quote = re.compile(f'[{re.escape(delimiter)}"\r\n]').search
        # What ends a cell or a row stands between them everywhere: within a cell it is quoted.
        ends, starts = (delimiter, "\r", "\n"), (delimiter, '"', "\n")
        self._marks = {
            sign: [start + sign for start in ('"' if sign in ends else starts)] for sign in SUSPECT
        }

    def sheet(self, name: str) -> None:
        """Nothing: a CSV file has one table."""

    def close(self) -> None:
        """Nothing more to write."""

    def shape(self, cells: Sequence[str]) -> str:
        """Cells as the text that goes behind a row."""
        if not cells:
            return LINE_END
        safe = [neutral(cell) if cell and cell[0] in SUSPECT else cell for cell in cells]
        text = self._delimiter.join([self._quoted(c) if self._must_quote(c) else c for c in safe])
        return f"{self._delimiter}{text}{LINE_END}"

    @staticmethod
    def _quoted(cell: str) -> str:
        doubled = cell.replace('"', '""')
        return f'"{doubled}"'

    def write(self, batch: Batch, added: Sequence[str], width: int) -> None:
        """Write rows, each with what is added to it."""
        lines: Iterable[str] = batch.lines
        whole = set(map(len, batch.rows)) == {width} and bool(batch.lines)
        if not whole or self._may_be_risky("\n".join(batch.lines)):
            lines = [self._line(batch, place, width) for place in range(len(batch.rows))]
        self._file.write("".join(chain.from_iterable(zip(lines, added, strict=True))))

    def _may_be_risky(self, text: str) -> bool:
        """Whether any cell of some lines may begin like a formula; quick, and rather too careful."""
        text = f"\n{text}"
        return any(
            mark in text for sign, marks in self._marks.items() if sign in text for mark in marks
        )

    def _line(self, batch: Batch, place: int, width: int) -> str:
        """A row as it was written, unless it must be filled up, or a formula made a text."""
        values = batch.rows[place]
        cells = [*map(text_of, values), *[""] * (width - len(values))]
        safe = [*map(neutral, cells)]
        if batch.lines and safe == values:
            return batch.lines[place]
        return self._row(safe)

    def _row(self, cells: Sequence[str]) -> str:
        self._writer.writerow(cells)
        text = self._buffer.getvalue()
        self._buffer.seek(0)
        self._buffer.truncate()
        return text.removesuffix(LINE_END)
