"""Imports: the same registry in any order, every change told once, nothing half written."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from suanbei.registry.database import Database
from suanbei.registry.importing.documents import Import, import_document, import_documents
from suanbei.registry.importing.published import Row, Series
from suanbei.registry.models import Entity, EntityAlias, Event, Filing
from suanbei.registry.queries.entities import names_of
from tests.conftest import NewDatabase
from tests.lists import listed, number, row

LATER = datetime(2026, 2, 1, tzinfo=UTC)
MUCH_LATER = datetime(2026, 5, 1, tzinfo=UTC)
DERIVED = {
    "filings": "SELECT series, number_key, number, name, type, label, role, entity_id, entity, "
    "product, purpose, remark, status, region, division, registrant, year, filed_on, first_period, "
    "last_period, flags, changes, former_entities FROM filings",
    "entities": "SELECT id, name, former_names, registrants FROM entities",
    "entity_keys": "SELECT key, entity_id FROM entity_keys",
    "batches": "SELECT b.id, source, series, period, ordinal, title, b.rows, published_on, "
    "notice_url, document_url, sha256 FROM batches b JOIN versions v ON v.id = current_version_id",
    "listings": "SELECT number_key, entity_key, seq, name, row_no FROM listings",
    "products": "SELECT number, p.name, name_key, kind FROM filing_products p "
    "JOIN filings f ON f.id = filing_id",
    "flags": "SELECT number, flag FROM filing_flags JOIN filings f ON f.id = filing_id",
}
"""All but the ids that the database gives, and former ids of entities, which tell of the order."""


def state(database: Database) -> dict[str, list[Any]]:
    """All that an import leaves, without surrogate keys."""
    with database.read() as session:
        return {
            name: sorted(map(str, session.execute(text(query)))) for name, query in DERIVED.items()
        }


def events(database: Database) -> list[tuple[str, str | None]]:
    with database.read() as session:
        query = select(Event.type, Event.number).order_by(Event.id)
        return [tuple(one) for one in session.execute(query)]


def statuses(database: Database) -> dict[str, str]:
    with database.read() as session:
        return dict(session.execute(select(Filing.number, Filing.status)).tuples().all())


def lists() -> list[Import]:
    """Lists that touch each other in every way: renames, hand-overs, withdrawals, doubles."""
    old, new = "旧名（杭州）科技有限公司", "新名（杭州）科技有限公司"
    third = "丙丁（杭州）科技有限公司"
    return [
        listed([row(1, entity=old), row(2, entity=old), row(3, number=number(3, "1112223"))]),
        listed(
            [
                row(4, entity=new, remark=f"原主体名称“{old}”变更为“{new}”", period="2024-01"),
                row(1, entity=new, period="2024-01"),
            ]
        ),
        listed([row(5, number=number(5, "9998887"), entity=new, period="2024-02")]),
        listed(
            [
                row(
                    2,
                    series=Series.DEREGISTRATION,
                    period="2024-03",
                    filed_on="2024年3月",
                    entity=old,
                )
            ]
        ),
        listed([row(1, series=Series.ALGORITHM, period="2022-10", label="生成合成类", entity=old)]),
        listed(
            [row(6, number="", period="2024-04"), row(7, number="网信算备12号", period="2024-04")]
        ),
        listed([model("2023-11", old)]),
        listed([model("2023-12", third)]),
        listed([row(8, number=number(8, "7778889"), entity=third, period="2024-05")]),
    ]


def model(period: str, entity: str) -> Row:
    """A row of a generative-AI list, whose number holds no registrant code."""
    name = f"Zhejiang-MoXing-{period.replace('-', '')}010001"
    return row(
        1,
        number=name,
        entity=entity,
        period=period,
        series=Series.GENAI_FILING,
        label="",
        product="",
    )


def require_same_in_any_order(new_database: NewDatabase, documents: list[Import]) -> None:
    """Import them in order, and twice each in other orders: every time the same registry.

    Fewer orders on PostgreSQL, which could only sort otherwise: what is derived is derived in Python.
    """
    first = new_database()
    for one in documents:
        import_document(first, one)
    in_order = state(first)

    @settings(max_examples=8 if first.is_sqlite else 2)
    @given(order=st.permutations(documents * 2))
    def same(order: list[Import]) -> None:
        database = new_database()
        for one in order:
            import_document(database, one)
        assert state(database) == in_order
        database.close()

    same()


def test_any_order_and_repetition_gives_the_same_registry(new_database: NewDatabase) -> None:
    """Lists arrive as they are found; what is known must not depend on that."""
    require_same_in_any_order(new_database, lists())


def versions_and_notices() -> list[Import]:
    """Lists that were replaced, files by hand that are older or newer, notices that overlap."""
    rows = [row(serial) for serial in (1, 2, 3)]
    withdrawn = [row(1, remark="已注销"), *rows[1:]]
    renamed = [row(1, remark="已注销"), row(2, product="新(APP)"), rows[2]]
    notices = [
        listed(
            [row(s, series=Series.DEREGISTRATION, period="2025-07") for s in serials],
            notice_url=f"https://x/{place}",
            notice_title="公告",
        )
        for place, serials in enumerate(((2, 3), (2, 4), (2,)))
    ]
    corrected = listed(
        [row(s, series=Series.DEREGISTRATION, period="2025-07") for s in (3, 5)],
        notice_url="https://x/0", notice_title="公告", fetched_at=LATER,
    )  # fmt: skip
    return [
        listed(rows),
        listed(renamed, fetched_at=LATER),
        listed(withdrawn, sighting=False, fetched_at=MUCH_LATER),
        listed(rows, sighting=False, fetched_at=MUCH_LATER),
        listed([row(4, period="2024-01")], sighting=False, fetched_at=LATER),
        listed([row(4, period="2024-01", remark="已注销")], sighting=False),
        *notices,
        corrected,
    ]


def test_versions_files_and_notices_in_any_order(new_database: NewDatabase) -> None:
    """What counts is a function of what was shown and imported, not of the order it came in."""
    require_same_in_any_order(new_database, versions_and_notices())


def test_a_second_import_adds_nothing(database: Database) -> None:
    """Idempotence: the same bytes again are no news."""
    for one in lists():
        import_document(database, one)
    before, told = state(database), events(database)
    reports = [import_document(database, one) for one in lists()]
    assert {report.status for report in reports} == {"same"}
    assert (state(database), events(database)) == (before, told)


def test_a_replaced_list_tells_of_three_rows_and_nothing_else(database: Database) -> None:
    """CAC replaces lists silently: one row withdrawn, one renamed, one gone are three events."""
    rows = [row(serial) for serial in range(1, 41)]
    import_document(database, listed(rows))
    told = len(events(database))
    changed = [row(1, remark="已注销"), row(2, product="新名(APP)"), *rows[3:]]
    report = import_document(database, listed(changed, fetched_at=LATER))
    assert report.status == "changed"
    assert events(database)[told:] == [
        ("filing.deregistered", number(1)),
        ("filing.changed", number(2)),
        ("filing.vanished", number(3)),
    ]
    with database.read() as session:
        gone = session.execute(select(Filing).where(Filing.number == number(3))).scalar_one()
        assert (gone.status, gone.flags) == ("vanished", [])
        renamed = session.execute(select(Filing).where(Filing.number == number(2))).scalar_one()
        assert [change["before"] for change in renamed.changes] == ["测试2(APP)"]


def test_rows_without_a_number_are_kept_and_flagged(database: Database) -> None:
    """Nothing published is dropped for being odd."""
    import_document(database, listed([row(1, number=""), row(2, number="网信算备1号")]))
    with database.read() as session:
        flags = session.execute(select(Filing.flags).order_by(Filing.name)).scalars()
        assert [one[0] for one in flags] == ["malformed_number", "malformed_number"]


def test_a_filing_handed_over_does_not_merge_companies(database: Database) -> None:
    """B took over one filing of A: A's code stays A's, and A is no former name of B's."""
    a, b = "甲（杭州）有限公司", "乙（杭州）有限公司"
    remark = f"原主体名称“{a}”变更为“{b}”"
    import_document(
        database,
        listed(
            [
                row(1, number=number(1, "1111111"), entity=b, remark=remark),
                row(2, number=number(2, "1111111"), entity=a),
                row(3, number=number(3, "2222222"), entity=b),
            ]
        ),
    )
    with database.read() as session:
        query = select(Entity.id, Entity.name, Entity.former_names).order_by(Entity.id)
        assert [tuple(one) for one in session.execute(query)] == [
            ("1111111", a, []),
            ("2222222", b, []),
        ]


