"""The client, without asyncio and with it."""

from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any, Self, cast
from urllib.parse import quote

import httpx

from suanbei_client.types import Change, Entity, Filing, FilingDetail, Receipt, Verdict

PAGE = 100
"""Filings or changes asked for at once."""
WAIT_SECONDS = 30
"""How long the server holds a request for changes open."""
MANY = 1000
"""Numbers that POST /v1/verify takes at once."""

Pair = str | tuple[str, str]
ApiRequest = dict[str, Any]
"""One request, as the arguments of httpx."""


class ApiError(Exception):
    """A problem document (RFC 9457).

    `status` is the HTTP status, `code` the stable code of the error, `detail` the sentence for people,
    `retry_after` the seconds to wait before asking again, where the server says so.
    """

    def __init__(
        self, status: int, code: str, detail: str, retry_after: float | None = None
    ) -> None:
        super().__init__(f"{status} {code}: {detail}")
        self.status, self.code, self.detail, self.retry_after = status, code, detail, retry_after


def _answer_of(response: httpx.Response) -> Any:
    """The JSON of an answer.

    Raises:
        ApiError: the server refuses; it says why.
    """
    if response.is_success:
        return response.json()
    problem: dict[str, Any] = {}
    if "json" in response.headers.get("content-type", ""):
        problem = response.json()
    waited = response.headers.get("retry-after", "")
    raise ApiError(
        response.status_code,
        problem.get("code", "http_error"),
        problem.get("detail", response.reason_phrase),
        float(waited) if waited.isdecimal() else None,
    )


def _headers(key: str) -> dict[str, str]:
    """The headers of every request; `key` is an API key, or empty."""
    agent = {"User-Agent": "suanbei-client/0.1"}
    return agent | ({"Authorization": f"Bearer {key}"} if key else {})


def _get(path: str, params: dict[str, Any]) -> ApiRequest:
    return {"method": "GET", "url": path, "params": params}


def _get_one(kind: str, name: str) -> ApiRequest:
    """One filing, company or receipt."""
    return _get(f"/v1/{kind}/{quote(name, safe='')}", {})


def _verify(number: str, entity: str, language: str) -> ApiRequest:
    params = {"number": number, "lang": language} | ({"entity": entity} if entity else {})
    return _get("/v1/verify", params)


def _verify_many(pairs: Iterable[Pair], language: str) -> list[ApiRequest]:
    """Verdicts on many, in requests of a thousand."""
    asked = [(one, "") if isinstance(one, str) else one for one in pairs]
    items = [{"number": number, "entity": entity} for number, entity in asked]
    return [
        {"method": "POST", "url": "/v1/verify", "params": {"lang": language},
         "json": {"items": items[start : start + MANY]}}
        for start in range(0, len(items), MANY)
    ]  # fmt: skip


def _search(text: str, filters: dict[str, Any], cursor: str | None) -> ApiRequest:
    params = {"limit": PAGE} | ({"q": text} if text else {}) | filters
    return _get("/v1/filings", params | ({"cursor": cursor} if cursor else {}))


def _changes(after: int, filters: dict[str, Any], *, wait: bool) -> ApiRequest:
    params = filters | {"after": after, "limit": PAGE} | ({"wait": WAIT_SECONDS} if wait else {})
    return _get("/v1/changes", params)


def _issue_receipt(number: str, entity: str, reference: str) -> ApiRequest:
    asked = {"number": number, "entity": entity, "reference": reference}
    given = {name: one for name, one in asked.items() if one}
    return {"method": "POST", "url": "/v1/receipts", "json": given}


