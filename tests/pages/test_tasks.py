"""What people come for, from start to end, with JavaScript and without, in both languages."""

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
from pypdfium2 import PdfDocument

from tests.pages import registry as small
from tests.pages.conftest import KEY, PHONE, serious_faults

pytestmark = pytest.mark.browser
Visit = Callable[..., Any]
SCRIPTS = pytest.mark.parametrize("js", [True, False], ids=["script", "no-script"])


def ask(page: Any, text: str) -> None:
    """Type into the one field and send."""
    page.locator("#ask").fill(text)
    page.get_by_role("button", name="Check").or_(page.get_by_role("button", name="核验")).click()


@SCRIPTS
@pytest.mark.parametrize(("lang", "said"), [("en", "Active"), ("zh", "有效")])
def test_a_number_is_checked(visit: Visit, js: bool, lang: str, said: str) -> None:
    """A pasted number leads to a verdict whose address is a permanent link, with the caveat."""
    page = visit("/", lang=lang, js=js)
    ask(page, f" {small.LISTED} ")
    assert page.locator("h1").inner_text() == said
    assert "/verify?q=" in page.url
    caveat = "legal opinion" if lang == "en" else "法律意见"
    assert caveat in page.locator(".record").inner_text()
    assert page.locator(".piece-3").inner_text() == "01"


@pytest.mark.parametrize(("lang", "title"), [("en", "Verification record"), ("zh", "核验记录")])
def test_a_verdict_is_printed_as_a_record(visit: Visit, lang: str, title: str) -> None:
    """Title, date, verdict, coverage, hash, citation and the caveat on one page; no menus, no buttons."""
    page = visit(f"/verify?q={small.WITHDRAWN}", lang=lang, dark=True)
    fingerprint = page.locator(".record .hash").inner_text()[:64]
    document = PdfDocument(page.pdf(format="A4"))
    texts = [sheet.get_textpage().get_text_bounded() for sheet in document]
    whole = "".join("".join(texts).split())
    for said in (title, "beian.cac.gov.cn", "2023", "SHA-256", fingerprint, small.WITHDRAWN):
        assert "".join(said.split()) in whole
    assert ("Copy the link" if lang == "en" else "打印或存为") not in texts[0]
    assert fingerprint[:12] in texts[0]
    assert ("cannot be looked up" if lang == "en" else "不能凭此查询") in " ".join(texts[0].split())
    assert "1 / 1" in texts[0]
    assert page.locator(".certificate svg.qr").count() == 1
    assert len(texts) == 1


@pytest.mark.parametrize("asked", ["UNLISTED", "MODEL", "CHANGED", "HOSTILE_NUMBER", "LONG"])
def test_every_record_is_one_page(visit: Visit, asked: str) -> None:
    """Whatever the verdict, with a claimed company beside it."""
    page = visit(f"/verify?q={getattr(small, asked)}&entity={small.OTHER_COMPANY}")
    assert len(PdfDocument(page.pdf(format="A4"))) == 1


@SCRIPTS
def test_a_claimed_company_is_compared(visit: Visit, js: bool) -> None:
    """A real number of another company is not shown as plainly active."""
    page = visit(f"/verify?q={small.LISTED}", js=js)
    page.get_by_label("Claimed by").fill(small.OTHER_COMPANY)
    page.get_by_role("button", name="Check").click()
    assert page.locator("h1").inner_text() == "Active"
    claim = f"Claimed: {small.OTHER_COMPANY}. Does not match the registrant"
    assert page.locator(".match-different").inner_text() == claim
    assert page.locator(".verdict-other").count() == 1


def test_companies_beside_numbers_are_compared(visit: Visit) -> None:
    """Lines of company and number: each compared, and the whole to be had as a table."""
    page = visit("/", js=False)
    ask(
        page,
        f"{small.COMPANY}\t{small.LISTED}\n{small.OTHER_COMPANY}\t{small.CHANGED}\nICP 京ICP备12345678号",
    )
    assert page.locator(".match-exact").count() == 1
    assert page.locator(".match-different").count() == 1
    assert "京ICP备12345678号: ICP filing number" in page.locator(".note").inner_text()
    with page.expect_download() as kept:
        page.get_by_role("button", name="Download as a table").click()
    table = kept.value.path().read_text("utf-8-sig").splitlines()
    assert len(table) == 3
    assert table[2].split(",")[:2] == [small.CHANGED, small.OTHER_COMPANY]


