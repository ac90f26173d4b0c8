"""Nothing published can run in a page, and nothing of a page comes from elsewhere."""

import hashlib
import html
import re
from collections.abc import Iterator

import httpx
import pytest

from suanbei.search_api.pages import charts
from suanbei.search_api.pages.charts import Drawing
from suanbei.search_api.pages.templating import filing_path
from tests.pages import registry as small
from tests.pages.conftest import READER

HTML = {"accept": "text/html"}
PATHS = ["/", "/search?q=alert", "/bulk", "/guide", "/batches", "/market", "/watch", "/docs", "/status", "/nothing",
         f"/verify?q={small.LISTED}", f"/filings/{small.HOSTILE_NUMBER}"]  # fmt: skip


@pytest.fixture(scope="module")
def client(site: str) -> Iterator[httpx.Client]:
    """A client that follows no redirect."""
    with httpx.Client(base_url=site, headers=HTML, timeout=60) as opened:
        yield opened


@pytest.mark.parametrize("path", PATHS)
def test_no_inline_script_or_style_and_a_strict_policy(client: httpx.Client, path: str) -> None:
    """The policy allows own files only, and the pages need nothing else."""
    answer = client.get(path)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<script(?![^>]*\bsrc=)", answer.text)
    assert not re.search(r"<[^>]+\sstyle=|<style|\son\w+=", answer.text)
    for address in re.findall(r'<(?:script|img|link|source)[^>]*(?:src|href|srcset)="([^"]+)"',
                              answer.text):  # fmt: skip
        assert address.startswith("/"), address


@pytest.mark.parametrize(
    "path",
    [f"/filings/{small.HOSTILE_NUMBER}", f"/verify?q={small.HOSTILE_NUMBER}",
     "/batches/deep_synthesis-2023-08", "/entities/5072064",
     f"/verify?q={small.HOSTILE}&entity={small.HOSTILE}", f"/market?entity={small.HOSTILE}",
     f"/watch?entity={small.HOSTILE}", f"/search?q={small.HOSTILE}", "/search?q=alert",
     f"/filings/{small.HOSTILE}"],
)  # fmt: skip
def test_published_and_typed_markup_is_text(client: httpx.Client, path: str) -> None:
    """A name that is markup shows as text."""
    answer = client.get(path)
    assert small.HOSTILE not in answer.text
    if "entity=" not in path:
        assert "&lt;script&gt;" in answer.text


def test_markup_in_charts_is_text(client: httpx.Client) -> None:
    """Labels of a chart are escaped, and its picture may run nothing."""
    answer = client.get("/charts/companies.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert "<script" not in answer.text
    assert small.COMPANY in answer.text


def test_a_label_that_is_markup_is_drawn_as_text() -> None:
    """Whatever a company calls itself, its bar has it as letters."""
    drawn = charts.svg(Drawing(((small.HOSTILE, "", 3),), ("",), "", "n"))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in drawn
    assert "<script" not in drawn


def test_markup_in_feeds_and_exports_is_text(client: httpx.Client) -> None:
    """A feed says that its texts are text (no type: text), an export is never taken for a page."""
    feed = client.get("/feeds/search.atom?q=alert")
    assert "<script" not in feed.text
    assert "&lt;script&gt;" in feed.text
    assert 'type="html"' not in feed.text
    for form in ("csv", "jsonl", "xlsx"):
        answer = client.get(f"/v1/export.{form}?q=alert")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "html" not in answer.headers["content-type"]
        assert "attachment" in answer.headers["content-disposition"]


@pytest.mark.parametrize("back", ["//evil.example/x", "https://evil.example", "/\\evil.example"])
def test_the_language_switch_leads_nowhere_else(client: httpx.Client, back: str) -> None:
    """No open redirect."""
    answer = client.get("/language", params={"to": "zh", "back": back})
    assert answer.status_code == 303
    assert re.fullmatch(r"/(?![/\\]).*", answer.headers["location"])


def test_static_files_are_kept_for_good(client: httpx.Client) -> None:
    """Names hold the hash of what is in them; an unknown name is no file."""
    sheet = re.search(r'href="(/static/site\.\w+\.css)"', client.get("/").text)
    assert sheet
    answer = client.get(sheet[1])
    assert "immutable" in answer.headers["cache-control"]
    assert client.get("/static/site.css").status_code == 404
    assert client.get("/static/..%2F..%2Fapp.py").status_code == 404


def test_a_form_of_another_site_is_refused(client: httpx.Client) -> None:
    """Subscriptions are changed from our own pages only."""
    cookies = {"suanbei_key": "a-key-for-tests"}
    answer = client.post(
        "/watch/new",
        data={"deliver": "https://example.com/"},
        headers={"origin": "https://evil.example", "cookie": "; ".join(
            f"{name}={value}" for name, value in cookies.items())},
    )  # fmt: skip
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("path", "target"),
    [(f"/filings/{small.LISTED}", "/v1/filings/"), ("/batches", "/v1/batches"),
     (f"/verify?q={small.LISTED}", "/v1/verify?number="), ("/status", "/v1/status")],
)  # fmt: skip
def test_json_is_one_header_away(client: httpx.Client, path: str, target: str) -> None:
    """Whoever asks a page for JSON is sent to the same thing in the API."""
    answer = client.get(path, headers={"accept": "application/json"})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(target)


