"""Batches: which version of a list counts, what belongs to one notice, and when a list is refused."""

from contextlib import nullcontext
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text

from suanbei.common.errors import ListShrunk, RegistryError
from suanbei.registry.database import Database
from suanbei.registry.importing.batches import Origin, batch_id, require_full_size
from suanbei.registry.importing.documents import Import, import_document
from suanbei.registry.importing.published import NATIONAL, Series
from suanbei.registry.models import Batch, Event, Filing, Version
from tests.conftest import NewDatabase
from tests.lists import listed, number, row
from tests.registry.test_imports import LATER, MUCH_LATER, events, state, statuses


def test_a_version_seen_again_becomes_current_again(database: Database) -> None:
    """A list that is replaced and put back says at the end what it said at first."""
    first = listed([row(1), row(2)])
    other = listed([row(1, name="别名"), row(2)], fetched_at=LATER)
    again = listed([row(1), row(2)], fetched_at=datetime(2026, 3, 1, tzinfo=UTC))
    for one in (first, other, again):
        import_document(database, one)
    assert events(database)[-2:] == [("filing.changed", number(1))] * 2
    with database.read() as session:
        names = session.execute(select(Filing.name).order_by(Filing.number_key)).scalars()
        assert list(names) == ["测试算法1", "测试算法2"]


@pytest.mark.parametrize(
    ("kept", "seqs"), [(18, None), (20, [1, *range(40, 59)])], ids=["lost rows", "lost numbers"]
)
def test_a_list_that_lost_rows_is_refused_unless_accepted(
    database: Database, kept: int, seqs: list[int] | None
) -> None:
    """A half-loaded list must not turn filings into vanished ones."""
    if seqs is None:
        import_document(database, listed([row(serial) for serial in range(1, 21)]))
    before = state(database)
    numbers = seqs or range(1, kept + 1)
    rows = [row(place, seq=str(seq)) for place, seq in enumerate(numbers, 1)]
    short = listed(rows, fetched_at=LATER)
    with pytest.raises(ListShrunk):
        import_document(database, short)
    assert state(database) == before
    accepted = Import(short.parsed, short.sha256, short.size, short.origin, accept=True)
    assert import_document(database, accepted).status in ("new", "changed")


def test_generative_lists_may_number_on(database: Database) -> None:
    """序号 118…188 with a stray number is a whole list."""
    rows = [
        row(
            serial, series=Series.GENAI_FILING, period="2025-10", seq=str(serial),
            number=f"Beijing-Test{serial}-202510010{serial:03d}",
        )
        for serial in [*range(539, 612), 286]
    ]  # fmt: skip
    assert import_document(database, listed(rows)).status == "new"


def test_two_notices_of_one_month_are_two_batches(database: Database) -> None:
    """Deregistrations name a month only."""
    for serials in ((1, 2), (3,)):
        rows = [row(s, series=Series.DEREGISTRATION, period="2025-07") for s in serials]
        import_document(database, listed(rows, notice_title=f"关于注销{serials}的公告"))
    with database.read() as session:
        titles = session.execute(text("SELECT title, rows FROM batches ORDER BY rows")).all()
    assert [tuple(one) for one in titles] == [
        ("关于注销(3,)的公告", 1),
        ("关于注销(1, 2)的公告", 2),
    ]


def test_a_superseded_file_by_hand_never_undoes_a_deregistration(new_database: NewDatabase) -> None:
    """What the source showed counts; of files alone, the one that says more, in either order."""
    old = listed([row(1), row(2)], sighting=False)
    new = listed([row(1, remark="已注销"), row(2)], sighting=False)
    of_source = listed([row(1, remark="已注销"), row(2)], fetched_at=LATER)
    by_hand_later = listed([row(1), row(2)], sighting=False, fetched_at=MUCH_LATER)
    for order in ((old, new), (new, old), (of_source, by_hand_later), (by_hand_later, of_source)):
        database = new_database()
        for one in order:
            import_document(database, one)
        assert statuses(database) == {number(1): "deregistered", number(2): "active"}


