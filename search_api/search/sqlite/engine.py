"""The embedded engine: SQLite FTS5 over bigrams, in files beside the registry."""

import sqlite3
from array import array
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from threading import Lock

from sqlalchemy import func, select

from suanbei.common.errors import SearchUnavailable
from suanbei.common.settings import Settings
from suanbei.registry.data_version import data_version
from suanbei.registry.database import Database
from suanbei.registry.models import Filing
from suanbei.search_api.search.deadline import SECONDS, TimeUp, check, within
from suanbei.search_api.search.documents import read_documents
from suanbei.search_api.search.engine import (
    Dimension,
    FacetValue,
    Health,
    Hit,
    Level,
    Page,
    Progress,
    Query,
    Sort,
)
from suanbei.search_api.search.pinyin import load_readings
from suanbei.search_api.search.sqlite import bits
from suanbei.search_api.search.sqlite.facets import allowed, is_filtered
from suanbei.search_api.search.sqlite.manifest import IndexBusy, Manifest, SegmentEntry
from suanbei.search_api.search.sqlite.matching import LEVELS, Matched, match
from suanbei.search_api.search.sqlite.paging import (
    UNRANKED,
    Place,
    in_order,
    read_place,
    write_place,
)
from suanbei.search_api.search.sqlite.segment import Segment
from suanbei.search_api.search.sqlite.state import State
from suanbei.search_api.search.sqlite.writer import write_segment
from suanbei.search_api.search.terms import Terms

_TAKEN_OVER = 2
Ranked = list[tuple[int, int]]
"""Disjoint sets of filings by rank (see `matching`)."""


