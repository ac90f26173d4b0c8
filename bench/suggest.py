"""Suggestions for mistyped numbers: milliseconds each, over the whole registry."""

import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.frame import Row, at_most
from bench.frame.inputs import settings_of, snapshot_home
from bench.verify import drawn
from suanbei.registry.cells.numbers import AlgorithmNumber, Number, parse_number
from suanbei.registry.database import Database, open_database
from suanbei.registry.verify import judge

LIBRARIES = ("sqlite3", "sqlalchemy", "rapidfuzz")
ASKED = 200
NOTE = f"{ASKED} listed numbers, one or two digits of each wrong, or one left out"


def measure(turns: int) -> Iterator[Row]:
    """At the snapshot's size."""
    with tempfile.TemporaryDirectory() as name:
        home = snapshot_home(Path(name))
        filings, numbers = drawn(home)
        database = open_database(settings_of(home))
        for slip, numbers_with in (("digits wrong", mistyped), ("a digit missing", shortened)):
            asked = [*numbers_with(numbers)][:ASKED]
            taken = [milliseconds(database, asked) for _ in range(turns)]
            yield Row(f"{filings:,} filings: suggestions, {slip}", "ms", taken,
                      target=at_most(10), note=NOTE)  # fmt: skip
        database.close()


def mistyped(numbers: list[str]) -> Iterator[Number]:
    """Algorithm numbers with one or two digits replaced; the same each time."""
    chance = random.Random(1)
    for text in numbers:
        number = parse_number(text)
        if isinstance(number, AlgorithmNumber):
            digits = list(number.digits)
            for place in chance.sample(range(21), chance.choice((1, 2))):
                digits[place] = str((int(digits[place]) + chance.randrange(1, 10)) % 10)
            yield AlgorithmNumber("".join(digits))


def shortened(numbers: list[str]) -> Iterator[Number]:
    """Algorithm numbers with a digit left out; the same each time."""
    chance = random.Random(1)
    for text in numbers:
        number = parse_number(text)
        if isinstance(number, AlgorithmNumber):
            place = chance.randrange(21)
            typed = f"网信算备{number.digits[:place]}{number.digits[place + 1 :]}号"
            if short := parse_number(typed):
                yield short


def milliseconds(database: Database, asked: list[Number]) -> float:
    """The mean over all numbers: a judgement with its suggestions."""
    with database.read() as session:
        began = time.perf_counter()
        for number in asked:
            judge(session, [(str(number), "")])
        return (time.perf_counter() - began) / len(asked) * 1000