def test_a_notice_by_hand_never_brings_back_what_the_source_withdraws(database: Database) -> None:
    """Each row of a notice withdraws its number by itself, whatever its 备注 says."""
    import_document(database, listed([row(1), row(2), row(3)]))
    rows = [row(s, series=Series.DEREGISTRATION, period="2025-07") for s in (1, 2)]
    other = row(3, series=Series.DEREGISTRATION, period="2025-07", remark="主动注销，已公示")
    notice = "https://x/1"
    import_document(database, listed(rows, notice_url=notice, fetched_at=LATER))
    by_hand = listed(
        [rows[0], other], notice_url=notice, sighting=False, fetched_at=MUCH_LATER
    )  # as many rows and more 备注, but not number 2
    import_document(database, by_hand)
    assert statuses(database) == {
        number(1): "deregistered", number(2): "deregistered", number(3): "active",
    }  # fmt: skip


def test_a_newer_file_by_hand_counts_until_the_source_is_looked_at_again(
    database: Database,
) -> None:
    """Without a network one may bring the newest list in; the next look at the source decides."""
    shown = [row(1), row(2)]
    import_document(database, listed(shown))
    newer = listed([row(1, remark="已注销"), row(2)], sighting=False, fetched_at=LATER)
    import_document(database, newer)
    assert statuses(database)[number(1)] == "deregistered"
    import_document(database, listed(shown, fetched_at=MUCH_LATER))
    assert statuses(database)[number(1)] == "active"


def test_two_notices_of_one_month_that_share_a_number_are_two_batches(
    new_database: NewDatabase,
) -> None:
    """Each withdraws what it names, in whatever order they come, with their notice or without."""
    for notices in (("https://x/1", "https://x/2"), ("", "")):
        first, second = (
            listed(
                [row(s, series=Series.DEREGISTRATION, period="2025-07") for s in serials],
                notice_url=url,
                sighting=bool(url),
            )
            for serials, url in zip(((1, 2), (1, 3)), notices, strict=True)
        )
        states = []
        for order in ((first, second), (second, first), (second, first, second)):
            database = new_database()
            import_document(database, listed([row(1), row(2), row(3)]))
            for one in order:
                import_document(database, one)
            assert set(statuses(database).values()) == {"deregistered"}
            states.append(state(database))
        assert states[0] == states[1] == states[2]
        assert len(states[0]["batches"]) == 3


def test_a_notice_that_becomes_known_later_gives_the_same_batch(new_database: NewDatabase) -> None:
    """A file by hand, and the crawl that brings it: one batch, one id, whichever comes first."""
    rows = [row(1, series=Series.DEREGISTRATION, period="2025-07")]
    by_hand = listed(rows, sighting=False)
    crawled = listed(rows, notice_url="https://x/1", notice_title="公告", fetched_at=LATER)
    states = []
    for order in ((by_hand, crawled), (crawled, by_hand)):
        database = new_database()
        for one in order:
            import_document(database, one)
        states.append(state(database))
        with database.read() as session:
            named = set(session.execute(select(Event.batch)).scalars())
            assert named == set(session.execute(text("SELECT id FROM batches")).scalars())
    assert states[0] == states[1]


def test_spaces_and_width_are_no_change(database: Database) -> None:
    """The publisher's own bytes for a list that was set anew: not a word to anybody."""
    mine = listed([row(1, product="甲(APP)"), row(2)], document="transcribed")
    import_document(database, mine)
    told = len(events(database))
    own = listed([row(1, product="甲 （ＡＰＰ）"), row(2)], fetched_at=LATER)
    assert import_document(database, own).status == "same"
    assert len(events(database)) == told
    with database.read() as session:
        query = text(
            "SELECT origin, d.sha256 FROM batches b JOIN versions v ON v.id = current_version_id "
            "JOIN documents d ON d.sha256 = v.sha256"
        )
        assert tuple(session.execute(query).one()) == ("published", own.sha256)
        filing = session.execute(select(Filing).where(Filing.number == number(1))).scalar_one()
        assert (filing.product, filing.changes) == ("甲 （ＡＰＰ）", [])


def test_a_local_file_is_no_sighting(database: Database) -> None:
    """Importing an old version from disk must not make it the current one again."""
    old = listed([row(1)])
    new = listed([row(1, name="新名")], fetched_at=LATER)
    import_document(database, old)
    import_document(database, new)
    local = Origin(sighting=False)
    import_document(database, Import(old.parsed, old.sha256, old.size, local))
    with database.read() as session:
        assert session.execute(select(Filing.name)).scalar_one() == "新名"


