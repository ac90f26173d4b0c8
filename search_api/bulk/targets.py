"""Where a checked file goes: CSV, XLSX or JSON lines, written whole or not at all."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from suanbei.common.errors import RegistryError, UsageError
from suanbei.common.late_imports import importing
from suanbei.common.texts import Language
from suanbei.search_api.bulk.cells import Cell
from suanbei.search_api.bulk.csv import CsvTarget, JsonTarget
from suanbei.search_api.bulk.rows_file import Kind, SheetTable

ENDINGS = (".csv", ".tsv", ".txt", ".xlsx", ".jsonl")
MEDIA_TYPES = {
    ".csv": "text/csv; charset=utf-8",
    ".jsonl": "application/jsonl; charset=utf-8",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def ending_for(kind: Kind) -> str:
    """The ending of the answer to a file: in the kind that came in; other tables as XLSX."""
    if kind == "csv":
        return ".csv"
    return ".jsonl" if kind in ("json", "jsonl") else ".xlsx"


class Target(Protocol):
    """A file that is written."""

    has_sheets: bool

    def begin(self, sheet: SheetTable, added: int) -> None:
        """Begin a sheet that gets so many columns beside its own."""

    def write_header(self, cells: Sequence[Cell], added: Sequence[str], width: int) -> None:
        """Write the header, filled up to the width, and the titles of what is added."""

    def write(
        self, cells: Sequence[Cell], added: Sequence[str], width: int, verdict: str = "",
        *, hidden: bool = False,
    ) -> None:  # fmt: skip
        """Write a row and what is added to it; hidden rows are hidden again, or left out."""

    def write_summary(self, lines: Sequence[tuple[str, str]], language: Language) -> None:
        """Write labels and values, where the format has room for them."""


@contextmanager
def open_target(path: Path, delimiter: str) -> Iterator[Target]:
    """A file to write to, of the format that its ending says; renamed when it is whole.

    Raises:
        UsageError: an ending that is none of `ENDINGS`.
        RegistryError: it cannot be written.
    """
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise UsageError(f"{path}: its name must end in .csv, .xlsx or .jsonl")
    part = path.with_name(f".{path.name}.part")
    try:
        with _xlsx(part) if ending == ".xlsx" else _text(part, ending, delimiter) as target:
            yield target
        part.replace(path)
    except OSError as error:
        raise RegistryError(f"{path}: cannot be written ({error.strerror or error})") from error
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _text(path: Path, ending: str, delimiter: str) -> Iterator[Target]:
    encoding = "utf-8" if ending == ".jsonl" else "utf-8-sig"
    with path.open("w", encoding=encoding, newline="") as file:
        if ending == ".jsonl":
            yield JsonTarget(file)
        else:
            yield CsvTarget(file, "\t" if ending == ".tsv" else delimiter)


@contextmanager
def _xlsx(path: Path) -> Iterator[Target]:
    with importing:
        from suanbei.search_api.bulk.xlsx import XlsxTarget

    target = XlsxTarget(path)
    try:
        yield target
    finally:
        target.close()
