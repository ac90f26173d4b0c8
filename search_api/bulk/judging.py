"""Where numbers are judged: here, or in a process apart while this one reads and writes."""

import gc
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from multiprocessing.connection import Connection
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any, Protocol

from suanbei.common.errors import RegistryError, SuanbeiError
from suanbei.common.late_imports import importing
from suanbei.common.texts import Language
from suanbei.registry.verify.judgement import Pair
from suanbei.registry.verify.render import ResultRow as Outcome
from suanbei.registry.verify.render import result_row

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

Shape = Callable[[Outcome], Any]
"""Makes of an outcome what is kept of it."""
OpenSession = Callable[[], AbstractContextManager["Session"]]


Label = tuple[str, str]
"""A verdict, and the company match."""
Answer = tuple[Any, Label]
"""An outcome as it is kept, and its label."""


class Judging(Protocol):
    """Somebody who is told what to make of outcomes, then is asked, and answers.

    `ahead`: how often may be asked before the first answer is taken. Answers come in the order of
    the questions.
    """

    ahead: int

    def begin(self, shape: Shape) -> None:
        """Tell how outcomes are to be kept, before the first question."""

    def ask(self, pairs: Sequence[Pair]) -> None:
        """Put questions."""

    def answer(self) -> list[Answer]:
        """The answers to them."""


Judges = Callable[[Language], AbstractContextManager[Judging]]


class _Here:
    ahead = 1

    def __init__(self, session: "Session", language: Language) -> None:
        # Loaded by who judges: who only asks need not wait for it.
        with importing:
            from suanbei.registry.verify import Judge

        self._judge, self._language = Judge(session, with_suggestions=False), language
        self._shape: Shape = _as_it_is
        self._labels: dict[Label, Label] = {}
        self._answers: list[Answer] = []

    def begin(self, shape: Shape) -> None:
        self._shape = shape

    def ask(self, pairs: Sequence[Pair]) -> None:
        shape, label = self._shape, self._label
        rows = (result_row(one, self._language) for one in self._judge.judge(pairs))
        self._answers = [(shape(one), label(one)) for one in rows]

    def answer(self) -> list[Answer]:
        return self._answers

    def _label(self, outcome: Outcome) -> Label:
        """Its label: one object for all that are alike, which goes once through a pipe."""
        label = outcome.verdict, outcome.match
        return self._labels.setdefault(label, label)


def _as_it_is(outcome: Outcome) -> Outcome:
    return outcome


def judging_here(session: "Session") -> Judges:
    """Judge in this process."""

    @contextmanager
    def judges(language: Language) -> Iterator[Judging]:
        yield _Here(session, language)

    return judges


def can_judge_apart() -> bool:
    """Whether this machine can fork, and has a second core to do it for."""
    return "fork" in multiprocessing.get_all_start_methods() and (os.cpu_count() or 1) > 1


class _Apart:
    ahead = 24

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe

    def begin(self, shape: Shape) -> None:
        self._send(shape)

    def ask(self, pairs: Sequence[Pair]) -> None:
        self._send(pairs)

    def _send(self, message: Any) -> None:
        # If nobody is there any more, `answer` finds out why.
        with suppress(BrokenPipeError, ConnectionResetError):
            self._pipe.send(message)

    def answer(self) -> list[Answer]:
        try:
            found: list[Answer] | SuanbeiError = self._pipe.recv()
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
    def judges(language: Language) -> Iterator[Judging]:
        context = multiprocessing.get_context("fork")
        ours, theirs = context.Pipe()
        process = context.Process(
            target=_serve, args=(ours, theirs, open_session, language), daemon=True
        )
        process.start()
        theirs.close()
        try:
            yield _Apart(ours)
        finally:
            ours.close()
            process.kill()  # it only reads: nothing is lost
            process.join()

    return judges


def _serve(
    ours: Connection, theirs: Connection, open_session: OpenSession, language: Language
) -> None:
    """Answer until there are no more questions, or nobody to ask them."""
    ours.close()  # else the end of the other process would never show
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the other process, which ends us
    told: SimpleQueue[Any] = SimpleQueue()
    Thread(target=_take_in, args=(theirs, told), daemon=True).start()
    try:
        with open_session() as session:
            judging = _Here(session, language)
            gc.freeze()  # what is loaded by now stays: nobody need look through it
            if shape := told.get():
                judging.begin(shape)
            while pairs := (shape and told.get()):
                judging.ask(pairs)
                theirs.send(judging.answer())
    except SuanbeiError as error:
        theirs.send(error)
    except (BrokenPipeError, ConnectionResetError):
        return


def _take_in(theirs: Connection, told: "SimpleQueue[Any]") -> None:
    """Take in what is sent as it comes: who asks must not wait for who waits for it to listen."""
    with suppress(EOFError, ConnectionResetError):
        while True:
            told.put(theirs.recv())
    told.put(None)
