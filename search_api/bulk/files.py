"""Opening sources and targets by what they are; a target is written whole or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from suanbei.common.errors import RegistryError, UsageError
from suanbei.common.late_imports import importing
from suanbei.search_api.bulk.csv_source import CsvSource
from suanbei.search_api.bulk.csv_target import CsvTarget
from suanbei.search_api.bulk.sniffing import format_of
from suanbei.search_api.bulk.tables import Source, Target


def open_source(path: Path, delimiter: str = "") -> Source:
    """A file of rows, whatever its name says it is.

    Raises:
        DocumentError: it is not there, or neither CSV nor XLSX.
    """
    if format_of(path) == "csv":
        return CsvSource(path, delimiter)
    with importing:
        from suanbei.search_api.bulk.xlsx_source import XlsxSource

    return XlsxSource(path)


@contextmanager
def open_target(path: Path, delimiter: str) -> Iterator[Target]:
    """A file to write rows to, of the format that its ending says; renamed when it is whole.

    Raises:
        UsageError: the ending is neither .csv nor .xlsx.
        RegistryError: it cannot be written.
    """
    ending = path.suffix.lower()
    if ending not in (".csv", ".tsv", ".txt", ".xlsx"):
        raise UsageError(f"{path}: its name must end in .csv or .xlsx")
    part = path.with_name(f".{path.name}.part")
    try:
        with _xlsx(part) if ending == ".xlsx" else _csv(part, delimiter) as target:
            yield target
        part.replace(path)
    except OSError as error:
        raise RegistryError(f"{path}: cannot be written ({error.strerror})") from error
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _csv(path: Path, delimiter: str) -> Iterator[Target]:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        yield CsvTarget(file, delimiter)


@contextmanager
def _xlsx(path: Path) -> Iterator[Target]:
    with importing:
        from suanbei.search_api.bulk.xlsx_target import XlsxTarget

    path.touch()  # a folder that is not there is told of before the work, not after it
    target = XlsxTarget(path)
    try:
        yield target
    finally:
        target.close()
