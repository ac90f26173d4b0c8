"""A running small site, and everything that a pass over it needs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from suanbei.common.settings import Settings
from tests.crawler.site import Site, served
from tests.watching.aftermath import Home, home_at, replace_a_list
from tests.watching.crash import Commands, forking
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


@pytest.fixture(scope="session")
def commands() -> Iterator[Commands]:
    with forking() as running:
        yield running


@pytest.fixture(scope="session")
def crawled(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Home]:
    """What a pass leaves behind when nothing happens."""
    folder = tmp_path_factory.mktemp("undisturbed") / "home"
    with served(small_site()) as site, home_at(folder, site, sqlite_template) as home:
        assert home.crawl().ok
        yield home


@pytest.fixture(scope="session")
def replaced(crawled: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """What another pass leaves behind after a list was replaced."""
    folder = tmp_path_factory.mktemp("undisturbed") / "home"
    with served(small_site()) as site, home_at(folder, site, crawled.settings.home) as home:
        replace_a_list(site)
        assert home.crawl().ok
        yield home
