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
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
_ALL = [
    (name.encode(), value.encode())
    for name, value in ({"content-security-policy": POLICY} | FIXED).items()
]


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
            if message["type"] == "http.response.start":
                headers = message["headers"]
                given = {name for name, _ in headers}
                headers.extend(pair for pair in _ALL if pair[0] not in given)
            await send(message)

        await self.app(scope, receive, send_with_headers)
