"""API keys: kept as hashes, with a scope and perhaps an end, compared in constant time.

`SUANBEI_API_KEYS` is a list of entries `name:scope:sha256[:until]`, as `suanbei key` makes them; to
rotate a key, name the new one beside the old one until everybody has it. A key is 32 random bytes, so
that one plain SHA-256 hides it. An entry that is a bare key is taken too, with every right.
"""

import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import IntEnum
from functools import lru_cache
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPBearer
from starlette.datastructures import Headers
from starlette.types import Scope as AsgiScope

from suanbei.common.errors import Forbidden, Unauthorized, UsageError
from suanbei.search_api.deps import services

PREFIX = "sbk_"
_bearer = HTTPBearer(auto_error=False, description="a key of SUANBEI_API_KEYS")
_ENTRY = re.compile(r"([\w.-]{1,40}):(read|write|admin):([0-9a-f]{64})(?::(\d{4}-\d\d-\d\d))?")
_READING = ("GET", "HEAD")


class Scope(IntEnum):
    """What a key may do; each may do what the ones before it may."""

    READ = 1
    WRITE = 2
    ADMIN = 3


@dataclass(frozen=True, slots=True)
class Key:
    """One entry of the setting. `until` is the last day on which it counts (UTC)."""

    name: str
    scope: Scope
    digest: bytes
    until: date | None = None


@lru_cache(maxsize=4)
def read_keys(setting: str) -> tuple[Key, ...]:
    """The keys of a server (`SUANBEI_API_KEYS`).

    Raises:
        UsageError: an entry is neither a key nor of the form above.
    """
    entries = [one.strip() for one in setting.split(",") if one.strip()]
    return tuple(_read(entry, place) for place, entry in enumerate(entries, 1))


def find_key(keys: Iterable[Key], given: str) -> Key | None:
    """The key that this is, if it is one that counts today."""
    digest, found, today = _digest(given), None, datetime.now(UTC).date()
    for key in keys:  # every one, so that time tells nothing
        same = secrets.compare_digest(digest, key.digest)
        if same and (key.until is None or today <= key.until):
            found = key
    return found


def new_key(name: str, scope: Scope, until: date | None = None) -> tuple[str, str]:
    """A new key, to be shown once, and its entry for `SUANBEI_API_KEYS`.

    Raises:
        UsageError: a name that an entry cannot hold.
    """
    key = PREFIX + secrets.token_urlsafe(32)
    entry = f"{name}:{scope.name.lower()}:{_digest(key).hex()}" + (f":{until}" if until else "")
    if not _ENTRY.fullmatch(entry):
        raise UsageError(f"{name!r}: a key's name has 1 to 40 letters, digits, '.', '_' or '-'")
    return key, entry


def bearer_of(scope: AsgiScope) -> str | None:
    """The key that a request shows (`Authorization: Bearer KEY`); None without one."""
    kind, _, key = Headers(scope=scope).get("authorization", "").partition(" ")
    return key.strip() if kind.lower() == "bearer" and key.strip() else None


def key_of(scope: AsgiScope, api_keys: str) -> Key | None:
    """The entry for the key that a request shows; None without one that counts."""
    given = bearer_of(scope)
    return find_key(read_keys(api_keys), given) if given else None


def require_key(request: Request, _documented: Annotated[object, Depends(_bearer)]) -> None:
    """Let the holder of a key in: `read` for what only reads, `write` for the rest.

    Raises:
        Unauthorized: no key, a wrong one, or a server that has none.
        Forbidden: a key whose scope is too small.
    """
    scope = Scope.READ if request.method in _READING else Scope.WRITE
    require_scope(request, bearer_of(request.scope), scope)


def require_scope(request: Request, given: str | None, scope: Scope) -> None:
    """Let the holder of a key of at least this scope in.

    Raises:
        Unauthorized, Forbidden: as `require_key`.
    """
    keys = read_keys(services(request).settings.api_keys)
    if not keys:
        raise Unauthorized("this server has no API keys (SUANBEI_API_KEYS)")
    if given is None:
        raise Unauthorized("an API key is needed: Authorization: Bearer KEY")
    key = find_key(keys, given)
    if key is None:
        raise Unauthorized("this API key is not known")
    if key.scope < scope:
        raise Forbidden(f"this API key may only {key.scope.name.lower()}")


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()


def _read(entry: str, place: int) -> Key:
    if ":" not in entry:
        return Key(f"key-{place}", Scope.ADMIN, _digest(entry))
    found = _ENTRY.fullmatch(entry)
    if found is None:  # the entry itself may be a secret and is not shown
        raise UsageError(f"SUANBEI_API_KEYS: entry {place} is not name:scope:sha256[:until]")
    name, scope, digest, until = found.groups()
    try:
        day = date.fromisoformat(until) if until else None
    except ValueError as error:
        raise UsageError(f"SUANBEI_API_KEYS: entry {place}: no such day: {until}") from error
    return Key(name, Scope[scope.upper()], bytes.fromhex(digest), day)
