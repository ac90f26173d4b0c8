"""What a reader of a DOCX sees of an element: its texts, signs, symbols and numbers, in their order.

Many published lists leave 序号 to Word, so the cell itself is empty: the rules of automatic numbering are
those of ECMA-376 part 1, 17.9, for the formats that lists use.
"""

from collections.abc import Iterator
from typing import NamedTuple

from lxml import etree

from suanbei.common.dates import chinese_numeral
from suanbei.parsers.tables import BREAK

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
P, R, T, TBL, TR, TC = (W + tag for tag in ("p", "r", "t", "tbl", "tr", "tc"))
SPAN, MERGE, BEFORE = (W + tag for tag in ("gridSpan", "vMerge", "gridBefore"))
NUMBER, STYLE, VAL = W + "numPr", W + "pStyle", W + "val"
_SIGNS = {
    W + "tab": " ", W + "ptab": " ", W + "br": BREAK, W + "cr": BREAK, W + "noBreakHyphen": "-",
}  # fmt: skip
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
_OFF = frozenset(("0", "false", "off"))
_MAX_LEVEL = 8
_SUFFIXES = {"nothing": "", "space": " ", "tab": " "}
_UNNUMBERED = ("0", 0)
_CHINESE = ("chineseCounting", "japaneseCounting", "ideographDigital")


class _Level(NamedTuple):
    start: int
    format: str
    text: str
    suffix: str


class Numbering:
    """The counters of one document, moved on by `mark` in the order of its paragraphs.

    It is made of `word/numbering.xml` and `word/styles.xml`, either of which may be missing.
    """

    def __init__(
        self, numbering: "etree._Element | None" = None, styles: "etree._Element | None" = None
    ) -> None:
        self._lists: dict[str, dict[int, _Level]] = {}
        self._list_of: dict[str, str] = {}
        self._overrides: dict[tuple[str, int], int] = {}
        self._styles: dict[str, tuple[str, int]] = {}
        self._counts: dict[str, list[int | None]] = {}
        if numbering is not None:
            for abstract in numbering.iterchildren(W + "abstractNum"):
                self._lists[abstract.get(W + "abstractNumId", "")] = _levels(abstract)
            for num in numbering.iterchildren(W + "num"):
                self._read_num(num)
        if styles is not None:
            self._read_styles(styles)

    def _read_num(self, num: "etree._Element") -> None:
        number, used = num.get(W + "numId", ""), _child(num, "abstractNumId", "")
        for override in num.iterchildren(W + "lvlOverride"):
            if override.find(W + "lvl") is not None:
                own = f"{used}#{number}"
                self._lists[own] = self._lists.get(used, {}) | _levels(override)
                used = own
            if start := _child(override, "startOverride", ""):
                self._overrides[number, _level(override)] = _integer(start, 1)
        self._list_of[number] = used

    def _read_styles(self, styles: "etree._Element") -> None:
        parents: dict[str, str] = {}
        for style in styles.iterchildren(W + "style"):
            name = style.get(W + "styleId", "")
            parents[name] = _child(style, "basedOn", "")
            numbered = style.find(f"{W}pPr/{NUMBER}")
            if numbered is not None:
                told = _number_in(numbered, _UNNUMBERED)
                self._styles[name] = _UNNUMBERED if told[0] == "0" else told
        for name in parents:
            line, ancestor = [], name
            while ancestor in parents and ancestor not in self._styles:
                line.append(ancestor)
                # What is found holds for all styles on the way, so each is walked over once.
                self._styles[ancestor] = _UNNUMBERED
                ancestor = parents[ancestor]
            self._styles |= dict.fromkeys(line, self._styles.get(ancestor, _UNNUMBERED))

    def mark(self, properties: "etree._Element") -> str:
        """The number printed before a paragraph with these properties, with what follows it."""
        if not self._lists:
            return ""
        style, own = properties.find(STYLE), properties.find(NUMBER)
        number, level = self._styles.get("" if style is None else style.get(VAL, ""), _UNNUMBERED)
        if own is not None:
            number, level = _number_in(own, (number, level))
        used = self._list_of.get(number, "")
        levels = self._lists.get(used, {})
        if number == "0" or number not in self._list_of or level not in levels:
            return ""
        counts = self._counts.setdefault(used, [None] * (_MAX_LEVEL + 1))
        current, start = counts[level], levels[level].start
        counts[level] = self._overrides.pop(
            (number, level), start if current is None else current + 1
        )
        for upper in range(level):
            if counts[upper] is None:
                counts[upper] = levels[upper].start if upper in levels else 1
        counts[level + 1 :] = [None] * (_MAX_LEVEL - level)
        return _printed(levels, counts, level) + levels[level].suffix


def _levels(parent: "etree._Element") -> dict[int, _Level]:
    return {
        _level(level): _Level(
            _integer(_child(level, "start", "1"), 1),
            _child(level, "numFmt", "decimal"),
            _child(level, "lvlText", ""),
            _SUFFIXES.get(_child(level, "suff", "tab"), " "),
        )
        for level in parent.iterchildren(W + "lvl")
    }


def _level(element: "etree._Element") -> int:
    return _integer(element.get(W + "ilvl", "0"), 0)


def _number_in(numbered: "etree._Element", default: tuple[str, int]) -> tuple[str, int]:
    """The list and the level that `w:numPr` names; what it does not name, as by default."""
    level = _integer(_child(numbered, "ilvl", str(default[1])), 0)
    return _child(numbered, "numId", default[0]), min(level, _MAX_LEVEL)


def _printed(levels: dict[int, _Level], counts: list[int | None], level: int) -> str:
    """A number as lists print them: Chinese or plain; other ways of writing one are read as plain."""
    text = levels[level].text
    if levels[level].format in ("bullet", "none"):
        return "" if levels[level].format == "none" else text
    for index in range(level + 1):
        value, shape = counts[index] or 0, levels[index].format if index in levels else "decimal"
        if shape.startswith(_CHINESE):
            printed = chinese_numeral(value)
        else:
            printed = f"{value:02d}" if shape == "decimalZero" else str(value)
        text = text.replace(f"%{index + 1}", printed)
    return text


def _child(parent: "etree._Element", name: str, default: str) -> str:
    found = parent.find(W + name)
    return default if found is None else found.get(VAL, default)


def _integer(text: str, default: int) -> int:
    try:
        return min(max(int(text), 0), 10**6)
    except ValueError:
        return default


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


def printed(tag: str, node: "etree._Element", numbering: Numbering) -> str:
    """What an element that `seen` hands over puts on the page; empty for one that only gives form."""
    if tag == T:  # as shown: white space inside XML is no line break
        return (node.text or "").replace("\n", " ")
    if tag == _SYM:  # a letter named by its font; U+FFFD if nobody knows it
        try:
            code = int(node.get(W + "char", ""), 16)
        except ValueError:
            return "\ufffd"
        if code in _PRIVATE or code < 0x100:
            return _SYMBOLS.get(code & 0xFF, "\ufffd")
        return chr(code) if code < 0xD800 else "\ufffd"
    properties = node.getparent() if tag in (NUMBER, STYLE) else None
    if properties is None:
        return _SIGNS.get(tag, "")
    told_twice = tag == STYLE and properties.find(NUMBER) is not None
    return "" if told_twice else numbering.mark(properties)
