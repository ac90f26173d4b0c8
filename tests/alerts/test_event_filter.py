"""What a filter of events means: who is meant, what it comes to, and what it can never find."""

from datetime import UTC, datetime

import pytest

from suanbei.alerts.fanout import fan_out
from suanbei.common.errors import NeverMatches
from suanbei.registry.database import Database
from suanbei.registry.importing.documents import import_document
from suanbei.registry.importing.published import Series
from suanbei.registry.notifications.event_filter import EventFilter, preview
from tests.alerts.test_fanout import CONFIG, LATER, bodies, publish, subscribe
from tests.lists import listed, number, row


def test_several_companies_and_what_a_filter_comes_to(database: Database) -> None:
    """Any of them is enough; a preview says what would have been told, and who is meant."""
    hook = subscribe(database, filter={"entity": ["甲公司", "乙公司"]})
    publish(database)
    fan_out(database, CONFIG)
    assert [one["data"]["entity"] for one in bodies(database, hook)] == ["甲公司", "乙公司"]
    day = datetime(2024, 1, 15, tzinfo=UTC)
    with database.read() as session:
        wanted = EventFilter(("filing.added",), entities=("甲公司", "5072064", "公司"))
        seen = preview(session, wanted, day)
        assert (seen.filings, seen.events) == (31, 31)
        assert [(one.registrants, one.near) for one in seen.companies] == [
            (("甲公司",), ()), (("测试（杭州）科技有限公司",), ()),
            ((), ("乙公司", "测试（杭州）科技有限公司", "甲公司")),
        ]  # fmt: skip
        lists = preview(session, EventFilter(("batch.published",)), day)
        assert (lists.filings, lists.events) == (None, 2)


def test_a_preview_counts_each_series_and_what_was_withdrawn(database: Database) -> None:
    """Deregistrations are no series of filings: who asks for them means those withdrawn of any."""
    publish(database)
    model = row(
        1, series=Series.GENAI_FILING, period="2023-09", number="Zhejiang-MoXing-202309010001",
        label="", product="",
    )  # fmt: skip
    import_document(database, listed([model]))
    rows = [row(1, remark="已注销"), *(row(n) for n in range(2, 31))]
    import_document(database, listed(rows, fetched_at=LATER))
    counted = {}
    with database.read() as session:
        for chosen in ("deep_synthesis", "genai_filing", "deregistration"):
            wanted = EventFilter(
                ("filing.added",), series=(chosen,), numbers=(model.number, number(1), number(2))
            )
            counted[chosen] = preview(session, wanted).filings
    assert counted == {"deep_synthesis": 2, "genai_filing": 1, "deregistration": 1}


def test_what_can_never_happen_is_refused(database: Database) -> None:
    """No filing is of the series of deregistrations."""
    with pytest.raises(NeverMatches, match=r"events\[0\]: filing.added never happens"):
        subscribe(database, events=["filing.added"], filter={"series": ["deregistration"]})


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"numbers": [number(1), "抖音"]}, r"filter.numbers\[1\]: '抖音' is no filing number"),
        ({"numbers": ["京ICP备12345678号"]}, "is no filing number"),
        (
            {"numbers": [number(1)], "series": ["genai_filing"]},
            "is never in the series genai_filing",
        ),
        ({"numbers": ["Beijing-WenXinYiYan-20230821"], "series": ["algorithm"]}, "is never in"),
    ],
)
def test_numbers_that_can_be_on_no_such_list_are_refused(
    database: Database, wanted: dict[str, list[str]], said: str
) -> None:
    """Not those that are only malformed: such ones have been published."""
    with pytest.raises(NeverMatches, match=said):
        subscribe(database, filter=wanted)
    subscribe(database, filter={"numbers": ["网信算备1101082242366066220017号"]})
    both = ["deep_synthesis", "genai_filing"]
    subscribe(database, filter={"numbers": [number(1)], "series": both})
