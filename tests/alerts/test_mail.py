"""Mails: to the very address, with headers that every program reads, and the server's words if it refuses."""

import asyncio
import email
import email.policy
import json
import socket
from email.message import EmailMessage

import pytest

from suanbei.alerts.channels import OutgoingMessage, check_target, send
from suanbei.common.errors import TargetRefused
from suanbei.common.settings import Settings
from suanbei.common.texts import Language
from suanbei.registry.notifications.outbox import Result
from suanbei.registry.notifications.targets import reason_text
from tests.alerts.mailbox import Mailbox, mailbox


def sent(address: str, port: int, title: str = "题", text: str = "文") -> Result:
    url = f"mailto://127.0.0.1:{port}?from=算备<suanbei@example.org>&reply=help@example.org"
    body = json.dumps({"title": title, "text": text})
    return asyncio.run(
        send(OutgoingMessage("msg_7", f"mailto:{address}", body), Settings(smtp_url=url))
    )


def the_mail(box: Mailbox) -> EmailMessage:
    (raw,) = box.mails
    assert max(len(line) for line in raw.splitlines()) <= 78
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


@pytest.mark.parametrize(
    "address",
    ["law@example.org", "o'brien+list@example.org", "a&b@example.org", "a%40b@example.org",
     "a..b.@example.org", "law@xn--fsqu00a.xn--fiqs8s", "root@localhost"],
)  # fmt: skip
def test_a_mail_goes_to_the_whole_address(address: str) -> None:
    """Apprise sent o'brien's mail to brien, and whatever stood under .xn--fiqs8s to .xn."""
    with mailbox() as box:
        assert sent(address, box.port) == Result()
    assert box.recipients == [address]
    mail = the_mail(box)
    assert mail["To"] == address
    assert (mail["From"], mail["Reply-To"]) == ("算备 <suanbei@example.org>", "help@example.org")
    assert mail["Message-ID"].endswith("@example.org>")
    assert mail["Auto-Submitted"] == "auto-generated"


def test_a_long_title_is_folded_and_a_line_break_in_it_is_none() -> None:
    """No line of a mail may have more than 998 bytes; servers refuse it."""
    title, text = "某某科技有限公司" * 25, "https://suanbei.example/" + "x" * 2000 + "\n新增 🎉"
    with mailbox() as box:
        assert sent("law@example.org", box.port, f"{title}\r\nBcc: x@example.org", text) == Result()
    mail = the_mail(box)
    assert mail["Subject"] == f"{title} Bcc: x@example.org"
    assert mail["Bcc"] is None
    assert mail.get_content().replace("\r\n", "\n") == f"{text}\n"


def test_a_refusal_is_told_in_the_words_of_the_server_without_the_address() -> None:
    """Reasons are shown to those from whom addresses are hidden."""
    with mailbox() as box:
        box.unknown = "law@example.org"
        result = sent("law@example.org", box.port)
    assert result == Result(reason="mail server: 550 <…> no such user")
    chinese = reason_text(result.reason, Language.ZH)
    assert chinese == "邮件服务器：550 <…> no such user"


def test_a_server_that_is_away_is_told_of() -> None:
    """So that whoever runs Suanbei knows where to look."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        result = sent("law@example.org", free.getsockname()[1])
    assert result.reason.startswith("mail server: [Errno")


def test_a_mail_server_that_cannot_be_read_is_named_by_its_setting() -> None:
    """It is not the subscriber's address that is wrong."""
    with pytest.raises(TargetRefused, match="SUANBEI_SMTP_URL"):
        check_target("mailto:law@example.org", Settings(smtp_url="mailto://127.0.0.1"))


@pytest.mark.parametrize(
    "address", ["a@b@c.example", "a@c.example?cc=d@c.example", "a@b.cn,c@d.cn"]
)
def test_a_mail_address_is_one_and_nothing_else(address: str) -> None:
    """Whatever else it names is not written to."""
    with pytest.raises(TargetRefused, match="one address"):
        check_target(f"mailto:{address}", Settings(smtp_url="mailto://h?from=a@b.example"))
