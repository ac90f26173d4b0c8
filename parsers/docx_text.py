"""What a reader of a DOCX sees of an element: its texts, signs, symbols and numbers, in their order.

Many published lists leave 序号 to Word, so the cell itself is empty: the rules of automatic numbering are
those of ECMA-376 part 1, 17.9, for the formats that lists use.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from suanbei.common.dates import chinese_numeral
from suanbei.parsers.tables import BREAK

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
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
_OFF = frozenset(("0", "false", "off"))
_MAX_LEVEL = 8
_SUFFIXES = {"nothing": "", "space": " ", "tab": " "}
_UNNUMBERED = ("0", 0)
_CHINESE = ("chineseCounting", "japaneseCounting", "ideographDigital")


@dataclass(frozen=True, slots=True)
class _Level:
    start: int = 1
    format: str = "decimal"
    text: str = "%1"
    suffix: str = " "


@dataclass(slots=True)
class Numbering:
    """The counters of one document, moved on by `mark` in the order of its paragraphs."""

    levels: dict[str, dict[int, _Level]] = field(default_factory=dict)
    abstract_of: dict[str, str] = field(default_factory=dict)
    overrides: dict[tuple[str, int], int] = field(default_factory=dict)
    styles: dict[str, tuple[str, int]] = field(default_factory=dict)
    _counts: dict[str, list[int | None]] = field(default_factory=dict)
    _overridden: set[tuple[str, int]] = field(default_factory=set)

    def mark(self, properties: "etree._Element") -> str:
        """The number printed before a paragraph with these properties, with what follows it."""
        if not self.levels:
            return ""
        style, own = properties.find(STYLE), properties.find(NUMBER)
        found = self.styles.get("" if style is None else style.get(VAL, ""), _UNNUMBERED)
        if own is not None:
            level = _integer(_child(own, "ilvl", str(found[1])), 0)
            found = _child(own, "numId", found[0]), min(max(level, 0), _MAX_LEVEL)
        number, level = found
        abstract = self.abstract_of.get(number, "")
        levels = self.levels.get(abstract, {})
        if number == "0" or number not in self.abstract_of or level not in levels:
            return ""
        counts = self._counts.setdefault(abstract, [None] * (_MAX_LEVEL + 1))
        self._advance(counts, number, level, levels)
        return _printed(levels, counts, level) + levels[level].suffix

    def _advance(
        self, counts: list[int | None], number: str, level: int, levels: dict[int, _Level]
    ) -> None:
        key = (number, level)
        current = counts[level]
        if key in self.overrides and key not in self._overridden:
            self._overridden.add(key)
            counts[level] = self.overrides[key]
        elif current is None:
            counts[level] = levels[level].start
        else:
            counts[level] = current + 1
        for upper in range(level):
            if counts[upper] is None:
                counts[upper] = levels[upper].start if upper in levels else 1
        counts[level + 1 :] = [None] * (_MAX_LEVEL - level)


def read_numbering(numbering: "etree._Element", styles: "etree._Element | None") -> Numbering:
    """Read `word/numbering.xml` and `word/styles.xml`, which may be missing."""
    found = Numbering()
    for abstract in numbering.iterchildren(W + "abstractNum"):
        found.levels[abstract.get(W + "abstractNumId", "")] = _levels(abstract)
    for num in numbering.iterchildren(W + "num"):
        _read_num(num, found)
    if styles is not None:
        _read_styles(styles, found)
    return found


def _levels(parent: "etree._Element") -> dict[int, _Level]:
    levels = {}
    for level in parent.iterchildren(W + "lvl"):
        levels[_integer(level.get(W + "ilvl", "0"), 0)] = _Level(
            start=_integer(_child(level, "start", "1"), 1),
            format=_child(level, "numFmt", "decimal"),
            text=_child(level, "lvlText", ""),
            suffix=_SUFFIXES.get(_child(level, "suff", "tab"), " "),
        )
    return levels


def _read_num(num: "etree._Element", found: Numbering) -> None:
    number = num.get(W + "numId", "")
    abstract = _child(num, "abstractNumId", "")
    for override in num.iterchildren(W + "lvlOverride"):
        level = _integer(override.get(W + "ilvl", "0"), 0)
        if override.find(W + "lvl") is not None:
            private = f"{abstract}#{number}"
            found.levels[private] = found.levels.get(abstract, {}) | _levels(override)
            abstract = private
        start = _child(override, "startOverride", "")
        if start:
            found.overrides[number, level] = _integer(start, 1)
    found.abstract_of[number] = abstract


def _read_styles(styles: "etree._Element", found: Numbering) -> None:
    parents, own = {}, {}
    for style in styles.iterchildren(W + "style"):
        name = style.get(W + "styleId", "")
        parents[name] = _child(style, "basedOn", "")
        numbered = style.find(f"{W}pPr/{W}numPr")
        if numbered is not None:
            level = _integer(_child(numbered, "ilvl", "0"), 0)
            own[name] = (_child(numbered, "numId", "0"), min(max(level, 0), _MAX_LEVEL))
    for name in parents:
        line, ancestor = [], name
        while ancestor in parents and ancestor not in own:
            line.append(ancestor)
            # What is found holds for all styles on the way, so each is walked over once.
            own[ancestor] = _UNNUMBERED
            ancestor = parents[ancestor]
        own.update(dict.fromkeys(line, own.get(ancestor, _UNNUMBERED)))
    found.styles.update({name: told for name, told in own.items() if told[0] != "0"})


def _printed(levels: dict[int, _Level], counts: list[int | None], level: int) -> str:
    text = levels[level].text
    if levels[level].format in ("bullet", "none"):
        return "" if levels[level].format == "none" else text
    for index in range(level + 1):
        shape = levels[index].format if index in levels else "decimal"
        text = text.replace(f"%{index + 1}", _formatted(counts[index] or 0, shape))
    return text


def _formatted(value: int, shape: str) -> str:
    """A number as lists print them: Chinese or plain; other ways of writing one are read as plain."""
    if shape.startswith(_CHINESE):
        return chinese_numeral(value)
    return f"{value:02d}" if shape == "decimalZero" else str(value)


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
    if tag == _SYM:
        return _symbol(node)
    properties = node.getparent() if tag in (NUMBER, STYLE) else None
    if properties is None:
        return _SIGNS.get(tag, "")
    told_twice = tag == STYLE and properties.find(NUMBER) is not None
    return "" if told_twice else numbering.mark(properties)


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
