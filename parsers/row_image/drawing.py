"""Draws table rows, for documents that have no pages to cut them from."""

from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

from suanbei.parsers.row_image.fonts import font_file, missing

_SIZE = 22
_LINE = 32
_PADDING = 12
_NARROW, _WIDE = 90, 420
_PAPER, _INK, _RULE = (255, 255, 255), (17, 24, 39), (120, 130, 145)
_HEAD, _MARKED = (238, 241, 245), (255, 247, 204)
_MAX_CHARACTERS = 4000


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
