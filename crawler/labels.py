"""Rules for the texts of pages: labels, ordinals and dates."""

import re
from datetime import date

_SPACES = re.compile(r"[\s\u200b\ufeff]+")
_BETWEEN_WORDS = re.compile(r"(?<=[A-Za-z])\x00(?=[A-Za-z0-9])|(?<=[0-9])\x00(?=[A-Za-z])")
_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_NUMERAL = r"[零〇一二两三四五六七八九十百]{1,5}|[0-9]{1,3}"
_BATCH = re.compile(rf"第({_NUMERAL})批")
_ATTACHMENT = re.compile(rf"附件[:：]?({_NUMERAL})(?![0-9年月])")
_DATE = re.compile(r"(20\d\d)\s*[年./-]\s*(\d{1,2})\s*[月./-]\s*(\d{1,2})")


def joined(text: str) -> str:
    """A text that was broken over tags and spaced unevenly, as one label.

    Spaces (of any kind) stay only between Latin words: `2026年 3月` is one label with `2026年3月`.
    """
    marked = _SPACES.sub("\x00", text.replace("\x00", " ").strip())
    return _BETWEEN_WORDS.sub(" ", marked).replace("\x00", "")


def ordinal_of(title: str, label: str) -> int | None:
    """N of 第N批 in a notice's title or a label, else of 附件N in the label."""
    found = _BATCH.search(title) or _BATCH.search(label)
    if found is None:
        numbers = _ATTACHMENT.findall(label)
        return number_of(numbers[-1]) if numbers else None
    return number_of(found[1])


def number_of(numeral: str) -> int | None:
    """A numeral below a thousand, Arabic or Chinese (十六, 二十, 一百零三); None if it is none."""
    if numeral.isascii():
        return int(numeral) if numeral.isdigit() else None
    total, digit = 0, None
    for sign in numeral:
        if sign in "十百":
            total += (1 if digit is None else digit) * (10 if sign == "十" else 100)
            digit = None
        elif sign in _DIGITS:
            digit = _DIGITS[sign]
        else:
            return None
    return total + (digit or 0)


def date_of(text: str) -> date | None:
    """The first date of a text (2026年03月12日, 2026-03-12 10:00); None without a real one."""
    found = _DATE.search(text)
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None
