"""Sending a text to a chat: Apprise reads the addresses and knows the services.

Only services and parameters named here are taken: Apprise has many more, some of which open files
of this machine, show something on it, or do nothing and call it sent. To DingTalk, Feishu, Lark and
WeCom the text is posted here: they say what went wrong in the body of an HTTP 200, which Apprise
does not read.
"""

import json
import logging
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from suanbei.alerts import network
from suanbei.common.errors import TargetRefused
from suanbei.common.late_imports import importing
from suanbei.common.settings import Settings
from suanbei.registry.notifications.outbox import Result
from suanbei.registry.notifications.targets import CHAT_HOSTS, host_of, service_of

BOTS = {"wecombot": 2048, "dingtalk": 19_985, "feishu": 19_985, "lark": 19_985}
"""Robots of group chats, and the bytes of UTF-8 that each takes in one message."""
_SERVICES = {
    "mailto": "to from name cc bcc reply smtp mode user pass",
    "slack": "to footer timestamp token",
    "discord": "thread tts",
    "tgram": "to silent preview topic thread",
    "dingtalk": "to token secret",
    "feishu": "token",
    "lark": "token",
    "wecombot": "key",
    "gchat": "key token thread workspace",
    "mmost": "channel channels to botname team",
    "rocket": "to mode webhook",
    "matrix": "to mode msgtype token version",
    "zulip": "to token",
    "webex": "to token mode",
    "wxteams": "to token mode",
    "workflows": "id sig ver api-version route routeid powerautomate pa",
    "ntfy": "to priority token auth mode xtags",
    "gotify": "priority",
    "bark": "to sound level group category",
    "pover": "to key priority sound",
    "pbul": "to",
    "prowl": "priority",
    "line": "to",
    "signal": "to from",
    "nctalk": "silent url_prefix",
    "synology": "token",
    "json": "method",
    "xml": "method",
    "form": "method",
}
"""Schemas taken (also with an s for TLS), each with the parameters taken of it."""
_WITH_HEADERS = ("json", "xml", "form")
"""Services whose addresses may name headers of the request (`+name=value`)."""
_captured: ContextVar[list[str] | None] = ContextVar("captured", default=None)


def _apprise() -> Any:
    """The library: 20 MB that a server without subscriptions to chats does without."""
    with importing:
        import apprise

    return apprise


@cache
def _asset() -> Any:
    """Messages bear Suanbei's name, and no picture or address of the library's makers."""
    return _apprise().AppriseAsset(
        app_id="Suanbei",
        app_desc="算备 Suanbei",
        app_url="",
        image_url_mask="",
        image_url_logo="",
        image_path_mask="",
        allow_templates=False,
    )


def check_chat(deliver: str, settings: Settings) -> None:
    """Refuse what cannot be sent to.

    Raises:
        TargetRefused: not a service or a parameter that is taken, or on a private network.
    """
    plugin = build_plugin(deliver)
    if settings.allow_private_targets or "host" not in plugin.template_tokens:
        return
    host = getattr(plugin, "smtp_host", "") or plugin.host
    if host:
        network.resolve(host, plugin.port or 443, allow_private=False)


def build_plugin(deliver: str) -> Any:
    """Apprise's plugin for an address.

    Raises:
        TargetRefused: not a service or a parameter that is taken.
    """
    known = read_address(_apprise_url(deliver))
    if known:
        _require_allowed(known)
    plugin = instantiate(known)
    if plugin is None:
        raise TargetRefused(f"deliver: this {service_of(deliver)}:// address cannot be read")
    _require_no_files(plugin)
    # Of what was written for another limit.
    plugin.overflow_mode = _apprise().OverflowMode.SPLIT
    return plugin


def read_address(url: str) -> dict[str, Any] | None:
    """What an address says, as Apprise reads it; None if it cannot be read."""
    with importing:
        from apprise.plugins import url_to_dict

    known: dict[str, Any] | None = url_to_dict(url)  # type: ignore[no-untyped-call]
    return known


def instantiate(known: dict[str, Any] | None) -> Any:
    """Apprise's plugin for an address that `read_address` has read; None if it does not take it."""
    return _apprise().Apprise.instantiate(known, asset=_asset()) if known else None


def _apprise_url(deliver: str) -> str:
    """An address as Apprise reads it: of three services it does not know what they print."""
    schema = CHAT_HOSTS.get(host_of(deliver))
    if schema not in ("dingtalk", "feishu", "lark"):
        return deliver
    printed = urlsplit(deliver)
    token = dict(parse_qsl(printed.query)).get("access_token") or printed.path.rpartition("/")[2]
    return f"{schema}://{quote(token, safe='')}"


