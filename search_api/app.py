"""The application: routes, errors and documentation over the services it is given."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio.to_thread
from anyio import CapacityLimiter
from fastapi import APIRouter, Depends, FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from suanbei.search_api import VERSION, errors, pages
from suanbei.search_api.deps import Services, only_known_parameters
from suanbei.search_api.keys import read_keys
from suanbei.search_api.metrics import Metrics
from suanbei.search_api.middleware import middleware
from suanbei.search_api.pages.errors import page_or_problem
from suanbei.search_api.response_cache import VersionCache, VersionReader
from suanbei.search_api.routes import (
    batches,
    changes,
    entities,
    export,
    feeds,
    filings,
    mcp,
    receipts,
    reconcile,
    scan,
    stats,
    subscriptions,
    system,
    tables,
    verify,
)
from suanbei.search_api.routes.changes import MOST_WAITING

DESCRIPTION = "Look up, verify and follow China's algorithm and generative-AI filings."
SECTIONS = (
    verify,
    tables,
    scan,
    receipts,
    filings,
    entities,
    stats,
    export,
    batches,
    changes,
    feeds,
    subscriptions,
    reconcile,
    mcp,
    system,
)
THREADS = 12
"""Requests that read the registry at once: Python computes for one thread at a time, more would
only take its lock from one another. Fewer than the database has connections."""
TABLES = 2
"""Files of `POST /v1/verify/file` that are checked at once; others wait, and hold no thread."""


def _operation_id(route: APIRoute) -> str:
    """The name of the function, with that of the section where it says too little on its own."""
    section = route.tags[0] if route.tags else "page"
    return route.name if "_" in route.name else f"{route.name}_{section}"


# Made once for all apps of a process: FastAPI takes a sixth of a second to look at all parameters.
ROUTER = APIRouter(
    dependencies=[Depends(only_known_parameters)],
    responses=errors.RESPONSES,
    generate_unique_id_function=_operation_id,
)
for _section in (*SECTIONS, *pages.PAGES):
    ROUTER.include_router(_section.router)
# FastAPI keeps the routes of each section in a group of its own.
ROUTES = [context.original_route for context in iter_route_contexts(ROUTER.routes)]


class Application(FastAPI):
    """FastAPI, with errors under their own media type in the description of the API."""

    def openapi(self) -> dict[str, Any]:
        """The description, made once."""
        schema = super().openapi()
        for operations in schema["paths"].values():
            for operation in operations.values():
                for status, response in operation["responses"].items():
                    if status in errors.RESPONSES and "application/json" in response["content"]:
                        content = response["content"]["application/json"]
                        response["content"] = {errors.MEDIA_TYPE: content}
        return schema


def create_app(services: Services) -> FastAPI:
    """The API over these services.

    Raises:
        UsageError: keys are named in a way that nobody could use, or a library for SUANBEI_MCP is missing.
    """
    read_keys(services.settings.api_keys)
    mcp.require_library(services.settings)
    metrics, versions = Metrics(services), VersionReader(services.database)
    app = Application(
        title="Suanbei 算备",
        description=DESCRIPTION,
        version=VERSION,
        openapi_url=None,  # see `routes.system`: FastAPI's own would take any parameter
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # Starlette would redirect to the host that the client named
        routes=list(ROUTER.routes),
        # The middleware counts requests; asking OpenTelemetry each time costs as much as a look-up.
        telemetry={"tracing": False, "metrics": False, "logs": False},
        lifespan=_lifespan,
        middleware=middleware(services, metrics, versions),
    )
    app.state.services = services
    app.state.metrics = metrics
    app.state.versions = versions
    app.state.waiting = asyncio.Semaphore(MOST_WAITING)
    app.state.company_names = VersionCache(largest=2)
    app.state.table_checks = CapacityLimiter(TABLES)
    errors.install(app, page_or_problem)
    pages.install(app)
    app.state.routes = ROUTES
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
    async with mcp.answering(app, VERSION):
        yield
