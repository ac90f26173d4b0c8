"""What verdicts ask of the registry: each thing once for a batch, and kept for the next one."""

from collections.abc import Iterable, Sequence, Set
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from suanbei.registry.cells.names import entity_key, similar_names
from suanbei.registry.models import Entity, EntityKey, Filing
from suanbei.registry.queries.coverage import Coverage, coverage
from suanbei.registry.queries.entities import links_of, registrants_of
from suanbei.registry.queries.filings import View, filing_views
from suanbei.registry.queries.number_parts import Registrant
from suanbei.registry.statements import in_keys


class Company(NamedTuple):
    """A registrant: names, how many filings, and their divisions by registrant code."""

    id: str
    name: str
    former_names: Sequence[str]
    filings: int
    divisions: Sequence[tuple[str, str]]


class Lookup:
    """Reads one state of the registry through one session.

    The coverage is read before anything else: a list that is imported in between must not make
    "not listed" claim more than was looked at. What was read lies in the dictionaries; `read_…`
    reads what is missing there.
    """

    def __init__(self, session: Session, covered: Coverage | None = None) -> None:
        self.session = session
        self.coverage: Coverage = coverage(session) if covered is None else covered
        self.filings: dict[str, Sequence[View]] = {}
        """Of listed numbers, by their key: one a register, with their listings."""
        self.registrants: dict[str, Registrant | None] = {}
        """Whose a registrant code is; None if it is in no list."""
        self.companies: dict[str, Company] = {}
        """By the id of the company."""
        self.named: dict[str, list[str]] = {"": []}
        """The ids of the companies that bear or bore a name (`entity_key`), present bearers first."""
        self._products: dict[str, list[str]] = {}
        self._links: dict[str, list[View]] = {}
        self._all_names: list[str] | None = None

    def read_filings(self, keys: Set[str]) -> None:
        """Read the filings of numbers, as far as they are listed."""
        missing = keys - self.filings.keys()
        if not missing:
            return
        table = Filing.__table__
        query = select(table).where(in_keys(self.session, Filing.number_key, missing))
        rows = self.session.execute(query.order_by(Filing.series)).all()
        found: dict[str, list[View]] = {}
        for row, view in zip(rows, filing_views(self.session, rows), strict=True):
            found.setdefault(row.number_key, []).append(view)
        self.filings.update(found)

    def read_registrants(self, codes: Iterable[str]) -> None:
        """Read whose registrant codes are."""
        missing = [code for code in codes if code not in self.registrants]
        if missing:
            self.registrants |= dict.fromkeys(missing) | registrants_of(self.session, missing)

    def read_companies(self, ids: Iterable[str]) -> None:
        """Read the names, divisions and number of filings of companies."""
        missing = [one for one in ids if one not in self.companies]
        if not missing:
            return
        columns = (Filing.entity_id, Filing.registrant, Filing.division)
        counted = select(*columns, func.count()).group_by(*columns).order_by(*columns)
        wanted = in_keys(self.session, Filing.entity_id, missing)
        divisions: dict[str, list[tuple[str, str]]] = {one: [] for one in missing}
        filings = dict.fromkeys(missing, 0)
        for entity_id, registrant, division, count in self.session.execute(counted.where(wanted)):
            divisions[entity_id].append((registrant, division))
            filings[entity_id] += count
        names = select(Entity.id, Entity.name, Entity.former_names)
        for one, name, former in self.session.execute(
            names.where(in_keys(self.session, Entity.id, missing))
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

    def read_names(self, names: Iterable[str]) -> None:
        """Read which companies bear or bore names."""
        missing = [key for key in set(map(entity_key, names)) if key not in self.named]
        if not missing:
            return
        wanted = [f"{kind}:{key}" for kind in "nf" for key in missing]
        query = select(EntityKey.key, EntityKey.entity_id)
        rows = self.session.execute(query.where(in_keys(self.session, EntityKey.key, wanted)))
        self.named.update((key, []) for key in missing)
        # "n:" sorts behind "f:": those that bear the name today come first.
        for key, entity_id in sorted(rows.tuples(), reverse=True):
            if entity_id not in self.named[key[2:]]:
                self.named[key[2:]].append(entity_id)
        self.read_companies({one for key in missing for one in self.named[key]})

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
