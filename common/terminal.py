"""What commands print. Output is as wide as the terminal, and unbroken where a program reads it."""

import json
import os
import sys
from typing import TYPE_CHECKING, Annotated

import orjson
import typer

from suanbei.common.settings import Settings
from suanbei.common.texts import Text, language_of

if TYPE_CHECKING:
    from rich.console import Console

_UNBROKEN = 2000
"""Columns of an output that is no terminal: a line is a line, for grep and for a file."""

AsJson = Annotated[bool, typer.Option("--json", help="the answer as one JSON object")]
AsJsonLines = Annotated[bool, typer.Option("--json", help="one JSON object per line")]


def terminal(*, stderr: bool = False) -> "Console":
    """A console on standard output or standard error; COLUMNS sets its width.

    What is printed is text: published names hold brackets, which are no markup.
    """
    from rich.console import Console  # most answers are one line, and need none

    stream = sys.stderr if stderr else sys.stdout
    broken = stream.isatty() or "COLUMNS" in os.environ
    width = None if broken else _UNBROKEN
    return Console(stderr=stderr, highlight=False, markup=False, width=width)


def open_closed_streams() -> None:
    """Put something in the place of standard streams that are closed: nothing to read, a pipe that nobody reads, and
    nowhere. The next file that is opened, be it the registry, would else be standard output."""
    closed = [name for name in ("stdin", "stdout", "stderr") if getattr(sys, name) is None]
    for name in closed:  # each takes the lowest number that is free, which is its own
        if name == "stdout":
            place, writer = os.pipe()
            os.dup2(writer, place)
            os.close(writer)
            sys.stdout = open(place, "w")  # noqa: SIM115 - for as long as the process lives
        else:
            setattr(sys, name, open(os.devnull, "r" if name == "stdin" else "w"))  # noqa: SIM115


def print_json(value: object, *, err: bool = False) -> None:
    """Print a value as one line of JSON."""
    typer.echo(orjson.dumps(value).decode(), err=err)


def print_answer(
    text: Text, settings: Settings, as_json: bool = False, *, err: bool = False, **facts: object
) -> None:
    """Print the answer of a command: a text with these facts filled in, or the facts as JSON."""
    said = text.say(language_of(settings.language), **facts)
    typer.echo(json.dumps(facts, ensure_ascii=False, default=str) if as_json else said, err=err)
