"""The text rules: what every published string looks like once it has been read.

1. Unicode NFC.
2. No control, format or zero-width characters.
3. Runs of white space (full-width and no-break spaces too) become one space; none at the ends.
4. A break inside a cell is layout, not space: it goes without a trace.

Brackets, quotes, dashes and middle dots stay as published, and so do the Kangxi radicals that some
published rows have for characters (⽤ for 用): they are in the DOCX of the list too. U+FFFD stands
for a letter that the document does not name (a PDF font without Unicode). Readers mark breaks with
`BREAK`; a reader that can tell that a space was lost at a break (PDF only) marks it with
`LOST_SPACE`.
"""

import re
import unicodedata

BREAK = "\n"
"""A line or paragraph end inside a cell."""

LOST_SPACE = "\u2028"
"""A line end that stands for a space, by the evidence of the page."""

_PLAIN = re.compile(r"[!-~、。《-】〔-〞一-鿋！-～“”‘’·—…]*")
_BREAKS = re.compile(r"[\n\v\f\r\x85\u2029]+")
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5"
    r"\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
    r"\ufff0-\ufffc\ufffe\uffff\ud800-\udfff]"
    r"|[\U000e0000-\U000e0fff]"
)
_SPACES = re.compile(r"\s+")


def clean(text: str) -> str:
    """Apply the text rules to one published string."""
    if _PLAIN.fullmatch(text):
        return text
    text = _INVISIBLE.sub("", _BREAKS.sub("", text))
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()


def solid(text: str) -> str:
    """The text rules for what never holds a space: 序号, numbers and dates."""
    return clean(text.replace(LOST_SPACE, BREAK))


def bare(text: str) -> str:
    """A text without any white space, for comparing headers and titles."""
    return clean(text).replace(" ", "")
