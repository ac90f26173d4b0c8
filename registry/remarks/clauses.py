"""The kinds of clauses, each read from one run of text (see `cut`).

A rule gets the body of a run and returns what it says, or nothing if it is not of its kind.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from registry.remarks.cut import TO, Piece
from registry.remarks.items import bare, is_quoted, product_items
from registry.remarks.model import ChangeKind, RemarkField, RowContext
from registry.remarks.subject import LEAD, PAPERS, Subject, settle_field, subject_of
from registry.remarks.words import field_by_looks, field_in


@dataclass(frozen=True, slots=True)
class Said:
    """One thing a clause says: from `before` to `after`, either empty where it is not told.

    `field` is None where only the clause before can tell; `lists`: more names may follow.
    """

    kind: ChangeKind
    field: RemarkField | None
    before: str = ""
    after: str = ""
    lists: bool = False


Rule = Callable[[Piece, RowContext], tuple[Said, ...]]

_STATUS = re.compile(
    r"(?:该|本|此)?(?:算法|模型|应用|服务)?(?:备案|登记)?(?:编?号)?(?:信息)?"
    r"(?:现|已|于|主动|自行|申请|被|依法|予以|完成)*"
    r"(?:注销|撤销|撤回|废止|失效|作废|(?:取消|终止)(?=算法|备案|登记))"
    r"(?:算法)?(?:备案|登记)?(?:编?号)?(?:处理|手续)?了?"
)
_ADD = re.compile("(?:新增加?|增加|添加|补充|增设|增补|追加|新加|加入)了?|(?=接入)")
_REMOVE = re.compile(
    "(?:删除|删减|移除|去除|去掉|剔除|取消|下线|下架|停用|减少|撤下|解除|注销|"
    "停止(?:使用|运营|接入)?|不再(?:使用|关联|接入)?)了?"
)
_WENT = re.compile("(?:已|均|现|予以)*(?:下线|下架|删除|移除|停用|停运|停止(?:运营|服务)|注销)$")
_CHANGE_FIRST = re.compile(
    "(?:变更|更新|调整|修改|修订|完善|优化|升级|细化|更换|更正)了?(?![后为]|$)"
)
_CHANGE_LAST = re.compile(
    "(?:发生|有所|有|已|进行|均|的|了)*"
    "(?:变更|变化|变动|更新|调整|修改|升级|优化|完善|修订|改变|更换|更正)$"
)
_INTO = re.compile("(?<=.)(?:为|成)(?=.)")
_RENAMED_FIELDS = (RemarkField.NAME, RemarkField.ENTITY, RemarkField.PRODUCT)
_OF_PAPERS = (RemarkField.NAME, RemarkField.ENTITY, RemarkField.PRODUCT, RemarkField.PURPOSE)
_LONGEST_PHRASE = 40


def is_status(run: Piece) -> bool:
    """已注销, 该备案已注销: the filing was withdrawn."""
    return bool(_STATUS.fullmatch(run.masked.strip()))


def read_run(run: Piece, context: RowContext) -> tuple[Said, ...]:
    """What a run says, by the first rule that fits; empty if none does."""
    body = run.without(LEAD).stripped()
    found = (rule(body, context) for rule in _RULES)
    return next((said for said in found if said), ())


def said_of_names(
    kind: ChangeKind, field: RemarkField | None, text: str, context: RowContext
) -> tuple[Said, ...]:
    """Things added or removed, one for each name in the text; one without name if it is empty."""
    known = field or settle_field(None, "", bare(text), context)
    names = product_items(text) if known is RemarkField.PRODUCT else [bare(text)]
    added = kind is ChangeKind.ADDED
    return tuple(
        Said(kind, known, "" if added else name, name if added else "", lists=True)
        for name in names
    )


def _renamed(body: Piece, context: RowContext) -> tuple[Said, ...]:
    """A变更为B, with or without quotes, subject, 原 and 由; A变更为B变更为C is two changes."""
    steps = [found.span() for found in TO.finditer(body.masked)]
    if not steps or _ADD.match(body.masked):
        return ()
    subject = subject_of(body.before(steps[0][0]))
    starts = [end for _, end in steps]
    ends = [*(start for start, _ in steps[1:]), len(body.text)]
    afters = [bare(body.text[start:end]) for start, end in zip(starts, ends, strict=True)]
    befores = [bare(subject.rest.text), *afters[:-1]]
    return tuple(
        _said_renamed(subject.field, before, after, context)
        for before, after in zip(befores, afters, strict=True)
    )


def _said_renamed(named: RemarkField | None, before: str, after: str, context: RowContext) -> Said:
    field = settle_field(named, before, after, context)
    renamed = field in _RENAMED_FIELDS and not _only_kind_differs(field, before, after)
    kind = ChangeKind.RENAMED if renamed else ChangeKind.CHANGED
    return Said(kind, field, before, after, lists=field not in (*_RENAMED_FIELDS[:2],))


def _only_kind_differs(field: RemarkField | None, before: str, after: str) -> bool:
    """造梦次元(其他)变更为造梦次元(APP): another kind of the same product."""
    if field is not RemarkField.PRODUCT or not before:
        return False
    return re.split("[（(]", before)[0].strip() == re.split("[（(]", after)[0].strip()


def _was(body: Piece, context: RowContext) -> tuple[Said, ...]:
    """原算法名称“A”: the old name alone; the new one is the row's."""
    subject = subject_of(body)
    before = bare(subject.rest.text)
    if not subject.former or not before:
        return ()
    field = subject.field if subject.field in _RENAMED_FIELDS else None
    field = field or field_by_looks(before) or RemarkField.NAME
    field = RemarkField.NAME if field is RemarkField.MODEL else field
    today = {RemarkField.NAME: context.name, RemarkField.ENTITY: context.entity}
    return (Said(ChangeKind.RENAMED, field, before, today.get(field, "")),)


