"""Every page, in both languages, wide and narrow, light and dark: readable, reachable, in place."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.pages import registry as small
from tests.pages.conftest import KEY, Visitor, serious_faults

pytestmark = pytest.mark.browser

PAGES = {
    "home": "/",
    "active": f"/verify?q={small.LISTED}&entity={small.COMPANY}",
    "different": f"/verify?q={small.LISTED}&entity={small.OTHER_COMPANY}",
    "deregistered": f"/verify?q={small.WITHDRAWN}",
    "not-listed": f"/verify?q={small.UNLISTED}",
    "malformed": "/verify?q=网信算备33011050720640123号",
    "no-number": "/verify?q=hello",
    "several": f"/verify?q={small.LISTED},{small.MODEL},{small.WITHDRAWN}",
    "filing": f"/filings/{small.CHANGED}",
    "hostile": f"/filings/{small.HOSTILE_NUMBER}",
    "company": "/entities/5072064",
    "compare": "/compare?a=5072064&b=5072064",
    "feed": "/feeds/changes.atom",
    "receipts": "/receipts",
    "lists": "/batches",
    "list": "/batches/deep_synthesis-2023-08",
    "market": "/market",
    "guide": "/guide",
    "search": "/search?q=测试&series=deep_synthesis",
    "nothing-found": "/search?q=没有这样的名字",
    "bulk": "/bulk",
    "watch": "/watch",
    "status": "/status",
    "docs": "/docs",
    "about": "/about",
    "missing": "/filings/nothing",
}
LOOKS = [("en", 1200, False), ("zh", 390, True)]


@pytest.fixture(scope="module")
def readers(browser: Any, site: str) -> Iterator[dict[str, tuple[Visitor, Any]]]:
    """A reader of each look who goes from page to page: a new one for each takes the browser longest."""
    made = [Visitor(browser, site, lang, width, dark) for lang, width, dark in LOOKS]
    found = {one.lang: (one, one.open()) for one in made}
    yield found
    for _, page in found.values():
        page.context.close()


@pytest.mark.parametrize("lang", [lang for lang, _, _ in LOOKS])
@pytest.mark.parametrize("name", PAGES)
def test_page(readers: dict[str, tuple[Visitor, Any]], name: str, lang: str) -> None:
    """axe finds nothing serious, nothing is wider than the screen, and there is one heading."""
    reader, page = readers[lang]
    reader.complaints.clear()
    page.goto(PAGES[name])
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert page.locator("h1").count() == 1
    assert page.locator("html").get_attribute("lang") == ("zh-CN" if lang == "zh" else "en")
    assert serious_faults(page) == []
    reader.require_quiet()


def test_without_a_script_no_button_is_dead(visit: Callable[..., Any]) -> None:
    """On every page, buttons that only a script can answer stay out of sight."""
    page = visit("/", js=False)
    dead = []
    for name, path in PAGES.items():
        page.goto(path)
        if page.locator("button[type=button]:visible").count():
            dead.append(name)
    assert dead == []


@pytest.mark.parametrize(("lang", "width", "dark"), LOOKS)
def test_subscriptions(visit: Callable[..., Any], lang: str, width: int, dark: bool) -> None:
    """What only the holder of a key sees, with a preview of what a form comes to."""
    page = visit("/watch", lang=lang, width=width, dark=dark)
    page.locator("#key").fill(KEY)
    page.locator("form[action='/watch/key'] button").click()
    page.locator("#entity").fill(small.COMPANY)
    page.locator("button[formaction]").click()
    assert page.locator("#preview:focus").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert serious_faults(page) == []


@pytest.mark.parametrize("name", ["bulk", "docs"])
def test_on_the_smallest_screen(visit: Callable[..., Any], name: str) -> None:
    """320 px, or a window of 1,280 px at 400 %: nothing is cut off, all can be reached by keyboard."""
    page = visit(PAGES[name], width=320)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert serious_faults(page) == []


@pytest.mark.parametrize("js", [True, False])
def test_a_refused_form_shows_the_field_to_be_mended(visit: Callable[..., Any], js: bool) -> None:
    """In view and focused, described by what is wrong with it, with everything that was typed."""
    page = visit("/watch", js=js)
    page.locator("#key").fill("wrong")
    page.locator("form[action='/watch/key'] button").click()
    focused = page.locator(":focus")
    assert focused.get_attribute("id") == "key"
    focused.fill(KEY)
    page.locator("form[action='/watch/key'] button").click()
    for field, value, says in (
        ("deliver", "receiver", "This address cannot be used"),
        ("numbers", "abc", "Number 1 is not a filing number"),
    ):
        page.locator("#deliver").fill("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ")
        page.locator(f"#{field}").fill(value)
        page.locator("form[action='/watch/new'] .primary").click()
        focused = page.locator("[aria-invalid=true]:focus")
        assert focused.get_attribute("id") == field
        assert focused.input_value() == value
        described = focused.get_attribute("aria-describedby").split()[0]
        assert says in page.locator(f"#{described}").inner_text()
        top, height = page.evaluate(
            "[document.activeElement.getBoundingClientRect().top, innerHeight]"
        )
        assert 0 <= top < height
        assert not js or serious_faults(page) == []  # axe is a script


@pytest.mark.parametrize("path", ["/", PAGES["active"], PAGES["list"], "/market"])
def test_nothing_moves_while_loading(visit: Callable[..., Any], path: str) -> None:
    """No layout shift: pictures and charts have their room from the start."""
    page = visit(path)
    page.wait_for_load_state("networkidle")
    shift = page.evaluate(
        """() => new Promise(done => {
            let sum = 0;
            new PerformanceObserver(list => {
                for (const entry of list.getEntries()) sum += entry.value;
            }).observe({type: 'layout-shift', buffered: true});
            setTimeout(() => done(sum), 300);
        })"""
    )
    assert shift < 0.01


def test_keyboard(visit: Callable[..., Any]) -> None:
    """The first Tab leads to the link past the navigation."""
    page = visit("/guide")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"


@pytest.mark.parametrize("path", ["/search?q=测试", "/"])
def test_the_skip_link_keeps_the_focus(visit: Callable[..., Any], path: str) -> None:
    """The page is not loaded anew, and the next Tab goes on within the content."""
    page = visit(path)
    page.locator(".skip").focus()
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")
