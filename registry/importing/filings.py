"""Filings: derived anew for the numbers that an import touches, with the events that tell of it."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from suanbei.registry.cells.products import product_key
from suanbei.registry.cells.row import company_and_model, read_facts
from suanbei.registry.data_version import bump_data_version
from suanbei.registry.importing.derive import Appearance, derive_filings, differences
from suanbei.registry.importing.entities import delete_orphans, regroup
from suanbei.registry.importing.events import EventType, NewEvent, TouchedList
from suanbei.registry.importing.groups import FilingId, node_of
from suanbei.registry.importing.published import ALGORITHM_SERIES, PUBLISHED_FIELDS, Series
from suanbei.registry.models import Batch, Filing, FilingFlag, FilingProduct, Listing, Version
from suanbei.registry.statements import in_keys, insert_rows

Values = dict[str, Any]
_Step = tuple[Values | None, Values]
"""A filing before and after a list; None: it was not there."""


def refresh_filings(session: Session, lists: Sequence[TouchedList]) -> None:
    """Derive anew the filings of all numbers that these lists touch, and set the events of each.

    The events are those that the lists would bring one after the other: a number that several of
    them touch is derived after each.
    """
    keys = list(dict.fromkeys(key for one in lists for key in one.keys))
    before = _filings(session, keys)
    steps, after = _derive(lists, before, load_appearances(session, keys))
    owners = _save(session, before, after)
    for one, of_list in zip(lists, steps, strict=True):
        one.events = [*_events_of(one, of_list, owners), *_vanished_events(one, after, owners)]


def _derive(
    lists: Sequence[TouchedList],
    before: dict[FilingId, Values],
    appearances: dict[str, list[Appearance]],
) -> tuple[list[dict[str, list[_Step]]], dict[FilingId, Values]]:
    """The filings of each number before and after each list, and all of them at the end."""
    place_of = {one.batch.id: place for place, one in enumerate(lists)}
    known: dict[str, dict[FilingId, Values]] = {key: {} for key in appearances}
    for filing_id, values in before.items():
        known[filing_id[1]][filing_id] = values
    touching: dict[str, list[int]] = {key: [] for key in appearances}
    for place, one in enumerate(lists):
        for key in one.keys:
            touching[key].append(place)
    steps: list[dict[str, list[_Step]]] = [{} for _ in lists]
    for key, places in touching.items():
        for place in places:
            visible = appearances[key]
            if place != places[-1]:
                visible = [a for a in visible if place_of.get(a.batch, -1) <= place]
            now = {(one["series"], key): one for one in derive_filings(key, visible)}
            steps[place][key] = [(known[key].get(i), values) for i, values in now.items()]
            known[key] = now
    return steps, {i: values for of_key in known.values() for i, values in of_key.items()}


def _events_of(
    one: TouchedList, steps: dict[str, list[_Step]], owners: dict[FilingId, str]
) -> Iterator[NewEvent]:
    for key in one.keys:
        for known, values in steps[key]:
            if happened := _event(known, values):
                owner = owners.get((values["series"], key), "")
                yield _new_event(*happened, values, owner, one.batch)


def _vanished_events(
    one: TouchedList, after: dict[FilingId, Values], owners: dict[FilingId, str]
) -> Iterator[NewEvent]:
    """One event for each number that the list no longer shows.

    Its data has `status` where no other list shows the number: the filing is then `vanished`.
    """
    shown, batch = set(one.after), one.batch
    of = ALGORITHM_SERIES if batch.series == Series.DEREGISTRATION else (batch.series,)
    for key in one.before:
        known = [(series, key) for series in of if (series, key) in after]
        if key in shown or not known:
            continue
        values, owner = after[known[-1]], owners[known[-1]]
        data: Values = {"batch": {"before": batch.id, "after": None}}
        if values["status"] == "vanished":
            data["status"] = {"before": "active", "after": "vanished"}
        yield _new_event(EventType.FILING_VANISHED, data, values, owner, batch)


def _new_event(
    kind: EventType, data: Values, filing: Values, entity_id: str, batch: Batch
) -> NewEvent:
    return NewEvent(
        kind,
        series=filing["series"],
        period=batch.period,
        number=filing["number"],
        entity=filing["entity"],
        entity_id=entity_id,
        batch=batch.id,
        data=data,
    )


def load_appearances(session: Session, keys: Sequence[str]) -> dict[str, list[Appearance]]:
    """Every row that bears one of these numbers, in any version of any batch."""
    fields = [getattr(Listing, name) for name in (*PUBLISHED_FIELDS, "flags", "page", "table")]
    facts = (
        Listing.number_key, Listing.position, Listing.row, Batch.id.label("batch"), Batch.source,
        Batch.series, Batch.period, Version.last_seen_at, Version.first_seen_at,
        (Version.id == Batch.current_version_id).label("current"),
    )  # fmt: skip
    query = (
        select(*facts, *fields)
        .join(Version, Version.id == Listing.version_id)
        .join(Batch, Batch.id == Version.batch_id)
    )
    found: dict[str, list[Appearance]] = {key: [] for key in keys}
    query = query.where(in_keys(session, Listing.number_key, keys))
    for published in session.execute(query).mappings():
        series = Series(published["series"])
        row = company_and_model(series, dict(published))
        appearance = Appearance(
            batch=row["batch"],
            source=row["source"],
            series=series,
            period=row["period"],
            seen_at=row["last_seen_at"],
            first_seen_at=row["first_seen_at"],
            current=row["current"],
            position=row["position"],
            row=row,
            facts=read_facts(series, row),
        )
        found[row["number_key"]].append(appearance)
    return found


def _filings(session: Session, keys: Sequence[str]) -> dict[FilingId, Values]:
    query = select(*Filing.__table__.columns).where(in_keys(session, Filing.number_key, keys))
    rows = session.execute(query).mappings()
    return {(row["series"], row["number_key"]): dict(row) for row in rows}


def _save(
    session: Session, before: dict[FilingId, Values], after: dict[FilingId, Values]
) -> dict[FilingId, str]:
    """Write filings and entities; returns the entity of each filing that was regrouped."""
    gone = set(before) - set(after)
    nodes = [
        node_of(values, before[filing_id]["entity_id"] if filing_id in before else None)
        for filing_id, values in after.items()
    ]
    old_owners = {values["entity_id"] for values in before.values()}
    owners = regroup(session, nodes, gone, old_owners)
    if gone:  # products and flags go with them
        ids = [before[filing_id]["id"] for filing_id in gone]
        session.execute(delete(Filing).where(in_keys(session, Filing.id, ids)))
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
    _save_lookups(session, [*new, *changed])
    moved = _move_others(session, owners, set(after), mark)
    delete_orphans(session, (old_owners | moved) - set(owners.values()))
    return owners


def _save_lookups(session: Session, written: Sequence[Values]) -> None:
    """Write the tables that products and flags are looked up in."""
    if not written:
        return
    columns = (Filing.id, Filing.products, Filing.flags)
    keys = {values["number_key"] for values in written}
    query = select(*columns).where(in_keys(session, Filing.number_key, keys))
    rows = session.execute(query).tuples().all()
    for table in (FilingProduct, FilingFlag):
        ids = in_keys(session, table.filing_id, (row[0] for row in rows))
        session.execute(delete(table).where(ids))
    products = [
        {"filing_id": filing_id, "position": position, "name": one["name"],
         "name_key": product_key(one["name"]), "kind": one["kind"]}
        for filing_id, of_filing, _ in rows
        for position, one in enumerate(of_filing)
    ]  # fmt: skip
    flags = [{"filing_id": filing_id, "flag": one} for filing_id, _, of in rows for one in of]
    insert_rows(session, FilingProduct, products)
    insert_rows(session, FilingFlag, flags)


def _move_others(
    session: Session, owners: dict[FilingId, str], written: set[FilingId], mark: Values
) -> set[str]:
    """Give filings that the import did not touch their regrouped entity; returns the old ones."""
    others = {filing_id: owner for filing_id, owner in owners.items() if filing_id not in written}
    found = _filings(session, sorted({key for _, key in others}))
    moves = [
        (values["id"], values["entity_id"], others[filing_id])
        for filing_id, values in found.items()
        if filing_id in others and values["entity_id"] != others[filing_id]
    ]
    if moves:
        moved = [mark | {"id": filing_id, "entity_id": owner} for filing_id, _, owner in moves]
        session.execute(update(Filing), moved)
    return {old for _, old, _ in moves}


def _event(before: Values | None, after: Values) -> tuple[EventType, Values] | None:
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
