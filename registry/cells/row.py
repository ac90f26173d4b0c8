"""The facts of one published row: what each cell means, read by the rules of the domain."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from suanbei.common.dates import iso_date
from suanbei.registry.cells.names import entity_key
from suanbei.registry.cells.numbers import AlgorithmNumber, GenaiNumber, parse_number
from suanbei.registry.cells.products import split_products
from suanbei.registry.cells.regions import region_of_label, region_of_number
from suanbei.registry.cells.remarks import read_remark
from suanbei.registry.cells.vocabulary import GENAI_SERIES, Series, role_of_label, type_of_label


@dataclass(frozen=True, slots=True)
class Facts:
    """What a row says of its filing. Absent facts are None or empty."""

    type: str | None
    role: str | None
    entity_key: str
    former_entities: tuple[str, ...]
    products: list[dict[str, str]]
    division: str
    registrant: str
    year: int | None
    region: str
    filed_on: str
    deregistered: bool
    changes: tuple[dict[str, Any], ...]
    flags: tuple[str, ...]


def read_facts(series: Series, row: Mapping[str, Any]) -> Facts:
    """Read the cells of one row, under the names of `Row`, by the rules of the domain; never raises."""
    label, number = row["label"], row["number"]
    parsed = parse_number(number)
    algorithm = parsed if isinstance(parsed, AlgorithmNumber) else None
    remark = read_remark(
        row["remark"], name=row["name"], entity=row["entity"], product=row["product"]
    )
    region = region_of_label(row["region"]) or region_of_number(number, row["region"])
    of_generation = series in GENAI_SERIES
    return Facts(
        type=type_of_label(label)
        or (algorithm.type if algorithm else None)
        or ("generation_synthesis" if of_generation else None),
        role=role_of_label(label),
        entity_key=entity_key(row["entity"]),
        former_entities=remark.former_entities,
        products=[{"name": p.name, "kind": p.kind.value} for p in split_products(row["product"])],
        division=algorithm.division if algorithm else "",
        registrant=algorithm.registrant if algorithm and algorithm.check_ok else "",
        year=getattr(parsed, "year", None),
        region=region.full if region else row["region"],
        filed_on=iso_date(row["filed_on"]),
        deregistered=remark.deregistered,
        changes=tuple(change._asdict() for change in remark.changes),
        flags=_flags(parsed, label, remark.unread),
    )


def company_and_model(series: Series, row: dict[str, Any]) -> dict[str, Any]:
    """A row with company and model where they belong: the publisher has exchanged them in a few rows
    of generative AI (name 商汤科技有限公司, entity 代码生成模型). Such a row is flagged; its listing
    keeps what is printed."""
    swapped = row["name"].rstrip().endswith("公司") and "公司" not in row["entity"]
    if series not in GENAI_SERIES or not swapped or not row["entity"]:
        return row
    flags = sorted({*row["flags"], "suspect_columns"})
    return row | {"name": row["entity"], "entity": row["name"], "flags": flags}


def folded(text: str) -> str:
    """A cell without what only printing gives it: width of the characters and white space."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def _flags(parsed: object, label: str, unread: str) -> tuple[str, ...]:
    """What is odd about the row: kept, flagged and counted, never dropped."""
    flags = []
    if not isinstance(parsed, AlgorithmNumber | GenaiNumber):
        flags.append("malformed_number")
    if isinstance(parsed, AlgorithmNumber) and not parsed.check_ok:
        flags.append("check_digit")
    printed = type_of_label(label)
    if printed and isinstance(parsed, AlgorithmNumber) and parsed.type not in (printed, None):
        flags.append("label_differs")
    if unread:
        flags.append("unread_remark")
    return tuple(flags)
