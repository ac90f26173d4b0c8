"""A reason of a verdict: a stable code with its values, put into words when it is shown."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from suanbei.common.dates import day_in_beijing
from suanbei.common.texts import Language, Text
from suanbei.registry.cells.vocabulary import SERIES_TITLES, Series, gap_text, series_title
from suanbei.registry.verify.reason_texts import REASON_TEXTS


class Sayable(Protocol):
    """A value that is worded differently in each language."""

    def say(self, language: Language, /) -> str:
        """The value in words."""


Value = str | int | Sayable


@dataclass(slots=True)
class Reason:
    """Why a verdict is what it is. `code` is one of `REASON_TEXTS`, `values` fill its text."""

    code: str
    values: Mapping[str, Value] = field(default_factory=dict)
    _said: str = field(default="", init=False, repr=False, compare=False)
    _language: Language | None = field(default=None, init=False, repr=False, compare=False)
    """Its words as they were said last: judgements share reasons."""

    def say(self, language: Language) -> str:
        """The reason in words.

        Raises:
            KeyError: no such code, or a value is missing.
        """
        if self._language is not language:
            self._said = REASON_TEXTS[self.code].say(language, **self.values)
            self._language = language
        return self._said


class Phrase(NamedTuple):
    """A text in both languages with the values that fill it."""

    text: Text
    values: Mapping[str, Value]

    def say(self, language: Language, /) -> str:
        """The text in one language, filled in."""
        return self.text.say(language, **self.values)


class Count(NamedTuple):
    """A small number as a word in English (six), as a figure in Chinese."""

    value: int

    def say(self, language: Language, /) -> str:
        """The number in words."""
        if language is Language.EN and self.value < len(_SMALL):
            return _SMALL[self.value]
        return f" {self.value} " if language is Language.ZH else f"{self.value}"


_SMALL = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
          "eleven", "twelve"]  # fmt: skip

_SIGNS = {"comma": Text("、", ", "), "clause": Text("；", "; ")}


class Joined(NamedTuple):
    """Several values in one, with a sign between them: `comma` or `clause`."""

    sign: str
    parts: Sequence[Value]

    def say(self, language: Language, /) -> str:
        """All of them in words."""
        parts = [
            str(one) if isinstance(one, str | int) else one.say(language) for one in self.parts
        ]
        return _SIGNS[self.sign].say(language).join(parts)


_LIST = Text("《{title}》", "“{title}”")
_LIST_DATED = Text("《{title}》（{date} 公布）", "“{title}” (published {date})")
_SEQ = Text("第 {seq} 项", ", no. {seq}")
_SEQ_PAGE = Text("第 {seq} 项（第 {page} 页）", ", no. {seq} (page {page})")
_ROW = Text("表格第 {row} 行", ", table row {row}")
_ROW_PAGE = Text("第 {page} 页，表格第 {row} 行", ", page {page}, table row {row}")


class ListName(NamedTuple):
    """A list by its title, with the day it was published where that is known."""

    listing: Mapping[str, Any]

    def say(self, language: Language, /) -> str:
        """《title》（2023-06-20 公布）."""
        title, date = self.listing["title"], self.listing["published_on"]
        return (_LIST_DATED if date else _LIST).say(language, title=title, date=date)


class Place(NamedTuple):
    """Where in a list a row stands: by its 序号 as printed, else by page and row of the table."""

    listing: Mapping[str, Any]

    def say(self, language: Language, /) -> str:
        """第 17 项（第 3 页）."""
        seq, page = self.listing["published"]["seq"].strip(), self.listing["page"]
        if seq:
            return (_SEQ_PAGE if page else _SEQ).say(language, seq=seq, page=page)
        return (_ROW_PAGE if page else _ROW).say(language, row=self.listing["row"], page=page)


def series_names(series: Iterable[str]) -> Joined:
    """Registers by name."""
    return Joined("clause", [SERIES_TITLES[Series(one)] for one in series])


_NEWEST = Text("{series}：截至 {newest}", "{series}: up to {newest}")
_NEWEST_CHECKED = Text(
    "{series}：截至 {newest}，{date} 核对", "{series}: up to {newest}, checked {date}"
)
_NO_LIST = Text("{series}：尚无清单", "{series}: no list yet")


class Covered(NamedTuple):
    """What an answer rests on: the newest list of each register, and when it was last checked."""

    coverage: Mapping[str, Any]
    series: Sequence[str]

    def say(self, language: Language, /) -> str:
        """深度合成服务算法备案：截至 2026-08，2026-11-29 核对."""
        parts = [self._one(series, language) for series in self.series]
        return _SIGNS["clause"].say(language).join(parts)

    def _one(self, series: str, language: Language) -> str:
        covered, name = self.coverage[series], series_title(series, language)
        newest, checked = covered["newest"], covered["checked_at"]
        if not newest:
            return _NO_LIST.say(language, series=name)
        if not checked:
            return _NEWEST.say(language, series=name, newest=newest)
        date = day_in_beijing(checked)
        return _NEWEST_CHECKED.say(language, series=name, newest=newest, date=date)


class GapWords(NamedTuple):
    """Something that is known to be missing (`coverage.missing`)."""

    gap: dict[str, Any]

    def say(self, language: Language, /) -> str:
        """序号 263 缺失."""
        return gap_text(self.gap, language)
