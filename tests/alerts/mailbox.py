"""A real mail server on loopback that takes everything, or refuses a recipient."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.trial.processes import free_port


@dataclass
class Mailbox:
    """The mails that came, and who is not known here."""

    mails: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    unknown: str = ""
    port: int = field(default_factory=free_port)

    async def handle_RCPT(  # noqa: N802 - the name is aiosmtpd's
        self, _: SMTP, __: Session, envelope: Envelope, address: str, ___: list[str]
    ) -> str:
        if address == self.unknown:
            return f"550 <{address}> no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802
        self.recipients += envelope.rcpt_tos
        self.mails.append(envelope.original_content or b"")
        return "250 OK"


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    """A server while the block lasts."""
    box = Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()
