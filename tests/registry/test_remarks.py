"""备注: every kind of clause, alone and together. Names are invented."""

import pytest

from suanbei.registry.cells.remarks.grammar import FIELD_NAMES, RemarkField, bare, is_quoted
from suanbei.registry.cells.remarks.reader import Remark, read_remark
from suanbei.registry.cells.remarks.rules import KIND_NAMES, ChangeKind

Told = tuple[str, str, str, str]


def told(text: str) -> list[Told]:
    """Field, kind, before and after of each change, in a row that tells what names are."""
    remark = read_remark(
        text, name="乙算法", entity="乙（上海）有限公司", product="乙(APP)、乙概念版"
    )
    return [
        (change.field.value, change.kind.value, change.before, change.after)
        for change in remark.changes
    ]


def renamed(field: str, before: str, after: str) -> Told:
    return (field, "renamed", before, after)


def changed(field: str, before: str = "", after: str = "") -> Told:
    return (field, "changed", before, after)


def added(field: str, *names: str) -> list[Told]:
    return [(field, "added", "", name) for name in names]


def removed(field: str, *names: str) -> list[Told]:
    return [(field, "removed", name, "") for name in names]


@pytest.mark.parametrize("text", ["", "  ", "--", "无"])
def test_nothing_says_nothing(text: str) -> None:
    """Most rows have no remark."""
    assert read_remark(text) == Remark()


@pytest.mark.parametrize(
    "text",
    [
        "已注销",
        "已注销。",
        "该算法备案已注销",
        "备案已注销",
        "2025年7月已注销",
        "已于2025年7月14日注销",
        "已注销（2025年7月）",
        "2025.7.14注销",
    ],
)
def test_a_withdrawn_filing(text: str) -> None:
    """已注销 decides whether a number is valid today."""
    assert read_remark(text) == Remark(deregistered=True)


@pytest.mark.parametrize(
    "text",
    ["产品甲(APP)已注销", "产品“甲(APP)”已注销", "注销产品甲(APP)", "未注销", "注销说明见附件"],
)
def test_not_a_withdrawn_filing(text: str) -> None:
    """A product that is gone does not end the filing."""
    assert not read_remark(text).deregistered


ENTITY = renamed("entity", "甲（北京）有限公司", "乙（上海）有限公司")


