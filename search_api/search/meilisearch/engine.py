"""Meilisearch behind the protocol."""

import time
from array import array
from collections.abc import Iterator

from suanbei.common.errors import AlreadyRunning, SearchUnavailable
from suanbei.common.settings import Settings
from suanbei.registry.data_version import data_version
from suanbei.registry.database import Database
from suanbei.registry.leases import Lease, holding
from suanbei.search_api.paging import (
    MOST_ID,
    MOST_OFFSET,
    bad_cursor,
    decode_cursor,
    encode_cursor,
    is_whole,
)
from suanbei.search_api.search.engine import Health, Page, Progress, Query, Sort
from suanbei.search_api.search.meilisearch.answering import Asking
from suanbei.search_api.search.meilisearch.asking import Ask, condition_of, query_of
from suanbei.search_api.search.meilisearch.live import Indexes, Live
from suanbei.search_api.search.meilisearch.server import Server

_WAIT_SECONDS, _POLL_SECONDS = 10.0, 0.1
_IDS_AT_ONCE = 10_000


class MeiliEngine:
    """Answers from a Meilisearch; catches up with the registry before it answers."""

    name = "meilisearch"

    def __init__(self, settings: Settings, database: Database, prefix: str = "suanbei") -> None:
        self._database = database
        self.server = Server(settings.search_url, settings.search_key)
        self.indexes = Indexes(self.server, prefix)
        self._lease = Lease(database, "index")

    def search(self, query: Query) -> Page:
        """See `Engine.search`."""
        offset, upto = _read_cursor(query.cursor)
        live = self.current()
        asking = Asking(self.server, live)
        matched = asking.match(query.text)
        condition = condition_of(query.filters)
        total, facets = asking.counts(matched.asks, query)
        # What came after the first page was asked for must not push filings to later pages.
        bounded = " AND ".join(filter(None, (condition, f"id <= {upto}" if upto else "")))
        hits = asking.hits(matched.asks, query.sort, bounded, offset, query.limit + 1)
        page = tuple(hits[: query.limit])
        more = len(hits) > query.limit
        newest = upto or (self._newest_id(live) if more else 0)
        return Page(
            hits=page,
            total=total,
            next=encode_cursor([offset + query.limit, newest]) if more else None,
            facets=facets,
            fragments=matched.fragments,
            guesses=matched.guesses,
            limited=matched.limited or asking.was_cut_off,
        )

    def ids(self, query: Query) -> "array[int]":
        """See `Engine.ids`."""
        return array("Q", sorted(self._ids(query)))

    def _ids(self, query: Query) -> Iterator[int]:
        asking = Asking(self.server, self.current())
        asks = asking.match(query.text).asks
        condition, offset = condition_of(query.filters), 0
        while hits := asking.hits(asks, query.sort, condition, offset, _IDS_AT_ONCE):
            yield from (hit.id for hit in hits)
            offset += len(hits)

    def refresh(self) -> int:
        """See `Engine.refresh`."""
        self.server.version()
        with holding(self._lease), self._database.read() as session:
            live = self.indexes.live()
            if live is None:
                return self.indexes.rebuild(session, None)
            if live.revision == data_version(session):
                return 0
            return self.indexes.follow(session, live)

    def rebuild(self, progress: Progress | None = None) -> int:
        """See `Engine.rebuild`."""
        self.server.version()
        with holding(self._lease), self._database.read() as session:
            return self.indexes.rebuild(session, progress)

    def health(self) -> Health:
        """See `Engine.health`."""
        version, live = self.server.version(), self.indexes.live()
        documents = self.server.count(live.filings) if live else 0
        return Health(self.name, version, documents, live.revision if live else 0, self._newest())

    def close(self) -> None:
        """See `Engine.close`."""

    def _newest(self) -> int:
        with self._database.read() as session:
            return data_version(session)

    def current(self) -> Live:
        """What is live, brought up to date first.

        Raises:
            SearchUnavailable: no answer, or no index yet because another process builds it.
        """
        newest = self._newest()
        live = self.indexes.live()
        if live is None or live.revision < newest:
            try:
                self.refresh()
            except AlreadyRunning:
                self._await(newest)
            live = self.indexes.live()
        if live is None:
            raise SearchUnavailable("the search index is being built: try again in a while")
        return live

    def _await(self, newest: int) -> None:
        """Wait until whoever is bringing the index up to date has done so, for a while."""
        until = time.monotonic() + _WAIT_SECONDS
        while time.monotonic() < until:
            live = self.indexes.live()
            if live and live.revision >= newest:
                return
            time.sleep(_POLL_SECONDS)

    def _newest_id(self, live: Live) -> int:
        asks = [Ask("", (), -1)]
        query = query_of(live.filings, asks[0], Sort.RELEVANCE, "") | {"sort": ["id:desc"]}
        return int(self.server.search([query], {"limit": 1})["hits"][0]["id"])


def _read_cursor(cursor: str) -> tuple[int, int]:
    if not cursor:
        return 0, 0
    match decode_cursor(cursor):
        case [offset, upto] if is_whole(offset, MOST_OFFSET) and is_whole(upto, MOST_ID):
            return offset, upto
    raise bad_cursor()
