"""Where a checked file goes: CSV, JSON lines or XLSX (`xlsx`), written whole or not at all.

`csv_bytes` and `XlsxWriter` write the other tables of the project, too.
"""

import csv
import io
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import zip_longest
from pathlib import Path
from typing import Any, TextIO

import orjson

from suanbei.common.errors import RegistryError, UsageError
from suanbei.common.late_imports import importing
from suanbei.common.texts import Language, Text
from suanbei.search_api.bulk.cells import Cell, safe_texts, text_of
from suanbei.search_api.bulk.results import RowResult
from suanbei.search_api.bulk.rows_file import Kind, Row, SheetTable

MEDIA_TYPES = {
    ".csv": "text/csv; charset=utf-8",
    ".jsonl": "application/jsonl; charset=utf-8",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_TEXT_ENDINGS = (".csv", ".tsv", ".txt", ".jsonl")


def ending_for(kind: Kind) -> str:
    """The ending of the answer to a file: in the kind that came in; other tables as XLSX."""
    if kind == "csv":
        return ".csv"
    return ".jsonl" if kind in ("json", "jsonl") else ".xlsx"


class TableWriter(ABC):
    """Writes the sheets of a checked file one after another."""

    has_sheets = False
    """Else all sheets go into one table, which has no room for a summary and hidden rows."""

    def __init__(self) -> None:
        self._hidden: frozenset[int] = frozenset()

    def begin(self, sheet: SheetTable, added: int) -> None:
        """Begin a sheet that gets so many columns beside its own."""
        self._hidden = frozenset(sheet.hidden_rows)

    @abstractmethod
    def write_header(self, cells: Sequence[Cell], added: Sequence[str], width: int) -> None:
        """Write the header: its own cells, filled up to the width, then what is added."""

    @abstractmethod
    def write_rows(
        self, first: int, rows: Iterable[Row], results: Iterable[RowResult | None], width: int
    ) -> None:
        """Write rows, the first of which is row `first` of the sheet, each with its result.

        Hidden rows are hidden again, or left out where nothing can be hidden.

        Raises:
            UsageError: more rows or longer cells than the format holds.
        """

    def write_summary(  # noqa: B027  # most formats have no room for it
        self, lines: Sequence[tuple[str, str]], language: Language
    ) -> None:
        """Write labels and values, where the format has room for them."""


@contextmanager
def open_writer(path: Path, delimiter: str) -> Iterator[TableWriter]:
    """A file to write to, of the format that its ending says; renamed when it is whole.

    Raises:
        UsageError: its ending is none of a format that is written.
        RegistryError: it cannot be written.
    """
    ending = path.suffix.lower()
    if ending not in (*_TEXT_ENDINGS, ".xlsx"):
        raise UsageError(f"{path}: its name must end in .csv, .xlsx or .jsonl")
    part = path.with_name(f".{path.name}.part")
    try:
        if ending == ".xlsx":
            with importing:
                from suanbei.search_api.bulk.xlsx import XlsxWriter

            with XlsxWriter(part) as book:
                yield book
        else:
            encoding = "utf-8" if ending == ".jsonl" else "utf-8-sig"
            with part.open("w", encoding=encoding, newline="") as file:
                if ending == ".jsonl":
                    yield JsonWriter(file)
                else:
                    yield CsvWriter(file, "\t" if ending == ".tsv" else delimiter)
        part.replace(path)
    except OSError as error:
        raise RegistryError(f"{path}: cannot be written ({error.strerror or error})") from error
    finally:
        part.unlink(missing_ok=True)


def csv_bytes(rows: Iterable[Sequence[Any]], *, marked: bool = True) -> bytes:
    """Rows as CSV, `marked` as UTF-8 for Excel, with cells that it would run made texts."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(map(safe_texts, rows))
    return text.getvalue().encode("utf-8-sig" if marked else "utf-8")


class _Lines(list[str]):
    """Takes the lines of a csv.writer."""

    write = list.append


class CsvWriter(TableWriter):
    """Writes all sheets into one table. Results that recur are quoted once."""

    def __init__(self, file: TextIO, delimiter: str = ",") -> None:
        super().__init__()
        self._file, self._delimiter = file, delimiter

    def _lines(self, rows: Iterable[Sequence[Cell]]) -> list[str]:
        lines = _Lines()
        csv.writer(lines, delimiter=self._delimiter).writerows(map(safe_texts, rows))
        return [line[:-2] for line in lines]  # without \r\n, which must be quoted within cells

    def write_header(self, cells: Sequence[Cell], added: Sequence[str], width: int) -> None:
        """Write the header."""
        [line] = self._lines([[*cells, *[""] * (width - len(cells)), *added]])
        self._file.write(f"{line}\r\n")

    def write_rows(
        self, first: int, rows: Iterable[Row], results: Iterable[RowResult | None], width: int
    ) -> None:
        """Write rows; hidden ones are left out."""
        results = list(results)
        new = [one for one in dict.fromkeys(results) if one and not one.csv_line]
        for one, line in zip(new, self._lines([one.cells for one in new]), strict=True):
            one.csv_line = f"{self._delimiter}{line}{self._delimiter}"
        own: list[Sequence[Cell]] = []
        added: list[str] = []
        for number, (cells, result) in enumerate(zip(rows, results, strict=True), first):
            if self._hidden and number in self._hidden:
                continue
            missing = width - len(cells) if result else 0
            own.append([*cells, *[""] * missing] if missing else cells)
            added.append(f"{result.csv_line}{number}\r\n" if result else "\r\n")
        lines = zip(self._lines(own), added, strict=True)
        self._file.write("".join([f"{line}{rest}" for line, rest in lines]))


class JsonWriter(TableWriter):
    """Writes JSON lines: each object as it came, with its result under the names of the columns."""

    def __init__(self, file: TextIO) -> None:
        super().__init__()
        self._file = file
        self._names: list[str] = []

    def write_header(self, cells: Sequence[Cell], added: Sequence[str], width: int) -> None:
        """Take the names of the columns."""
        self._names = [*map(text_of, cells), *[""] * (width - len(cells)), *added]

    def write_rows(
        self, first: int, rows: Iterable[Row], results: Iterable[RowResult | None], width: int
    ) -> None:
        """Write objects; hidden rows are left out."""
        for number, (cells, result) in enumerate(zip(rows, results, strict=True), first):
            if number in self._hidden:
                continue
            values = [text_of(cell) if isinstance(cell, dict) else cell for cell in cells]
            if result:
                values += [*[""] * (width - len(values)), *result.cells, str(number)]
            named = zip_longest(self._names[: len(values)], values, fillvalue="")
            record = {
                name or f"column_{place}": value
                for place, (name, value) in enumerate(named, 1)
                if name or value != ""  # what has no name is left out where it is empty
            }
            if record:
                self._file.write(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE).decode())


_TEMPLATE_HEADERS = (
    Text("公司名称", "Company"), Text("备案编号", "Filing number"), Text("备注", "Note"),
)  # fmt: skip
_EXAMPLES = (
    ("阿里巴巴达摩院（杭州）科技有限公司", "网信算备330110507206401230035号"),
    ("北京百度网讯科技有限公司", "Beijing-WenXinYiYan-20230821"),
)
_EXAMPLE = Text("示例，请替换或删除", "an example: replace or delete it")


def template(ending: str, language: Language) -> bytes:
    """A table to fill in, with two examples, as `csv` or `xlsx`; its cells are texts, so that a
    spreadsheet rounds no number."""
    header = [title.say(language) for title in _TEMPLATE_HEADERS]
    rows = [[*example, _EXAMPLE.say(language)] for example in _EXAMPLES]
    if ending == "csv":
        return csv_bytes([header, *rows])
    with importing:
        from suanbei.search_api.bulk.xlsx import XlsxWriter

    body = io.BytesIO()
    with XlsxWriter(body) as book:
        book.begin_sheet("", (40, 44, 30), as_text=True)
        book.write_header(header, (), len(header))
        book.write_plain(rows)
    return body.getvalue()
