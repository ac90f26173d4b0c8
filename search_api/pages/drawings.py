"""What is to be drawn in a chart, in which sizes and colours."""

from dataclasses import dataclass


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
