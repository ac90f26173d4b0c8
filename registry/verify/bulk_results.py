"""What is asked and said of the rows of a table.

Apart from those who judge (`suanbei.registry.verify.bulk`), which load much: who only reads and writes
tables need not wait for that.
"""

from typing import NamedTuple

Pair = tuple[str, str]
"""A number as given, and the company claimed, empty if none is."""


class Outcome(NamedTuple):
    """The verdict on one row: `match` as `entity_match` of a verdict, dates ISO; empty if none."""

    verdict: str
    number: str = ""
    entity: str = ""
    match: str = ""
    reason: str = ""
    list: str = ""
    date: str = ""
    link: str = ""
