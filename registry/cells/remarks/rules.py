"""The kinds of clauses, each read from one run of text (see `tokenise`).

A rule gets the body of a run and returns what it says, or nothing if it is not of its kind.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from suanbei.registry.cells.names.parts import entity_key
from suanbei.registry.cells.products import split_products
from suanbei.registry.cells.remarks.grammar import (
    TO,
    WEAK_WORDS,
    RemarkField,
    Token,
    bare,
    field_at,
    field_by_looks,
    field_in,
    is_quoted,
    product_items,
)


class ChangeKind(StrEnum):
    """How it was changed; `changed` where the remark does not say from what to what."""

    RENAMED = "renamed"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


KIND_NAMES: dict[ChangeKind, tuple[str, str]] = {
    ChangeKind.RENAMED: ("更名", "renamed"),
    ChangeKind.ADDED: ("新增", "added"),
    ChangeKind.REMOVED: ("删除", "removed"),
    ChangeKind.CHANGED: ("变更", "changed"),
}
"""The kinds in Chinese and English."""


@dataclass(frozen=True, slots=True)
class RowContext:
    """What the row itself says today, which decides what a bare name in its 备注 is."""

    name: str = ""
    entity: str = ""
    product: str = ""


CONJUNCTIONS = re.compile(
    r"\s*(?:(?:同时|并且?|另外?|且|以及|及|和|其中|此外|现将|已将|现对|对)\s*)*"
)
"""Joining words at the start of a clause."""

PAPERS = re.compile(r"(?:在|对)?(?:《[^《》]*》|备案材料|材料|备案系统)(?:等)?(?:中|里|内)?的?")
"""The papers a change was made in: 《算法安全自评估报告》中, 备案材料中."""

_WAS = re.compile(
    "(?:曾用名称?|前称|变更前的?|更名前的?|原名(?:为|[：:])|原先?(?![因则有始本来创])|由|将|把|从|其|部分|相关|多个|变更(?=主体|算法名称|产品))*"
)
_FORMER = re.compile("曾用名|前称|[更变][更名]前|原")
_QUOTE = '[“‘「『"＂]'
_LINK = re.compile(rf"(?:[：:\s]|(?:原为|原|为|是)(?={_QUOTE})|由|从|文字描述|文字)*")
UNKNOWN_SUBJECT = re.compile(r"[\u4e00-\u9fff]{2,8}?(?<![自理缘])由")
"""A subject that is in no table: 服务范围由A变更为B."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The field a text names first (None if none), the text after it, and whether 原 said that
    what follows is of the past."""

    field: RemarkField | None
    rest: Token
    former: bool


def subject_of(token: Token) -> Subject:
    """Take the subject off the start of a text."""
    inside = token.without(PAPERS)
    rest = inside.without(_WAS)
    words_before = inside.masked[: len(inside.masked) - len(rest.masked)]
    former = bool(_FORMER.search(words_before))
    named = field_at(rest.masked)
    if not named:
        return Subject(None, rest.without(_LINK) if words_before else inside, former)
    field, end = named
    named_rest = rest[end:]
    linked = named_rest.without(_LINK)
    marked = former or linked != named_rest or re.match(rf"{_QUOTE}|$", linked.masked)
    if rest.masked[:end] in WEAK_WORDS and not marked:
        return Subject(None, inside, former)
    return Subject(field, linked, former)


def settle_field(
    named: RemarkField | None, before: str, after: str, context: RowContext
) -> RemarkField | None:
    """The field of a change, where the clause names none or a vague one (名称, 算法, 模型).

    The row decides first: a change into the row's entity is one of the entity. Then the looks of
    the names. None if nothing tells.
    """
    if named not in (None, RemarkField.OTHER, RemarkField.MODEL):
        return named
    key = entity_key(after or before)
    if key and key == entity_key(context.entity):
        return RemarkField.ENTITY
    if key and key == entity_key(context.name):
        return RemarkField.NAME
    if named is RemarkField.MODEL:
        return named
    looks = field_by_looks(after) or field_by_looks(before)
    if looks is RemarkField.MODEL and before and after:
        return RemarkField.NAME
    # A product that the row lists, with or without its kind.
    listed = split_products(context.product)
    is_listed = any(key in (entity_key(one.name), entity_key(one.text)) for one in listed)
    return looks or (RemarkField.PRODUCT if is_listed else named)


@dataclass(frozen=True, slots=True)
class ParsedChange:
    """One thing a clause says: from `before` to `after`, either empty where it is not told.

    `field` is None where only the clause before can tell; `lists`: more names may follow;
    `completes`: it is the new name to an old one told before.
    """

    kind: ChangeKind
    field: RemarkField | None
    before: str = ""
    after: str = ""
    lists: bool = False
    completes: bool = False


def changes_of_names(
    kind: ChangeKind, field: RemarkField | None, text: str, context: RowContext
) -> tuple[ParsedChange, ...]:
    """Things added or removed, one for each name in the text; one without name if it is empty."""
    known = field or settle_field(None, "", bare(text), context)
    names = product_items(text) if known is RemarkField.PRODUCT else [bare(text)]
    added = kind is ChangeKind.ADDED
    return tuple(
        ParsedChange(kind, known, "" if added else name, name if added else "", lists=True)
        for name in names
    )


RENAMED_FIELDS = (RemarkField.NAME, RemarkField.ENTITY, RemarkField.PRODUCT)
"""What is renamed; anything else is changed."""

_NOW = re.compile("现(?!场|有|货|实|代)|(?:变更|更名)后的?")
_STAYS = re.compile("(?:不变|保留|未变|继续使用|仍使用)$")
_NAME_OF = re.compile('(?<=[”」』"])的?名称$')
_ADDS = re.compile("新增|增加|添加")


def renamed(body: Token, context: RowContext) -> tuple[ParsedChange, ...]:
    """A变更为B, with or without quotes, subject, 原 and 由; A变更为B变更为C is two changes."""
    steps = [found.span() for found in TO.finditer(body.masked)]
    if not steps or _ADDS.match(body.masked):
        return ()
    subject = subject_of(body[: steps[0][0]])
    unknown = UNKNOWN_SUBJECT.match(subject.rest.masked)
    if subject.field is None and not subject.former and unknown:
        subject = Subject(RemarkField.OTHER, subject.rest[unknown.end() :], former=False)
    starts = [end for _, end in steps]
    ends = [*(start for start, _ in steps[1:]), len(body.text)]
    afters = [bare(body.text[start:end]) for start, end in zip(starts, ends, strict=True)]
    befores = [bare(_NAME_OF.sub("", subject.rest.text)), *afters[:-1]]
    if not any((*befores, *afters)):
        return ()
    return tuple(
        change_into(subject.field, before, after, context)
        for before, after in zip(befores, afters, strict=True)
    )


def change_into(
    named: RemarkField | None, before: str, after: str, context: RowContext
) -> ParsedChange:
    """A change into `after`: a renaming if its field has names."""
    field = settle_field(named, before, after, context)
    is_renamed = field in RENAMED_FIELDS
    if field is RemarkField.PRODUCT and before:
        # 造梦次元(其他)变更为造梦次元(APP) is another kind of the same product.
        old, new = (re.split("[（(]", product)[0].strip() for product in (before, after))
        is_renamed = old != new
    kind = ChangeKind.RENAMED if is_renamed else ChangeKind.CHANGED
    is_single = field in (RemarkField.NAME, RemarkField.ENTITY)
    return ParsedChange(kind, field, before, after, lists=not is_single)


def old_name(body: Token, context: RowContext) -> tuple[ParsedChange, ...]:
    """原算法名称“A”: the old name alone; the new one is the row's."""
    subject = subject_of(body)
    before = bare(subject.rest.text)
    looks = field_by_looks(before)
    told = subject.field or looks or is_quoted(subject.rest.text)
    if not subject.former or not before or not told or _STAYS.search(body.masked):
        return ()
    field = subject.field if subject.field in RENAMED_FIELDS else None
    field = field or looks or RemarkField.NAME
    field = RemarkField.NAME if field is RemarkField.MODEL else field
    today = {RemarkField.NAME: context.name, RemarkField.ENTITY: context.entity}
    return (ParsedChange(ChangeKind.RENAMED, field, before, today.get(field, "")),)


