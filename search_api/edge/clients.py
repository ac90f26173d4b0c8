"""Who asks: the holder of a key, or an address."""

import ipaddress

from starlette.datastructures import Headers
from starlette.types import Scope

from suanbei.common.settings import Settings
from suanbei.search_api.keys import Keyring


class Clients:
    """Names clients, so that each can be counted for itself."""

    def __init__(self, settings: Settings) -> None:
        self._keys = Keyring(settings.api_keys)

    def name(self, scope: Scope) -> str:
        """`key:NAME`, or the address; a whole /64 of IPv6 is one client."""
        given = Headers(scope=scope).get("authorization", "")
        if given[:7].lower() == "bearer " and (key := self._keys.find(given[7:].strip())):
            return f"key:{key.name}"
        return _network(scope["client"][0] if scope.get("client") else "")


def _network(address: str) -> str:
    if ":" not in address:
        return address
    try:
        return str(ipaddress.ip_network((address, 64), strict=False))
    except ValueError:
        return address
