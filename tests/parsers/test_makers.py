"""Forty layouts by every maker there is: exact, or loudly refused; never silently short."""

from collections.abc import Callable, Iterator
from functools import partial

import pytest

from suanbei.common.errors import DocumentError
from suanbei.parsers import parse_document
from tests.parsers.makers import drawn, web, word
from tests.parsers.makers.layouts import LAYOUTS, Layout, Row

Maker = Callable[[Layout], bytes]
MAKERS: dict[str, Maker] = {
    "reportlab": drawn.reportlab_pdf,
    "typst": drawn.typst_pdf,
    "weasyprint": web.weasyprint_pdf,
    "word": partial(word.docx, wps=False),
    "wps": partial(word.docx, wps=True),
}
SAMPLE = {"full", "open_sides", "across", "none-zebra", "dotted", "double-thick", "watermark"}
"""The layouts of an ordinary run; `-m makers` runs all."""
EXACT = {"full", "open_sides", "full-long", "thick", "portrait", "title-row", "two-tables", "note"}
"""The layouts that every maker's documents are read whole in; others may be refused."""


def check(data: bytes, rows: list[Row], *, exact: bool) -> None:
    """Every row made is kept as it is, or reported; or the document is refused."""
    try:
        document = parse_document(data, name="x")
    except DocumentError:
        assert not exact
        return
    reported = document.accounting.reported
    made = {row[6]: row for row in rows}
    for row in document.rows:
        wanted = made.get(row.number)
        if wanted is None:
            assert "malformed_number" in row.flags or "check_digit" in row.flags
            continue
        told = (row.seq, row.name, row.label, row.entity, row.product, row.purpose, row.number,
                row.remark)  # fmt: skip
        assert [text.replace(" ", "") for text in told] == [
            text.replace(" ", "") for text in wanted
        ]
    assert len(document.rows) + len(reported) == len(rows)
    if exact:
        assert not reported
        assert document.period == "2026-09"


@pytest.mark.parametrize("maker", MAKERS)
@pytest.mark.parametrize(
    "layout", [one for one in LAYOUTS if one.name in SAMPLE], ids=lambda x: x.name
)
def test_a_sample_of_layouts(layout: Layout, maker: str) -> None:
    run(layout, maker)


@pytest.mark.makers
@pytest.mark.parametrize("maker", MAKERS)
@pytest.mark.parametrize(
    "layout", [one for one in LAYOUTS if one.name not in SAMPLE], ids=lambda x: x.name
)
def test_all_layouts(layout: Layout, maker: str) -> None:
    run(layout, maker)


def run(layout: Layout, maker: str) -> None:
    rows = web.expected(layout) if maker == "weasyprint" else web.rows_of(layout.rows)
    check(MAKERS[maker](layout), rows, exact=layout.name in EXACT)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Maker]:
    from playwright.sync_api import Error, sync_playwright

    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch()
        except Error:
            browser = playwright.chromium.launch(
                executable_path="/usr/bin/chromium", args=["--no-sandbox"]
            )
        page = browser.new_page()

        def make(layout: Layout) -> bytes:
            page.set_content(web.html(layout, web.rows_of(layout.rows)))
            return page.pdf(prefer_css_page_size=True, print_background=True)

        yield make
        browser.close()


@pytest.mark.browser
@pytest.mark.makers
@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda x: x.name)
def test_chromium(layout: Layout, chromium: Maker) -> None:
    check(chromium(layout), web.expected(layout), exact=layout.name in EXACT)


def test_there_are_forty() -> None:
    assert len({layout.name for layout in LAYOUTS}) == 40
