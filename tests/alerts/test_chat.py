"""Chat services through Apprise: the text as written goes to the address that people paste.

The services themselves are on the internet: a receiver of this machine stands in for them, behind
the very plugin of Apprise that the pasted address leads to.
"""

import asyncio
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

import pytest

from suanbei.alerts.channels import OutgoingMessage, send
from suanbei.alerts.chat import build_plugin
from suanbei.common.errors import TargetRefused
from suanbei.common.settings import Settings
from suanbei.registry.notifications.targets import is_webhook
from tests.alerts.receiver import Receiver

ANSWERS = {
    "DingTalk": b'{"errcode": 0, "errmsg": "ok"}',
    "WeCom": b'{"errcode": 0, "errmsg": "ok"}',
    "Feishu": b'{"StatusCode": 0, "StatusMessage": "success", "code": 0, "data": {}}',
    "Lark": b'{"code": 0, "msg": "success"}',
    "Slack": b"ok",
}
TITLE = "算备：第十七批深度合成服务算法备案"
TEXT = (
    "新增备案 608 项；北京 121、广东 98……\nhttps://suanbei.example/batches/deep_synthesis-2026-06"
)


@dataclass(frozen=True)
class Service:
    """An address as the service prints it; where Apprise's plugin keeps the service's own."""

    deliver: str
    plugin: str
    attribute: str
    address: str


SERVICES = {
    "DingTalk": Service(
        "https://oapi.dingtalk.com/robot/send?access_token=" + "a1" * 32,
        "dingtalk.NotifyDingTalk", "notify_url", "/robot/{token}",
    ),
    "Feishu": Service(
        "https://open.feishu.cn/open-apis/bot/v2/hook/abcdef01-2345-6789",
        "feishu.NotifyFeishu", "notify_url", "/hook/{token}/",
    ),
    "Lark": Service(
        "https://open.larksuite.com/open-apis/bot/v2/hook/abcdef01-2345-6789",
        "lark.NotifyLark", "notify_url", "/hook/",
    ),
    "WeCom": Service(
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7aaa-4bc4-97a0-0ec2sifa5aaa",
        "wecombot.NotifyWeComBot", "notify_url", "/send?key={key}",
    ),
    "Slack": Service(
        "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
        "slack.NotifySlack", "webhook_url", "/services",
    ),
    "Telegram": Service(
        "tgram://123456789:abcdefg_hijklmnop/12315544/",
        "telegram.NotifyTelegram", "notify_url", "/bot",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SERVICES)
def test_a_text_arrives_as_it_was_written(
    name: str, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Title, counts, link: nothing lost, nothing escaped away."""
    receiver.answer = lambda *_: (200, {})
    receiver.says = ANSWERS.get(name, b'{"ok": true, "result": []}')
    sent = deliver(SERVICES[name], receiver, monkeypatch)
    assert sent == ""
    _, body = receiver.got[-1]
    said = "\n".join(texts(json.loads(body)))
    for line in (TITLE, *TEXT.splitlines()):
        assert line in said or line in unquote_plus(said), body


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_that_refuses_is_a_failed_attempt(
    name: str, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a reason that is shown beside the message; it is tried again later."""
    receiver.answer = lambda *_: (403, {})
    assert "403" in deliver(SERVICES[name], receiver, monkeypatch)


def deliver(service: Service, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> str:
    """Send the text; returns why it could not be sent."""
    assert not is_webhook(service.deliver)
    base = receiver.url.removesuffix("/hook")
    plugin = f"apprise.plugins.{service.plugin}.{service.attribute}"
    monkeypatch.setattr(plugin, base + service.address)
    body = json.dumps({"title": TITLE, "text": TEXT})
    message = OutgoingMessage("msg_1", service.deliver, body)
    return asyncio.run(send(message, Settings(allow_private_targets=True))).reason


def texts(value: Any) -> list[str]:
    """Every text in a JSON value."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [text for one in value for text in texts(one)]
    return [value] if isinstance(value, str) else []


@pytest.mark.parametrize(
    ("name", "says", "reason"),
    [
        (
            "DingTalk",
            b'{"errcode": 310000, "errmsg": "keywords not in content"}',
            "310000 keywords",
        ),
        ("WeCom", b'{"errcode": 93000, "errmsg": "invalid webhook url"}', "93000 invalid webhook"),
        ("Feishu", b'{"code": 19001, "msg": "param invalid"}', "19001 param invalid"),
        ("Lark", b'{"code": 9499, "msg": "Bad Request", "data": {}}', "9499 Bad Request"),
        ("WeCom", b"<html>blocked</html>", "something else than JSON"),
        ("WeCom", b"{}", "did not say"),
    ],
)
def test_what_a_service_refuses_with_http_200_is_not_delivered(
    name: str, says: bytes, reason: str, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The robots of group chats say what went wrong in the body."""
    receiver.answer = lambda *_: (200, {})
    receiver.says = says
    assert reason in deliver(SERVICES[name], receiver, monkeypatch)


@pytest.mark.parametrize("name", SERVICES)
def test_a_message_says_its_title_once_and_whose_it_is(
    name: str, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the title twice nor the name of the library that sends."""
    receiver.answer = lambda *_: (200, {})
    receiver.says = ANSWERS.get(name, b'{"ok": true, "result": []}')
    deliver(SERVICES[name], receiver, monkeypatch)
    headers, body = receiver.got[-1]
    said = unquote_plus("\n".join(texts(json.loads(body))))
    assert said.count(TITLE) == 1
    assert "apprise" not in f"{headers} {body}".lower()


@pytest.mark.parametrize(
    "end",
    [
        "?template=/etc/passwd", "?a=b;template=/etc/passwd", "?%20template=/etc/passwd",
        "?&amp;template=/etc/passwd", "?TEMPLATE=/etc/passwd", "?+template=/etc/passwd",
        "?verify=no", "?rto=600",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "address", ["slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
                "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
                "tgram://123456789:abcdefg_hijklmnop/12315544/"],
)  # fmt: skip
def test_only_named_parameters_are_taken(address: str, end: str) -> None:
    """In whatever way they are written: the address is judged as the library reads it."""
    build_plugin(address)
    with pytest.raises(TargetRefused, match=r"is not taken by|cannot be read"):
        build_plugin(address + end)


@pytest.mark.parametrize("address", ["opsgenie://key", "jira://key", "syslog://", "apprise://h/k"])
def test_only_named_services_are_taken(address: str) -> None:
    """Some others say "sent" of what they never sent, or show something on this machine."""
    with pytest.raises(TargetRefused):
        build_plugin(address)
