"""备注 read: where a filing's history hides (withdrawn, renamed, products added and removed).

    model      the result
    grammar    words, names and lists; a remark cut into tokens
    rules      the kinds of clauses
    reader     lists carried on, each clause given its month

What no rule understands is kept as text (`Remark.unread`), so that it can be counted and shown.
"""

from suanbei.registry.cells.remarks.model import (
    FIELD_NAMES,
    KIND_NAMES,
    ChangeKind,
    Clause,
    ClauseRole,
    Remark,
    RemarkChange,
    RemarkField,
    RowContext,
)
from suanbei.registry.cells.remarks.reader import read_clauses

__all__ = [
    "FIELD_NAMES",
    "KIND_NAMES",
    "ChangeKind",
    "Clause",
    "ClauseRole",
    "Remark",
    "RemarkChange",
    "RemarkField",
    "read_remark",
]


def read_remark(text: str, *, name: str = "", entity: str = "", product: str = "") -> Remark:
    """Read a 备注 as published; never raises.

    `name`, `entity` and `product` are what the row says today: they decide what a name without
    a subject (“A”变更为“B”) is the name of. An empty text and a mere dash say nothing.
    """
    if text.strip() in ("", "-", "--", "—", "——", "/", "无"):
        return Remark()
    return Remark(read_clauses(text, RowContext(name, entity, product)))
