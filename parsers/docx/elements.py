"""What a reader of a DOCX sees of an element: its texts, signs, symbols and numbers, in their order."""

from collections.abc import Iterator

from lxml import etree

from suanbei.parsers.docx.numbering import Numbering, W
from suanbei.parsers.tables import BREAK

P, R, T, TBL, TR, TC = (W + tag for tag in ("p", "r", "t", "tbl", "tr", "tc"))
SPAN, MERGE, BEFORE = (W + tag for tag in ("gridSpan", "vMerge", "gridBefore"))
NUMBER, STYLE, VAL = W + "numPr", W + "pStyle", W + "val"
_SIGNS = {
    W + "tab": " ",
    W + "ptab": " ",
    W + "br": BREAK,
    W + "cr": BREAK,
    W + "noBreakHyphen": "-",
}
_SYM = W + "sym"
_SYMBOLS = {
    0xB7: "·", 0xA7: "▪", 0xD8: "➢", 0xFC: "✓", 0xFB: "✗", 0x6C: "●", 0x6E: "■", 0x75: "◆", 0x71: "□",
    0xA8: "□", 0xFE: "☑", 0xE0: "→", 0xAE: "®", 0xD2: "®", 0xD3: "©", 0xD4: "™", 0xB4: "×", 0xB1: "±",
    0xB0: "°", 0x2D: "-", 0x2E: ".", 0x28: "(", 0x29: ")",
}  # fmt: skip
"""Letters of the fonts Symbol and Wingdings, by their code there."""
_PRIVATE = range(0xF000, 0xF100)
"""Where a symbol font's codes stand in Unicode."""
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
"""The text of a formula."""
_READ = (T, _MATH, TC, P, TR, *_SIGNS, _SYM, SPAN, MERGE, BEFORE, NUMBER, STYLE)
_DEL, _DEL_TEXT, _VANISH = (W + tag for tag in ("del", "delText", "vanish"))
_UNSEEN = (
    *(W + tag for tag in ("tabs", "del", "moveFrom", "rt", "sdtPr")),
    *(W + tag for tag in ("rPrChange", "pPrChange", "trPrChange", "tcPrChange")),
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
)
"""Elements whose text is not read; tab stops, which are named like tabs; formatting as it was before
a tracked change."""
_HIDING = frozenset((*_UNSEEN, _VANISH, TBL))
_WRAPPERS = frozenset(
    W + tag
    for tag in (
        "sdt",
        "sdtContent",
        "customXml",
        "smartTag",
        "ins",
        "footnote",
        "endnote",
        "comment",
    )
)
_OFF = frozenset(("0", "false", "off"))


def through(parent: "etree._Element", wanted: tuple[str, ...]) -> Iterator["etree._Element"]:
    """The wanted elements right below a parent, through wrappers of any depth."""
    stack = list(reversed(parent))
    while stack:
        node = stack.pop()
        if node.tag in wanted:
            yield node
        elif node.tag in _WRAPPERS:
            stack.extend(reversed(node))


def seen(
    root: "etree._Element", inner: list["etree._Element"]
) -> Iterator[tuple[str, "etree._Element"]]:
    """What a reader sees of an element, in document order, by tag.

    Tables inside the element are not gone into, but noted in `inner`.
    """
    skipped: set[etree._Element] = set()
    for node in root.iter(*_READ, *_HIDING):
        if skipped and node in skipped:
            continue
        tag = node.tag
        if tag not in _HIDING:
            yield (T if tag == _MATH else tag), node
        elif tag != TBL:
            skipped.update(_hidden_by(node))
        elif node is not root:
            inner.append(node)
            skipped.update(node.iter(*_READ, *_HIDING))


def _hidden_by(node: "etree._Element") -> Iterator["etree._Element"]:
    """What is not seen because of an element: what it holds, the run or the row that it is in."""
    hidden: etree._Element | None = node
    if node.tag == _VANISH:
        hidden = None if node.get(VAL) in _OFF else next(node.iterancestors(R), None)
    elif node.tag == _DEL:
        row = next(node.iterancestors(TR, TC), None)
        # A deletion noted in a row's properties takes the row out.
        hidden = row if row is not None and row.tag == TR else node
    if hidden is not None:
        yield from hidden.iter(*_READ, *_HIDING)


def hidden_texts(root: "etree._Element") -> Iterator[str]:
    """Deleted and hidden text, that of each paragraph together."""
    hidden: dict[etree._Element | None, list[str]] = {}
    for node in root.iter(_DEL_TEXT, _VANISH):
        if node.tag == _DEL_TEXT:
            texts = [node.text or ""]
        else:
            texts = [part.text or "" for part in _hidden_by(node) if part.tag == T]
        hidden.setdefault(next(node.iterancestors(P), None), []).extend(texts)
    return ("".join(texts) for texts in hidden.values())


def text_of(
    paragraph: "etree._Element", numbering: Numbering, inner: list["etree._Element"]
) -> str:
    """The text of a paragraph outside of tables, with the number printed before it.

    Tables inside it (in a text box) are not gone into, but noted in `inner`.
    """
    parts: list[str] = []
    for tag, node in seen(paragraph, inner):
        if tag == P:
            parts.append(BREAK if parts else "")
        else:
            parts.append(printed(tag, node, numbering))
    return "".join(parts)


def printed(tag: str, node: "etree._Element", numbering: Numbering) -> str:
    """What an element that `seen` hands over puts on the page; empty for one that only gives form."""
    if tag == T:  # as shown: white space inside XML is no line break
        return (node.text or "").replace("\n", " ")
    if tag == _SYM:
        return _symbol(node)
    if tag in (NUMBER, STYLE):
        return _printed_number(node, numbering)
    return _SIGNS.get(tag, "")


def _symbol(node: "etree._Element") -> str:
    """The letter that `w:sym` names by its font; U+FFFD if nobody knows it."""
    told = node.get(W + "char", "")
    try:
        code = int(told, 16)
    except ValueError:
        return "\ufffd"
    if code in _PRIVATE or code < 0x100:
        return _SYMBOLS.get(code & 0xFF, "\ufffd")
    return chr(code) if code < 0xD800 else "\ufffd"


def _printed_number(node: "etree._Element", numbering: Numbering) -> str:
    """The number that a paragraph's `numPr` or `pStyle` prints before it."""
    properties = node.getparent()
    if properties is None:
        return ""
    told_twice = node.tag == STYLE and properties.find(NUMBER) is not None
    return "" if told_twice else numbering.mark(properties)
