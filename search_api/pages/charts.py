"""Charts: what is to be drawn, and the pictures of it, which are kept. Drawing is in `drawn`."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from registry.importing import importing

_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts",
            "/System/Library/Fonts", "/Library/Fonts", "C:/Windows/Fonts")  # fmt: skip
_CHINESE = re.compile(
    r"cjk|sourcehan|notos\w+(sc|tc)|wqy|wenquanyi|droidsansfallback|pingfang|hiragino|stheiti"
    r"|songti|msyh|simsun|simhei|arialuni|uming|ukai",
    re.IGNORECASE,
)


@lru_cache
def has_chinese_font() -> bool:
    """Whether this machine can write Chinese into a PNG; an SVG is written by its reader."""
    return any(
        _CHINESE.search(path.name)
        for folder in _FOLDERS
        for path in Path(folder).expanduser().rglob("*.[to]t*")
    )


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of a chart, those of the style sheet."""

    ink: str
    soft: str
    line: str
    series: tuple[str, ...]


THEMES = {
    "light": Theme("#1a1f26", "#56606c", "#dcd8cf",
                   ("#1f4e79", "#b5651d", "#2f7d58", "#7d4a99", "#177e8d", "#a83f63")),
    "dark": Theme("#e9e6df", "#a4adb8", "#343b44",
                  ("#8fbde8", "#eba77d", "#7fd0a4", "#cda3e3", "#7cc8d4", "#eb9db6")),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Size:
    """Width of the drawing, and heights of a column chart and of a row, in pixels of the page."""

    width: int
    height: int
    row: int
    label: int


SIZES = {
    "full": Size(1040, 320, 24, 190),
    "wide": Size(500, 280, 24, 190),
    "small": Size(330, 280, 24, 140),
}
"""The whole width of a page, half of it, and a phone."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """What is to be drawn: rows with `x` (or `value`), `count` and perhaps `part`."""

    rows: tuple[tuple[str, str, int], ...]
    parts: tuple[str, ...]
    columns: bool
    count_title: str
    theme: str = "light"
    size: str = "wide"


def height_of(drawing: Drawing) -> int:
    """How high the picture will be, so that the page can leave room for it."""
    size = SIZES[drawing.size]
    if drawing.columns:
        return size.height
    return size.row * max(len(drawing.rows), 1) + 40


@lru_cache(maxsize=300)
def svg(drawing: Drawing) -> str:
    """The chart as SVG; its texts stay texts, in the reader's own fonts."""
    with importing:
        from search_api.pages.drawn import to_svg

    return to_svg(drawing)


@lru_cache(maxsize=50)
def png(drawing: Drawing) -> bytes:
    """The chart as PNG on paper, in the fonts of this machine."""
    with importing:
        from search_api.pages.drawn import to_png

    return to_png(drawing)


def warm_up() -> None:
    """Draw a chart for nobody: what the first one has to load is there when one is asked for."""
    svg(Drawing(rows=(("", "", 1),), parts=("",), columns=True, count_title=""))
