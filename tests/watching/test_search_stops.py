"""A Meilisearch that stops: the registry goes on, and the index catches up when it is back."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from suanbei.common.errors import SearchUnavailable
from suanbei.search_api.search.meilisearch_index import Indexes
from tests.crawler.site import Site, served
from tests.trial.meilisearch import MISSING, Address, meilisearch
from tests.watching.aftermath import Home, home_at, replace_a_list, require_same, shown
from tests.watching.relay import Relay
from tests.watching.small_site import small_site

pytestmark = pytest.mark.meilisearch


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Address]:
    """One for all of these tests; they are skipped, loudly, where there is none."""
    with meilisearch(tmp_path_factory.mktemp("meilisearch")) as address:
        if address is None:
            pytest.skip(MISSING)
        yield address


@contextmanager
def searched(
    server: Address, folder: Path, template: Home, site: Site
) -> Iterator[tuple[Home, Relay]]:
    """A copy of a home whose filings are searched by a Meilisearch behind a relay, not indexed yet."""
    indexes = Indexes(server.url, server.key, "suanbei")
    with Relay(server.url) as relay, home_at(folder, site, template.settings.home) as home:
        change = {"search_url": relay.url, "search_key": server.key}
        home.settings = home.settings.model_copy(update=change)
        yield home, relay
    indexes.drop()


def test_a_search_engine_that_stops(
    server: Address, crawled: Home, replaced: Home, tmp_path: Path
) -> None:
    """Lists come in all the same; a search says what is the matter, and then catches up."""
    with (
        served(small_site()) as site,
        searched(server, tmp_path / "home", crawled, site) as (home, relay),
    ):
        require_same(home, crawled)
        relay.stop()
        replace_a_list(site)
        assert home.crawl().ok
        with pytest.raises(SearchUnavailable):
            shown(home)
        relay.start()
        require_same(home, replaced)


@pytest.mark.parametrize("answers", [2, 5, 9, 14])
def test_a_search_engine_that_stops_while_its_index_is_built(
    answers: int, server: Address, replaced: Home, tmp_path: Path
) -> None:
    """After so many answers: what is half built is never shown, and is gone after the next build."""
    with (
        served(small_site()) as site,
        searched(server, tmp_path / "home", replaced, site) as (home, relay),
    ):
        relay.stop_after(answers)
        with pytest.raises(SearchUnavailable):
            shown(home)
        relay.start()
        require_same(home, replaced)
        left = Indexes(server.url, server.key, "suanbei").names()
        assert len(left) == 2, left
