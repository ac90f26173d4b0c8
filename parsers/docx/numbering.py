"""Automatic numbering in DOCX: what number a reader sees before a paragraph.

Many published lists leave 序号 to Word, so the cell itself is empty. The rules are those of
ECMA-376 part 1, 17.9 (numbering), for the formats that lists use.
"""

from dataclasses import dataclass, field

from lxml import etree

from suanbei.common.dates import chinese_numeral

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_VAL = W + "val"
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

    def mark(self, properties: "etree._Element | None") -> str:
        """The number printed before a paragraph with these properties, with what follows it."""
        found = self._reference(properties)
        if found is None or found[0] not in self.abstract_of:
            return ""
        number, level = found
        abstract = self.abstract_of[number]
        levels = self.levels.get(abstract, {})
        if level not in levels:
            return ""
        counts = self._counts.setdefault(abstract, [None] * (_MAX_LEVEL + 1))
        self._advance(counts, number, level, levels)
        return _printed(levels, counts, level) + levels[level].suffix

    def _reference(self, properties: "etree._Element | None") -> tuple[str, int] | None:
        if properties is None or not (self.levels or self.styles):
            return None
        style = properties.find(W + "pStyle")
        inherited = self.styles.get(style.get(_VAL, "")) if style is not None else None
        own = properties.find(W + "numPr")
        if own is None:
            return inherited
        number = _child(own, "numId", inherited[0] if inherited else "0")
        level = _integer(_child(own, "ilvl", str(inherited[1]) if inherited else "0"), 0)
        return (number, min(max(level, 0), _MAX_LEVEL)) if number != "0" else None

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


def read_numbering(
    numbering: "etree._Element | None", styles: "etree._Element | None"
) -> Numbering:
    """Read `word/numbering.xml` and `word/styles.xml`, either of which may be missing."""
    found = Numbering()
    if numbering is not None:
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
    return default if found is None else found.get(_VAL, default)


def _integer(text: str, default: int) -> int:
    try:
        return min(max(int(text), 0), 10**6)
    except ValueError:
        return default