def _require_allowed(known: dict[str, Any]) -> None:
    schema = str(known["schema"]).lower()
    base = schema if schema in _SERVICES else schema.removesuffix("s")
    if base not in _SERVICES:
        names = ", ".join(_SERVICES)
        raise TargetRefused(f"deliver: {schema}:// is not among the services taken ({names})")
    allowed = set(_SERVICES[base].split())
    given = {name for name in known["qsd"] if not name.startswith(("+", "-", ":"))}
    if base not in _WITH_HEADERS:
        # `%20template` and the like turn up among these.
        given |= {name for kind in ("qsd+", "qsd-", "qsd:") for name in known[kind]}
    for name in sorted(given - allowed):
        raise TargetRefused(f"deliver: the parameter {name[:40]!r} is not taken by {schema}://")


def _require_no_files(plugin: Any) -> None:
    """Whatever the address said: a plugin that would read a file of this machine is not used."""
    with importing:
        from apprise.attachment.base import AttachBase

    apprise = _apprise()
    for value in vars(plugin).values():
        holds = isinstance(value, apprise.AppriseAttachment) and len(value) > 0
        if holds or isinstance(value, AttachBase):
            raise TargetRefused("deliver: messages have no attachments")


async def send_to_bot(deliver: str, title: str, text: str, settings: Settings) -> Result:
    """Send a text to the robot of a group chat, once, and read what the service answers.

    Raises:
        TargetRefused, TimeoutError, httpx.HTTPError: as `network.post`.
    """
    plugin = build_plugin(deliver)
    url, payload = _bot_request(service_of(deliver), plugin, f"{title}\n{text}")
    answer = await network.post(
        url,
        json.dumps(payload, ensure_ascii=False).encode(),
        lambda: {"content-type": "application/json; charset=utf-8", "user-agent": "Suanbei"},
        allow_private=settings.allow_private_targets,
    )
    return _bot_result(answer)


def _bot_request(service: str, plugin: Any, content: str) -> tuple[str, dict[str, Any]]:
    if service == "wecombot":
        return plugin.api_url, {"msgtype": "text", "text": {"content": content}}
    if service == "lark":
        return plugin.webhook_url, {"msg_type": "text", "content": {"text": content}}
    url = plugin.notify_url.format(token=plugin.token)
    if service == "feishu":
        return url.rstrip("/"), {"msg_type": "text", "content": {"text": content}}
    if plugin.secret:
        timestamp, sign = plugin.get_signature()  # quoted for an address already
        url += f"{_separator(url)}{urlencode({'timestamp': timestamp})}&sign={sign}"
    at = {"atMobiles": plugin.targets, "isAtAll": False}
    return url, {"msgtype": "text", "text": {"content": content}, "at": at}


def _bot_result(answer: network.ReceiverAnswer) -> Result:
    """Delivered is what the service itself calls so: `errcode`, `code` or `StatusCode` 0."""
    if answer.status != 200:
        return Result(answer.status, f"HTTP {answer.status}")
    try:
        said = json.loads(answer.body)
        codes = [said[name] for name in ("errcode", "code", "StatusCode") if name in said]
    except (ValueError, TypeError):
        return Result(answer.status, "the service answered something else than JSON")
    if not codes:
        return Result(answer.status, "the service did not say whether it took the message")
    if any(codes):
        message = said.get("errmsg") or said.get("msg") or said.get("StatusMessage") or ""
        return Result(answer.status, f"refused by the service: {codes[0]} {str(message)[:200]}")
    return Result(answer.status)


def send_with_apprise(deliver: str, title: str, text: str, settings: Settings) -> Result:
    """Send a text once; blocks.

    Raises:
        TargetRefused: the address is not taken any more.
    """
    plugin = build_plugin(deliver)
    server = _apprise().Apprise(asset=_asset())
    server.add(plugin)
    guard: AbstractContextManager[list[str]] = (
        nullcontext([]) if settings.allow_private_targets else network.only_public()
    )
    with guard as refused, _capture_log() as logged:
        sent = server.notify(body=text, title=title, body_format="text")
    if sent:
        return Result()
    if refused:
        return Result(reason=f"{refused[0]} is not a public address")
    return Result(reason=logged[-1] if logged else "Apprise could not send it")


def _separator(url: str) -> str:
    return "&" if "?" in url else "?"


class LogCapture(logging.Handler):
    """Collects what Apprise logs while it sends: in this context, which its own threads inherit."""

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a message on one line, if this context captures the log."""
        captured = _captured.get()
        if captured is not None:
            captured.append(" ".join(record.getMessage().split()))


_CAPTURE = LogCapture(logging.WARNING)


@contextmanager
def _capture_log() -> Iterator[list[str]]:
    logging.getLogger("apprise").addHandler(_CAPTURE)  # adding it again does nothing
    captured: list[str] = []
    token = _captured.set(captured)
    try:
        yield captured
    finally:
        _captured.reset(token)
