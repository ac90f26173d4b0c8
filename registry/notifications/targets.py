"""How an address to deliver to is read: a webhook, a mail address, or a chat service of Apprise."""

from urllib.parse import urlsplit

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
