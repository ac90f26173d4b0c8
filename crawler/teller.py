"""Tells what a walk finds, once: the events of one source, and what it has seen so far."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime

from suanbei.common.errors import SuanbeiError
from suanbei.crawler.events import (
    DocumentFetched,
    DocumentFound,
    Event,
    Failed,
    NoticeFound,
    SourceFinished,
    SourceStarted,
)
from suanbei.crawler.notice_lists import ListedNotice
from suanbei.crawler.targets import Answer, Target

Emit = Callable[[Event], None]
Keep = Callable[[bytes], tuple[str, str]]
"""Keeps a body; returns its file name and sha256."""


@dataclass(slots=True)
class Teller:
    """The account of one source. `pending` counts the targets that are not settled yet."""

    source: str
    emit: Emit
    known: Collection[str]
    pending: int
    _notices: set[str] = field(default_factory=set)
    _documents: set[str] = field(default_factory=set)

    def started(self) -> None:
        """The first requests are about to be made."""
        self.emit(SourceStarted(source=self.source, at=datetime.now(UTC)))

    def settle(self) -> None:
        """One target is done with, one way or the other."""
        self.pending -= 1
        if not self.pending:
            self.emit(SourceFinished(source=self.source, at=datetime.now(UTC)))

    def is_new_notice(self, notice: ListedNotice) -> bool:
        """Whether the notice's page has to be read: not met before, and not known."""
        if notice.link in self._notices:
            return False
        self._notices.add(notice.link)
        if notice.link in self.known:
            self.notice(notice, 0, known=True)
            return False
        return True

    def is_new_document(self, document: Target) -> bool:
        """Whether the document has to be fetched: not met before, and not known."""
        if document.url in self._documents:
            return False
        self._documents.add(document.url)
        known = document.url in self.known
        self.emit(
            DocumentFound(source=self.source, url=document.url, label=document.label, known=known)
        )
        return not known

    def notice(
        self,
        notice: ListedNotice,
        documents: int,
        leftovers: tuple[str, ...] = (),
        *,
        known: bool = False,
    ) -> None:
        """A notice was read, or is known."""
        self._notices.add(notice.link)
        self.emit(
            NoticeFound(
                source=self.source, url=notice.link, title=notice.title,
                published_on=notice.published_on, documents=documents, known=known,
                leftovers=leftovers,
            )
        )  # fmt: skip

    def document(self, target: Target, answer: Answer, file: str, sha256: str) -> None:
        """A document was fetched and lies in a file."""
        notice = target.notice or ListedNotice("", target.url, None)
        self.emit(
            DocumentFetched(
                source=self.source, url=target.url, label=target.label,
                ordinal=target.ordinal, notice_url=notice.link, notice_title=notice.title,
                published_on=notice.published_on, file=file, sha256=sha256, fetched_at=answer.at,
            )
        )  # fmt: skip

    def failure(self, target: Target, error: SuanbeiError, attempts: int = 1) -> None:
        """Something cannot be had."""
        self.emit(
            Failed(
                source=self.source, url=target.url, label=target.label,
                code=error.code, message=str(error), attempts=attempts,
            )
        )  # fmt: skip
