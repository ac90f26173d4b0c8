"""A running small site, and everything that a pass over it needs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.archive import Archive
from crawler.passes import Works
from crawler.sources import Politeness, load_catalogue
from registry.db import Database
from registry.settings import Settings
from tests.crawler.site import Site, served
from tests.watching.small_site import small_site


@pytest.fixture
def site() -> Iterator[Site]:
    with served(small_site()) as running:
        yield running


@pytest.fixture
def settings(site: Site, tmp_path: Path) -> Settings:
    return Settings(
        home=tmp_path / "home", cac_url=site.url, beian_url=site.url, delay=0, jitter=0,
        schedule="", full_schedule="",
    )  # fmt: skip


@pytest.fixture
def works(settings: Settings, database: Database) -> Works:
    return works_of(settings, database)


def works_of(settings: Settings, database: Database) -> Works:
    """A pass over all sources of the small site."""
    catalogue = load_catalogue().select()
    patience = Politeness(timeout_seconds=5, attempts=1)
    hurried = tuple(s.model_copy(update={"politeness": patience}) for s in catalogue.sources)
    catalogue = catalogue.model_copy(update={"sources": hurried})
    return Works(settings, database, Archive(settings.archive), catalogue)
