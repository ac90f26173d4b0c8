"""The watch over requests that are worked on: how much they send, how long they take."""

import logging
from http import HTTPStatus

from starlette.types import ASGIApp, Receive, Scope, Send

from suanbei.common.settings import Settings
from suanbei.search_api.edge.exchanges import Clock, Exchange, Refused, too_large
from suanbei.search_api.edge.free import is_free, is_poll
from suanbei.search_api.edge.raw import header

POLL_SECONDS = 60
"""How much longer a long poll may take."""
_LONGEST_SIZE = 15
"""Digits of a length that need not be looked at any closer."""
log = logging.getLogger(__name__)


class Watch:
    """Passes requests on, and ends those that send too much or take too long.

    Raises Refused for them, where no answer has begun.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self._body = settings.max_body * 1_000_000
        self._seconds = settings.max_seconds
        self._clock = Clock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http" or is_free(scope):
            await self.app(scope, receive, send)
            return
        size = header(scope, b"content-length")
        if size.isdigit() and (len(size) > _LONGEST_SIZE or int(size) > self._body):
            raise too_large(self._body)
        seconds = self._seconds + POLL_SECONDS * is_poll(scope)
        one = Exchange(receive, send, self._body, seconds)
        self._clock.watch(one)
        try:
            async with one.timeout:
                await self.app(scope, one.receive, one.send)
        except TimeoutError as error:
            if not one.started and not one.refused:
                raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, "took_too_long",
                              f"no answer within {seconds:g} seconds", 5) from error  # fmt: skip
            if one.started:
                log.warning("%s: the client did not take its answer", scope["path"])
        finally:
            self._clock.leave(one)
        if one.refused:
            raise one.refused
