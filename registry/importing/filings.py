"""Filings: derived anew for the numbers that an import touches, with the events that tell of it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from suanbei.registry.cells.names import entity_key
from suanbei.registry.data_version import bump_data_version
from suanbei.registry.database import in_keys, insert_rows
from suanbei.registry.importing.companies import FilingId, Node, delete_orphans, regroup
from suanbei.registry.importing.derive import (
    Appearance,
    company_and_model,
    derive_filings,
    differences,
    read_facts,
)
from suanbei.registry.importing.events import EventType, NewEvent
from suanbei.registry.importing.published import ALGORITHM_SERIES, PUBLISHED_FIELDS, Series
from suanbei.registry.models import Batch, Filing, FilingFlag, FilingProduct, Listing, Version

Values = dict[str, Any]


def refresh_filings(
    session: Session, batch: Batch, before: Sequence[str], after: Sequence[str]
) -> list[NewEvent]:
    """Derive anew the filings of the number keys that a list showed `before` and shows `after`; returns
    what the list brought, as events that are still to be written."""
    keys = list(dict.fromkeys([*after, *before]))
    known = _filings(session, keys)
    now = {
        (values["series"], key): values
        for key, appearances in load_appearances(session, keys).items()
        for values in derive_filings(key, appearances)
    }
    owners = _save(session, known, now)
    happened = [
        (*change, filing_id)
        for filing_id, values in now.items()
        if (change := _change(known.get(filing_id), values))
    ]
    # Numbers that the list no longer shows; the filing is `vanished` where no other list shows it.
    shown = set(after)
    of = ALGORITHM_SERIES if batch.series == Series.DEREGISTRATION else (batch.series,)
    for key in (key for key in before if key not in shown):
        for filing_id in [(series, key) for series in of if (series, key) in now][-1:]:
            data: Values = {"batch": {"before": batch.id, "after": None}}
            if now[filing_id]["status"] == "vanished":
                data["status"] = {"before": "active", "after": "vanished"}
            happened.append((EventType.FILING_VANISHED, data, filing_id))
    return [
        NewEvent(
            kind, series=filing_id[0], period=batch.period, number=now[filing_id]["number"],
            entity=now[filing_id]["entity"], entity_id=owners[filing_id], batch=batch.id, data=data,
        )
        for kind, data, filing_id in happened
    ]  # fmt: skip


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


def _filings(session: Session, keys: Sequence[str]) -> dict[FilingId, Values]:
    query = select(*Filing.__table__.columns).where(in_keys(session, Filing.number_key, keys))
    rows = session.execute(query).mappings()
    return {(row["series"], row["number_key"]): dict(row) for row in rows}


def _save(
    session: Session, before: dict[FilingId, Values], after: dict[FilingId, Values]
) -> dict[FilingId, str]:
    """Write filings and entities; returns the entity of each filing that was regrouped."""
    nodes = []
    for filing_id, values in after.items():
        owner = before[filing_id]["entity_id"] if filing_id in before else None
        nodes.append(Node._make([*(values[name] for name in Node._fields[:-1]), owner]))
    gone = set(before) - set(after)
    owners = regroup(session, nodes, gone, {values["entity_id"] for values in before.values()})
    if gone:  # products and flags go with them
        ids = [before[filing_id]["id"] for filing_id in gone]
        session.execute(delete(Filing).where(in_keys(session, Filing.id, ids)))
    # Filings that the list does not touch may have come to another company.
    others = set(owners) - set(after)
    found = _filings(session, sorted({key for _, key in others}))
    before = before | {filing_id: found[filing_id] for filing_id in others}
    after = after | {filing_id: found[filing_id] for filing_id in others}
    mark = {"data_version": bump_data_version(session)}
    new = [v | mark | {"entity_id": owners[i]} for i, v in after.items() if i not in before]
    changed = [
        v | mark | {"entity_id": owners[i], "id": before[i]["id"]}
        for i, v in after.items()
        if i in before and before[i] | v | {"entity_id": owners[i]} != before[i]
    ]
    insert_rows(session, Filing, new)
    if changed:
        session.execute(update(Filing), changed)
    _save_lookups(session, new, changed)
    delete_orphans(session, {v["entity_id"] for v in before.values()} - set(owners.values()))
    return owners


def _save_lookups(session: Session, new: Sequence[Values], changed: Sequence[Values]) -> None:
    """Write the tables that products and flags are looked up in."""
    if changed:
        old = [values["id"] for values in changed]
        for table in (FilingProduct, FilingFlag):
            session.execute(delete(table).where(in_keys(session, table.filing_id, old)))
    written = {(values["series"], values["number_key"]): values for values in (*new, *changed)}
    query = select(Filing.series, Filing.number_key, Filing.id)
    query = query.where(in_keys(session, Filing.number_key, {key for _, key in written}))
    rows = session.execute(query).tuples() if written else ()
    ids = {(series, key): filing_id for series, key, filing_id in rows}
    products = [
        {"filing_id": ids[one], "position": position, "name": product["name"],
         "name_key": entity_key(product["name"]), "kind": product["kind"]}
        for one, values in written.items()
        for position, product in enumerate(values["products"])
    ]  # fmt: skip
    flags = [
        {"filing_id": ids[one], "flag": flag}
        for one, values in written.items()
        for flag in values["flags"]
    ]
    insert_rows(session, FilingProduct, products)
    insert_rows(session, FilingFlag, flags)


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
