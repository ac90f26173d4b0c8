"""What a clause is about: the words before a name, and what a bare name must be."""

import re
from dataclasses import dataclass

from suanbei.registry.cells.names.normalise import entity_key
from suanbei.registry.cells.products import split_products
from suanbei.registry.cells.remarks.cut import Piece
from suanbei.registry.cells.remarks.model import RemarkField, RowContext
from suanbei.registry.cells.remarks.words import WEAK_WORDS, field_at, field_by_looks

LEAD = re.compile(r"\s*(?:(?:同时|并且?|另外?|且|以及|及|和|其中|此外|现将|已将|现对|对)\s*)*")
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
    rest: Piece
    former: bool


def subject_of(piece: Piece) -> Subject:
    """Take the subject off the start of a text."""
    inside = piece.without(PAPERS)
    rest = inside.without(_WAS)
    said_before = inside.masked[: len(inside.masked) - len(rest.masked)]
    former = bool(_FORMER.search(said_before))
    named = field_at(rest.masked)
    if not named:
        return Subject(None, rest.without(_LINK) if said_before else inside, former)
    field, end = named
    named_rest = rest.after(end)
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
    of_row = _field_of_row(key, context)
    if of_row or named is RemarkField.MODEL:
        return of_row or named
    looks = field_by_looks(after) or field_by_looks(before)
    if looks is RemarkField.MODEL and before and after:
        return RemarkField.NAME
    return looks or (RemarkField.PRODUCT if _is_product(key, context) else named)


def _is_product(key: str, context: RowContext) -> bool:
    """Whether the row lists a product of this name, with or without its kind."""
    listed = split_products(context.product)
    return any(key in (entity_key(one.name), entity_key(one.text)) for one in listed)


def _field_of_row(key: str, context: RowContext) -> RemarkField | None:
    """The field of the row that holds this name today."""
    if key and key == entity_key(context.entity):
        return RemarkField.ENTITY
    return RemarkField.NAME if key and key == entity_key(context.name) else None
