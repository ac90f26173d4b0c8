"""Messages never reach a private network, whatever a name resolves to or a redirect leads to."""

import asyncio
import socket
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suanbei.alerts.channels import OutgoingMessage, check_target, send
from suanbei.alerts.chat import check_chat, send_with_apprise
from suanbei.alerts.network import is_public, only_public, resolve
from suanbei.common.errors import TargetRefused
from suanbei.common.settings import Settings
from suanbei.registry.notifications.outbox import Result
from suanbei.registry.notifications.subscriptions import new_secret
from tests.alerts.receiver import Receiver

SECRET = new_secret()


def sent(url: str, *, allow_private: bool) -> Result:
    """One webhook message."""
    message = OutgoingMessage("msg_1", url, '{"type":"test"}', (SECRET,))
    return asyncio.run(send(message, Settings(allow_private_targets=allow_private)))


PRIVATE = [
    "0.0.0.0", "10.1.2.3", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.1.2.3",
    "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.168.1.1", "198.18.0.1",
    "203.0.113.9", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "::7f00:1",
    "::ffff:127.0.0.1", "::ffff:a00:1", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::",
    "2002:c0a8:101::1", "2001::1", "2001:db8::1", "fc00::1", "fd12:3456::1", "fe80::1",
    "fe80::1%eth0", "fec0::1", "ff02::1", "100::1", "5f00::1", "3fff::1", "localhost", "",
]  # fmt: skip
PUBLIC = [
    "1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1",
    "192.169.0.1", "223.255.255.255", "2001:4860:4860::8888", "2606:4700::1111",
    "::ffff:8.8.8.8", "64:ff9b::808:808", "240e::1",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_in_every_form(address: str) -> None:
    """Loopback, private, CGNAT, link-local, metadata, mapped, translated, tunnelled."""
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses(address: str) -> None:
    """The neighbours of private ranges are public."""
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_a_mapped_address_is_judged_as_the_one_it_carries(address: Any) -> None:
    """IPv6 must be no way around a rule for IPv4."""
    for carried in (f"::ffff:{address}", f"64:ff9b::{address}"):
        assert is_public(carried) == is_public(str(address))


@given(st.ip_addresses())
def test_python_knows_of_no_private_address_that_passes(address: Any) -> None:
    """What the standard library calls private is never public here."""
    if address.is_private or address.is_multicast or address.is_loopback:
        carried = getattr(address, "ipv4_mapped", None)
        assert not is_public(str(address)) or (carried and is_public(str(carried)))


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "0x7f.1", "2130706433", "0177.0.0.1", "[::1]", "127.1"]
)
def test_loopback_by_any_spelling_is_refused(host: str) -> None:
    """Old spellings of addresses are read by the resolver, and so before the check."""
    with pytest.raises(TargetRefused, match=r"not a public address|no such host|not an address"):
        check_target(f"http://{host}:8080/hook", Settings())


@pytest.mark.parametrize(
    "deliver",
    [
        "json://127.0.0.1/x", "mailto://a:b@localhost?to=u@v.example&from=a@v.example",
        "ntfy://192.168.1.5/topic", "gotify://[::1]/AbCdEfGhIjKlMnO", "syslog://", "nonsense://x",
        "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ?template=/etc/passwd",
        "mailto:somebody@example.org", "ftp://example.org/",
    ],
)  # fmt: skip
def test_chat_addresses_of_ones_own_network_or_machine_are_refused(deliver: str) -> None:
    """A host in an Apprise address is checked; what works on this machine itself is refused."""
    with pytest.raises(TargetRefused):
        check_target(deliver, Settings())


@pytest.mark.parametrize(
    "deliver",
    [
        "tgram://123456789:abcdefg_hijklmnop/12315544/",
        "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
        "https://oapi.dingtalk.com/robot/send?access_token=" + "a1" * 32,
        "https://open.feishu.cn/open-apis/bot/v2/hook/abcdef01-2345-6789",
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7aaa-4bc4-97a0-0ec2sifa5aaa",
        "lark://abcdef01-2345-6789",
    ],
)
def test_chat_services_are_read_as_they_print_their_addresses(deliver: str) -> None:
    """What people copy from DingTalk, Feishu, WeCom and Slack works as it is."""
    check_chat(deliver, Settings())


