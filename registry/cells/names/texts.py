"""Why a claimed name matched, in words."""

from suanbei.registry.cells.names.match import EntityMatch

MATCH_REASONS: dict[str, tuple[str, str]] = {
    "same_name": ("与备案主体名称一致", "the claimed name is that of the registrant"),
    "former_name": (
        "是该主体的曾用名：{matched}",
        "a former name of the registrant: {matched}",
    ),
    "product_name": (
        "是该主体的产品名称，不是主体名称：{matched}",
        "the name of a product of the registrant, not of the registrant: {matched}",
    ),
    "product_name_part": (
        "与该主体的产品名称相近：{matched}",
        "part of the name of a product of the registrant: {matched}",
    ),
    "branch": (
        "与“{matched}”是总公司与分支机构的关系，但不是同一备案主体",
        "a branch of, or the company behind, {matched}: the same group, not the same registrant",
    ),
    "word_order": (
        "与“{matched}”用词相同而次序不同",
        "the same words as {matched} in another order",
    ),
    "legal_form": (
        "与“{matched}”仅公司形式不同",
        "differs from {matched} only in the legal form",
    ),
    "place_left_out": (
        "与“{matched}”仅地名有无不同",
        "differs from {matched} only in a place left out or added",
    ),
    "misspelling": (
        "与“{matched}”只差个别字，可能是笔误，也可能是另一家公司",
        "a character or two away from {matched}: a misprint, or another company",
    ),
    "contains_name": ("包含主体名称“{matched}”", "contains the registrant's name {matched}"),
    "short_form": (
        "是“{matched}”的一部分（简称），无法据此确定主体",
        "a short form of {matched}: it does not tell which company is meant",
    ),
    "spelling": ("与“{matched}”写法相近", "spelled much like {matched}"),
    "abbreviation": ("可能是“{matched}”的缩写", "may be an abbreviation of {matched}"),
    "pinyin": ("可能是“{matched}”的拼音", "may be the pinyin of {matched}"),
    "related_company": (
        "与“{matched}”字号相同或相近，可能是关联公司，但不是同一主体",
        "shares a brand with {matched}: they may be related companies, but are not the same one",
    ),
    "other_company": ("与备案主体是不同的公司", "another company than the registrant"),
    "no_name": ("所给名称没有文字", "the claimed name holds no letters"),
}
"""Every reason code with its Chinese and English text."""


def describe_match(match: EntityMatch, language: str) -> str:
    """The reason of a match in words; `language` is `zh` or `en`."""
    zh, en = MATCH_REASONS[match.reason]
    return (zh if language == "zh" else en).format(matched=match.matched)
