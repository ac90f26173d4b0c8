"""Writing a segment: a SQLite file that is built once and never changed."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from suanbei.common.errors import SearchUnavailable
from suanbei.search_api.search.documents import Field, IndexDocument
from suanbei.search_api.search.engine import Progress
from suanbei.search_api.search.pinyin import spell
from suanbei.search_api.search.sqlite import bits
from suanbei.search_api.search.sqlite.commons import WITH_ENDS, fragments_of, note, with_ends
from suanbei.search_api.search.sqlite.tally import Tally
from suanbei.search_api.search.text import bigrams, mark

COMMON_AT_LEAST, COMMON_SHARE = 2000, 512
"""A fragment is common in so many filings, or in one of so many, whichever is more."""
SAMPLED = 64
"""A common fragment is expected so many times in the sample."""

_TABLES = """
PRAGMA journal_mode=OFF;
PRAGMA synchronous=OFF;
PRAGMA page_size=8192;
CREATE TABLE texts (id INTEGER PRIMARY KEY, e TEXT, n TEXT, x TEXT, p TEXT);
CREATE VIRTUAL TABLE fragments USING
    fts5(bigrams, content='', columnsize=0, detail=none, tokenize='ascii');
INSERT INTO fragments(fragments, rank) VALUES ('hashsize', 67108864);
CREATE TABLE commons (
    field TEXT, fragment TEXT, ids BLOB, same TEXT, PRIMARY KEY (field, fragment)
) WITHOUT ROWID;
CREATE TABLE words (
    word TEXT PRIMARY KEY, pinyin TEXT, initials TEXT, backwards TEXT, count INTEGER
) WITHOUT ROWID;
CREATE TABLE facets (
    dimension TEXT, value TEXT, count INTEGER, ids BLOB, PRIMARY KEY (dimension, value)
) WITHOUT ROWID;
CREATE TABLE columns (dimension TEXT PRIMARY KEY, ordinals BLOB, names TEXT) WITHOUT ROWID;
CREATE TABLE sets (name TEXT PRIMARY KEY, ids BLOB) WITHOUT ROWID;
"""
_INDEXES = (
    # Which fragments are common is read whenever a segment is opened: without going through their sets.
    "CREATE INDEX commons_by_name ON commons (field, fragment, same)",
    "CREATE INDEX facets_by_count ON facets (dimension, count DESC, value)",
    "CREATE INDEX words_by_pinyin ON words (pinyin) WHERE pinyin IS NOT NULL",
    "CREATE INDEX words_by_initials ON words (initials) WHERE initials IS NOT NULL",
    "CREATE INDEX words_backwards ON words (backwards) WHERE backwards IS NOT NULL",
)
_TEXTS = "SELECT id, {field} FROM texts ORDER BY id"
_SAMPLE = "SELECT {field} FROM texts WHERE id % ? = 0"
_EVERY = 5000

Gone = Callable[[int], Sequence[int]]
"""From the filings of a new segment to those that the registry no longer has."""


def write_segment(
    path: Path, documents: Iterable[IndexDocument], gone: Gone,
    progress: Progress | None,
    total: int = 0,
) -> int:  # fmt: skip
    """Write these filings, and the ids of deleted ones; returns how many. Whole, or no file.

    Raises:
        SearchUnavailable: it cannot be written: a full disk.
    """
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            tally = Tally()
            _fill(connection, tally.watch(_told(documents, progress, total)), tally, gone)
    except BaseException as error:
        path.unlink(missing_ok=True)
        if isinstance(error, sqlite3.Error):
            raise SearchUnavailable(f"search index: {error}") from error
        raise
    return len(tally.ids)


def _fill(
    connection: sqlite3.Connection, documents: Iterable[IndexDocument], tally: Tally, gone: Gone
) -> None:
    connection.executescript(_TABLES + "BEGIN;")
    _write_texts(connection, documents)
    _write_commons(connection, len(tally.ids))
    _write_words(connection, tally)
    _write_values(connection, tally, gone)
    connection.execute("COMMIT")
    for index in _INDEXES:
        connection.execute(index)
    connection.execute("INSERT INTO fragments(fragments) VALUES ('optimize')")


def _told(
    documents: Iterable[IndexDocument], progress: Progress | None, total: int
) -> Iterator[IndexDocument]:
    for done, document in enumerate(documents):
        if progress and done % _EVERY == 0:
            progress(done, total)
        yield document


def _write_texts(connection: sqlite3.Connection, documents: Iterable[IndexDocument]) -> None:
    into_texts = "INSERT INTO texts VALUES (?, ?, ?, ?, ?)"
    into_fragments = "INSERT INTO fragments (rowid, bigrams) VALUES (?, ?)"
    for document in documents:
        marked = [mark(document.items[field]) for field in Field]
        tokens = " ".join(map(_tokens, Field, marked))
        connection.execute(into_texts, (document.id, *marked))
        connection.execute(into_fragments, (document.id, tokens))


def _tokens(field: Field, marked: str) -> str:
    """The bigrams of marked items as words, each after the letter of the field: `e‹抖 e抖音 e音›`."""
    separator = " " + field.value
    return " ".join(
        [field.value + separator.join(bigrams(item)) for item in marked.split("\n") if item]
    )


def _write_commons(connection: sqlite3.Connection, total: int) -> None:
    threshold = max(COMMON_AT_LEAST, total // COMMON_SHARE)
    if total < threshold:
        return
    step = max(1, threshold // SAMPLED)
    for field in Field:
        sample = connection.execute(_SAMPLE.format(field=field.value), (step,)).fetchall()
        fragments = fragments_of([text for (text,) in sample], threshold // step)
        if field in WITH_ENDS:
            fragments = with_ends(fragments)
        texts = connection.execute(_TEXTS.format(field=field.value))
        rows = (
            (field.value, one.fragment, one.ids and bits.pack(one.ids), one.same)
            for one in note(texts, fragments)
        )
        connection.executemany("INSERT INTO commons VALUES (?, ?, ?, ?)", rows)


def _write_words(connection: sqlite3.Connection, tally: Tally) -> None:
    """Chinese words with their spelling; Latin ones also backwards, to be found by their end."""

    def row(word: str, count: int) -> tuple[str, str | None, str | None, str | None, int]:
        spelled = spell(word)
        if spelled:
            return word, spelled.pinyin, spelled.initials, None, count
        return word, None, None, word[::-1], count

    rows = (row(word, count) for word, count in sorted(tally.words.items()))
    connection.executemany("INSERT INTO words VALUES (?, ?, ?, ?, ?)", rows)


def _write_values(connection: sqlite3.Connection, tally: Tally, gone: Gone) -> None:
    connection.executemany(
        "INSERT INTO facets VALUES (?, ?, ?, ?)",
        (
            (dimension.value, value, len(ids), bits.pack(ids))
            for (dimension, value), ids in sorted(tally.having.items())
        ),
    )
    connection.executemany(
        "INSERT INTO columns VALUES (?, ?, ?)",
        ((dimension.value, *column.packed()) for dimension, column in tally.columns.items()),
    )
    sets = {"ids": tally.ids, "gone": gone(bits.from_ids(tally.ids))}
    connection.executemany(
        "INSERT INTO sets VALUES (?, ?)",
        [(name, bits.pack(list(members))) for name, members in sets.items()],
    )
