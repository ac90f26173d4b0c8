"""Brands, groups and English names of registrants: the table `data/brands.yml`.

Its header says what a line holds. It says what people call a company; who owns what is told by no
list, so that a group is shown as a group, never as one company.
"""

import re
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from suanbei.common.errors import UsageError
from suanbei.common.late_imports import importing
from suanbei.registry.cells.names.parts import entity_key, latin_words, name_parts

_SHORTEST_LATIN, _SHORTEST = 4, 2
"""A shorter name counts only where it is all that was claimed."""


class BrandKind(StrEnum):
    """What a line of the table names."""

    GROUP = "group"
    BRAND = "brand"
    COMPANY = "company"


class Brand(NamedTuple):
    """A line of the table. Of a group `companies` include those of the lines that name it.

    `product` is a product that the lists show for one of the companies, `page` a public page, not
    checked, that it rests on instead; both are empty where all companies bear the name. `group` is
    the name of another line, or empty.
    """

    name: str
    kind: BrandKind
    also: tuple[str, ...]
    companies: tuple[str, ...]
    group: str
    product: str
    page: str

    @property
    def names(self) -> tuple[str, ...]:
        """All that it is called."""
        return (self.name, *self.also)

    def name_in(self, company: str) -> str:
        """The first of its names that stands in a company's name; empty if none does."""
        key = entity_key(company)
        return next((name for name in self.names if entity_key(name) in key), "")

    def is_of(self, company_names: set[str]) -> bool:
        """Whether a company with these names (as keys) belongs to it."""
        return any(entity_key(company) in company_names for company in self.companies)


@cache
def brands() -> tuple[Brand, ...]:
    """All lines of the table.

    Raises:
        UsageError: a line lacks what it needs, or names a group that is none.
    """
    with importing:
        import yaml

    text = files("suanbei.data").joinpath("brands.yml").read_text("utf-8")
    loader = getattr(
        yaml, "CSafeLoader", yaml.SafeLoader
    )  # in C where it is there: ten times as fast
    lines = [_read(line) for line in yaml.load(text, Loader=loader)]  # noqa: S506
    groups = {line.name: list(line.companies) for line in lines if line.kind is BrandKind.GROUP}
    for line in lines:
        if line.group:
            if line.group not in groups:
                raise UsageError(f"brands.yml: {line.name}: no group {line.group!r}")
            groups[line.group] += line.companies
    return tuple(
        line._replace(companies=tuple(dict.fromkeys(groups.get(line.name, line.companies))))
        for line in lines
    )


def _read(line: dict[str, object]) -> Brand:
    try:
        read = Brand(
            name=str(line["name"]),
            kind=BrandKind(str(line["kind"])),
            also=tuple(map(str, _list(line.get("also")))),
            companies=tuple(map(str, _list(line["companies"]))),
            group=str(line.get("group", "")),
            product=str(line.get("product", "")),
            page=str(line.get("page", "")),
        )
    except (KeyError, ValueError) as error:
        raise UsageError(f"brands.yml: {line}: {error}") from error
    rests = bool(read.product or read.page) or all(map(read.name_in, read.companies))
    if not rests or not read.companies or (read.product and read.page):
        raise UsageError(f"brands.yml: {read.name}: companies, and a product or a page, are needed")
    return read


def _list(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else []


@cache
def _by_key() -> dict[str, list[Brand]]:
    found: dict[str, list[Brand]] = {}
    for brand in brands():
        for name in brand.names:
            found.setdefault(entity_key(name), []).append(brand)
    return found


@cache
def _inside() -> re.Pattern[str]:
    """Any name long enough to be told within a longer one, the longest first."""
    keys = [key for key in _by_key() if not key.isascii() and len(key) >= _SHORTEST]
    keys += [key for key in _by_key() if key.isascii() and len(key) >= _SHORTEST_LATIN]
    return re.compile("|".join(map(re.escape, sorted(keys, key=len, reverse=True))))


def brands_named(claim: str) -> list[Brand]:
    """The brands that a name stands for as a whole: `ByteDance`, `ByteDance Ltd.`, 百度文心.

    >>> [brand.name for brand in brands_named("ByteDance Ltd.")]
    ['字节跳动']
    """
    table, key = _by_key(), entity_key(claim)
    # Without its legal form only in Latin letters: 小米有限公司 may be anybody's.
    for known in (key, name_parts(claim).core) if key.isascii() else (key,):
        if known in table:
            return table[known]
    pieces = [entity_key(piece) for piece in re.split(r"[()（）/、,，;；|]+", claim)]
    pieces = [piece for piece in pieces if piece]
    if len(pieces) > 1 and all(piece in table for piece in pieces):
        return list(dict.fromkeys(brand for piece in pieces for brand in table[piece]))
    found = _inside().findall(key)
    if found and "".join(found) == key:
        return list(dict.fromkeys(brand for one in found for brand in table[one]))
    return []


def brands_inside(claim: str) -> list[Brand]:
    """The brands whose name is a part of a longer one: 字节跳动 in
    北京字节跳动科技有限公司, deepseek in Hangzhou DeepSeek Basic Technology Research Co., Ltd."""
    parts = name_parts(claim)
    table = _by_key()
    if parts.key.isascii():
        words = latin_words(claim)
        keys = (
            "".join(words[a:b]) for a in range(len(words)) for b in range(a + 1, len(words) + 1)
        )
        found = [key for key in keys if len(key) >= _SHORTEST_LATIN and key in table]
    else:
        found = [hit[0] for hit in _inside().finditer(parts.key)]
    return list(dict.fromkeys(brand for key in found for brand in table[key]))
