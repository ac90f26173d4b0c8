"""Verdicts on the shipped lists: who is who, what is odd, and what a claimed name comes to."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from suanbei.common.texts import Language
from suanbei.registry.models import Filing
from suanbei.registry.queries.number_parts import anatomy
from suanbei.registry.verify import judge


@pytest.fixture
def session(shipped: Session) -> Session:
    return shipped


BAIDU, TENCENT = "网信算备110108645502801230035号", "网信算备440305295988701230071号"
DOUYIN, MOONSHOT = "网信算备110108823483901230031号", "网信算备110108896786101240015号"
BAICHUAN = "网信算备110108845622201240023号"


@pytest.mark.parametrize(
    ("number", "claim", "match", "code"),
    [
        (BAIDU, "北京百度網訊科技有限公司", "exact", "entity_same_name"),
        (BAIDU, "百度文心", "brand", "entity_brand"),
        (BAIDU, "百度公司", "similar", "entity_short_form"),
        (BAIDU, "Baidu Inc.", "brand", "entity_group"),
        (
            BAIDU,
            "Beijing Baidu Netcom Science and Technology Co., Ltd.",
            "unclear",
            "entity_holds_brand",
        ),
        (BAIDU, "Tencent", "unclear", "entity_other_brand"),
        (TENCENT, "深圳腾讯计算机系统有限公司", "similar", "entity_place_left_out"),
        (DOUYIN, "抖音（北京）信息服务有限公司", "similar", "entity_word_order"),
        (
            "网信算备330110108537701240017号",
            "淘宝（中国）软件有限公司",
            "unclear",
            "entity_taken_over",
        ),
        ("网信算备310106690568001240019号", "上海东方报业有限公司", "unclear", "entity_taken_over"),
        (
            "网信算备330106632265101260015号",
            "宁波元声智能科技有限公司",
            "unclear",
            "entity_perhaps_same",
        ),
        (BAIDU, "深圳市腾讯计算机系统有限公司", "different", "entity_has_own"),
        (BAIDU, "小米有限公司", "different", "entity_other_company"),
        (BAIDU, "张三", "unclear", "entity_undecided"),
        (BAIDU, "无", None, "entity_none"),
        (BAIDU, "Not applicable", None, "entity_none"),
        (BAIDU, "某某科技有限公司", None, "entity_none"),
        (TENCENT, "WeChat", "brand", "entity_brand"),
        (TENCENT, "混元", "brand", "entity_product_name_part"),
        (DOUYIN, "北京字节跳动科技有限公司", "unclear", "entity_holds_brand"),
        (DOUYIN, "ByteDance", "brand", "entity_group"),
        (MOONSHOT, "Kimi", "brand", "entity_company_alias"),
        (MOONSHOT, "北京月之暗面技术有限公司", "unclear", "entity_holds_brand"),
        (BAICHUAN, "北京百川智能科技有限公司", "former_name", "entity_former_name"),
    ],
)
def test_a_claimed_name(
    session: Session, number: str, claim: str, match: str | None, code: str
) -> None:
    (judgement,) = judge(session, [(number, claim)])
    found = judgement.entity_match.value if judgement.entity_match else None
    assert (found, code in [reason.code for reason in judgement.reasons]) == (match, True)
    for language in Language:
        assert all(reason.say(language) for reason in judgement.reasons)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("Guangdong-XiMuJiuZhouDaMoXing-202503050022", "columns_swapped"),
        ("网信算备310107429160605220017号", "label_differs"),
        ("Guangdong-XiMuJiuZhouDaMoXing-202503050022", "origin_transcribed"),
        ("网信算备1101082242366066220017号", "printed_malformed"),
        ("网信算备440305295988702220055号", "printed_check_digit"),
    ],
)
def test_what_is_odd_is_said(session: Session, number: str, code: str) -> None:
    (judgement,) = judge(session, [(number, "")])
    assert judgement.verdict.value == "active"
    assert code in [reason.code for reason in judgement.reasons]


def test_companies_that_the_lists_tie_are_never_different(session: Session) -> None:
    """高德软件's filing is 高德图强's now: the remark is quoted, and nothing more is claimed."""
    (judgement,) = judge(session, [("网信算备110114919700102220017号", "高德软件有限公司")])
    assert judgement.entity_match == "unclear"
    assert any("原主体名称" in reason.say(Language.ZH) for reason in judgement.reasons)


def test_a_company_on_no_list_is_not_said_to_be_on_none(session: Session) -> None:
    unlisted = "网信算备330110507206401230099号"
    for claim, code in (
        ("百度", "entity_brand_listed"),
        ("腾讯科技有限公司", "entity_similar_listed"),
    ):
        (judgement,) = judge(session, [(unlisted, claim)])
        codes = [reason.code for reason in judgement.reasons]
        assert codes[-2:] == ["entity_not_listed", code]


def test_who_once_held_a_filing_is_never_a_stranger_to_it(session: Session) -> None:
    """A renamed company's own, or said to have handed it over, or not told by the lists."""
    query = select(Filing.number, Filing.former_entities)
    pairs = [(number, name) for number, names in session.execute(query) for name in names]
    found = judge(session, pairs)
    assert len(found) > 100
    assert {one.entity_match for one in found} == {"former_name", "unclear"}
    tied = {"entity_former_name", "entity_taken_over", "entity_perhaps_same"}
    assert all(tied & {reason.code for reason in one.reasons} for one in found)


def test_the_holder_of_a_code_comes_with_its_former_names(session: Session) -> None:
    """Protects the number's parts: a company that was called otherwise is not shown as if never."""
    (judgement,) = judge(session, [("网信算备110105799745701240017号", "")])
    company = anatomy(judgement.parsed, Language.ZH, judgement.registrant)["registrant"]["entity"]
    assert company["name"] == "北京网聘信息技术有限公司"
    assert company["former_names"] == ["北京网聘咨询有限公司"]
