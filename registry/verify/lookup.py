"""What verdicts ask of the registry: each thing once for a batch, and kept for the next one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from suanbei.registry.cells.names import entity_key, similar_names
from suanbei.registry.database import in_keys
from suanbei.registry.models import Entity, EntityKey, Filing
from suanbei.registry.queries.entities import links_of
from suanbei.registry.queries.filings import View
from suanbei.registry.queries.number_parts import Registrant


class Company(NamedTuple):
    """A registrant: names, how many filings, and their divisions by registrant code."""

    id: str
    name: str
    former_names: Sequence[str]
    filings: int
    divisions: Sequence[tuple[str, str]]


@dataclass(slots=True)
class Lookup:
    """Reads one state of the registry through one session.

    What was read lies in the dictionaries.
    """

    session: Session
    registrants: dict[str, Registrant | None] = field(default_factory=dict)
    """Whose a registrant code is; None if it is in no list."""
    companies: dict[str, Company] = field(default_factory=dict)
    """By the id of the company."""
    named: dict[str, list[str]] = field(default_factory=lambda: {"": []})
    """The ids of the companies that bear or bore a name (`entity_key`), present bearers first."""
    _products: dict[str, list[str]] = field(default_factory=dict)
    _links: dict[str, list[View]] = field(default_factory=dict)
    _all_names: list[str] | None = None

    def read_companies(self, ids: Iterable[str], names: Iterable[str] = ()) -> None:
        """Read which companies bear or bore names; of these and some others their names, their
        divisions and how many filings they have."""
        wanted = set(ids)
        if keys := set(map(entity_key, names)).difference(self.named):
            of_names = in_keys(
                self.session, EntityKey.key, [f"{k}:{key}" for k in "nf" for key in keys]
            )
            rows = self.session.execute(select(EntityKey.key, EntityKey.entity_id).where(of_names))
            self.named.update((key, []) for key in keys)
            # "n:" sorts behind "f:": those that bear the name today come first.
            for key, entity_id in sorted(rows.tuples(), reverse=True):
                if entity_id not in self.named[key[2:]]:
                    self.named[key[2:]].append(entity_id)
                    wanted.add(entity_id)
        missing = wanted.difference(self.companies)
        if not missing:
            return
        columns = (Filing.entity_id, Filing.registrant, Filing.division)
        counted = select(*columns, func.count()).group_by(*columns).order_by(*columns)
        divisions: dict[str, list[tuple[str, str]]] = {one: [] for one in missing}
        filings = dict.fromkeys(missing, 0)
        for entity_id, registrant, division, count in self.session.execute(
            counted.where(in_keys(self.session, Filing.entity_id, missing))
        ):
            divisions[entity_id].append((registrant, division))
            filings[entity_id] += count
        called = select(Entity.id, Entity.name, Entity.former_names)
        for one, name, former in self.session.execute(
            called.where(in_keys(self.session, Entity.id, missing))
        ):
            self.companies[one] = Company(one, name, former, filings[one], divisions[one])

    def products(self, entity_id: str) -> list[str]:
        """The names of a company's products, newest first."""
        if entity_id not in self._products:
            query = select(Filing.products).where(Filing.entity_id == entity_id)
            rows = self.session.execute(
                query.order_by(Filing.last_period.desc(), Filing.number_key)
            ).scalars()
            names = dict.fromkeys(one["name"] for products in rows for one in products)
            self._products[entity_id] = list(names)
        return self._products[entity_id]

    def links(self, entity_id: str) -> list[View]:
        """What ties a company to others that are not the same one (see `links_of`)."""
        if entity_id not in self._links:
            self._links[entity_id] = links_of(self.session, entity_id)
        return self._links[entity_id]

    def companies_named(self, name: str) -> list[Company]:
        """The companies that bear or bore a name that was read, those that bear it today first."""
        return [self.companies[one] for one in self.named.get(entity_key(name), ())]

    def names_like(self, claim: str, most: int) -> list[str]:
        """Names of registrants that resemble one that none of them bears, the best first.

        All names of the lists are compared, a few milliseconds' work: for a person's question.
        """
        if self._all_names is None:
            query = select(Entity.name).order_by(Entity.name)
            self._all_names = list(self.session.execute(query).scalars())
        return similar_names(claim, self._all_names, most)
