"""What verdicts ask of the registry: each thing once for a batch, and kept for the next one."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from suanbei.registry.cells.names import entity_key, similar_names
from suanbei.registry.models import Entity, EntityKey, Filing
from suanbei.registry.queries.coverage import coverage
from suanbei.registry.queries.entities import links_of, registrants_where
from suanbei.registry.queries.filings import View, filing_views
from suanbei.registry.queries.number_parts import Registrant
from suanbei.registry.statements import in_keys

MOST_KEPT = 50_000
"""Numbers and companies held in memory; more than a registry of today has."""


class Company(NamedTuple):
    """A registrant: names, divisions of its filings by registrant code, products newest first."""

    id: str
    name: str
    former_names: Sequence[str]
    filings: int
    products: Sequence[str]
    divisions: Sequence[tuple[str, str]]


class Lookup:
    """Reads one state of the registry through one session.

    The coverage is read before anything else: a list that is imported in between must not make
    "not listed" claim more than was looked at.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.coverage: View = coverage(session)
        self._forget()

    def _forget(self) -> None:
        self._filings: dict[str, list[View]] = {}
        self._former_holders: dict[str, set[str]] = {}
        self._registrants: dict[str, Registrant | None] = {}
        self._companies: dict[str, Company] = {}
        self._named: dict[str, list[str]] = {}
        self._links: dict[str, list[View]] = {}
        self._all_names: list[str] | None = None

    def prepare(self, keys: Iterable[str]) -> None:
        """Read the filings of these numbers that were not read yet."""
        if len(self._filings) + len(self._companies) > MOST_KEPT:
            self._forget()
        missing = list({key for key in keys if key not in self._filings})
        if not missing:
            return
        query = select(Filing).where(in_keys(self.session, Filing.number_key, missing))
        rows = list(self.session.execute(query.order_by(Filing.series)).scalars())
        self._filings.update((key, []) for key in missing)
        for row, view in zip(rows, filing_views(self.session, rows), strict=True):
            self._filings[row.number_key].append(view)
            self._former_holders.setdefault(row.number_key, set()).update(row.former_entities)

    def filings(self, key: str) -> list[View]:
        """The filings of a prepared number, one a register, with their listings."""
        return self._filings.get(key, [])

    def former_holders(self, key: str) -> set[str]:
        """The names under which a prepared number was listed before it was handed over."""
        return self._former_holders.get(key, set())

    def prepare_registrants(self, codes: Iterable[str]) -> None:
        """Read whose these registrant codes are."""
        missing = [code for code in set(codes) if code not in self._registrants]
        if not missing:
            return
        found = registrants_where(
            self.session, in_keys(self.session, EntityKey.key, [f"c:{code}" for code in missing])
        )
        self._registrants.update((code, found.get(code)) for code in missing)

    def registrant(self, code: str) -> Registrant | None:
        """The company that a prepared registrant code belongs to; None if it is in no list."""
        return self._registrants.get(code)

    def prepare_companies(self, ids: Iterable[str]) -> None:
        """Read the names and filings of these companies."""
        missing = [one for one in set(ids) if one not in self._companies]
        if not missing:
            return
        names = select(Entity.id, Entity.name, Entity.former_names)
        own: dict[str, list[Any]] = {one: [] for one in missing}
        columns = (Filing.entity_id, Filing.products, Filing.registrant, Filing.division)
        query = select(*columns).order_by(Filing.last_period.desc(), Filing.number_key)
        for row in self.session.execute(
            query.where(in_keys(self.session, Filing.entity_id, missing))
        ):
            own[row[0]].append(row)
        for entity_id, name, former in self.session.execute(
            names.where(in_keys(self.session, Entity.id, missing))
        ):
            rows = own[entity_id]
            products = dict.fromkeys(one["name"] for row in rows for one in row[1])
            divisions = sorted({(row[2], row[3]) for row in rows})
            self._companies[entity_id] = Company(
                entity_id, name, former, len(rows), list(products), divisions
            )

    def company(self, entity_id: str) -> Company:
        """A prepared company.

        Raises:
            KeyError: it was not prepared, or there is none.
        """
        return self._companies[entity_id]

    def links(self, entity_id: str) -> list[View]:
        """What ties a company to others that are not the same one (see `links_of`)."""
        if entity_id not in self._links:
            self._links |= links_of(self.session, [entity_id])
        return self._links[entity_id]

    def prepare_names(self, names: Iterable[str]) -> None:
        """Read which companies bear or bore these names."""
        keys = {entity_key(name) for name in names}
        missing = [key for key in keys if key and key not in self._named]
        if not missing:
            return
        wanted = [f"{kind}:{key}" for kind in "nf" for key in missing]
        query = select(EntityKey.key, EntityKey.entity_id).where(
            in_keys(self.session, EntityKey.key, wanted)
        )
        self._named.update((key, []) for key in missing)
        # "n:" sorts behind "f:": those that bear the name today come first.
        for key, entity_id in sorted(self.session.execute(query).tuples(), reverse=True):
            if entity_id not in self._named[key[2:]]:
                self._named[key[2:]].append(entity_id)
        self.prepare_companies(one for key in missing for one in self._named[key])

    def companies_named(self, name: str) -> list[Company]:
        """The companies that bear or bore a prepared name, those that bear it today first."""
        return [self._companies[one] for one in self._named.get(entity_key(name), [])]

    def names_like(self, claim: str, most: int) -> list[str]:
        """Names of registrants that resemble one that none of them bears, the best first.

        All names of the lists are compared, a few milliseconds' work: for a person's question.
        """
        if self._all_names is None:
            query = select(Entity.name).order_by(Entity.name)
            self._all_names = list(self.session.execute(query).scalars())
        return similar_names(claim, self._all_names, most)
