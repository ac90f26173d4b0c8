"""Forty ways to set a list, as facts that every maker draws in its own way, and the list itself."""

from dataclasses import dataclass, replace

HEADER = ("序号", "算法名称", "角色", "主体名称", "应用产品", "主要用途", "备案编号", "备注")
TITLE = "境内深度合成服务算法备案清单（2026年9月）"
Row = tuple[str, ...]


@dataclass(frozen=True)
class Layout:
    """How a list is set.

    `rules`: full, open_sides, across, none, dotted, dashed, double, rounded. `width` of rules in
    points. `shade`: none, header, zebra, all. `rows` of the list. `size` of letters in points.
    """

    name: str
    rules: str = "full"
    width: float = 0.75
    shade: str = "none"
    rows: int = 5
    size: float = 9.0
    title_row: bool = False
    repeat_header: bool = True
    watermark: bool = False
    landscape: bool = True
    padding: float = 3.0
    centred: bool = False
    note: bool = False
    underlined: bool = False
    white_header: bool = False
    two_tables: bool = False


_PLAIN = Layout("plain")
_RULES = ("full", "open_sides", "across", "none", "dotted", "dashed", "double", "rounded")
LAYOUTS = [
    *(replace(_PLAIN, name=rules, rules=rules) for rules in _RULES),
    *(replace(_PLAIN, name=f"{rules}-long", rules=rules, rows=60) for rules in _RULES),
    *(replace(_PLAIN, name=f"{rules}-zebra", rules=rules, shade="zebra") for rules in _RULES[:4]),
    *(replace(_PLAIN, name=f"{rules}-zebra-long", rules=rules, shade="zebra", rows=60)
      for rules in ("across", "none")),
    replace(_PLAIN, name="hairline", width=0.1),
    replace(_PLAIN, name="thick", width=2.5),
    replace(_PLAIN, name="double-thick", rules="double", width=4.0),
    replace(_PLAIN, name="portrait", landscape=False, rows=30),
    replace(_PLAIN, name="small", size=6.0, rows=30),
    replace(_PLAIN, name="large", size=14.0),
    replace(_PLAIN, name="tight", padding=0.5),
    replace(_PLAIN, name="wide", padding=9.0),
    replace(_PLAIN, name="centred", centred=True, rows=30),
    replace(_PLAIN, name="title-row", title_row=True, rows=30),
    replace(_PLAIN, name="header-once", repeat_header=False, rows=60),
    replace(_PLAIN, name="header-once-across", repeat_header=False, rows=60, rules="across"),
    replace(_PLAIN, name="watermark", watermark=True),
    replace(_PLAIN, name="watermark-across", watermark=True, rules="across", rows=30),
    replace(_PLAIN, name="note", note=True),
    replace(_PLAIN, name="underlined", underlined=True),
    replace(_PLAIN, name="white-header", shade="header", white_header=True),
    replace(_PLAIN, name="two-tables", two_tables=True),
]  # fmt: skip
"""Forty layouts."""

_BODIES = ("甲", "乙", "丙丁戊己", "人工智能方舟大文一小生面目", "数字Digital Media信息")


def rows_of(count: int, start: int = 1) -> list[Row]:
    """The rows of a list, with short and long names, some withdrawn."""
    made = []
    for index in range(start, start + count):
        body = _BODIES[index % len(_BODIES)]
        made.append(
            (
                str(index), f"{body}试验算法{index}", "服务提供者", f"北京{body}科技有限公司",
                f"试验{index}（APP）", "用于试验场景，根据文本生成图像。" * (1 + index % 2),
                _number(index), "已注销" if index % 3 == 2 else "",
            )
        )  # fmt: skip
    return made


def _number(index: int) -> str:
    """A number whose check digit is right (DOMAIN.md 3)."""
    digits = f"1101089900{index:03d}0125001"
    total = sum(int(digit) << 20 - at for at, digit in enumerate(digits))
    return f"网信算备{digits}{(1 - total) % 10}号"
