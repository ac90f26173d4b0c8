"""What one clause says, before it has a date."""

from dataclasses import dataclass

from suanbei.registry.cells.remarks.items import bare, product_items
from suanbei.registry.cells.remarks.model import ChangeKind, RemarkField, RowContext
from suanbei.registry.cells.remarks.subject import settle_field


@dataclass(frozen=True, slots=True)
class Said:
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
