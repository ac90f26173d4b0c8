"""Where commands print: as wide as the terminal, and unbroken where a program reads it."""

import os
import sys

from rich.console import Console

_UNBROKEN = 2000
"""Columns of an output that is no terminal: a line is a line, for grep and for a file."""


def terminal(*, stderr: bool = False) -> Console:
    """A console on standard output or standard error; COLUMNS sets its width.

    What is printed is text: published names hold brackets, which are no markup.
    """
    stream = sys.stderr if stderr else sys.stdout
    broken = stream.isatty() or "COLUMNS" in os.environ
    width = None if broken else _UNBROKEN
    return Console(stderr=stderr, highlight=False, markup=False, width=width)