def new_name(body: Token, context: RowContext) -> tuple[ParsedChange, ...]:
    """现主体名称：B; 变更后：B."""
    found = _NOW.match(body.masked)
    if not found:
        return ()
    subject = subject_of(body[found.end() :])
    after = bare(subject.rest.text)
    field = settle_field(subject.field, "", after, context)
    if not after or field not in RENAMED_FIELDS:
        return ()
    return (ParsedChange(ChangeKind.RENAMED, field, "", after, completes=True),)


Rule = Callable[[Token, RowContext], tuple[ParsedChange, ...]]

STATUS = re.compile(
    r"(?:该|本|此)?(?:算法|模型|应用|服务)?(?:备案|登记)?(?:编?号)?(?:信息)?"
    r"(?:现|已|于|主动|自行|申请|被|依法|予以|完成)*"
    r"(?:注销|撤销|撤回|废止|失效|作废|(?:取消|终止)(?=算法|备案|登记))"
    r"(?:算法)?(?:备案|登记)?(?:编?号)?(?:处理|手续)?了?"
)
"""已注销, 该备案已注销: the filing was withdrawn."""

FILING_ITSELF = re.compile(
    "(?:该|本|此)?(?:算法|模型|应用|服务)?(?:备案|登记)(?:编?号)?(?:信息)?已?"
)
"""该算法备案, with the date and 注销 behind it: it says nothing by itself."""

