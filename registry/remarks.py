"""备注, read into status and former names (DOMAIN.md §4)."""

import re
from dataclasses import dataclass

_RENAMED = re.compile(r"原主体(?:名称)?由?“([^”]+)”变更为“([^”]+)”")


@dataclass(frozen=True, slots=True)
class RemarkChange:
    """One change that a remark tells of."""

    field: str
    kind: str
    before: str
    after: str
    when: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """What a remark says; `unread` is the text that no rule understood."""

    deregistered: bool
    changes: tuple[RemarkChange, ...]
    former_entities: tuple[str, ...]
    unread: str


def read_remark(text: str) -> Remark:
    """Read a 备注 cell; never raises."""
    renames = [RemarkChange("entity", "renamed", *found) for found in _RENAMED.findall(text)]
    rest = _RENAMED.sub("", text).replace("已注销", "").replace("变更内容：", "")
    return Remark(
        "已注销" in text, tuple(renames), tuple(c.before for c in renames), rest.strip("、，；。 ")
    )
