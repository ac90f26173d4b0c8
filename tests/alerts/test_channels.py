"""Webhooks as Standard Webhooks has them: signed, with an id that stays, within limits."""

import asyncio
import json
import socket
import ssl
import subprocess
import threading
from pathlib import Path

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from suanbei.alerts.channels import OutgoingMessage, send
from suanbei.common.settings import Settings
from suanbei.registry.notifications.outbox import Result
from suanbei.registry.notifications.subscriptions import new_secret
from tests.alerts.receiver import Receiver

SECRET = new_secret()
BODY = json.dumps({"type": "test", "名": "字"}, ensure_ascii=False)


def sent(
    url: str, id_: str = "msg_7", body: str = BODY, secrets: tuple[str, ...] = (SECRET,)
) -> Result:
    message = OutgoingMessage(id_, url, body, secrets)
    return asyncio.run(send(message, Settings(allow_private_targets=True)))


def test_a_message_verifies_with_the_library_of_the_standard(receiver: Receiver) -> None:
    """Receivers use any library of Standard Webhooks; a changed body fails."""
    assert sent(receiver.url) == Result(204)
    assert receiver.verified(SECRET) == [json.loads(BODY)]
    headers, body = receiver.got[0]
    assert headers["webhook-id"] == "msg_7"
    assert headers["content-type"] == "application/json"
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body + " ", headers)


def test_while_a_secret_changes_both_verify(receiver: Receiver) -> None:
    """A receiver may change its copy at any time of the day."""
    new = new_secret()
    sent(receiver.url, "msg_8", "{}", (new, SECRET))
    assert receiver.verified(new) == receiver.verified(SECRET) == [{}]


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_any_2xx_is_a_receipt(receiver: Receiver, status: int) -> None:
    """Nothing else is."""
    receiver.answer = lambda *_: (status, {})
    assert sent(receiver.url) == Result(status)


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 503])
def test_anything_else_is_tried_again(receiver: Receiver, status: int) -> None:
    """A receiver that is wrong today may be right in an hour."""
    receiver.answer = lambda *_: (status, {})
    assert sent(receiver.url) == Result(status, f"HTTP {status}")


@pytest.mark.parametrize(
    ("status", "location", "reason"),
    [
        (302, "https://user:pw@elsewhere.example/secret", "HTTP 302: moved to elsewhere.example"),
        (301, "/secret", "HTTP 301: moved to another path"),
        (304, "", "HTTP 304"),
        (400, "https://elsewhere.example/", "HTTP 400"),
    ],
)
def test_who_has_moved_is_named_by_host_only(
    receiver: Receiver, status: int, location: str, reason: str
) -> None:
    """A path may be somebody's secret, and reasons are shown."""
    receiver.answer = lambda *_: (status, {"Location": location} if location else {})
    assert sent(receiver.url) == Result(status, reason)


def test_gone_is_final(receiver: Receiver) -> None:
    """410 is how a receiver unsubscribes."""
    receiver.answer = lambda *_: (410, {})
    assert sent(receiver.url).final


def test_nobody_there_is_a_failure_with_a_reason() -> None:
    """The reason is what is shown beside a parked message."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert sent(f"http://127.0.0.1:{port}/").reason.startswith("ConnectError")


def test_a_receiver_that_drips_is_given_up_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A byte now and then keeps no worker busy: the limit is on the whole."""
    monkeypatch.setattr("suanbei.alerts.network.TOTAL_SECONDS", 1.0)
    listener = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def drip() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.sendall(b"HTTP/1.1 200 OK\r\n")
            while not over.wait(0.1):
                try:
                    connection.sendall(b"X-Drip: 1\r\n")
                except OSError:
                    return

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    result = sent(f"http://127.0.0.1:{listener.getsockname()[1]}/")
    over.set()
    thread.join()
    listener.close()
    assert result.reason == "no answer within 1 s"


def test_an_endless_answer_is_not_read_to_its_end() -> None:
    """A receipt is a status; what follows it is of no interest."""
    listener = socket.create_server(("127.0.0.1", 0))

    def pour() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            try:
                while True:
                    connection.sendall(b"x" * 65536)
            except OSError:
                return

    thread = threading.Thread(target=pour, daemon=True)
    thread.start()
    assert sent(f"http://127.0.0.1:{listener.getsockname()[1]}/") == Result(200)
    thread.join()
    listener.close()


def test_tls_checks_the_name_though_it_connects_to_an_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SNI, Host and certificate are of the name; a certificate of another name is refused."""
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key,
         "-out", cert, "-subj", "/CN=good.example", "-addext", "subjectAltName=DNS:good.example"],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    names: list[str | None] = []
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    trusting = ssl.create_default_context(cafile=str(cert))
    monkeypatch.setattr("suanbei.alerts.network._tls", lambda: trusting)
    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo",
        lambda host, *rest, **named: real("127.0.0.1", *rest, **named)
        if str(host).endswith(".example") else real(host, *rest, **named),
    )  # fmt: skip
    listener = socket.create_server(("127.0.0.1", 0))
    hosts: list[bytes] = []

    def answer() -> None:
        for _ in range(2):
            connection, _address = listener.accept()
            try:
                with context.wrap_socket(connection, server_side=True) as secure:
                    request = b""
                    while not request.endswith(BODY.encode()):
                        request += secure.recv(65536)
                    hosts.append(request.split(b"\r\nHost: ")[1].split(b"\r\n")[0])
                    secure.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            except OSError:
                connection.close()

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    port = listener.getsockname()[1]
    assert sent(f"https://good.example:{port}/hook") == Result(200)
    assert "CERTIFICATE_VERIFY_FAILED" in sent(f"https://other.example:{port}/hook").reason
    thread.join()
    listener.close()
    assert hosts == [f"good.example:{port}".encode()]
    assert names == ["good.example", "other.example"]
