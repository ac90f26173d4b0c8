"""Recall over every filing published: whatever run of characters is typed, its filings are found.

An engine looks for a longer fragment by its parts, and finds who has them one behind the other. So it
is enough that every run of two finds everybody who has it, and that the longest runs there are, the
texts themselves, do. `python -m bench recall` asks for each of the 2.5 million different runs.
"""

from collections.abc import Iterable

import pytest

from bench.frame.published import PublishedText, Wanted, found, having, published
from suanbei.registry.database import Database
from suanbei.search_api.search.documents import Field
from suanbei.search_api.search.engine import Engine

Published = list[PublishedText]


@pytest.fixture(scope="module")
def texts(real: tuple[Database, Engine]) -> Published:
    return published(real[0])


def missed(engine: Engine, wanted: Iterable[tuple[int, Field, str]]) -> list[tuple[Wanted, int]]:
    """Fragments with how many of their filings are not found."""
    expected = having(wanted)
    answers = zip(expected.items(), found(engine, list(expected)), strict=True)
    return [(one, len(ids - got)) for (one, ids), got in answers if not ids <= got]


@pytest.mark.timeout(1800)  # 100,000 questions, on a machine that may be busy
def test_every_run_of_two_characters(real: tuple[Database, Engine], texts: Published) -> None:
    """Letters, digits, Chinese, signs, and any mixture of them, in every field."""
    runs = [
        (one.id, one.field, run)
        for one in texts
        for start in range(max(1, len(one.text) - 1))
        if (run := one.typed(start, start + 2))
    ]
    assert len(runs) > 300_000
    assert missed(real[1], runs) == []


def test_every_text_in_whole(real: tuple[Database, Engine], texts: Published) -> None:
    """The longest run of all, which has every other one in it."""
    wholes = [(one.id, one.field, one.typed()) for one in texts if one.text]
    assert missed(real[1], wholes) == []
