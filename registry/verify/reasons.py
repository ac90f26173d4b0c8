"""A reason of a verdict: a stable code with its values, put into words when it is shown."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

from suanbei.common.dates import day_in_beijing
from suanbei.common.texts import Language, Text
from suanbei.registry.cells.vocabulary import SERIES_TITLES, Series
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
    _said: dict[Language, str] = field(default_factory=dict, init=False, repr=False, compare=False)
    """Its words as they were said before: judgements share reasons."""

    def say(self, language: Language) -> str:
        """The reason in words.

        Raises:
            KeyError: no such code, or a value is missing.
        """
        if language not in self._said:
            self._said[language] = REASON_TEXTS[self.code].say(language, **self.values)
        return self._said[language]


@lru_cache(maxsize=32_768)
def shared_reason(code: str, /, **values: str | int) -> Reason:
    """A reason that many rows of a table have: it is put into words once."""
    return Reason(code, values)


class Phrase(NamedTuple):
    """A text in both languages with the values that fill it."""

    text: Text
    values: Mapping[str, Value]

    def say(self, language: Language, /) -> str:
        """The text in one language, filled in."""
        return self.text.say(language, **self.values)


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


class ListedRow(NamedTuple):
    """A row of a list: the list by its title and the day it was published where that is known, the
    place by its 序号 as printed, else by page and row of the table."""

    listing: Mapping[str, Any]
    with_place: bool = True

    def say(self, language: Language, /) -> str:
        """《title》（2023-06-20 公布）第 17 项（第 3 页）."""
        listing, date, page = self.listing, self.listing["published_on"], self.listing["page"]
        title = (_LIST_DATED if date else _LIST).say(language, title=listing["title"], date=date)
        if not self.with_place:
            return title
        if seq := listing["published"]["seq"].strip():
            return title + (_SEQ_PAGE if page else _SEQ).say(language, seq=seq, page=page)
        return title + (_ROW_PAGE if page else _ROW).say(language, row=listing["row"], page=page)


def series_names(series: Iterable[str]) -> Joined:
    """Registers by name."""
    return Joined("clause", [SERIES_TITLES[Series(one)] for one in series])


_NEWEST = Text("{series}：截至 {newest}", "{series}: up to {newest}")
_NEWEST_CHECKED = Text(
    "{series}：截至 {newest}，{date} 检查", "{series}: up to {newest}, checked {date}"
)
_NO_LIST = Text("{series}：尚无清单", "{series}: no list yet")


def covered(coverage: Mapping[str, Any], series: Iterable[str]) -> Joined:
    """What an answer rests on: the newest list of each register, and when it was last checked."""
    told = []
    for one in series:
        newest, checked = coverage[one]["newest"], coverage[one]["checked_at"]
        text = (_NEWEST_CHECKED if checked else _NEWEST) if newest else _NO_LIST
        date = day_in_beijing(checked) if checked else ""
        values = {"series": SERIES_TITLES[Series(one)], "newest": newest or "", "date": date}
        told.append(Phrase(text, values))
    return Joined("clause", told)
