"""kill -9 of real processes at every step: a plain restart brings everything to where it would be.

Nothing is lost, told twice as new, or left half done.
"""

import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from crawler.archive import Archive
from crawler.origins import origins_of
from crawler.passes import run_pass
from crawler.rebuild import compare
from registry.db import Database
from registry.models import Event
from registry.settings import Settings
from registry.status import status_view
from registry.subscriptions import Wish, create_subscription
from tests.alerts.receiver import receiving
from tests.alerts.test_courier import deliveries, until, working
from tests.crawler.site import Site, served
from tests.lists import row
from tests.watching.conftest import works_of
from tests.watching.live import ROOT, environment
from tests.watching.small_site import batch, deep_rows, small_site

CRAWL_STEPS = [
    "crawler.passes:begin_run:after:1",
    "crawler.passes:crawl:before:1",
    "crawler.archive:_write:before:1",
    "crawler.archive:os.replace:before:3",
    "crawler.archive:os.replace:after:3",
    "crawler.archive:_flush_folder:before:2",
    "crawler.ingest:keep_origin:after:2",
    "crawler.ingest:import_document:before:3",
    "crawler.ingest:import_document:after:4",
    "registry.imports:append_events:before:2",
    "registry.imports:append_events:after:3",
    "registry.imports:refresh_filings:after:5",
    "crawler.passes:record_checks:after:1",
    "crawler.passes:finish_run:before:1",
    "crawler.passes:finish_run:after:1",
    "registry.leases:_let_go:before:1",
]
REPLACING_STEPS = [
    "crawler.ingest:import_document:before:1",
    "registry.imports:append_events:after:1",
    "crawler.ingest:import_document:after:1",
    "crawler.passes:finish_run:before:1",
]
DELIVERY_STEPS = [
    "alerts.fanout:enqueue:before:1",
    "alerts.fanout:enqueue:after:2",
    "alerts.fanout:_write:after:1",
    "alerts.fanout:_move_on:after:1",
    "alerts.courier:send:before:1",
    "alerts.courier:send:before:3",
    "alerts.courier:send:after:2",
    "alerts.courier:settle:before:2",
    "alerts.courier:settle:after:2",
]


def killed(step: str, *command: str) -> None:
    """Run a command that is killed at this step; fails if it gets by."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.watching.crash", step, *command],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, f"{step} was not reached: {done.stderr}"


def events(database: Database) -> Counter[Any]:
    with database.read() as session:
        query = select(Event.type, Event.number, Event.batch)
        return Counter(tuple(one) for one in session.execute(query))


def ids(database: Database) -> list[int]:
    with database.read() as session:
        return list(session.execute(select(Event.id).order_by(Event.id)).scalars())


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Database:
    """What two passes leave behind when nothing happens."""
    home = tmp_path_factory.mktemp("undisturbed")
    with served(small_site()) as site:
        settings = settings_of(home, site)
        database = opened(settings)
        run_pass(works_of(settings, database), "full", "hand")
        replace_a_list(site)
        run_pass(works_of(settings, database), "full", "hand")
    return database


def settings_of(home: Path, site: Site) -> Settings:
    return Settings(
        home=home, cac_url=site.url, beian_url=site.url, delay=0, jitter=0, schedule="",
        full_schedule="", database_url="",
    )  # fmt: skip


def opened(settings: Settings) -> Database:
    database = Database(settings.database)
    settings.home.mkdir(parents=True, exist_ok=True)
    database.migrate()
    return database


def replace_a_list(site: Site) -> None:
    rows = [row(101, remark="已注销"), row(102, product="改名(APP)"), *deep_rows(104, 37)]
    site.documents["d1"] = batch("2023-06", rows)


@pytest.mark.parametrize("step", CRAWL_STEPS)
def test_a_first_pass_killed_at_any_step_is_made_good_by_the_next(
    step: str, undisturbed: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever was half done is whole afterwards, and told once."""
    with served(small_site()) as site:
        environment(monkeypatch, tmp_path / "home", site.url)
        killed(step, "crawl", "--full")
        settings = settings_of(tmp_path / "home", site)
        database = opened(settings)
        report = run_pass(works_of(settings, database), "full", "hand")
        assert report is not None
        assert report.ok
        replace_a_list(site)
        run_pass(works_of(settings, database), "full", "hand")
    require_same(settings, database, undisturbed)


@pytest.mark.parametrize("step", REPLACING_STEPS)
def test_a_pass_killed_over_a_replaced_list_is_made_good_by_the_next(
    step: str, undisturbed: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three rows are three events, not six, and none of them is missing."""
    with served(small_site()) as site:
        environment(monkeypatch, tmp_path / "home", site.url)
        settings = settings_of(tmp_path / "home", site)
        database = opened(settings)
        run_pass(works_of(settings, database), "full", "hand")
        replace_a_list(site)
        killed(step, "crawl", "--full")
        run_pass(works_of(settings, database), "full", "hand")
    require_same(settings, database, undisturbed)


def require_same(settings: Settings, database: Database, undisturbed: Database) -> None:
    """Registry, event log and archive are as if nothing had happened."""
    assert compare(database, undisturbed) == []
    assert events(database) == events(undisturbed)
    assert ids(database) == list(range(1, len(ids(database)) + 1))
    archive = Archive(settings.archive)
    problems = [*archive.verify(), *origins_of(archive).verify()]
    assert [one for one in problems if "unfinished" not in one.reason] == []
    with database.read() as session:
        runs = status_view(session)["runs"]
    assert {run["outcome"] for run in runs} <= {"ok", "interrupted"}
    database.close()


@pytest.mark.parametrize("step", DELIVERY_STEPS)
def test_a_delivery_killed_at_any_step_loses_nothing(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every message arrives, in order; one may come twice, under the same id."""
    monkeypatch.setattr("alerts.courier.LOOK_SECONDS", 0.05)
    with served(small_site()) as site, receiving() as receiver:
        environment(monkeypatch, tmp_path / "home", site.url)
        settings = settings_of(tmp_path / "home", site)
        database = opened(settings)
        with database.write() as session:
            one = create_subscription(session, Wish(receiver.url))
            create_subscription(session, Wish(receiver.url, filter={"entity": "不存在的公司"}))
            secret = one.secrets[0]["secret"]
        run_pass(works_of(settings, database), "full", "hand")
        killed(step, "watch")
        allowing = settings.model_copy(update={"allow_private_targets": True})
        with working(database, allowing):
            until(lambda: [one.state for one in deliveries(database)] == ["delivered"] * 7)
    told = [one["data"]["id"] for one in receiver.verified(secret)]
    assert sorted(set(told)) == [at for at, kind in published(database)]
    assert told == sorted(told)
    assert len(told) - len(set(told)) <= 1
    assert len(set(receiver.ids)) == len(set(told))
    database.close()


def published(database: Database) -> list[tuple[int, str]]:
    with database.read() as session:
        query = select(Event.id, Event.type).where(Event.type == "batch.published")
        return [tuple(one) for one in session.execute(query.order_by(Event.id))]
