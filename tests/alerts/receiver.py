"""A webhook receiver on loopback that keeps what it gets, and misbehaves when told to."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks.webhooks import Webhook

Answer = tuple[int, dict[str, str]]


@dataclass
class Receiver:
    """What came, in order; `answer` decides what is said to each (path, body)."""

    url: str
    got: list[tuple[dict[str, str], str]] = field(default_factory=list)
    answer: Callable[[str, str], Answer] = lambda _path, _body: (204, {})
    says: bytes = b""

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.got]

    def verified(self, secret: str) -> list[dict[str, Any]]:
        """The bodies of all messages; raises for a bad signature."""
        return [Webhook(secret).verify(body, headers) for headers, body in self.got]


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver while the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            status, headers = receiver.answer(self.path, body)
            lower = {name.lower(): value for name, value in self.headers.items()}
            receiver.got.append((lower | {":path": self.path}, body))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(receiver.says)))
            self.end_headers()
            self.wfile.write(receiver.says)

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        request_queue_size = 128  # of five, many messages at once have to knock again

    server = Server(("127.0.0.1", 0), Handler)
    receiver = Receiver(f"http://127.0.0.1:{server.server_port}/hook")
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
