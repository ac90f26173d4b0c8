"""The published lists counted again, by lxml and plain Python: none of the project's code is used here.

What the project says of the same documents is compared with this (test_recount.py).
"""

import re
import unicodedata
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FIELDS = {
    "算法名称": "name", "模型名称": "name", "大模型名称": "name", "应用/功能名称": "name",
    "算法类别": "label", "角色": "label", "主体名称": "entity", "备案单位": "entity",
    "登记单位": "entity", "应用产品": "product", "备案编号": "number", "备案号": "number",
    "上线编号": "number", "备注": "remark", "属地": "region",
}  # fmt: skip
TYPES = {
    "01": "generation_synthesis", "02": "personalised_push", "03": "ranking_selection",
    "04": "retrieval_filtering", "05": "retrieval_filtering", "06": "scheduling_decision",
}  # fmt: skip
"""The two digits of an algorithm number → the legal type (互联网信息服务算法推荐管理规定, art. 2)."""


@dataclass(frozen=True)
class Row:
    """One published row. `period` is YYYY-MM of its list."""

    series: str
    period: str
    number: str
    name: str
    label: str
    entity: str
    remark: str
    region: str


def rows_of(path: Path, series: str, period: str) -> Iterator[Row]:
    """The rows of a list in DOCX; a table of the generative-AI lists is told by its header."""
    root = etree.fromstring(zipfile.ZipFile(path).read("word/document.xml"))
    for table in root.iter(f"{W}tbl"):
        header, *body = (
            [_text(cell) for cell in row.iter(f"{W}tc")] for row in table.iter(f"{W}tr")
        )
        own = "genai_registration" if "登记单位" in header else "genai_filing"
        for cells in body:
            known = {FIELDS[h]: text for h, text in zip(header, cells, strict=True) if h in FIELDS}
            kept = {
                name: known.get(name, "")
                for name in Row.__dataclass_fields__
                if name not in ("series", "period")
            }
            if kept["name"].endswith("公司") and "公司" not in kept["entity"]:
                # The publisher exchanged the two columns in six rows of the generative-AI lists.
                kept["name"], kept["entity"] = kept["entity"], kept["name"]
            yield Row(own if series == "genai" else series, period[:7], **kept)


def _text(cell: etree._Element) -> str:
    return "".join(cell.itertext(f"{W}t")).strip()


def key(number: str) -> str:
    """A number without 网信算备 … 号, white space and case."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", number))
    return re.sub(r"^网信算备|号$", "", plain).casefold()


def folded(name: str) -> str:
    """A company's name without differences of width and white space."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", name))


def withdrawn(rows: list[Row]) -> set[str]:
    """Numbers that a notice withdraws, or whose own row says 已注销."""
    return {
        key(row.number) for row in rows if row.series == "deregistration" or "已注销" in row.remark
    }


def filings(rows: list[Row]) -> dict[tuple[str, str], Row]:
    """(series, number) → its row in the newest list. Notices of withdrawal are no filings."""
    found = {}
    for row in sorted(rows, key=lambda row: row.period):
        if row.series != "deregistration" and key(row.number):
            found[row.series, key(row.number)] = row
    return found


def type_of(row: Row) -> str | None:
    """The legal type of an algorithm, by its number; None for generative AI and odd numbers."""
    digits = key(row.number)
    return TYPES.get(digits[13:15]) if re.fullmatch(r"\d{21}", digits) else None


def registrant(row: Row) -> str:
    """The seven digits of the registrant in an algorithm number; empty if there are none."""
    digits = key(row.number)
    return digits[6:13] if re.fullmatch(r"\d{21}", digits) else ""


def rows_per_list(rows: list[Row]) -> Counter[tuple[str, str]]:
    """(series, period) → rows."""
    return Counter((row.series, row.period) for row in rows)


def names_per_registrant(rows: list[Row]) -> dict[str, set[str]]:
    """Seven digits → the names that file under them."""
    names = defaultdict(set)
    for row in rows:
        if registrant(row):
            names[registrant(row)].add(folded(row.entity))
    return names


def tied(rows: Iterable[Row]) -> dict[str, str]:
    """Each folded name → a name that stands for all that codes and 备注 tie to it, however weakly.

    What is apart here nothing ties together; what is together here may still be two companies.
    """
    above: dict[str, str] = {}

    def top(name: str) -> str:
        while above.setdefault(name, name) != name:
            name = above[name]
        return name

    first: dict[str, str] = {}
    rows = list(rows)
    names = {folded(row.entity) for row in rows}
    for row in rows:
        name = folded(row.entity)
        top(name)
        if code := registrant(row):
            above[top(name)] = top(first.setdefault(code, name))
        for quoted in re.findall(r"[“\"「]([^”\"」]+)[”\"」]", row.remark):
            if folded(quoted) in names:
                above[top(name)] = top(folded(quoted))
    return {name: top(name) for name in names}
