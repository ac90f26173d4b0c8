"""Rows in, the cells of their verdicts out."""

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import count
from typing import Generic, TypeVar

from registry.language import Language, Text
from registry.verify.bulk import BulkJudge, Outcome, Pair

T = TypeVar("T")
HEADERS = (
    Text("核对结果", "verdict"),
    Text("识别的编号", "number_read"),
    Text("备案主体", "registrant"),
    Text("公司核对", "company_match"),
    Text("理由", "reason"),
    Text("清单", "list"),
    Text("公布日期", "list_date"),
    Text("证据", "evidence"),
)
"""The columns that are added."""

WORDS = {
    "active": Text("有效", "active"),
    "deregistered": Text("已注销", "deregistered"),
    "not_listed": Text("未列入清单", "not_listed"),
    "malformed": Text("编号不合规则", "malformed"),
    "no_number": Text("无备案编号", "no_number"),
    "exact": Text("一致", "exact"),
    "former_name": Text("曾用名", "former_name"),
    "similar": Text("相近", "similar"),
    "different": Text("不一致", "different"),
    "": Text("", ""),
}
MOST_KEPT = 100_000
"""Different questions whose answers are kept in memory."""


def added_headers(language: Language) -> list[str]:
    """The titles of the columns that are added."""
    return [title.say(language) for title in HEADERS]


def added_cells(outcome: Outcome, language: Language) -> list[str]:
    """The cells of one row."""
    words = _SAID[language]
    verdict, number, entity, match, *rest = outcome
    return [words[verdict], number, entity, words[match], *rest]


_SAID = {
    language: {code: text.say(language) for code, text in WORDS.items()} for language in Language
}


class Answers(Generic[T]):
    """The answers to questions, each put once; `shape` makes of an outcome what is kept of it.

    `counts` tells how often each (verdict, company match) was given.
    """

    def __init__(self, judge: BulkJudge, shape: Callable[[Outcome], T]) -> None:
        self._judge = judge
        self._shape = shape
        self._places: dict[Pair, int] = {}
        self._shapes: list[T] = []
        self._labels: list[tuple[str, str]] = []
        self.counts: Counter[tuple[str, str]] = Counter()

    def __call__(self, pairs: Sequence[Pair]) -> list[T]:
        """The answer to each question, in order."""
        if len(self._places) > MOST_KEPT:
            self._places.clear()
            self._shapes.clear()
            self._labels.clear()
        found = [*map(self._places.get, pairs)]
        missing = [row for row, place in enumerate(found) if place is None]
        if missing:
            self._ask(list(dict.fromkeys([pairs[row] for row in missing])))
            for row in missing:
                found[row] = self._places[pairs[row]]
        places = [place for place in found if place is not None]
        for place, times in Counter(places).items():
            self.counts[self._labels[place]] += times
        return [*map(self._shapes.__getitem__, places)]

    def _ask(self, pairs: Sequence[Pair]) -> None:
        outcomes = self._judge.judge(pairs)
        self._places.update(zip(pairs, count(len(self._shapes)), strict=False))
        self._shapes += map(self._shape, outcomes)
        self._labels += [(outcome.verdict, outcome.match) for outcome in outcomes]
