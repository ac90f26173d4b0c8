"""A text as the number readers see it: one character for one character, so offsets stay true.

`normalised` lowers case and folds what people's keyboards, PDFs and web pages vary: full-width forms,
digits of other scripts, traditional characters of the prefix, the many dashes, dots and
apostrophes, white space and characters nobody sees. Every character becomes exactly one.
"""

import re
import unicodedata
from enum import StrEnum
from typing import Final

from suanbei.common.texts import Text

GAP = "[ \n]"
"""A regular expression for what `normalised` leaves of white space and invisible characters."""

_LINE_ENDS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
# Beside Unicode's own dashes: minus, bullet, box line, and what PDFium (Chrome's viewer too)
# gives for a dash at the end of a line, together with the line break it swallows.
_DASHES = "\u2212\u2043\u2500\ufffe\x02"
_DOTS = "·•‧∙⋅・･˙"
_APOSTROPHES = "\u2018\u2019\u201b`\u00b4\u2032\u02b9\u02bc\uff40"
_SHOWN = _DOTS + _APOSTROPHES
TRADITIONAL = {"網": "网", "備": "备", "號": "号", "編": "编", "證": "证"}
"""As Taiwan and Hong Kong write the words around a number."""
_LONG_LOWER = {"\u0130": "i"}  # the one character whose lower case is two
_PLANES = 0x20000  # decimal digits and format characters live in the first two planes
_TAGS = range(0xE0001, 0xE0080)
_BY_CATEGORY = {"Zs": " ", "Cf": " ", "Cc": " ", "Pd": "-"}


class _Foldings(dict[int, str]):
    """Code point to the one character it is read as; worked out when a character is first met."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if code >= _PLANES and code not in _TAGS:
            return char  # not kept: nobody's text may fill the memory
        category = unicodedata.category(char)
        folded = str(unicodedata.decimal(char)) if category == "Nd" else char
        return self.setdefault(code, _BY_CATEGORY.get(category, folded))


def _chosen() -> dict[int, str]:
    """What is folded by our choice, whatever Unicode says of it."""
    table = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    for variants, plain in ((_LINE_ENDS, "\n"), (_DASHES, "-"), (_DOTS, "."), (_APOSTROPHES, "'")):
        table |= {ord(char): plain for char in variants}
    return table | {ord(char): plain for char, plain in (TRADITIONAL | _LONG_LOWER).items()}


_FOLDINGS = _Foldings(_chosen())


def normalised(text: str) -> str:
    """The text folded for reading, with the same length: offsets fit the original.

    White space, control and format characters become a space, line ends a line feed, and so do
    the marks of quoted mail (`> `) at the beginning of a line.
    """
    viewed = text.translate(_FOLDINGS).lower()
    if "\n" in viewed and ">" in viewed:
        viewed = _QUOTED.sub(lambda marks: " " * len(marks[0]), viewed)
    return viewed


_QUOTED = re.compile("(?<=\n)[ >]*>")


def strip_gaps(viewed: str) -> str:
    """A normalised text without its gaps: the form that two spellings of one thing share."""
    return viewed.replace(" ", "").replace("\n", "")


def comparison_key(text: str) -> str:
    """The comparison form of any text: folded, without white space and invisible characters."""
    return strip_gaps(normalised(text))


def display_form(raw: str) -> str:
    """A raw slice for people: narrow, one dash, no gaps; case, dots, apostrophes kept."""
    if raw.isascii() and raw.isprintable() and " " not in raw:
        return raw
    seen = zip(raw, normalised(raw), strict=True)  # knows the marks of quoted mail, too
    kept = (char for char, viewed in seen if viewed not in " \n")
    return "".join(char if char in _SHOWN else _FOLDINGS[ord(char)] for char in kept)


class Repair(StrEnum):
    """How the text differs from the number as published."""

    FULL_WIDTH = "full_width"
    TRADITIONAL = "traditional"
    LINE_BREAK = "line_break"
    INNER_SPACE = "inner_space"
    INVISIBLE = "invisible"
    PUNCTUATION = "punctuation"
    LOOK_ALIKE = "look_alike"
    NUMERALS = "numerals"
    GLUED = "glued"
    MISSING_PREFIX = "missing_prefix"
    MISSING_SUFFIX = "missing_suffix"


REPAIR_TEXTS: Final[dict[Repair, Text]] = {
    Repair.FULL_WIDTH: Text("全角或其他形式的字符", "full-width or other forms of characters"),
    Repair.TRADITIONAL: Text("繁体字", "traditional characters"),
    Repair.LINE_BREAK: Text("编号中有换行", "a line break inside the number"),
    Repair.INNER_SPACE: Text("编号中有空格", "spaces inside the number"),
    Repair.INVISIBLE: Text("编号中有不可见字符", "invisible characters inside the number"),
    Repair.PUNCTUATION: Text(
        "标点与公布的不同", "punctuation that differs from the published form"
    ),
    Repair.LOOK_ALIKE: Text(
        "形似数字的字母已读作数字", "letters read as the digits they look like"
    ),
    Repair.NUMERALS: Text("汉字或带圈数字已读作数字", "Chinese or circled numerals read as digits"),
    Repair.GLUED: Text("编号后面紧跟着下文的数字", "followed directly by other digits"),
    Repair.MISSING_PREFIX: Text("缺少“网信算备”", "the prefix 网信算备 is missing"),
    Repair.MISSING_SUFFIX: Text("缺少“号”", "the closing 号 is missing"),
}
"""What was repaired in order to read a number."""


def spelling_repairs(raw: str, viewed: str) -> list[Repair]:
    """What had to be normalised in a slice: widths, scripts, gaps, unseen characters, dashes.

    Lower case is no repair: numbers are compared without case.
    """
    pairs = set(zip(raw, viewed, strict=True))
    changed = {char for char, folded in pairs if char.lower() != folded}
    gaps = {char for char, folded in pairs if folded == " "}
    repairs = {
        Repair.LINE_BREAK: "\n" in viewed,
        Repair.INNER_SPACE: any(char.isspace() for char in gaps),
        Repair.INVISIBLE: not all(char.isspace() for char in gaps),
        Repair.TRADITIONAL: not changed.isdisjoint(TRADITIONAL),
        Repair.FULL_WIDTH: any(char.isalnum() for char in changed.difference(TRADITIONAL)),
        Repair.PUNCTUATION: any(folded == "-" for char, folded in pairs if char in changed),
    }
    return [repair for repair, is_needed in repairs.items() if is_needed]
