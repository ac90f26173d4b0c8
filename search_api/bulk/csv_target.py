"""CSV written in UTF-8 with a mark: a row that needs nothing done to it goes out as it came in."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import TextIO

from suanbei.search_api.bulk.cells import SUSPECT, neutral
from suanbei.search_api.bulk.tables import Batch, text_of

LINE_END = "\r\n"


class CsvShape:
    """Cells of our own as the text that goes behind a row."""

    def __init__(self, delimiter: str) -> None:
        self._delimiter = delimiter

    def __call__(self, cells: Sequence[str]) -> str:
        """The cells, each behind a delimiter, and the end of the row."""
        if not cells:
            return LINE_END
        safe = [cell and self._cell(cell) for cell in cells]
        return f"{self._delimiter}{self._delimiter.join(safe)}{LINE_END}"

    def _cell(self, cell: str) -> str:
        safe = neutral(cell) if cell[0] in SUSPECT else cell
        # Looked for one by one: that takes a fraction of the time of a pattern.
        if self._delimiter in safe or '"' in safe or "\n" in safe or "\r" in safe:
            doubled = safe.replace('"', '""')
            return f'"{doubled}"'
        return safe


class CsvTarget:
    """Writes one table of rows."""

    many_sheets = False

    def __init__(self, file: TextIO, delimiter: str) -> None:
        self.shape = CsvShape(delimiter)
        self._file = file
        self._buffer = io.StringIO(newline="")
        self._writer = csv.writer(self._buffer, delimiter=delimiter, lineterminator=LINE_END)
        # Sought by the sign, which is rare, not by what stands before it, which is everywhere. What
        # ends a cell or a row stands between them too: within a cell it is quoted.
        end = re.escape(delimiter)
        signs = re.escape("".join(SUSPECT.difference(delimiter, "\r\n")))
        self._suspect = re.compile(f'[{signs}](?<=[{end}"\n].)').search
        self._quoted_end = re.compile(f'"[{end}\r\n](?<=[{end}\n]..)', re.DOTALL).search

    def sheet(self, name: str) -> None:
        """Nothing: a CSV file has one table."""

    def close(self) -> None:
        """Nothing more to write."""

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
        return bool(self._suspect(text) or ('"' in text and self._quoted_end(text)))

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
