"""Rows in, the cells of their verdicts out."""

from collections import Counter
from collections.abc import Sequence
from itertools import count
from typing import Any

from registry.language import Language, Text
from registry.verify.bulk import Outcome, Pair
from search_api.bulk.judging import Answer, Judging

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


class Answers:
    """The answers to questions, each put once.

    `counts` tells how often each (verdict, company match) was given.
    """

    def __init__(self, judging: Judging) -> None:
        self._judging = judging
        self._places: dict[Pair, int] = {}
        self._kept = Answer([], [])
        self._asked: list[int] = []
        self._is_waiting = False
        self.counts: Counter[tuple[str, str]] = Counter()

    def ask(self, pairs: Sequence[Pair]) -> None:
        """Put the questions that are new; what was asked before must have been taken."""
        if len(self._places) > MOST_KEPT:
            self._places.clear()
            self._kept = Answer([], [])
        known = self._places
        missing = [*{pair: None for pair in pairs if pair not in known}]
        known.update(zip(missing, count(len(known)), strict=False))
        self._asked = [*map(known.__getitem__, pairs)]
        self._is_waiting = bool(missing)
        if missing:
            self._judging.ask(missing)

    def take(self) -> list[Any]:
        """The answer to each question that was asked, in order."""
        shapes, labels = self._kept
        if self._is_waiting:
            more = self._judging.answer()
            shapes += more.shapes
            labels += more.labels
        for place, times in Counter(self._asked).items():
            self.counts[labels[place]] += times
        return [*map(shapes.__getitem__, self._asked)]
