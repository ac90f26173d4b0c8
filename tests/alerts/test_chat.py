"""Chat services through Apprise: the text as written goes to the address that people paste.

The services themselves are on the internet: a receiver of this machine stands in for them, behind
the very plugin of Apprise that the pasted address leads to.
"""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

import pytest

from suanbei.alerts.chat import Post, send_text
from suanbei.registry.notifications.channels import is_webhook
from tests.alerts.receiver import Receiver

TITLE = "算备：第十七批深度合成服务算法备案"
TEXT = (
    "新增备案 608 条；北京 121、广东 98……\nhttps://suanbei.example/batches/deep_synthesis-2026-06"
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
    receiver.says = b"ok" if name == "Slack" else b'{"ok": true, "result": []}'
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
    return send_text(service.deliver, "msg_1", TITLE, TEXT, Post(allow_private=True)).reason


def texts(value: Any) -> list[str]:
    """Every text in a JSON value."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [text for one in value for text in texts(one)]
    return [value] if isinstance(value, str) else []
