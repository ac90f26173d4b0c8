"""Companies: by id, name, former name, brand, group and registrant code; links between them; and a company as
a whole, with its filings and the duties of generative AI that they fulfil.

What such a vendor may owe, and what "double filing" means, is defined here and nowhere else: the algorithm that
generates is filed under 互联网信息服务算法推荐管理规定 (art. 24) and 互联网信息服务深度合成管理规定 (art. 19); the
service itself under 生成式人工智能服务管理暂行办法 (art. 17), as a filed large model or as a registered
application that calls one.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import Session

from suanbei.common.errors import NotFound
from suanbei.registry.cells.names import entity_key
from suanbei.registry.cells.names.brands import brands_named
from suanbei.registry.database import in_keys
from suanbei.registry.importing.published import ALGORITHM_SERIES, GENAI_SERIES, Series
from suanbei.registry.models import Entity, EntityAlias, EntityKey, EntityLink, Filing
from suanbei.registry.queries.coverage import coverage
from suanbei.registry.queries.filings import View

BRIEF = (
    "number", "series", "name", "type", "label", "role", "status", "product", "region",
    "year", "filed_on", "first_period", "last_period", "flags",
)  # fmt: skip
"""What is shown of each filing of a company."""

GENERATION = "generation_synthesis"


@dataclass(frozen=True, slots=True)
class Duty:
    """Filings of any of some series, and of one type if it is named."""

    series: tuple[Series, ...]
    type: str = ""

    def counts(self, filing: Mapping[str, Any]) -> bool:
        """Whether a filing, whatever its status, is one of this duty."""
        return filing["series"] in self.series and self.type in ("", filing["type"])

    def fulfilled(self) -> ColumnElement[bool]:
        """As `counts` for active filings, as a condition on `Filing`."""
        of_type = Filing.type == self.type if self.type else true()
        series = Filing.series.in_([one.value for one in self.series])
        return and_(Filing.status == "active", series, of_type)


ALGORITHM = Duty(tuple(ALGORITHM_SERIES), GENERATION)
GENAI = Duty(tuple(GENAI_SERIES))
DUTIES = {
    "algorithm_filing": ALGORITHM,
    "model_filing": Duty((Series.GENAI_FILING,)),
    "registration": Duty((Series.GENAI_REGISTRATION,)),
}


def find_entity(session: Session, entity_id: str) -> Entity | None:
    """The company with this id or former id; None if there is none."""
    entity = session.get(Entity, entity_id)
    if entity is None and (alias := session.get(EntityAlias, entity_id)):
        entity = session.get_one(Entity, alias.entity_id)
    return entity


def links_of(session: Session, entity_id: str) -> list[dict[str, Any]]:
    """What the lists show of a company and others that are not the same one.

    `{"kind", "entity": {"id", "name"}, "number", "remark"}`: `taken_over_from` and `handed_over_to`
    tell of a filing that one company took over from the other; `unclear` says that they may be one
    company, and the lists do not tell (two names in a 备注, or under one registrant code). `id` is
    None for a company that no list names but that 备注.
    """
    ours = or_(EntityLink.entity_id == entity_id, EntityLink.other_id == entity_id)
    query = select(EntityLink, Entity.name).join(Entity, Entity.id == EntityLink.entity_id)
    found: list[dict[str, Any]] = []
    for link, name in session.execute(query.where(ours).order_by(EntityLink.id)).tuples():
        taken = link.kind == "handed_over"
        said = {"number": link.number, "remark": link.remark}
        if link.entity_id == entity_id:
            kind = "taken_over_from" if taken else "unclear"
            found.append({"kind": kind, "entity": {"id": link.other_id, "name": link.name}} | said)
        if link.other_id == entity_id:
            kind = "handed_over_to" if taken else "unclear"
            found.append({"kind": kind, "entity": {"id": link.entity_id, "name": name}} | said)
    return found


def entities_meant(session: Session, wanted: str) -> list[Entity]:
    """The entities of this id or name, former ones included; else those of the brand or group.

    A group (腾讯) is all registrants that the table of brands names for it, each for itself.
    """
    if found := entities_called(session, [wanted]):
        return found
    companies = [company for brand in brands_named(wanted) for company in brand.companies]
    return entities_called(session, companies) if companies else []


def names_of(session: Session, wanted: str) -> tuple[set[str], set[str]]:
    """Ids of the entities that are meant, and the keys of all their names and of the name itself.

    The ids that they were once known by are among them: events of that time bear them.
    """
    found = entities_meant(session, wanted)
    names = {entity_key(name) for one in found for name in (one.name, *one.former_names)}
    ids = {one.id for one in found}
    once = select(EntityAlias.alias).where(in_keys(session, EntityAlias.entity_id, ids))
    return ids | set(session.execute(once).scalars()), (names | {entity_key(wanted)}) - {""}


def near_names(session: Session, wanted: str, limit: int = 8) -> list[str]:
    """Names of registrants that contain a text: suggestions where no name matches exactly."""
    text = wanted.strip()
    if not text:
        return []
    query = select(Entity.name).where(Entity.name.contains(text, autoescape=True))
    return list(session.execute(query.order_by(Entity.name).limit(limit)).scalars())


def entities_called(session: Session, wanted: Sequence[str]) -> list[Entity]:
    """The companies of these ids, registrant codes, names and former names, by name."""
    keys = {f"{kind}:{entity_key(one)}" for one in wanted for kind in "nf"}
    keys |= {f"c:{one}" for one in wanted}
    by_key = select(EntityKey.entity_id).where(in_keys(session, EntityKey.key, keys))
    by_alias = select(EntityAlias.entity_id).where(in_keys(session, EntityAlias.alias, wanted))
    query = select(Entity).where(
        or_(Entity.id.in_(by_key), Entity.id.in_(by_alias), in_keys(session, Entity.id, wanted))
    )
    return list(session.execute(query.order_by(Entity.name)).scalars())


def vendor_record(session: Session, entity_id: str) -> View:
    """A company: names, registrant codes, filings by series, roles, duties, products, links, timeline.

    Raises:
        NotFound: there is no such company.
    """
    covered = coverage(session)
    entity = find_entity(session, entity_id)
    if entity is None:
        raise NotFound(f"entity {entity_id[:100]}: not known")
    columns = [getattr(Filing, name) for name in (*BRIEF, "products")]
    query = select(*columns).where(Filing.entity_id == entity.id)
    rows = session.execute(query.order_by(Filing.first_period, Filing.number_key)).mappings()
    filings = [dict(row) for row in rows]
    named = {"id": entity.id, "name": entity.name, "former_names": entity.former_names}
    by_series: dict[str, list[View]] = {
        one.value: [] for one in Series if one is not Series.DEREGISTRATION
    }
    by_list: dict[tuple[str, str], list[str]] = {}
    for filing in filings:
        shown = {name: filing[name] for name in BRIEF} | {"entity": named}
        by_series[filing["series"]].append(shown)
        by_list.setdefault((filing["first_period"], filing["series"]), []).append(filing["number"])
    roles = Counter(filing["role"] for filing in filings if filing["status"] == "active")
    return named | {
        "registrants": entity.registrants,
        "filings": by_series,
        "roles": {role: roles[role] for role in ("service_provider", "technical_supporter")},
        "duties": {name: standing(filings, duty) for name, duty in DUTIES.items()},
        "double_filing": files_twice(filings),
        "products": _products(filings),
        "links": links_of(session, entity.id),
        "timeline": [
            {"period": period, "series": series, "filings": numbers}
            for (period, series), numbers in sorted(by_list.items())
        ],
        "coverage": covered,
    }


def _products(filings: Sequence[dict[str, Any]]) -> list[View]:
    """Each product with the filings that name it."""
    found: dict[tuple[str, str], list[str]] = {}
    for filing in filings:
        for product in filing["products"]:
            numbers = found.setdefault((product["name"], product["kind"]), [])
            if filing["number"] not in numbers:
                numbers.append(filing["number"])
    return [{"name": n, "kind": k, "filings": numbers} for (n, k), numbers in found.items()]


def standing(filings: Sequence[Mapping[str, Any]], duty: Duty) -> str:
    """Whether a duty is on record: has (an active filing), deregistered or vanished (there are only
    such), has_not."""
    found = {filing["status"] for filing in filings if duty.counts(filing)}
    if "active" in found:
        return "has"
    return next((one for one in ("deregistered", "vanished") if one in found), "has_not")


def files_twice(filings: Iterable[Mapping[str, Any]]) -> bool:
    """Double filing: an active algorithm filing of the generation type, and an active large-model
    filing or registration."""
    active = [filing for filing in filings if filing["status"] == "active"]
    return any(map(ALGORITHM.counts, active)) and any(map(GENAI.counts, active))
