"""Whose word about the client's address counts: that of `SUANBEI_TRUSTED_PROXIES`, nobody else's."""

from starlette.types import ASGIApp
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from registry.settings import Settings


def trusting(settings: Settings, app: ASGIApp) -> ASGIApp:
    """The app, told the client's own address and scheme where a trusted proxy names them."""
    named = [one.strip() for one in settings.trusted_proxies.split(",") if one.strip()]
    return ProxyHeadersMiddleware(app, trusted_hosts=named) if named else app  # type: ignore[arg-type, return-value]