def test_enter_sends_and_shift_enter_breaks_the_line(visit: Visit) -> None:
    """As in any field of a chat."""
    page = visit("/")
    page.locator("#ask").press_sequentially("测试")
    page.locator("#ask").press("Shift+Enter")
    assert page.locator("#ask").input_value() == "测试\n"
    page.locator("#ask").press("Enter")
    page.wait_for_url("**/search?q=*")


@SCRIPTS
def test_a_pasted_list_is_checked_line_by_line(visit: Visit, js: bool) -> None:
    """Three numbers within a text give three lines, each with its own verdict."""
    page = visit("/", js=js)
    ask(page, f"A: {small.LISTED}\nB {small.WITHDRAWN}；还有 {small.UNLISTED}")
    rows = page.locator("tbody tr").filter(has=page.locator(".no"))
    assert rows.count() == 3
    assert [rows.nth(n).locator(".badge").inner_text() for n in range(3)] == [
        "Active", "Deregistered", "Not listed",
    ]  # fmt: skip


def test_a_long_list_is_posted(visit: Visit) -> None:
    """A list too long for an address is checked all the same."""
    page = visit("/", js=False)
    ask(page, "\n".join(f"{n} {small.number(n)}" for n in range(1, 120)))
    assert "119 numbers" in page.locator("h1").inner_text()


@SCRIPTS
def test_the_language_is_switched(visit: Visit, js: bool) -> None:
    """The switch leads back to the same page, and the choice stays."""
    page = visit(f"/filings/{small.LISTED}", lang="en", js=js)
    page.get_by_role("link", name="中文").click()
    assert small.LISTED in unquote(page.url)
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    page.goto("/guide")
    assert page.locator("h1").inner_text() == "备案指南"


def test_a_filing_tells_its_past(visit: Visit) -> None:
    """A changed product stands in the history before and after."""
    page = visit(f"/filings/{small.CHANGED}")
    assert page.locator(".timeline del").inner_text() == "产品7(APP)"
    assert page.locator(".timeline ins").inner_text() == "更名后的产品(APP)"


def test_a_withdrawn_filing_names_its_notice(visit: Visit) -> None:
    """The notice that withdrew a number is in its history and leads to that list."""
    page = visit(f"/filings/{small.WITHDRAWN}")
    page.locator(".timeline .end a").click()
    assert "/batches/deregistration-2025-07" in page.url
    assert small.WITHDRAWN in page.locator("tbody").inner_text().replace("\n", "")


def test_the_evidence_is_a_picture_where_there_is_one(visit: Visit) -> None:
    """The published row as a picture; without the document its cells as text."""
    page = visit(f"/verify?q={small.WITHDRAWN}")
    picture = page.locator(".evidence img")
    assert picture.count() == 1
    assert picture.evaluate("image => image.complete && image.naturalWidth") == 1371
    assert small.WITHDRAWN in page.locator(".evidence dl").inner_text()


def test_a_company_shows_its_double_filing(visit: Visit) -> None:
    """Two of the duties on record, the algorithm and the model; no registered app."""
    page = visit("/entities/5072064")
    assert page.locator(".duty-has").count() == 2
    assert "registration" in page.locator(".duty-has_not").inner_text()
    assert page.locator("tbody tr").count() > 50


def test_two_companies_are_compared(visit: Visit) -> None:
    """From the page of one, by the name of the other; a name that nobody bears brings near ones."""
    page = visit("/entities/5072064", js=False)
    page.get_by_label("Compare with another company").fill("示例智能")
    page.get_by_role("button", name="Compare").click()
    assert "No company of exactly this name" in page.locator(".note").inner_text()
    page.locator(".note").get_by_role("link", name=small.OTHER_COMPANY).click()
    first = page.locator("tbody tr").first.locator("td")
    assert first.all_inner_texts() == ["60", "6"]


def test_filings_of_a_company_are_narrowed_down(visit: Visit) -> None:
    """By status, role, and words of a name or product."""
    page = visit("/entities/5072064", js=False, width=1200)
    page.get_by_label("Status").select_option("deregistered")
    page.get_by_role("button", name="Show").click()
    assert page.locator("table.filings tbody tr").count() == 1
    page.get_by_role("link", name="Clear the filters").click()
    page.get_by_label("Name or product").fill("产品7")
    page.get_by_role("button", name="Show").click()
    assert page.locator("table.filings tbody tr").count() == 0


def test_a_company_has_a_timeline(visit: Visit, site: str) -> None:
    """A bar for each month and register, as many filings as the API has, in the table too."""
    page = visit("/entities/5072064")
    steps = httpx.get(f"{site}/v1/entities/5072064").json()["timeline"]
    bars = page.locator(".lanes g:not(.lane-deregistration) rect")
    assert bars.count() == len(steps)
    page.locator(".lanes + details summary").click()
    rows = page.locator(".lanes + details td.r a").all_inner_texts()
    assert sorted(map(int, rows)) == sorted(len(step["filings"]) for step in steps)
    assert page.locator(".lane-deregistration rect").count() == 1


