"""A number in a table is judged by a short way where it stands as published, by the reader of pasted
texts where it does not: both must say the same, and what a single question is told."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as trials
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from suanbei.common.texts import Language
from suanbei.registry.cells.numbers import AlgorithmNumber
from suanbei.registry.database import Database
from suanbei.registry.importing.documents import import_document
from suanbei.registry.verify import Desk
from suanbei.registry.verify.bulk import BulkJudge
from suanbei.registry.verify.ledger import Ledger
from tests.lists import listed, number, row

COMPANY = "测试（杭州）科技有限公司"
UNSAID = ("registrant_unknown", "unchecked", "registrant_other_division")
"""What a table leaves out of what is told of a number in no list."""
on_sqlite = pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
digits = st.one_of(
    st.from_regex("[0-9]{21}", fullmatch=True),
    st.builds(
        lambda place, digit: number(1)[4:25][:place] + digit + number(1)[4:25][place + 1 :],
        st.integers(0, 20),
        st.sampled_from("0123456789"),
    ),
    st.builds(
        lambda code, kind, year: AlgorithmNumber.of("330110", code, kind, year, 1).digits,
        st.sampled_from(["5072064", "0000001"]),
        st.sampled_from(["01", "06", "07"]),
        st.integers(2020, 2040),
    ),
)
companies = st.sampled_from(["", COMPANY, "测试(杭州)科技有限公司 ", "乙公司"])


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    import_document(database, listed([row(1), row(2)]))
    with database.read() as opened:
        yield opened


@on_sqlite
@pytest.mark.parametrize("language", Language)
@trials(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(digits=digits, company=companies)
def test_short_way_and_reader_agree(
    session: Session, language: Language, digits: str, company: str
) -> None:
    """White space around a number sends it the long way and means nothing."""
    published = f"网信算备{digits}号"
    judge = BulkJudge(session, language)
    short, long = judge.judge([(published, company), (f" {published}\n", company)])
    assert short == long


@on_sqlite
def test_many_are_judged_as_few(session: Session) -> None:
    """Who asks for many numbers gets the whole registry read at once, not a query for each block."""
    known, unknown = AlgorithmNumber.of("330110", "5072064", "01", 2023, 1), 10**20
    pairs = [(str(known), "乙公司"), (number(9), ""), ("无", ""), (f" {number(2)}", COMPANY)]
    pairs += [(f"网信算备{unknown + place}号", "") for place in range(1_200)]
    many, judge = BulkJudge(session, Language.ZH), BulkJudge(session, Language.ZH)
    few = [outcome for pair in pairs[:300] for outcome in judge.judge([pair])]
    assert many.judge(pairs)[:300] == few


@on_sqlite
def test_a_number_with_a_past_is_read_once(database: Database) -> None:
    """Also when the whole registry is read after it: its withdrawal would else be told twice."""
    import_document(database, listed([row(1, remark="已注销"), row(2)]))
    with database.read() as session:
        ledger = Ledger(session)
        ledger.prepare([number(1)[4:25]])
        ledger.prepare(f"{10**20 + place}" for place in range(1_200))
        assert [view["status"] for view in ledger.views(number(1)[4:25])] == ["deregistered"]


@on_sqlite
@pytest.mark.parametrize("language", Language)
@trials(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(digits=digits)
def test_table_says_what_a_single_question_is_told(
    session: Session, language: Language, digits: str
) -> None:
    """The same verdict; for numbers in no list the same reasons, without the light ones."""
    published = f"网信算备{digits}号"
    [outcome] = BulkJudge(session, language).judge([(published, "")])
    verdict = Desk(session).verdict(published, "", language)
    assert outcome.verdict == verdict["verdict"]
    if outcome.verdict == "not_listed":
        bare, *more = [one for one in verdict["reasons"] if one["code"] not in UNSAID]
        separator = "；" if language is Language.ZH else "; "
        assert outcome.reason == separator.join(one["text"] for one in more or [bare])