class Suanbei:
    """A server of Suanbei, asked without asyncio. `key` is needed for subscriptions only; `timeout` is in seconds."""

    def __init__(
        self, base_url: str, *, key: str = "", language: str = "zh", timeout: float = 60.0
    ) -> None:
        self._language = language
        self._http = httpx.Client(
            base_url=base_url, headers=_headers(key), timeout=timeout, follow_redirects=True
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
        return _answer_of(self._http.request(**request))

    def verify(self, number: str, entity: str = "") -> Verdict:
        """Whether a number is real, and theirs: `entity` is the company that claims it.

        Raises:
            ApiError: the server refuses the question.
        """
        return cast("Verdict", self._send(_verify(number, entity, self._language)))

    def verify_many(self, pairs: Iterable[Pair]) -> list[Verdict]:
        """Verdicts in the order of the numbers, or of (number, company) pairs."""
        verdicts: list[Verdict] = []
        for request in _verify_many(pairs, self._language):
            verdicts += self._send(request)["items"]
        return verdicts

    def search(self, text: str = "", **filters: Any) -> Iterator[Filing]:
        """All filings that a text and filters (series, type, region, year, status …) find."""
        cursor: str | None = None
        while True:
            page = self._send(_search(text, filters, cursor))
            yield from page["items"]
            cursor = page["next"]
            if not cursor:
                return

    def filing(self, number: str) -> FilingDetail:
        """What is known of one number, in every series that lists it."""
        return cast("FilingDetail", self._send(_get_one("filings", number)))

    def entity(self, entity_id: str) -> Entity:
        """A company by its id, or by one that it had before."""
        return cast("Entity", self._send(_get_one("entities", entity_id)))

    def changes(self, after: int = 0, *, follow: bool = False, **filters: Any) -> Iterator[Change]:
        """Changes after an id, the oldest first; with `follow`, for ever, as they come."""
        while True:
            page = self._send(_changes(after, filters, wait=follow))
            yield from page["items"]
            if page["next"] is None and not follow:
                return
            after = page["next"] or page["last"]

    def issue_receipt(self, number: str, entity: str = "", reference: str = "") -> Receipt:
        """A verdict now, signed and kept by the server under an id that cannot be guessed."""
        return cast("Receipt", self._send(_issue_receipt(number, entity, reference)))

    def receipt(self, receipt_id: str) -> Receipt:
        """A receipt that was issued before."""
        return cast("Receipt", self._send(_get_one("receipts", receipt_id)))


class AsyncSuanbei:
    """A server of Suanbei, asked with asyncio. `key` is needed for subscriptions only; `timeout` is in seconds."""

    def __init__(
        self, base_url: str, *, key: str = "", language: str = "zh", timeout: float = 60.0
    ) -> None:
        self._language = language
        self._http = httpx.AsyncClient(
            base_url=base_url, headers=_headers(key), timeout=timeout, follow_redirects=True
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
        return _answer_of(await self._http.request(**request))

    async def verify(self, number: str, entity: str = "") -> Verdict:
        """Whether a number is real, and theirs: `entity` is the company that claims it.

        Raises:
            ApiError: the server refuses the question.
        """
        return cast("Verdict", await self._send(_verify(number, entity, self._language)))

    async def verify_many(self, pairs: Iterable[Pair]) -> list[Verdict]:
        """Verdicts in the order of the numbers, or of (number, company) pairs."""
        verdicts: list[Verdict] = []
        for request in _verify_many(pairs, self._language):
            verdicts += (await self._send(request))["items"]
        return verdicts

    async def search(self, text: str = "", **filters: Any) -> AsyncIterator[Filing]:
        """All filings that a text and filters (series, type, region, year, status …) find."""
        cursor: str | None = None
        while True:
            page = await self._send(_search(text, filters, cursor))
            for found in page["items"]:
                yield found
            cursor = page["next"]
            if not cursor:
                return

    async def filing(self, number: str) -> FilingDetail:
        """What is known of one number, in every series that lists it."""
        return cast("FilingDetail", await self._send(_get_one("filings", number)))

    async def entity(self, entity_id: str) -> Entity:
        """A company by its id, or by one that it had before."""
        return cast("Entity", await self._send(_get_one("entities", entity_id)))

    async def changes(
        self, after: int = 0, *, follow: bool = False, **filters: Any
    ) -> AsyncIterator[Change]:
        """Changes after an id, the oldest first; with `follow`, for ever, as they come."""
        while True:
            page = await self._send(_changes(after, filters, wait=follow))
            for change in page["items"]:
                yield change
            if page["next"] is None and not follow:
                return
            after = page["next"] or page["last"]

    async def issue_receipt(self, number: str, entity: str = "", reference: str = "") -> Receipt:
        """A verdict now, signed and kept by the server under an id that cannot be guessed."""
        return cast("Receipt", await self._send(_issue_receipt(number, entity, reference)))

    async def receipt(self, receipt_id: str) -> Receipt:
        """A receipt that was issued before."""
        return cast("Receipt", await self._send(_get_one("receipts", receipt_id)))
