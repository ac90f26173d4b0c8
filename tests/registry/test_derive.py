"""Derivation: which of several listings of a number speaks, and what its filing says then."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from suanbei.registry.importing.derive import Appearance, derive_filings, differences, read_facts
from suanbei.registry.importing.published import PUBLISHED_FIELDS, Series
from tests.lists import number, row

DAY = datetime(2026, 1, 1, tzinfo=UTC)


def appearance(batch: str = "a", *, seen: int = 0, **values: Any) -> Appearance:
    """A row of `batch`, seen first and last on day `seen`; other values are those of the row."""
    own = {name: values.pop(name) for name in ("source", "current", "first") if name in values}
    position, flags = values.pop("position", 0), values.pop("flags", [])
    made = row(**values)
    cells = {name: getattr(made, name) for name in PUBLISHED_FIELDS} | {"flags": flags}
    facts = read_facts(made.series, cells)
    first = DAY + timedelta(days=own.get("first", seen))
    return Appearance(
        batch, own.get("source", "cac"), made.series, made.period, DAY + timedelta(days=seen),
        first, own.get("current", True), position, cells, *facts,
    )  # fmt: skip


def derived(*appearances: Appearance) -> dict[str, Any]:
    """The one filing that these listings make, in whatever order they come."""
    (filing,), (again,) = (derive_filings("key", some) for some in (appearances, appearances[::-1]))
    assert filing == again
    return filing


def withdrawal(**values: Any) -> Appearance:
    defaults = {"series": Series.DEREGISTRATION, "period": "2025-07", "filed_on": "2025年7月"}
    return appearance("notice", **defaults | values)


def test_only_a_notice_that_counts_withdraws() -> None:
    """A deregistration notice that was replaced by one without the number says nothing any more."""
    assert derived(appearance(), withdrawal())["status"] == "deregistered"
    assert derived(appearance(), withdrawal(current=False))["status"] == "active"


def test_a_number_that_no_current_list_shows_has_vanished() -> None:
    """Unless another list shows it, or the list that dropped it had called it withdrawn."""
    gone = appearance(current=False)
    assert derived(gone)["status"] == "vanished"
    assert derived(gone, appearance("b"))["status"] == "active"
    assert derived(appearance(current=False, remark="已注销"))["status"] == "deregistered"
    withdrawn_elsewhere = appearance("b", current=False, remark="已注销")
    assert derived(appearance(), withdrawn_elsewhere)["status"] == "active"
    assert derived(appearance(), appearance("b", remark="已注销"))["status"] == "deregistered"


def test_the_national_list_speaks_before_a_provincial_one() -> None:
    """Also where the province is newer: it publishes ahead, and CAC has the last word."""
    national = appearance("a", period="2023-06", name="国家")
    province = appearance("b", period="2024-06", name="省", source="guangdong")
    filing = derived(national, province)
    assert (filing["name"], filing["first_period"], filing["last_period"]) == (
        "国家", "2023-06", "2024-06",
    )  # fmt: skip


def test_the_newest_period_speaks_then_the_later_batch() -> None:
    old, new = appearance("b", name="旧"), appearance("a", name="新", period="2024-01")
    assert derived(old, new)["name"] == "新"
    assert derived(appearance("a", name="甲"), appearance("b", name="乙"))["name"] == "乙"


def test_within_a_batch_the_version_that_counts_speaks() -> None:
    """Not one seen later: a superseded file that is looked at again stays superseded."""
    counts, old = appearance(name="现", seen=1), appearance(name="旧", seen=5, current=False)
    assert derived(counts, old)["name"] == "现"
    later = appearance(name="后", seen=7, current=False)
    assert derived(old, later)["name"] == "后"


def test_of_a_number_printed_twice_in_one_list_the_first_row_speaks() -> None:
    first, second = appearance(name="甲", position=3), appearance(name="乙", position=4)
    filing = derived(first, second)
    assert (filing["name"], filing["changes"]) == ("甲", [])


def test_periods_leave_out_what_has_none() -> None:
    filing = derived(appearance("a", period=""), appearance("b"))
    assert (filing["first_period"], filing["last_period"]) == ("2023-06", "2023-06")


@pytest.mark.parametrize(
    ("label", "series"), [("服务提供者", "deep_synthesis"), ("生成合成类", "algorithm")]
)
def test_a_number_known_from_a_notice_alone(label: str, series: str) -> None:
    """It becomes a filing of the series its label belongs to, and says where it is from."""
    filing = derived(withdrawal(label=label))
    assert (filing["series"], filing["status"], filing["filed_on"]) == (series, "deregistered", "")
    assert filing["flags"] == ["deregistration_only"]


def test_a_notice_is_no_listing_of_a_number_that_is_listed() -> None:
    filing = derived(appearance(name="甲"), withdrawal(name="乙"))
    assert (filing["name"], filing["flags"], filing["last_period"]) == ("甲", [], "2023-06")


def test_a_notice_withdraws_a_number_in_both_of_its_series() -> None:
    """And in no register of generative AI, whose numbers are others."""
    label = {"label": "生成合成类", "series": Series.ALGORITHM}
    filings = derive_filings("key", [appearance(), appearance("b", **label), withdrawal()])
    assert [(f["series"], f["status"]) for f in filings] == [
        ("algorithm", "deregistered"), ("deep_synthesis", "deregistered"),
    ]  # fmt: skip
    registered = appearance("c", series=Series.GENAI_FILING, label="")
    statuses = {f["series"]: f["status"] for f in derive_filings("key", [registered, withdrawal()])}
    assert statuses == {"genai_filing": "active", "deep_synthesis": "deregistered"}


def test_former_names_are_those_of_remarks_and_of_older_lists() -> None:
    old = appearance("a", entity="旧名有限公司")
    new = appearance("b", period="2024-01", entity="新名有限公司",
                     remark="原主体名称“更早有限公司”变更为“新名有限公司”")  # fmt: skip
    assert derived(old, new)["former_entities"] == ["旧名有限公司", "更早有限公司"]


def test_flags_are_those_of_the_row_that_speaks() -> None:
    odd = appearance("a", flags=["odd"], number=number(1))
    assert derived(odd)["flags"] == ["odd"]
    assert derived(odd, appearance("b", period="2024-01"))["flags"] == []


def test_changes_between_versions_carry_the_day_of_the_newer_one() -> None:
    before = appearance(name="甲", current=False)
    after = appearance(name="乙", seen=9, first=4)
    assert derived(before, after)["changes"] == [
        {"field": "name", "before": "甲", "after": "乙", "when": "2026-01-05", "source": "versions", "batch": "a"}
    ]  # fmt: skip


def test_a_version_put_back_has_no_day() -> None:
    """It was seen before the one that it replaced: when it came back is not known from that."""
    put_back = appearance(name="甲", seen=9, first=0)
    between = appearance(name="乙", seen=5, current=False)
    (change,) = derived(put_back, between)["changes"]
    assert (change["before"], change["after"], change["when"]) == ("乙", "甲", "")


def test_lists_of_different_batches_are_no_versions_of_each_other() -> None:
    assert (
        derived(appearance("a", name="甲"), appearance("b", seen=3, name="乙", period="2024-01"))[
            "changes"
        ]
        == []
    )


def test_what_is_no_difference() -> None:
    """Width and spaces; a purpose that is not known on one side. All else is one."""
    one = appearance(name="甲 (A)").row
    assert differences(one, appearance(name="甲（Ａ）").row | {"purpose": ""}) == {}
    assert differences(one | {"purpose": ""}, one) == {}
    assert differences(one, one | {"purpose": "另一用途"}) == {
        "purpose": ("用于测试。", "另一用途")
    }
    assert differences(one, one | {"name": "乙"}) == {"name": ("甲 (A)", "乙")}