def test_rows_whose_number_is_a_dash_stay_apart(database: Database) -> None:
    """`--` is no number that two filings could share."""
    import_document(database, listed([row(1, number="--"), row(2, number="--"), row(3)]))
    with database.read() as session:
        assert len(session.execute(select(Filing)).scalars().all()) == 3


def test_an_entity_keeps_its_id_for_ever(database: Database) -> None:
    """Newer lists never change it, not even the first one with a code: that leads to it."""
    entity = "甲乙丙（杭州）科技有限公司"
    import_document(database, listed([model("2023-11", entity)]))
    with database.read() as session:
        known = session.execute(select(Entity.id)).scalar_one()
    import_document(database, listed([row(1, entity=entity, period="2024-01")]))
    with database.read() as session:
        assert session.execute(select(Entity.id, Entity.registrants)).one() == (known, ["5072064"])
        assert aliases(session) == {"5072064": known}


def test_an_id_that_goes_leads_to_the_one_that_stays(database: Database) -> None:
    """An older list that comes in late, and two companies that turn out to be one."""
    old, new = "甲乙丙（杭州）科技有限公司", "甲乙丙（北京）科技有限公司"
    import_document(database, listed([model("2024-05", old)]))
    with database.read() as session:
        first = session.execute(select(Entity.id)).scalar_one()
    import_document(database, listed([row(1, entity=old, period="2024-02")]))
    with database.read() as session:
        assert session.execute(select(Entity.id)).scalar_one() == "5072064"
        assert aliases(session) == {first: "5072064"}
    renamed = {"number": number(7, "1112223"), "entity": new}
    import_document(database, listed([row(7, period="2024-01", **renamed)]))
    remark = f"原主体名称“{old}”变更为“{new}”"
    renamed["number"] = number(8, "1112223")
    import_document(database, listed([row(8, remark=remark, period="2024-03", **renamed)]))
    with database.read() as session:
        assert session.execute(select(Entity.id)).scalar_one() == "1112223"
        assert aliases(session) == {first: "1112223", "5072064": "1112223"}
        assert names_of(session, first)[0] == {"1112223", "5072064", first}


