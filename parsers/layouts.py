"""Which columns a table has, and so which series it belongs to: by header names, never position.

The names are those of the published lists (national since 2022, provincial since 2024) with their
variants; a name is compared without white space, full-width signs read as half-width.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from suanbei.parsers.text import bare
from suanbei.registry.importing.published import Series

COLUMNS: dict[str, tuple[str, ...]] = {
    "seq": ("序号", "编号"),
    "name": (
        "算法名称", "模型名称", "大模型名称", "应用/功能名称", "应用(功能)名称", "应用名称",
        "功能名称", "应用或功能名称", "服务名称",
    ),
    "label": ("算法类别", "算法类型", "角色", "主体角色"),
    "entity": ("主体名称", "备案主体", "备案单位", "登记单位", "单位名称", "备案主体名称", "企业名称"),
    "product": ("应用产品", "产品名称"),
    "purpose": ("主要用途", "用途"),
    "number": (
        "备案编号", "备案号", "算法备案编号", "算法备案号", "上线编号", "登记编号", "登记号",
        "大模型备案编号", "大模型备案号",
    ),
    "remark": ("备注",),
    "region": ("属地", "地区"),
    "filed_on": ("备案时间", "登记时间", "注销时间", "备案日期", "登记日期", "注销日期"),
}  # fmt: skip
"""The header names of each field of a row."""

EXTRA_COLUMNS = ("适用场景",)
"""Published columns that no field takes: kept in `extra`, but not reported as unknown."""

_NOTE = re.compile(r"(?<=.)\([^()]*\)$")
"""What a header name may be followed by: 主体名称（全称）, 备案时间（年月日）."""
_FIELD_OF = {name: field for field, names in COLUMNS.items() for name in names}
_LONGEST_NAME = 24
"""Characters of the longest column name, white space in it included."""
_TITLES = {
    "注销": Series.DEREGISTRATION,
    "深度合成": Series.DEEP_SYNTHESIS,
    "信息服务算法": Series.ALGORITHM,
    "已登记": Series.GENAI_REGISTRATION,
    "已备案": Series.GENAI_FILING,
}
_REQUIRED = {"name", "entity", "number"}
_REGISTERED = {"登记单位", "上线编号", "登记编号", "登记号", "登记时间", "登记日期"}
_DEREGISTERED = {"注销时间", "注销日期"}
_CATEGORIES = {"算法类别", "算法类型"}
_ROLES = {"角色", "主体角色"}


@dataclass(frozen=True, slots=True)
class Layout:
    """A known table: its series, and for each grid column the field (or unknown name) it holds.

    `columns` has one header name per grid column; `fields` the field it means, "" if nobody knows.
    `series` is None where the columns do not tell it.
    """

    series: Series | None
    columns: tuple[str, ...]
    fields: tuple[str, ...]

    def unknown(self) -> list[str]:
        """Header names that nobody knows, each once."""
        names = [
            name
            for name, field in zip(self.columns, self.fields, strict=True)
            if name and not field and name not in EXTRA_COLUMNS
        ]
        return list(dict.fromkeys(names))

    def key(self, place: int) -> str:
        """The field that a grid column holds, else its name; one without a name is 第N列."""
        if place < len(self.columns) and (told := self.fields[place] or self.columns[place]):
            return told
        return f"第{place + 1}列"


@lru_cache(maxsize=4096)
def header_name(text: str) -> str:
    """A header cell's text for comparing: no white space, full-width signs as half-width."""
    return unicodedata.normalize("NFKC", bare(text))


def is_column_name(text: str) -> bool:
    """Whether a text is the header name of a known column."""
    if len(text) > _LONGEST_NAME:
        return False
    name = header_name(text)
    return bool(_field_of(name)) or name in EXTRA_COLUMNS


def _field_of(name: str) -> str:
    """The field that a header name means, "" if nobody knows."""
    return _FIELD_OF.get(name) or _FIELD_OF.get(_NOTE.sub("", name), "")


def layout_of(names: Sequence[str]) -> Layout | None:
    """The layout of a header row, given the name over each grid column; None if it is none."""
    columns = tuple(header_name(name) for name in names)
    fields = tuple(map(_field_of, columns))
    if not set(fields) >= _REQUIRED:
        return None
    first_name: dict[str, str] = {}
    for name, field in zip(columns, fields, strict=True):
        first_name.setdefault(field, name)
    # Two names for one field: the first has it, the other is a column of its own.
    fields = tuple(
        field if first_name[field] == name else ""
        for name, field in zip(columns, fields, strict=True)
    )
    return Layout(_series({_NOTE.sub("", name) for name in columns}), columns, fields)


def series_of(title: str) -> Series | None:
    """The series that a list's title names, for tables whose columns do not tell it."""
    return next((series for word, series in _TITLES.items() if word in bare(title)), None)


def _series(columns: set[str]) -> Series | None:
    if columns & _DEREGISTERED:
        return Series.DEREGISTRATION
    if columns & _CATEGORIES:
        return Series.ALGORITHM
    if columns & _ROLES:
        return Series.DEEP_SYNTHESIS
    if columns & _REGISTERED:
        return Series.GENAI_REGISTRATION
    return Series.GENAI_FILING if "算法名称" not in columns else None