@pytest.mark.parametrize(
    "text",
    [
        "原主体名称“甲（北京）有限公司”变更为“乙（上海）有限公司”",
        "变更内容：原主体名称“甲（北京）有限公司”变更为“乙（上海）有限公司”",
        "变更内容:原主体名称“甲（北京）有限公司 ”变更为“乙（上海）有限公司”。",
        "原主体“甲（北京）有限公司”变更为“乙（上海）有限公司”",
        "主体由甲（北京）有限公司变更为乙（上海）有限公司",
        "原主体名称由甲（北京）有限公司变更为乙（上海）有限公司",
        "主体名称原“甲（北京）有限公司”变更为“乙（上海）有限公司”",
        "《算法安全自评估报告》中主体名称由“甲（北京）有限公司”变更为“乙（上海）有限公司”",
        "备案主体名称“甲（北京）有限公司”更名为“乙（上海）有限公司”",
        "公司名称：甲（北京）有限公司→乙（上海）有限公司",
        '原主体名称“甲（北京）有限公司"变更为“乙（上海）有限公司”',
        "原主体名称“甲（北京）有限公司变更为“乙（上海）有限公司”",
        "原主体名称「甲（北京）有限公司」变更为「乙（上海）有限公司」",
        "原主体名称“甲（北京）有限公司”，变更为“乙（上海）有限公司”",
        "“甲（北京）有限公司”变更为“乙（上海）有限公司”",
        "原主体“甲（北京）有限公司”现“乙（上海）有限公司”",
        "原主体名称：甲（北京）有限公司；现主体名称：乙（上海）有限公司",
        "变更前主体名称：甲（北京）有限公司，变更后主体名称：乙（上海）有限公司",
        "曾用名：甲（北京）有限公司",
        "原主体名称“甲（北京）有限公司”",
    ],
)
def test_a_registrant_renamed(text: str) -> None:
    """The same change in every wording seen or likely."""
    assert told(text) == [ENTITY]
    remark = read_remark(text, entity="乙（上海）有限公司")
    assert remark.former_entities == ("甲（北京）有限公司",)
    assert remark.unread == ""


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("算法名称原“甲算法”变更为“乙算法”", [renamed("name", "甲算法", "乙算法")]),
        ("2024年8月，原算法名称甲算法-1变更为乙算法-2", [renamed("name", "甲算法-1", "乙算法-2")]),
        ("原算法名称“甲算法-2”", [renamed("name", "甲算法-2", "乙算法")]),
        ("名称由“甲”变更为“乙算法”", [renamed("name", "甲", "乙算法")]),
        ("变更主体名称为“乙（上海）有限公司”", [renamed("entity", "", "乙（上海）有限公司")]),
        ("原产品名称“甲(APP)”变更为“乙（APP）”", [renamed("product", "甲(APP)", "乙（APP）")]),
        ("产品甲(APP)变更为乙(APP)", [renamed("product", "甲(APP)", "乙(APP)")]),
        ("产品甲(其他)变更为甲(APP)", [changed("product", "甲(其他)", "甲(APP)")]),
        ("原产品服务形式“甲(其他)”变更为“甲(APP)”", [changed("product", "甲(其他)", "甲(APP)")]),
        (
            "原产品名称“甲(APP)”变更为“乙(APP)”、“丙(网站)”变更为“丁(网站)”",
            [renamed("product", "甲(APP)", "乙(APP)"), renamed("product", "丙(网站)", "丁(网站)")],
        ),
        (
            "原产品名称“甲(APP)”、“乙(APP)”变更为“丙(APP)”、“丁(APP)”",
            [renamed("product", "甲(APP)", "丙(APP)"), renamed("product", "乙(APP)", "丁(APP)")],
        ),
        (
            "主体名称“甲有限公司”变更为“乙有限公司”变更为“丙有限公司”",
            [renamed("entity", "甲有限公司", "乙有限公司"),
             renamed("entity", "乙有限公司", "丙有限公司")],
        ),
        ("算法类别由“排序精选类”变更为“个性化推送类”",
         [changed("type", "排序精选类", "个性化推送类")]),
        ("算法输出模态由图像变更为文本、图像", [changed("modality", "图像", "文本、图像")]),
        ("原使用第三方甲算法变更为乙大模型", [changed("model", "甲算法", "乙大模型")]),
        (
            "原使用算法甲算法、乙算法、丙算法变更为甲算法、丁算法",
            [changed("model", "甲算法、乙算法、丙算法", "甲算法、丁算法")],
        ),
        (
            "产品“甲(APP)”、“乙(网站)”变更为“丙(APP)”、“丁(网站)”",
            [renamed("product", "甲(APP)", "丙(APP)"), renamed("product", "乙(网站)", "丁(网站)")],
        ),
        ("原产品“甲”小程序变更为“乙”小程序", [renamed("product", "甲(小程序)", "乙(小程序)")]),
        ("角色由服务技术支持者变更为服务提供者",
         [changed("role", "服务技术支持者", "服务提供者")]),
        ("更换大模型为甲", [changed("model", "", "甲")]),
        ("服务范围由甲变更为丙", [changed("other", "甲", "丙")]),
        ("模型版本升级为甲2", [changed("model", "", "甲2")]),
    ],
)  # fmt: skip
def test_from_one_to_another(text: str, changes: list[Told]) -> None:
    """With and without quotes, 原 and 由; lists on one side or both."""
    assert told(text) == changes
    assert read_remark(text).unread == ""


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("新增关联产品甲(APP)、乙（网站）", added("product", "甲(APP)", "乙（网站）")),
        ("新增关联产品：甲（新、旧）(小程序)、乙(APP)",
         added("product", "甲（新、旧）(小程序)", "乙(APP)")),
        ("新增产品“甲(其他)”", added("product", "甲(其他)")),
        ("新增甲(公众账号)、乙(APP)", added("product", "甲(公众账号)", "乙(APP)")),
        ("新增甲网站和小程序", added("product", "甲(网站)", "甲(小程序)")),
        ("新增甲APP、网站", added("product", "甲APP", "甲(网站)")),
        ("新增乙概念版", added("product", "乙概念版")),
        ("2023年12月新增算法使用产品", added("product", "")),
        ("新增产品优化甲(APP)、更新乙(网站)", added("product", "优化甲(APP)", "更新乙(网站)")),
        ("新增产品和甲(APP)、丙(APP)等", added("product", "和甲(APP)", "丙(APP)")),
        ("新增甲生成算法", added("model", "甲生成算法")),
        ("备案材料中新增甲算法-1、乙大模型", added("model", "甲算法-1", "乙大模型")),
        ("增加接入甲大模型，乙大模型", added("model", "甲大模型", "乙大模型")),
        ("新增接入开源大模型甲", added("model", "甲")),
        ("新增“甲”功能", added("function", "“甲”功能")),
        ("删除产品“甲(网站)、乙(网站)”", removed("product", "甲(网站)", "乙(网站)")),
        ("删除关联产品“甲（网站）”、“乙（APP）”", removed("product", "甲（网站）", "乙（APP）")),
        ("产品甲(APP)已下线", removed("product", "甲(APP)")),
        ("产品甲(APP)、乙(网站)下线", removed("product", "甲(APP)", "乙(网站)")),
        ("新增产品“甲（APP）”“乙（网站）”", added("product", "甲（APP）", "乙（网站）")),
        ("新增产品：1.甲(APP)；2.乙(网站)", added("product", "甲(APP)", "乙(网站)")),
        ("算法输入模态新增图像、音频", added("modality", "图像", "音频")),
    ],
)  # fmt: skip
def test_added_and_removed(text: str, changes: list[Told]) -> None:
    """One change for each name, whatever joins them and whatever verbs stand in the names."""
    assert told(text) == changes
    assert read_remark(text, product="乙概念版").unread == ""


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("产品变更", ["product"]),
        ("变更内容：产品变更、算法模型变更、输入模态变更", ["product", "model", "modality"]),
        ("变更算法安全责任人", ["security"]),
        ("算法安全责任人发生变更", ["security"]),
        ("变更法定代表人、算法安全责任人", ["representative", "security"]),
        ("变更法人", ["representative"]),
        ("变更主要用途。", ["purpose"]),
        ("变更主要用途文字描述", ["purpose"]),
        ("2023年12月更新算法机制机理", ["mechanism"]),
        ("《拟公示算法机制机理内容》变更算法运行机制", ["mechanism"]),
        ("变更《拟公示算法机制机理内容》中算法基本原理、算法运行机制描述", ["mechanism"]),
        ("《算法安全自评估报告》中变更服务群体等信息", ["report"]),
        ("1.主体变更；2.算法名称变更", ["entity", "name"]),
        ("（1）主体变更；（2）算法名称变更", ["entity", "name"]),
    ],
)
def test_changed_without_saying_how(text: str, fields: list[str]) -> None:
    """Only the field is told."""
    assert [change.field.value for change in read_remark(text).changes] == fields
    assert {change.kind for change in read_remark(text).changes} == {ChangeKind.CHANGED}
    assert read_remark(text).unread == ""


