"""Charts: pictures with Chinese labels, numbers that fit."""

import csv
import re
import struct
from collections.abc import Iterator
from io import StringIO

import httpx
import pytest

from suanbei.search_api.pages import charts
from suanbei.search_api.pages.market import CHARTS, step_of
from tests.pages import registry as small

NAMES = tuple(CHARTS)


@pytest.fixture(scope="module")
def client(site: str) -> Iterator[httpx.Client]:
    """A client of a Chinese reader."""
    headers = {"accept-language": "zh"}
    with httpx.Client(base_url=site, timeout=60, headers=headers) as opened:
        yield opened


@pytest.mark.parametrize("name", NAMES)
def test_every_chart_is_drawn_and_told(client: httpx.Client, name: str) -> None:
    """A picture, and the same counts as a table that Excel reads."""
    picture = client.get(f"/charts/{name}.svg")
    assert picture.text.startswith("<svg")
    table = client.get(f"/charts/{name}.csv")
    assert table.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(StringIO(table.content.decode("utf-8-sig"))))
    least = 0 if name == "double_filing" else 1
    assert all(int(row[-1]) >= least for row in rows[1:])


def test_texts_stay_texts_in_the_language_of_the_reader(client: httpx.Client) -> None:
    """An SVG carries words, not outlines: it needs no font of the server."""
    assert "深度合成服务算法备案" in client.get("/charts/timeline.svg").text
    assert "Deep-synthesis algorithm filing" in client.get("/charts/timeline.svg?lang=en").text
    assert small.COMPANY in client.get("/charts/companies.svg").text


@pytest.mark.skipif(not charts.has_chinese_font(), reason="NO CHINESE FONT: no PNG to look at")
def test_a_png_has_the_size_that_the_page_leaves_for_it(client: httpx.Client) -> None:
    """Two pixels for one of the page."""
    body = client.get("/charts/types.png").content
    assert body[:8] == b"\x89PNG\r\n\x1a\n"
    width, _ = struct.unpack(">II", body[16:24])
    assert width == charts.PIXELS * charts.SIZES["wide"].width


def test_a_picture_to_take_away_says_what_it_shows(client: httpx.Client) -> None:
    """Title, filters, source and day are inside; the picture on the page has them around it."""
    address = "/charts/companies.svg?lang=en&series=algorithm"
    taken = client.get(address + "&titled=1").text
    assert "Which companies have the most filings?" in taken
    assert "Register Algorithm filing" in taken
    assert "Source: lists published by CAC" in taken
    assert "Which companies have the most filings?" not in client.get(address).text


@pytest.mark.parametrize(
    "asked",
    [{"q": "示例"}, {"q": "测试"}, {"region": "北京"}, {"region": "beijing"}, {"type": "ranking_selection"},
     {"entity": small.COMPANY}, {"year": "2023", "series": "deep_synthesis"}],
)  # fmt: skip
def test_the_market_counts_what_the_search_counts(
    client: httpx.Client, asked: dict[str, str]
) -> None:
    """One set of filters, read by one piece of code."""
    total = client.get("/v1/filings", params=asked).json()["total"]
    rows = client.get("/charts/timeline.csv", params=asked).text.splitlines()[1:]
    assert sum(int(row.rsplit(",", 1)[1]) for row in rows) == total
    assert f'<strong id="total">{total} ' in client.get("/market", params=asked).text


def test_new_companies_are_as_many_everywhere(client: httpx.Client) -> None:
    """The chart, the page of a list and the log of changes count what the API counts."""
    counted = {
        (row["value"], row["series"]): row["count"]
        for row in client.get("/v1/stats/new_entrants").json()["items"]
        if row["count"]
    }
    table = client.get("/charts/newcomers.csv?lang=en").content.decode("utf-8-sig")
    assert sum(int(row[-1]) for row in list(csv.reader(StringIO(table)))[1:]) == sum(
        counted.values()
    )
    lists = client.get("/v1/batches").json()["items"]
    for one in lists:
        page = client.get(f"/batches/{one['id']}?lang=en").text
        said = re.search(r"(\d+) compan\w+ for the first time in any register", page)
        assert (int(said[1]) if said else 0) == counted.get((one["period"], one["series"]), 0)
    changes = client.get("/v1/changes?type=batch.published&limit=500").json()["items"]
    assert {change["batch"] for change in changes} == {one["id"] for one in lists}
    for change in changes:
        new = counted.get((change["period"], change["series"]), 0)
        assert change["data"]["summary"]["new_entities"] == new


def test_steps_of_time() -> None:
    """A month, its quarter and its year."""
    assert [step_of("2026-05", step) for step in ("month", "quarter", "year")] == [
        "2026-05", "2026 Q2", "2026",
    ]  # fmt: skip


def test_a_column_of_several_months_has_its_room() -> None:
    """The axis of a quarter reaches the sum of its months."""
    rows = tuple((f"2026-0{month}-01", "a", 100) for month in (1, 2, 3))
    drawn = charts.svg(charts.Drawing(rows, ("a",), "quarter", "Filings"))
    assert max(map(int, re.findall(r">(\d+)</text>", drawn))) >= 300


def test_filters_narrow_a_chart(client: httpx.Client) -> None:
    """The numbers of a chart are those of its address."""
    text = client.get("/charts/companies.csv", params={"series": "algorithm"}).text
    assert small.OTHER_COMPANY in text
    assert small.COMPANY not in text


@pytest.mark.parametrize(
    "path", ["/charts/nothing.svg", "/charts/types.gif", "/charts/x.csv?year=y"]
)
def test_what_is_no_chart_is_said(client: httpx.Client, path: str) -> None:
    """A problem document, not a failure."""
    assert client.get(path).status_code in (404, 422)
