"""What is asked, as values, and how an answer is read: the same with asyncio and without."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx

PAGE = 100
"""Filings or changes asked for at once."""
WAIT_SECONDS = 30
"""How long the server holds a request for changes open."""
MANY = 1000
"""Numbers that POST /v1/verify takes at once."""

Pair = str | tuple[str, str]


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


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """One request: method, path, parameters, JSON body."""

    method: str
    path: str
    params: dict[str, Any] = field(default_factory=dict)
    body: Any = None


def verify(number: str, entity: str, language: str) -> ApiRequest:
    """A verdict on one number."""
    params = {"number": number, "lang": language} | ({"entity": entity} if entity else {})
    return ApiRequest("GET", "/v1/verify", params)


def verify_many(pairs: Iterable[Pair], language: str) -> list[ApiRequest]:
    """Verdicts on many, in requests of a thousand."""
    asked = [(one, "") if isinstance(one, str) else one for one in pairs]
    items = [{"number": number, "entity": entity} for number, entity in asked]
    return [
        ApiRequest("POST", "/v1/verify", {"lang": language}, {"items": items[start : start + MANY]})
        for start in range(0, len(items), MANY)
    ]


def search(text: str, filters: dict[str, Any], cursor: str | None) -> ApiRequest:
    """A page of filings."""
    params = {"limit": PAGE} | ({"q": text} if text else {}) | filters
    return ApiRequest("GET", "/v1/filings", params | ({"cursor": cursor} if cursor else {}))


def filing(number: str) -> ApiRequest:
    """The filings of one number."""
    return ApiRequest("GET", f"/v1/filings/{quote(number, safe='')}")


def entity(entity_id: str) -> ApiRequest:
    """A company by its id."""
    return ApiRequest("GET", f"/v1/entities/{quote(entity_id, safe='')}")


def changes(after: int, filters: dict[str, Any], *, wait: bool) -> ApiRequest:
    """A page of changes, the oldest first."""
    params = filters | {"after": after, "limit": PAGE} | ({"wait": WAIT_SECONDS} if wait else {})
    return ApiRequest("GET", "/v1/changes", params)


def issue_receipt(number: str, entity: str, reference: str) -> ApiRequest:
    """A signed record of a verdict."""
    asked = {"number": number, "entity": entity, "reference": reference}
    return ApiRequest("POST", "/v1/receipts", {}, {name: one for name, one in asked.items() if one})


def receipt(receipt_id: str) -> ApiRequest:
    """A receipt by its id."""
    return ApiRequest("GET", f"/v1/receipts/{quote(receipt_id, safe='')}")


def answer_of(response: httpx.Response) -> Any:
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


def headers_of(key: str) -> dict[str, str]:
    """The headers of every request; `key` is an API key, or empty."""
    agent = {"User-Agent": "suanbei-client/0.1"}
    return agent | ({"Authorization": f"Bearer {key}"} if key else {})
