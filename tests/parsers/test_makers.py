"""Forty layouts by every maker there is: read exactly; what is not is refused, never silently short.

An ordinary run makes a sample; `-m makers` makes all, by each program that is on the machine, and
says which are not.
"""

import shutil
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path

import pytest

from suanbei.common.errors import DocumentError
from suanbei.parsers import parse_document
from tests.parsers.makers import drawn, printed, treated, web, word
from tests.parsers.makers.layouts import LAYOUTS, Layout, Row

Maker = Callable[[Layout], bytes]
MAKERS: dict[str, Maker] = {
    "reportlab": drawn.reportlab_pdf,
    "typst": drawn.typst_pdf,
    "weasyprint": web.weasyprint_pdf,
    "word": partial(word.docx, wps=False),
    "wps": partial(word.docx, wps=True),
}
PROGRAMS: dict[str, tuple[str, Callable[[Layout, Path], None]]] = {
    "wkhtmltopdf": ("wkhtmltopdf", printed.wkhtmltopdf),
    "xelatex": ("xelatex", printed.xelatex),
    "cairo": ("rsvg-convert", printed.cairo),
    "ghostscript": (
        "gs", lambda layout, target: printed.ghostscript(web.weasyprint_pdf(layout), target),
    ),
}  # fmt: skip
"""Makers that are programs: the command that each wants, and how it prints a list."""
HTML_MAKERS = {"weasyprint", "chromium", "wkhtmltopdf", "ghostscript"}
SAMPLE = {"full", "open_sides", "across", "none-zebra", "dotted", "double-thick", "watermark"}
"""The layouts of an ordinary run."""
RULELESS = {"none", "none-long"}
"""Layouts with neither rules nor shading: refused in a PDF, as no reader can vouch for its columns."""
REFUSED = {("libreoffice", "double-thick")}
"""LibreOffice leaves gaps wider than a rule where double rules of 4 points cross."""
PRINTED_TWICE = {
    (maker, layout) for maker in ("wkhtmltopdf",) for layout in ("rounded-long", "none-zebra-long")
}
"""What Qt prints on both sides of a page's end is reported beside the rows."""
TREATED = ("full", "across", "none-zebra")


def check(data: bytes, rows: list[Row], maker: str, layout: str) -> None:
    """Every row made is kept as it is, none is missing; or the document is refused, where it may be."""
    may_refuse = (layout in RULELESS and data[:4] == b"%PDF") or (maker, layout) in REFUSED
    try:
        document = parse_document(data, name="x")
    except DocumentError:
        assert may_refuse
        return
    made = [
        (r.seq, r.name, r.label, r.entity, r.product, r.purpose, r.number, r.remark)
        for r in document.rows
    ]
    assert [[text.replace(" ", "") for text in row] for row in made] == [
        [text.replace(" ", "") for text in row] for row in rows
    ]
    assert not document.accounting.reported or (maker, layout) in PRINTED_TWICE
    assert document.period == "2026-09"


def rows_by(maker: str, layout: Layout) -> list[Row]:
    return web.expected(layout) if maker in HTML_MAKERS else web.rows_of(layout.rows)


def run(layout: Layout, maker: str) -> None:
    check(MAKERS[maker](layout), rows_by(maker, layout), maker, layout.name)


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


@pytest.mark.makers
@pytest.mark.parametrize("maker", PROGRAMS)
@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda x: x.name)
def test_programs(layout: Layout, maker: str, tmp_path: Path) -> None:
    program, make = PROGRAMS[maker]
    if shutil.which(program) is None:
        pytest.skip(f"no {program} on this machine: its lists are not read")
    target = tmp_path / f"{layout.name}.pdf"
    make(layout, target)
    check(target.read_bytes(), rows_by(maker, layout), maker, layout.name)


@pytest.fixture(scope="module")
def libreoffice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("soffice") is None:
        pytest.skip("no LibreOffice on this machine: its lists are not read")
    folder = tmp_path_factory.mktemp("libreoffice")
    printed.libreoffice(LAYOUTS, folder)
    return folder


@pytest.mark.makers
@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda x: x.name)
def test_libreoffice(layout: Layout, libreoffice: Path) -> None:
    data = (libreoffice / f"{layout.name}.pdf").read_bytes()
    check(data, web.rows_of(layout.rows), "libreoffice", layout.name)


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
    check(chromium(layout), web.expected(layout), "chromium", layout.name)


@pytest.mark.parametrize("treatment", treated.TREATMENTS)
@pytest.mark.parametrize("maker", ["reportlab", "typst", "weasyprint"])
@pytest.mark.parametrize("name", TREATED)
def test_turned_stamped_and_overlaid(name: str, maker: str, treatment: str) -> None:
    """A list stays exact whatever is done to its pages that a reader's eye passes over."""
    layout = next(one for one in LAYOUTS if one.name == name)
    check(treated.TREATMENTS[treatment](made(maker, name)), rows_by(maker, layout), maker, name)


@cache
def made(maker: str, name: str) -> bytes:
    """A list before anything is done to it: making one takes longer than reading it."""
    return MAKERS[maker](next(one for one in LAYOUTS if one.name == name))


def test_there_are_forty() -> None:
    assert len({layout.name for layout in LAYOUTS}) == 40
