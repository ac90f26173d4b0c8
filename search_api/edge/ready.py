"""Answers that can be given at once, before any route is looked for.

What was answered is kept until the registry changes: its state has just been read for the request,
so that nothing kept can be behind it.
"""

import logging
from collections.abc import Callable, Mapping
from typing import NamedTuple

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from suanbei.search_api.edge.raw import header
from suanbei.search_api.edge.state import STATE
from suanbei.search_api.responses import JSON

log = logging.getLogger(__name__)
Answer = Callable[[Scope], bytes | None]
"""A GET request → its answer as JSON, found without waiting; None: the route shall answer."""
Asked = tuple[str, bytes, bytes]
"""Path, query and Accept-Language: all that an answer here goes by, beside the registry."""
KEPT_BYTES, LARGEST_KEPT = 32_000_000, 16_000
"""Of all answers that are kept, and of the largest, their questions included."""


class Route(NamedTuple):
    """The route that a quick answer stands for, as metrics and logs know it."""

    path: str


class Ready:
    """Asks a path's quick answer first; what a route answers there is kept as well."""

    def __init__(self, app: ASGIApp, answers: Mapping[str, Answer]) -> None:
        self.app, self._answers = app, answers
        self._routes = {path: Route(path) for path in answers}
        self._state: int | None = None
        self._kept: dict[Asked, bytes] = {}
        self._size = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass the request on."""
        answer = self._answers.get(scope["path"]) if scope["type"] == "http" else None
        if answer is None or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        asked, state = _asked(scope), scope.get(STATE)
        body = self._kept_of(state).get(asked)
        if body is None and (body := _made(answer, scope)) is not None:
            self._keep(state, asked, body)
        if body is None:
            await self.app(scope, receive, self._keeping(state, asked, send))
            return
        scope["route"] = self._routes[scope["path"]]
        headers = [(b"content-type", _JSON), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _kept_of(self, state: int | None) -> Mapping[Asked, bytes]:
        """What is kept of this state of the registry; of a private request, which has none, nothing."""
        if state is None:
            return {}
        if state != self._state:
            self._forget()
            self._state = state
        return self._kept

    def _forget(self) -> None:
        self._kept, self._size = {}, 0

    def _keep(self, state: int | None, asked: Asked, body: bytes) -> None:
        size = len(body) + sum(map(len, asked))
        if state is None or state != self._state or size > LARGEST_KEPT:
            return
        if self._size + size > KEPT_BYTES:
            self._forget()
        self._kept[asked] = body
        self._size += size

    def _keeping(self, state: int | None, asked: Asked, send: Send) -> Send:
        """`send` that keeps the answer of a route, where that is a whole one and nothing but JSON."""
        is_plain = False

        async def noted(message: Message) -> None:
            nonlocal is_plain
            if message["type"] == "http.response.start":
                headers = dict(message["headers"])
                is_plain = message["status"] == 200 and headers.pop(b"content-type", b"") == _JSON
                is_plain = is_plain and headers.keys() <= {b"content-length"}
            elif is_plain and not message.get("more_body", False):
                self._keep(state, asked, message["body"])
            else:
                is_plain = False
            await send(message)

        return noted


def _asked(scope: Scope) -> Asked:
    return scope["path"], scope["query_string"], header(scope, b"accept-language")


def _made(answer: Answer, scope: Scope) -> bytes | None:
    try:
        return answer(scope)
    except Exception:
        log.exception("%s: no quick answer, the route is asked", scope["path"])
        return None


_JSON = JSON.encode()
