"""All reasons by their stable code, in Chinese and English; `{…}` marks what `Reason.values` fill in."""

from typing import Final

from suanbei.common.texts import Text
from suanbei.registry.cells.numbers import MALFORMATION_TEXTS

REASON_TEXTS: Final[dict[str, Text]] = {
    # Where the number stands.
    "listed": Text("列于{list}", "listed in {list}"),
    "deregistered_notice": Text("已注销，见{list}", "deregistered: see {list}"),
    "deregistered_remark": Text(
        "清单备注说明已注销：“{remark}”", "the list's remark says it was deregistered: “{remark}”"
    ),
    "deregistered_in_part": Text(
        "同一编号在“{series}”中已注销，在其他清单中仍有效",
        "deregistered in one register ({series}), but standing in another",
    ),
    "vanished": Text(
        "曾列于{list}，但该清单的现行版本已不再列出",
        "was listed in {list}, but the list as published today does not show it",
    ),
    "printed_malformed": Text(
        "清单上印的编号本身不合规则，以清单为准",
        "the number is malformed as printed in the list; a number on a list is valid whatever its form",
    ),
    "printed_check_digit": Text(
        "校验位与规则不符，但清单上即如此，以清单为准",
        "its check digit does not fit, but that is how the list prints it; the list decides",
    ),
    "not_listed": Text(
        "已收录的清单中没有这个编号（{coverage}）", "on no list held here ({coverage})"
    ),
    "not_covered": Text(
        "尚未收录“{series}”的任何清单，无法判断",
        "no list is held yet ({series}), so nothing can be said",
    ),
    "may_be_missing": Text(
        "编号可能在尚缺的部分里（{series}：{gaps}）",
        "it may be among what is known to be missing here ({series}: {gaps})",
    ),
    "columns_swapped": Text(
        "发布方把这一行的公司和模型两栏填反了（主体栏印作“{entity}”），此处已按更正后的内容核验",
        "the publisher swapped company and model in this row (it prints “{entity}” as the "
        "registrant); it was checked as corrected",
    ),
    "label_differs": Text(
        "清单所印类别是“{label}”，而编号的类型代码 {code} 表示{found}；以清单为准",
        "the list prints {label}, while the type code {code} stands for {found}; the list decides",
    ),
    "origin_converted": Text(
        "所据清单文件由原件转换而来，不是国家网信办发布的原件",
        "the list held here was converted from CAC's document and is not the document itself",
    ),
    "origin_transcribed": Text(
        "所据清单文件由第三方转录，不是国家网信办发布的原件",
        "the list held here was transcribed by a third party and is not CAC's own document",
    ),
    # What the number itself tells.
    "check_digit": Text(
        "校验位应为 {expected}，而不是 {found}：多半是抄写错误",
        "the check digit should be {expected}, not {found}: most likely a typing error",
    ),
    "division_unknown": Text(
        "行政区划代码 {code} 不存在", "there is no administrative division {code}"
    ),
    "type_unknown": Text("没有算法类型代码 {code}", "there is no algorithm type {code}"),
    "type_contradicts": Text(
        "文中称{claimed}类，但编号的类型代码 {code} 表示{found}",
        "the text speaks of {claimed}, but the type code {code} stands for {found}",
    ),
    "registrant_known": Text(
        "主体代码 {code} 属于“{entity}”", "the registrant code {code} is that of {entity}"
    ),
    "registrant_other_division": Text(
        "该主体代码的已知备案属于{known}，而不是{found}",
        "the known filings of this registrant belong to {known}, not to {found}",
    ),
    "registrant_unknown": Text(
        "主体代码 {code} 未在已收录的清单中出现",
        "the registrant code {code} is on no list held here",
    ),
    "year_beyond": Text(
        "编号年份 {year} 晚于已知最新清单（{newest}）：可能在之后的清单公布",
        "its year {year} is after the newest list known ({newest}): it may be in a later one",
    ),
    "year_open": Text(
        "{year} 年的编号可能还会在下一份清单公布（已知最新清单：{newest}）",
        "numbers of {year} may still be published in the next list (newest list known: {newest})",
    ),
    "year_before": Text(
        "编号年份 {year} 早于备案制度（2022 年起）",
        "its year {year} is before the register began (2022)",
    ),
    "region_unknown": Text(
        "“{region}”不是已知的属地拼写", "“{region}” is no known spelling of a region"
    ),
    "registration_not_filing": Text(
        "编号中的 S 表示上线登记：调用已备案模型的应用或功能，而不是大模型备案",
        "the S marks a registration: an app that calls a filed model, not the filing of a model",
    ),
    "unchecked": Text(
        "该清单来源尚未成功检查过，收录范围可能不是最新",
        "the source of these lists has not been checked successfully yet: coverage may be out of date",
    ),
    # What was read out of the input.
    "no_number": Text("输入中没有备案编号", "there is no filing number in the input"),
    "empty": Text("输入为空", "the input is empty"),
    "several_numbers": Text(
        "输入中有 {count} 个编号，已全部核验，以最差的结论为准：{number}；其余：{others}",
        "the input holds {count} numbers, all checked; the worst decides: {number}; the others: {others}",
    ),
    "read_as": Text(
        "输入与公布的写法不同（{repairs}），读作 {number}",
        "the input differs from the published form ({repairs}) and was read as {number}",
    ),
    "look_alike": Text(
        "输入中有形似数字的字母，按数字读作 {number}，请核对原文",
        "letters that look like digits were read as digits: {number}; compare with the original",
    ),
    "other_register": Text(
        "{number} 是{kind}，不是算法或大模型备案编号",
        "{number} belongs to another register ({kind}), not to those of algorithms and models",
    ),
    **{f"malformed_{code.value}": text for code, text in MALFORMATION_TEXTS.items()},
    "malformed_rounded": Text(
        "编号被电子表格四舍五入，最后{lost}位数字已丢失，请从原始文件取得完整编号",
        "rounded by a spreadsheet, the last {lost} digits are lost; get the whole number from its source",
    ),
    # What the lists know of the claimed company.
    "entity_renamed": Text(
        "是该主体的现名；这项备案以其曾用名“{listed}”列出",
        "the registrant's present name; this filing is listed under its former name, {listed}",
    ),
    "entity_none": Text(
        "“{claim}”不是公司名称，未作比对", "“{claim}” names no company: nothing was compared"
    ),
    "entity_several": Text(
        "所称主体有 {count} 家，无法确定指哪一家：{names}",
        "{count} companies are claimed, and which is meant cannot be told: {names}",
    ),
    "entity_taken_over": Text(
        "清单显示备案主体“{listed}”接手了“{claim}”的备案，是另一家公司（{basis}）",
        "the lists show that the registrant {listed} took over a filing of {claim}'s and is another "
        "company ({basis})",
    ),
    "entity_taken_over_by": Text(
        "清单显示“{claim}”接手了备案主体“{listed}”的备案，是另一家公司（{basis}）",
        "the lists show that {claim} took over a filing of the registrant {listed}'s and is "
        "another company ({basis})",
    ),
    "entity_perhaps_same": Text(
        "“{claim}”与备案主体“{listed}”是不是同一家公司，清单没有说明（{basis}）",
        "whether {claim} and the registrant {listed} are one company the lists do not tell ({basis})",
    ),
    "entity_has_own": Text(
        "所称名称属于清单上的另一主体“{name}”，它有 {count} 项备案，但没有这一项",
        "the claimed name is that of another registrant on the lists, {name} (filings: {count}; this is "
        "not one of them)",
    ),
    "entity_not_listed": Text(
        "清单中没有与“{claim}”名称完全一致的主体",
        "no company on the lists has exactly the name “{claim}”",
    ),
    "entity_similar_listed": Text("名称相近的有：{names}", "similar names: {names}"),
    "entity_brand_listed": Text(
        "“{claim}”通常指：{companies}", "“{claim}” usually stands for: {companies}"
    ),
    "entity_listed": Text(
        "所称主体“{name}”在清单中有 {count} 项备案",
        "the claimed company is on the lists ({name}; filings: {count})",
    ),
    # How a claimed name compares with the registrant.
    "entity_same_name": Text("与备案主体名称一致", "the claimed name is that of the registrant"),
    "entity_former_name": Text(
        "是该主体的曾用名：{matched}", "a former name of the registrant: {matched}"
    ),
    "entity_product_name": Text(
        "是该主体的产品名称，不是主体名称：{matched}",
        "the name of a product of the registrant, not of the registrant: {matched}",
    ),
    "entity_product_name_part": Text(
        "与该主体的产品名称相近：{matched}",
        "part of the name of a product of the registrant: {matched}",
    ),
    "entity_branch": Text(
        "与“{matched}”是总公司与分支机构的关系，但不是同一备案主体",
        "a branch of, or the company behind, {matched}: the same group, not the same registrant",
    ),
    "entity_word_order": Text(
        "与“{matched}”用词相同而次序不同", "the same words as {matched} in another order"
    ),
    "entity_legal_form": Text(
        "与“{matched}”仅公司形式不同", "differs from {matched} only in the legal form"
    ),
    "entity_place_left_out": Text(
        "与“{matched}”仅地名的有无或写法不同",
        "differs from {matched} only in a place left out, added or written otherwise",
    ),
    "entity_misspelling": Text(
        "与“{matched}”只差个别字，可能是笔误，也可能是另一家公司",
        "a character or two away from {matched}: a misprint, or another company",
    ),
    "entity_contains_name": Text(
        "包含主体名称“{matched}”", "contains the registrant's name {matched}"
    ),
    "entity_short_form": Text(
        "是“{matched}”名称的一部分（简称），无法据此确定主体",
        "a short form of {matched}: it does not tell which company is meant",
    ),
    "entity_spelling": Text("与“{matched}”写法相近", "spelled much like {matched}"),
    "entity_abbreviation": Text("可能是“{matched}”的缩写", "may be an abbreviation of {matched}"),
    "entity_pinyin": Text("可能是“{matched}”的拼音", "may be the pinyin of {matched}"),
    "entity_shares_brand": Text(
        "与“{matched}”字号相同或相近，可能是关联公司；但清单没有给该主体这个名称",
        "shares a brand with {matched} and may be a related company, but no list gives the registrant this name",
    ),
    "entity_other_company": Text(
        "这个全称不是备案主体现在或曾经的名称，也看不出与它有关联",
        "a full company name that the lists never give to the registrant, and nothing links the two",
    ),
    "entity_undecided": Text(
        "清单和品牌表都不能说明“{claim}”与备案主体“{listed}”是否有关，请另行核对",
        "neither the lists nor the table of brands tell whether “{claim}” is {listed}; check it otherwise",
    ),
    "entity_brand": Text(
        "“{claim}”是品牌“{brand}”，备案主体“{listed}”属于该品牌（依据：{basis}）；品牌不等于公司名称",
        "“{claim}” is the brand {brand}, to which the registrant {listed} belongs ({basis}); a brand is no company name",
    ),
    "entity_group": Text(
        "“{claim}”指“{brand}”旗下的多家公司，不是一家公司；备案主体“{listed}”是其中之一（依据：{basis}）",
        "“{claim}” stands for {brand}, a group of several companies and not one company; the registrant {listed} is one of them ({basis})",
    ),
    "entity_company_alias": Text(
        "“{claim}”是“{listed}”的通称（依据：{basis}）",
        "“{claim}” is what {listed} is commonly called ({basis})",
    ),
    "entity_holds_brand": Text(
        "“{claim}”含有“{held}”，备案主体“{listed}”属于“{brand}”（依据：{basis}）；但清单没有给它这个名称",
        "“{claim}” contains the name {held}; the registrant {listed} belongs to {brand} ({basis}), but no list gives it this name",
    ),
    "entity_other_brand": Text(
        "“{claim}”通常指{companies}；备案主体“{listed}”是否与之有关，清单没有说明",
        "“{claim}” usually stands for {companies}; no list ties the registrant {listed} to it",
    ),
}
"""Every reason by its code."""
