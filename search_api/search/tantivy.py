"""The embedded engine: tantivy, with runs of two and of four signs of folded text as words, so that a fragment
is a word or a phrase of them."""

import logging
import math
import os
import subprocess
import sys
import time
from array import array
from collections.abc import Callable
from importlib.metadata import version
from threading import Lock
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from suanbei.common.errors import AlreadyRunning, SearchUnavailable
from suanbei.common.settings import Settings
from suanbei.registry.data_version import data_version, has_event, newest_event
from suanbei.registry.database import Database
from suanbei.registry.models import Filing
from suanbei.registry.queries.filings import count_filings
from suanbei.search_api.search.documents import read_documents
from suanbei.search_api.search.engine import Health, Page, Progress, Query
from suanbei.search_api.search.spelling import spell
from suanbei.search_api.search.tantivy_index import DamagedIndex, IndexFolder, OpenIndex
from suanbei.search_api.search.tantivy_search import IndexSearch

SECONDS = 3.0
"""Of one query, from the moment the index is up to date."""
_WAIT_SECONDS, _REINDEX_SECONDS = 10.0, 60.0
_BEING_BUILT = "the search index is being built: try again in a while"
T = TypeVar("T")
log = logging.getLogger(__name__)


class TantivyEngine:
    """Answers from an index in files beside the registry; catches up with it before it answers."""

    name = "tantivy"
    seconds = SECONDS
    outdated_at = -math.inf
    builds_apart = False
    """In a server a first index is built by `suanbei reindex`: what that takes of memory is given back."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._database = database
        self.files = IndexFolder(settings.home)
        self._settings = settings
        self._following = Lock()
        self._builder: subprocess.Popen[bytes] | None = None

    def search(self, query: Query) -> Page:
        """See `Engine.search`. What the first one has to load is no part of its time."""
        spell("长")  # loads the tables of readings, once
        return self._answer(lambda index: IndexSearch(index, self.seconds).page(query))

    def ids(self, query: Query) -> "array[int]":
        """See `Engine.ids`."""
        return self._answer(lambda index: array("Q", IndexSearch(index, self.seconds).ids(query)))

    def refresh(self) -> int:
        """See `Engine.refresh`."""
        if self.builds_apart and self.files.opened() is None:
            self._build_apart()
        # An old index goes on answering; where there is none, wait for the one being built.
        wait = 0 if self.files.opened() else _WAIT_SECONDS
        with self.files.writing(wait), self._database.read() as session:
            index = self.files.opened()
            if index is None or not has_event(session, index.live.event):
                return self._build(session)
            newest = data_version(session)
            if index.live.revision == newest:
                return 0
            documents = read_documents(session, index.live.revision)
            present = set(session.execute(select(Filing.id)).scalars())
            gone = set(IndexSearch(index, self.seconds).ids(Query())) - present
            return self.files.update(index, documents, newest, gone, newest_event(session))

    def rebuild(self, progress: Progress | None = None) -> int:
        """See `Engine.rebuild`."""
        with self.files.writing(_REINDEX_SECONDS), self._database.read() as session:
            return self._build(session, progress)

    def _build(self, session: Session, progress: Progress | None = None) -> int:
        total = count_filings(session)
        documents = read_documents(session, progress=progress)
        self.files.build(documents, data_version(session), total, newest_event(session))
        return total

    def health(self) -> Health:
        """See `Engine.health`."""
        index = self.files.opened()
        documents, seen = (index.searcher.num_docs, index.live.revision) if index else (0, 0)
        with self._database.read() as session:
            newest = data_version(session)
        return Health(self.name, version("tantivy"), documents, seen, newest)

    def close(self) -> None:
        """See `Engine.close`."""
        self.files.close()
        if self._builder:
            self._builder.terminate()  # nothing half-built stays
            self._builder.wait()

    def current(self) -> OpenIndex:
        """The index, brought up to date first where nobody else is doing that.

        Raises:
            SearchUnavailable: there is none yet, and another process builds it.
        """
        index = self.files.opened()  # before the registry: it is never newer than that
        with self._database.read() as session:
            is_current = index and index.live.revision == data_version(session)
            if index and is_current and has_event(session, index.live.event):
                return index
        with self._following:  # one thread brings it up to date, the others wait for that
            try:
                self.refresh()
            except AlreadyRunning:
                self.outdated_at = time.monotonic()  # an old index is better than none
            except SearchUnavailable as error:
                if index is None:
                    raise
                self.outdated_at = time.monotonic()
                log.warning("%s", error)
        if (index := self.files.opened()) is None:
            raise SearchUnavailable(_BEING_BUILT)
        return index

    def _build_apart(self) -> None:
        """Let another process build the index, which it may fail to do.

        Raises:
            SearchUnavailable: it takes longer than a search should wait.
        """
        if self._builder is None or self._builder.poll() is not None:
            self._builder = subprocess.Popen(
                [sys.executable, "-P", "-m", "suanbei", "reindex"],
                env=os.environ | self._settings.as_environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        try:
            self._builder.wait(_WAIT_SECONDS)
        except subprocess.TimeoutExpired as error:
            raise SearchUnavailable(_BEING_BUILT) from error

    def _answer(self, work: Callable[[OpenIndex], T]) -> T:
        """Work on the index; once more on one that is built anew if it proves to be damaged."""
        index = self.current()
        try:
            return work(index)
        except BaseException as error:
            if not _is_damage(error):
                raise
            log.warning("index: %s: %s; it is built anew", index.folder, error)
        try:
            self.rebuild()
            return work(self.current())
        except BaseException as error:
            if not _is_damage(error):
                raise
            raise SearchUnavailable(f"search index: {error}") from error


def _is_damage(error: BaseException) -> bool:
    """Whether an error comes from reading what is not what was written. tantivy's panics are no
    `Exception`, and their class cannot be imported."""
    return isinstance(error, DamagedIndex | ValueError | OSError) or (
        type(error).__name__ == "PanicException"
    )
