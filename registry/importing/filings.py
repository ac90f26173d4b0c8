"""Filings: derived anew for the numbers that an import touches, with the events that tell of it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from suanbei.registry.cells.names import entity_key
from suanbei.registry.data_version import bump_data_version
from suanbei.registry.database import in_keys, insert_rows
from suanbei.registry.importing.companies import read_filings, save_companies
from suanbei.registry.importing.derive import (
    Appearance,
    company_and_model,
    derive_filings,
    differences,
    read_facts,
)
from suanbei.registry.importing.events import EventRow, EventType
from suanbei.registry.importing.grouping import FilingId, FilingRow, filing_id
from suanbei.registry.importing.published import ALGORITHM_SERIES, PUBLISHED_FIELDS, Series
from suanbei.registry.models import Batch, Filing, FilingFlag, FilingProduct, Listing, Version

Values = dict[str, Any]


class Filings:
    """Filings while lists are taken in: derived list by list, and written at the end with their companies.

    `known` are those that were looked at, by `filing_id`; after `save` all of every company that is touched.
    """

    def __init__(self, session: Session) -> None:
        self._session, self._version = session, bump_data_version(session)
        self.known: dict[FilingId, FilingRow] = {}
        self._owners: set[str] = set()  # companies whose filings are gone

    def refresh(
        self, batch: Batch, before: Sequence[str], after: Sequence[str]
    ) -> list[tuple[EventRow, FilingId]]:
        """Derive anew the filings of the number keys that a list showed `before` and shows `after`; returns
        what the list brought, as events that are still to be written, each with its filing's id."""
        news = []
        keys = list(dict.fromkeys([*after, *before]))
        of_list = in_keys(self._session, Filing.number_key, keys)
        self.known = read_filings(self._session, of_list) | self.known
        for key, appearances in load_appearances(self._session, keys).items():
            now = {(values["series"], key): values for values in derive_filings(key, appearances)}
            owner = None
            for id_ in [(series.value, key) for series in Series if (series.value, key) not in now]:
                if gone := self.known.pop(id_, None):  # products and flags go with it
                    owner = gone["entity_id"]
                    if owner:
                        self._owners.add(owner)
                    self._session.execute(delete(Filing).where(Filing.id == gone.get("id")))
            for id_, values in now.items():
                if change := self._update(id_, values, owner):
                    news.append((_event(batch, self.known[id_], *change), id_))
        # Numbers that the list no longer shows; the filing is `vanished` where no other list shows it.
        shown = set(after)
        of = ALGORITHM_SERIES if batch.series == Series.DEREGISTRATION else (batch.series,)
        for key in (key for key in before if key not in shown):
            for id_ in [(series, key) for series in of if (series, key) in self.known][-1:]:
                data: Values = {"batch": {"before": batch.id, "after": None}}
                if self.known[id_]["status"] == "vanished":
                    data["status"] = {"before": "active", "after": "vanished"}
                event = _event(batch, self.known[id_], EventType.FILING_VANISHED, data)
                news.append((event, id_))
        return news

    def _update(
        self, id_: FilingId, values: Values, owner: str | None
    ) -> tuple[EventType, Values] | None:
        """Give a filing these values; returns what happened to it, as `_change`. `owner` is the company
        of the filing whose place a new one takes: its id must lead on."""
        before = self.known.get(id_)
        filing = (before or {"entity_id": owner}) | values
        if filing == before:
            return None
        self.known[id_] = filing | {"data_version": self._version}
        return _change(before, values)

    def save(self) -> None:
        """Write what has changed: filings, their companies, and the tables that products and flags are
        looked up in."""
        changed = [one for one in self.known.values() if one["data_version"] == self._version]
        if not changed and not self._owners:
            return
        filings = save_companies(self._session, changed, self._owners)
        self.known |= {filing_id(one): one for one in filings}
        changed = [one for one in filings if one["data_version"] == self._version]
        for table in (FilingProduct, FilingFlag):
            of_changed = in_keys(self._session, table.filing_id, [one["id"] for one in changed])
            self._session.execute(delete(table).where(of_changed))
        products = [
            {"filing_id": one["id"], "position": position, "name": product["name"],
             "name_key": entity_key(product["name"]), "kind": product["kind"]}
            for one in changed
            for position, product in enumerate(one["products"])
        ]  # fmt: skip
        flags = [{"filing_id": one["id"], "flag": flag} for one in changed for flag in one["flags"]]
        insert_rows(self._session, FilingProduct, products)
        insert_rows(self._session, FilingFlag, flags)


def load_appearances(session: Session, keys: Sequence[str]) -> dict[str, list[Appearance]]:
    """Every row that bears one of these numbers, in any version of any batch."""
    fields = [getattr(Listing, name) for name in (*PUBLISHED_FIELDS, "flags", "page", "table")]
    places = (
        Listing.number_key, Listing.position, Listing.row, Batch.id.label("batch"), Batch.source,
        Batch.series, Batch.period, Version.last_seen_at, Version.first_seen_at,
        (Version.id == Batch.current_version_id).label("current"),
    )  # fmt: skip
    query = (
        select(*places, *fields)
        .join(Version, Version.id == Listing.version_id)
        .join(Batch, Batch.id == Version.batch_id)
    )
    found: dict[str, list[Appearance]] = {key: [] for key in keys}
    query = query.where(in_keys(session, Listing.number_key, keys))
    for published in session.execute(query).mappings():
        series = Series(published["series"])
        row = company_and_model(series, dict(published))
        facts, remark = read_facts(series, row)
        found[row["number_key"]].append(
            Appearance(
                row["batch"], row["source"], series, row["period"], row["last_seen_at"],
                row["first_seen_at"], row["current"], row["position"], row, facts, remark,
            )
        )  # fmt: skip
    return found


def _event(batch: Batch, filing: FilingRow, kind: EventType, data: Values) -> EventRow:
    return {
        "type": kind.value, "series": filing["series"], "period": batch.period, "number": filing["number"],
        "entity": filing["entity"], "batch": batch.id, "data": data,
    }  # fmt: skip


def _change(before: Values | None, after: Values) -> tuple[EventType, Values] | None:
    """The type and data of the event for one filing; None if nothing changed."""
    if "deregistration_only" in after["flags"]:
        status = {"before": None, "after": after["status"]}
        return (EventType.FILING_DEREGISTERED, {"status": status}) if before is None else None
    if before is None or "deregistration_only" in before["flags"]:
        data = {name: after[name] for name in ("name", "product", "label", "region", "status")}
        return EventType.FILING_ADDED, data
    changes = {
        name: {"before": old, "after": new}
        for name, (old, new) in differences(before, after).items()
    }
    if before["status"] != after["status"] and after["status"] != "vanished":
        changes["status"] = {"before": before["status"], "after": after["status"]}
        if after["status"] == "deregistered":
            return EventType.FILING_DEREGISTERED, changes
    return (EventType.FILING_CHANGED, changes) if changes else None
