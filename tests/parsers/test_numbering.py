"""Automatic numbering: the number that a reader sees."""

import pytest

from suanbei.parsers import parse_document
from tests.parsers.making import HEADER, ROW, W, cell, docx, table


def level(index: int, text: str, form: str = "decimal", start: int = 1, suffix: str = "nothing"
          ) -> str:  # fmt: skip
    return (
        f'<w:lvl w:ilvl="{index}"><w:start w:val="{start}"/><w:numFmt w:val="{form}"/>'
        f'<w:suff w:val="{suffix}"/><w:lvlText w:val="{text}"/></w:lvl>'
    )


def numbering(levels: str, nums: str = "") -> str:
    own = '<w:num w:numId="5"><w:abstractNumId w:val="1"/></w:num>'
    abstract = f'<w:abstractNum w:abstractNumId="1">{levels}</w:abstractNum>'
    return f"<w:numbering {W}>{abstract}{own}{nums}</w:numbering>"


def numbered(num: str = "5", ilvl: int = 0, text: str = "") -> str:
    properties = f'<w:numPr><w:ilvl w:val="{ilvl}"/><w:numId w:val="{num}"/></w:numPr>'
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def sequence(cells: list[str], **parts: str) -> list[str]:
    """What 序号 reads as in a list whose first cells are these."""
    body = table([HEADER, *([cell(content), *ROW[1:]] for content in cells)])
    return [row.seq for row in parse_document(docx(body, **parts), name="x.docx").rows]


@pytest.mark.parametrize(
    ("form", "text", "shown"),
    [
        ("decimal", "%1", ["1", "2", "3"]),
        ("decimal", "%1.", ["1.", "2.", "3."]),
        ("decimalZero", "%1", ["01", "02", "03"]),
        ("chineseCounting", "%1", ["一", "二", "三"]),
        ("chineseCountingThousand", "（%1）", ["（一）", "（二）", "（三）"]),
        ("lowerLetter", "%1)", ["1)", "2)", "3)"]),
        ("none", "%1", ["", "", ""]),
    ],
)
def test_formats(form: str, text: str, shown: list[str]) -> None:
    """Each format that lists use, with what stands around the number; others are read as plain."""
    assert sequence([numbered()] * 3, numbering=numbering(level(0, text, form))) == shown


def test_start_and_override() -> None:
    """A list starts where it says; another number of the same list may start anew."""
    nums = (
        '<w:num w:numId="6"><w:abstractNumId w:val="1"/><w:lvlOverride w:ilvl="0">'
        '<w:startOverride w:val="118"/></w:lvlOverride></w:num>'
    )
    definition = numbering(level(0, "%1", start=7), nums)
    cells = [numbered(), numbered(), numbered("6"), numbered("6")]
    assert sequence(cells, numbering=definition) == ["7", "8", "118", "119"]


def test_an_override_with_its_own_level() -> None:
    """A number that redefines the level counts for itself."""
    nums = (
        '<w:num w:numId="6"><w:abstractNumId w:val="1"/><w:lvlOverride w:ilvl="0">'
        + level(0, "No.%1", start=3)
        + "</w:lvlOverride></w:num>"
    )
    definition = numbering(level(0, "%1"), nums)
    assert sequence([numbered(), numbered("6")], numbering=definition) == ["1", "No.3"]


def test_levels_below() -> None:
    """A deeper level starts again under each number above it."""
    definition = numbering(level(0, "%1") + level(1, "%1.%2"))
    cells = [numbered(), numbered(ilvl=1), numbered(ilvl=1), numbered(), numbered(ilvl=1)]
    assert sequence(cells, numbering=definition) == ["1", "1.1", "1.2", "2", "2.1"]


def test_numbering_by_style() -> None:
    """A paragraph may be numbered by its style, or by the style that one is based on."""
    styles = (
        f'<w:styles {W}><w:style w:styleId="a"><w:pPr><w:numPr><w:numId w:val="5"/></w:numPr></w:pPr>'
        '</w:style><w:style w:styleId="b"><w:basedOn w:val="a"/></w:style></w:styles>'
    )
    styled = '<w:p><w:pPr><w:pStyle w:val="b"/></w:pPr></w:p>'
    off = (
        '<w:p><w:pPr><w:pStyle w:val="b"/><w:numPr><w:numId w:val="0"/></w:numPr></w:pPr>'
        "<w:r><w:t>九</w:t></w:r></w:p>"
    )
    definition = numbering(level(0, "%1"))
    assert sequence([styled, off, styled], numbering=definition, styles=styles) == ["1", "九", "2"]


def test_numbers_before_text() -> None:
    """A number in a cell with text stands before it, with the space that follows numbers."""
    definition = numbering(level(0, "%1.", suffix="tab"))
    body = table([HEADER, [*ROW[:5], cell(numbered(text="甲") + numbered(text="乙")), *ROW[6:]]])
    (row,) = parse_document(docx(body, numbering=definition), name="x.docx").rows
    assert row.purpose == "1. 甲2. 乙"


def test_an_unknown_number_is_none() -> None:
    """A reference to numbering that is not defined prints nothing, as in Word."""
    assert sequence([numbered("99", text="3")], numbering=numbering(level(0, "%1"))) == ["3"]
    assert sequence([numbered(text="4")]) == ["4"]


@pytest.mark.timeout(30)
def test_styles_based_on_styles_without_end() -> None:
    """A chain of 40,000 styles is walked once, and one that bites its tail ends."""

    def style(name: object, base: object, properties: str = "") -> str:
        return f'<w:style w:styleId="{name}"><w:basedOn w:val="{base}"/>{properties}</w:style>'

    last = "<w:pPr><w:numPr><w:numId w:val='5'/></w:numPr></w:pPr>"
    chain = "".join(style(i, i + 1) for i in range(40_000)) + style(40_000, "", last)
    styles = f"<w:styles {W}>{chain}{style('x', 'y')}{style('y', 'x')}</w:styles>"
    cells = [f'<w:p><w:pPr><w:pStyle w:val="{name}"/></w:pPr></w:p>' for name in ("0", "x", "7")]
    definition = numbering(level(0, "%1"))
    assert sequence(cells, numbering=definition, styles=styles) == ["1", "", "2"]
