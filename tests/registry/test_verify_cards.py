"""Cards: ready-made verdicts are what a fresh look would say, after every import."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from suanbei.common.texts import Language
from suanbei.registry.database import Database
from suanbei.registry.importing.documents import Import, import_document
from suanbei.registry.importing.published import Series
from suanbei.registry.models import Batch, Card, Filing
from suanbei.registry.verify import Desk
from suanbei.registry.verify.cards import make_cards
from suanbei.registry.verify.frames import load_frame
from suanbei.registry.verify.holes import (
    UnknownHole,
    dump,
    fill,
    hole,
    in_both,
    members_hole,
    without_marks,
)
from suanbei.registry.verify.upkeep import complete_cards
from tests.lists import listed, number, row

NEWER = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=n) for n in range(9)]


def imports() -> list[Import]:
    """Lists that rename, hand over, withdraw, change and lose what others show."""
    renamed = "原主体名称“甲公司”变更为“乙公司”"
    first = [row(n, entity="甲公司") for n in range(1, 21)]
    return [
        listed(first, fetched_at=NEWER[0]),
        listed([row(1, entity="乙公司", remark=renamed), *first[1:19]], fetched_at=NEWER[1]),
        listed(
            [row(1, entity="乙公司", series=Series.ALGORITHM, period="2023-08", label="排序精选类")],
            fetched_at=NEWER[2],
        ),
        listed(
            [row(3, entity="乙公司", number=number(1, registrant="7654321"), period="2024-01")],
            fetched_at=NEWER[3],
        ),
        listed(
            [row(2, series=Series.DEREGISTRATION, period="2025-07", filed_on="2025年7月1日")],
            notice_title="注销公告",
            fetched_at=NEWER[4],
        ),
        listed(
            [row(7, entity="丙公司", number="Beijing-CeShi-20240101", label="", period="2024-04",
                 series=Series.GENAI_FILING, region="北京市")],
            fetched_at=NEWER[5],
        ),
    ]  # fmt: skip


def require_fresh(database: Database) -> None:
    """Every card that is kept is the card that would be made now, and nothing is missing."""
    with database.read() as session:
        keys = list(session.execute(select(Filing.number_key).distinct()).scalars())
        kept = {
            card.number_key: (card.body, card.names)
            for card in session.execute(select(Card)).scalars()
        }
        assert kept == {k: tuple(v) for k, v in make_cards(session, keys, lasting=True).items()}
        assert set(kept) <= set(keys)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 10**6))
def test_cards_are_fresh_after_imports_in_any_order(tmp_path_factory: Any, seed: int) -> None:
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('cards') / 'registry.sqlite3'}")
    database.migrate()
    order = imports()
    random.Random(seed).shuffle(order)
    for one in order:
        import_document(database, one)
        require_fresh(database)
    database.close()


def test_a_kept_card_and_a_fresh_one_answer_alike(database: Database) -> None:
    """In both languages, with and without a claim."""
    for one in imports():
        import_document(database, one)
    questions = [(number(n), entity) for n in (1, 2, 3, 20) for entity in ("", "甲公司", "测试1")]
    with database.read() as session:
        kept = [Desk(session).verdict(*q, language) for q in questions for language in Language]
    with database.write() as session:
        session.execute(delete(Card))
    with database.read() as session:
        fresh = [Desk(session).verdict(*q, language) for q in questions for language in Language]
    assert kept == fresh


def test_what_lists_say_of_themselves_is_never_kept(database: Database) -> None:
    """A list's title or date may become known long after its rows."""
    import_document(database, listed([row(1)]))
    with database.write() as session:
        session.execute(update(Batch).values(title="新标题", published_on=NEWER[0].date()))
    with database.read() as session:
        verdict = Desk(session).verdict(number(1), language=Language.ZH)
    assert verdict["reasons"][0]["text"] == "列于《新标题》（2026-01-01 公布）第 2 行"
    assert verdict["filings"][0]["listings"][0]["title"] == "新标题"


def test_cards_of_another_edition_are_made_anew(database: Database) -> None:
    """Another version of the program words things otherwise."""
    import_document(database, listed([row(1), row(2)]))
    with database.write() as session:
        session.execute(update(Card).values(edition=0, body=b"old"))
    with database.read() as session:
        assert Desk(session).verdict(number(1))["verdict"] == "active"
    assert complete_cards(database) == 2
    assert complete_cards(database) == 0
    require_fresh(database)


def test_a_frame_older_than_a_card_is_noticed(database: Database) -> None:
    import_document(database, listed([row(1)]))
    with database.read() as session:
        frame = load_frame(session)
    import_document(database, listed([row(2, period="2023-08")]))
    with database.read() as session:
        card = make_cards(session, [number(2)[4:-1]])[number(2)[4:-1]]
    with pytest.raises(UnknownHole):
        fill(card.body, Language.EN, frame.holes[Language.EN])


TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_any_value_survives_dump_and_fill(value: Any) -> None:
    """Published texts may hold anything, but nothing that would be taken for a hole."""
    clean = without_marks(value)
    assert orjson.loads(fill(dump(clean), Language.ZH, {})) == clean


@given(TEXTS, TEXTS, TEXTS)
def test_holes_are_filled_and_languages_chosen(zh: str, en: str, inside: str) -> None:
    zh, en, inside = without_marks([zh, en, inside])
    both = in_both({"a": f"{zh}{hole('x')}"}, {"a": f"{en}{hole('x')}"})
    dumped = dump(members_hole("y") | both)
    holes = {b"x": orjson.dumps(inside)[1:-1], b"y": b'"z":1'}
    for language, text in ((Language.ZH, zh), (Language.EN, en)):
        assert orjson.loads(fill(dumped, language, holes)) == {"z": 1, "a": text + inside}
