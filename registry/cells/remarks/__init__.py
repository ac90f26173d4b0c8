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
)
from suanbei.registry.cells.remarks.reader import read_remark

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
