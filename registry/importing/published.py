"""A published list as rows: what parsers hand over and the registry keeps.

The words are those of the lists themselves; see the glossary in CONTRIBUTING.md.
"""

from dataclasses import dataclass, field

from suanbei.registry.cells.vocabulary import ALGORITHM_SERIES, GENAI_SERIES, Series

__all__ = [
    "ALGORITHM_SERIES", "GENAI_SERIES", "NATIONAL", "PUBLISHED_FIELDS", "Accounting", "Box",
    "ParsedDocument", "Reported", "Row", "Series",
]  # fmt: skip

NATIONAL = "cac"
"""The source of the lists that count for the whole country; others only show what is in force."""

Box = tuple[float, float, float, float]
"""x0, top, x1, bottom in PDF points from the page's top left corner."""


@dataclass(frozen=True, slots=True)
class Row:
    """One table row as published, cell for cell, after the text rules of the parsers.

    Every field is a string, empty where the list has none. `period` is `YYYY-MM`. `table` and
    `row` count from 1 (`row` over the whole table, headers included); `page` counts from 1, None
    where the format has no pages. `boxes` are the row's cells as (page, box), for PDFs only.
    """

    series: Series
    period: str
    seq: str = ""
    name: str = ""
    label: str = ""
    entity: str = ""
    product: str = ""
    purpose: str = ""
    number: str = ""
    remark: str = ""
    region: str = ""
    filed_on: str = ""
    table: int = 1
    page: int | None = None
    row: int = 1
    extra: dict[str, str] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    boxes: tuple[tuple[int, Box], ...] = ()


PUBLISHED_FIELDS = (
    "seq", "name", "label", "entity", "product", "purpose",
    "number", "remark", "region", "filed_on",
)  # fmt: skip
"""The fields of a row that are text of the list itself."""


@dataclass(frozen=True, slots=True)
class Reported:
    """A table row that is not kept as a filing, with the reason (a stable code) and its cells; or a text
    that may be a row: `table` and `row` count from 1, and are 0 where it has no place in a table."""

    table: int
    page: int | None
    row: int
    reason: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Accounting:
    """What became of every table row of a document: seen = kept + headers + len(reported)."""

    seen: int
    kept: int
    headers: int
    reported: tuple[Reported, ...] = ()
    unknown_columns: tuple[str, ...] = ()
    slow_pages: int = 0


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """All that a parser read from one document.

    `title` is the list's own title; `period` its `YYYY-MM`, empty if it has none; `ordinal` the
    number N of 附件N or 第N批 where the document prints it. `format` is docx, pdf, xlsx or html.
    """

    title: str
    period: str
    format: str
    rows: tuple[Row, ...]
    accounting: Accounting
    ordinal: int | None = None
    parser: str = ""
