"""Whose word about the client's address counts: that of `SUANBEI_TRUSTED_PROXIES`, nobody else's."""

import ipaddress

from starlette.types import ASGIApp
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from suanbei.common.errors import UsageError
from suanbei.common.settings import Settings


def trusting(settings: Settings, app: ASGIApp) -> ASGIApp:
    """The app, told the client's own address and scheme where a trusted proxy names them.

    Raises:
        UsageError: something that is neither an address nor a network would never be trusted, in silence.
    """
    named = [one.strip() for one in settings.trusted_proxies.split(",") if one.strip()]
    for one in named:
        try:
            ipaddress.ip_network(one)
        except ValueError as error:
            raise UsageError(f"SUANBEI_TRUSTED_PROXIES: {error}") from error
    return ProxyHeadersMiddleware(app, trusted_hosts=named) if named else app  # type: ignore[arg-type, return-value]
