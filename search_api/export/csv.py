"""CSV that Excel opens: UTF-8 with a byte order mark, nothing that runs as a formula."""

import csv
import io
from collections.abc import Iterable, Iterator

from suanbei.search_api.bulk.cells import neutral
from suanbei.search_api.export.columns import COLUMNS, Head, Part, text_of


def write_csv(_head: Head, parts: Iterable[Part]) -> Iterator[bytes]:
    """A line of column names, and a line a filing."""
    yield b"\xef\xbb\xbf" + _lines([[column.name for column in COLUMNS]])
    for part in parts:
        yield _lines([neutral(text_of(value)) for value in row] for row in part)


def _lines(rows: Iterable[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
