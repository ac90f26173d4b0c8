"""Regions: one list, whatever the spelling, and no guess where a spelling means two."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suanbei.registry.cells.regions import (
    CENTRAL,
    REGIONS,
    region_by_name,
    region_of_division,
    region_of_label,
    region_of_number,
    regions_of_spelling,
)


def test_slugs_codes_and_names_tell_regions_apart() -> None:
    """Queries and exports use any of them as a key."""
    for attribute in ("slug", "zh", "full", "en"):
        values = [getattr(region, attribute) for region in REGIONS]
        assert len(set(values)) == len(REGIONS) == 35, attribute


@pytest.mark.parametrize(
    ("label", "zh"),
    [
        ("北京市", "北京"),
        ("北京", "北京"),
        (" 广 东 省 ", "广东"),
        ("广西壮族自治区", "广西"),
        ("内蒙古自治区", "内蒙古"),
        ("国资委", "中央企业"),
        ("中央企业", "中央企业"),
        ("广东省深圳市", "广东"),
        ("新疆生产建设兵团", "新疆"),
    ],
)
def test_a_label_as_published_is_a_region(label: str, zh: str) -> None:
    """属地 is printed in full, in short, with spaces, and as 国资委."""
    region = region_of_label(label)
    assert region is not None
    assert region.zh == zh


@pytest.mark.parametrize("label", ["", "--", "某地", "Beijing"])
def test_a_label_that_names_no_region_is_none(label: str) -> None:
    """An unknown 属地 is never turned into a region."""
    assert region_of_label(label) is None


@pytest.mark.parametrize(
    ("spelling", "slugs"),
    [
        ("Beijing", {"beijing"}),
        ("BeiJing", {"beijing"}),
        ("ZheJiang", {"zhejiang"}),
        ("ZhongYangQiYe", {"central"}),
        ("Neimenggu", {"inner_mongolia"}),
        ("Xizang", {"xizang"}),
        ("ShanXi", {"shanxi", "shaanxi"}),
        ("Shaanxi", {"shaanxi"}),
        ("Shinghai", {"shanghai"}),
        ("Hanan", set()),  # one letter from 河南, 湖南 and 海南
        ("Atlantis", set()),
        ("", set()),
    ],
)
def test_spellings_of_numbers(spelling: str, slugs: set[str]) -> None:
    """Case varies, one spelling means two provinces, and a misprint counts only if it is plain."""
    assert {region.slug for region in regions_of_spelling(spelling)} == slugs


@pytest.mark.parametrize(
    ("number", "label", "zh"),
    [
        ("Guangdong-CeShi-202606050172", "", "广东"),
        ("Shanghai-CeShi-20260817S0065", "", "上海"),
        ("ShanXi-CeShi-202502080001", "陕西省", "陕西"),
        ("ShanXi-CeShi-202502080001", "山西省", "山西"),
        ("网信算备330110000000001230011号", "", "浙江"),
        ("３３０１１０００００００００１２３００１１", "", "浙江"),
    ],
)
def test_a_number_of_either_system_names_its_region(number: str, label: str, zh: str) -> None:
    """The 属地 decides where the spelling alone cannot."""
    region = region_of_number(number, label)
    assert region is not None
    assert region.zh == zh


def test_shanxi_alone_is_not_guessed() -> None:
    """Without a 属地 the number of one of two provinces has no region."""
    assert region_of_number("ShanXi-CeShi-202502080001") is None


def test_a_division_is_known_by_two_digits() -> None:
    """Abolished districts keep their province."""
    region = region_of_division("440305")
    assert region is not None
    assert region.en == "Guangdong"
    assert region_of_division("990000") is None
    assert region_of_division("") is None


@pytest.mark.parametrize("region", REGIONS, ids=lambda region: region.slug)
def test_every_name_of_a_region_finds_it(region: object) -> None:
    """What a list of regions shows can be typed back as a filter."""
    for attribute in ("slug", "zh", "full", "en", "code"):
        if text := getattr(region, attribute):
            assert region_by_name(text) == region, text


@given(st.text(max_size=40), st.text(max_size=10))
def test_no_text_is_too_odd(text: str, label: str) -> None:
    """Cells and queries are whatever was printed or typed: never an exception."""
    assert region_of_label(text) is None or region_of_label(text) in REGIONS
    assert region_of_number(text, label) in (None, *REGIONS)
    assert region_by_name(text) in (None, *REGIONS)
    assert region_of_division(text) is not CENTRAL
