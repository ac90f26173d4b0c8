"""Rows in, the cells of their verdicts out."""

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any

from suanbei.common.texts import Language, Text
from suanbei.registry.verify.judgement import Pair
from suanbei.registry.verify.render import ResultRow as Outcome
from suanbei.search_api.bulk.judging import Answer, Judging, Label

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
    "brand": Text("品牌", "brand"),
    "similar": Text("相近", "similar"),
    "unclear": Text("无法判断", "unclear"),
    "different": Text("不一致", "different"),
    "": Text("", ""),
}
MOST_KEPT = 50_000
"""Different questions whose answers are kept in memory."""


def added_headers(language: Language) -> list[str]:
    """The titles of the columns that are added."""
    return [title.say(language) for title in HEADERS]


def added_words(language: Language) -> dict[str, str]:
    """What codes are called in the columns that are added."""
    return {code: text.say(language) for code, text in WORDS.items()}


def added_cells(outcome: Outcome, words: Mapping[str, str]) -> list[str]:
    """The cells of one row."""
    verdict, number, entity, match, *rest = outcome
    return [words[verdict], number, entity, words[match], *rest]


_Slot = list[Answer]
"""Where an answer is put when it is there."""


class _Kept(dict[Pair, _Slot]):
    """Questions with their slots. What is asked for and not there yet is taken from `older`, or is
    new: put at the end of `questions`, and its slot of `slots`."""

    def __init__(self, older: Mapping[Pair, _Slot]) -> None:
        super().__init__()
        self._older = older
        self.questions: list[Pair] = []
        self.slots: list[_Slot] = []

    def __missing__(self, pair: Pair) -> _Slot:
        slot = self._older.get(pair)
        if slot is None:
            slot = []
            self.questions.append(pair)
            self.slots.append(slot)
        self[pair] = slot
        return slot


class Answers:
    """The answers to questions, each put once; those of late are kept.

    Questions may be asked before the answers to earlier ones are taken. `counts` tells how often
    each (verdict, company match) was given.
    """

    def __init__(self, judging: Judging) -> None:
        self._judging = judging
        self._kept = _Kept({})
        self._asked: deque[tuple[list[_Slot], list[_Slot]]] = deque()
        self.counts: Counter[Label] = Counter()

    def ask(self, pairs: Sequence[Pair]) -> None:
        """Put those of the questions that are new."""
        if len(self._kept) > MOST_KEPT // 2:
            self._kept = _Kept({**self._kept})  # a copy, which does not keep those before it
        slots = [*map(self._kept.__getitem__, pairs)]
        new, self._kept.slots = self._kept.slots, []
        if new:
            self._judging.ask(self._kept.questions)
            self._kept.questions = []
        self._asked.append((new, slots))

    def take(self) -> list[Any]:
        """The answer to each of the questions that were asked first, in order."""
        new, slots = self._asked.popleft()
        if new:
            for slot, answer in zip(new, self._judging.answer(), strict=True):
                slot.append(answer)
        answers = [*chain.from_iterable(slots)]
        self.counts.update(map(itemgetter(1), answers))
        return [*map(itemgetter(0), answers)]
