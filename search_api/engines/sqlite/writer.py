"""Writing a segment: a SQLite file that is built once and never changed."""

import sqlite3
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from search_api.engines.base import Dimension, Progress
from search_api.engines.documents import Field, IndexDocument
from search_api.engines.sqlite import bits
from search_api.engines.text import bigrams

_TABLES = """
PRAGMA journal_mode=OFF;
PRAGMA synchronous=OFF;
PRAGMA page_size=8192;
CREATE VIRTUAL TABLE fragments USING fts5(e, n, x, p, content='', tokenize='ascii', columnsize=0);
CREATE TABLE facets (
    dimension TEXT, value TEXT, count INTEGER, ids BLOB, PRIMARY KEY (dimension, value)
) WITHOUT ROWID;
CREATE TABLE sets (name TEXT PRIMARY KEY, ids BLOB) WITHOUT ROWID;
"""
_EVERY = 5000


def write_segment(
    path: Path, documents: Iterable[IndexDocument], gone: Sequence[int], progress: Progress | None,
    total: int = 0,
) -> int:  # fmt: skip
    """Write these filings and the ids of deleted ones; returns how many. Whole, or no file."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.executescript(_TABLES + "BEGIN;")
        count = _write(connection, _told(documents, progress, total), gone)
        connection.execute("COMMIT")
    except BaseException:
        connection.close()
        path.unlink(missing_ok=True)
        raise
    connection.close()
    return count


def _told(
    documents: Iterable[IndexDocument], progress: Progress | None, total: int
) -> Iterator[IndexDocument]:
    for done, document in enumerate(documents):
        if progress and done % _EVERY == 0:
            progress(done, total)
        yield document


def _write(
    connection: sqlite3.Connection, documents: Iterable[IndexDocument], gone: Sequence[int]
) -> int:
    ids = array("L")
    values: defaultdict[tuple[Dimension, str], array[int]] = defaultdict(lambda: array("L"))

    def rows() -> Iterator[tuple[int | str, ...]]:
        for document in documents:
            ids.append(document.id)
            for dimension, of_dimension in document.values.items():
                for value in of_dimension:
                    values[dimension, value].append(document.id)
            yield (document.id, *(bigrams(document.items[field]) for field in Field))

    connection.executemany(
        "INSERT INTO fragments (rowid, e, n, x, p) VALUES (?, ?, ?, ?, ?)", rows()
    )
    connection.execute("INSERT INTO fragments(fragments) VALUES ('optimize')")
    connection.executemany(
        "INSERT INTO facets VALUES (?, ?, ?, ?)",
        (
            (dimension.value, value, len(having), bits.pack(bits.from_ids(having)))
            for (dimension, value), having in sorted(values.items())
        ),
    )
    sets = {"ids": ids, "gone": gone}
    connection.executemany(
        "INSERT INTO sets VALUES (?, ?)",
        [(name, bits.pack(bits.from_ids(members))) for name, members in sets.items()],
    )
    return len(ids)
