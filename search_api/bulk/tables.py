"""What files of rows have in common, whatever their format."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

Progress = Callable[[float], None]
"""Told which share of a table has been read, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Some thousand rows: their values, and the lines they were written in (without line ends),
    where that means something. In CSV all values are texts."""

    rows: list[list[Any]]
    lines: list[str] = field(default_factory=list)

    def split(self, count: int) -> tuple["Batch", "Batch"]:
        """The first rows, and the others."""
        first = Batch(self.rows[:count], self.lines[:count])
        return first, Batch(self.rows[count:], self.lines[count:])


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of a file: its name (empty in CSV), and its rows."""

    name: str
    batches: Callable[[Progress], Iterator[Batch]]


class Source(Protocol):
    """A file that is read."""

    delimiter: str

    def sheets(self) -> Iterator[Sheet]:
        """Its tables in order."""


class Target(Protocol):
    """A file that is written."""

    many_sheets: bool

    @property
    def shape(self) -> Callable[[Sequence[str]], Any]:
        """Makes of cells of our own what `write` wants: made once, written often. It may be sent to
        another process."""

    def sheet(self, name: str) -> None:
        """Begin a table."""

    def write(self, batch: Batch, added: Sequence[Any], width: int) -> None:
        """Write rows, each with what is added; a short row is filled up to the width."""

    def close(self) -> None:
        """Finish the file."""


def text_of(value: Any) -> str:
    """A value as the text a person sees: whole numbers without a point, dates ISO."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1 << 53:
        return str(int(value))
    return str(value)
