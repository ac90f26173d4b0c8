"""Who may manage subscriptions: the holders of a key of `SUANBEI_API_KEYS`."""

import secrets
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from registry.errors import Unauthorized
from search_api.services import services

_bearer = HTTPBearer(auto_error=False, description="a key of SUANBEI_API_KEYS")


def require_key(
    request: Request,
    given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> None:
    """Let the holder of a key in.

    Raises:
        Unauthorized: no key, a wrong one, or a server that has none.
    """
    keys = [key.strip() for key in services(request).settings.api_keys.split(",") if key.strip()]
    if not keys:
        raise Unauthorized("this server has no API keys (SUANBEI_API_KEYS)")
    if given is None:
        raise Unauthorized("an API key is needed: Authorization: Bearer KEY")
    claimed = given.credentials.encode()
    # Every key is compared, so that time tells nothing.
    matches = [secrets.compare_digest(claimed, key.encode()) for key in keys]
    if not any(matches):
        raise Unauthorized("this API key is not known")
