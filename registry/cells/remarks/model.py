"""What a 备注 says, as values."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class RemarkField(StrEnum):
    """What of a filing was changed."""

    NAME = "name"
    ENTITY = "entity"
    PRODUCT = "product"
    PURPOSE = "purpose"
    FUNCTION = "function"
    MODEL = "model"
    MODALITY = "modality"
    MECHANISM = "mechanism"
    TYPE = "type"
    ROLE = "role"
    SECURITY = "security"
    REPRESENTATIVE = "representative"
    REPORT = "report"
    OTHER = "other"


FIELD_NAMES: dict[RemarkField, tuple[str, str]] = {
    RemarkField.NAME: ("算法或模型名称", "name"),
    RemarkField.ENTITY: ("主体名称", "entity"),
    RemarkField.PRODUCT: ("产品", "product"),
    RemarkField.PURPOSE: ("主要用途", "purpose"),
    RemarkField.FUNCTION: ("功能", "function"),
    RemarkField.MODEL: ("所用模型", "model in use"),
    RemarkField.MODALITY: ("输入输出模态", "modality"),
    RemarkField.MECHANISM: ("算法机制机理", "mechanism"),
    RemarkField.TYPE: ("算法类别", "type"),
    RemarkField.ROLE: ("角色", "role"),
    RemarkField.SECURITY: ("算法安全责任人", "person responsible for security"),
    RemarkField.REPRESENTATIVE: ("法定代表人", "legal representative"),
    RemarkField.REPORT: ("自评估报告", "self-assessment report"),
    RemarkField.OTHER: ("其他", "other"),
}
"""The fields in Chinese and English."""


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


class RemarkChange(NamedTuple):
    """One change: names and products as published, empty where the remark does not give them.

    `when` is `YYYY-MM`, empty if undated.
    """

    field: RemarkField
    kind: ChangeKind
    before: str
    after: str
    when: str


class ClauseRole(StrEnum):
    """What a piece of a remark is."""

    CHANGE = "change"
    STATUS = "status"
    DATE = "date"
    HEADING = "heading"
    SEPARATOR = "separator"
    UNREAD = "unread"


@dataclass(frozen=True, slots=True)
class Clause:
    """A piece of a remark; the texts of all its clauses, joined, are the remark."""

    role: ClauseRole
    text: str
    changes: tuple[RemarkChange, ...] = ()
    when: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """A 备注 read: its clauses, and what they come to."""

    clauses: tuple[Clause, ...] = ()

    @property
    def deregistered(self) -> bool:
        """Whether it says that the filing was withdrawn (已注销)."""
        return any(clause.role is ClauseRole.STATUS for clause in self.clauses)

    @property
    def changes(self) -> tuple[RemarkChange, ...]:
        """All changes in the order of the text."""
        return tuple(change for clause in self.clauses for change in clause.changes)

    @property
    def former_entities(self) -> tuple[str, ...]:
        """Names the registrant had before."""
        entities = (one for one in self.changes if one.field is RemarkField.ENTITY)
        return tuple(dict.fromkeys(one.before for one in entities if one.before))

    @property
    def unread(self) -> str:
        """The text that no rule understood, its pieces joined by ；; empty if all was read."""
        pieces = [clause.text for clause in self.clauses if clause.role is ClauseRole.UNREAD]
        return "；".join(piece.strip() for piece in pieces)


@dataclass(frozen=True, slots=True)
class RowContext:
    """What the row itself says today, which decides what a bare name in its 备注 is."""

    name: str = ""
    entity: str = ""
    product: str = ""