def test_ids_of_lists_can_be_read() -> None:
    """Source where it is not the national one, series, period; a notice by its address or numbers."""
    deep, notice = Series.DEEP_SYNTHESIS, Series.DEREGISTRATION
    assert batch_id(NATIONAL, deep, "2023-06", "https://x/1", ["a"]) == "deep_synthesis-2023-06"
    assert batch_id("guangdong", deep, "2023-06", "", []) == "guangdong-deep_synthesis-2023-06"
    by_url = batch_id(NATIONAL, notice, "2025-07", "https://x/1", ["a"])
    assert by_url == batch_id(NATIONAL, notice, "2025-07", "https://x/1", ["b"])
    assert by_url.startswith("deregistration-2025-07-")
    by_numbers = [
        batch_id(NATIONAL, notice, "2025-07", "", keys) for keys in (["a", "b"], ["b", "a"], ["a"])
    ]
    assert by_numbers[0] == by_numbers[1] != by_numbers[2]
    with pytest.raises(RegistryError, match="--period"):
        batch_id(NATIONAL, deep, "", "", [])


@pytest.mark.parametrize(
    ("seqs", "fits"),
    [(["1", "2", "3", "4", "5"], True), (["", "", "", "", ""], True), (["1", "2", "3", "4", "6"], True),
     (["1", "2", "3", "4", "7"], False), (["5", "", "", "", "7"], False)],
)  # fmt: skip
def test_a_list_has_four_fifths_of_the_rows_that_it_counts(seqs: list[str], fits: bool) -> None:
    """By the highest 序号; a list that numbers nothing says nothing of that."""
    rows = [row(place, seq=seq) for place, seq in enumerate(seqs, 1)]
    with nullcontext() if fits else pytest.raises(ListShrunk, match="序号"):
        require_full_size("list", rows, None)


@pytest.mark.parametrize("first", [1, 118])
def test_a_list_of_generative_ai_has_the_rows_of_its_span(first: int) -> None:
    """Without the first and the last number, which may be strays; a list numbers on from the one before."""

    def check(serials: list[int], seq: str = "{}") -> None:
        kind = {"series": Series.GENAI_FILING}
        rows = [row(n, seq=seq.format(first + n), **kind) for n in serials]
        require_full_size("list", rows, None)

    check([*range(20), 300])
    check([0, 1, 2], seq="")
    with pytest.raises(ListShrunk, match="12 rows, but 序号 goes up to 18"):
        check([*range(6), *range(14, 20)])


def test_a_number_that_a_corrected_notice_leaves_out_is_told_of(database: Database) -> None:
    """The notice is replaced by one without it: the filing is active again, and its readers hear of it."""
    import_document(database, listed([row(1), row(2)]))
    notices = [
        listed([row(s, series=Series.DEREGISTRATION, period="2025-07") for s in serials],
               notice_url="https://x/1", fetched_at=fetched)
        for serials, fetched in (((1, 2), LATER), ((1,), MUCH_LATER))
    ]  # fmt: skip
    import_document(database, notices[0])
    told = len(events(database))
    accepted = Import(notices[1].parsed, notices[1].sha256, 1000, notices[1].origin, accept=True)
    import_document(database, accepted)
    assert statuses(database) == {number(1): "deregistered", number(2): "active"}
    assert ("filing.vanished", number(2)) in events(database)[told:]


def test_own_bytes_stay_when_a_transcription_of_the_same_rows_comes_later(
    database: Database,
) -> None:
    """A snapshot of a later release must not take the evidence away that a crawl has brought."""
    own = listed([row(1, product="甲 （ＡＰＰ）"), row(2)])
    import_document(database, own)
    told = len(events(database))
    anew = listed([row(1, product="甲(APP)"), row(2)], document="transcribed", fetched_at=LATER)
    assert import_document(database, anew).status == "same"
    assert len(events(database)) == told
    with database.read() as session:
        query = select(Version.sha256).join(Batch, Batch.current_version_id == Version.id)
        assert session.execute(query).scalar_one() == own.sha256
        assert session.execute(select(Filing.product)).scalars().first() == "甲 （ＡＰＰ）"