class SqliteEngine:
    """Answers from segments; catches up with the registry before it answers."""

    name = "sqlite"
    seconds = SECONDS

    def __init__(self, settings: Settings, database: Database) -> None:
        self._database = database
        self.home = settings.home
        self._manifest = Manifest(settings.home)
        self._lock, self._following = Lock(), Lock()
        self._open: dict[str, Segment] = {}
        self._state: tuple[tuple[SegmentEntry, ...], State] | None = None

    def search(self, query: Query) -> Page:
        """See `Engine.search`."""
        place = read_place(query.cursor)
        state = self.current()
        passed = allowed(state, query.filters)
        terms = Terms(query.text)
        if not terms.is_empty:
            load_readings()  # once in a process; it is not the query's time
        with within(self.seconds):
            matched = None if terms.is_empty else match(state, terms)
            found = matched.found & passed if matched else passed
            facets = _facets(state, query, matched, found)
        ranked = _ranked(matched, passed)
        order = in_order(state, _merged(ranked, query.sort), query.sort, place)
        page = list(islice(order, query.limit + 1))
        return Page(
            hits=tuple(_hit(place, ranked) for place in page[: query.limit]),
            total=found.bit_count(),
            next=write_place(page[query.limit - 1]) if len(page) > query.limit else None,
            facets=facets,
            fragments=matched.fragments if matched else (),
            guesses=matched.guesses if matched else (),
            limited=bool(matched and matched.limited) or len(facets) < len(query.facets),
        )

    def ids(self, query: Query) -> "array[int]":
        """See `Engine.ids`."""
        state = self.current()
        terms = Terms(query.text)
        found = allowed(state, query.filters)
        if not terms.is_empty:
            found &= match(state, terms).found
        return array("Q", bits.each(found))

    def refresh(self) -> int:
        """See `Engine.refresh`."""
        with self._manifest.writing() as draft:
            kept = self._kept(draft.segments)
            entry = self._build(self._manifest.new_file(), kept, None)
            if entry:
                draft.replace([*kept, entry])
        return entry.documents if entry else 0

    def rebuild(self, progress: Progress | None = None) -> int:
        """See `Engine.rebuild`."""
        path = self._manifest.announce()
        entry = self._build(path, (), progress)
        if entry is None:
            return 0
        with self._manifest.writing() as draft:
            newer = [one for one in draft.segments if one.revision > entry.revision]
            draft.replace([entry, *newer])
        return entry.documents

    def health(self) -> Health:
        """See `Engine.health`."""
        segments = self._manifest.segments()
        documents = self._state_of(segments).all.bit_count() if segments else 0
        seen = segments[-1].revision if segments else 0
        return Health(self.name, sqlite3.sqlite_version, documents, seen, self._newest())

    def close(self) -> None:
        """See `Engine.close`."""
        with self._lock:
            for segment in self._open.values():
                segment.close()
            self._open = {}
            self._state = None
        self._manifest.close()

    def _newest(self) -> int:
        with self._database.read() as session:
            return data_version(session)

    def current(self) -> State:
        """What the index says now, brought up to date first."""
        newest = self._newest()
        segments = self._manifest.segments()
        if not segments or segments[-1].revision < newest:
            with self._following:
                self._follow(bool(segments))
            segments = self._manifest.segments()
        return self._state_of(segments)

    def _follow(self, has_index: bool) -> None:
        try:
            self.refresh()
        except IndexBusy:
            # Another process is at it, and has been for long: an old index is better than none.
            if not has_index:
                raise

    def _state_of(self, segments: tuple[SegmentEntry, ...]) -> State:
        with self._lock:
            if self._state is None or self._state[0] != segments:
                names = [entry.file for entry in segments]
                try:
                    opened = {
                        n: self._open.get(n) or Segment(self._manifest.home / n) for n in names
                    }
                except sqlite3.Error as error:
                    raise SearchUnavailable(f"{self._manifest.path}: {error}") from error
                for name in set(self._open) - set(opened):
                    self._open[name].close()
                self._open = opened
                self._state = segments, State([opened[name] for name in names])
            return self._state[1]

    def _kept(self, segments: Sequence[SegmentEntry]) -> Sequence[SegmentEntry]:
        """The segments that a new one does not take over.

        It takes over those that are not much larger than what it takes over already: so no filing
        is written more often than the number of filings has doubled, and segments stay few.
        """
        if not segments:
            return ()
        with self._database.read() as session:
            since = Filing.data_version > segments[-1].revision
            taken = session.execute(select(func.count()).where(since)).scalar_one()
        kept = list(segments)
        while kept and kept[-1].documents <= _TAKEN_OVER * taken:
            taken += kept.pop().documents
        return kept

    def _build(
        self, path: Path, kept: Sequence[SegmentEntry], progress: Progress | None
    ) -> SegmentEntry | None:
        """A segment of all that was written after the kept ones; None if nothing was."""
        since = kept[-1].revision if kept else 0
        with self._database.read() as session:
            upto = data_version(session)
            if since and upto <= since:
                return None
            total = session.execute(select(func.count()).select_from(Filing)).scalar_one()

            def gone(new: int) -> list[int]:
                shown = self._state_of(tuple(kept)).all | new if kept else new
                if shown.bit_count() == total:
                    return []
                present = bits.from_ids(session.execute(select(Filing.id)).scalars())
                return bits.to_ids(shown & ~present)

            written = write_segment(path, read_documents(session, since), gone, progress, total)
        return SegmentEntry(path.name, written, upto)


def _facets(
    state: State, query: Query, matched: Matched | None, found: int
) -> dict[Dimension, tuple[FacetValue, ...]]:
    """The counts, as far as there is time."""
    counting = state.counting(found)
    facets: dict[Dimension, tuple[FacetValue, ...]] = {}
    for dimension in query.facets:
        try:
            check()
            among = counting
            if is_filtered(query.filters, dimension):
                others = allowed(state, query.filters, dimension)
                among = state.counting(others & matched.found if matched else others)
            facets[dimension] = among.count(dimension, query.facet_values)
        except TimeUp:
            break
    return facets


def _ranked(matched: Matched | None, passed: int) -> Ranked:
    if matched is None:
        return [(UNRANKED, passed)]
    before = 0
    ranked: Ranked = []
    for rank, upto in enumerate(matched.upto):
        if upto is not before:  # nothing was added at most ranks
            ranked.append((rank, (upto ^ before) & passed))
        before = upto
    return ranked


def _merged(ranked: Ranked, sort: Sort) -> Ranked:
    """By rank only where the order is by relevance."""
    if sort is Sort.RELEVANCE:
        return ranked
    found = 0
    for _, one in ranked:
        found |= one
    return [(UNRANKED, found)]


def _hit(place: Place, ranked: Ranked) -> Hit:
    rank = place.rank
    if rank == UNRANKED:
        rank = next((rank for rank, found in ranked if found >> place.id & 1), UNRANKED)
    if rank == UNRANKED:
        return Hit(place.id, None)
    return Hit(place.id, Level(rank % LEVELS), rank >= LEVELS)