def test_the_words_of_the_api_lead_to_the_verdict_as_well(client: httpx.Client) -> None:
    """Whoever leaves out the /v1 of an address meant the page, not the front page."""
    answer = client.get(f"/verify?number={small.LISTED}&entity=x")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/verify?q=")
    assert answer.headers["location"].endswith("&entity=x")


def test_a_verdict_is_made_when_it_is_asked_for(client: httpx.Client) -> None:
    """It bears the time of the check: no cache may answer in its place."""
    answer = client.get(f"/verify?q={small.LISTED}")
    assert answer.headers["cache-control"].startswith("private, max-age=0")
    assert "etag" not in answer.headers


@pytest.mark.parametrize("number", [small.LISTED, ""])
@pytest.mark.parametrize("around", ["备", "a", "9 ", "<b>", "😀"])
def test_a_long_text_is_answered_under_an_address(
    client: httpx.Client, number: str, around: str
) -> None:
    """A number at the end of it is found, and the permanent link has room."""
    answer = client.post("/verify", data={"q": around * 400 + "\n" + number})
    assert answer.status_code == 200
    answer = client.post("/verify", data={"q": around * 5000 + "\n" + number})
    assert answer.status_code == 200
    assert ("verdict-active" in answer.text) == bool(number)
    (link,) = re.findall('class="wrap-any" href="[^"/]*//[^"/]*([^"]*)"', answer.text)
    assert client.get(html.unescape(link)).status_code == 200


def test_a_key_that_may_only_read_changes_nothing(client: httpx.Client) -> None:
    """Its holder sees subscriptions, and cannot make one."""
    cookie = {"cookie": f"suanbei_key={READER}"}
    assert "/watch/new" in client.get("/watch", headers=cookie).text
    answer = client.post("/watch/new", data={"deliver": "https://example.com/"}, headers=cookie)
    assert answer.status_code == 403


def test_errors_are_pages_for_people_and_problems_for_programs(client: httpx.Client) -> None:
    """The same address says the same in two shapes."""
    assert "<h1>" in client.get("/filings/nothing").text
    problem = client.get("/v1/batches/nothing", headers={"accept": "*/*"})
    assert problem.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("number", [small.LISTED, small.WITHDRAWN, small.UNLISTED])
@pytest.mark.parametrize("entity", ["", small.COMPANY, small.OTHER_COMPANY])
def test_the_hash_of_a_record_is_that_of_the_answer(
    client: httpx.Client, number: str, entity: str
) -> None:
    """Whoever holds a printed record can ask for the JSON and compare."""
    page = client.get("/verify", params={"q": f" {number}", "entity": entity})
    link = re.search(r'<link rel="alternate" type="application/json" href="([^"]+)"', page.text)
    assert link
    body = client.get(html.unescape(link[1])).content
    assert hashlib.sha256(body).hexdigest() in page.text


def test_robots_find_their_way(client: httpx.Client) -> None:
    """robots.txt names the sitemap, that its parts, and these every filing and company."""
    address = re.search(r"Sitemap: (\S+)", client.get("/robots.txt").text)
    assert address
    index = client.get(httpx.URL(address[1]).path).text
    parts = [httpx.URL(one).path for one in re.findall("<loc>([^<]+)</loc>", index)]
    assert parts == ["/sitemap/pages.xml", "/sitemap/entities-0.xml", "/sitemap/filings-0.xml"]
    filings = client.get(parts[2]).text
    assert filing_path(small.LISTED) in filings
    assert "/entities/5072064<" in client.get(parts[1]).text
    assert client.get("/sitemap/nothing.xml").status_code == 404


def test_about_says_licence_and_citation(client: httpx.Client) -> None:
    """Who takes figures from here knows what they are, and how to name them."""
    text = client.get("/about?lang=en").text
    assert "MIT licence" in text
    assert "How to cite" in text


def test_a_record_number_in_the_place_of_a_receipt_is_explained(client: httpx.Client) -> None:
    """It is kept nowhere, so that it cannot be found; the page says what can be done."""
    page = client.get("/receipts/23c78dfa0460?lang=en")
    assert page.status_code == 404
    assert "No receipt has this number" in page.text
    assert "permanent link" in page.text
    field = re.search(r'<input id="id".*?>', page.text)
    assert field is not None  # to be mended there, not typed again
    assert 'value="23c78dfa0460" aria-invalid="true"' in field[0]


def test_chinese_errors_say_no_english_sentence(client: httpx.Client) -> None:
    """They name the parameter that does not fit."""
    headers = {"accept": "text/html", "accept-language": "zh"}
    text = client.get("/search?region=Atlantis", headers=headers).text
    assert "no region is called" not in text
    assert '<code lang="en">region</code>' in text
