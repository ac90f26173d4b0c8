"""The words of 备注: what can be changed, and how a thing is recognised by its looks.

Read off the lists from 2022 to 2026, with their near synonyms.
"""

import re
from itertools import product as combine

from registry.remarks.model import RemarkField

_ENTITY_WHO = ("主体", "备案主体", "运营主体", "主体单位", "公司", "企业", "单位", "备案单位",
               "登记单位", "开发主体", "责任主体", "备案人")  # fmt: skip
_PRODUCT_WHOSE = ("", "关联", "应用", "所属", "服务", "算法使用", "算法关联", "算法应用")
_PRODUCT_WHAT = ("", "名称", "服务形式", "服务方式", "形式", "类型", "信息", "形态", "及服务")
_MODEL_HOW = ("使用", "使用的", "接入", "接入的", "调用", "第三方", "使用第三方", "使用的第三方",
              "底层", "基座", "开源", "接入开源", "所用", "备案")  # fmt: skip
_MODEL_WHAT = ("算法", "模型", "大模型", "算法模型", "大模型算法")

_WORDS: dict[RemarkField, list[str]] = {
    RemarkField.ENTITY: [
        *(who + what for who, what in combine(_ENTITY_WHO, ("名称", "名"))),
        "主体", "备案主体", "运营主体", "主体单位", "主体信息", "备案单位", "登记单位", "开发主体",
    ],
    RemarkField.PRODUCT: [
        *(f"{whose}产品{what}" for whose, what in combine(_PRODUCT_WHOSE, _PRODUCT_WHAT)),
        "APP名称", "小程序名称", "网站名称", "公众号名称", "公众账号名称", "平台名称", "应用名称",
        "应用/功能名称", "服务形式",
    ],
    RemarkField.NAME: ["算法名称", "算法名", "模型名称", "大模型名称", "备案名称", "备案算法名称"],
    RemarkField.TYPE: ["算法类别", "算法类型", "类别"],
    RemarkField.ROLE: ["备案角色", "角色"],
    RemarkField.MODALITY: [
        f"{of}{side}模态"
        for of, side in combine(("", "算法"), ("", "输入", "输出", "输入输出", "输入及输出"))
    ],
    RemarkField.SECURITY: [
        "算法安全责任人", "算法安全主体责任人", "算法安全负责人", "安全责任人", "安全负责人",
        "责任人", "负责人", "联系人",
    ],
    RemarkField.REPRESENTATIVE: ["法定代表人", "法人代表", "法人"],
    RemarkField.PURPOSE: ["主要用途", "用途", "应用场景", "应用领域", "使用场景"],
    RemarkField.MECHANISM: [
        "拟公示算法机制机理内容", "拟公示算法机制机理", "算法机制机理", "机制机理",
        "算法基本原理", "算法运行机制", "算法目的意图", "算法应用场景", "运行机制", "基本原理",
        "算法策略", "算法规则",
    ],
    RemarkField.REPORT: ["算法安全自评估报告", "自评估报告", "评估报告"],
    RemarkField.MODEL: [
        *(how + what for how, what in combine(_MODEL_HOW, _MODEL_WHAT)),
        "使用第三方", "接入第三方", "接入", "调用", "基座", "模型", "大模型", "算法模型", "模型版本",
        "大模型版本", "算法模型版本", "算法版本",
    ],
    RemarkField.FUNCTION: ["功能", "服务内容", "服务群体", "服务对象", "服务场景", "场景"],
    RemarkField.OTHER: [
        "名称", "算法", "备案信息", "备案内容", "备案材料", "注册地址", "住所", "地址",
        "统一社会信用代码", "备案编号",
    ],
}  # fmt: skip

_FIELD_OF = {word: field for field, words in _WORDS.items() for word in words}
_FIELD = re.compile("|".join(sorted(map(re.escape, _FIELD_OF), key=len, reverse=True)))


def field_at(text: str) -> tuple[RemarkField, int] | None:
    """The field named at the start of a text and where its words end; the longest word wins."""
    found = _FIELD.match(text)
    return (_FIELD_OF[found[0]], found.end()) if found else None


def field_in(text: str) -> RemarkField | None:
    """The first field named anywhere in a text; None if it names none."""
    found = _FIELD.search(text)
    return _FIELD_OF[found[0]] if found else None


_KIND_WORD = "(?:APP|App|app|小程序|网站|网页|公众账号|公众号|其他|其它)"
_LOOKS_LIKE_PRODUCT = re.compile(rf"[（(][^（）()]*{_KIND_WORD}[）)]$|{_KIND_WORD}$")
_LOOKS_LIKE_ENTITY = re.compile(
    r"(?:公司|集团|大学|学院|研究院|研究所|医院|报社|出版社|电视台|银行|事务所|实验室|中心|学会|协会|工作室)"
    r"(?:[（(].*[）)])?$"
)
_LOOKS_LIKE_MODEL = re.compile(
    r"(?:算法|模型|大模型)(?:[-—－].{1,6}|[（(].*[）)])?$|GPT|GLM|deepseek|qwen|llama",
    re.IGNORECASE,
)
_LOOKS_LIKE_FUNCTION = re.compile(r"(?:功能|场景|模块)$")


def field_by_looks(text: str) -> RemarkField | None:
    """What a bare name is by its own ending; None if that does not tell."""
    looks = (
        (_LOOKS_LIKE_PRODUCT, RemarkField.PRODUCT),
        (_LOOKS_LIKE_ENTITY, RemarkField.ENTITY),
        (_LOOKS_LIKE_MODEL, RemarkField.MODEL),
        (_LOOKS_LIKE_FUNCTION, RemarkField.FUNCTION),
    )
    return next((field for pattern, field in looks if pattern.search(text)), None)
