"""Searching in a browser: as one types, by facets and chips, and without any script."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from suanbei.search_api.deps import Services
from tests.pages import registry as small

pytestmark = pytest.mark.browser
Visit = Callable[..., Any]
SCRIPTS = pytest.mark.parametrize("js", [True, False], ids=["script", "no-script"])


@SCRIPTS
def test_a_name_is_searched_from_the_front_page(visit: Visit, js: bool) -> None:
    """A text without a number is a search, and what fits is marked."""
    page = visit("/", js=js)
    page.locator("#ask").fill("测试模型")
    page.get_by_role("button", name="Check").click()
    assert "/search?q=" in page.url
    assert page.locator(".hit h3").first.inner_text() == "测试模型"
    assert page.locator(".hit mark").first.inner_text() == "测试模型"


@SCRIPTS
def test_facets_narrow_down_and_chips_take_back(visit: Visit, js: bool) -> None:
    """A facet adds a filter to the address, its chip takes it away; the counts follow."""
    page = visit("/search", js=js)
    everything = page.locator("#total").inner_text()
    if not js:  # on a phone they are folded
        page.get_by_text("Filters", exact=True).click()
    page.locator(".facet a", has_text="Technical supporter").click()
    page.wait_for_url("**role=technical_supporter*")
    page.locator(".chips a", has_text="Technical supporter").wait_for()
    assert page.locator("#total").inner_text() != everything
    page.locator(".chips a", has_text="Technical supporter").click()
    page.wait_for_url("**/search")
    page.wait_for_function("text => document.getElementById('total').innerText === text",
                           arg=everything)  # fmt: skip


def test_results_as_one_types(visit: Visit) -> None:
    """The results change while typing, and the address with them."""
    page = visit("/search")
    page.locator("#q").press_sequentially("测试应用")
    page.locator(".hit mark", has_text="测试应用").first.wait_for()
    assert "q=" in page.url
    assert page.locator(".hit").count() == 1


def test_a_search_is_one_entry_of_the_history(visit: Visit) -> None:
    """However many keys it took; the one before it is still there."""
    page = visit("/search?q=示例")
    before = page.evaluate("history.length")
    page.locator("#q").fill("")
    for letter in "测试":
        page.locator("#q").press_sequentially(letter)
        page.wait_for_timeout(400)
    page.locator("#q").press("Enter")
    page.locator(".hit mark", has_text="测试").first.wait_for()
    assert page.evaluate("history.length") == before + 1
    page.go_back()
    page.locator(".hit mark", has_text="示例").first.wait_for()
    assert page.locator("#q").input_value() == "示例"


@SCRIPTS
def test_pages_of_results_are_addresses(visit: Visit, js: bool) -> None:
    """The next page is a link, and leads to other filings."""
    page = visit("/search?series=deep_synthesis", js=js)
    first = page.locator(".hit .no").first.inner_text()
    page.get_by_role("link", name="Next →").click()
    page.wait_for_url("**cursor=*")
    assert page.locator(".hit .no").first.inner_text() != first


def test_what_is_shown_can_be_taken_away(visit: Visit) -> None:
    """Export, feed and subscription carry the filters of the search."""
    page = visit("/search?q=测试&role=service_provider&sort=newest")
    for name in ("CSV", "Excel", "Make this a feed"):
        address = page.get_by_role("link", name=name).first.get_attribute("href")
        assert "role=service_provider" in address
        assert "sort=" not in address
    assert "q=" in page.get_by_role("link", name="Watch this").get_attribute("href")


def test_a_filter_that_does_not_exist_is_said(visit: Visit) -> None:
    """A wrong value in an address names itself."""
    page = visit("/search?role=boss")
    assert "role" in page.locator("main").inner_text()


def test_a_wrong_filter_is_refused_as_everywhere(site: str) -> None:
    """422, as the API says, in the page as in the charts, and every wrong filter is named."""
    for path in ("/search", "/market", "/v1/filings", "/feeds/search.atom"):
        answer = httpx.get(site + path, params={"series": "wrong", "year": "soon"})
        assert answer.status_code == 422, path
        assert "query.series.0" in answer.text
        assert "query.year.0" in answer.text


@pytest.mark.parametrize(
    ("lang", "first", "last", "lists"),
    [("en", "Lists from Jun 2023", "Lists up to Aug 2023", "List Jun 2023"),
     ("zh", "清单月份自 2023年6月", "清单月份至 2023年8月", "清单月份 2023年6月")],
)  # fmt: skip
def test_chips_of_months_say_which_end(
    visit: Visit, lang: str, first: str, last: str, lists: str
) -> None:
    """A span of months is told from one month, and months are written as people write them."""
    for query, expected in (
        ("period_from=2023-06&period_to=2023-08", [first, last]),
        ("period=2023-06", [lists]),
    ):
        chips = visit(f"/search?{query}", lang=lang).locator(".chips a").all_inner_texts()
        shown = [" ".join(chip.replace("\u2005", "").split()) for chip in chips]
        assert [one for one in expected if any(chip.startswith(one) for chip in shown)] == expected


def test_a_withdrawn_filing_is_marked(visit: Visit) -> None:
    """Nobody takes a withdrawn filing in a result list for an active one."""
    page = visit(f"/search?q={small.WITHDRAWN}")
    assert page.locator(".hit .badge").inner_text() == "Deregistered"


def test_a_company_that_is_on_no_list_brings_near_names(visit: Visit) -> None:
    """What is not there is not said to be: similar names lead on."""
    page = visit("/search?q=北京示例智能技术有限公司", js=False)
    said = page.locator(".note").first.inner_text()
    assert "No company of exactly this name" in said
    assert small.OTHER_COMPANY in said


def test_a_region_in_a_text_is_a_chip(visit: Visit) -> None:
    """It is read as a filter, and can be taken away."""
    page = visit("/search?q=北京 测试模型", js=False)
    chip = page.locator(".chips a").first
    assert "Beijing" in chip.inner_text()
    chip.click()
    assert page.locator("#q").input_value() == "测试模型"


def test_a_search_that_ran_out_of_time_says_so(
    services: Services, site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is never told as “0 filings”, and nobody keeps it."""
    monkeypatch.setattr(services.engine, "seconds", -1.0, raising=False)
    answer = httpx.get(f"{site}/search", params={"q": "测试", "lang": "en"})
    assert "The search took too long" in answer.text
    assert "0 filings" not in answer.text
    assert answer.headers["cache-control"] == "no-store"
