"""What series and lists are called by people."""

from suanbei.common.numerals import chinese_numeral
from suanbei.common.texts import Language, Text
from suanbei.registry.cells.series import Series, series_title

_NUMBERED = Text("第{ordinal}批{series}", "{series}, batch {ordinal} ({period})")
_DATED = Text("{series}（{period}）", "{series} ({period})")


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
