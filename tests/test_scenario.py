"""The scenario of the watching: a batch appears, an old list is replaced, subscribers hear of it."""

import re
import shutil
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from fastapi.testclient import TestClient
from lxml import etree

from suanbei.common.settings import Settings
from suanbei.registry.database import Database
from suanbei.search_api.app import create_app
from suanbei.search_api.deps import Services
from tests.alerts.receiver import Receiver, receiving
from tests.processes import REPLICA, replica, some_lists, until
from tests.trial.processes import free_port
from tests.watching.live import environment, status, suanbei, watching

pytestmark = pytest.mark.official

COMPANY = "南京硅基智能科技集团股份有限公司"
OLD = ("deep_synthesis", "2023-08")
ATOM = "{http://www.w3.org/2005/Atom}"
EVERY_TEN_SECONDS = """
from apscheduler.triggers.cron import CronTrigger
from suanbei.crawler import scheduler
scheduler.trigger = lambda *_: CronTrigger(second="*/10", timezone=scheduler.BEIJING)
"""
"""Run by the watcher before it begins: a setting cannot ask for less than a minute."""


def subscribe(url: str, *arguments: str) -> str:
    """Returns the secret."""
    said = suanbei("subscriptions", "add", url, *arguments)
    found = re.search(r"whsec_\S+", said)
    assert found
    return found[0]


def wait_for_pass() -> dict[str, Any]:
    """Wait for a pass that begins and ends from now on; one may be under way already."""
    now, found = datetime.now(UTC), []

    def has_come() -> bool:
        found[:] = [
            run for run in status()["runs"]
            if run["outcome"] == "ok" and datetime.fromisoformat(run["started_at"]) > now
        ]  # fmt: skip
        return bool(found)

    until(has_come, "a pass over all sources", 300)
    return dict(found[-1])


def is_wanted(series: str, period: str) -> bool:
    """The lists of the last months and the oldest ones: tests/test_main_job.py reads them all."""
    return period >= "2025-10" or (series == OLD[0] and period <= OLD[1])


def changed_copy(lists: Path, folder: Path) -> Path:
    """The same lists, an old one replaced: a row withdrawn, one renamed, one gone."""
    shutil.copytree(lists, folder, symlinks=True)
    path = folder / f"{'/'.join(OLD)}.docx"
    document = Document(str(path))
    rows = document.tables[0].rows
    cells = [rows[place].cells for place in (3, 5)]
    cells[0][-1].text = "已注销"
    cells[1][4].text = "改名的产品(APP)"
    gone = rows[7]._tr
    gone.getparent().remove(gone)
    path.unlink()  # a link to the list as published
    document.save(str(path))
    return folder


def feed_and_log(settings: Settings, after: int) -> tuple[list[str], list[dict[str, Any]]]:
    """New lists in the Atom feed, newest first, and /v1/changes after a cursor."""
    database = Database(settings.database)
    client = TestClient(create_app(Services(settings, database)))
    log = client.get("/v1/changes", params={"after": after, "limit": 1000}).json()["items"]
    while len(page := client.get(
        "/v1/changes", params={"after": log[-1]["id"], "limit": 1000}
    ).json()["items"]):  # fmt: skip
        log += page
    feed = etree.fromstring(client.get("/feeds/batches.atom").content)
    links = [one.get("href", "") for one in feed.findall(f"{ATOM}entry/{ATOM}link")]
    database.close()
    return [link.rpartition("/")[2] for link in links], log


def test_a_new_batch_and_a_replaced_list(
    official: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each new batch exactly once, within seconds, signed; a company's subscriber hears of its own
    filings only; feed and log agree; a replaced list is three events and no other."""
    if not REPLICA.exists():
        pytest.skip(f"NO REPLICA: {REPLICA} is missing")
    port = free_port()
    environment(monkeypatch, tmp_path / "home", f"http://127.0.0.1:{port}", SCHEDULE="* * * * *")
    log = tmp_path / "watch.log"
    lists = some_lists(official, tmp_path / "lists", is_wanted)
    changed = changed_copy(lists, tmp_path / "changed")
    with receiving() as batches, receiving() as company:
        arrivals: list[float] = []
        batches.answer = lambda *_: (arrivals.append(time.time()) or 204, {})
        with replica("--until", "2026-01", "--official", str(lists), port=port):
            suanbei("crawl")
            before = status()["version"]
            secrets = {
                "batches": subscribe(batches.url),
                "company": subscribe(company.url, "--entity", COMPANY),
            }
        with watching(log, EVERY_TEN_SECONDS):
            with replica("--until", "2026-03", "--official", str(lists), port=port):
                run = wait_for_pass()
                _check_new_batches(before, run, arrivals, batches, company, secrets)
            seen = status()["version"]
            with replica("--until", "2026-03", "--official", str(changed), port=port):
                wait_for_pass()
            _, events = feed_and_log(Settings.load(), seen)
            told = sorted(one["type"] for one in events)
            assert told == ["filing.changed", "filing.deregistered", "filing.vanished"], events
        assert len(batches.got) == len(set(batches.ids))
    assert "equals the live one" in suanbei("doctor", "--archive")


def _check_new_batches(
    before: int,
    run: dict[str, Any],
    arrivals: list[float],
    batches: Receiver,
    company: Receiver,
    secrets: dict[str, str],
) -> None:
    feed, events = feed_and_log(Settings.load(), before)
    published = [one["batch"] for one in events if one["type"] == "batch.published"]
    assert len(published) >= 4
    until(lambda: len(batches.got) >= len(published), "all batches at the receiver")
    told = batches.verified(secrets["batches"])
    assert [one["data"]["batch"] for one in told] == published
    assert len(batches.ids) == len(set(batches.ids)) == len(published)
    assert max(arrivals) - datetime.fromisoformat(run["finished_at"]).timestamp() < 60
    assert feed[: len(published)] == published[::-1]
    own = [
        one["number"] for one in events
        if one["entity"] == COMPANY and one["type"].startswith("filing.")
    ]  # fmt: skip
    assert own, "the company has filings in these batches"
    until(lambda: len(company.got) >= len(own), "the company's filings at its subscriber")
    heard = company.verified(secrets["company"])
    assert [one["data"]["number"] for one in heard] == own
