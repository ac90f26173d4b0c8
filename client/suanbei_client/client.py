"""The client, without asyncio and with it."""

from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any, Self, cast

import httpx

from suanbei_client import requests
from suanbei_client.requests import ApiRequest, Pair, answer_of, headers_of
from suanbei_client.types import Change, Entity, Filing, FilingDetail, Receipt, Verdict


class Suanbei:
    """A server of Suanbei, asked without asyncio. `key` is needed for subscriptions only; `timeout` is in seconds."""

    def __init__(
        self, base_url: str, *, key: str = "", language: str = "zh", timeout: float = 60.0
    ) -> None:
        self._language = language
        self._http = httpx.Client(
            base_url=base_url, headers=headers_of(key), timeout=timeout, follow_redirects=True
        )

    def __enter__(self) -> Self:
        """Itself; its connections are closed at the end."""
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _send(self, request: ApiRequest) -> Any:
        response = self._http.request(
            request.method, request.path, params=request.params, json=request.body
        )
        return answer_of(response)

    def verify(self, number: str, entity: str = "") -> Verdict:
        """Whether a number is real, and theirs: `entity` is the company that claims it.

        Raises:
            ApiError: the server refuses the question.
        """
        request = requests.verify(number, entity, self._language)
        return cast("Verdict", self._send(request))

    def verify_many(self, pairs: Iterable[Pair]) -> list[Verdict]:
        """Verdicts in the order of the numbers, or of (number, company) pairs."""
        verdicts: list[Verdict] = []
        for request in requests.verify_many(pairs, self._language):
            verdicts += (self._send(request))["items"]
        return verdicts

    def search(self, text: str = "", **filters: Any) -> Iterator[Filing]:
        """All filings that a text and filters (series, type, region, year, status …) find."""
        cursor: str | None = None
        while True:
            page = self._send(requests.search(text, filters, cursor))
            yield from page["items"]
            cursor = page["next"]
            if not cursor:
                return

    def filing(self, number: str) -> FilingDetail:
        """What is known of one number, in every series that lists it."""
        return cast("FilingDetail", self._send(requests.filing(number)))

    def entity(self, entity_id: str) -> Entity:
        """A company by its id, or by one that it had before."""
        return cast("Entity", self._send(requests.entity(entity_id)))

    def changes(self, after: int = 0, *, follow: bool = False, **filters: Any) -> Iterator[Change]:
        """Changes after an id, the oldest first; with `follow`, for ever, as they come."""
        while True:
            page = self._send(requests.changes(after, filters, wait=follow))
            yield from page["items"]
            if page["next"] is None and not follow:
                return
            after = page["next"] or page["last"]

    def issue_receipt(self, number: str, entity: str = "", reference: str = "") -> Receipt:
        """A verdict now, signed and kept by the server under an id that cannot be guessed."""
        request = requests.issue_receipt(number, entity, reference)
        return cast("Receipt", self._send(request))

    def receipt(self, receipt_id: str) -> Receipt:
        """A receipt that was issued before."""
        return cast("Receipt", self._send(requests.receipt(receipt_id)))


class AsyncSuanbei:
    """A server of Suanbei, asked with asyncio. `key` is needed for subscriptions only; `timeout` is in seconds."""

    def __init__(
        self, base_url: str, *, key: str = "", language: str = "zh", timeout: float = 60.0
    ) -> None:
        self._language = language
        self._http = httpx.AsyncClient(
            base_url=base_url, headers=headers_of(key), timeout=timeout, follow_redirects=True
        )

    async def __aenter__(self) -> Self:
        """Itself; its connections are closed at the end."""
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _send(self, request: ApiRequest) -> Any:
        response = await self._http.request(
            request.method, request.path, params=request.params, json=request.body
        )
        return answer_of(response)

    async def verify(self, number: str, entity: str = "") -> Verdict:
        """Whether a number is real, and theirs: `entity` is the company that claims it.

        Raises:
            ApiError: the server refuses the question.
        """
        request = requests.verify(number, entity, self._language)
        return cast("Verdict", await self._send(request))

    async def verify_many(self, pairs: Iterable[Pair]) -> list[Verdict]:
        """Verdicts in the order of the numbers, or of (number, company) pairs."""
        verdicts: list[Verdict] = []
        for request in requests.verify_many(pairs, self._language):
            verdicts += (await self._send(request))["items"]
        return verdicts

    async def search(self, text: str = "", **filters: Any) -> AsyncIterator[Filing]:
        """All filings that a text and filters (series, type, region, year, status …) find."""
        cursor: str | None = None
        while True:
            page = await self._send(requests.search(text, filters, cursor))
            for found in page["items"]:
                yield found
            cursor = page["next"]
            if not cursor:
                return

    async def filing(self, number: str) -> FilingDetail:
        """What is known of one number, in every series that lists it."""
        return cast("FilingDetail", await self._send(requests.filing(number)))

    async def entity(self, entity_id: str) -> Entity:
        """A company by its id, or by one that it had before."""
        return cast("Entity", await self._send(requests.entity(entity_id)))

    async def changes(
        self, after: int = 0, *, follow: bool = False, **filters: Any
    ) -> AsyncIterator[Change]:
        """Changes after an id, the oldest first; with `follow`, for ever, as they come."""
        while True:
            page = await self._send(requests.changes(after, filters, wait=follow))
            for change in page["items"]:
                yield change
            if page["next"] is None and not follow:
                return
            after = page["next"] or page["last"]

    async def issue_receipt(self, number: str, entity: str = "", reference: str = "") -> Receipt:
        """A verdict now, signed and kept by the server under an id that cannot be guessed."""
        request = requests.issue_receipt(number, entity, reference)
        return cast("Receipt", await self._send(request))

    async def receipt(self, receipt_id: str) -> Receipt:
        """A receipt that was issued before."""
        return cast("Receipt", await self._send(requests.receipt(receipt_id)))
