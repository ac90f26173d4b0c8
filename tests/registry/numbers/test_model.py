"""Numbers taken apart, checked, formatted and worded."""

import datetime

import pytest

from suanbei.registry.cells.numbers import (
    KIND_TEXTS,
    MALFORMATION_TEXTS,
    REPAIR_TEXTS,
    AlgorithmNumber,
    GenaiNumber,
    Malformation,
    MalformedNumber,
    NumberKind,
    OtherNumber,
    Repair,
    parse_number,
)
from suanbei.registry.cells.regions import regions_of_spelling
from suanbei.registry.cells.vocabulary import (
    ROLE_TEXTS,
    TYPE_CODE_TEXTS,
    TYPE_CODES,
    TYPE_TEXTS,
    role_of_label,
    type_of_label,
)

DAMO = AlgorithmNumber("330110507206401230035")


def test_anatomy_of_an_algorithm_number() -> None:
    """Protects the parts and their widths, as DOMAIN.md §3 draws them."""
    assert (DAMO.division, DAMO.registrant, DAMO.type_code) == ("330110", "5072064", "01")
    assert (DAMO.year, DAMO.sequence, DAMO.check_digit) == (2023, 3, 5)
    assert DAMO.type == "generation_synthesis"
    assert DAMO.formatted == str(DAMO) == "网信算备330110507206401230035号"
    assert DAMO.key == "330110507206401230035"
    assert DAMO.kind is NumberKind.ALGORITHM
    assert DAMO.check_ok


def test_wrong_check_digit() -> None:
    """Protects the suggestion for a mistyped last digit."""
    wrong = AlgorithmNumber("330110507206401230034")
    assert not wrong.check_ok
    assert wrong.expected_check == 5


def test_the_listed_number_that_fails_is_still_a_number() -> None:
    """Protects 网信算备440305295988702220055号, on a real list with a wrong check digit."""
    number = parse_number("网信算备440305295988702220055号")
    assert isinstance(number, AlgorithmNumber)
    assert not number.check_ok


def test_unknown_type_code_and_rounded_digits() -> None:
    """Protects numbers that are well-formed and still cannot be."""
    odd = AlgorithmNumber("330110507206407230035")
    assert odd.type is None
    rounded = parse_number("330110507206401000000")
    assert isinstance(rounded, MalformedNumber)
    assert rounded.reason is Malformation.ROUNDED


@pytest.mark.parametrize(
    "digits", ["", "33011050720640123003", "3301105072064012300355", "33011050720640123003x"]
)
def test_only_21_ascii_digits_make_an_algorithm_number(digits: str) -> None:
    """Protects the type: an instance is always well-formed."""
    with pytest.raises(ValueError, match="21 digits"):
        AlgorithmNumber(digits)


def test_anatomy_of_genai_numbers() -> None:
    """Protects all three published forms."""
    early = parse_number("Beijing-WenXinYiYan-20230821")
    assert early == GenaiNumber("Beijing", "WenXinYiYan", "20230821")
    serial = parse_number("Guangdong-QiDianAIJiaoLian-202606050172")
    assert serial == GenaiNumber("Guangdong", "QiDianAIJiaoLian", "20260605", "0172")
    assert isinstance(serial, GenaiNumber)
    assert serial.kind is NumberKind.GENAI_FILING
    assert (serial.filed_on, serial.year) == (datetime.date(2026, 6, 5), 2026)
    app = parse_number("Guangdong-ZhongJinCaiFuZhiNeng-20260817S0065")
    assert isinstance(app, GenaiNumber)
    assert app.is_registration
    assert app.kind is NumberKind.GENAI_REGISTRATION
    assert app.formatted == "Guangdong-ZhongJinCaiFuZhiNeng-20260817S0065"


def test_genai_numbers_are_equal_without_case_and_punctuation() -> None:
    """Protects the comparison: province and name are spelled unevenly."""
    published = GenaiNumber("Shaanxi", "Xi’anZhi·Jian", "20260106", "0004", is_registration=True)
    typed = GenaiNumber("shaanxi", "xi'anzhi.jian", "20260106", "0004", is_registration=True)
    assert published == typed
    assert hash(published) == hash(typed)
    assert published != GenaiNumber("Shaanxi", "Xi’anZhi·Jian", "20260106", "0004")
    assert published != "Shaanxi"
    assert "Xi’anZhi·Jian" in str(published)


