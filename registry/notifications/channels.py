"""How an address to deliver to is read: a webhook, a mail address, or a chat service of Apprise."""

from urllib.parse import urlsplit

CHAT_HOSTS = (
    "hooks.slack.com",
    "discord.com",
    "discordapp.com",
    "qyapi.weixin.qq.com",
    "oapi.dingtalk.com",
    "open.feishu.cn",
    "open.larksuite.com",
)
"""Chat services whose own https:// addresses people paste: they want a text, not a signed body."""


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


def shown_target(deliver: str) -> str:
    """An address without its secrets: the tokens of a chat service are its whole address."""
    scheme, _, rest = deliver.partition(":")
    if is_mail(deliver):
        return deliver
    if not is_webhook(deliver):
        return f"{scheme}://********"
    place, slash, path = rest.removeprefix("//").partition("/")
    host = place.rpartition("@")[2].partition("?")[0]
    return f"{scheme}://{host}{slash}{path.partition('?')[0]}"
