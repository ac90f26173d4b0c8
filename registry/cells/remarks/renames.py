"""Clauses of renaming: A变更为B in all its forms, and 原A alone."""

import re

from suanbei.registry.cells.remarks.cut import TO, Piece
from suanbei.registry.cells.remarks.items import bare, is_quoted
from suanbei.registry.cells.remarks.model import ChangeKind, RemarkField, RowContext
from suanbei.registry.cells.remarks.said import Said
from suanbei.registry.cells.remarks.subject import (
    UNKNOWN_SUBJECT,
    Subject,
    settle_field,
    subject_of,
)
from suanbei.registry.cells.remarks.words import field_by_looks

RENAMED_FIELDS = (RemarkField.NAME, RemarkField.ENTITY, RemarkField.PRODUCT)
"""What is renamed; anything else is changed."""

_NOW = re.compile("现(?!场|有|货|实|代)|(?:变更|更名)后的?")
_STAYS = re.compile("(?:不变|保留|未变|继续使用|仍使用)$")
_NAME_OF = re.compile('(?<=[”」』"])的?名称$')
_ADDS = re.compile("新增|增加|添加")


def renamed(body: Piece, context: RowContext) -> tuple[Said, ...]:
    """A变更为B, with or without quotes, subject, 原 and 由; A变更为B变更为C is two changes."""
    steps = [found.span() for found in TO.finditer(body.masked)]
    if not steps or _ADDS.match(body.masked):
        return ()
    subject = subject_of(body.before(steps[0][0]))
    unknown = UNKNOWN_SUBJECT.match(subject.rest.masked)
    if subject.field is None and not subject.former and unknown:
        subject = Subject(RemarkField.OTHER, subject.rest.after(unknown.end()), former=False)
    starts = [end for _, end in steps]
    ends = [*(start for start, _ in steps[1:]), len(body.text)]
    afters = [bare(body.text[start:end]) for start, end in zip(starts, ends, strict=True)]
    befores = [bare(_NAME_OF.sub("", subject.rest.text)), *afters[:-1]]
    if not any((*befores, *afters)):
        return ()
    return tuple(
        said_renamed(subject.field, before, after, context)
        for before, after in zip(befores, afters, strict=True)
    )


def said_renamed(named: RemarkField | None, before: str, after: str, context: RowContext) -> Said:
    """A change into `after`: a renaming if its field has names."""
    field = settle_field(named, before, after, context)
    renamed = field in RENAMED_FIELDS and not _only_kind_differs(field, before, after)
    kind = ChangeKind.RENAMED if renamed else ChangeKind.CHANGED
    return Said(kind, field, before, after, lists=field not in (*RENAMED_FIELDS[:2],))


def _only_kind_differs(field: RemarkField | None, before: str, after: str) -> bool:
    """造梦次元(其他)变更为造梦次元(APP): another kind of the same product."""
    if field is not RemarkField.PRODUCT or not before:
        return False
    return re.split("[（(]", before)[0].strip() == re.split("[（(]", after)[0].strip()


def was(body: Piece, context: RowContext) -> tuple[Said, ...]:
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
    return (Said(ChangeKind.RENAMED, field, before, today.get(field, "")),)


def now(body: Piece, context: RowContext) -> tuple[Said, ...]:
    """现主体名称：B; 变更后：B."""
    found = _NOW.match(body.masked)
    if not found:
        return ()
    subject = subject_of(body.after(found.end()))
    after = bare(subject.rest.text)
    field = settle_field(subject.field, "", after, context)
    if not after or field not in RENAMED_FIELDS:
        return ()
    return (Said(ChangeKind.RENAMED, field, "", after, completes=True),)
