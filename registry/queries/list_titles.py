"""What series and lists are called by people."""

from suanbei.common.texts import Language, Text
from suanbei.registry.importing.published import Series

SERIES_TITLES = {
    Series.ALGORITHM: Text("互联网信息服务算法备案", "Algorithm filings"),
    Series.DEEP_SYNTHESIS: Text("深度合成服务算法备案", "Deep-synthesis algorithm filings"),
    Series.GENAI_FILING: Text("生成式人工智能服务备案", "Generative-AI filings"),
    Series.GENAI_REGISTRATION: Text("生成式人工智能服务登记", "Generative-AI registrations"),
    Series.DEREGISTRATION: Text("算法备案注销公告", "Deregistrations"),
}

_NUMBERED = Text("第{ordinal}批{series}", "{series}, batch {ordinal} ({period})")
_DATED = Text("{series}（{period}）", "{series} ({period})")
_DIGITS = "零一二三四五六七八九"


def series_title(series: str, language: Language) -> str:
    """A series for people; a series nobody knows is called by its own name."""
    return SERIES_TITLES[Series(series)].say(language) if series in tuple(Series) else series


def list_title(series: str, period: str, ordinal: int | None, language: Language) -> str:
    """A list for people: 第十七批深度合成服务算法备案, 生成式人工智能服务备案（2026年6月）.

    Only the batches of deep synthesis bear a number; other lists are known by their month.
    """
    title = series_title(series, language)
    if ordinal and series == Series.DEEP_SYNTHESIS:
        number = chinese_numeral(ordinal) if language is Language.ZH else ordinal
        return _NUMBERED.say(language, ordinal=number, series=title, period=period)
    return _DATED.say(language, series=title, period=month_text(period, language))


def month_text(period: str, language: Language) -> str:
    """`2026-06` for people: 2026年6月 in Chinese, as it is in English."""
    year, _, month = period.partition("-")
    return f"{year}年{int(month)}月" if language is Language.ZH and month.isdecimal() else period


def chinese_numeral(number: int) -> str:
    """A number below a hundred in Chinese, digits for others.

    >>> [chinese_numeral(n) for n in (1, 10, 17, 20, 45)]
    ['一', '十', '十七', '二十', '四十五']
    """
    if not 0 < number < 100:
        return str(number)
    tens, ones = divmod(number, 10)
    head = {0: "", 1: "十"}.get(tens, _DIGITS[tens] + "十")
    return head + (_DIGITS[ones] if ones else "")
