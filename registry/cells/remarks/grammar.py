"""The words of 备注, and a remark cut into tokens: headings, dates, separators and runs of text.

What can be changed, how a thing is recognised by its looks, how names and lists stand in a clause:
read off the lists from 2022 to 2026, with their near synonyms.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from itertools import product as combine

from suanbei.registry.cells.products import HIDDEN, bracket_pairs, mask, split_products


class RemarkField(StrEnum):
    """What of a filing was changed."""

    NAME = "name"
    ENTITY = "entity"
    PRODUCT = "product"
    PURPOSE = "purpose"
    FUNCTION = "function"
    MODEL = "model"
    MODALITY = "modality"
    MECHANISM = "mechanism"
    TYPE = "type"
    ROLE = "role"
    SECURITY = "security"
    REPRESENTATIVE = "representative"
    REPORT = "report"
    OTHER = "other"


FIELD_NAMES: dict[RemarkField, tuple[str, str]] = {
    RemarkField.NAME: ("算法或模型名称", "name"),
    RemarkField.ENTITY: ("主体名称", "entity"),
    RemarkField.PRODUCT: ("产品", "product"),
    RemarkField.PURPOSE: ("主要用途", "purpose"),
    RemarkField.FUNCTION: ("功能", "function"),
    RemarkField.MODEL: ("所用模型", "model in use"),
    RemarkField.MODALITY: ("输入输出模态", "modality"),
    RemarkField.MECHANISM: ("算法机制机理", "mechanism"),
    RemarkField.TYPE: ("算法类别", "type"),
    RemarkField.ROLE: ("角色", "role"),
    RemarkField.SECURITY: ("算法安全责任人", "person responsible for security"),
    RemarkField.REPRESENTATIVE: ("法定代表人", "legal representative"),
    RemarkField.REPORT: ("自评估报告", "self-assessment report"),
    RemarkField.OTHER: ("其他", "other"),
}
"""The fields in Chinese and English."""


def _combined(*sets: str) -> list[str]:
    """Every word made of one word of each set; `-` stands for none."""
    choices = [["" if word == "-" else word for word in words.split()] for words in sets]
    return ["".join(word) for word in combine(*choices)]


_ENTITY = [
    *_combined(
        "主体 备案主体 运营主体 主体单位 公司 企业 单位 备案单位 登记单位 备案人", "名称 名"
    ),
    *_combined("主体 备案主体 运营主体 主体单位 主体信息 备案单位 登记单位 开发主体 责任主体"),
]
_PRODUCT = [
    *_combined("- 关联 应用 所属 服务 算法使用 算法关联 算法应用", "产品"),
    *_combined(
        "- 关联 应用 所属 服务", "产品", "名称 服务形式 服务方式 形式 类型 信息 形态 及服务"
    ),
    *_combined("APP 小程序 网站 公众号 公众账号 平台 应用 应用/功能", "名称"),
    *_combined("服务形式 应用 APP 小程序 网站 公众号 公众账号"),
]
_MODEL = [
    *_combined(
        "使用 使用的 接入 接入的 调用 第三方 使用第三方 使用的第三方 底层 基座 开源 接入开源 所用",
        "算法 模型 大模型 算法模型 大模型算法",
    ),
    *_combined("- 大 算法", "模型", "- 版本"),
    *_combined("使用第三方 接入第三方 接入 调用 基座 算法版本"),
]
_MECHANISM = """公示内容 拟公示内容 拟公示算法机制机理内容 拟公示算法机制机理 算法机制机理 机制机理 算法基本原理
    算法运行机制 算法目的意图 算法应用场景 运行机制 基本原理 算法策略 算法规则"""
_WORDS: dict[RemarkField, list[str]] = {
    RemarkField.ENTITY: _ENTITY,
    RemarkField.PRODUCT: _PRODUCT,
    RemarkField.NAME: _combined("算法名称 算法名 模型名称 大模型名称 备案名称 备案算法名称"),
    RemarkField.TYPE: _combined("算法类别 算法类型 类别"),
    RemarkField.ROLE: _combined("备案角色 服务角色 主体角色 角色"),
    RemarkField.MODALITY: _combined("- 算法", "- 输入 输出 输入输出 输入及输出", "模态"),
    RemarkField.SECURITY: [*_combined("算法安全 算法安全主体 安全 -", "责任人 负责人"), "联系人"],
    RemarkField.REPRESENTATIVE: _combined("法定代表人 法人代表 法人"),
    RemarkField.PURPOSE: _combined("主要用途 用途 应用场景 应用领域 使用场景"),
    RemarkField.MECHANISM: _MECHANISM.split(),
    RemarkField.REPORT: _combined("算法安全自评估报告 自评估报告 评估报告"),
    RemarkField.MODEL: _MODEL,
    RemarkField.FUNCTION: _combined(
        "功能 服务内容 服务群体 服务对象 服务场景 场景 访问路径 产品访问路径 功能访问路径"
    ),
    RemarkField.OTHER: [
        *_combined("- 主体 企业 公司 注册 联系", "地址"),
        *_combined("名称 算法 备案信息 备案内容 备案材料 住所"),
        *_combined("统一社会信用代码 备案编号"),
    ],
}

BEGINS_A_CLAUSE = re.compile("原|新增|增加|添加|删除|移除|下线|变更")
"""Verbs and words that no item of a list begins with, unless it is a product in brackets."""

WEAK_WORDS = frozenset(
    [
        *_combined("模型 大模型 算法 功能 场景 用途 类别 角色 地址 名称 法人 基座 住所 应用场景"),
        *_combined("开源模型 开源大模型 应用 APP 小程序 网站 公众号 公众账号"),
    ]
)
"""Words that begin names as well (大模型助手): a field only where something marks them as one."""

_FIELD_OF = {word: field for field, words in _WORDS.items() for word in words}
_FIELD = re.compile("|".join(sorted(map(re.escape, _FIELD_OF), key=len, reverse=True)))


def field_at(text: str) -> tuple[RemarkField, int] | None:
    """The field named at the start of a text and where its words end; the longest word wins."""
    found = _FIELD.match(text)
    return (_FIELD_OF[found[0]], found.end()) if found else None


def field_in(text: str) -> RemarkField | None:
    """The first field named anywhere in a text, plain words first; None if it names none."""
    words = _FIELD.findall(text)
    plain = [word for word in words if word not in WEAK_WORDS]
    return _FIELD_OF[[*plain, *words][0]] if words else None


_KIND_WORD = "(?:APP|App|app|小程序|网站|网页|公众账号|公众号|其他|其它)"
_LOOKS = (
    (rf"[（(][^（）()]*{_KIND_WORD}[）)]$|{_KIND_WORD}$", RemarkField.PRODUCT),
    (
        "(?:公司|集团|大学|学院|研究院|研究所|医院|报社|出版社|电视台|银行|事务所|实验室|中心|学会|协会|"
        "工作室)(?:[（(].*[）)])?$",
        RemarkField.ENTITY,
    ),
    (
        "(?:算法|模型)(?:[-—－].{1,6}|[（(].*[）)])?$|(?i:GPT|GLM|deepseek|qwen|llama)",
        RemarkField.MODEL,
    ),
    ("模态$", RemarkField.MODALITY),
    ("角色$|^服务(?:提供者|技术支持者)$", RemarkField.ROLE),
    ("(?:功能|场景|模块|访问路径)$", RemarkField.FUNCTION),
    (rf"^(?:微信|抖音|支付宝|快手)?{_KIND_WORD}", RemarkField.PRODUCT),
)
_LOOK_PATTERNS = [(re.compile(pattern), field) for pattern, field in _LOOKS]


def field_by_looks(text: str) -> RemarkField | None:
    """What a bare name is by its own ending; None if that does not tell."""
    return next((field for pattern, field in _LOOK_PATTERNS if pattern.search(text)), None)


TO = re.compile(
    "(?:现已?|已)?(?:变更(?:为|成|至)|(?:更名|改名|更改|修改|调整|更新|升级|更换|替换|变|改)为)"
    '|→|->|(?<=[”」』"])(?:变更|更名|改名|改|现)(?=[“「『"])'
)
"""The words between the old and the new."""

_OPENING_QUOTES, _CLOSING_QUOTES = "“‘「『", "”’」』"
QUOTES = _OPENING_QUOTES + _CLOSING_QUOTES + '"＂'
"""A mark of one pair may be the wrong one (`“算法"`); one without a partner is an ordinary character."""
_FARTHEST_NESTED = 16
_FIRST = r"(?:^|(?<=[；;。，,、：:\s]))"
_MONTHS = r"\d{1,2}\s*月(?:\s*\d{1,2}\s*日)?"
_YEAR = r"20\d\d\s*年\s*"
_DATE = (
    rf"(?:已?于|自)?\s*{_YEAR}{_MONTHS}(?:\s*[、,，和及至]\s*(?:{_YEAR})?{_MONTHS})*"
    rf"(?:份|起|之后|后)?|{_FIRST}20\d\d[.\-/]\d{{1,2}}(?:[.\-/]\d{{1,2}})?(?![\d.])"
)
_HEADING = r"(?:变更(?:的)?(?:内容|事项|情况|信息|说明|记录)|备注|说明|注)(?:如下)?\s*[:：]"
_BARE_HEADING = rf"{_FIRST}变更(?:内容|事项|情况)(?:如下)?\s*"
_NUMBERING = rf"{_FIRST}(?:[（(]{HIDDEN}{{1,2}}[）)]|\d{{1,2}}[.．)）、](?!\d))|[①-⑳]"
_SEPARATORS = r"[\s、，,；;。|]+"
_MERE_SPACES = re.compile(r"[^\S\r\n]+")
_CUT = re.compile(
    rf"(?P<date>{_DATE})|(?P<heading>{_HEADING}|{_BARE_HEADING}|{_NUMBERING})"
    rf"|(?P<separator>{_SEPARATORS})"
)
_NAME_IN_BRACKETS = re.compile(r"[（(](?!\d{1,2}[）)])")

_VERBS = (
    "新增|增加|添加|增设|(?:删除|移除|去除|下线)(?!$)|"
    "变更(?!为|成|至|前|后|的)|更新(?!为)|调整(?!为)|修改(?!为)"
)
_FIELDS = "主体|算法名称|产品名称|算法模型|关联产品|应用产品"
_JOINING = "同时|并且?|另|且|以及"
# What begins a clause though nothing separates it: after a closing mark or a space, or anywhere.
_AFTER_MARK = re.compile(
    rf"(?<=[”’」』\"＂）)\]】])\s*(?=原(?!{HIDDEN})|{_JOINING}|{_VERBS}|{_FIELDS}|产品变更|《)"
    rf"|(?<!\s)\s+(?=原(?:主体|算法|产品)|现(?:主体|算法|产品|名称)|{_VERBS}|《)"
)
# 甲(APP)新增翻译功能 is one clause: the product is its subject.
_FUNCTION_OF_PRODUCT = re.compile(
    rf"(?!{BEGINS_A_CLAUSE.pattern})[^、，]{{1,20}}[)）](?:新增加?|增加|添加|增设)了?"
    "[^、，]+(?:功能|服务|场景|模块|访问路径)"
)
# 产品“甲”已注销 is of the product; after “甲”变更为“乙” it can only be of the filing.
_WITHDRAWN = re.compile('(?<=[”」』"])\\s*(?=已注销$)')
_ANYWHERE = re.compile("(?<=.)(?=原(?:主体|算法|产品)名称|新增(?:关联|应用)?产品)")
_NO_CLAUSE_BEFORE = re.compile(f"(?:中|的|{_JOINING}|[年月日])$")


class TokenRole(StrEnum):
    """What a token of a remark is; TEXT is what is still to be read."""

    DATE = "date"
    HEADING = "heading"
    SEPARATOR = "separator"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Token:
    """A token of a remark: text as published, and the same with quotes and brackets hidden."""

    role: TokenRole
    text: str
    masked: str

    def __getitem__(self, part: slice) -> "Token":
        """A part of this token."""
        return Token(self.role, self.text[part], self.masked[part])

    def without(self, *leading: re.Pattern[str]) -> "Token":
        """The token without what the patterns match at its start, one after the other."""
        token = self
        for pattern in leading:
            found = pattern.match(token.masked)
            token = token[found.end() :] if found else token
        return token


def quote_pairs(text: str) -> list[tuple[int, int]]:
    """The outermost quoted parts as (index of opening, index of closing), in order.

    A quote ends at its nested partner, else at the very next mark. A part holding 变更为 is not
    taken as quoted: a quote left open would otherwise swallow the words between two names.
    """
    pairs: list[tuple[int, int]] = []
    place = 0
    places = [at for at, sign in enumerate(text) if sign in QUOTES]
    for rank, opened in enumerate(places):
        after = places[rank + 1 : rank + 1 + _FARTHEST_NESTED]
        if opened < place or text[opened] in _CLOSING_QUOTES or not after:
            continue
        depth, closed = 1, after[0]
        for at in after:
            depth += 1 if text[at] in _OPENING_QUOTES else -1
            if depth == 0:
                closed = at
                break
        if "变更为" not in text[opened:closed]:
            pairs.append((opened, closed))
            place = closed + 1
    return pairs


def tokenise(text: str) -> list[Token]:
    """The tokens of a remark in order; their texts, joined, are the remark."""
    # The text with everything inside quotes, brackets and 《》 hidden, as long as before.
    hidden = mask(text, quote_pairs(text))
    hidden = mask(hidden, bracket_pairs(hidden))
    hidden = re.sub("《([^《》]*)》", lambda title: f"《{HIDDEN * len(title[1])}》", hidden)
    tokens: list[Token] = []
    start = 0
    for found in _CUT.finditer(hidden):
        if _MERE_SPACES.fullmatch(found[0]) or _NAME_IN_BRACKETS.match(text, found.start()):
            continue
        tokens += _runs(text[start : found.start()], hidden[start : found.start()])
        tokens.append(
            Token(TokenRole(found.lastgroup or ""), text[found.start() : found.end()], found[0])
        )
        start = found.end()
    return tokens + _runs(text[start:], hidden[start:])


def _runs(text: str, hidden: str) -> list[Token]:
    """A run cut where one clause follows another without a separator."""
    marks: set[int] = set()
    if not _FUNCTION_OF_PRODUCT.fullmatch(hidden):
        marks |= {found.end() for found in _AFTER_MARK.finditer(hidden)}
        if TO.search(hidden):
            marks |= {found.end() for found in _WITHDRAWN.finditer(hidden.rstrip())}
        for found in _ANYWHERE.finditer(hidden):
            at = found.start()
            marks |= set() if _NO_CLAUSE_BEFORE.search(hidden, max(0, at - 3), at) else {at}
    run = Token(TokenRole.TEXT, text, hidden)
    places = [0, *sorted(at for at in marks if 0 < at < len(text)), len(text)]
    return [run[start:end] for start, end in pairwise(places) if end > start]


_AND_OTHERS = re.compile(r"(?<=[）)”」』\"])\s*等(?:\d+[款个])?(?:产品|应用|信息)?$")
_KIND = "APP|App|app|小程序|网站|公众账号|公众号"
# 写作蛙网站和小程序: two kinds of one product, without brackets.
_SEVERAL_KINDS = re.compile(rf"(.+?)({_KIND})((?:\s*[和及与、]\s*(?:{_KIND}))+)")
_ANY_KIND = re.compile(_KIND)
KIND_AT_END = re.compile(rf"[（(][^（）()]*[）)]$|(?:{_KIND})$")
"""The kind at the end of a product's name, in brackets or not."""
ONLY_KIND = re.compile(rf"(?:微信|抖音|支付宝|快手|百度)?(?:{_KIND})")
"""Nothing but a kind (网站), said of the product before it."""
_BETWEEN = " \t\r\n、，,和及"
_EDGES = " \t\r\n　：:，,、"


