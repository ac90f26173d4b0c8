"""Pictures of published rows."""

import io
from pathlib import Path

import pytest
from PIL import Image

from suanbei.common.errors import NoFont, NotFound
from suanbei.parsers import parse_document, row_image
from suanbei.parsers.row_image import render_row
from suanbei.registry.importing.published import Row

GOLDEN = Path(__file__).parents[1] / "golden"
MARKED = (255, 247, 204)


def rows(name: str) -> tuple[Row, ...]:
    return parse_document((GOLDEN / name).read_bytes(), name=name).rows


def picture(name: str, row: Row, *, boxes: bool = True) -> Image.Image:
    data = render_row(
        (GOLDEN / name).read_bytes(), name=name, table=row.table, row=row.row,
        boxes=row.boxes if boxes else (),
    )  # fmt: skip
    assert data.startswith(b"\x89PNG")
    return Image.open(io.BytesIO(data)).convert("RGB")


def marked(image: Image.Image) -> float:
    """The part of a picture that is marked."""
    colours = {colour: count for count, colour in image.getcolors(1 << 24) or []}
    return colours.get(MARKED, 0) / (image.width * image.height)


@pytest.mark.parametrize("name", ["algorithm.pdf", "turned.pdf", "in_a_form.pdf", "rectangles.pdf"])
def test_a_row_is_cut_from_its_page(name: str) -> None:
    """The marked part is where the row's cells are: it holds content, and most of the picture."""
    image = picture(name, rows(name)[1])
    assert marked(image) > 0.3
    assert min(image.convert("L").getextrema()) < 100


def test_the_row_cut_out_is_the_row() -> None:
    """The same place read again, without boxes at hand, gives the same picture."""
    row = rows("algorithm.pdf")[2]
    assert (
        picture("algorithm.pdf", row).tobytes()
        == picture("algorithm.pdf", row, boxes=False).tobytes()
    )
    assert (
        picture("algorithm.pdf", row).tobytes()
        != picture("algorithm.pdf", rows("algorithm.pdf")[3]).tobytes()
    )


def test_a_row_over_two_pages_shows_both_parts() -> None:
    """Taller than each part alone."""
    found = rows("unnumbered.pdf")
    broken = next(row for row in found if len({page for page, _ in row.boxes}) == 2)
    first = tuple(place for place in broken.boxes if place[0] == broken.page)
    data = (GOLDEN / "unnumbered.pdf").read_bytes()
    whole = picture("unnumbered.pdf", broken)
    part = render_row(data, name="x", table=1, row=broken.row, boxes=first)
    assert whole.height > Image.open(io.BytesIO(part)).height


@pytest.mark.parametrize("name", ["algorithm.docx", "province_xlsx.xlsx", "province_html.html"])
def test_a_row_is_drawn_where_there_are_no_pages(name: str) -> None:
    """Or the error says honestly that there is no font to draw it with."""
    try:
        row_image.font_file()
    except NoFont:
        with pytest.raises(NoFont, match="no font with Chinese characters"):
            picture(name, rows(name)[0])
    else:
        assert marked(picture(name, rows(name)[0])) > 0.2


def test_no_font_is_an_honest_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Never a picture of empty boxes."""
    monkeypatch.setattr(row_image, "_folders", lambda: [Path("/nonexistent")])
    row_image.font_file.cache_clear()
    with pytest.raises(NoFont, match="install one"):
        picture("algorithm.docx", rows("algorithm.docx")[0])
    row_image.font_file.cache_clear()


def test_a_row_that_is_not_there() -> None:
    """Named with its table and row."""
    for name in ("algorithm.docx", "algorithm.pdf"):
        with pytest.raises(NotFound, match="table 1 has no row 99"):
            render_row((GOLDEN / name).read_bytes(), name=name, table=1, row=99)
