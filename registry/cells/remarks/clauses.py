"""The kinds of clauses, each read from one run of text (see `cut`).

A rule gets the body of a run and returns what it says, or nothing if it is not of its kind.
"""

import re
from collections.abc import Callable

from suanbei.registry.cells.remarks.cut import Piece
from suanbei.registry.cells.remarks.items import bare, is_quoted
from suanbei.registry.cells.remarks.model import ChangeKind, RemarkField, RowContext
from suanbei.registry.cells.remarks.renames import RENAMED_FIELDS, now, renamed, said_renamed, was
from suanbei.registry.cells.remarks.said import Said, said_of_names
from suanbei.registry.cells.remarks.subject import LEAD, PAPERS, Subject, subject_of
from suanbei.registry.cells.remarks.words import field_at, field_by_looks, field_in

Rule = Callable[[Piece, RowContext], tuple[Said, ...]]

_STATUS = re.compile(
    r"(?:该|本|此)?(?:算法|模型|应用|服务)?(?:备案|登记)?(?:编?号)?(?:信息)?"
    r"(?:现|已|于|主动|自行|申请|被|依法|予以|完成)*"
    r"(?:注销|撤销|撤回|废止|失效|作废|(?:取消|终止)(?=算法|备案|登记))"
    r"(?:算法)?(?:备案|登记)?(?:编?号)?(?:处理|手续)?了?"
)
_ADD = re.compile("(?:新增加?|增加|添加|补充|增设|增补|追加|新加|加入)了?|(?=接入)")
_MAYBE = re.compile("补充|加入|取消|减少|停用|解除|注销")
_REMOVE = re.compile(
    "(?:删除|删减|移除|去除|去掉|剔除|取消|下线|下架|停用|减少|撤下|解除|注销|"
    "停止(?:使用|运营|接入)?|不再(?:使用|关联|接入)?)了?"
)
WENT = re.compile("(?:已|均|现|予以)*(?:下线|下架|删除|移除|停用|停运|停止(?:运营|服务)|注销)$")
_CHANGE_FIRST = re.compile(
    "(?:变更|更新|调整|修改|修订|完善|优化|升级|细化|更换|更正)了?(?![前后为]|$)"
)
_CHANGE_LAST = re.compile(
    "(?:发生|有所|有|已|进行|均|的|了)*"
    "(?:变更|变化|变动|更新|调整|修改|升级|优化|完善|修订|改变|更换|更正|更名|改名)$"
)
_INTO = re.compile("(?:为|成)(?=.)")
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


def is_read(run: Piece) -> bool:
    """Whether a run says something by itself, whatever its row."""
    return is_status(run) or bool(read_run(run, RowContext()))


def _names_after(
    kind: ChangeKind, verb: re.Pattern[str], body: Piece, context: RowContext
) -> tuple[Said, ...]:
    """新增关联产品A、…; 备案材料中新增B; 产品新增C: the subject stands before or after the verb."""
    leading = subject_of(body)
    for start, field in ((body, None), (leading.rest, leading.field)):
        found = verb.match(start.masked)
        if found:
            subject = subject_of(start.after(found.end()))
            said = said_of_names(kind, subject.field or field, subject.rest.text, context)
            # 补充说明见附件 adds nothing: such a verb counts only before a thing that is known.
            return () if _MAYBE.match(start.masked) and said[0].field is None else said
    return ()


def _added(body: Piece, context: RowContext) -> tuple[Said, ...]:
    return _names_after(ChangeKind.ADDED, _ADD, body, context)


def _removed(body: Piece, context: RowContext) -> tuple[Said, ...]:
    return _names_after(ChangeKind.REMOVED, _REMOVE, body, context)


def _went(body: Piece, context: RowContext) -> tuple[Said, ...]:
    """产品A(APP)已下线."""
    found = WENT.search(body.masked)
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
    rest = what.after(verb.end())
    named = field_at(rest.masked)
    into = _INTO.match(rest.masked, named[1]) if named else None
    if named and into:
        return (said_renamed(named[0], "", bare(rest.text[into.end() :]), context),)
    return (_said_changed(body, subject_of(rest)),)


def _changed_last(body: Piece, context: RowContext) -> tuple[Said, ...]:
    """产品变更, 算法安全责任人发生变更."""
    verb = _CHANGE_LAST.search(body.masked)
    if not verb or not 0 < verb.start() <= _LONGEST_PHRASE:
        return ()
    return (_said_changed(body, subject_of(body.before(verb.start()))),)


def _said_changed(body: Piece, subject: Subject) -> Said:
    """A change of which only the field is told, and perhaps the new text in quotes."""
    rest = subject.rest.text
    inner = subject.field or field_in(rest) or field_by_looks(rest)
    papers = PAPERS.search(body.masked)
    of_papers = field_in(body.text[papers.start() : papers.end()]) if papers else None
    field = of_papers if of_papers and inner not in _OF_PAPERS else inner
    after = bare(rest) if is_quoted(rest) else ""
    kind = ChangeKind.RENAMED if after and field in RENAMED_FIELDS else ChangeKind.CHANGED
    return Said(kind, field or RemarkField.OTHER, "", after, lists=True)


_RULES: tuple[Rule, ...] = (
    renamed,
    _added,
    _removed,
    _changed_first,
    _changed_last,
    _went,
    now,
    was,
)
