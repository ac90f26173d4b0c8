"""Fixtures: a running small site, settings that point at it, a catalogue in a hurry, a sink."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.report import Fetched, Outcome
from crawler.sources import Catalogue, Politeness, load_catalogue
from registry.settings import Settings
from tests.crawler.site import Site, served, whole_site


@pytest.fixture
def site() -> Iterator[Site]:
    with served(whole_site()) as running:
        yield running


@pytest.fixture
def settings(site: Site, tmp_path: Path) -> Settings:
    return Settings(
        home=tmp_path / "home", cac_url=site.url, beian_url=site.url, delay=0,
        user_agent="Suanbei-Test/1.0 (tests)", proxy="",
    )  # fmt: skip


def hurried(catalogue: Catalogue, **politeness: float) -> Catalogue:
    """The catalogue with other limits."""
    patience = Politeness(**({"timeout_seconds": 5} | politeness))  # type: ignore[arg-type]
    sources = tuple(s.model_copy(update={"politeness": patience}) for s in catalogue.sources)
    return catalogue.model_copy(update={"sources": sources})


@pytest.fixture
def catalogue() -> Catalogue:
    return hurried(load_catalogue().select())


class Basket:
    """A sink that keeps what it is given."""

    def __init__(self) -> None:
        self.documents: list[Fetched] = []

    def __call__(self, document: Fetched) -> Outcome:
        self.documents.append(document)
        return Outcome("new", added=2)

    def bodies(self) -> set[bytes]:
        return {document.body for document in self.documents}


@pytest.fixture
def basket() -> Basket:
    return Basket()
