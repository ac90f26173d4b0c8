"""What has to be the same after a disaster and a plain restart as if nothing had happened."""

import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from lxml import etree
from sqlalchemy import select

from suanbei.common.settings import Settings
from suanbei.crawler.archive import Archive, origins_of
from suanbei.crawler.crawl import StartedBy, run_pass
from suanbei.crawler.doctor import compare
from suanbei.crawler.report import CrawlReport
from suanbei.crawler.schedule import PassKind
from suanbei.crawler.sources import Politeness, load_catalogue
from suanbei.registry.database import Database
from suanbei.registry.models import Event, Filing
from suanbei.registry.queries.selection import Dimension
from suanbei.registry.status import status_view
from suanbei.search_api.app import create_app
from suanbei.search_api.deps import Services
from suanbei.search_api.search.engine import Query
from tests.crawler.process import in_process
from tests.crawler.site import Site
from tests.lists import row
from tests.watching.small_site import batch, deep_rows

ATOM = "{http://www.w3.org/2005/Atom}"
SEARCHES = ("", "测试算法10", "改名", "甲")


@dataclass(eq=False)
class Home:
    """A home whose registry is open."""

    settings: Settings
    database: Database

    def crawl(self) -> CrawlReport:
        """One pass that reads everything."""
        return make_pass(self.settings, self.database, "full", seconds=60)


@contextmanager
def home_at(folder: Path, site: Site, template: Path) -> Iterator[Home]:
    """A home that may have been used before; a new one begins with a copy of `template`.

    That is a home, or the file of an empty registry.
    """
    if not folder.exists() and template.is_dir():
        shutil.copytree(template, folder)
    elif not folder.exists():
        folder.mkdir()
        shutil.copy(template, folder / "registry.sqlite3")
    settings = Settings(
        home=folder, cac_url=site.url, beian_url=site.url, delay=0, jitter=0, schedule="",
        full_schedule="", database_url="", public_url="https://suanbei.example",
    )  # fmt: skip
    database = Database(settings.database)
    database.migrate()
    try:
        yield Home(settings, database)
    finally:
        database.close()


def make_pass(
    settings: Settings,
    database: Database,
    kind: PassKind = "pass",
    origin: StartedBy = "hand",
    seconds: float = 5,
) -> CrawlReport:
    """A pass over all sources of the small site, in a process of its own.

    A site that says nothing for so many `seconds` is given up: few where a test has it hang, many
    where all should be well and the machine may be busy.
    """
    url = database.engine.url.render_as_string(hide_password=False)
    return in_process(_make_pass, settings, url, kind, origin, seconds)


def _make_pass(
    settings: Settings, url: str, kind: PassKind, origin: StartedBy, seconds: float
) -> CrawlReport:
    catalogue = load_catalogue().select()
    patience = Politeness(timeout_seconds=seconds, attempts=1)
    hurried = tuple(s.model_copy(update={"politeness": patience}) for s in catalogue.sources)
    catalogue = catalogue.model_copy(update={"sources": hurried})
    report = run_pass(settings, Database(url), catalogue, kind, origin)
    assert report is not None
    return report


def replace_a_list(site: Site) -> None:
    """The oldest batch with a row withdrawn, one renamed and one gone."""
    rows = [row(101, remark="已注销"), row(102, product="改名(APP)"), *deep_rows(104, 37)]
    site.documents["d1"] = batch("2023-06", rows)


def require_same(home: Home, undisturbed: Home) -> None:
    """Registry, event log, archive, index and feeds are as if nothing had happened."""
    assert compare(home.database, undisturbed.database) == []
    assert told(home.database) == told(undisturbed.database)
    assert ids(home.database) == list(range(1, len(ids(home.database)) + 1))
    archive = Archive(home.settings.archive)
    problems = [*archive.verify(), *origins_of(archive).verify()]
    assert [one for one in problems if "unfinished" not in one.reason] == []
    with home.database.read() as session:
        runs = status_view(session)["runs"]
    assert {run["outcome"] for run in runs} <= {"ok", "failed", "interrupted"}
    assert shown(home) == _shown_undisturbed(undisturbed)


@cache
def _shown_undisturbed(home: Home) -> dict[str, Any]:
    """As `shown`, once for a home that nobody changes."""
    return shown(home)


def index_folders(home: Path) -> list[Path]:
    """The folders of the embedded index, live or not."""
    return [path for path in home.glob("index-*") if path.is_dir()]


def remove_index(home: Path) -> None:
    """Delete the embedded index, as anybody may at any time."""
    for path in home.glob("index-*"):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def told(database: Database) -> Counter[Any]:
    """What the log tells of lists and filings; monitors come and go with what happened."""
    query = select(Event.type, Event.number, Event.batch)
    with database.read() as session:
        found = session.execute(query.where(~Event.type.startswith("monitor."))).all()
    return Counter(tuple(one) for one in found)


def ids(database: Database) -> list[int]:
    """The ids of the log, in order."""
    with database.read() as session:
        return list(session.execute(select(Event.id).order_by(Event.id)).scalars())


def shown(home: Home) -> dict[str, Any]:
    """What readers get: the filings of some searches, the new lists of the feed."""
    services = Services(home.settings, home.database)
    feed = TestClient(create_app(services)).get("/feeds/batches.atom").content
    # By title: what a list brought depends on what was there when it came.
    lists = sorted(
        one.text or "" for one in etree.fromstring(feed).findall(f"{ATOM}entry/{ATOM}title")
    )
    found = {text: _found(services, text) for text in SEARCHES}
    services.engine.close()
    return {"lists": lists} | found


def _found(services: Services, text: str) -> tuple[set[str], Any]:
    page = services.engine.search(Query(text, limit=200, facets=(Dimension.STATUS,)))
    with services.database.read() as session:
        query = select(Filing.number).where(Filing.id.in_([hit.id for hit in page.hits]))
        return set(session.execute(query).scalars()), page.facets
