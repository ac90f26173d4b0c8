"""The companies of filings: those that an import touches are grouped anew, and written with all that they are
found by."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, delete, select, union, update
from sqlalchemy.orm import Session

from suanbei.registry.cells.names import entity_key
from suanbei.registry.data_version import bump_data_version
from suanbei.registry.database import in_keys, insert_rows
from suanbei.registry.importing.grouping import (
    FilingId,
    FilingRow,
    Group,
    Link,
    filing_id,
    give_ids,
    group,
    tie_of,
)
from suanbei.registry.models import Entity, EntityAlias, EntityKey, EntityLink, Filing


def save_companies(
    session: Session, changed: Collection[FilingRow], owners: Collection[str]
) -> list[FilingRow]:
    """Group anew the filings of every company that is touched, and write them with their companies;
    returns them all.

    Touched are the companies that `changed` filings may be of, and the `owners` that filings had before.
    """
    filings, touched = _of_touched(session, changed, owners)
    groups, links = group(filings)
    aliases = give_ids(groups)
    now = {
        one.id: {
            "id": one.id, "name": one.name, "former_names": one.former_names,
            "registrants": sorted(one.codes),
        }
        for one in groups
    }  # fmt: skip
    rows = session.execute(
        select(*Entity.__table__.columns).where(in_keys(session, Entity.id, touched))
    )
    known = {row["id"]: dict(row) for row in rows.mappings()}
    insert_rows(session, Entity, [values for id_, values in now.items() if id_ not in known])
    renamed = [values for id_, values in now.items() if known.get(id_, values) != values]
    if renamed:
        session.execute(update(Entity), renamed)
    version = bump_data_version(session)
    for owner, filing in [(one.id, filing) for one in groups for filing in one.filings]:
        if filing["entity_id"] != owner:
            filing |= {"entity_id": owner, "data_version": version}
    _save_filings(session, [one for one in filings if one["data_version"] == version])
    _save_lookups(session, groups, links, touched, aliases)
    session.execute(delete(Entity).where(in_keys(session, Entity.id, set(known) - set(now))))
    return filings


def _save_filings(session: Session, filings: Collection[FilingRow]) -> None:
    """Write filings; new ones get their `id`."""
    new = {filing_id(one): one for one in filings if "id" not in one}
    known = [one for one in filings if "id" in one]
    if known:
        session.execute(update(Filing), known)
    insert_rows(session, Filing, new.values())
    ids = select(Filing.series, Filing.number_key, Filing.id)
    of_new = in_keys(session, Filing.number_key, [one["number_key"] for one in new.values()])
    for series, key, id_ in session.execute(ids.where(of_new)).tuples():
        if filing := new.get((series, key)):
            filing["id"] = id_


def _of_touched(
    session: Session, changed: Collection[FilingRow], owners: Collection[str]
) -> tuple[list[FilingRow], set[str]]:
    """All filings of the companies that are touched, and the ids that these companies had: with them
    every company that a name, a code or a link ties to them, however far it goes."""
    filings = {filing_id(filing): filing for filing in changed}
    new = {*owners, *(owner for filing in changed if (owner := filing["entity_id"]))}
    touched: set[str] = set()
    while True:
        touched |= new
        of_companies = in_keys(session, Filing.entity_id, new)
        filings = read_filings(session, of_companies) | filings
        names = {one["entity_key"] for one in filings.values()} - {""}
        names |= {entity_key(name) for one in filings.values() for name in one["former_entities"]}
        keys = [f"{kind}:{name}" for kind in "nf" for name in names]
        codes = {one["registrant"] for one in filings.values()} - {""}
        tied: CompoundSelect[Any] = union(
            select(EntityKey.entity_id).where(in_keys(session, EntityKey.key, keys)),
            select(Filing.entity_id).where(in_keys(session, Filing.registrant, codes)),
            select(EntityLink.other_id).where(in_keys(session, EntityLink.entity_id, touched)),
            select(EntityLink.entity_id).where(in_keys(session, EntityLink.other_id, touched)),
        )
        new = {*session.execute(tied).scalars()} - touched - {None}
        if not new:
            return list(filings.values()), touched


def read_filings(session: Session, where: ColumnElement[bool]) -> dict[FilingId, FilingRow]:
    """The filings of which this holds."""
    rows = session.execute(select(*Filing.__table__.columns).where(where).order_by(Filing.id))
    return {filing_id(row): row for row in map(dict, rows.mappings())}


def _save_lookups(
    session: Session, groups: Sequence[Group], links: Sequence[Link],
    touched: set[str], aliases: dict[str, str],
) -> None:  # fmt: skip
    """Write anew what these companies are found by, the ids that lead to them, and what ties those
    together that are not one; all in place of what was written of the `touched`."""
    ids = {one.id for one in groups}
    of_touched = in_keys(session, EntityAlias.entity_id, touched)
    once = dict(
        session.execute(select(EntityAlias.alias, EntityAlias.entity_id).where(of_touched))
        .tuples()
        .all()
    )
    leads = {alias: aliases.get(to, to) for alias, to in once.items()} | aliases
    keys = {(f"c:{code}", one.id) for one in groups for code in one.codes}
    for owner, filing in [(one.id, filing) for one in groups for filing in one.filings]:
        keys |= {(f"f:{entity_key(name)}", owner) for name in filing["former_entities"]}
        if key := filing["entity_key"]:
            keys.add((f"n:{key}", owner))
    for column in (EntityAlias.entity_id, EntityKey.entity_id, EntityLink.entity_id):
        session.execute(delete(column.class_).where(in_keys(session, column, touched)))
    session.execute(delete(EntityAlias).where(in_keys(session, EntityAlias.alias, {*leads, *ids})))
    insert_rows(
        session, EntityAlias,
        [
            {"alias": alias, "entity_id": to}
            for alias, to in leads.items()
            if alias not in ids and to in ids
        ],
    )  # fmt: skip
    insert_rows(session, EntityKey, [{"key": key, "entity_id": one} for key, one in sorted(keys)])
    of_tie = {tie_of(filing): one.id for one in groups for filing in one.filings}
    insert_rows(
        session, EntityLink,
        [
            {
                "entity_id": of_tie[tie_of(link.filing)],
                "other_id": of_tie.get(link.tie),
                "name": link.name,
                "kind": link.kind.value,
                "number": link.filing["number"],
                "remark": link.filing["remark"],
            }
            for link in links
        ],
    )  # fmt: skip
