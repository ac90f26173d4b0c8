"""Dates and numerals as they are published and kept.

Days that people read are Beijing's, kept moments are UTC.
"""

import re
import unicodedata
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")

_DATE = re.compile(r"(20\d\d)\s*[年/.\-]\s*(\d{1,2})\s*[月/.\-]\s*(\d{1,2})")
_MONTH = re.compile(r"(20\d\d)\s*年\s*(\d{1,2})\s*月")
_ANY_MONTH = re.compile(r"(20\d\d)\s*[年/.\-]\s*(\d{1,2})(?!\d)")

_DIGITS = "零一二三四五六七八九"
_VALUES = {sign: value for value, sign in enumerate(_DIGITS)} | {"〇": 0, "两": 2}
NUMERAL = r"[零〇一二两三四五六七八九十百]{1,5}|[0-9]{1,3}"
"""A regular expression for numerals below a thousand, Arabic or Chinese."""


def day_in_beijing(moment: str) -> str:
    """The day (`YYYY-MM-DD`) that an RFC 3339 moment falls on in Beijing.

    >>> day_in_beijing("2026-11-25T22:38:11Z")
    '2026-11-26'
    """
    return datetime.fromisoformat(moment).astimezone(BEIJING).date().isoformat()


def rfc3339(moment: datetime | None) -> str | None:
    """`2026-03-12T08:00:00Z`; None for None."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def date_of(text: str) -> date | None:
    """The first date of a text (2026年03月12日, 2026-03-12 10:00); None without a real one."""
    found = _DATE.search(text)
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


def iso_date(text: str) -> str:
    """The first date of a text as `YYYY-MM-DD`; empty if there is none (2026年5月 names no day).

    >>> iso_date("2023/8/31（补登）")
    '2023-08-31'
    """
    day = date_of(text)
    return day.isoformat() if day else ""


def period_of(text: str) -> str:
    """The first `YYYY年M月` of a text as `YYYY-MM`; empty if there is none."""
    return _period(_MONTH.search(text))


def period_of_date(text: str) -> str:
    """The `YYYY-MM` of a published date: 2026年7月, 2026年7月3日, 2026/7/3, 2026-07; empty if none.

    >>> [period_of_date(text) for text in ("2026年7月", "2026/7/3", "2026-07", "7月")]
    ['2026-07', '2026-07', '2026-07', '']
    """
    plain = unicodedata.normalize("NFKC", text)
    return period_of(plain) or _period(_ANY_MONTH.search(plain))


def _period(found: re.Match[str] | None) -> str:
    return f"{found[1]}-{int(found[2]):02d}" if found and 1 <= int(found[2]) <= 12 else ""


def number_of(numeral: str) -> int | None:
    """A numeral below a thousand, Arabic or Chinese; None if it is none.

    >>> [number_of(text) for text in ("16", "十六", "二十", "一百零三", "甲")]
    [16, 16, 20, 103, None]
    """
    if numeral.isascii():
        return int(numeral) if numeral.isdigit() else None
    total, digit = 0, None
    for sign in numeral:
        if sign in "十百":
            total += (1 if digit is None else digit) * (10 if sign == "十" else 100)
            digit = None
        elif sign in _VALUES:
            digit = _VALUES[sign]
        else:
            return None
    return total + (digit or 0)


def chinese_numeral(number: int) -> str:
    """A number below a hundred in Chinese, digit by digit for others.

    >>> [chinese_numeral(n) for n in (1, 10, 17, 20, 45, 103)]
    ['一', '十', '十七', '二十', '四十五', '一零三']
    """
    if not 0 < number < 100:
        return "".join(_DIGITS[int(digit)] for digit in str(max(number, 0)))
    tens, ones = divmod(number, 10)
    head = {0: "", 1: "十"}.get(tens, _DIGITS[tens] + "十")
    return head + (_DIGITS[ones] if ones else "")
