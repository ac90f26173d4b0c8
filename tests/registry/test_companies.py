"""Companies after an import: the same as if every filing were grouped anew."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text, true
from sqlalchemy.orm import Session

from suanbei.registry.database import Database
from suanbei.registry.importing.companies import read_filings, save_companies
from suanbei.registry.importing.documents import import_document
from suanbei.registry.importing.published import Row
from suanbei.registry.models import Entity, EntityLink
from tests.conftest import NewDatabase
from tests.lists import listed, number, row

LATER = datetime(2026, 2, 1, tzinfo=UTC)
NAMES = (
    "旧名（杭州）科技有限公司",
    "新名（杭州）科技有限公司",
    "新名科技股份有限公司",
    "丙丁有限公司",
)
COMPANIES = {
    "entities": "SELECT id, name, former_names, registrants FROM entities",
    "keys": "SELECT key, entity_id FROM entity_keys",
    "links": "SELECT entity_id, other_id, name, kind, number, remark FROM entity_links",
    "filings": "SELECT series, number_key, entity_id FROM filings",
}


@st.composite
def a_list(draw: st.DrawFn) -> list[Row]:
    """A list of one of three months, of few companies under few codes."""
    period = draw(st.sampled_from(["2024-01", "2025-04", "2026-05"]))
    rows = []
    for serial in draw(st.lists(st.integers(1, 6), min_size=1, max_size=4, unique=True)):
        entity, former = draw(st.sampled_from(NAMES)), draw(st.sampled_from(["", *NAMES]))
        remark = f"原主体名称“{former}”变更为“{entity}”" if former else ""
        code = draw(st.sampled_from(["1111111", "2222222", "3333333"]))
        rows.append(
            row(serial, number=number(serial, code), entity=entity, remark=remark, period=period)
        )
    return rows


def test_an_import_groups_all_companies_that_it_touches(new_database: NewDatabase) -> None:
    """What an import leaves is what grouping every filing anew gives: no tie leads further than it went."""

    @settings(max_examples=60 if new_database().is_sqlite else 5)
    @given(lists=st.lists(a_list(), min_size=2, max_size=6))
    def same(lists: list[list[Row]]) -> None:
        database = new_database()
        for day, rows in enumerate(lists):
            seen = LATER + timedelta(days=day)
            import_document(database, replace(listed(rows, fetched_at=seen), accept=True))
        with database.write() as session:
            left = companies(session)
            save_companies(session, read_filings(session, true()).values(), ())
            assert companies(session) == left
        database.close()

    same()


def companies(session: Session) -> dict[str, list[Any]]:
    """All that is written of companies, but for ids that they had once."""
    return {
        name: sorted(map(str, session.execute(text(query)))) for name, query in COMPANIES.items()
    }


OLD, NEW = NAMES[0], NAMES[3]
TAKEN = row(1, number=number(1, "1111111"), entity=NEW, remark=f"原主体名称“{OLD}”变更为“{NEW}”")
OWN = row(2, number=number(2, "2222222"), entity=NEW)
THEIRS = row(3, number=number(3, "3333333"), entity=OLD)


def test_a_code_goes_back_when_no_list_says_any_more_that_its_filing_was_handed_over(
    database: Database,
) -> None:
    """The list that says so no longer does not name the former company, and touches it all the same."""
    import_document(database, listed([TAKEN, OWN, THEIRS]))
    codes = select(Entity.registrants).where(Entity.name == OLD)
    with database.read() as session:
        assert session.execute(codes).scalar_one() == ["1111111", "3333333"]
    import_document(database, listed([replace(TAKEN, remark=""), OWN, THEIRS], fetched_at=LATER))
    with database.read() as session:
        assert session.execute(codes).scalar_one() == ["3333333"]


def test_a_company_that_is_listed_no_more_is_no_company_s_other(database: Database) -> None:
    """Its only filing bears another name now, and nothing of it names the company that it was tied to."""
    import_document(database, listed([TAKEN, OWN]))
    import_document(database, listed([replace(THEIRS, period="2024-05")]))
    other = select(EntityLink.name, EntityLink.other_id.is_not(None))
    with database.read() as session:
        assert session.execute(other).tuples().all() == [(OLD, True)]
    renamed = replace(THEIRS, period="2024-05", entity=NAMES[2])
    import_document(database, listed([renamed], fetched_at=LATER))
    with database.read() as session:
        assert session.execute(other).tuples().all() == [(OLD, False)]
