"""Answers that can be given at once, before any route is looked for."""

import logging
from collections.abc import Callable, Mapping
from typing import NamedTuple

from starlette.types import ASGIApp, Receive, Scope, Send

from search_api.answers import JSON

log = logging.getLogger(__name__)
Answer = Callable[[Scope], bytes | None]
"""A GET request → its answer as JSON, found without waiting; None: the route shall answer."""


class Route(NamedTuple):
    """The route that a quick answer stands for, as metrics and logs know it."""

    path: str


class Ready:
    """Asks a path's quick answer first."""

    def __init__(self, app: ASGIApp, answers: Mapping[str, Answer]) -> None:
        self.app, self._answers = app, answers
        self._routes = {path: Route(path) for path in answers}

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
        try:
            return answer(scope)
        except Exception:
            log.exception("%s: no quick answer, the route is asked", scope["path"])
            return None


_JSON = JSON.encode()
