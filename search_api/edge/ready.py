"""Answers that can be given at once, before any route is looked for.

What was answered is kept until the registry changes: its state has just been read for the request,
so that nothing kept can be behind it.
"""

import logging
from collections.abc import Callable, Mapping
from typing import NamedTuple

from starlette.types import ASGIApp, Receive, Scope, Send

from search_api.answers import JSON
from search_api.edge.raw import header
from search_api.edge.state import STATE

log = logging.getLogger(__name__)
Answer = Callable[[Scope], bytes | None]
"""A GET request → its answer as JSON, found without waiting; None: the route shall answer."""
Asked = tuple[str, bytes, bytes]
"""Path, query and Accept-Language: all that a quick answer goes by, beside the registry."""
MOST_KEPT, LARGEST_KEPT = 2_000, 16_000
"""Answers that are kept at once, and the bytes of the largest, its question included."""


class Route(NamedTuple):
    """The route that a quick answer stands for, as metrics and logs know it."""

    path: str


class Ready:
    """Asks a path's quick answer first."""

    def __init__(self, app: ASGIApp, answers: Mapping[str, Answer]) -> None:
        self.app, self._answers = app, answers
        self._routes = {path: Route(path) for path in answers}
        self._state: int | None = None
        self._kept: dict[Asked, bytes] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass the request on."""
        body = self._answer(scope) if scope["type"] == "http" else None
        if body is None:
            await self.app(scope, receive, send)
            return
        scope["route"] = self._routes[scope["path"]]
        headers = [(b"content-type", _JSON), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _answer(self, scope: Scope) -> bytes | None:
        answer = self._answers.get(scope["path"])
        if answer is None or scope["method"] != "GET":
            return None
        state = scope.get(STATE)
        if state is None:  # a private request: nothing is kept for it
            return self._made(answer, scope)
        if state != self._state:
            self._kept, self._state = {}, state
        asked = scope["path"], scope["query_string"], header(scope, b"accept-language")
        body = self._kept.get(asked)
        if body is None and (body := self._made(answer, scope)) is not None:
            self._keep(asked, body)
        return body

    def _keep(self, asked: Asked, body: bytes) -> None:
        if len(body) + sum(map(len, asked)) > LARGEST_KEPT:
            return
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[asked] = body

    def _made(self, answer: Answer, scope: Scope) -> bytes | None:
        try:
            return answer(scope)
        except Exception:
            log.exception("%s: no quick answer, the route is asked", scope["path"])
            return None


_JSON = JSON.encode()
