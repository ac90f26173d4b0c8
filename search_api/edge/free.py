"""Requests that are no work: they are answered however much there is to do."""

from starlette.types import Scope

_FREE = ("/health/", "/metrics", "/static/")


def is_free(scope: Scope) -> bool:
    """Whether a request is always answered."""
    path: str = scope["path"]
    return path.startswith(_FREE)


def is_poll(scope: Scope) -> bool:
    """Whether a request waits for something to happen."""
    return scope["path"] == "/v1/changes" and b"wait=" in scope["query_string"]
