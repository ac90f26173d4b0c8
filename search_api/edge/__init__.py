"""The edge: what happens to every request before and after its route.

From the outside in: the client's address, the account (request id, log, metrics), security headers,
limits, compression, freshness (ETag and 304), HEAD, a watch over size and time, and turns.
"""

from typing import Any

from fastapi import FastAPI
from starlette.types import ASGIApp

from suanbei.search_api import errors as problems
from suanbei.search_api.deps import Services
from suanbei.search_api.edge.account import Account
from suanbei.search_api.edge.compression import Compression
from suanbei.search_api.edge.freshness import Freshness
from suanbei.search_api.edge.head import Head
from suanbei.search_api.edge.headers import SecurityHeaders
from suanbei.search_api.edge.limits import Limits
from suanbei.search_api.edge.proxies import trusting
from suanbei.search_api.edge.turns import Turns
from suanbei.search_api.edge.watch import Watch

WITH_POSTGRES = 2
"""Requests worked on at once where a database on a network answers: one waits for it, one computes."""


class App(FastAPI):
    """An app within its edge: also what fails outside every route passes through it.

    `state.reader` reads the state of the registry.
    """

    def build_middleware_stack(self) -> ASGIApp:
        """The app's own stack within the edge."""
        services: Services = self.state.services
        conf = services.settings
        at_work = 1 if services.database.is_sqlite else WITH_POSTGRES
        turns = Turns(super().build_middleware_stack(), conf.max_requests, at_work)
        inner = Head(Watch(turns, conf))
        fresh = Freshness(inner, self.state.reader, conf)
        limited = Limits(Compression(fresh), conf, self.state.refusal)
        return trusting(conf, Account(SecurityHeaders(limited), self.state.meters))

    def openapi(self) -> dict[str, Any]:
        """The description of the API."""
        return self.openapi_schema or problems.document(super().openapi())
