"""Which indexes are live, up to which revision, and how they are brought up to date.

One small document of a third index says it; replacing it is the moment at which a new state is
seen. Indexes are named by schema and revision, built beside the live ones, and deleted when they
are not live (any more): a half-built one too.
"""

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from suanbei.registry.data_version import data_version
from suanbei.registry.models import Filing
from suanbei.search_api.search.documents import IndexDocument, read_documents
from suanbei.search_api.search.engine import Progress
from suanbei.search_api.search.meilisearch.layout import (
    FILINGS_SETTINGS,
    SCHEMA,
    WORDS_SETTINGS,
    document_of,
    word_id,
    word_of,
)
from suanbei.search_api.search.meilisearch.server import NoSuchIndex, Server
from suanbei.search_api.search.spelling import Word

_BATCH = 4000
_KEY = f"schema-{SCHEMA}"


@dataclass(frozen=True, slots=True)
class Live:
    """The names of the live indexes, and the revision of the filings they show."""

    filings: str
    words: str
    revision: int


class Indexes:
    """The indexes of one registry on one server."""

    def __init__(self, server: Server, prefix: str) -> None:
        self._server, self.prefix = server, prefix
        self._state = f"{prefix}-live"

    def live(self) -> Live | None:
        """What is live; None before the first build."""
        try:
            known = self._server.document(self._state, _KEY)
        except NoSuchIndex:
            return None
        return Live(known["filings"], known["words"], known["revision"])

    def rebuild(self, session: Session, progress: Progress | None) -> int:
        """Build anew beside what is live, and swap; returns how many filings."""
        upto = data_version(session)
        name = f"{self.prefix}-{SCHEMA}-{upto}-{os.urandom(3).hex()}"
        live = Live(name, f"{name}-words", upto)
        total = session.execute(select(func.count()).select_from(Filing)).scalar_one()
        try:
            self._server.create(live.filings, FILINGS_SETTINGS)
            self._server.create(live.words, WORDS_SETTINGS)
            words: Counter[str] = Counter()
            written = self._write(live, _told(read_documents(session), progress, total), words)
            self._write_words(live, words)
            self._set(live)
        finally:
            self._sweep()
        return written

    def follow(self, session: Session, live: Live) -> int:
        """Take in what was written to the registry since; returns how many filings."""
        upto = data_version(session)
        words: Counter[str] = Counter()
        written = self._write(live, read_documents(session, live.revision), words)
        known = self._known_words(live, words)
        self._write_words(live, Counter({w: n for w, n in words.items() if w not in known}))
        self._remove_gone(session, live)
        self._set(Live(live.filings, live.words, upto))
        return written

    def drop(self) -> None:
        """Delete all of it."""
        for name in self._server.indexes(f"{self.prefix}-"):
            self._server.drop(name)

    def _write(self, live: Live, documents: Iterable[IndexDocument], words: Counter[str]) -> int:
        def rows() -> Iterator[dict[str, Any]]:
            for document in documents:
                words.update(document.words)
                yield document_of(document)

        return self._server.write(live.filings, _batches(rows()))

    def _write_words(self, live: Live, words: Counter[str]) -> None:
        rows = (word_of(Word(word, count)) for word, count in words.items())
        self._server.write(live.words, _batches(rows))

    def _known_words(self, live: Live, words: Counter[str]) -> set[str]:
        known: set[str] = set()
        for batch in _batches({"word": word} for word in words):
            ids = [word_id(one["word"]) for one in batch]
            found = self._server.documents(live.words, ids=ids, fields=["word"], limit=len(ids))
            known.update(one["word"] for one in found)
        return known

    def _remove_gone(self, session: Session, live: Live) -> None:
        """Delete filings that the registry no longer has, if the numbers tell that there are any."""
        total = session.execute(select(func.count()).select_from(Filing)).scalar_one()
        count = self._server.count(live.filings)
        if count == total:
            return
        present = set(session.execute(select(Filing.id)).scalars())
        shown = self._server.documents(live.filings, fields=["id"], limit=count)
        self._server.remove(live.filings, [one["id"] for one in shown if one["id"] not in present])

    def _set(self, live: Live) -> None:
        self._server.create(self._state, {"searchableAttributes": []})
        self._server.write(self._state, [[{"id": _KEY} | asdict(live)]])

    def _sweep(self) -> None:
        """Delete the indexes of this schema that are not live."""
        live = self.live()
        kept = {live.filings, live.words} if live else set()
        for name in self._server.indexes(f"{self.prefix}-{SCHEMA}-"):
            if name not in kept:
                self._server.drop(name)


def _told(
    documents: Iterable[IndexDocument], progress: Progress | None, total: int
) -> Iterator[IndexDocument]:
    for done, document in enumerate(documents):
        if progress and done % _BATCH == 0:
            progress(done, total)
        yield document


def _batches(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    rows = iter(rows)
    while batch := list(islice(rows, _BATCH)):
        yield batch
