"""Grouping: when two names are one company, when a filing was handed over, and what stays unclear."""

from typing import Any

import pytest

from suanbei.registry.cells.names import entity_key
from suanbei.registry.importing.grouping import FilingRow, Group, Link, LinkKind, group

OLD, NEW = "甲乙（杭州）科技有限公司", "丙丁（杭州）科技有限公司"


def filing(
    serial: int, name: str = NEW, code: str = "", *former: str, period: str = ""
) -> FilingRow:
    """A filing of `name` under the registrant code; `former` are the names its 备注 calls former."""
    month = period or f"2024-{serial:02}"
    return {
        "series": "deep_synthesis", "number_key": f"k{serial}", "number": f"n{serial}", "registrant": code,
        "entity": name, "entity_key": entity_key(name), "former_entities": list(former),
        "first_period": month, "last_period": month, "remark": "",
    }  # fmt: skip


def grouped(*filings: FilingRow) -> tuple[list[str], list[Link]]:
    """The numbers of each company in one text, and the links; the same in any order."""
    groups, links = group(filings)
    again, also = group(filings[::-1])
    assert _shown(groups) == _shown(again)
    assert all(link in also for link in links)
    assert len(links) == len(also)
    return sorted(" ".join(sorted(one["number"] for one in of.filings)) for of in groups), links


def _shown(groups: list[Group]) -> list[tuple[Any, ...]]:
    return sorted((g.name, g.former_names, sorted(g.codes)) for g in groups)


def test_the_newest_name_is_the_company_s() -> None:
    """And names that 备注 calls former are never it, however new the list that prints them."""
    share = "甲乙（杭州）科技股份有限公司"
    (one,), _ = group([filing(1, OLD, "1"), filing(2, share, "1")])
    assert (one.name, one.former_names) == (share, [OLD])
    (one,), _ = group([filing(3, OLD), filing(2, NEW, "1", OLD), filing(1, NEW, "1")])
    assert (one.name, one.former_names, one.codes) == (NEW, [OLD], {"1"})


def test_a_former_name_is_spelled_as_it_is_most_often() -> None:
    spelled = "甲乙(杭州)科技有限公司"
    filings = [
        filing(1, spelled),
        filing(2, OLD),
        filing(3, OLD),
        filing(4, NEW, "1", OLD),
        filing(5, NEW, "1"),
    ]
    (one,), _ = group(filings)
    assert one.former_names == [OLD]


def test_names_without_a_tie_are_two_companies() -> None:
    assert grouped(filing(1, OLD, "1"), filing(2, NEW, "2")) == (["n1", "n2"], [])


def test_filings_without_a_company_stand_alone() -> None:
    assert grouped(filing(1, ""), filing(2, "")) == (["n1", "n2"], [])


def test_a_rename_that_nothing_speaks_against() -> None:
    """A is printed nowhere any more; or B files new algorithms under A's code."""
    (one,), links = group([filing(2, NEW, "1", OLD)])
    assert (one.former_names, links) == ([OLD], [])
    assert grouped(filing(1, OLD, "1"), filing(2, NEW, "1", OLD), filing(3, NEW, "1")) == (
        ["n1 n2 n3"], [],
    )  # fmt: skip


@pytest.mark.parametrize("later", [False, True], ids=["a code of its own", "printed later"])
def test_a_filing_that_was_handed_over(later: bool) -> None:
    """B files under a code of its own, or A is printed under the code of the filing after B is."""
    taken = filing(2, NEW, "1", OLD)
    other = filing(3, OLD, "1") if later else filing(3, NEW, "2")
    owners = [taken, filing(1, OLD, "1"), other]
    groups, links = group(owners)
    assert [(one.filing, one.name, one.kind) for one in links] == [
        (taken, OLD, LinkKind.HANDED_OVER)
    ]
    codes = {one.name: one.codes for one in groups}
    assert codes == {OLD: {"1"}, NEW: set() if later else {"2"}}
    assert all(one.former_names == [] for one in groups)


def test_a_company_that_goes_on_filing_was_not_renamed() -> None:
    """上海东方报业 registers an app more than a year after 派生万物 has filed under its own name: the
    filings were handed over, and the code in their numbers is the former company's."""
    taken = filing(1, NEW, "1", OLD, period="2024-04")
    own = filing(2, NEW, period="2025-03")
    groups, links = group([taken, own, filing(3, OLD, period="2026-08")])
    assert [(one.name, one.kind) for one in links] == [(OLD, LinkKind.HANDED_OVER)]
    assert {one.name: one.codes for one in groups} == {OLD: {"1"}, NEW: set()}
    assert group([taken, own, filing(3, OLD, period="2025-08")])[1][0].kind == LinkKind.UNCLEAR


def test_a_filing_without_a_code_hands_none_over() -> None:
    """A number with a wrong check digit tells no registrant: nobody's code is empty."""
    filings = [
        filing(1, NEW, "", OLD),
        filing(2, NEW, period="2024-03"),
        filing(3, OLD, period="2026-08"),
    ]
    groups, links = group(filings)
    assert [one.kind for one in links] == [LinkKind.HANDED_OVER]
    assert [one.codes for one in groups] == [set(), set()]


def test_what_the_lists_do_not_tell_stays_unclear() -> None:
    """A has a filing of its own still, and B none that says whose code it is."""
    found, links = grouped(filing(1, OLD, "1"), filing(2, NEW, "1", OLD))
    assert found == ["n1", "n2"]
    assert [(one.name, one.kind) for one in links] == [(OLD, LinkKind.UNCLEAR)]


def test_two_names_under_one_code() -> None:
    """One company where they bear the same brand, else it is said that the lists do not tell."""
    assert grouped(filing(1, OLD, "1"), filing(2, "甲乙（北京）有限公司", "1"))[0] == ["n1 n2"]
    found, links = grouped(filing(1, OLD, "1"), filing(2, NEW, "1"))
    assert found == ["n1", "n2"]
    assert [(one.filing["number"], one.name, one.kind) for one in links] == [
        ("n1", NEW, LinkKind.UNCLEAR)
    ]


def test_the_same_brand_is_a_rename() -> None:
    """甲乙科技 that became 甲乙股份: A's other filings are its own too."""
    share = "甲乙股份有限公司"
    assert grouped(filing(1, OLD, "2"), filing(2, share, "1", OLD))[0] == ["n1 n2"]
