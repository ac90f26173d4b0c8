"""A real server and a real browser, one each for a worker."""

import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import pytest
import uvicorn
from PIL import Image
from sqlalchemy import select

from suanbei.common.settings import Settings
from suanbei.registry.database import Database
from suanbei.registry.models import Batch, Version
from suanbei.search_api.app import create_app
from suanbei.search_api.deps import Services
from suanbei.search_api.keys import Scope, new_key
from tests.pages.registry import fill

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE, PHONE = 1200, 390
KEY = "a-key-for-tests"
READER, READER_ENTRY = new_key("reader", Scope.READ)


@pytest.fixture(scope="session")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """The parts over a small registry."""
    home = tmp_path_factory.mktemp("pages")
    settings = Settings(home=home, api_keys=f"{KEY},{READER_ENTRY}")
    database = Database(settings.database)
    database.migrate()
    fill(database)
    _archive(settings, database)
    yield Services(settings, database, row_picture=_row_picture)
    database.close()


def _archive(settings: Settings, database: Database) -> None:
    """Documents in the archive, all but that of the withdrawal: its row is shown as text."""
    with database.read() as session:
        listed = select(Version.sha256, Batch.series).join(
            Batch, Batch.current_version_id == Version.id
        )
        for sha256, series in session.execute(listed).tuples():
            if series != "deregistration":
                path = settings.archive / sha256[:2] / sha256
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(b"a document")


def _row_picture(*_where: object) -> bytes:
    """A picture of the size of a row."""
    body = BytesIO()
    Image.new("RGB", (1371, 180), "#fff8d0").save(body, "PNG")
    return body.getvalue()


@pytest.fixture(scope="session")
def site(services: Services) -> Iterator[str]:
    """The address of a server over it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = uvicorn.Config(
        create_app(services), host="127.0.0.1", port=port, log_level="error", ws="none"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="package")
def browser() -> Iterator[Any]:
    """Debian's Chromium, for these tests only: while it runs, its library keeps an event loop running
    in this thread, and `asyncio.run` would fail in the tests of other folders."""
    if CHROMIUM is None:
        pytest.skip("NO BROWSER: chromium is missing, the pages are not tested in a browser")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()


def serious_faults(page: Any) -> list[tuple[str, list[str]]]:
    """What axe finds serious or critical, each with the first places."""
    from axe_playwright_python.sync_playwright import Axe

    return [
        (one["id"], [node["html"] for node in one["nodes"]][:3])
        for one in Axe().run(page).response["violations"]
        if one["impact"] in ("serious", "critical")
    ]


@dataclass
class Visitor:
    """Somebody with a browser of a language and a width, and what its pages complained of.

    Without scripts on a phone, where no width is named: then each task is done in both widths.
    """

    browser: Any
    site: str
    lang: str = "en"
    width: int = 0
    dark: bool = False
    js: bool = True
    complaints: list[str] = field(default_factory=list)

    def open(self) -> Any:
        """A page without an address yet, in a context of its own."""
        context = self.browser.new_context(
            base_url=self.site,
            locale="zh-CN" if self.lang == "zh" else "en-GB",
            viewport={"width": self.width or (WIDE if self.js else PHONE), "height": 900},
            color_scheme="dark" if self.dark else "light",
            java_script_enabled=self.js,
            reduced_motion="reduce",
        )
        page = context.new_page()
        page.set_default_timeout(45_000)
        told = self.complaints.append
        page.on("console", lambda m: told(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: told(str(error)))
        page.on(
            "request", lambda r: None if r.url.startswith((self.site, "data:")) else told(r.url)
        )
        return page

    def require_quiet(self) -> None:
        """No page complained in its console or asked another host."""
        expected = "Failed to load resource: the server responded with a status of 4"
        assert [text for text in self.complaints if not text.startswith(expected)] == []


@pytest.fixture
def visit(browser: Any, site: str) -> Iterator[Callable[..., Any]]:
    """Open a page: `visit("/guide", lang="zh", width=390, dark=True, js=False)`.

    Fails at the end of the test if a page complained.
    """
    opened: list[tuple[Visitor, Any]] = []

    def open_page(path: str, **look: Any) -> Any:
        visitor = Visitor(browser, site, **look)
        page = visitor.open()
        opened.append((visitor, page))
        page.goto(path)
        return page

    yield open_page
    for _, page in opened:
        page.context.close()
    for visitor, _ in opened:
        visitor.require_quiet()