_ADD = re.compile("(?:新增加?|增加|添加|补充|增设|增补|追加|新加|加入)了?|(?=接入)")
_INSIDE = re.compile("中|内|里")
_MAYBE = re.compile("补充|加入|取消|减少|停用|解除|注销")
_REMOVE = re.compile(
    "(?:删除|删减|移除|去除|去掉|剔除|取消|下线|下架|停用|减少|撤下|解除|注销|"
    "停止(?:使用|运营|接入)?|不再(?:使用|关联|接入)?)了?"
)
WENT = re.compile("(?:已|均|现|予以)*(?:下线|下架|删除|移除|停用|停运|停止(?:运营|服务)|注销)$")
_CHANGE_FIRST = re.compile(
    "(?:变更|更新|调整|修改|修订|完善|优化|升级|细化|简化|精简|更换|更正)了?(?![前后为]|$)"
)
_CHANGE_LAST = re.compile(
    "(?:发生|有所|有|已|进行|均|的|了)*"
    "(?:变更|变化|变动|更新|调整|修改|升级|优化|完善|修订|改变|更换|更正|更名|改名)$"
)
_INTO = re.compile("(?:为|成)(?=.)")
_FUNCTION_ADDED = re.compile(
    "[^、，]{1,20}?(?:新增加?|增加|添加|增设)了?(?P<what>[^、，]+(?:功能|服务|场景|模块|访问路径))"
)
_OF_PAPERS = (RemarkField.NAME, RemarkField.ENTITY, RemarkField.PRODUCT, RemarkField.PURPOSE)
_LONGEST_PHRASE = 40


def read_run(run: Token, context: RowContext) -> tuple[ParsedChange, ...]:
    """What a run says, by the first rule that fits; empty if none does."""
    body = run[: len(run.text.rstrip())].without(CONJUNCTIONS)
    found = (rule(body, context) for rule in _RULES)
    return next((parsed for parsed in found if parsed), ())