def test_a_refused_target_is_a_failed_attempt(receiver: Receiver) -> None:
    """At the time of sending too: nothing arrives, the reason tells why."""
    result = sent(receiver.url, allow_private=False)
    assert "127.0.0.1 is not a public address" in result.reason
    assert receiver.got == []


def test_a_name_that_changes_its_answer_is_asked_once(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: public for the check, loopback for the connection. There is no second look."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def rebinding(host: Any, port: Any, *rest: Any, **named: Any) -> Any:
        if host != "rebind.example":
            return real(host, port, *rest, **named)
        asked.append(host)
        address = "192.0.2.1" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    monkeypatch.setattr("suanbei.alerts.network.is_public", lambda address: address == "192.0.2.1")
    monkeypatch.setattr("suanbei.alerts.network.TOTAL_SECONDS", 0.5)
    port = receiver.url.split(":")[2].split("/")[0]
    result = sent(f"http://rebind.example:{port}/", allow_private=False)
    assert result.reason
    assert (receiver.got, len(asked)) == ([], 1)


def test_all_addresses_of_a_name_must_be_public(monkeypatch: pytest.MonkeyPatch) -> None:
    """One private address among public ones is enough to refuse."""
    rows = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, 80)) for a in ("1.1.1.1", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: rows)
    with pytest.raises(TargetRefused, match=r"10\.0\.0\.1"):
        resolve("mixed.example", 80, allow_private=False)


def test_a_redirect_to_a_private_address_is_refused(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every hop is checked like the first."""
    receiver.answer = lambda path, _: (307, {"Location": "http://169.254.169.254/latest/"})
    monkeypatch.setattr("suanbei.alerts.network.is_public", lambda address: address == "127.0.0.1")
    result = sent(receiver.url, allow_private=False)
    assert "169.254.169.254 is not a public address" in result.reason
    assert len(receiver.got) == 1


@pytest.mark.parametrize(("status", "arrives"), [(307, True), (308, True), (302, False)])
def test_redirects_that_keep_the_method_are_followed(
    receiver: Receiver, status: int, arrives: bool
) -> None:
    """The message arrives where it was sent on to; a moved page of another kind is told of."""
    receiver.answer = lambda path, _: (
        (status, {"Location": "/new"}) if path == "/hook" else (204, {})
    )
    result = sent(receiver.url, allow_private=True)
    assert (result.reason == "") is arrives
    assert [headers[":path"] for headers, _ in receiver.got][-1] == ("/new" if arrives else "/hook")
    assert len(set(receiver.ids)) == 1


def test_redirects_without_end_end(receiver: Receiver) -> None:
    """A loop is a failure after three hops."""
    receiver.answer = lambda *_: (307, {"Location": "/hook"})
    result = sent(receiver.url, allow_private=True)
    assert (result.reason, len(receiver.got)) == ("more than 3 redirects", 4)


def test_connections_of_libraries_are_guarded_by_address(receiver: Receiver) -> None:
    """The guard sees the very address that is connected to, and only inside its block."""
    port = int(receiver.url.split(":")[2].split("/")[0])
    with only_public() as refused, pytest.raises(PermissionError):
        socket.create_connection(("localhost", port), timeout=2)
    assert refused
    socket.create_connection(("127.0.0.1", port), timeout=2).close()


def test_apprise_cannot_reach_a_private_address_behind_a_name(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that was public when the subscription was made, and is loopback when it is sent to."""
    monkeypatch.setattr("suanbei.alerts.network.resolve", lambda *_, **__: None)
    deliver = receiver.url.replace("http://", "json://").replace("127.0.0.1", "localhost")
    result = send_with_apprise(deliver, "题", "文", Settings())
    assert "is not a public address" in result.reason
    assert receiver.got == []
    assert send_with_apprise(deliver, "题", "文", Settings(allow_private_targets=True)) == Result()
    assert len(receiver.got) == 1
