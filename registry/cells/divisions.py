"""Administrative divisions by their GB/T 2260 code, today's and abolished ones.

The table is data/divisions.csv (its origin: data/divisions.md), read once, when first asked.
"""

import csv
from collections import defaultdict
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

_WHOLE_CITY = "市辖区"


@dataclass(frozen=True, slots=True)
class Division:
    """A province, city or county-level division as it was called in one year.

    `province`, `city` and `district` are names; `city` is empty for provinces, for districts of
    the four municipalities and for counties that a province governs itself, `district` is empty
    above county level. `abolished` is the first year without this code and name, None if in force;
    `successors` are the codes that took over (the same code, where only the name changed).
    """

    code: str
    name: str
    level: str
    province: str
    city: str = ""
    district: str = ""
    from_year: int | None = None
    abolished: int | None = None
    successors: tuple[str, ...] = ()

    @property
    def full_name(self) -> str:
        """浙江省杭州市余杭区; 市辖区 as a district adds nothing and is left out."""
        district = "" if self.district == _WHOLE_CITY else self.district
        return f"{self.province}{self.city}{district}"

    def in_force(self, year: int) -> bool:
        """Whether the code had this name at the end of a year."""
        after = self.from_year is None or self.from_year <= year
        return after and (self.abolished is None or year < self.abolished)


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    level: str
    first: int | None
    last: int | None
    successors: tuple[str, ...]


@cache
def _table() -> dict[str, tuple[_Entry, ...]]:
    """Entries of each code, oldest first."""
    entries: dict[str, list[_Entry]] = defaultdict(list)
    source = resources.files("suanbei.data").joinpath("divisions.csv")
    with source.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            first, last = _year(row["from_year"]), _year(row["to_year"])
            successors = tuple(row["successors"].split())
            entry = _Entry(row["name_zh"], row["level"], first, last, successors)
            entries[row["code"]].append(entry)
    return {code: tuple(each) for code, each in entries.items()}


def _year(text: str) -> int | None:
    return int(text) if text else None


def _entry(code: str, year: int | None) -> _Entry | None:
    """The entry in force in a year, else the last before it, else the first; None: latest."""
    entries = _table().get(code)
    if not entries:
        return None
    if year is None:
        return entries[-1]
    begun = [each for each in entries if each.first is None or each.first <= year]
    return begun[-1] if begun else entries[0]


def is_division(code: str) -> bool:
    """Whether a six-digit code is, or ever was, that of a division."""
    return code in _table()


def division(code: str, year: int | None = None) -> Division | None:
    """The division of a six-digit code under its name in `year`; None for an unknown code.

    An abolished code keeps answering with its last name: filing numbers go on using it. Without
    a year the latest name is given.
    """
    entry = _entry(code, year)
    return _placed(code, year, entry) if entry else None


@lru_cache(maxsize=4096)
def _placed(code: str, year: int | None, entry: _Entry) -> Division:
    """An entry with the names of its province and city in the year it stands for."""
    when = entry.last if year is None or entry.last is None else min(year, entry.last)
    when = year if when is None else when
    province, city = _entry(f"{code[:2]}0000", when), _entry(f"{code[:4]}00", when)
    return Division(
        code=code,
        name=entry.name,
        level=entry.level,
        province=province.name if province else "",
        city=city.name if city and entry.level != "province" else "",
        district=entry.name if entry.level == "county" else "",
        from_year=entry.first,
        abolished=None if entry.last is None else entry.last + 1,
        successors=entry.successors,
    )


def enclosing_division(code: str, year: int | None = None) -> Division | None:
    """The smallest known division that holds a code: itself, else its city, else its province."""
    candidates = (code, f"{code[:4]}00", f"{code[:2]}0000")
    return next((found for each in candidates if (found := division(each, year))), None)


def division_codes() -> tuple[str, ...]:
    """All known codes, in order."""
    return tuple(sorted(_table()))
