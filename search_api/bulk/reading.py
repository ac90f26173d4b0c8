"""Reads any file of rows in a child process with limits, into a file of rows of our own."""

from pathlib import Path

from suanbei.common.errors import BrokenDocument, DocumentTooLarge, SuanbeiError
from suanbei.common.late_imports import importing
from suanbei.common.limited_process import Limits, run_limited
from suanbei.search_api.bulk.rows_file import Kind, RowsWriter, TableFile
from suanbei.search_api.bulk.sniff import kind_of

SERVER_LIMITS = Limits(seconds=18, memory=400 << 20, output=256 << 20, wait=20)
"""Of what strangers send to a server."""
COMMAND_LIMITS = Limits(seconds=300, memory=400 << 20, output=2 << 30, wait=20)
"""Of a file of the user's own, on the command line."""


def read_file(path: Path, name: str, rows: Path, limits: Limits, delimiter: str = "") -> TableFile:
    """Read all tables of a file into `rows`, and tell what they are.

    `name` is what messages call the file; `delimiter` is that of a CSV file, else found.

    Raises:
        DocumentError: it cannot be read; the message says what to do.
        UsageError: a delimiter that can be none.
        Overloaded: others are being read.
    """
    try:
        found = run_limited(read_here, path, name, rows, delimiter, subject=name, limits=limits)
    except SuanbeiError as error:
        rows.unlink(missing_ok=True)
        if type(error) is BrokenDocument and "the reader" in str(error):
            raise DocumentTooLarge(
                f"{name}: reading it takes more memory than allowed, or it is damaged: save what "
                "you need of it as CSV"
            ) from error
        raise
    except BaseException:
        rows.unlink(missing_ok=True)
        raise
    return found


def read_here(path: Path, name: str, rows: Path, delimiter: str = "") -> TableFile:
    """What the child process does."""
    kind = kind_of(path, name)
    with rows.open("wb") as file:
        writer = RowsWriter(file)
        found = _read(path, name, kind, delimiter, writer)
    found.size = path.stat().st_size
    return found


def _read(path: Path, name: str, kind: Kind, delimiter: str, writer: RowsWriter) -> TableFile:
    # Each is loaded only for what it reads: the child starts anew each time.
    if kind in ("xlsx", "xls", "ods"):
        with importing:
            from suanbei.search_api.bulk.workbook import read_workbook

        return read_workbook(path, name, kind, writer)
    if kind in ("html", "mhtml", "xml"):
        with importing:
            from suanbei.search_api.bulk import markup

        readers = {"html": markup.read_html, "mhtml": markup.read_mhtml,
                   "xml": markup.read_spreadsheet_xml}  # fmt: skip
        return readers[kind](path, name, writer)
    with importing:
        from suanbei.search_api.bulk.csv import read_csv, read_json

    if kind == "csv":
        return read_csv(path, name, delimiter, writer)
    return read_json(path, name, writer, lines=kind == "jsonl")
