"""HEAD, as RFC 9110 wants it wherever there is GET: the same head, no body. Proxies and monitors ask that way."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Head:
    """Has the app answer HEAD as if it were GET, and keeps the body back."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def bodiless(message: Message) -> None:
            if message["type"] == "http.response.start":
                scope["method"] = "HEAD"  # the route is chosen; the server must know again
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        scope["method"] = "GET"
        await self.app(scope, receive, bodiless)