def aliases(session: Session) -> dict[str, str]:
    """Former ids of entities, each with the one that it leads to."""
    return dict(session.execute(select(EntityAlias.alias, EntityAlias.entity_id)).tuples().all())


def test_a_withdrawal_may_come_before_its_filing(database: Database) -> None:
    """A notice of a number that no list has shown yet is news; so is the filing, once it is seen."""
    withdrawn = row(1, series=Series.DEREGISTRATION, period="2025-07", filed_on="2025年7月")
    import_document(database, listed([withdrawn]))
    import_document(database, listed([row(1)]))
    assert [event for event in events(database) if event[1]] == [
        ("filing.deregistered", number(1)),
        ("filing.added", number(1)),
    ]
    with database.read() as session:
        filing = session.execute(select(Filing)).scalar_one()
        assert (filing.series, filing.status, filing.flags) == (
            "deep_synthesis",
            "deregistered",
            [],
        )


def test_the_id_of_a_company_known_from_a_notice_leads_on(database: Database) -> None:
    """It is made of the number and its series where no code tells the company; a list that shows the
    number in the other series gives the company another id."""
    unsound = number(1)[:-2] + ("1" if number(1)[-2] == "0" else "0") + "号"
    withdrawn = row(1, number=unsound, series=Series.DEREGISTRATION, label="生成合成类")
    import_document(database, listed([withdrawn]))
    with database.read() as session:
        before = session.execute(select(Entity.id)).scalar_one()
    import_document(database, listed([row(1, number=unsound)]))
    with database.read() as session:
        after = session.execute(select(Entity.id)).scalar_one()
        assert (after != before, aliases(session)) == (True, {before: after})


def test_the_day_of_a_change_is_that_of_the_version_that_brought_it(database: Database) -> None:
    """Not the day on which the list was looked at last: that day moves on with every look."""
    import_document(database, listed([row(1), row(2)]))
    changed = [row(1, name="新名"), row(2)]
    import_document(database, listed(changed, fetched_at=LATER))
    much_later = datetime(2026, 5, 1, tzinfo=UTC)
    import_document(database, listed(changed, fetched_at=much_later))
    other = row(1, name="新名", period="2024-01")
    import_document(database, listed([other], fetched_at=much_later))
    with database.read() as session:
        changes = session.execute(select(Filing.changes).where(Filing.number == number(1)))
        assert [change["when"] for change in changes.scalar_one()] == ["2026-02-01"]


def test_an_event_of_a_row_without_a_number_is_its_own_company_s(database: Database) -> None:
    """Rows without a number share the empty one: what happened to each is not another company's."""
    names = ("甲（杭州）有限公司", "乙（杭州）有限公司")
    import_document(database, listed([row(n, number="", entity=e) for n, e in enumerate(names)]))
    with database.read() as session:
        query = select(Event.entity, Entity.name).join(Entity, Entity.id == Event.entity_id)
        assert {tuple(one) for one in session.execute(query)} == {(name, name) for name in names}


def test_a_withdrawal_and_its_filing_in_one_transaction_are_of_one_company(
    database: Database,
) -> None:
    """A notice alone does not tell the series; the list that does may come right after it."""
    withdrawn = row(1, series=Series.DEREGISTRATION, period="2025-07", label="生成合成类")
    with database.write() as session:
        import_documents(session, [listed([withdrawn]), listed([row(1)])])
    with database.read() as session:
        company = session.execute(select(Entity.id)).scalar_one()
        told = session.execute(
            select(Event.series, Event.entity_id).where(Event.number.is_not(None))
        )
        assert {tuple(one) for one in told} == {
            ("algorithm", company), ("deep_synthesis", company),
        }  # fmt: skip
