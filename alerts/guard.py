"""Keeps a library that opens connections of its own from private networks.

Apprise resolves and connects by itself, through many other libraries. Python tells an audit hook
of every connection before it is made, with the very address: what is not public is refused there,
whatever a name resolved to, and whatever a redirect led to.
"""

import errno
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from suanbei.alerts.addresses import is_public

_refused: ContextVar[list[str] | None] = ContextVar("refused", default=None)
_CONNECTING = ("socket.connect", "socket.sendto")


@contextmanager
def only_public() -> Iterator[list[str]]:
    """Refuse connections to private addresses in this block (this thread or task).

    What was refused is put into the list: libraries tend to swallow the error.
    """
    _install()
    refused: list[str] = []
    token = _refused.set(refused)
    try:
        yield refused
    finally:
        _refused.reset(token)


@lru_cache(maxsize=1)
def _install() -> None:
    sys.addaudithook(_hook)  # for good: Python has no way to take a hook out


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in _CONNECTING:
        return
    refused = _refused.get()
    if refused is None:
        return
    address = arguments[1]
    host = str(address[0]) if isinstance(address, tuple) and address else str(address)
    if not is_public(host):
        refused.append(host)
        # An OSError, as of a connection that fails: whoever connects knows how to tidy up.
        raise PermissionError(errno.EACCES, f"{host} is not a public address")
