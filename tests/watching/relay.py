"""A relay before a real server, by which a test takes it away and brings it back."""

import http.client
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

_PASSED_ON = ("authorization", "content-type")


class Relay:
    """Hands requests on to `target`, until it is stopped: then connections are broken off."""

    def __init__(self, target: str) -> None:
        self._target = urlsplit(target).netloc
        self._left: float = float("inf")
        self._lock = threading.Lock()
        relay = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def serve(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                if not relay._may_answer():
                    self.close_connection = True
                    return
                headers = {n: v for n, v in self.headers.items() if n.lower() in _PASSED_ON}
                connection = http.client.HTTPConnection(relay._target, timeout=60)
                connection.request(self.command, self.path, body, headers)
                answer = connection.getresponse()
                content = answer.read()
                connection.close()
                self.send_response(answer.status)
                self.send_header("Content-Type", answer.headers["Content-Type"] or "")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                """Quiet."""

        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            setattr(Handler, f"do_{method}", Handler.serve)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def stop(self) -> None:
        """No answer any more."""
        self.stop_after(0)

    def stop_after(self, answers: int) -> None:
        """No answer after so many."""
        self._left = answers

    def start(self) -> None:
        """As if nothing had been."""
        self._left = float("inf")

    def _may_answer(self) -> bool:
        with self._lock:
            self._left -= 1
            return self._left >= 0
