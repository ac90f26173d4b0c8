"""Mails to one address (`mailto:somebody@example.org`), sent by the server of SUANBEI_SMTP_URL.

Apprise knows how the server's address is written. It does not send the mail: it takes a part of an
odd address for the whole, writes long subjects in one line, and keeps to itself what a server says.
"""

import smtplib
import ssl
from collections.abc import Mapping
from contextlib import suppress
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, formataddr, localtime, make_msgid
from typing import Any

from suanbei.alerts.chat import instantiate, read_address
from suanbei.common.errors import TargetRefused
from suanbei.registry.notifications.outbox import Result
from suanbei.registry.notifications.targets import MAIL_ADDRESS

SERVER_SECONDS = 15.0
"""How long the mail server may take for each step."""


class _MailPolicy(EmailPolicy):
    """Leaves the link in `List-Unsubscribe` as it is: one longer than a line would be encoded as if it
    were a text, and mail programs find no link in that."""

    def fold_binary(self, name: str, value: str) -> bytes:
        """A header as it is sent."""
        if name == "List-Unsubscribe":
            return f"{name}: {value}{self.linesep}".encode()
        return super().fold_binary(name, value)


def read_mail_address(deliver: str, smtp_url: str) -> tuple[str, Any]:
    """The one address that a `mailto:` names, and Apprise's plugin for the server: how to connect to it,
    and who writes.

    Raises:
        TargetRefused: it names none or more than that, or there is no server to send mails.
    """
    if not smtp_url:
        raise TargetRefused("deliver: mailto: needs a mail server (SUANBEI_SMTP_URL)")
    address = deliver.partition(":")[2]
    if not MAIL_ADDRESS.fullmatch(address):
        raise TargetRefused(
            "deliver: mailto: takes one address, in ASCII letters, and nothing else"
        )
    known = read_address(smtp_url)
    server = instantiate(known) if known else None
    if server is None:
        raise TargetRefused(
            "deliver: mailto: SUANBEI_SMTP_URL is not like mailtos://user:password@host?from=…"
        )
    return address, server


def send_mail(
    deliver: str, headers: Mapping[str, str], title: str, text: str, smtp_url: str
) -> Result:
    """Send a mail once; blocks.

    Raises:
        TargetRefused: as `read_mail_address`.
    """
    address, server = read_mail_address(deliver, smtp_url)
    name, sender = server.from_addr
    message = EmailMessage(policy=_MailPolicy(linesep="\r\n"))
    message["Subject"] = " ".join(title.split())
    message["From"] = formataddr((name or "", sender))
    message["To"] = address
    if server.cc:
        message["Cc"] = ", ".join(server.cc)
    if server.reply_to:
        message["Reply-To"] = ", ".join(server.reply_to)
    message["Date"] = format_datetime(localtime())
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    for header, value in headers.items():
        message[header] = value
    message.set_content(text, cte="quoted-printable")
    refused: dict[str, tuple[int, Any]]
    try:
        refused = _hand_over(server, message, [address, *server.cc, *server.bcc])
    except smtplib.SMTPRecipientsRefused as error:
        refused = error.recipients
    except smtplib.SMTPResponseException as error:
        refused = {address: (error.smtp_code, error.smtp_error)}
    except OSError as error:  # all others of smtplib are OSErrors too
        return Result(reason=f"mail server: {error}")
    if address not in refused:
        return Result()
    code, said = refused[address]
    answer = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    # Reasons are shown to those who may not see whose an address is.
    return Result(reason=f"mail server: {code} {' '.join(answer.split())}".replace(address, "…"))


def _hand_over(
    server: Any, message: EmailMessage, recipients: list[str]
) -> dict[str, tuple[int, bytes]]:
    """Give a mail to the server; returns the recipients that it refused, with its answers.

    Raises:
        OSError: no connection, or not taken for any of them (smtplib's errors are OSErrors).
    """
    context = ssl.create_default_context()
    if not server.verify_certificate:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    where, limit = (server.smtp_host, server.port), SERVER_SECONDS
    connection = (
        smtplib.SMTP_SSL(*where, timeout=limit, context=context)
        if server.secure_mode == "ssl"
        else smtplib.SMTP(*where, timeout=limit)
    )
    try:
        if server.secure_mode == "starttls":
            connection.starttls(context=context)
        if server.user and server.password:
            connection.login(server.user, server.password)
        return connection.send_message(message, server.from_addr[1], recipients)
    finally:
        with suppress(OSError):  # whatever it says to that, the mail is taken or is not
            connection.quit()
