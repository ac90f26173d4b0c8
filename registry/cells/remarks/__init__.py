"""备注 read: where a filing's history hides (withdrawn, renamed, products added and removed).

    grammar    words, names and lists; a remark cut into tokens
    rules      the kinds of clauses
    reader     the result; lists carried on, each clause given its month

What no rule understands is kept as text (`Remark.unread`), so that it can be counted and shown.
"""

from suanbei.registry.cells.remarks.grammar import FIELD_NAMES, ClauseRole, RemarkField
from suanbei.registry.cells.remarks.reader import Clause, Remark, RemarkChange, read_remark
from suanbei.registry.cells.remarks.rules import KIND_NAMES, ChangeKind

__all__ = [
    "FIELD_NAMES", "KIND_NAMES", "ChangeKind", "Clause", "ClauseRole", "Remark", "RemarkChange",
    "RemarkField", "read_remark",
]  # fmt: skip
