"""Where numbers are judged: here, or in a process apart while this one reads and writes.

One question at a time is put and answered, so that neither process can wait for the other's pipe.
"""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from multiprocessing.connection import Connection
from typing import Any, NamedTuple, Protocol

from sqlalchemy.orm import Session

from registry.errors import RegistryError, SuanbeiError
from registry.language import Language
from registry.verify.bulk import BulkJudge, Outcome, Pair

Shape = Callable[[Outcome], Any]
"""Makes of an outcome what is kept of it."""
OpenSession = Callable[[], AbstractContextManager[Session]]
_MOST_SECONDS = 5
"""How long a process that was told to end may take."""


class Answer(NamedTuple):
    """Outcomes as they are kept, and the (verdict, company match) of each."""

    shapes: list[Any]
    labels: list[tuple[str, str]]


class Judging(Protocol):
    """Somebody who is asked, and then answers."""

    def ask(self, pairs: Sequence[Pair]) -> None:
        """Put a question; the last one must have been answered."""

    def answer(self) -> Answer:
        """The answer to it."""


Judges = Callable[[Language, Shape], AbstractContextManager[Judging]]


class _Here:
    def __init__(self, judge: BulkJudge, shape: Shape) -> None:
        self._judge, self._shape = judge, shape
        self._answer = Answer([], [])

    def ask(self, pairs: Sequence[Pair]) -> None:
        outcomes = self._judge.judge(pairs)
        labels = [(outcome.verdict, outcome.match) for outcome in outcomes]
        self._answer = Answer([*map(self._shape, outcomes)], labels)

    def answer(self) -> Answer:
        return self._answer


def judging_here(session: Session) -> Judges:
    """Judge in this process."""

    @contextmanager
    def judges(language: Language, shape: Shape) -> Iterator[Judging]:
        yield _Here(BulkJudge(session, language), shape)

    return judges


def can_judge_apart() -> bool:
    """Whether this machine can fork, and has a second core to do it for."""
    return "fork" in multiprocessing.get_all_start_methods() and (os.cpu_count() or 1) > 1


class _Apart:
    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe

    def ask(self, pairs: Sequence[Pair]) -> None:
        # If nobody is there any more, `answer` finds out why.
        with suppress(BrokenPipeError, ConnectionResetError):
            self._pipe.send(pairs)

    def answer(self) -> Answer:
        try:
            found: Answer | SuanbeiError = self._pipe.recv()
        except (EOFError, ConnectionResetError) as error:
            raise RegistryError(_ENDED) from error
        if isinstance(found, SuanbeiError):
            raise found
        return found


_ENDED = "the process that judges the numbers has ended: nothing was written"


def judging_apart(open_session: OpenSession) -> Judges:
    """Judge in a forked process, which opens the registry itself.

    For a caller that has one thread and no connection open: neither may be taken along.
    """

    @contextmanager
    def judges(language: Language, shape: Shape) -> Iterator[Judging]:
        context = multiprocessing.get_context("fork")
        ours, theirs = context.Pipe()
        process = context.Process(
            target=_serve, args=(ours, theirs, open_session, language, shape), daemon=True
        )
        process.start()
        theirs.close()
        try:
            yield _Apart(ours)
        finally:
            ours.close()
            process.join(_MOST_SECONDS)
            process.kill()

    return judges


def _serve(
    ours: Connection, theirs: Connection, open_session: OpenSession, language: Language,
    shape: Shape,
) -> None:  # fmt: skip
    """Answer until there are no more questions, or nobody to ask them."""
    ours.close()  # else the end of the other process would never show
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the other process, which ends us
    try:
        with open_session() as session:
            judge = _Here(BulkJudge(session, language), shape)
            while True:
                judge.ask(theirs.recv())
                theirs.send(judge.answer())
    except SuanbeiError as error:
        theirs.send(error)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return
