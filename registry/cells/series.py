"""The registers that CAC publishes, and what people call them."""

from enum import StrEnum
from typing import Final

from suanbei.common.texts import Language, Text


class Series(StrEnum):
    """A register that CAC publishes, split where one document holds two tables."""

    ALGORITHM = "algorithm"
    DEEP_SYNTHESIS = "deep_synthesis"
    GENAI_FILING = "genai_filing"
    GENAI_REGISTRATION = "genai_registration"
    DEREGISTRATION = "deregistration"


ALGORITHM_SERIES: Final = (Series.ALGORITHM, Series.DEEP_SYNTHESIS)
GENAI_SERIES: Final = (Series.GENAI_FILING, Series.GENAI_REGISTRATION)

SERIES_TITLES: Final = {
    Series.ALGORITHM: Text("互联网信息服务算法备案", "Algorithm filings"),
    Series.DEEP_SYNTHESIS: Text("深度合成服务算法备案", "Deep-synthesis algorithm filings"),
    Series.GENAI_FILING: Text("生成式人工智能服务备案", "Generative-AI filings"),
    Series.GENAI_REGISTRATION: Text("生成式人工智能服务登记", "Generative-AI registrations"),
    Series.DEREGISTRATION: Text("算法备案注销公告", "Deregistrations"),
}

SERIES_NAMES: Final = {
    series: Text(title.zh, title.en.removesuffix("s")) for series, title in SERIES_TITLES.items()
}
"""One filing of a register, or the register itself: English says it in the singular."""


def series_title(series: str, language: Language) -> str:
    """A series for people; a series nobody knows is called by its own name."""
    return SERIES_TITLES[Series(series)].say(language) if series in tuple(Series) else series
