"""备注 read: where a filing's history hides (withdrawn, renamed, products added and removed).

    cut        a remark into headings, dates, separators and runs
    words      what can be changed, and how a thing is recognised
    subject    what a clause is about
    items      names and lists of products in a clause
    clauses    the kinds of clauses
    reader     lists carried on, dates handed out
    model      the result

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
