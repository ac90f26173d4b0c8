"""kill -9 of real processes at every step: a plain restart brings everything to where it would be.

Nothing is lost, told twice as new, or left half done.
"""

from pathlib import Path

import pytest
from sqlalchemy import select, update

from suanbei.registry.database import Database
from suanbei.registry.models import Event
from suanbei.registry.notifications.subscriptions import SubscriptionRequest, create_subscription
from suanbei.registry.watching import Subscription
from tests.alerts.receiver import receiving
from tests.alerts.test_worker import deliveries, working
from tests.crawler.site import served
from tests.processes import until
from tests.watching.aftermath import (
    Home,
    home_at,
    index_folders,
    remove_index,
    replace_a_list,
    require_same,
)
from tests.watching.crash import Commands
from tests.watching.live import environment
from tests.watching.small_site import small_site

CRAWL_STEPS = [
    "suanbei.crawler.crawl:begin_run:after:1",
    "suanbei.crawler.crawl:crawl:before:1",
    "suanbei.crawler.archive:write_file:before:1",
    "suanbei.common.files:os.replace:before:3",
    "suanbei.common.files:os.replace:after:3",
    "suanbei.common.files:_flush:before:4",
    "suanbei.crawler.pipeline:keep_origin:after:2",
    "suanbei.crawler.pipeline:import_document:before:3",
    "suanbei.crawler.pipeline:import_document:after:4",
    "suanbei.registry.importing.documents:append_events:before:2",
    "suanbei.registry.importing.documents:append_events:after:3",
    "suanbei.registry.importing.documents:Filings.refresh:after:5",
    "suanbei.crawler.crawl:record_check:after:4",
    "suanbei.crawler.crawl:finish_run:before:1",
    "suanbei.crawler.crawl:finish_run:after:1",
    "suanbei.registry.locks:Lock.release:before:1",
]
REPLACING_STEPS = [
    "suanbei.crawler.pipeline:import_document:before:1",
    "suanbei.registry.importing.documents:append_events:after:1",
    "suanbei.crawler.pipeline:import_document:after:1",
    "suanbei.crawler.crawl:finish_run:before:1",
]
INDEX_STEPS = [
    "suanbei.search_api.search.tantivy_index:_tantivy_document:after:3",
    "suanbei.search_api.search.tantivy_index:IndexFolder._commit:before:1",
    "suanbei.search_api.search.tantivy_index:IndexFolder._commit:after:1",
    "suanbei.search_api.search.tantivy_index:IndexFolder.sweep:before:1",
]
DELIVERY_STEPS = [
    "suanbei.alerts.fanout:enqueue:before:1",
    "suanbei.alerts.fanout:enqueue:after:2",
    "suanbei.alerts.fanout:_write:after:1",
    "suanbei.alerts.fanout:_attempt:after:2",
    "suanbei.alerts.worker:send:before:1",
    "suanbei.alerts.worker:send:before:3",
    "suanbei.alerts.worker:send:after:2",
    "suanbei.alerts.worker:record_result:before:2",
    "suanbei.alerts.worker:record_result:after:2",
]


@pytest.mark.parametrize("step", CRAWL_STEPS)
def test_a_first_pass_killed_at_any_step_is_made_good_by_the_next(
    step: str,
    commands: Commands,
    crawled: Home,
    sqlite_template: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whatever was half done is whole afterwards, and told once."""
    folder = tmp_path / "home"
    with served(small_site()) as site, home_at(folder, site, sqlite_template) as home:
        environment(monkeypatch, folder, site.url)
        commands.kill(step, "crawl", "--full")
        assert home.crawl().ok
        require_same(home, crawled)


@pytest.mark.parametrize("step", REPLACING_STEPS)
def test_a_pass_killed_over_a_replaced_list_is_made_good_by_the_next(
    step: str,
    commands: Commands,
    crawled: Home,
    replaced: Home,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Three rows are three events, not six, and none of them is missing."""
    folder = tmp_path / "home"
    with served(small_site()) as site, home_at(folder, site, crawled.settings.home) as home:
        environment(monkeypatch, folder, site.url)
        replace_a_list(site)
        commands.kill(step, "crawl", "--full")
        assert home.crawl().ok
        require_same(home, replaced)


@pytest.mark.parametrize("command", ["search", "reindex"])
@pytest.mark.parametrize("step", INDEX_STEPS)
def test_an_index_killed_at_any_step_is_made_good_by_the_next_search(
    step: str,
    command: str,
    commands: Commands,
    crawled: Home,
    replaced: Home,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """While it is brought up to date after an import, and while it is built anew; no file is left."""
    folder = tmp_path / "home"
    with served(small_site()) as site, home_at(folder, site, replaced.settings.home) as home:
        remove_index(folder)
        environment(monkeypatch, folder, site.url)
        commands.kill(step, *(("search", "改名") if command == "search" else ("reindex",)))
        require_same(home, replaced)
    assert len(index_folders(folder)) == 1


@pytest.mark.parametrize("step", DELIVERY_STEPS)
def test_a_delivery_killed_at_any_step_loses_nothing(
    step: str, commands: Commands, crawled: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every message arrives, in order; one may come twice, under the same id."""
    monkeypatch.setattr("suanbei.alerts.worker.LOOK_SECONDS", 0.05)
    folder = tmp_path / "home"
    with (
        served(small_site()) as site,
        receiving() as receiver,
        home_at(folder, site, crawled.settings.home) as home,
    ):
        environment(monkeypatch, folder, site.url)
        with home.database.write() as session:
            one = create_subscription(session, SubscriptionRequest(receiver.url))
            create_subscription(
                session, SubscriptionRequest(receiver.url, filter={"entity": "不存在的公司"})
            )
            secret = one.secrets[0]["secret"]
            session.execute(update(Subscription).values(cursor=0))  # everything is news to them
        commands.kill(step, "watch")
        allowing = home.settings.model_copy(update={"allow_private_targets": True})
        with working(home.database, allowing):
            until(lambda: [one.state for one in deliveries(home.database)] == ["delivered"] * 7)
        told = [one["data"]["id"] for one in receiver.verified(secret)]
        assert sorted(set(told)) == published(home.database)
        assert told == sorted(told)
        assert len(told) - len(set(told)) <= 1
        assert len(set(receiver.ids)) == len(set(told))


def published(database: Database) -> list[int]:
    with database.read() as session:
        query = select(Event.id).where(Event.type == "batch.published")
        return list(session.execute(query.order_by(Event.id)).scalars())
