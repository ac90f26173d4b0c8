"""Algorithm numbers in a text: behind their prefix 网信算备, or bare where all else fits.

People write the digits in groups, in brackets, with letters or numerals for digits; lines break them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from suanbei.registry.cells.numbers.kinds import Malformation, NumberKind
from suanbei.registry.cells.numbers.model import (
    LENGTH,
    PREFIX,
    PUBLISHED,
    AlgorithmNumber,
    Found,
    MalformedNumber,
    Number,
    check_sum,
    is_plausible,
    value_of_digits,
)
from suanbei.registry.cells.numbers.normalise import (
    GAP,
    Repair,
    display_form,
    spelling_repairs,
    strip_gaps,
)

_ALIKE = {"0": "OoQDОоΟο○", "1": "IlLi|!", "2": "Zz", "3": "Зз", "5": "Ss", "6": "Gb",
          "8": "B", "9": "gq"}  # fmt: skip
_NUMERALS = {
    **{char: str(value) for value, char in enumerate("零一二三四五六七八九")},
    **{char: str(value) for value, char in enumerate("零壹贰叁肆伍陆柒捌玖")},
    **{char: str(value) for value, char in enumerate("零壹貳參肆伍陸柒捌玖")},
    **{chr(start + value): str(value) for value in range(1, 10) for start in
       (0x245F, 0x2473, 0x2487, 0x24F4, 0x2775, 0x277F, 0x2789, 0x2080)},
    **dict.fromkeys("⓪⓿🄌₀⁰", "0"), "〇": "0",
    "两": "2", "幺": "1", "叄": "3", "¹": "1", "²": "2", "³": "3",
}  # fmt: skip
"""Chinese numerals, the financial ones too, and digits in circles, brackets or with a dot."""
LOOK_ALIKES = str.maketrans(
    {char: digit for digit, chars in _ALIKE.items() for char in chars} | _NUMERALS
)
"""What is taken for digits: numerals, and letters and signs by their shape, Cyrillic and Greek too."""
MOST_LETTERS = 6
"""With more letters than this a text is a word, not a number with slips, unless its check sum fits."""

_SIGNS = f"[0-9a-z|!○оοз{''.join(_NUMERALS)}]{{1,64}}+"  # bounded, so that no run of digits is scanned twice
_BETWEEN = r"[ \n.,:*_=/()\[\]{}<>【】〔〕「」『』《》〈〉-]"
_BODY = re.compile(rf"{_SIGNS}(?:{_BETWEEN}{{1,40}}+{_SIGNS}){{0,40}}+")
_APART = re.compile(r"[\n(\[{<【〔]")
_TOKENS = re.compile(_SIGNS)
_LEADING_DIGITS = re.compile("[0-9]+")
_MOST_GLUED = 8
# Digits of what follows close behind a number: a date, the next row's number. Only where text goes on
# behind them: else there is a digit too many.
_GLUED = re.compile(f"([0-9]{{{LENGTH}}})[0-9]{{1,{_MOST_GLUED}}}+[^ \\n0-9号)\\]}}>】”\"']")


@dataclass(frozen=True, slots=True)
class DigitRun:
    """One way to read what follows a prefix: symbols up to offset `end`."""

    end: int
    symbols: str
    letters: int
    joined_late: bool = False
    """Whether the last group is one or two digits on a line of their own, or in brackets."""
    numerals: bool = False
    """Whether numerals were read as digits."""
    glued: bool = False
    """Whether digits of what follows stand close behind."""

    @property
    def reason(self) -> Malformation | None:
        """Why these symbols are no number, None when they are 21 digits."""
        if not (self.symbols.isascii() and self.symbols.isdigit()):
            return Malformation.FOREIGN_CHARACTER
        if len(self.symbols) == LENGTH:
            return None
        few = len(self.symbols) < LENGTH
        return Malformation.TOO_FEW_DIGITS if few else Malformation.TOO_MANY_DIGITS

    @property
    def rank(self) -> tuple[int, int]:
        """Best reading first: 21 digits with few letters, then the length nearest to 21."""
        cost = abs(len(self.symbols) - LENGTH)
        sound = self.reason is None and check_sum(self.symbols) == 1
        if self.letters > MOST_LETTERS and not sound:  # somebody may type O for every 0
            cost += 100
        elif self.reason is Malformation.FOREIGN_CHARACTER:
            cost += 1
        elif self.joined_late and self.reason is None and not sound:
            cost += 2  # rather a number one short, and the next line begins with a row number
        return (cost, self.letters + self.glued)


def read_digits(text: str, viewed: str, start: int) -> DigitRun | None:
    """The best reading of the digits that begin at `start`; None where there are none.

    Groups parted by spaces, line breaks, dots, commas or dashes belong together as long as that
    brings the count nearer to 21; a group that is 21 digits by itself is the number.
    """
    found = _BODY.match(viewed, start)
    return min(_readings(text, found), key=lambda body: body.rank) if found else None


def _readings(text: str, found: re.Match[str]) -> Iterator[DigitRun]:
    symbols, letters, numerals, last = "", 0, False, found.start()
    for token in _TOKENS.finditer(found.string, found.start(), found.end()):
        plain = _LEADING_DIGITS.match(token[0])
        if plain and len(plain[0]) == LENGTH:
            yield DigitRun(token.start() + LENGTH, plain[0], 0)
        glued = _GLUED.match(found.string, token.start())
        if glued and not symbols and is_plausible(glued[1]):
            yield DigitRun(glued.end(1), glued[1], 0, glued=True)
        if plain and plain[0] != token[0]:
            yield DigitRun(token.start() + plain.end(), symbols + plain[0], letters)
        read = display_form(text[token.start() : token.end()]).translate(LOOK_ALIKES)
        if not any(char.isdigit() or char in _NUMERALS for char in token[0]) and symbols:
            return
        symbols += read
        letters += sum(not (char.isdigit() or char in _NUMERALS) for char in token[0])
        numerals = numerals or any(char in _NUMERALS for char in token[0])
        alone = len(read) <= 2 and bool(_APART.search(found.string, last, token.start()))
        late = alone and len(symbols) > len(read)
        yield DigitRun(token.end(), symbols, letters, late, numerals)
        last = token.end()


LEAST_DIGITS = 12
"""Fewer digits behind a prefix are no number…"""
LEAST_DIGITS_CLOSED = 6
"""…and this is the least when 号 follows."""

FILLER = r"""(?:[ \n:;,.()\[\]<>{}【】「」『』《》〈〉“”"'#=|/*第编案号字为是-]|no)"""
"""A regular expression for what people put between the prefix and the digits."""
_PREFIX = re.compile(f"网{GAP}{{0,9}}+信{GAP}{{0,9}}+算{GAP}{{0,9}}+备{FILLER}{{0,40}}+")
_SUFFIX = re.compile(f"{GAP}{{0,40}}+[)\\]}}>】」』》〉”\"']?{GAP}{{0,9}}+号(?!码)")


def find_prefixed(text: str, viewed: str) -> Iterator[Found]:
    """Every 网信算备 with digits after it, well-formed or malformed."""
    for prefix in _PREFIX.finditer(viewed):
        start, end = prefix.span()
        if published := PUBLISHED.match(text, start):
            raw, digits = published[0], published[1]
            yield Found(start, published.end(), raw, value_of_digits(digits, raw))
            continue
        if several := numbers_without_gap(viewed, end):
            yield from several
            continue
        body = read_digits(text, viewed, end)
        if body is None:
            continue
        close = find_suffix(viewed, body.end)
        least = LEAST_DIGITS_CLOSED if close else LEAST_DIGITS
        if sum(char.isdigit() for char in body.symbols) >= least:
            yield number_at(text, viewed, start, body, close)


_SEVERAL = re.compile(f"[0-9]{{{2 * LENGTH},{20 * LENGTH}}}+")


def numbers_without_gap(viewed: str, start: int) -> list[Found]:
    """Two or more plausible numbers that stand in one run of digits; empty where they do not."""
    run = _SEVERAL.match(viewed, start)
    if run is None or len(run[0]) % LENGTH:
        return []
    places = range(start, run.end(), LENGTH)
    numbers = [viewed[place : place + LENGTH] for place in places]
    if not all(map(is_plausible, numbers)):
        return []
    return [
        Found(place, place + LENGTH, digits, AlgorithmNumber(digits), (Repair.GLUED,))
        for place, digits in zip(places, numbers, strict=True)
    ]


def find_suffix(viewed: str, end: int) -> int | None:
    """Where the 号 ends that closes digits ending at `end`; None where they are not closed."""
    suffix = _SUFFIX.match(viewed, end)
    return suffix.end() if suffix else None


def number_at(text: str, viewed: str, start: int, body: DigitRun, close: int | None) -> Found:
    """The number from `start` to the end of its body, or of its suffix, with all repairs."""
    end = close or body.end
    raw, seen = text[start:end], viewed[start:end]
    plain = strip_gaps(seen)
    repairs = spelling_repairs(raw, seen)
    if Repair.PUNCTUATION not in repairs and not plain.isalnum():
        repairs.append(Repair.PUNCTUATION)
    if body.letters and body.reason is None:
        repairs.append(Repair.LOOK_ALIKE)
    if body.numerals and body.reason is None:
        repairs.append(Repair.NUMERALS)
    if body.glued:
        repairs.append(Repair.GLUED)
    if not plain.startswith(PREFIX):
        repairs.append(Repair.MISSING_PREFIX)
    if not close:
        repairs.append(Repair.MISSING_SUFFIX)
    number: Number = (
        MalformedNumber(display_form(raw), body.reason, NumberKind.ALGORITHM)
        if body.reason
        else value_of_digits(body.symbols, raw)
    )
    return Found(start, end, raw, number, tuple(repairs))


MOST_BARE_LETTERS = 4
"""Look-alike letters allowed in a run without prefix."""

# Neither part of a word or a longer number, nor behind or before a decimal point.
_BEGINS = "(?<![0-9a-z_])(?<![0-9][.])"
_ENDS = "(?![0-9a-z_]|[.](?!0+(?![0-9a-z_.]))[0-9])"  # ….0 is what a spreadsheet adds
_SIGN = "(?:[ -]| ?\n {0,9}+)"
_FIELDS = f"{_SIGN}?".join(f"[0-9]{{{size}}}" for size in (6, 7, 2, 2, 3, 1))
_EVEN = "|".join(f"(?:[0-9]{{{size}}}{_SIGN}){{3,6}}[0-9]{{1,12}}" for size in (3, 4, 5, 6))
_TWO_LINES = "[0-9]{1,20} ?\n {0,9}+[0-9]{1,20}"
_SHAPES = {
    "digits": f"[0-9]{{{LENGTH}}}{_ENDS}",
    "letters": f"[0-9oqdilzsgb]{{{LENGTH}}}{_ENDS}",
    "groups": f"(?:{_FIELDS}|{_EVEN}|{_TWO_LINES}){_ENDS}",
    "long": f"[0-9]{{{LENGTH + 1},{LENGTH + _MOST_GLUED}}}(?=号(?!码))",
    "glued": f"[0-9]{{{LENGTH}}}(?=[0-9]{{1,{_MOST_GLUED}}}+[\u4e00-\u9fff、。])",
    "several": f"[0-9]{{{2 * LENGTH},}}+{_ENDS}",
}
# Looked at without being taken: a number may begin with the second of some groups.
_BARE = re.compile(
    f"{_BEGINS}(?=[0-9oqdilzsgb])"
    f"(?={'|'.join(f'(?P<{shape}>{pattern})' for shape, pattern in _SHAPES.items())})"
)


def find_bare(text: str, viewed: str) -> Iterator[Found]:
    """Numbers without prefix: a run of digits, or groups cut where the fields end, evenly, or once
    by a line break."""
    for found in _BARE.finditer(viewed):
        shape = found.lastgroup or ""
        start, end = found.span(shape)
        if shape == "several":
            yield from numbers_without_gap(viewed, start)
            continue
        symbols = display_form(text[start:end]).replace("-", "").translate(LOOK_ALIKES)
        letters = sum(char.isalpha() for char in found[shape])
        head = symbols[:LENGTH] if shape == "long" else symbols
        if shape == "digits" or (letters <= MOST_BARE_LETTERS and is_plausible(head)):
            body = DigitRun(end, symbols, letters, glued=shape == "glued")
            yield number_at(text, viewed, start, body, find_suffix(viewed, end))
