"""Small lists for tests, as a parser would hand them over."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from suanbei.registry.importing.batches import Origin
from suanbei.registry.importing.documents import Import
from suanbei.registry.importing.published import Accounting, ParsedDocument, Row, Series


def number(serial: int, registrant: str = "5072064", division: str = "330110", kind: str = "01",
           year: str = "23") -> str:  # fmt: skip
    """A published number whose check digit holds."""
    head = f"{division}{registrant}{kind}{year}{serial:03d}"
    total = sum(int(digit) * 2 ** (20 - place) for place, digit in enumerate(head))
    return f"网信算备{head}{(1 - total) % 10}号"


def row(serial: int = 1, **fields: Any) -> Row:
    """A row of a deep-synthesis list."""
    values: dict[str, Any] = {
        "series": Series.DEEP_SYNTHESIS,
        "period": "2023-06",
        "seq": "",
        "name": f"测试算法{serial}",
        "label": "服务提供者",
        "entity": "测试（杭州）科技有限公司",
        "product": f"测试{serial}(APP)",
        "purpose": "用于测试。",
        "number": number(serial),
        "row": serial + 1,
    }
    return Row(**values | fields)


def listed(rows: Sequence[Row], title: str = "", **origin: Any) -> Import:
    """A document of these rows, ready to be taken in."""
    period = rows[0].period
    parsed = ParsedDocument(
        title=title or f"境内深度合成服务算法备案清单（{period}）",
        period=period,
        format="docx",
        rows=tuple(rows),
        accounting=Accounting(seen=len(rows) + 1, kept=len(rows), headers=1),
        parser="test",
    )
    defaults = {"fetched_at": datetime(2026, 1, 1, tzinfo=UTC), "document_url": "https://x/doc"}
    return Import(
        parsed, hashlib.sha256(repr(rows).encode()).hexdigest(), 1000, Origin(**defaults | origin)
    )
