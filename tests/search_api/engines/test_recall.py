"""Recall over every filing published: whatever run of characters is typed, its filings are found.

An engine looks for a longer fragment by its parts: who has all of them is looked at in the stored
text (embedded), or has them one behind the other (Meilisearch). So it is enough that every run of
two finds everybody who has it, that every common fragment does, and that the texts are stored whole.
That nothing else is between is seen in the longest runs there are, the texts themselves.
`python -m bench recall` asks for each of the 2.5 million different runs.
"""

from collections.abc import Iterable
from functools import cache

import pytest

from bench.frame.published import Wanted, found, having, published
from suanbei.registry.database import Database
from suanbei.search_api.search.documents import Field, IndexDocument, read_documents
from suanbei.search_api.search.engine import Engine
from suanbei.search_api.search.sqlite import SqliteEngine
from suanbei.search_api.search.sqlite.segment import Segment
from suanbei.search_api.search.terms import Terms
from suanbei.search_api.search.text import mark

Published = list[tuple[int, Field, str]]


@pytest.fixture(scope="module")
def texts(real: tuple[Database, Engine]) -> Published:
    return published(real[0])


@cache
def typed(text: str) -> str:
    """What is looked for when this is typed."""
    return Terms(text).whole


def missed(engine: Engine, wanted: Iterable[tuple[int, Field, str]]) -> list[tuple[Wanted, int]]:
    """Fragments with how many of their filings are not found."""
    expected = having(wanted)
    answers = zip(expected.items(), found(engine, list(expected)), strict=True)
    return [(one, len(ids - got)) for (one, ids), got in answers if not ids <= got]


def test_every_run_of_two_characters(real: tuple[Database, Engine], texts: Published) -> None:
    """Letters, digits, Chinese, signs, and any mixture of them, in every field."""
    runs = [
        (one, field, typed(text[start : start + 2]))
        for one, field, text in texts
        for start in range(max(1, len(text) - 1))
        if text[start : start + 2].strip()
    ]
    assert len(runs) > 300_000
    assert missed(real[1], runs) == []


def test_every_text_in_whole(real: tuple[Database, Engine], texts: Published) -> None:
    """The longest run of all, which has every other one in it."""
    wholes = [(one, field, typed(text)) for one, field, text in texts if text]
    assert missed(real[1], wholes) == []


def test_every_common_fragment(real: tuple[Database, Engine]) -> None:
    """What is not looked for but noted when the index is built names just those who have it."""
    segment, documents = _stored(real)
    stored = {field: [(one.id, mark(one.items[field])) for one in documents] for field in Field}
    for field, fragment in segment.commons:
        expected = {one for one, text in stored[field] if fragment in text}
        assert next(found(real[1], [(field, fragment)])) == expected, fragment


def test_every_text_is_stored_as_it_was_folded(real: tuple[Database, Engine]) -> None:
    """In these texts a fragment is looked at last."""
    segment, documents = _stored(real)
    ids = [one.id for one in documents]
    for field in Field:
        assert segment.texts(field, ids) == [mark(one.items[field]) for one in documents]


def _stored(real: tuple[Database, Engine]) -> tuple[Segment, list[IndexDocument]]:
    database, engine = real
    if not isinstance(engine, SqliteEngine):
        pytest.skip("of the embedded engine's own files")
    with database.read() as session:
        documents = list(read_documents(session))
    [segment] = engine.current().segments
    return segment, documents
