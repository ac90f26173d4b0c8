"""Fixtures: a running small site, and what is needed to crawl it in a hurry."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from suanbei.common.settings import Settings
from suanbei.crawler.crawl import crawl
from suanbei.crawler.items import FetchedDocument
from suanbei.crawler.report import CrawlReport
from suanbei.crawler.sources import Catalogue, Politeness, load_catalogue
from suanbei.crawler.spider import ImportDocument
from suanbei.registry.importing.documents import ImportReport
from tests.crawler.process import in_process
from tests.crawler.site import Site, served, whole_site


class Basket:
    """Keeps what it is given, and finds two filings in each."""

    def __init__(self) -> None:
        self.documents: list[FetchedDocument] = []

    def __call__(self, document: FetchedDocument) -> ImportReport:
        self.documents.append(document)
        return ImportReport("new", added=2)

    def bodies(self) -> set[bytes]:
        return {document.body for document in self.documents}


@dataclass
class Raising:
    """Raises an error for a document whose label ends so; the others are kept."""

    error: Exception
    label: str = ""

    def __call__(self, document: FetchedDocument) -> ImportReport:
        if document.origin.label.endswith(self.label):
            raise self.error
        return ImportReport("new", added=2)


@dataclass
class Rig:
    """A site, settings that point at it, and a basket for what a crawl brings."""

    site: Site
    settings: Settings
    catalogue: Catalogue
    basket: Basket = field(default_factory=Basket)

    def crawl(
        self,
        *names: str,
        importer: ImportDocument | None = None,
        known: Collection[str] = (),
        seconds: float = 0,
    ) -> CrawlReport:
        """A crawl of the named sources; what it brings goes into the basket."""
        report, basket = in_process(
            crawl_once, self.settings, self.catalogue.select(names), importer, frozenset(known),
            seconds,
        )  # fmt: skip
        self.basket.documents += basket.documents
        return report

    def delay(self, seconds: float) -> None:
        self.settings = self.settings.model_copy(update={"delay": seconds})

    def be(self, source: str = "", **politeness: float) -> None:
        """Other limits for every source, or for one; the machine may be busy."""
        facts = {"timeout_seconds": 60.0, "backoff": 1.0} | politeness
        patience = {"politeness": Politeness.model_validate(facts)}
        sources = [
            one.model_copy(update=patience) if source in ("", one.name) else one
            for one in self.catalogue.sources
        ]
        self.catalogue = self.catalogue.model_copy(update={"sources": tuple(sources)})


def crawl_once(
    settings: Settings,
    catalogue: Catalogue,
    importer: ImportDocument | None = None,
    known: frozenset[str] = frozenset(),
    seconds: float = 0,
) -> tuple[CrawlReport, Basket]:
    """A crawl in this process, with what it brought."""
    basket = Basket()
    importing: ImportDocument = basket
    if importer is not None:

        def importing(document: FetchedDocument) -> ImportReport:
            outcome = importer(document)
            basket(document)
            return outcome

    return crawl(settings, catalogue, importing, known, seconds=seconds), basket


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with served(whole_site()) as site:
        settings = Settings(
            home=tmp_path / "home", cac_url=site.url, beian_url=site.url, delay=0,
            user_agent="Suanbei-Test/1.0 (tests)", proxy="",
        )  # fmt: skip
        rig = Rig(site, settings, load_catalogue())
        rig.be()
        yield rig
