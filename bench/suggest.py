"""Suggestions for mistyped numbers: milliseconds each, over the whole registry."""

import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.frame import Row, at_most
from bench.frame.inputs import settings_of, snapshot_home, synthetic_home
from bench.verify import drawn
from registry.db import Database, open_database
from registry.language import Language
from registry.numbers import AlgorithmNumber, Number, parse_number
from registry.suggest import suggest

LIBRARIES = ("sqlite3", "sqlalchemy", "rapidfuzz")
ASKED = 200
MANY = 1_000_000


def measure(turns: int) -> Iterator[Row]:
    """At the snapshot's size, then with a million made-up filings."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for home in (snapshot_home(folder), synthetic_home(MANY, folder)):
            filings, numbers = drawn(home)
            database = open_database(settings_of(home))
            asked = [*mistyped(numbers)][:ASKED]
            taken = [milliseconds(database, asked) for _ in range(turns)]
            database.close()
            note = f"{len(asked)} numbers, one or two digits of each wrong"
            yield Row(f"{filings:,} filings: a number's suggestions", "ms", taken,
                      target=at_most(10), note=note)  # fmt: skip


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


def milliseconds(database: Database, asked: list[Number]) -> float:
    """The mean over all numbers."""
    with database.read() as session:
        began = time.perf_counter()
        for number in asked:
            suggest(session, number, "", Language.EN)
        return (time.perf_counter() - began) / len(asked) * 1000
