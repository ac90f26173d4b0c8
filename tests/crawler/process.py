"""Runs a function in a process of its own: a Twisted reactor starts only once in each.

The processes are forked from one that has imported the crawler already: what a test waits for is
the crawl, not Python.
"""

import multiprocessing
import os
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, ParamSpec, TypeVar

from suanbei.crawler import pipeline
from suanbei.parsers import parse_document
from suanbei.registry.importing.published import ParsedDocument

_P = ParamSpec("_P")
_T = TypeVar("_T")
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.crawler.preload"])


def read_here(data: bytes, *, limits: object = None, **named: Any) -> ParsedDocument:
    """Read a document in this process, not in a fresh interpreter of its own: that takes longer than
    the rest of a crawl. Readers in processes are tested by themselves, and by tests/test_main_job.py."""
    return parse_document(data, **named)


def in_process(function: Callable[_P, _T], *arguments: Any, seconds: float = 600) -> _T:
    """The result of a function of a module's top level; raises what it raises."""
    ours, theirs = _CONTEXT.Pipe(duplex=False)
    process = _CONTEXT.Process(target=_run, args=(theirs, dict(os.environ), function, arguments))
    process.start()
    theirs.close()
    try:
        assert ours.poll(seconds), f"{function.__name__} did not end within {seconds} s"
        result, error = ours.recv()
    finally:
        process.kill()
        process.join()
    if error is not None:
        raise error
    return result  # type: ignore[no-any-return]


def _run(
    answer: Connection, environment: dict[str, str], function: Callable[..., Any], arguments: Any
) -> None:
    os.environ.clear()
    os.environ.update(environment)
    pipeline.read_in_subprocess = read_here
    try:
        answer.send((function(*arguments), None))
    except BaseException as error:  # noqa: BLE001 - raised by the other process
        answer.send((None, error))
