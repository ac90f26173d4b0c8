"""What companies and filings have to offer to the columns of a table, and the values of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from suanbei.common.errors import NotFound
from suanbei.common.texts import Language, Text
from suanbei.registry.database import in_keys
from suanbei.registry.models import Entity, EntityAlias, Filing
from suanbei.registry.queries.entities import DUTIES, files_twice, standing
from suanbei.search_api.reconcile.filings import filing_by_id
from suanbei.search_api.reconcile.queries import COMPANY, FILING, TYPES, ExtendQuery

Cell = dict[str, Any]
"""`{"str"}`, `{"int"}` or, of something that can be reconciled, `{"id", "name"}`."""


@dataclass(frozen=True, slots=True)
class Record:
    """A company with its filings, or one filing alone (then `entity` is its company)."""

    kind: str
    entity: Entity
    filings: list[Filing]

    @property
    def active(self) -> int:
        """How many of the filings are active."""
        return sum(one.status == "active" for one in self.filings)


@dataclass(frozen=True, slots=True)
class Property:
    """A property: its values are of `links_to` where they are companies or filings."""

    id: str
    types: tuple[str, ...]
    name: Text
    about: Text
    cells: Callable[[Record], Iterable[Cell]]
    links_to: str = ""

    def shown(self, language: Language) -> dict[str, str]:
        """`{"id", "name", "description"}`."""
        name, about = self.name.say(language), self.about.say(language)
        return {"id": self.id, "name": name, "description": about}


def _texts(values: Iterable[str | None]) -> list[Cell]:
    return [{"str": one} for one in dict.fromkeys(values) if one]


def _facts(record: Record) -> list[dict[str, Any]]:
    return [
        {"status": one.status, "series": one.series, "type": one.type} for one in record.filings
    ]


def _duty(name: str) -> Callable[[Record], list[Cell]]:
    def cells(record: Record) -> list[Cell]:
        return [{"str": standing(_facts(record), DUTIES[name])}]

    return cells


def _status(record: Record) -> list[Cell]:
    found = {one.status for one in record.filings}
    return _texts(one for one in ("active", "deregistered", "vanished") if one in found)


BOTH = (COMPANY, FILING)
_STANDING = Text("has、has_not、deregistered 或 vanished", "has, has_not, deregistered or vanished")
_PROPERTIES = (
    Property("double_filing", (COMPANY,), Text("双备案", "double filing"),
             Text("有效的生成合成类算法备案，以及有效的大模型备案或登记：yes 或 no",
                  "an active algorithm filing of the generation type and an active large-model filing or registration: yes or no"),
             lambda record: [{"str": "yes" if files_twice(_facts(record)) else "no"}]),
    Property("number", BOTH, Text("备案编号", "filing numbers"), Text("清单所列的编号", "the numbers as published"),
             lambda record: [{"id": one.number, "name": one.number} for one in record.filings], links_to=FILING),
    Property("status", BOTH, Text("状态", "status"),
             Text("active 有效、deregistered 已注销、vanished 已不在清单中；主体则列出其备案的各种状态",
                  "active, deregistered or vanished (no longer in its list); of a company all that its filings have"),
             _status),
    Property("first_filing", (COMPANY,), Text("首次备案", "first filing"),
             Text("最早列入的清单月份 YYYY-MM", "month of the first list that shows it: YYYY-MM"),
             lambda record: _texts([min((f.first_period for f in record.filings), default=None)])),
    Property("region", BOTH, Text("属地", "region"), Text("省级行政区", "province"),
             lambda record: _texts(one.region for one in record.filings)),
    Property("series", BOTH, Text("备案类别", "series"),
             Text("algorithm、deep_synthesis、genai_filing、genai_registration",
                  "algorithm, deep_synthesis, genai_filing, genai_registration"),
             lambda record: _texts(one.series for one in record.filings)),
    Property("former_name", (COMPANY,), Text("曾用名", "former names"),
             Text("清单备注所载的曾用名", "names that the lists say it once had"),
             lambda record: _texts(record.entity.former_names)),
    Property("filings", (COMPANY,), Text("备案数", "number of filings"),
             Text("全部备案，含已注销", "all of them, deregistered ones included"),
             lambda record: [{"int": len(record.filings)}]),
    Property("algorithm_filing", (COMPANY,), Text("生成合成类算法备案", "algorithm filing of the generation type"),
             _STANDING, _duty("algorithm_filing")),
    Property("model_filing", (COMPANY,), Text("大模型备案", "generative-AI filing"), _STANDING, _duty("model_filing")),
    Property("registration", (COMPANY,), Text("应用登记", "generative-AI registration"), _STANDING, _duty("registration")),
    Property("company", (FILING,), Text("备案主体", "company"), Text("该项备案的主体", "the registrant"),
             lambda record: [{"id": record.entity.id, "name": record.entity.name}], links_to=COMPANY),
    Property("name", (FILING,), Text("名称", "name"), Text("算法、模型或应用的名称", "of the algorithm, model or application"),
             lambda record: _texts(one.name for one in record.filings)),
    Property("product", (FILING,), Text("应用产品", "product"), Text("清单所列的产品", "the products as published"),
             lambda record: _texts(one.product for one in record.filings)),
    Property("type", (FILING,), Text("算法类别", "type"), Text("五种法定类别之一", "one of the five legal types"),
             lambda record: _texts(one.type for one in record.filings)),
    Property("first_list", (FILING,), Text("首次列入清单", "first list"), Text("首次列入的清单月份 YYYY-MM", "month of the first list that shows it: YYYY-MM"),
             lambda record: _texts(one.first_period for one in record.filings)),
)  # fmt: skip
PROPERTIES = {one.id: one for one in _PROPERTIES}


def extend(session: Session, asked: ExtendQuery, language: Language) -> dict[str, Any]:
    """The values of the properties asked for; an id that is not known has none."""
    wanted = [PROPERTIES[one.id] for one in asked.properties if one.id in PROPERTIES]
    known = records(session, asked.ids)
    rows = {
        one: {
            prop.id: list(prop.cells(record)) if record and record.kind in prop.types else []
            for prop in wanted
        }
        for one in asked.ids
        for record in [known.get(one)]
    }
    meta: list[dict[str, Any]] = [
        {"id": prop.id, "name": prop.name.say(language)}
        | ({"type": {"id": prop.links_to, "name": TYPES[prop.links_to]}} if prop.links_to else {})
        for prop in wanted
    ]
    return {"meta": meta, "rows": rows}


def records(session: Session, ids: Iterable[str]) -> dict[str, Record]:
    """What each id stands for: a company (also by an id it once had), or a filing."""
    wanted = list(dict.fromkeys(ids))
    aliases = select(EntityAlias.alias, EntityAlias.entity_id)
    aliases = aliases.where(in_keys(session, EntityAlias.alias, wanted))
    current = {one: one for one in wanted} | dict(session.execute(aliases).tuples().all())
    query = select(Entity).where(in_keys(session, Entity.id, current.values()))
    companies = {one.id: Record(COMPANY, one, []) for one in session.execute(query).scalars()}
    filings = select(Filing).where(in_keys(session, Filing.entity_id, companies))
    filings = filings.order_by(Filing.first_period, Filing.number_key)
    for filing in session.execute(filings).scalars():
        companies[filing.entity_id].filings.append(filing)
    found = {}
    for one in wanted:
        if company := companies.get(current[one]):
            found[one] = company
        elif numbered := filing_by_id(session, one):
            owner = session.get_one(Entity, numbered.entity_id)
            found[one] = Record(FILING, owner, [numbered])
    return found


def record_of(session: Session, one: str) -> Record:
    """What an id stands for.

    Raises:
        NotFound: nothing.
    """
    record = records(session, [one]).get(one)
    if record is None:
        raise NotFound(f"entity {one[:100]}: not known")
    return record
