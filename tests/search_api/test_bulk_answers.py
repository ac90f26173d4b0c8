"""Questions of a table put once each: whatever recurs, however far asking is ahead of answering."""

from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suanbei.registry.verify import Pair
from suanbei.search_api.bulk import checker
from suanbei.search_api.bulk.checker import Answers
from suanbei.search_api.bulk.judging import Answer, Shape

blocks = st.lists(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from(["", "x"]))))


class Echo:
    """Answers with the question; remembers what it was asked."""

    ahead = 3

    def __init__(self) -> None:
        self.asked: list[Pair] = []
        self._waiting: list[list[Answer]] = []

    def begin(self, shape: Shape) -> None:
        """Nothing: questions are answered as they are."""

    def ask(self, pairs: Sequence[Pair]) -> None:
        self.asked += pairs
        self._waiting.append([("".join(pair), pair) for pair in pairs])

    def answer(self) -> list[Answer]:
        return self._waiting.pop(0)


@given(blocks=blocks, ahead=st.integers(1, 4), most=st.sampled_from([2, 8, 100]))
def test_every_question_has_its_own_answer(blocks: list[list[Pair]], ahead: int, most: int) -> None:
    """In the order of the rows, also when answers are forgotten while others are waited for."""
    judge = Echo()
    answers = Answers(judge)
    given_answers = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checker, "MOST_KEPT", most)
        for place, block in enumerate(blocks):
            answers.ask(block)
            if place >= ahead:
                given_answers.append(answers.take())
        while len(given_answers) < len(blocks):
            given_answers.append(answers.take())
    assert given_answers == [["".join(pair) for pair in block] for block in blocks]
    assert answers.counts == Counter(pair for block in blocks for pair in block)
    if most == 100:
        assert len(judge.asked) == len(set(judge.asked))