def _names_after(
    kind: ChangeKind, verb: re.Pattern[str], body: Piece, context: RowContext
) -> tuple[Said, ...]:
    """新增关联产品A、…; 备案材料中新增B; 产品新增C: the subject stands before or after the verb."""
    leading = subject_of(body)
    for start, field in ((body, None), (leading.rest, leading.field)):
        found = verb.match(start.masked)
        if found:
            subject = subject_of(start.after(found.end()))
            return said_of_names(kind, subject.field or field, subject.rest.text, context)
    return ()


def _added(body: Piece, context: RowContext) -> tuple[Said, ...]:
    return _names_after(ChangeKind.ADDED, _ADD, body, context)


def _removed(body: Piece, context: RowContext) -> tuple[Said, ...]:
    return _names_after(ChangeKind.REMOVED, _REMOVE, body, context)


def _went(body: Piece, context: RowContext) -> tuple[Said, ...]:
    """产品A(APP)已下线."""
    found = _WENT.search(body.masked)
    if not found or not found.start():
        return ()
    subject = subject_of(body.before(found.start()))
    return said_of_names(ChangeKind.REMOVED, subject.field, subject.rest.text, context)


def _changed_first(body: Piece, context: RowContext) -> tuple[Said, ...]:
    """变更主要用途; 《…》中变更A; 变更主体名称为“B”."""
    what = body.without(PAPERS)
    verb = _CHANGE_FIRST.match(what.masked)
    if not verb:
        return ()
    subject = subject_of(what.after(verb.end()))
    into = _INTO.match(subject.rest.masked, 0) or re.match("(?:为|成)(?=.)", subject.rest.masked)
    if subject.field and into:
        after = bare(subject.rest.text[into.end() :])
        return (_said_renamed(subject.field, "", after, context),)
    return (_said_changed(body, subject),)


def _changed_last(body: Piece, context: RowContext) -> tuple[Said, ...]:
    """产品变更, 算法安全责任人发生变更."""
    verb = _CHANGE_LAST.search(body.masked)
    if not verb or not 0 < verb.start() <= _LONGEST_PHRASE:
        return ()
    return (_said_changed(body, subject_of(body.before(verb.start()))),)


def _said_changed(body: Piece, subject: Subject) -> Said:
    """A change of which only the field is told, and perhaps the new text in quotes."""
    inner = subject.field or field_in(subject.rest.text)
    papers = PAPERS.match(body.masked)
    of_papers = field_in(body.text[: papers.end()]) if papers else None
    field = of_papers if of_papers and inner not in _OF_PAPERS else inner
    quoted = is_quoted(subject.rest.text)
    after = bare(subject.rest.text) if quoted else ""
    return Said(ChangeKind.CHANGED, field or RemarkField.OTHER, "", after, lists=True)


_RULES: tuple[Rule, ...] = (
    _renamed,
    _added,
    _removed,
    _changed_first,
    _changed_last,
    _went,
    _was,
)
