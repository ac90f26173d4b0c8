"""Talking to Meilisearch through its official client: errors are ours, tasks are awaited."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from meilisearch import Client
from meilisearch.errors import (
    MeilisearchApiError,
    MeilisearchCommunicationError,
    MeilisearchError,
    MeilisearchTimeoutError,
)
from requests.exceptions import RequestException

from suanbei.common.errors import SearchUnavailable
from suanbei.common.settings import shown_url

OLDEST = (1, 19)
"""The oldest version that answers as we ask: exact totals of federated searches by page."""
_SECONDS = 10
_TASK_MILLISECONDS = 30 * 60 * 1000
_POLL_MILLISECONDS = 20


class NoSuchIndex(SearchUnavailable):
    """An index or document that is not there (yet, or no longer)."""


class Server:
    """One Meilisearch."""

    def __init__(self, url: str, key: str) -> None:
        self.url = url
        self._shown = shown_url(url)
        self.key = key

    @property
    def _client(self) -> Client:
        # A client changes its own headers with every request, so that threads cannot share one. It keeps no
        # connection that would be worth keeping.
        return Client(self.url, self.key or None, timeout=_SECONDS)

    def version(self) -> str:
        """The server's version.

        Raises:
            SearchUnavailable: it does not answer, refuses the key, or is too old.
        """
        with _translated(self._shown):
            version = str(self._client.get_version()["pkgVersion"])
        if tuple(map(int, version.split(".")[:2])) < OLDEST:
            needed = ".".join(map(str, OLDEST))
            raise SearchUnavailable(
                f"Meilisearch at {self._shown}: version {version}, {needed} needed"
            )
        return version

    def search(
        self, queries: Sequence[Mapping[str, Any]], federation: dict[str, Any]
    ) -> dict[str, Any]:
        """A federated search: the union of queries, in the order of their weights."""
        with _translated(self._shown):
            return dict(self._client.multi_search(queries, federation))

    def document(self, index: str, key: str) -> dict[str, Any]:
        """One document.

        Raises:
            NoSuchIndex: there is none.
        """
        with _translated(self._shown):
            return dict(self._client.http.get(f"indexes/{index}/documents/{key}"))

    def facet_values(self, index: str, facet: str, prefix: str) -> list[tuple[str, int]]:
        """The values of a facet that begin so, the most frequent first, and how many documents have each."""
        with _translated(self._shown):
            answer = self._client.index(index).facet_search(facet, prefix)
        return [(one["value"], one["count"]) for one in answer["facetHits"]]

    def count(self, index: str) -> int:
        """How many documents an index has."""
        with _translated(self._shown):
            return int(self._client.index(index).get_stats().number_of_documents)

    def indexes(self, prefix: str) -> list[str]:
        """The names of indexes that begin so."""
        with _translated(self._shown):
            known: Any = self._client.get_raw_indexes({"limit": 10_000})
        names = [str(index["uid"]) for index in known["results"]]
        return [name for name in names if name.startswith(prefix)]

    def create(self, index: str, settings: Mapping[str, Any]) -> None:
        """Make an index (nothing happens where it is)."""
        with _translated(self._shown):
            self._wait(self._client.create_index(index, {"primaryKey": "id"}).task_uid, "exists")
            self._wait(self._client.index(index).update_settings(dict(settings)).task_uid)

    def write(self, index: str, batches: Iterable[Sequence[Mapping[str, Any]]]) -> int:
        """Add documents, or replace those with the same ids; returns how many."""
        written, tasks = 0, []
        with _translated(self._shown):
            for batch in batches:
                tasks.append(self._client.index(index).add_documents(batch).task_uid)
                written += len(batch)
            for task in tasks:
                self._wait(task)
        return written

    def remove(self, index: str, condition: str) -> None:
        """Delete the documents that a filter finds."""
        with _translated(self._shown):
            self._wait(self._client.index(index).delete_documents(filter=condition).task_uid)

    def drop(self, index: str) -> None:
        """Delete an index."""
        with _translated(self._shown):
            self._wait(self._client.delete_index(index).task_uid, "not_found")

    def _wait(self, task: int, unless: str = "") -> None:
        """Until a task is done; a failure whose code tells that it was needless is none.

        Raises:
            SearchUnavailable: it failed.
        """
        done = self._client.wait_for_task(task, _TASK_MILLISECONDS, _POLL_MILLISECONDS)
        error: Mapping[str, Any] = done.error or {}
        if done.status != "succeeded" and not (unless and unless in str(error.get("code"))):
            raise SearchUnavailable(f"Meilisearch at {self._shown}: {error.get('message')}")


@contextmanager
def _translated(url: str) -> Iterator[None]:
    try:
        yield
    except MeilisearchApiError as error:
        kind = NoSuchIndex if error.status_code == 404 else SearchUnavailable
        raise kind(f"Meilisearch at {url}: {_line(error.message)}") from error
    except (MeilisearchCommunicationError, MeilisearchTimeoutError, RequestException) as error:
        raise SearchUnavailable(f"Meilisearch at {url} does not answer") from error
    except MeilisearchError as error:
        raise SearchUnavailable(f"Meilisearch at {url}: {_line(str(error))}") from error


def _line(message: str) -> str:
    return (message.splitlines() or [""])[0]
