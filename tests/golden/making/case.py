"""What a golden document holds, apart from how it is laid out."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from suanbei.registry.cells.numbers import AlgorithmNumber

ALGORITHM = {
    "序号": "seq", "算法名称": "name", "算法类别": "label", "主体名称": "entity",
    "应用产品": "product", "主要用途": "purpose", "备案编号": "number", "备注": "remark",
}  # fmt: skip
DEEP_SYNTHESIS = {("角色" if key == "算法类别" else key): val for key, val in ALGORITHM.items()}
DEREGISTRATION = {
    key: val for key, val in DEEP_SYNTHESIS.items() if val != "remark"
} | {"注销时间": "filed_on"}  # fmt: skip
FILED_2024_04 = {
    "序号": "seq", "属地": "region", "模型名称": "name", "备案单位": "entity",
    "备案号": "number", "备案时间": "filed_on",
}  # fmt: skip
FILED = {
    "序号": "seq", "属地": "region", "大模型名称": "name", "备案单位": "entity",
    "备案编号": "number", "备案时间": "filed_on",
}  # fmt: skip
ON_DEVICE = FILED | {"适用场景": "extra:适用场景"}
REGISTERED = {
    "序号": "seq", "属地": "region", "应用/功能名称": "name", "登记单位": "entity",
    "上线编号": "number", "登记时间": "filed_on",
}  # fmt: skip


@dataclass
class Sheet:
    """A table: its series, its columns (header → field) and its rows as they are meant.

    `reported` are the rows (counted from 1, headers included) that are no filings, by reason.
    """

    series: str
    columns: dict[str, str]
    rows: list[list[str]]
    heading: str = ""
    header_rows: int = 1
    reported: dict[int, str] = field(default_factory=dict)
    flags: dict[int, list[str]] = field(default_factory=dict)


@dataclass
class Case:
    """A document: the lines above its first table, and its tables."""

    name: str
    lines: list[str]
    sheets: list[Sheet]
    title: str = ""
    period: str = ""
    ordinal: int | None = None
    unknown_columns: list[str] = field(default_factory=list)

    def expected(self) -> dict[str, Any]:
        """What a parser has to make of it, as the JSON file beside the document."""
        rows, flags, reported = [], [], []
        for table, sheet in enumerate(self.sheets, start=1):
            number = sheet.header_rows
            for row in sheet.rows:
                number += 1
                if number in sheet.reported:
                    found = {"table": table, "row": number, "reason": sheet.reported[number]}
                    reported.append(found)
                    continue
                rows.append(self._record(sheet, row, table, number))
                flags.append(sheet.flags.get(number, []))
        return {
            "title": self.title or self.lines[-1],
            "period": self.period,
            "ordinal": self.ordinal,
            "rows": rows,
            "flags": flags,
            "headers": sum(sheet.header_rows for sheet in self.sheets),
            "reported": reported,
            "unknown_columns": self.unknown_columns,
        }

    def _record(self, sheet: Sheet, row: Sequence[str], table: int, number: int) -> dict[str, Any]:
        values: dict[str, Any] = {
            "series": sheet.series, "period": self.period, "seq": "", "name": "", "label": "",
            "entity": "", "product": "", "purpose": "", "number": "", "remark": "", "region": "",
            "filed_on": "", "table": table, "row": number, "extra": {},
        }  # fmt: skip
        told = (unicodedata.normalize("NFC", text) for text in row)
        for name, text in zip(sheet.columns.values(), told, strict=True):
            if name.startswith("extra:"):
                values["extra"][name.removeprefix("extra:")] = text
            else:
                values[name] = text
        if sheet.series == "deregistration":
            year, month = values["filed_on"].rstrip("月").split("年")
            values["period"] = f"{year}-{int(month):02d}"
        return values


def number(serial: int, type_code: str = "01", year: int = 2024, division: str = "110108") -> str:
    """A made-up filing number whose check digit holds; no registrant has the code 9999999."""
    head = f"{division}9999999{type_code}{year % 100:02d}{serial:03d}"
    return f"网信算备{head}{AlgorithmNumber(f'{head}0').expected_check}号"


def algorithm_row(serial: int, **changes: str) -> list[str]:
    """A row of an algorithm list."""
    values = {
        "seq": str(serial),
        "name": f"样例{serial}号商品推荐算法",
        "label": "个性化推送类",
        "entity": f"北京样例{serial}号科技有限公司",
        "product": f"样例{serial}(APP)、样例{serial}(网站)",
        "purpose": "应用于商品推荐场景，根据用户浏览记录，向用户推荐样例商品。",
        "number": number(serial, "02"),
        "remark": "",
    } | changes
    return [values[name] for name in ALGORITHM.values()]


def synthesis_row(serial: int, **changes: str) -> list[str]:
    """A row of a deep-synthesis list."""
    values = {
        "seq": str(serial),
        "name": f"样例{serial}号文本生成算法",
        "label": "服务提供者",
        "entity": f"上海样例{serial}号智能科技有限公司",
        "product": f"样例{serial}助手(小程序)",
        "purpose": "应用于文本生成场景，根据用户输入的文本，生成相应的样例文本。",
        "number": number(serial),
        "remark": "",
    } | changes
    return [values[name] for name in DEEP_SYNTHESIS.values()]


def filed_row(serial: int, **changes: str) -> list[str]:
    """A row of filed large models."""
    values = {
        "seq": str(serial),
        "region": "广东省",
        "name": f"样例{serial}号大模型",
        "entity": f"广州样例{serial}号网络有限公司",
        "number": f"Guangdong-YangLi{serial}HaoDaMoXing-20250{serial % 9 + 1}15{serial:04d}",
        "filed_on": f"2025/{serial % 9 + 1}/15",
    } | changes
    return [values[name] for name in FILED.values()]


def registered_row(serial: int, **changes: str) -> list[str]:
    """A row of registered applications."""
    number_ = f"ZheJiang-YangLi{serial}-20250{serial % 9 + 1}16S{serial:04d}"
    return filed_row(serial, region="浙江省", name=f"样例{serial}号助手", number=number_, **changes)
