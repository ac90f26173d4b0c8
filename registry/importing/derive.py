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
        # The series of a number known from a deregistration notice alone: its label tells.
        is_role = bool(withdrawn[-1].facts.role)
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
    last, facts, row = shown[-1], shown[-1].facts, shown[-1].row
    periods = [appearance.period for appearance in shown if appearance.period]
    # Earlier names of the registrant: read from 备注, or shown by an older list.
    former = {name for appearance in shown for name in appearance.facts.former_entities}
    former |= {a.row["entity"] for a in shown if a.facts.entity_key != facts.entity_key}
    flags = {*facts.flags, *row["flags"]}
    if withdrawn and last.series == Series.DEREGISTRATION:
        flags.add("deregistration_only")
    return {
        "series": series.value,
        "number_key": key,
        **{name: row[name] for name in ("number", "name", "label", "entity", "product")},
        **{name: row[name] for name in ("purpose", "remark")},
        "type": facts.type,
        "role": facts.role,
        "entity_key": facts.entity_key,
        "former_entities": sorted(former),
        "products": facts.products,
        "status": _status(shown, withdrawn),
        "region": facts.region,
        "division": facts.division,
        "registrant": facts.registrant,
        "year": facts.year,
        "filed_on": facts.filed_on if last.series != Series.DEREGISTRATION else "",
        "first_period": min(periods, default=""),
        "last_period": max(periods, default=""),
        "flags": sorted(flags),
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


def _changes(
    all_versions: Sequence[Appearance], shown: Sequence[Appearance]
) -> list[dict[str, Any]]:
    """Changes read from 备注, then those seen between versions of a list."""
    changes = [
        change | {"source": "remark", "batch": appearance.batch}
        for appearance in shown
        for change in appearance.facts.changes
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
