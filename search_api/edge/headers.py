"""Security headers on every answer: nothing from other hosts, no inline script or style."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""For SVG charts: they style themselves and may do nothing else."""

# CAC answers a request without Referer with an empty body: links to its documents must send one.
REFERRER = "strict-origin-when-cross-origin"

FIXED = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": REFERRER,
}
OF_PAGES = {
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
"""Headers that mean something to a browser that shows a page, and nothing to anybody else."""
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"
"""For what is no page: nothing in it may run or be framed."""


def _raw(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode()) for name, value in headers.items()]


_ON_PAGES = _raw({"content-security-policy": POLICY} | FIXED | OF_PAGES)
_ON_DATA = _raw({"content-security-policy": DATA_POLICY} | FIXED)
_NAMES = frozenset(name for name, _ in _ON_PAGES)


class SecurityHeaders:
    """Adds the headers to what the app answers; a policy that a route set itself stays."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and add to the start of its answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            # 304 changes the headers of what the browser holds: a page keeps the policy it came with.
            if message["type"] == "http.response.start" and message["status"] != 304:
                headers = message["headers"]
                given = dict(headers)
                is_page = given.get(b"content-type", b"").startswith(b"text/html")
                added = _ON_PAGES if is_page else _ON_DATA
                own = not _NAMES.isdisjoint(given)
                headers += [pair for pair in added if pair[0] not in given] if own else added
            await send(message)

        await self.app(scope, receive, send_with_headers)
