"""Where messages go: a webhook, a mail address, or a chat service of Apprise; and why one did not arrive."""

import re
from urllib.parse import urlsplit

from suanbei.common.texts import Language

CHAT_HOSTS = {
    "hooks.slack.com": "slack",
    "discord.com": "discord",
    "discordapp.com": "discord",
    "qyapi.weixin.qq.com": "wecombot",
    "oapi.dingtalk.com": "dingtalk",
    "open.feishu.cn": "feishu",
    "open.larksuite.com": "lark",
}
"""Chat services whose own https:// addresses people paste, with Apprise's schema for each: they
want a text, not a signed body."""
MASK = "********"
MAIL_ADDRESS = re.compile(
    r"(?=.{3,254}$)[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*"
)
"""An address of a mailbox as HTML's `<input type="email">` takes it."""
_CHINESE = (
    (r"HTTP 410: .*", "接收方已拒收（HTTP 410）"),
    (r"HTTP (\d+): moved to (.*)", r"接收方返回 HTTP \1，地址已迁至 \2"),
    (r"HTTP (\d+)", r"接收方返回 HTTP \1"),
    (r"no answer within ([\d.]+) s", r"\1 秒内无响应"),
    (r"not sent within ([\d.]+) s", r"\1 秒内未能发出"),
    (r"refused by the service: (.*)", r"服务方拒收：\1"),
    (r"mail server: (.*)", r"邮件服务器：\1"),
    (r"the service .*", "服务方的答复无法确认是否送达"),
    (r"(?:(\S+): )?(\S+) is not a public address.*", r"\2 不是公网地址"),
    (r"(\S+): no such host.*", r"找不到主机 \1"),
    (r"more than \d+ redirects", "重定向次数过多"),
    (r"(?:ConnectError|ConnectTimeout).*", "无法连接"),
    (
        r"cannot be put into words.*|its messages cannot be made.*",
        "消息无法生成（程序错误，已记入日志）",
    ),
    (r"cannot be sent.*", "消息无法发出（程序错误，已记入日志）"),
    (r"deliver: mailto: .*SUANBEI_SMTP_URL.*", "服务器没有可用的发信服务（SUANBEI_SMTP_URL）"),
    (r"deliver: .*", "该地址不再受支持，请更换地址"),
)
"""Reasons in English, and what to say of them in Chinese."""


def is_webhook(deliver: str) -> bool:
    """Whether messages are posted, signed, to an address of the subscriber's own."""
    if not deliver.lower().startswith(("http://", "https://")):
        return False
    return host_of(deliver) not in CHAT_HOSTS


def host_of(deliver: str) -> str:
    """The host of an address, lower case; empty where it cannot be read."""
    try:
        return (urlsplit(deliver).hostname or "").lower()
    except ValueError:
        return ""


def is_mail(deliver: str) -> bool:
    """Whether it is a bare mail address (mailto:somebody@example.org), sent by the server's own SMTP."""
    scheme, _, rest = deliver.partition(":")
    return scheme.lower() == "mailto" and not rest.startswith("//")


def service_of(deliver: str) -> str:
    """What an address is delivered by: `webhook`, `mail`, or Apprise's schema of a chat service.

    Messages are written for their service (JSON or text, in parts of its size).

    >>> service_of("https://open.feishu.cn/open-apis/bot/v2/hook/abc")
    'feishu'
    """
    if is_webhook(deliver):
        return "webhook"
    if is_mail(deliver):
        return "mail"
    return CHAT_HOSTS.get(host_of(deliver)) or deliver.partition(":")[0].lower()


def shown_target(deliver: str, *, masked: bool = False) -> str:
    """An address without its secrets: the tokens of a chat service are its whole address.

    `masked` hides whose it is as well: the path of a webhook, the name in a mail address.
    """
    scheme, _, rest = deliver.partition(":")
    if is_mail(deliver):
        name, at, host = rest.partition("?")[0].rpartition("@")
        return f"mailto:{name[:1]}***{at}{host}" if masked else deliver
    if not is_webhook(deliver):
        return f"{scheme}://{MASK}"
    place, slash, path = rest.removeprefix("//").partition("/")
    host = place.rpartition("@")[2].partition("?")[0]
    if masked:
        return f"{scheme}://{host}/{MASK}"
    return f"{scheme}://{host}{slash}{path.partition('?')[0]}"


def reason_text(reason: str, language: Language) -> str:
    """Why a message did not arrive, for people; attempts record it in English.

    A reason that no pattern knows stays as the other side said it.

    >>> reason_text("HTTP 503", Language.ZH)
    '接收方返回 HTTP 503'
    """
    if language is Language.EN or not reason:
        return reason
    for pattern, chinese in _CHINESE:
        if found := re.fullmatch(pattern, reason, re.DOTALL):
            return found.expand(chinese)
    return f"发送失败：{reason}"
