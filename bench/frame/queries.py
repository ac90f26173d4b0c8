"""The mix of queries that search is measured with: the same 300 for every size, by a fixed seed.

They are drawn from the first filings of a synthetic registry, which are the same whatever its size.
"""

import random
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from typing import NamedTuple

from pypinyin import lazy_pinyin
from sqlalchemy import select

from suanbei.registry.cells.names import name_parts
from suanbei.registry.database import Database
from suanbei.registry.models import Filing
from suanbei.registry.queries.selection import Dimension, Selection
from suanbei.search_api.search.engine import Query

QUERIES = 300
DRAWN_FROM = 10_000
"""As many filings as the smallest registry has."""
COMMON = (
    "有限公司", "算法", "科技", "公司", "生成合成", "大模型", "智能", "北京", "上海", "网信算备", "APP", "AI",
)  # fmt: skip
FILTERS = (
    Selection({Dimension.SERIES: ("deep_synthesis",)}),
    Selection({Dimension.REGION: ("北京市", "上海市")}),
    Selection({Dimension.STATUS: ("active",), Dimension.ROLE: ("service_provider",)}),
    Selection({}, "2024-01", "2024-12"),
)


class Drawn(NamedTuple):
    """A filing that a query is made of."""

    name: str
    entity: str
    product: str
    number: str

    @property
    def brand(self) -> str:
        """The company's own part of its name."""
        return name_parts(self.entity).brand or self.entity


Make = Callable[[Drawn, random.Random], str]


def run_of(text: str, length: int, chance: random.Random) -> str:
    """So many neighbouring characters of a text."""
    start = chance.randrange(max(1, len(text) - length + 1))
    return text[start : start + length]


def without_one(text: str, chance: random.Random) -> str:
    """A text with one character left out."""
    place = chance.randrange(len(text))
    return text[:place] + text[place + 1 :]


KINDS: tuple[tuple[str, int, Make], ...] = (
    ("two characters of a name", 50, lambda one, chance: run_of(one.name, 2, chance)),
    ("four characters of a name", 30, lambda one, chance: run_of(one.name, 4, chance)),
    ("two characters of a company", 30, lambda one, chance: run_of(one.entity, 2, chance)),
    ("five characters of a company", 30, lambda one, chance: run_of(one.entity, 5, chance)),
    ("a company", 15, lambda one, _: one.entity),
    ("a company's own name", 20, lambda one, _: one.brand),
    ("a product", 20, lambda one, _: one.product.partition("(")[0].partition("（")[0]),
    ("a number", 15, lambda one, _: one.number),
    ("four signs of a number", 15, lambda one, chance: run_of(one.number, 4, chance)),
    ("a company and a name", 15, lambda one, chance: f"{one.brand} {run_of(one.name, 2, chance)}"),
    ("pinyin", 12, lambda one, _: "".join(lazy_pinyin(one.brand))),
    ("a name with a character missing", 12, lambda one, chance: without_one(one.name, chance)),
)
"""What a query is, how many of the 300 are so, and how one is made. The rest are COMMON fragments."""


def mix(database: Database) -> list[Query]:
    """The queries: each for the first page with all facets, every fourth with a filter."""
    chance = random.Random(5)
    drawn = _drawn(database, chance)
    made = [make(next(drawn), chance) for _, number, make in KINDS for _ in range(number)]
    texts = [*made, *islice(cycle(COMMON), QUERIES - len(made))]
    chance.shuffle(texts)
    return [
        Query(text, _filters(place), facets=tuple(Dimension)) for place, text in enumerate(texts)
    ]


def _filters(place: int) -> Selection:
    return FILTERS[place // 4 % len(FILTERS)] if place % 4 == 0 else Selection()


def _drawn(database: Database, chance: random.Random) -> Iterator[Drawn]:
    columns = (Filing.name, Filing.entity, Filing.product, Filing.number)
    query = select(*columns).where(Filing.id <= DRAWN_FROM, Filing.product != "")
    with database.read() as session:
        rows = [Drawn(*row) for row in session.execute(query.order_by(Filing.id)).tuples()]
    return cycle(chance.sample(rows, min(len(rows), QUERIES)))
