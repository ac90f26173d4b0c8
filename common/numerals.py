"""Chinese numerals, read and written."""

_DIGITS = "零一二三四五六七八九"
_VALUES = {sign: value for value, sign in enumerate(_DIGITS)} | {"〇": 0, "两": 2}
NUMERAL = r"[零〇一二两三四五六七八九十百]{1,5}|[0-9]{1,3}"
"""A regular expression for numerals below a thousand, Arabic or Chinese."""


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
