"""Fixtures: a running small site, and what is needed to crawl it in a hurry."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from suanbei.common.settings import Settings
from suanbei.crawler.child import Limits
from suanbei.crawler.report import CrawlReport, Fetched, Outcome, Sink
from suanbei.crawler.run import crawl
from suanbei.crawler.sources import Catalogue, Politeness, load_catalogue
from suanbei.crawler.tally import Progress
from tests.crawler.site import Site, served, whole_site


class Basket:
    """A sink that keeps what it is given."""

    def __init__(self) -> None:
        self.documents: list[Fetched] = []

    def __call__(self, document: Fetched) -> Outcome:
        self.documents.append(document)
        return Outcome("new", added=2)

    def bodies(self) -> set[bytes]:
        return {document.body for document in self.documents}


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
        sink: Sink | None = None,
        known: Collection[str] = (),
        on_progress: Progress = lambda _: None,
        limits: Limits | None = None,
        stop: Callable[[], bool] = lambda: False,
    ) -> CrawlReport:
        return crawl(
            self.settings, self.catalogue.select(names), sink or self.basket,
            known=known, on_progress=on_progress, limits=limits, stop=stop,
        )  # fmt: skip

    def delay(self, seconds: float) -> None:
        self.settings = self.settings.model_copy(update={"delay": seconds})

    def be(self, **politeness: float) -> None:
        """Other limits for every source."""
        facts = {"timeout_seconds": 5.0, "backoff": 1.0} | politeness
        patience = Politeness.model_validate(facts)
        sources = [s.model_copy(update={"politeness": patience}) for s in self.catalogue.sources]
        self.catalogue = self.catalogue.model_copy(update={"sources": tuple(sources)})


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
