"""Sending a text to a chat or a mailbox, through Apprise."""

import logging
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import apprise

from suanbei.alerts.guard import only_public
from suanbei.alerts.targets import locate
from suanbei.common.errors import TargetRefused
from suanbei.registry.notifications.channels import host_of, is_mail
from suanbei.registry.notifications.outbox import Result

_LOCAL = ("syslog", "blink1", "dbus", "glib", "gnome", "kde", "macosx", "qt", "windows")
"""Schemas that show something on this very machine."""
_FILES = ("template", "keyfile", "subfile", "pgpkey", "privatekey", "attach")
"""Parameters that name a file of this machine."""
_HOOKS = {
    "oapi.dingtalk.com": "dingtalk",
    "open.feishu.cn": "feishu",
    "open.larksuite.com": "lark",
}
"""Addresses as these services print them, which Apprise does not read, and its schema for them."""

_said: ContextVar[list[str] | None] = ContextVar("said", default=None)


@dataclass(frozen=True, slots=True)
class Post:
    """How texts are sent: the server's own SMTP, and whether private networks are allowed."""

    smtp_url: str = ""
    allow_private: bool = False


def check_chat(deliver: str, post: Post) -> None:
    """Refuse what cannot be sent to.

    Raises:
        TargetRefused: Apprise does not know it, or it is on this machine or a private network.
    """
    plugin, trusted = _plugin(deliver, post)
    if trusted or post.allow_private or "host" not in plugin.template_tokens:
        return
    host = getattr(plugin, "smtp_host", "") or plugin.host
    if host:
        locate(host, plugin.port or 443, allow_private=False)


def send_text(deliver: str, message_id: str, title: str, text: str, post: Post) -> Result:
    """Send a text once; blocks, and raises nothing."""
    try:
        plugin, trusted = _plugin(deliver, post, message_id)
    except TargetRefused as error:
        return Result(reason=str(error))
    server = apprise.Apprise()
    server.add(plugin)
    with _guarded(trusted or post.allow_private) as refused, _listening() as said:
        sent = server.notify(body=text, title=title, body_format="text")
    if sent:
        return Result()
    if refused:
        return Result(reason=f"{refused[0]} is not a public address")
    return Result(reason=(said[-1] if said else "Apprise could not send it")[:300])


def _guarded(everywhere: bool) -> AbstractContextManager[list[str]]:
    return nullcontext([]) if everywhere else only_public()


def _plugin(deliver: str, post: Post, message_id: str = "") -> tuple[Any, bool]:
    """The plugin for an address, and whether the address is the operator's own."""
    url = _with_id(_apprise_url(deliver, post), message_id)
    scheme = url.partition(":")[0].lower()
    named = {name.lower().lstrip("+-:") for name, _ in parse_qsl(urlsplit(url).query)}
    if scheme in _LOCAL or named & set(_FILES):
        raise TargetRefused(f"deliver: {scheme}:// would use this machine itself")
    plugin: Any = apprise.Apprise.instantiate(url)
    if plugin is None:
        raise TargetRefused(f"deliver: Apprise cannot read this {scheme}:// address")
    plugin.overflow_mode = apprise.OverflowMode.SPLIT
    return plugin, is_mail(deliver)


def _apprise_url(deliver: str, post: Post) -> str:
    if is_mail(deliver):
        if not post.smtp_url:
            raise TargetRefused("deliver: mailto: needs a mail server (SUANBEI_SMTP_URL)")
        return f"{post.smtp_url}{_joint(post.smtp_url)}to={quote(deliver.partition(':')[2])}"
    scheme = _HOOKS.get(host_of(deliver))
    if scheme is None:
        return deliver
    printed = urlsplit(deliver)
    token = dict(parse_qsl(printed.query)).get("access_token") or printed.path.rpartition("/")[2]
    return f"{scheme}://{quote(token, safe='')}"


def _with_id(url: str, message_id: str) -> str:
    """A mail bears the message's id, by which a repeat can be told."""
    if message_id and url.lower().startswith(("mailto://", "mailtos://")):
        return f"{url}{_joint(url)}+X-Suanbei-Message={quote(message_id)}"
    return url


def _joint(url: str) -> str:
    return "&" if "?" in url else "?"


class _Ear(logging.Handler):
    """Collects what Apprise logs while it sends, of this thread only."""

    def emit(self, record: logging.LogRecord) -> None:
        said = _said.get()
        if said is not None:
            said.append(" ".join(record.getMessage().split()))


_EAR = _Ear(logging.WARNING)


@contextmanager
def _listening() -> Iterator[list[str]]:
    logging.getLogger("apprise").addHandler(_EAR)  # adding it again does nothing
    said: list[str] = []
    token = _said.set(said)
    try:
        yield said
    finally:
        _said.reset(token)
