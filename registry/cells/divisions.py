"""Administrative divisions by their GB/T 2260 code, today's and abolished ones.

The table is data/divisions.csv (its origin: data/divisions.md), read once, when first asked.
"""

import csv
import re
from collections import defaultdict
from functools import cache, lru_cache
from importlib import resources
from typing import NamedTuple

_WHOLE_CITY = "市辖区"


class Division(NamedTuple):
    """A province, city or county-level division as it was called in one year.

    `full_name` is as 浙江省杭州市余杭区; 市辖区 as a district adds nothing and is left out. `abolished` is
    the first year without this code and name, None if in force; `successors` are the codes that took
    over (the same code, where only the name changed).
    """

    code: str
    name: str
    level: str
    full_name: str
    abolished: int | None
    successors: tuple[str, ...]


@cache
def _table() -> dict[str, list[dict[str, str]]]:
    """The rows of each code, oldest first: name_zh, level, from_year, to_year, successors."""
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    source = resources.files("suanbei.data").joinpath("divisions.csv")
    with source.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found[row["code"]].append(row)
    return dict(found)


def _row(code: str, year: int | None) -> dict[str, str] | None:
    """The row in force in a year, else the last before it, else the first; None: latest."""
    rows = _table().get(code, [])
    begun = [
        row for row in rows if year is None or not row["from_year"] or int(row["from_year"]) <= year
    ]
    return next(iter(begun[-1:] or rows), None)


def is_division(code: str) -> bool:
    """Whether a six-digit code is, or ever was, that of a division."""
    return code in _table()


@lru_cache(maxsize=4096)
def division(code: str, year: int | None = None) -> Division | None:
    """The division of a six-digit code under its name in `year`; None for an unknown code.

    An abolished code keeps answering with its last name: filing numbers go on using it. Without
    a year the latest name is given. Province and city are called as in the year it stands for.
    """
    row = _row(code, year)
    if row is None:
        return None
    last = int(row["to_year"]) if row["to_year"] else None
    when = last if year is None or last is None else min(year, last)
    when = year if when is None else when
    province, city = _row(f"{code[:2]}0000", when), _row(f"{code[:4]}00", when)
    level, name = row["level"], row["name_zh"]
    city_name = city["name_zh"] if city and level != "province" else ""
    district = name if level == "county" and name != _WHOLE_CITY else ""
    return Division(
        code=code,
        name=name,
        level=level,
        full_name=f"{province['name_zh'] if province else ''}{city_name}{district}",
        abolished=None if last is None else last + 1,
        successors=tuple(row["successors"].split()),
    )


def city_code(name: str) -> str:
    """The first four digits of the code of a city in force (深圳, 深圳市); empty where there is none."""
    return _cities().get(name, "")


@cache
def _cities() -> dict[str, str]:
    found: dict[str, str] = {}
    for code, rows in _table().items():
        name = rows[-1]["name_zh"]
        if rows[-1]["level"] == "city" and not rows[-1]["to_year"]:
            found |= dict.fromkeys((name, name.removesuffix("市")), code[:4])
    return found


_PEOPLES = "朝鲜|土家|苗|藏|羌|彝|布依|侗|哈尼|壮|傣|白|景颇|傈僳|回|蒙古|哈萨克|柯尔克孜"
_CITY_END = re.compile(f"(?:市|盟|地区|(?:(?:{_PEOPLES})族?)+自治州)$")


def city_names() -> frozenset[str]:
    """The cities in force without the word behind their name: 深圳, 延边, 锡林郭勒."""
    return frozenset(_CITY_END.sub("", name) for name in _cities())


def enclosing_division(code: str, year: int | None = None) -> Division | None:
    """The smallest known division that holds a code: itself, else its city, else its province."""
    candidates = (code, f"{code[:4]}00", f"{code[:2]}0000")
    return next((found for each in candidates if (found := division(each, year))), None)
