"""A full disk, a locked database, a search engine that is gone, bad downloads, a clock that jumps.

After each a plain restart brings registry, event log, archive, index, feeds and messages to the state
that they would have had.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import update

from suanbei.registry.database import Database
from suanbei.registry.notifications.subscriptions import SubscriptionRequest, create_subscription
from suanbei.registry.watching import Subscription
from tests.alerts.receiver import receiving
from tests.alerts.test_worker import states, working
from tests.crawler.site import Handler, corrupt, cut, empty, firewall, html, served, stall
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
from tests.watching.disk import small_disk
from tests.watching.live import environment
from tests.watching.small_site import small_site


def require_one_line(ended: tuple[int, str], *words: str) -> None:
    """It could not be done, and that is said in one line at the end."""
    code, said = ended
    assert code == 3, said
    assert "Traceback" not in said
    last = said.strip().splitlines()[-1]
    assert last.startswith("suanbei: "), said
    assert any(word in last for word in words), last


@pytest.mark.parametrize("left", [0, 16, 64, 256, 512])
def test_a_disk_that_fills_during_a_crawl(
    left: int,
    commands: Commands,
    crawled: Home,
    sqlite_template: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """So many kilobytes are left: for no folder, no document, not all of them, not their rows."""
    with small_disk(tmp_path / "disk") as disk, served(small_site()) as site:
        folder = disk.folder / "home"
        environment(monkeypatch, folder, site.url)
        with home_at(folder, site, sqlite_template):
            pass
        disk.leave(left)
        require_one_line(commands.run("crawl", "--full"), "No space left", "full", "disk I/O")
        disk.clear()
        with home_at(folder, site, sqlite_template) as home:
            assert home.crawl().ok
            require_same(home, crawled)


def test_a_full_disk_while_the_index_is_built(
    commands: Commands,
    crawled: Home,
    replaced: Home,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A search says what is the matter; once there is room it finds everything."""
    with small_disk(tmp_path / "disk") as disk, served(small_site()) as site:
        folder = disk.folder / "home"
        environment(monkeypatch, folder, site.url)
        with home_at(folder, site, replaced.settings.home) as home:
            remove_index(folder)
            for left in (0, 64):
                disk.leave(left)
                require_one_line(
                    commands.run("search", "测试"),
                    "full",
                    "disk I/O",
                    "unable to open",
                    "No space left",
                )
                require_one_line(
                    commands.run("reindex"), "full", "disk I/O", "unable to open", "No space left"
                )
                disk.clear()
            require_same(home, replaced)
        assert len(index_folders(folder)) == 1


def test_a_full_disk_while_messages_are_sent(
    crawled: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be noted waits; a message that was sent and not noted comes again by its id."""
    monkeypatch.setattr("suanbei.alerts.worker.LOOK_SECONDS", 0.05)
    with (
        small_disk(tmp_path / "disk") as disk,
        served(small_site()) as site,
        receiving() as hook,
        home_at(disk.folder / "home", site, crawled.settings.home) as home,
    ):

        def fill(*_: object) -> tuple[int, dict[str, str]]:
            if len(hook.got) == 2:
                disk.leave(0)
            return 204, {}

        subscribe_from_the_beginning(home.database, hook.url)
        hook.answer = fill
        allowing = home.settings.model_copy(update={"allow_private_targets": True})
        with working(home.database, allowing):
            until(lambda: len(hook.got) == 3)
            time.sleep(0.5)
            disk.clear()
            until(lambda: states(home.database) == ["delivered"] * 7)
    assert len(set(hook.ids)) == 7
    assert len(hook.got) <= 8


def subscribe_from_the_beginning(database: Database, url: str) -> None:
    """To new lists, those of the past too."""
    with database.write() as session:
        create_subscription(session, SubscriptionRequest(url))
        session.execute(update(Subscription).values(cursor=0))


@contextmanager
def locked(home: Path) -> Iterator[None]:
    """Another program writes to the registry while the block lasts."""
    path = home / "registry.sqlite3"
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()


@pytest.mark.parametrize("since", ["the beginning", "the third document"])
def test_a_database_that_stays_locked(
    since: str,
    commands: Commands,
    crawled: Home,
    sqlite_template: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Longer than anybody waits: the crawl gives up, and nothing of it is half done."""
    folder = tmp_path / "home"
    with served(small_site()) as site, home_at(folder, site, sqlite_template) as home:
        environment(monkeypatch, folder, site.url)
        with ExitStack() as lock:

            def hold(handler: Handler | None = None) -> None:
                lock.enter_context(locked(folder))
                if handler:
                    handler.document("d2")

            if since == "the beginning":
                hold()
            else:
                site.faults["d2"] = [hold]
            ended = commands.run("crawl", "--full", suanbei__registry__database__BUSY_SECONDS=0.5)
        require_one_line(ended, "database is locked")
        assert home.crawl().ok
        require_same(home, crawled)


BAD = {
    "each in its own way": {
        "a1": partial(stall, seconds=1),
        "d1": cut,
        "d2": corrupt,
        "g1": empty,
        "notice_1": html,
    },
    "behind a firewall": {"a2": firewall, "d1": firewall},
}


@pytest.mark.parametrize("downloads", BAD)
def test_bad_downloads(
    downloads: str, crawled: Home, replaced: Home, sqlite_template: Path, tmp_path: Path
) -> None:
    """In the first pass and over a replaced list: nothing of them is kept, the next pass has it all."""
    folder = tmp_path / "home"
    with served(small_site()) as site, home_at(folder, site, sqlite_template) as home:
        site.faults.update({token: [fault] for token, fault in BAD[downloads].items()})
        assert not home.crawl().ok
        assert home.crawl().ok
        require_same(home, crawled)
        replace_a_list(site)
        site.faults["d1"] = [BAD[downloads]["d1"]]
        assert not home.crawl().ok
        require_same(home, crawled)
        assert home.crawl().ok
        require_same(home, replaced)
