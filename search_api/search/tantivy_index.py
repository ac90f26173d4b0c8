"""The files of the embedded index: written by one process at a time, read by any number.

    HOME/index-<schema>.json                which folder is live, and the revision it shows
    HOME/index-<schema>.lock                held by whoever writes
    HOME/index-<schema>-<revision>-<name>/  one tantivy index

An index is built in a folder of its own, and is live when the small file names it. A live one is
brought up to date by commits; the file is written after each. Who dies in between leaves a commit
that the next writer makes again, with the same outcome.
"""

import logging
import os
import re
import shutil
import threading
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path

import orjson
import tantivy
from filelock import FileLock, Timeout

from suanbei.common.errors import AlreadyRunning, SearchUnavailable
from suanbei.registry.queries.selection import Dimension
from suanbei.search_api.search.documents import Field, IndexDocument, month_of
from suanbei.search_api.search.spelling import Spelling
from suanbei.search_api.search.text import BEGIN, END, grams, mark

SCHEMA = 110
"""Bump when what is stored changes: another schema is another index. The first edition ended at 99."""
GRAMS = dict.fromkeys(Field, (2,)) | {Field.ENTITY: (4, 2), Field.NUMBER: (4, 2)}
"""Each text is kept as its runs of two signs, in fields e2, n2 …; companies and numbers, in which the same four signs stand
again and again (有限公司, 0112), as those of four too: what is looked for is found by the longer ones where it can be."""
TOTAL, COMPANIES = "what", "company"
FACET_COLUMNS: Mapping[str, tuple[Dimension, ...]] = {
    TOTAL: (
        Dimension.SERIES,
        Dimension.TYPE,
        Dimension.ROLE,
        Dimension.STATUS,
        Dimension.FLAG,
        Dimension.PRODUCT_KIND,
    ),
    "where": (Dimension.REGION, Dimension.CITY, Dimension.DIVISION),
    "when": (Dimension.YEAR, Dimension.PERIOD),
    COMPANIES: (Dimension.ENTITY,),
}
"""Where facets are counted: tantivy looks at every filing found once for each column, so that what has few combinations
(190, 480 and 50 among 10,000 filings) is counted together. Every filing has one value in each: JSON, with a list of values
for each dimension."""
ID_BITS = 40
"""Of an order key: the id of the filing. Above them 20 bits for the month, and one for the status."""
_STATUS_BIT = 1 << (ID_BITS + 20)
_LAST_MONTH = (1 << 20) - 1
_META = "meta.json"
"""Where tantivy keeps which files belong to the last commit."""
_SCHEMA_OF = re.compile(r"index-(\d+)[.-]")
OUTLIVED_SECONDS = 24 * 3600
"""A server of an older version may go on with its own index for so long."""
log = logging.getLogger(__name__)
_HEAP_BYTES, _HEAP_PER_FILING, _LARGEST_HEAP = 20_000_000, 3_000, 400_000_000


class DamagedIndex(Exception):
    """An index whose files are not what was written."""


@dataclass(frozen=True, slots=True)
class Live:
    """The live folder, the revision of the filings that it shows, and the newest event there was then, which
    tells that registry from every other one (empty: none)."""

    folder: str
    revision: int
    event: str = ""


def order_keys(document: IndexDocument) -> dict[str, int]:
    """The month of a filing, and by order its key, unique; `relevance` and `newest` descend, `oldest` ascends."""
    period = document.values[Dimension.PERIOD]
    month = month_of(period[0]) if period else 0
    newest = month << ID_BITS | document.id
    is_active = document.values[Dimension.STATUS] == ("active",)
    return {
        "month": month,
        "relevance": newest | (_STATUS_BIT if is_active else 0),
        "newest": newest,
        "oldest": (month or _LAST_MONTH) << ID_BITS | document.id,
    }


def _schema() -> tantivy.Schema:
    schema = tantivy.SchemaBuilder()
    for field in Field:
        for size in GRAMS[field]:
            schema.add_text_field(f"{field.value}{size}", tokenizer_name="whitespace")
    for column in FACET_COLUMNS:
        schema.add_text_field(column, fast=True, tokenizer_name="raw", index_option="basic")
    for name in (*Dimension, *Spelling):
        schema.add_text_field(name.value, tokenizer_name="raw", index_option="basic")
    for name in ("id", "month", "relevance", "newest", "oldest"):
        schema.add_unsigned_field(name, indexed=True, fast=True)
    schema.add_bytes_field("names", stored=True)
    return schema.build()


