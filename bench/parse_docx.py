"""Every DOCX of the real lists, by our parser and by python-docx reading `row.cells`."""

from collections.abc import Iterator
from pathlib import Path

import docx

from bench.frame import Row, at_most, in_turn
from bench.frame.inputs import official
from suanbei.parsers import parse_document

LIBRARIES = ("python-docx", "lxml")


def measure(turns: int) -> Iterator[Row]:
    """Seconds for all documents, from their bytes to rows."""
    paths = official("*/*.docx")
    times = in_turn({"cells": lambda: by_cells(paths), "ours": lambda: by_ours(paths)}, turns)
    note = "ours gives checked and flagged rows, python-docx the texts of cells"
    ours, cells, against = times["ours"], times["cells"], "python-docx, row.cells"
    yield Row(f"{len(paths)} documents", "s", ours.wall, cells.wall, against, at_most(0.5), note)
    yield Row(f"{len(paths)} documents, CPU time", "s", ours.cpu, cells.cpu, against)


def by_cells(paths: list[Path]) -> int:
    """The texts of all cells by python-docx; returns how many."""
    count = 0
    for path in paths:
        for table in docx.Document(str(path)).tables:
            for row in table.rows:
                count += len([cell.text for cell in row.cells])
    return count


def by_ours(paths: list[Path]) -> int:
    """All rows by our parser; returns how many."""
    return sum(len(parse_document(path.read_bytes(), name=path.name).rows) for path in paths)