def bare(text: str) -> str:
    """A name without the quotes around it and the spaces at its ends."""
    trimmed = _AND_OTHERS.sub("", text.strip(_EDGES)).strip(_EDGES)
    pairs = quote_pairs(trimmed)
    if pairs and pairs[0] == (0, len(trimmed) - 1):
        return trimmed[1:-1].strip()
    if len(pairs) == 1:
        # “A”(APP): the kind stands after the quote.
        opened, closed = pairs[0]
        tail = trimmed[closed + 1 :].strip()
        if opened == 0 and tail[:1] in ("(", "（"):
            return trimmed[1:closed].strip() + tail
        if opened == 0 and ONLY_KIND.fullmatch(tail):
            return f"{trimmed[1:closed].strip()}({tail})"
    elif sum(sign in QUOTES for sign in trimmed) == 1 and {trimmed[0], trimmed[-1]} & {*QUOTES}:
        return trimmed.strip(QUOTES).strip()  # its partner was forgotten
    return trimmed


def is_quoted(text: str) -> bool:
    """Whether a text is one quoted part and nothing else."""
    trimmed = text.strip(_EDGES)
    return [(0, len(trimmed) - 1)] == quote_pairs(trimmed)


def product_items(text: str) -> list[str]:
    """The products a token of text names, each as published: the content of one pair of quotes
    can be a list (“A(网站)、B(网站)”), and two kinds can share a name (写作蛙网站和小程序)."""
    quoted = quote_pairs(text)
    ends, starts = [0, *(closed + 1 for _, closed in quoted)], [opened for opened, _ in quoted]
    outside = (text[end:start] for end, start in zip(ends, [*starts, None], strict=True))
    if len(quoted) > 1 and not "".join(outside).strip(_BETWEEN):
        return [
            item for opened, closed in quoted for item in product_items(text[opened + 1 : closed])
        ]
    name = bare(text)
    several = _SEVERAL_KINDS.fullmatch(name)
    if several:
        kinds = [several[2], *_ANY_KIND.findall(several[3])]
        return [f"{several[1].strip()}({kind})" for kind in kinds]
    items = list(dict.fromkeys(bare(product.text) for product in split_products(name)))
    return items or [name]