def test_several_clauses_joined_by_nothing() -> None:
    """Cells lose their separators."""
    text = "原主体名称“甲有限公司”变更为“乙有限公司”《拟公示算法机制机理内容》变更算法运行机制"
    assert [told_field for told_field, *_ in told(text)] == ["entity", "mechanism"]
    text = "新增产品甲(APP)、乙(APP) 增加接入丙大模型"
    assert told(text) == [*added("product", "甲(APP)", "乙(APP)"), *added("model", "丙大模型")]
    text = "原算法名称“甲算法”变更为“乙算法”新增产品甲(APP)"
    assert told(text) == [renamed("name", "甲算法", "乙算法"), *added("product", "甲(APP)")]


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("2024年8月，变更内容：新增产品甲(APP)，产品变更", ["2024-08", "2024-08"]),
        ("2024年6月产品变更；2024年8月新增产品甲(APP)", ["2024-06", "2024-08"]),
        ("2023年4月、12月更新", ["2023-04", "2023-12"]),
        ("2023年4月、12月更新算法公示信息", ["2023-04", "2023-12"]),
        # As many months as clauses: one for each; else all was done by the last.
        ("2024年4月、6月，新增产品甲(APP)，主体变更", ["2024-04", "2024-06"]),
        ("2024年4月、6月，新增产品甲(APP)、乙(APP)", ["2024-06", "2024-06"]),
        ("2024年12月、2025年1月，产品变更，主体变更", ["2024-12", "2025-01"]),
        ("原主体名称“甲有限公司”变更为“乙有限公司”（2024年6月）", ["2024-06"]),
        ("产品变更", [""]),
    ],
)
def test_dates(text: str, dates: list[str]) -> None:
    """A date holds for what follows it."""
    assert [change.when for change in read_remark(text).changes] == dates


@pytest.mark.parametrize(
    ("text", "unread"),
    [
        ("补登", "补登"),
        ("原主体名称“甲有限公司”变更为“乙有限公司”，备案编号不变", "备案编号不变"),
        ("详见附件；已注销", "详见附件"),
        ("见注、产品变更、另附", "见注；另附"),
        ("变更为", "变更为"),
        ("补充说明见附件", "补充说明见附件"),
        ("原产品甲(网站)不变", "原产品甲(网站)不变"),
        ("原因见附件", "原因见附件"),
    ],
)
def test_what_is_not_understood_is_kept(text: str, unread: str) -> None:
    """It is counted, shown, and never taken for something else."""
    assert read_remark(text).unread == unread


