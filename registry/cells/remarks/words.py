"""The words of 备注: what can be changed, and how a thing is recognised by its looks.

Read off the lists from 2022 to 2026, with their near synonyms.
"""

import re
from itertools import product as combine

from suanbei.registry.cells.remarks.model import RemarkField


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
    RemarkField.SECURITY: [
        *_combined("算法安全 算法安全主体 安全 -", "责任人 负责人"),
        "联系人",
    ],
    RemarkField.REPRESENTATIVE: _combined("法定代表人 法人代表 法人"),
    RemarkField.PURPOSE: _combined("主要用途 用途 应用场景 应用领域 使用场景"),
    RemarkField.MECHANISM: _MECHANISM.split(),
    RemarkField.REPORT: _combined("算法安全自评估报告 自评估报告 评估报告"),
    RemarkField.MODEL: _MODEL,
    RemarkField.FUNCTION: _combined("功能 服务内容 服务群体 服务对象 服务场景 场景"),
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
    ("(?:功能|场景|模块)$", RemarkField.FUNCTION),
    (rf"^(?:微信|抖音|支付宝|快手)?{_KIND_WORD}", RemarkField.PRODUCT),
)
_LOOK_PATTERNS = [(re.compile(pattern), field) for pattern, field in _LOOKS]


def field_by_looks(text: str) -> RemarkField | None:
    """What a bare name is by its own ending; None if that does not tell."""
    return next((field for pattern, field in _LOOK_PATTERNS if pattern.search(text)), None)