def test_a_list_is_compared_with_the_one_before(visit: Visit) -> None:
    """Rows and roles of this list beside those of the list before it."""
    page = visit("/batches/deep_synthesis-2023-08")
    assert "Jun 2023: 7" in page.locator("main").inner_text()
    page.get_by_role("link", name="← Jun 2023").click()
    assert "/batches/deep_synthesis-2023-06" in page.url


@SCRIPTS
def test_the_market_follows_its_filters(visit: Visit, js: bool) -> None:
    """A filter changes the count, the charts and the tables under them."""
    page = visit("/market", js=js)
    page.get_by_label("Register", exact=True).select_option("genai_filing")
    page.get_by_role("button", name="Show").click()
    assert page.locator(".actions strong").inner_text() == "1 filing"
    picture = page.locator("#timeline img")
    assert "series=genai_filing" in picture.get_attribute("src")
    picture.scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    assert page.locator("#timeline details table").count() == 1


def test_a_list_has_the_columns_of_its_series(visit: Visit) -> None:
    """A day of registration stands under its own title, and the region is there."""
    page = visit("/batches?series=deregistration")
    page.get_by_role("link", name="Jul 2025").first.click()
    titles = page.locator(".brief thead th").all_inner_texts()
    assert "Deregistered on" in titles
    assert "Remark" not in titles
    page.goto("/batches/genai_filing-2024-04")
    titles = page.locator(".brief thead th").all_inner_texts()
    assert [title for title in titles if title not in ("No.", "Remark")] == [
        "Region",
        "Model",
        "Company",
        "Number",
        "Filing date",
    ]


def test_terms_lead_to_the_guide(visit: Visit) -> None:
    """A term of a filing leads to its place in the guide."""
    page = visit(f"/filings/{small.LISTED}")
    page.locator("a.term", has_text="Service provider").click()
    assert page.url.endswith("/guide#service_provider")
    assert page.locator("#service_provider").is_visible()


@SCRIPTS
def test_a_subscription_is_made_tested_and_ended(visit: Visit, js: bool) -> None:
    """With a key: make one from a company's page, see its secret, send a test, end it."""
    page = visit("/entities/5072064", js=js)
    page.get_by_role("link", name="Watch this company").click()
    page.get_by_label("API key").fill("wrong")
    page.get_by_role("button", name="Open").click()
    assert "not known" in page.get_by_role("alert").inner_text()
    page.get_by_label("API key").fill(KEY)
    page.get_by_role("button", name="Open").click()
    page.get_by_label("Send to").fill("https://example.com/hook")
    page.get_by_role("button", name="Subscribe").click()
    assert "whsec_" in page.locator("main").inner_text()
    page.get_by_role("button", name="Send a test").first.click()
    assert "waiting" in page.locator(".subscription").first.inner_text()
    if js:
        assert serious_faults(page) == []
    page.locator(".sure summary").first.click()
    page.get_by_role("button", name="Yes, unsubscribe").first.click()
    assert "has ended" in page.get_by_role("status").inner_text()


def test_what_does_not_fit_is_said(visit: Visit) -> None:
    """A wrong address of a page gives a page that says so, with the field to go on."""
    page = visit("/filings/nothing-like-it")
    assert "not in the registry" in page.locator("main").inner_text()
    assert page.locator("#ask").is_visible()


@SCRIPTS
def test_a_walk_in_chinese_on_a_phone(visit: Visit, js: bool) -> None:
    """From a name to its filing, the company, its list and the market, all by links."""
    page = visit("/", lang="zh", width=PHONE, js=js)
    ask(page, "测试算法5")
    page.locator(".hit h3 a", has_text="测试算法5").first.click()
    assert "旧名算法" in page.locator(".timeline").inner_text()
    page.locator("dl.facts a", has_text=small.COMPANY).click()
    assert "双备案" in page.locator("main").inner_text()
    page.get_by_role("link", name="清单", exact=True).click()
    page.get_by_role("link", name="2023年8月").first.click()
    assert "2023年6月：7" in page.locator("main").inner_text()
    page.get_by_role("link", name="市场").click()
    page.get_by_label("角色").select_option("technical_supporter")
    page.get_by_role("button", name="查看").click()
    assert "项备案" in page.locator(".actions strong").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
