"""Ranking that users agree with: judged queries over every filing published."""

import pytest

from bench.frame.judged import JUDGED, Judged, judge, success
from suanbei.registry.database import Database
from suanbei.search_api.search.engine import Engine

Real = tuple[Database, Engine]


def test_the_expected_filing_comes_first(real: Real) -> None:
    """`python -m bench judged` reports success@1 and @5 of both engines."""
    found = judge(*real)
    assert len({one.query for one in JUDGED}) == len(JUDGED) >= 60
    assert [one.query for one, hit in found if hit is None or hit.rank > 1] == []
    assert success([hit.rank if hit else None for _, hit in found], 1) == 1


def test_what_is_forgiven_is_marked(real: Real) -> None:
    """Just those that no filing has as they are typed."""
    marked = {one.query for one, hit in judge(*real) if hit and hit.forgiven}
    assert marked == {one.query for one in JUDGED if one.forgiven}


@pytest.mark.parametrize("at", [1, 5])
def test_success_is_a_share(at: int) -> None:
    """By rank; what was not found is no success."""
    assert success([1, 3, None, 5], at) == {1: 0.25, 5: 0.75}[at]


def test_an_expectation_is_a_text_within_a_field() -> None:
    """So that a test of a company holds for any of its filings."""
    assert Judged("x", "entity", "抖音").is_met({"entity": "北京抖音信息服务有限公司"})
    assert not Judged("x", "name", "抖音").is_met({"name": "豆包"})
