"""What the listings of one number say together: its filings.

A pure function of the listings, whatever order they came in. Within a batch the newest version
that holds the number speaks; among batches the newest period, the national list before others.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from suanbei.registry.cells.row import Facts, folded
from suanbei.registry.importing.published import ALGORITHM_SERIES, NATIONAL, Series

CHANGING_FIELDS = ("name", "label", "entity", "product", "purpose", "remark", "region", "filed_on")
"""The published fields whose changes become events."""


@dataclass(frozen=True, slots=True)
class Appearance:
    """A row of one version of one batch. `current`: the version is the one that counts.

    `seen_at` is when the version was seen last.
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
    facts: Facts

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


def derive_filings(key: str, appearances: Iterable[Appearance]) -> list[dict[str, Any]]:
    """The filings of one number, one a series: values for the columns of `Filing`, no entity."""
    by_series: dict[Series, list[Appearance]] = {}
    for appearance in sorted(appearances, key=lambda a: a.rank):
        by_series.setdefault(appearance.series, []).append(appearance)
    withdrawn = by_series.pop(Series.DEREGISTRATION, [])
    if withdrawn and not any(series in by_series for series in ALGORITHM_SERIES):
        by_series[_series_of(withdrawn[-1])] = withdrawn
    return [
        _filing(key, series, of_series, withdrawn if series in ALGORITHM_SERIES else [])
        for series, of_series in sorted(by_series.items())
    ]


def _series_of(withdrawn: Appearance) -> Series:
    """The series of a number known from a deregistration notice alone: its label tells."""
    facts = withdrawn.facts
    return Series.DEEP_SYNTHESIS if facts.role else Series.ALGORITHM


def _filing(
    key: str, series: Series, all_versions: Sequence[Appearance], withdrawn: Sequence[Appearance]
) -> dict[str, Any]:
    newest = {appearance.batch: appearance for appearance in all_versions}
    shown = sorted(newest.values(), key=lambda a: a.rank)
    last = shown[-1]
    facts = last.facts
    periods = [appearance.period for appearance in shown if appearance.period]
    row = last.row
    return {
        "series": series.value,
        "number_key": key,
        **{name: row[name] for name in ("number", "name", "label", "entity", "product")},
        **{name: row[name] for name in ("purpose", "remark")},
        "type": facts.type,
        "role": facts.role,
        "entity_key": facts.entity_key,
        "former_entities": _former_entities(shown, facts),
        "products": facts.products,
        "status": _status(shown, withdrawn),
        "region": facts.region,
        "division": facts.division,
        "registrant": facts.registrant,
        "year": facts.year,
        "filed_on": facts.filed_on if last.series != Series.DEREGISTRATION else "",
        "first_period": min(periods, default=""),
        "last_period": max(periods, default=""),
        "flags": _flags(shown, facts, withdrawn),
        "changes": _changes(all_versions, shown),
    }


def _status(shown: Sequence[Appearance], withdrawn: Sequence[Appearance]) -> str:
    """active, deregistered, or vanished: no current list shows the number any more.

    A number that left its list after the list said 已注销 of it stays deregistered.
    """
    current = [appearance for appearance in shown if appearance.current]
    if any(a.current for a in withdrawn) or any(a.facts.deregistered for a in current or shown):
        return "deregistered"
    return "active" if current else "vanished"


def _former_entities(shown: Sequence[Appearance], last: Facts) -> list[str]:
    """Earlier names of the registrant: read from 备注, or shown by an older list."""
    names: dict[str, None] = {}
    for appearance in shown:
        facts = appearance.facts
        names.update(dict.fromkeys(facts.former_entities))
        if facts.entity_key != last.entity_key:
            names[appearance.row["entity"]] = None
    return sorted(names)


def _flags(shown: Sequence[Appearance], last: Facts, withdrawn: Sequence[Appearance]) -> list[str]:
    flags = set(last.flags) | set(shown[-1].row["flags"])
    if withdrawn and shown[-1].series == Series.DEREGISTRATION:
        flags.add("deregistration_only")
    return sorted(flags)


def _changes(
    all_versions: Sequence[Appearance], shown: Sequence[Appearance]
) -> list[dict[str, Any]]:
    """Changes read from 备注, then those seen between versions of a list."""
    told = [
        change | {"source": "remark", "batch": appearance.batch}
        for appearance in shown
        for change in appearance.facts.changes
    ]
    return told + _version_changes(all_versions)


def _version_changes(all_versions: Sequence[Appearance]) -> list[dict[str, Any]]:
    changes = []
    by_batch: dict[str, Appearance] = {}
    for appearance in sorted(
        all_versions, key=lambda a: (a.batch, a.current, a.seen_at, -a.position)
    ):
        before = by_batch.get(appearance.batch)
        by_batch[appearance.batch] = appearance
        if before is None or before.seen_at == appearance.seen_at:
            continue
        for name, (old, new) in differences(before.row, appearance.row).items():
            changes.append(
                {
                    "field": name,
                    "before": old,
                    "after": new,
                    "when": _day_of_change(before, appearance),
                    "source": "versions",
                    "batch": appearance.batch,
                }
            )
    return changes


def _day_of_change(before: Appearance, after: Appearance) -> str:
    """The day a version was seen for the first time, whenever it is looked at again; empty for
    one that had been there before the version that it replaced.
    """
    if after.first_seen_at <= before.first_seen_at:
        return ""
    return after.first_seen_at.date().isoformat()


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
