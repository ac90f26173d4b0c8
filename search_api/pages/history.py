"""The past of a filing as steps: where it was listed, what its remarks tell, what was seen."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from suanbei.common.dates import rfc3339
from suanbei.registry.importing.published import Series
from suanbei.registry.models import Event


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `kind`: listed, delisted, remark, versions or event; `when`: a day, a month or empty."""

    kind: str
    when: str
    listing: dict[str, Any] | None = None
    changes: list[dict[str, Any]] = field(default_factory=list)
    event: str = ""


def history(filing: dict[str, Any], events: Sequence[Event]) -> list[Step]:
    """Steps of a filing view, the oldest first, those without a date right after the first."""
    steps = [_listed(listing) for listing in _first_showings(filing["listings"])]
    steps += _changes(filing["changes"])
    steps += [_seen(event) for event in events]
    first = min((step.when for step in steps if step.when), default="")
    return sorted(steps, key=lambda step: (step.when or first, step.kind != "listed"))


def _first_showings(listings: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """One listing a list: versions of it that show the same row are one step."""
    shown: dict[str, dict[str, Any]] = {}
    for listing in listings:
        shown.setdefault(listing["batch"], listing)
    return list(shown.values())


def _listed(listing: dict[str, Any]) -> Step:
    kind = "delisted" if listing["series"] == Series.DEREGISTRATION else "listed"
    return Step(kind, listing["published_on"] or listing["period"], listing)


def _changes(changes: Sequence[dict[str, Any]]) -> list[Step]:
    """Changes that remarks tell of, and those seen between versions of a list, by their date."""
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for change in changes:
        kind = "remark" if change["source"] == "remark" else "versions"
        groups.setdefault((kind, change["when"]), []).append({"kind": "changed"} | change)
    return [Step(kind, when, changes=told) for (kind, when), told in groups.items()]


def _seen(event: Event) -> Step:
    return Step("event", (rfc3339(event.at) or "")[:10], event=event.type)