def _tantivy_document(document: IndexDocument) -> tantivy.Document:
    made = tantivy.Document()
    made.add_unsigned("id", document.id)
    for name, key in order_keys(document).items():
        made.add_unsigned(name, key)
    for field in Field:
        # Each item is a value of its own: between two of them tantivy leaves a gap.
        for item, size in product(document.items[field], GRAMS[field]):
            made.add_text(f"{field.value}{size}", " ".join(grams(BEGIN + item + END, size)))
    for column, dimensions in FACET_COLUMNS.items():
        values = [document.values[dimension] for dimension in dimensions]
        made.add_text(column, orjson.dumps(values).decode())
    for dimension, some in document.values.items():
        for value in some:
            made.add_text(dimension.value, value)
    for kind, spellings in document.spellings.items():
        for one in spellings:
            made.add_text(kind.value, one)
    names = (mark(document.items[field]) for field in (Field.ENTITY, Field.NAME, Field.FORMER))
    made.add_bytes("names", "\n".join(names).encode())
    return made


def _without_watcher(index: tantivy.Index) -> tantivy.Index:
    """The index without tantivy's thread that reloads it after a commit.

    An `OpenIndex` is of one commit. The thread would read files that `check` has not looked at, and reading
    one that was shortened meanwhile ends the process (SIGBUS).
    """
    index.config_reader(reload_policy="Manual", num_warmers=0)
    return index


class OpenIndex:
    """A live index as it was at one commit; safe for threads. `known` is one that was opened before, whose
    files are not read again.

    Raises:
        DamagedIndex: a file is missing, or not what was written.
    """

    def __init__(self, home: Path, live: Live, known: "OpenIndex | None" = None) -> None:
        self.folder, self.live = home / live.folder, live
        try:
            self.sizes: dict[str, int] = _verify(self.folder, known.sizes if known else {})
            self.index = _without_watcher(tantivy.Index.open(str(self.folder)))
            self.schema = self.index.schema
            self.searcher = self.index.searcher()
        except (ValueError, KeyError, TypeError, OSError) as error:
            raise DamagedIndex(f"{self.folder}: {error}") from error

    def check(self) -> None:
        """Raises DamagedIndex if a file was shortened: reading what is gone would end the process."""
        for path, size in self.sizes.items():
            try:
                if os.stat(path).st_size < size:
                    raise DamagedIndex(f"{path}: shortened")
            except FileNotFoundError:
                continue  # merged, or replaced: what is open stays readable


