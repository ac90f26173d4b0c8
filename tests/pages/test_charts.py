"""Charts: pictures with Chinese labels, numbers that fit, nothing a spreadsheet would run."""

import csv
import struct
from collections.abc import Iterator
from io import StringIO
from queue import Queue

import httpx
import pytest

from suanbei.search_api.bulk.cells import neutral
from suanbei.search_api.pages import charts, drawings, drawn
from suanbei.search_api.pages.state import WarmUp
from tests.pages import registry as small

NAMES = ("timeline", "newcomers", "regions", "companies", "types", "kinds", "deregistrations")


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
    assert all(int(row[-1]) > 0 for row in rows[1:])


def test_texts_stay_texts_in_the_language_of_the_reader(client: httpx.Client) -> None:
    """An SVG carries words, not outlines: it needs no font of the server."""
    assert "深度合成算法备案" in client.get("/charts/timeline.svg").text
    assert "Deep-synthesis filing" in client.get("/charts/timeline.svg?lang=en").text
    assert small.COMPANY in client.get("/charts/companies.svg").text


@pytest.mark.skipif(not charts.has_chinese_font(), reason="NO CHINESE FONT: no PNG to look at")
def test_a_png_has_the_size_that_the_page_leaves_for_it(client: httpx.Client) -> None:
    """Two pixels for one of the page."""
    body = client.get("/charts/types.png").content
    assert body[:8] == b"\x89PNG\r\n\x1a\n"
    width, _ = struct.unpack(">II", body[16:24])
    assert width == drawn.PIXELS * drawings.SIZES["wide"].width


def test_what_draws_charts_is_loaded_once_and_in_the_background() -> None:
    """The first page begins it, the others do not."""
    drawn = Queue[str]()
    warm_up = WarmUp(lambda: drawn.put("drawn"), 0)
    warm_up.begin()
    warm_up.begin()
    assert drawn.get(timeout=30) == "drawn"
    assert drawn.empty()


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


@pytest.mark.parametrize(
    ("cell", "kept"),
    [("=1+1", "'=1+1"), ("@SUM(A1)", "'@SUM(A1)"), ("+86", "+86"), ("-5", "-5"), ("-5.2", "-5.2"),
     ("-cmd|x", "'-cmd|x"), ("--", "--"), ("\t=1", "'\t=1"), ("公司", "公司"), ("", "")],
)  # fmt: skip
def test_no_cell_is_a_formula(cell: str, kept: str) -> None:
    """Texts that a spreadsheet would run are quoted; negative numbers stay numbers."""
    assert neutral(cell) == kept
