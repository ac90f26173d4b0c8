"""`POST /mcp`: the tools of `mcp_server` over streamable HTTP, where SUANBEI_MCP is set.

Without sessions: any replica can answer any request, and nothing is kept between two of them.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import Response
from starlette.types import Receive, Scope, Send

from suanbei.common.errors import Forbidden, NotFound, UsageError
from suanbei.common.late_imports import importing
from suanbei.common.settings import Settings
from suanbei.search_api.deps import Services

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

router = APIRouter(include_in_schema=False)
MOST_BYTES = 200_000
"""Of a request: a tool's arguments are short."""


def require_library(settings: Settings) -> None:
    """Look for the optional library before anything is started.

    Raises:
        UsageError: the settings want it, and it is not installed.
    """
    if settings.mcp and find_spec("mcp") is None:
        raise UsageError('SUANBEI_MCP needs the extra: pip install "suanbei[mcp]"')


@asynccontextmanager
async def answering(app: FastAPI, version: str) -> AsyncIterator[None]:
    """Answer assistants for as long as the block lasts, if the settings say so."""
    parts: Services = app.state.services
    app.state.mcp = None
    if not parts.settings.mcp:
        yield
        return
    with importing:
        from mcp.server.transport_security import TransportSecuritySettings

        from suanbei.search_api.mcp_server import create_mcp_server
    server = create_mcp_server(parts, version)
    server.streamable_http_app(  # makes the manager
        json_response=True,
        stateless_http=True,
        max_request_body_size=MOST_BYTES,
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )
    app.state.mcp = server.session_manager
    async with server.session_manager.run():
        yield


class _Handled(Response):
    """A request that the library answers itself."""

    def __init__(self, manager: "StreamableHTTPSessionManager") -> None:
        super().__init__()
        self._manager = manager

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on."""
        await self._manager.handle_request(scope, receive, send)


@router.post("/mcp")
async def mcp(request: Request) -> Response:
    """A JSON-RPC message of the Model Context Protocol."""
    manager: Any = request.app.state.mcp
    if manager is None:
        raise NotFound("mcp: not switched on here (SUANBEI_MCP=1)")
    settings: Settings = request.app.state.services.settings
    origin = request.headers.get("origin")
    known = [one.strip() for one in settings.cors_origins.split(",")]
    # A page of another site must not use a server in somebody's own network through their browser.
    if origin and origin not in (*known, settings.public_url.rstrip("/")) and "*" not in known:
        raise Forbidden("Origin: not one of SUANBEI_CORS_ORIGINS")
    return _Handled(manager)
