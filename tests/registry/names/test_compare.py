"""A claimed company against a registrant: never more than what the names say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suanbei.registry.cells.names import (
    MatchLevel,
    match_entity,
    name_parts,
    names_no_company,
    similar_names,
    simplified,
)
from suanbei.registry.cells.names.compare import are_branches, share_brand
from suanbei.registry.verify.reason_texts import REASON_TEXTS

TENCENT = "深圳市腾讯计算机系统有限公司"


@pytest.mark.parametrize(
    ("claimed", "current", "level", "reason"),
    [
        ("阿里巴巴达摩院(杭州)科技有限公司", "阿里巴巴达摩院（杭州）科技有限公司", "exact", "same_name"),
        ("深圳市腾讯计算机系统 有限公司", TENCENT, "exact", "same_name"),
        ("腾讯", TENCENT, "similar", "short_form"),
        ("深圳腾讯", TENCENT, "similar", "short_form"),
        ("腾讯公司", TENCENT, "similar", "short_form"),
        ("腾讯集团", TENCENT, "similar", "short_form"),
        ("讯飞", "科大讯飞股份有限公司", "similar", "short_form"),
        ("腾讯计算机系统有限公司", TENCENT, "similar", "place_left_out"),
        ("深圳市腾讯计算机系统股份有限公司", TENCENT, "similar", "legal_form"),
        ("深圳市腾迅计算机系统有限公司", TENCENT, "similar", "misspelling"),
        ("深圳市腾讯算计机系统有限公司", TENCENT, "similar", "misspelling"),
        ("深圳市腾讯计算机系统有限公司（微信）", TENCENT, "similar", "contains_name"),
        ("深圳市腾讯计算机系统有限公司北京分公司", TENCENT, "similar", "branch"),
        ("测试科技（杭州）有限公司", "杭州测试科技有限公司", "similar", "word_order"),
        ("中科测所", "中国科学测试研究所", "similar", "abbreviation"),
        ("Tengxun", TENCENT, "similar", "pinyin"),
        ("Tengxun Inc.", TENCENT, "similar", "pinyin"),
        ("Shenzhen Tengxun Technology Co., Ltd.", TENCENT, "similar", "pinyin"),
        ("深圳市騰訊計算機系統有限公司", TENCENT, "exact", "same_name"),
        ("腾讯科技（深圳）有限公司", TENCENT, "unclear", "shares_brand"),
        ("腾讯科技（北京）有限公司", "腾讯科技（深圳）有限公司", "unclear", "shares_brand"),
        ("百度在线网络技术（北京）有限公司", "北京百度网讯科技有限公司", "unclear", "shares_brand"),
        ("北京字节跳动科技有限公司", "北京抖音信息服务有限公司", "different", "other_company"),
        ("北京银行股份有限公司", "上海银行股份有限公司", "different", "other_company"),
        ("西安交通大学", "西安交通大学出版社有限责任公司", "unclear", "shares_brand"),
        ("有限公司", TENCENT, "unclear", "undecided"),
        ("科技", "北京测试科技有限公司", "unclear", "undecided"),
        ("北京", "北京测试科技有限公司", "unclear", "undecided"),
        ("上海科技", "上海测试科技有限公司", "unclear", "undecided"),
        ("甲乙", TENCENT, "unclear", "undecided"),
        ("Jiayi Inc.", TENCENT, "unclear", "undecided"),
        ("甲乙科技有限公司", TENCENT, "different", "other_company"),
    ],
)  # fmt: skip
def test_levels_and_reasons(claimed: str, current: str, level: str, reason: str) -> None:
    """Each way of writing a name, and each way of not being it."""
    match = match_entity(claimed, current=current)
    assert (match.level.value, match.reason) == (level, reason)


def test_a_former_name_is_said_with_the_name() -> None:
    """Names change, and old papers carry the old one."""
    match = match_entity(
        "旧名(杭州)科技有限公司", current=TENCENT, former=["旧名（杭州）科技有限公司"]
    )
    assert (match.level, match.matched) == (MatchLevel.FORMER_NAME, "旧名（杭州）科技有限公司")
    short = match_entity("旧名", current=TENCENT, former=["旧名（杭州）科技有限公司"])
    assert (short.level, short.reason) == (MatchLevel.SIMILAR, "short_form")


@pytest.mark.parametrize(
    ("claimed", "reason"),
    [
        ("DeepSeek", "product_name"),
        ("deepseek大模型", "product_name"),
        ("问问APP", "product_name"),
        ("问问助", "product_name_part"),
    ],
)
def test_a_product_is_a_brand_not_the_company(claimed: str, reason: str) -> None:
    """People name a vendor by what it sells."""
    products = ["DeepSeek(APP)", "问问(网站)", "问问助手(小程序)"]
    match = match_entity(claimed, current="杭州测试技术有限公司", products=products)
    assert (match.level, match.reason) == (MatchLevel.BRAND, reason)


def test_a_company_named_like_a_product_is_another_company() -> None:
    """A whole company name is compared with companies only."""
    match = match_entity("北京问问科技有限公司", current=TENCENT, products=["问问(网站)"])
    assert match.level is MatchLevel.DIFFERENT


def test_a_better_likeness_scores_higher() -> None:
    """Suggestions are sorted by it."""
    scores = [
        match_entity(claimed, current=TENCENT).score
        for claimed in (
            TENCENT,
            "深圳市腾迅计算机系统有限公司",
            "腾讯计算机",
            "腾讯",
            "北京甲乙酒店",
        )
    ]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] == 100


names = st.text(alphabet="北京上海甲乙腾讯科技（）()有限责任公司分A1 ", max_size=24)


@given(names, names, st.lists(names, max_size=2), st.lists(names, max_size=2))
def test_exact_means_the_same_letters(
    claimed: str, current: str, former: list[str], products: list[str]
) -> None:
    """No rule but that of keys makes two names one, and every reason has its words."""
    match = match_entity(claimed, current=current, former=former, products=products)
    letters = [sign for sign in claimed if sign.isalnum()]
    same = [sign.lower() for sign in letters] == [s.lower() for s in current if s.isalnum()]
    assert (match.level is MatchLevel.EXACT) == (bool(letters) and same)
    assert (match.score == 100) == (match.level in (MatchLevel.EXACT, MatchLevel.FORMER_NAME))
    assert 0 <= match.score <= 100
    assert f"entity_{match.reason}" in REASON_TEXTS


@pytest.mark.parametrize(
    "claim", ["", "-", "——", "N/A", "n.a.", "无", "暂无", "有限公司", "（）", "xxx"]
)
def test_a_filler_names_no_company(claim: str) -> None:
    """A form that wants an answer gets one: nothing is compared with it."""
    assert names_no_company(claim)
    assert not any(map(names_no_company, ("腾讯", "AI", "58", "无界科技", "Na Inc.")))


def test_names_like_a_claim_come_with_the_shortest_first() -> None:
    names = [
        TENCENT,
        "腾讯云计算（北京）有限责任公司",
        "北京甲乙科技有限公司",
        "北京甲丙科技有限公司",
    ]
    assert similar_names("腾讯", names, 3) == [TENCENT, "腾讯云计算（北京）有限责任公司"]
    assert similar_names("北京甲丁科技有限公司", names, 2) == names[2:]
    assert similar_names("科技", names, 3) == []


def test_a_latin_company_name_can_be_a_product() -> None:
    """DeepSeek Inc. is nobody's registered name here, but says which product is meant."""
    match = match_entity(
        "DeepSeek Inc.", current="杭州测试技术有限公司", products=["DeepSeek(APP)"]
    )
    assert match.reason == "product_name"
    match = match_entity("问问有限公司", current="杭州测试技术有限公司", products=["问问(APP)"])
    assert match.level is MatchLevel.DIFFERENT