@pytest.mark.parametrize(
    ("date", "serial", "registered"),
    [("20231345", "", False), ("2023", "", False), ("20230821", "001", False),
     ("20230821", "", True), ("2023082１", "", False)],
)  # fmt: skip
def test_genai_number_is_always_well_formed(date: str, serial: str, registered: bool) -> None:
    """Protects the type: an instance has a real date and a whole serial."""
    with pytest.raises(ValueError, match="not a"):
        GenaiNumber("Beijing", "X", date, serial, registered)


def test_regions() -> None:
    """Protects the uneven spellings, the two provinces of ShanXi and the central enterprises."""
    assert spelled("ZheJiang") == spelled("Zhejiang") == ("浙江省",)
    assert spelled("ShanXi") == ("山西省", "陕西省")
    assert spelled("Shaanxi") == ("陕西省",)
    assert spelled("ZhongYangQiYe") == ("国资委",)
    assert spelled("Shinghai") == ("上海市",)
    assert spelled("Atlantis") == ()


def spelled(region: str) -> tuple[str, ...]:
    """The regions of a number that begins so."""
    return tuple(one.full for one in regions_of_spelling(region))


def test_type_codes_and_labels() -> None:
    """Protects the slugs of DESIGN.md and the labels of DOMAIN.md §4."""
    assert TYPE_CODES["04"] == TYPE_CODES["05"] == "retrieval_filtering"
    assert set(TYPE_CODES.values()) == set(TYPE_TEXTS)
    assert set(TYPE_CODES) == set(TYPE_CODE_TEXTS)
    labels = {
        "个性化推送类": "personalised_push",
        "信息检索类": "retrieval_filtering",
        "检索过滤类": "retrieval_filtering",
        "内容过滤类": "retrieval_filtering",
        "排序精选类": "ranking_selection",
        "调度决策类": "scheduling_decision",
        "生成合成类\n": "generation_synthesis",
        "生成合成": "generation_synthesis",
    }
    assert {label: type_of_label(label) for label in labels} == labels
    assert type_of_label("服务提供者") is None
    assert type_of_label("") is None


def test_roles() -> None:
    """Protects the roles, with the one row that prints 服务提供."""
    assert role_of_label("服务提供者") == role_of_label("服务提供") == "service_provider"
    assert role_of_label("服务技术\n支持者") == "technical_supporter"
    assert role_of_label("生成合成类") is None
    assert set(ROLE_TEXTS) == {"service_provider", "technical_supporter"}


def test_every_code_is_worded_in_both_languages() -> None:
    """Protects people from bare codes."""
    assert set(KIND_TEXTS) == set(NumberKind)
    assert set(MALFORMATION_TEXTS) == set(Malformation)
    assert set(REPAIR_TEXTS) == set(Repair)
    for texts in (KIND_TEXTS, MALFORMATION_TEXTS, REPAIR_TEXTS, TYPE_TEXTS, ROLE_TEXTS):
        assert all(text.zh and text.en for text in texts.values())


def test_malformed_and_other_numbers_keep_their_text() -> None:
    """Protects what is published: kept as it is, with a key to compare by."""
    long = MalformedNumber(
        "网信算备1101082242366066220017号", Malformation.TOO_MANY_DIGITS, NumberKind.ALGORITHM
    )
    assert (str(long), long.key) == (long.text, "1101082242366066220017")
    cut = MalformedNumber("Jiangsu-SiWeiXiangLiang-", Malformation.NO_DATE, NumberKind.GENAI_FILING)
    assert cut.key == "jiangsu-siweixiangliang-"
    other = OtherNumber("京ICP备12345678号-1", NumberKind.ICP_FILING, "京")
    assert (str(other), other.key) == ("京ICP备12345678号-1", "京icp备12345678号-1")