def _names_after(
    kind: ChangeKind, verb: re.Pattern[str], body: Token, context: RowContext
) -> tuple[ParsedChange, ...]:
    """新增关联产品A、…; 备案材料中新增B; 产品新增C: the subject stands before or after the verb.

    What is added inside a product (产品中新增C), or called a function, is a function of it."""
    leading = subject_of(body)
    inner = leading.rest.without(_INSIDE)
    inside = inner != leading.rest
    for start, field in ((body, None), (inner, leading.field)):
        found = verb.match(start.masked)
        if found:
            subject = subject_of(start[found.end() :])
            named = subject.field or field
            if (
                named is RemarkField.PRODUCT
                and subject.field is None
                and (inside or field_by_looks(bare(subject.rest.text)) is RemarkField.FUNCTION)
            ):
                named = RemarkField.FUNCTION
            parsed = changes_of_names(kind, named, subject.rest.text, context)
            # 补充说明见附件 adds nothing: such a verb counts only before a thing that is known.
            return () if _MAYBE.match(start.masked) and parsed[0].field is None else parsed
    return ()


def _function_added(body: Token, context: RowContext) -> tuple[ParsedChange, ...]:
    """产品A新增旅行助手功能; 短信通知新增建议回复服务; 产品中新增B功能访问路径."""
    found = _FUNCTION_ADDED.fullmatch(body.masked)
    if not found:
        return ()
    name = bare(body.text[found.start("what") : found.end("what")])
    return changes_of_names(ChangeKind.ADDED, RemarkField.FUNCTION, name, context)


def _went(body: Token, context: RowContext) -> tuple[ParsedChange, ...]:
    """产品A(APP)已下线."""
    found = WENT.search(body.masked)
    if not found or not found.start():
        return ()
    subject = subject_of(body[: found.start()])
    return changes_of_names(ChangeKind.REMOVED, subject.field, subject.rest.text, context)


def _changed_first(body: Token, context: RowContext) -> tuple[ParsedChange, ...]:
    """变更主要用途; 《…》中变更A; 变更主体名称为“B”."""
    what = body.without(PAPERS)
    verb = _CHANGE_FIRST.match(what.masked)
    if not verb:
        return ()
    rest = what[verb.end() :]
    named = field_at(rest.masked)
    into = _INTO.match(rest.masked, named[1]) if named else None
    if named and into:
        return (change_into(named[0], "", bare(rest.text[into.end() :]), context),)
    return (_changed(body, subject_of(rest)),)


def _changed_last(body: Token, context: RowContext) -> tuple[ParsedChange, ...]:
    """产品变更, 算法安全责任人发生变更; a mere 更新 does not say of what."""
    verb = _CHANGE_LAST.search(body.masked)
    if not verb or verb.start() > _LONGEST_PHRASE:
        return ()
    if not verb.start():
        return (ParsedChange(ChangeKind.CHANGED, RemarkField.OTHER),)
    return (_changed(body, subject_of(body[: verb.start()])),)


def _changed(body: Token, subject: Subject) -> ParsedChange:
    """A change of which only the field is told, and perhaps the new text in quotes."""
    rest = subject.rest.text
    inner = subject.field or field_in(rest) or field_by_looks(rest)
    papers = PAPERS.search(body.masked)
    of_papers = field_in(body.text[papers.start() : papers.end()]) if papers else None
    field = of_papers if of_papers and inner not in _OF_PAPERS else inner
    after = bare(rest) if is_quoted(rest) else ""
    kind = ChangeKind.RENAMED if after and field in RENAMED_FIELDS else ChangeKind.CHANGED
    return ParsedChange(kind, field or RemarkField.OTHER, "", after, lists=True)


_RULES: tuple[Rule, ...] = (
    renamed,
    partial(_names_after, ChangeKind.ADDED, _ADD),
    _function_added,
    partial(_names_after, ChangeKind.REMOVED, _REMOVE),
    _changed_first,
    _changed_last,
    _went,
    new_name,
    old_name,
)
