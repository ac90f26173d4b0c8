"""What a long list of numbers asks of the registry: few queries for many numbers."""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from suanbei.registry.importing.published import NATIONAL
from suanbei.registry.in_keys import among
from suanbei.registry.models import Batch, Entity, Filing
from suanbei.registry.queries.filings import View, count_filings, coverage, filing_views
from suanbei.registry.verify.lookups import all_registrants, known_registrants
from suanbei.registry.verify.number_parts import Known
from suanbei.registry.verify.registrants import Registrant

_FEW, _MANY = 1_000, 30_000
"""Who asks for more than a few numbers gets all filings and registrants at once, where these are not
too many."""


class Brief(NamedTuple):
    """A filing in brief."""

    key: str
    number: str
    series: str
    name: str
    entity: str
    entity_key: str
    entity_id: str
    status: str
    flags: list[str]
    period: str


class Company(NamedTuple):
    """A company in brief; `products` are the names of its products, as keys, newest first."""

    name: str
    former_names: list[str]
    products: dict[str, None]


class ListBrief(NamedTuple):
    """A list in brief: the page where CAC shows it, else its document."""

    title: str
    published_on: date | None
    link: str


class Ledger:
    """Reads for many numbers at once; what was read is kept until `forget`."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.coverage = coverage(session)
        self._lists = _national_lists(session)
        self._asked = 0
        self.forget()

    def __len__(self) -> int:
        """How many numbers and registrants are held."""
        return len(self._filings) + len(self._known)

    def forget(self) -> None:
        """Let go of what was read of numbers and companies."""
        self._filings: dict[str, list[Brief]] = {}
        self._has_all = False
        self._views: dict[str, list[View]] = {}
        self._known: dict[str, Known | None] = {}
        self._companies: dict[str, Company] = {}

    def prepare(self, keys: Iterable[str]) -> None:
        """Read the filings of numbers that were not read yet; for many numbers, of all there are."""
        columns = (
            Filing.number_key, Filing.number, Filing.series, Filing.name, Filing.entity,
            Filing.entity_key, Filing.entity_id, Filing.status, Filing.flags, Filing.last_period,
        )  # fmt: skip
        missing = [] if self._has_all else list({key for key in keys if key not in self._filings})
        if not missing:
            return
        query = select(*columns).order_by(Filing.series)
        self._asked += len(missing)
        self._has_all = self._asked > _FEW and count_filings(self.session) < _MANY
        if self._has_all:
            self._known |= all_registrants(self.session)
        else:
            query = query.where(among(self.session, Filing.number_key, missing))
            self._filings.update((key, []) for key in missing)
        read: dict[str, list[Brief]] = {}
        for row in self.session.execute(query):
            read.setdefault(row[0], []).append(Brief._make(row))
        self._filings.update(read)
        unseen = [key for key in read if key not in self._views]
        self._prepare_views([key for key in unseen if not self.is_plain(key)])

    def _prepare_views(self, keys: list[str]) -> None:
        """Read the listings of numbers whose standing a period does not tell."""
        query = select(Filing).order_by(Filing.series)
        wanted = query.where(among(self.session, Filing.number_key, keys))
        filings = list(self.session.execute(wanted).scalars()) if keys else []
        for filing, view in zip(filings, filing_views(self.session, filings), strict=True):
            self._views.setdefault(filing.number_key, []).append(view)

    def filings(self, key: str) -> list[Brief]:
        """The filings of a number that was prepared."""
        return self._filings.get(key, [])

    def is_plain(self, key: str) -> bool:
        """Whether a prepared number is active and stands in a national list, or in none at all."""
        return all(
            filing.status == "active"
            and "vanished" not in filing.flags
            and self.list_of(filing) is not None
            for filing in self.filings(key)
        )

    def views(self, key: str) -> list[View]:
        """The filings of a prepared number that is not plain, with their listings."""
        return self._views[key]

    def prepare_registrants(self, codes: Iterable[str]) -> None:
        """Read the companies of registrant codes that were not read yet."""
        if self._has_all:
            return
        missing = [code for code in set(codes) if code not in self._known]
        found = known_registrants(self.session, missing)
        self._known.update((code, found.get(code)) for code in missing)

    def known(self, code: str) -> Known | None:
        """The company of a registrant code that was prepared; None if it is nobody's."""
        return self._known.get(code)

    def list_of(self, filing: Brief) -> ListBrief | None:
        """The national list that shows the filing today; None if another list speaks for it."""
        return self._lists.get((filing.series, filing.period))

    def prepare_companies(self, ids: Iterable[str]) -> None:
        """Read the names and products of companies that were not read yet."""
        missing = [entity_id for entity_id in set(ids) if entity_id not in self._companies]
        names = select(Entity.id, Entity.name, Entity.former_names)
        products = select(Filing.entity_id, Filing.products).order_by(Filing.last_period.desc())
        if not missing:
            return
        rows = self.session.execute(names.where(among(self.session, Entity.id, missing)))
        for entity_id, name, former in rows:
            self._companies[entity_id] = Company(name, former, {})
        rows = self.session.execute(products.where(among(self.session, Filing.entity_id, missing)))
        for entity_id, of_filing in rows:
            known = self._companies[entity_id].products
            known.update((product["name"], None) for product in of_filing)

    def registrant(self, filing: Brief) -> Registrant:
        """The company that holds a filing, prepared before."""
        company = self._companies[filing.entity_id]
        return Registrant(
            filing.entity_id,
            filing.entity,
            company.name,
            company.former_names,
            lambda: list(company.products),
        )


def _national_lists(session: Session) -> dict[tuple[str, str], ListBrief]:
    columns: tuple[Any, ...] = (
        Batch.series, Batch.period, Batch.title, Batch.published_on, Batch.notice_url,
        Batch.document_url,
    )  # fmt: skip
    query = select(*columns).where(Batch.source == NATIONAL)
    return {
        (series, period): ListBrief(title, published_on, notice_url or document_url)
        for series, period, title, published_on, notice_url, document_url in session.execute(query)
    }