@pytest.mark.parametrize(
    ("claim", "is_filler"),
    [("xx", True), ("XXX", True), ("--", True), ("x", False), ("xy", False), ("X公司", False)],
)
def test_a_filler_is_no_name(claim: str, is_filler: bool) -> None:
    """`XX` stands for any name; X is a company, and so is xAI."""
    assert names_no_company(claim) == is_filler


def test_characters_in_use_in_china_are_not_simplified() -> None:
    assert simplified("騰訊乾坤著名") == "腾讯乾坤著名"


@pytest.mark.parametrize(
    ("claim", "is_short"),
    [("字节", True), ("跳动", True), ("字节跳", True), ("北京字节", True), ("字", False), ("节跳", False),
     ("上海字节", False), ("科技", False), ("动", False), ("跳动科技有限公司", True)],
)  # fmt: skip
def test_a_short_form_is_a_beginning_or_an_end_in_the_same_place(
    claim: str, is_short: bool
) -> None:
    """Two characters from the middle, one character or words of trade are nobody's short name."""
    match = match_entity(claim, current="北京字节跳动科技有限公司")
    assert (match.reason == "short_form") == is_short, match


def test_a_long_name_with_a_wrong_character_and_another_legal_form_is_similar() -> None:
    """A short one is not: too many companies are one character apart."""
    known = "北京甲乙丙丁戊己庚辛壬癸股份有限公司"
    assert match_entity("甲乙丙丁戊己庚辛壬葵有限公司", current=known).reason == "spelling"
    assert match_entity("上海甲乙丙丁戊己庚辛壬葵有限公司", current=known).reason != "spelling"
    match = match_entity("甲乙葵有限公司", current="北京甲乙癸股份有限公司")
    assert match.reason != "spelling"


def test_branches_are_of_the_company_they_name() -> None:
    """Either way round, and two of one company; not of another company."""
    company, other = name_parts("甲乙有限公司"), name_parts("丙丁有限公司")
    first, second = (name_parts(f"甲乙有限公司{city}分公司") for city in ("上海", "深圳"))
    related = [(first, company), (company, first), (first, second)]
    assert [are_branches(*pair) for pair in related] == [True] * 3
    strangers = [(first, other), (other, first), (company, other)]
    assert [are_branches(*pair) for pair in strangers] == [False] * 3


@pytest.mark.parametrize(
    ("one", "other", "shares"),
    [("甲乙丙丁己有限公司", "甲乙丙丁庚有限公司", True), ("甲乙丙己有限公司", "甲乙丙庚有限公司", False),
     ("人工智能己有限公司", "人工智能庚有限公司", False), ("甲乙有限公司", "甲乙丙有限公司", True)],
)  # fmt: skip
def test_four_common_characters_that_are_no_words_of_trade_are_a_brand(
    one: str, other: str, shares: bool
) -> None:
    assert share_brand(name_parts(one), name_parts(other)) == shares


def test_the_more_of_a_product_s_name_is_said_the_better() -> None:
    scores = [
        match_entity("抖音", current=TENCENT, products=[product]).score
        for product in ("抖音甲", "抖音甲乙丙丁", "抖音甲乙丙丁戊己庚辛")
    ]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == 3
    assert all(60 < score < 90 for score in scores)