def test_a_bare_name_is_what_the_row_says() -> None:
    """Without a subject the row decides, then the looks of the name."""
    text = "“甲”变更为“乙”"
    assert read_remark(text, entity="乙").former_entities == ("甲",)
    for row, field in (
        ({"entity": "乙"}, RemarkField.ENTITY),
        ({"name": "乙"}, RemarkField.NAME),
        ({"product": "乙(APP)"}, RemarkField.PRODUCT),
        ({}, RemarkField.OTHER),
    ):
        (change,) = read_remark(text, **row).changes
        assert (change.field, change.before) == (field, "甲")
    (change,) = read_remark("“甲(APP)”变更为“乙(APP)”").changes
    assert (change.field, change.before) == (RemarkField.PRODUCT, "甲(APP)")


def test_every_code_has_words_in_both_languages() -> None:
    """Changes are shown to people."""
    assert set(FIELD_NAMES) == set(RemarkField)
    assert set(KIND_NAMES) == set(ChangeKind)


def test_a_change_and_a_withdrawal_joined_by_nothing() -> None:
    """After a renaming 已注销 can only be said of the filing."""
    remark = read_remark("原主体名称“甲有限公司”变更为“乙有限公司”已注销")
    assert remark.deregistered
    assert remark.former_entities == ("甲有限公司",)
    assert remark.unread == ""


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("产品变更为A、B、C", [("product", "renamed", "", one) for one in "ABC"]),
        (
            "变更内容：产品中新增智美AI功能访问路径",
            [("function", "added", "", "智美AI功能访问路径")],
        ),
        ("简化产品访问路径", [("function", "changed", "", "")]),
        (
            "产品Bixby语音助手新增旅行助手功能，短信通知新增建议回复服务",
            [("function", "added", "", "旅行助手功能"), ("function", "added", "", "建议回复服务")],
        ),
    ],
)
def test_functions_and_lists_of_products(text: str, changes: list[tuple[str, ...]]) -> None:
    """Published in 2025 and 2026: nothing of them is left unread."""
    read = read_remark(text)
    assert not read.unread
    assert [(c.field, c.kind, c.before, c.after) for c in read.changes] == changes


@pytest.mark.parametrize(
    ("text", "functions"),
    [
        ("产品新增实时翻译功能、浏览助手功能", ["实时翻译功能", "浏览助手功能"]),
        ("甲(APP)新增翻译功能、笔记功能", ["翻译功能", "笔记功能"]),
        ("产品中增加图像生成、语音合成功能访问路径", ["图像生成", "语音合成功能访问路径"]),
    ],
)
def test_a_function_of_a_product_is_no_product(text: str, functions: list[str]) -> None:
    remark = read_remark(text, product="甲(APP)")
    assert [change.after for change in remark.changes] == functions
    assert {change.field for change in remark.changes} == {RemarkField.FUNCTION}
    assert remark.unread == ""


def test_the_filing_may_be_named_before_its_withdrawal() -> None:
    remark = read_remark("该算法备案已于2024年3月注销")
    assert remark == Remark(deregistered=True)


@pytest.mark.parametrize(
    ("text", "name"),
    [("“甲乙”(APP)", "甲乙(APP)"), ("“甲乙”APP", "甲乙(APP)"), ("“甲乙", "甲乙"), ("甲乙”", "甲乙"),
     ("“甲乙”", "甲乙"), ("甲“乙", "甲“乙"), ("“甲”“乙”", "“甲”“乙”"), (" 甲乙 ", "甲乙")],
)  # fmt: skip
def test_quotes_around_a_name_are_no_part_of_it(text: str, name: str) -> None:
    """Nor is one whose partner was forgotten; a quote inside is."""
    assert bare(text) == name
    assert is_quoted(text) == (text == "“甲乙”")


def test_a_new_name_is_put_to_the_old_one_before_it() -> None:
    """Where there is one, of the same field; else it is a change of its own."""
    alone = [renamed("entity", "", "丙有限公司")]
    assert told("现主体名称：丙有限公司") == alone
    assert told("新增产品甲；现主体名称：丙有限公司") == [*added("product", "甲"), *alone]
    both = "原主体名称：甲有限公司；现主体名称：乙（上海）有限公司"
    assert told(both) == [renamed("entity", "甲有限公司", "乙（上海）有限公司")]
