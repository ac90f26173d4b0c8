"""Headers of a request as they came: looking for one or two is quicker than wrapping them all."""

from starlette.types import Scope


def header(scope: Scope, name: bytes) -> bytes:
    """The first value of a header, whose name is in lower case; empty if it is not there."""
    for key, value in scope["headers"]:
        if key == name:
            found: bytes = value
            return found
    return b""