class IndexFolder:
    """The index files of a home."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._pointer = home / f"index-{SCHEMA}.json"
        self._lock = FileLock(home / f"index-{SCHEMA}.lock")
        self._opening = threading.Lock()
        self._open: OpenIndex | None = None

    def live(self) -> Live | None:
        """What is live; None if nothing is, or nobody can tell."""
        try:
            known = orjson.loads(self._pointer.read_bytes())
            return Live(str(known["folder"]), int(known["revision"]), str(known["event"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def opened(self) -> OpenIndex | None:
        """What is live, open; None if there is none, or it is damaged."""
        with self._opening:
            while live := self.live():
                commit: bytes | None = None
                try:
                    if self._open is None or self._open.live != live:
                        commit = self._last_commit(live)
                        self._open = OpenIndex(self.home, live, self._open)
                    self._open.check()
                    return self._open
                except DamagedIndex as error:
                    self._open = None  # one that was open before is opened anew
                    # No other process has put a newer index in its place, or files of a newer commit.
                    if (self.live(), commit) == (live, self._last_commit(live)):
                        log.warning("index: %s; it is built anew", error)
                        return None
        return None

    def _last_commit(self, live: Live) -> bytes:
        with suppress(OSError):
            return (self.home / live.folder / _META).read_bytes()
        return b""

    def close(self) -> None:
        """Let go of the files."""
        self._open = None

    @contextmanager
    def writing(self, wait_seconds: float = 0) -> Iterator[None]:
        """Be the only one who writes.

        Raises:
            AlreadyRunning: another process is at it.
            SearchUnavailable: the home cannot be written, or the disk is full.
        """
        try:
            with self._lock.acquire(timeout=wait_seconds):
                yield
        except Timeout as error:
            raise AlreadyRunning("index: another process is building it") from error
        except (OSError, ValueError) as error:
            raise SearchUnavailable(f"search index: {error}") from error

    def build(
        self, documents: Iterable[IndexDocument], revision: int, expected: int, event: str = ""
    ) -> Live:
        """Build beside what is live, and swap. To be called while writing.

        `expected` is the number of filings, which says how much memory is worth using; `event` as in `Live`.
        """
        live = Live(f"index-{SCHEMA}-{revision}-{os.urandom(3).hex()}", revision, event)
        folder = self.home / live.folder
        try:
            folder.mkdir(mode=0o700)
            index = _without_watcher(tantivy.Index(_schema(), str(folder)))
            heap = min(_LARGEST_HEAP, max(_HEAP_BYTES, expected * _HEAP_PER_FILING))
            writer = index.writer(heap, 1)
            for document in documents:
                writer.add_document(_tantivy_document(document))
            self._commit(writer, live)
        finally:
            self.sweep()
        return live

    def update(
        self,
        index: OpenIndex,
        documents: Iterable[IndexDocument],
        revision: int,
        gone: Iterable[int],
        event: str = "",
    ) -> int:
        """Replace these filings, and delete those that are gone; returns how many were written.
        To be called while writing."""
        written = 0
        opened = _without_watcher(tantivy.Index.open(str(index.folder)))
        writer = opened.writer(_HEAP_BYTES, 1)
        for one in gone:
            writer.delete_documents_by_query(_with_id(index.schema, one))
        for document in documents:
            written += 1
            writer.delete_documents_by_query(_with_id(index.schema, document.id))
            writer.add_document(_tantivy_document(document))
        self._commit(writer, Live(index.live.folder, revision, event))
        return written

    def sweep(self) -> None:
        """Delete folders that are not live: replaced, or half-built by a process that died; and the
        index of an older schema that nobody has changed for long. To be called while writing."""
        live = self.live()
        live_folder = live.folder if live else ""
        outlived = time.time() - OUTLIVED_SECONDS
        for path in self.home.glob("index-*"):
            schema = _SCHEMA_OF.match(path.name)
            if schema and int(schema[1]) != SCHEMA and path.stat().st_mtime < outlived:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
            elif path.name.startswith(f"index-{SCHEMA}-") and path.name != live_folder:
                shutil.rmtree(path, ignore_errors=True)

    def _commit(self, writer: tantivy.IndexWriter, live: Live) -> None:
        writer.commit()
        writer.wait_merging_threads()
        unfinished = self._pointer.with_suffix(".new")
        unfinished.write_bytes(orjson.dumps(asdict(live)))
        unfinished.replace(self._pointer)


def _with_id(schema: tantivy.Schema, one: int) -> tantivy.Query:
    # Deleting by term takes every Python int for a signed one, and finds nothing.
    return tantivy.Query.term_query(schema, "id", one)


def _verify(folder: Path, verified: Mapping[str, int]) -> dict[str, int]:
    """The sizes of the files of an index's last commit, each checked against the check sum at its end.
    Others are a writer's, and not finished.

    Raises:
        DamagedIndex: a file is shortened or changed.
        ValueError, KeyError, TypeError: the commit cannot be read.
    """
    segments = orjson.loads((folder / _META).read_bytes())["segments"]
    ids = {str(one["segment_id"]).replace("-", "") for one in segments}
    deletions = {f"{one['deletes']['opstamp']}.del" for one in segments if one["deletes"]}
    sizes: dict[str, int] = {}
    for path in folder.iterdir():
        segment, _, rest = path.name.partition(".")
        if segment not in ids or (path.suffix == ".del" and rest not in deletions):
            continue
        size = path.stat().st_size
        if verified.get(str(path)) != size:
            _verify_file(path)
        sizes[str(path)] = size
    return sizes


def _verify_file(path: Path) -> None:
    """A file of tantivy ends with a JSON object, the length of that, and a constant (4 bytes each)."""
    content = path.read_bytes()
    length = int.from_bytes(content[-8:-4], "little")
    end = len(content) - 8 - length
    try:
        expected = orjson.loads(content[max(end, 0) : -8])["crc"]
    except (ValueError, KeyError, TypeError) as error:
        raise DamagedIndex(f"{path}: shortened") from error
    if zlib.crc32(memoryview(content)[:end]) != expected:
        raise DamagedIndex(f"{path}: changed")
