"""Draws table rows, for documents that have no pages to cut them from.

The font with Chinese characters is looked for on this machine; none is shipped (10 MB and more).
"""

import os
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from suanbei.common.errors import NoFont

_SIZE = 22
_LINE = 32
_PADDING = 12
_NARROW, _WIDE = 90, 420
_PAPER, _INK, _RULE = (255, 255, 255), (17, 24, 39), (120, 130, 145)
_HEAD, _MARKED = (238, 241, 245), (255, 247, 204)
_MAX_CHARACTERS = 4000
_NAMES = (
    "notosanscjk", "notosanssc", "sourcehansans", "notoserifcjk", "notoserifsc", "sourcehanserif",
    "wqy-zenhei", "wqy-microhei", "wqy", "droidsansfallback", "pingfang", "hiragino sans gb",
    "stheiti", "msyh", "simhei", "simsun", "deng", "uming", "ukai", "unifont",
)  # fmt: skip
"""Beginnings of the file names of fonts with Chinese characters, the best first."""
_KINDS = frozenset((".ttf", ".ttc", ".otf", ".otc"))
_MAX_FILES = 20_000
_PROBE = "网信算备序号"


def draw_rows(rows: Sequence[Sequence[str]], *, marked: int) -> Image.Image:
    """A picture of table rows; the one at index `marked` is coloured, those before it are a header.

    Characters that the font cannot show are spelled out as U+XXXX, never drawn as empty boxes.

    Raises:
        NoFont: this machine has no font with Chinese characters.
    """
    font = ImageFont.truetype(font_file(), _SIZE)
    told = [[_spelled(text[:_MAX_CHARACTERS], font) for text in row] for row in rows]
    count = max(map(len, told))
    table = [[*row, *[""] * (count - len(row))] for row in told]
    widths = [_width([row[column] for row in table], font) for column in range(count)]
    lines = [
        [_wrapped(text, width, font) for text, width in zip(row, widths, strict=True)]
        for row in table
    ]
    heights = [max(map(len, row)) * _LINE + 2 * _PADDING for row in lines]
    picture = Image.new("RGB", (sum(widths) + 1, sum(heights) + 1), _PAPER)
    draw = ImageDraw.Draw(picture)
    top = 0
    for index, (row, height) in enumerate(zip(lines, heights, strict=True)):
        _draw_row(draw, row, widths, (top, height), _MARKED if index == marked else _HEAD, font)
        top += height
    return picture


def _draw_row(
    draw: ImageDraw.ImageDraw,
    row: list[list[str]],
    widths: list[int],
    place: tuple[int, int],
    colour: tuple[int, int, int],
    font: ImageFont.FreeTypeFont,
) -> None:
    top, height = place
    left = 0
    for lines, width in zip(row, widths, strict=True):
        draw.rectangle((left, top, left + width, top + height), fill=colour, outline=_RULE)
        for number, line in enumerate(lines):
            draw.text((left + _PADDING, top + _PADDING + number * _LINE), line, _INK, font)
        left += width


def _spelled(text: str, font: ImageFont.FreeTypeFont) -> str:
    lost = missing(text, font)
    return "".join(f"〔U+{ord(sign):04X}〕" if sign in lost else sign for sign in text)


def _width(texts: list[str], font: ImageFont.FreeTypeFont) -> int:
    widest = max(font.getlength(text) for text in texts)
    return round(min(max(widest, _NARROW), _WIDE)) + 2 * _PADDING


def _wrapped(text: str, width: int, font: ImageFont.FreeTypeFont) -> list[str]:
    """A text in lines that fit a column, broken anywhere."""
    lines, start = [], 0
    for end in range(1, len(text) + 1):
        if font.getlength(text[start:end]) > width - 2 * _PADDING and end - 1 > start:
            lines.append(text[start : end - 1])
            start = end - 1
    return [*lines, text[start:]]


def _folders() -> list[Path]:
    home = Path.home()
    windows = Path(os.environ.get("WINDIR", r"C:\Windows")) / "Fonts"
    return [
        Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), home / ".local/share/fonts",
        home / ".fonts", Path("/System/Library/Fonts"), Path("/Library/Fonts"),
        home / "Library/Fonts", windows,
    ]  # fmt: skip


def _files() -> Iterator[Path]:
    seen = 0
    for folder in _folders():
        for root, _, names in os.walk(folder):
            for name in sorted(names):
                seen += 1
                if seen > _MAX_FILES:
                    return
                if Path(name).suffix.lower() in _KINDS:
                    yield Path(root, name)


@lru_cache(maxsize=1)
def font_file() -> Path:
    """The best font file with Chinese characters.

    Raises:
        NoFont: there is none.
    """
    ranked = []
    for file in _files():
        name = file.name.lower()
        rank = next((i for i, known in enumerate(_NAMES) if name.startswith(known)), None)
        if rank is not None:
            # A regular weight before bold and light ones.
            ranked.append((rank, "regular" not in name, file))
    for _, _, file in sorted(ranked):
        if not missing(_PROBE, ImageFont.truetype(file, 20)):
            return file
    raise NoFont(
        "no font with Chinese characters on this machine to draw a row with: install one "
        "(Debian, Ubuntu: fonts-noto-cjk)"
    )


def missing(text: str, font: ImageFont.FreeTypeFont) -> set[str]:
    """The characters of a text that a font cannot show."""
    nothing = bytes(font.getmask("\U0010fffe"))
    return {sign for sign in set(text) if sign != " " and bytes(font.getmask(sign)) == nothing}
