"""The registry as figures."""

import pytest

from suanbei.registry.database import Database
from suanbei.registry.importing.documents import import_document
from suanbei.registry.importing.published import Series
from suanbei.registry.queries.selection import Dimension, Selection
from suanbei.registry.queries.statistics import (
    By,
    Split,
    count_values,
    deregistrations,
    double_filing,
    lists,
    new_entrants,
    summary,
    timeline,
)
from tests.lists import listed, number, row

A, B, C = "甲（杭州）科技有限公司", "乙科技有限公司", "丙科技有限公司"


@pytest.fixture(scope="module")
def filled(module_database: Database) -> Database:
    """Four deep syntheses of A and B in two lists, one model of A and one of C, one withdrawn."""
    b = {"entity": B, "label": "服务技术支持者"}
    first = [row(1, entity=A, product="一(APP)、二(网站)"), row(2, entity=A, product="二(网站)")]
    second = [
        row(3, entity=A, period="2024-02"),
        row(4, number=number(4, "7654321", "110105"), period="2024-02", **b),
    ]
    models = [
        row(
            place, series=Series.GENAI_FILING, period="2024-02", entity=entity, label="",
            number=f"ZheJiang-{name}-2024010{place}", region="浙江省", name=name,
        )
        for place, (entity, name) in enumerate([(A, "甲模型"), (C, "丙模型")], 5)
    ]  # fmt: skip
    gone = [row(2, series=Series.DEREGISTRATION, period="2024-05", entity=A)]
    for rows in (first, second, models, gone):
        import_document(module_database, listed(rows))
    return module_database


ALL = Selection()


def test_totals(filled: Database) -> None:
    """Filings and companies are each counted once, whatever lists they are in."""
    with filled.read() as session:
        found = summary(session, ALL)
        none = summary(session, Selection({Dimension.SERIES: ("algorithm",)}))
    assert {name: found[name] for name in ("filings", "active", "deregistered", "entities")} == {
        "filings": 6, "active": 5, "deregistered": 1, "entities": 3,
    }  # fmt: skip
    assert (found["first_period"], found["regions"]) == ("2023-06", 2)
    assert none["filings"] == none["active"] == 0
    assert none["first_period"] is none["double_filing"]["share"] is None


def test_who_files_twice(filled: Database) -> None:
    """A has algorithms and a model; B and C have one side each."""
    with filled.read() as session:
        found = double_filing(session, ALL)
    assert found == {
        "entities": 3, "algorithm": 2, "genai": 2, "both": 1,
        "share": 0.3333, "share_of_genai": 0.5,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("counted", "expected"),
    [
        (Dimension.SERIES, {"deep_synthesis": 4, "genai_filing": 2}),
        (Dimension.ROLE, {"service_provider": 3, "technical_supporter": 1, None: 2}),
        (Dimension.REGION, {"浙江省": 5, "北京市": 1}),
        (Dimension.CITY, {"3301": 3, "1101": 1, None: 2}),
        (Dimension.YEAR, {"2023": 4, "2024": 2}),
        (Dimension.STATUS, {"active": 5, "deregistered": 1}),
        (Dimension.PRODUCT_KIND, {"app": 5, "website": 2}),
        (Dimension.FLAG, {}),
    ],
)
def test_counts_by_value(
    filled: Database, counted: Dimension, expected: dict[str | None, int]
) -> None:
    """Also what a filing has several of, and what it lacks."""
    with filled.read() as session:
        rows = count_values(session, ALL, counted)
    assert {row["value"]: row["count"] for row in rows} == expected
    assert [row["count"] for row in rows] == sorted(expected.values(), reverse=True)


def test_the_largest_companies(filled: Database) -> None:
    """With the name that people read, the active ones apart, and no more than asked for."""
    with filled.read() as session:
        (first,) = count_values(session, ALL, Dimension.ENTITY, top=1)
    assert (first["name"], first["count"], first["active"]) == (A, 4, 3)


def test_over_time(filled: Database) -> None:
    """By list and by year, in parts, and added up."""
    with filled.read() as session:
        months = timeline(session, ALL)
        years = timeline(session, ALL, By.YEAR, Split.ROLE)
    assert months == [
        {"value": "2023-06", "count": 2, "cumulative": 2, "parts": {"deep_synthesis": 2}},
        {"value": "2024-02", "count": 4, "cumulative": 6,
         "parts": {"deep_synthesis": 2, "genai_filing": 2}},
    ]  # fmt: skip
    assert years[1]["parts"] == {"": 2, "service_provider": 1, "technical_supporter": 1}


def test_who_is_new(filled: Database) -> None:
    """A was there before; in a register of its own it is new again."""
    with filled.read() as session:
        rows = new_entrants(session, ALL)
    assert [(row["value"], row["series"], row["count"], row["entities"]) for row in rows] == [
        ("2023-06", "deep_synthesis", 1, 1),
        ("2024-02", "deep_synthesis", 1, 2),
        ("2024-02", "genai_filing", 1, 2),
    ]


def test_what_was_withdrawn(filled: Database) -> None:
    """By the month of the notice, not of the filing."""
    with filled.read() as session:
        found = deregistrations(session, ALL)
    assert found == [{"value": "2024-05", "count": 1, "parts": {"deep_synthesis": 1}}]


def test_lists_with_their_rows(filled: Database) -> None:
    """What an operator compares with the published lists."""
    with filled.read() as session:
        found = [(one["series"], one["period"], one["rows"]) for one in lists(session)]
    assert found == [
        ("deep_synthesis", "2023-06", 2),
        ("deep_synthesis", "2024-02", 2),
        ("deregistration", "2024-05", 1),
        ("genai_filing", "2024-02", 2),
    ]


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (Selection({Dimension.CITY: ("3301",)}), 3),
        (Selection({Dimension.DIVISION: ("110105",)}), 1),
        (Selection({Dimension.YEAR: ("2024",), Dimension.REGION: ("浙江省",)}), 2),
        (Selection({Dimension.PRODUCT_KIND: ("website",)}), 2),
        (Selection({Dimension.PRODUCT_KIND: ("website", "app")}), 6),
        (Selection({Dimension.FLAG: ("check_digit",)}), 0),
        (Selection(period_from="2024-01"), 4),
        (Selection({Dimension.STATUS: ("active",)}, period_to="2023-12"), 1),
        (Selection({Dimension.CITY: ("3301",), Dimension.DIVISION: ("110105",)}), 4),
        (Selection({Dimension.ENTITY: ("nobody",)}), 0),
        (Selection(ids=()), 0),
        (Selection(ids=(1, 2, 999)), 2),
    ],
)
def test_any_selection(filled: Database, selection: Selection, expected: int) -> None:
    """Each field narrows, on both databases."""
    with filled.read() as session:
        assert summary(session, selection)["filings"] == expected


def test_every_flag_is_counted(database: Database) -> None:
    """Those of the parsers too, and of filings with several."""
    odd = [row(7, remark="一件怪事", flags=("cut_off",)), row(8, flags=("cut_off",)), row(9)]
    import_document(database, listed(odd))
    with database.read() as session:
        found = count_values(session, ALL, Dimension.FLAG)
    counts = {one["value"]: one["count"] for one in found}
    assert counts == {"cut_off": 2, "unread_remark": 1}
