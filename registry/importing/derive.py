"""What a listing says, and what the listings of one number say together: its filings.

A pure function of the listings, whatever order they came in. Within a batch the newest version
that holds the number speaks; among batches the newest period, the national list before others.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from suanbei.common.dates import iso_date
from suanbei.registry.cells.flags import number_flags
from suanbei.registry.cells.names import entity_key
from suanbei.registry.cells.numbers import AlgorithmNumber, parse_number
from suanbei.registry.cells.products import split_products
from suanbei.registry.cells.regions import region_of_label, region_of_number
from suanbei.registry.cells.remarks.reader import Remark, read_remark
from suanbei.registry.cells.vocabulary import role_of_label, type_of_label
from suanbei.registry.importing.published import ALGORITHM_SERIES, GENAI_SERIES, NATIONAL, Series

CHANGING_FIELDS = ("name", "label", "entity", "product", "purpose", "remark", "region", "filed_on")
"""The published fields whose changes become events."""


@dataclass(frozen=True, slots=True)
class Appearance:
    """A row of one version of one batch. `current`: the version is the one that counts.

    `seen_at` is when the version was seen last; `facts` are what the row says, as values for columns of
    `Filing`.
    """

    batch: str
    source: str
    series: Series
    period: str
    seen_at: datetime
    first_seen_at: datetime
    current: bool
    position: int
    row: dict[str, Any]
    facts: dict[str, Any]
    remark: Remark

    @property
    def rank(self) -> tuple[bool, str, str, bool, datetime, int]:
        """What orders appearances: the last one speaks for the filing."""
        return (
            self.source == NATIONAL,
            self.period,
            self.batch,
            self.current,
            self.seen_at,
            -self.position,
        )


def read_facts(series: Series, row: Mapping[str, Any]) -> tuple[dict[str, Any], Remark]:
    """What a row, under the names of `Row`, says of its filing, as values for columns of `Filing`, and its
    备注 read; never raises."""
    label, number = row["label"], row["number"]
    parsed = parse_number(number)
    algorithm = parsed if isinstance(parsed, AlgorithmNumber) else None
    remark = read_remark(
        row["remark"], name=row["name"], entity=row["entity"], product=row["product"]
    )
    region = region_of_label(row["region"]) or region_of_number(number, row["region"])
    printed, coded = type_of_label(label), algorithm.type if algorithm else None
    flags = {*row["flags"], *number_flags(series, number)}
    if printed and algorithm and coded not in (printed, None):
        flags.add("label_differs")
    if remark.unread:
        flags.add("unread_remark")
    copied = ("number", "name", "label", "entity", "product", "purpose", "remark")
    return {
        **{name: row[name] for name in copied},
        "type": printed or coded or ("generation_synthesis" if series in GENAI_SERIES else None),
        "role": role_of_label(label),
        "entity_key": entity_key(row["entity"]),
        "products": [{"name": p.name, "kind": p.kind.value} for p in split_products(row["product"])],
        "division": algorithm.division if algorithm else "",
        "registrant": algorithm.registrant if algorithm and algorithm.check_ok else "",
        "year": getattr(parsed, "year", None),
        "region": region.full if region else row["region"],
        "filed_on": iso_date(row["filed_on"]) if series != Series.DEREGISTRATION else "",
        "flags": sorted(flags),
    }, remark  # fmt: skip


def company_and_model(series: Series, row: dict[str, Any]) -> dict[str, Any]:
    """A row with company and model where they belong: the publisher has exchanged them in a few rows
    of generative AI (name 商汤科技有限公司, entity 代码生成模型). Such a row is flagged; its listing
    keeps what is printed."""
    swapped = row["name"].rstrip().endswith("公司") and "公司" not in row["entity"]
    if series not in GENAI_SERIES or not swapped or not row["entity"]:
        return row
    flags = sorted({*row["flags"], "suspect_columns"})
    return row | {"name": row["entity"], "entity": row["name"], "flags": flags}


def derive_filings(key: str, appearances: Iterable[Appearance]) -> list[dict[str, Any]]:
    """The filings of one number, one a series: values for the columns of `Filing`, no entity."""
    by_series: dict[Series, list[Appearance]] = {}
    for appearance in sorted(appearances, key=lambda a: a.rank):
        by_series.setdefault(appearance.series, []).append(appearance)
    withdrawn = by_series.pop(Series.DEREGISTRATION, [])
    if withdrawn and not any(series in by_series for series in ALGORITHM_SERIES):
        # The series of a number known from a deregistration notice alone: its label tells.
        is_role = bool(withdrawn[-1].facts["role"])
        by_series[Series.DEEP_SYNTHESIS if is_role else Series.ALGORITHM] = withdrawn
    return [
        _filing(key, series, of_series, withdrawn if series in ALGORITHM_SERIES else [])
        for series, of_series in sorted(by_series.items())
    ]


def _filing(
    key: str, series: Series, all_versions: Sequence[Appearance], withdrawn: Sequence[Appearance]
) -> dict[str, Any]:
    newest = {appearance.batch: appearance for appearance in all_versions}
    shown = sorted(newest.values(), key=lambda a: a.rank)
    last, facts = shown[-1], shown[-1].facts
    periods = [appearance.period for appearance in shown if appearance.period]
    # Earlier names of the registrant: read from 备注, or shown by an older list.
    former = {name for appearance in shown for name in appearance.remark.former_entities}
    former |= {a.row["entity"] for a in shown if a.facts["entity_key"] != facts["entity_key"]}
    is_notice = withdrawn and last.series == Series.DEREGISTRATION
    # A number that left its list after the list said 已注销 of it stays deregistered.
    current = [appearance for appearance in shown if appearance.current]
    status = "active" if current else "vanished"  # no current list shows it any more
    if any(a.current for a in withdrawn) or any(a.remark.deregistered for a in current or shown):
        status = "deregistered"
    return facts | {
        "series": series.value,
        "number_key": key,
        "former_entities": sorted(former),
        "status": status,
        "first_period": min(periods, default=""),
        "last_period": max(periods, default=""),
        "flags": sorted([*facts["flags"], "deregistration_only"]) if is_notice else facts["flags"],
        "changes": _changes(all_versions, shown),
    }


def _changes(
    all_versions: Sequence[Appearance], shown: Sequence[Appearance]
) -> list[dict[str, Any]]:
    """Changes read from 备注, then those seen between versions of a list."""
    changes = [
        change._asdict() | {"source": "remark", "batch": appearance.batch}
        for appearance in shown
        for change in appearance.remark.changes
    ]
    by_batch: dict[str, Appearance] = {}
    for after in sorted(all_versions, key=lambda a: (a.batch, a.current, a.seen_at, -a.position)):
        before = by_batch.get(after.batch)
        by_batch[after.batch] = after
        if before is None or before.seen_at == after.seen_at:
            continue
        # The day this version was seen for the first time, whenever it is looked at again; none for
        # one that had been there before the version that it replaced.
        is_later = after.first_seen_at > before.first_seen_at
        when = after.first_seen_at.date().isoformat() if is_later else ""
        changes += [
            {
                "field": name, "before": old, "after": new, "when": when,
                "source": "versions", "batch": after.batch,
            }
            for name, (old, new) in differences(before.row, after.row).items()
        ]  # fmt: skip
    return changes


def differences(before: dict[str, Any], after: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """The published fields that differ: name → (before, after).

    White space and width are no difference; nor is a purpose that was not known before (the
    snapshot holds none), or is not known any more.
    """
    return {
        name: (before[name], after[name])
        for name in CHANGING_FIELDS
        if before[name] != after[name]
        and folded(before[name]) != folded(after[name])
        and not (name == "purpose" and not (before[name] and after[name]))
    }


def folded(text: str) -> str:
    """A cell without what only printing gives it: width of the characters and white space."""
    return "".join(unicodedata.normalize("NFKC", text).split())
