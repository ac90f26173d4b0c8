"""The digits of an algorithm number as people write them: in groups, with letters for digits."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from suanbei.registry.cells.numbers.algorithm import LENGTH, AlgorithmNumber, check_sum
from suanbei.registry.cells.numbers.text import tidy
from suanbei.registry.cells.numbers.values import Malformation

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
_BETWEEN = r"[ \n.,:*_/()\[\]{}<>【】〔〕「」『』《》〈〉-]"
_BODY = re.compile(rf"{_SIGNS}(?:{_BETWEEN}{{1,40}}+{_SIGNS}){{0,40}}+")
_APART = re.compile(r"[\n(\[{<【〔]")
_TOKENS = re.compile(_SIGNS)
_LEADING_DIGITS = re.compile("[0-9]+")


@dataclass(frozen=True, slots=True)
class Body:
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


def read_body(text: str, viewed: str, start: int) -> Body | None:
    """The best reading of the digits that begin at `start`; None where there are none.

    Groups parted by spaces, line breaks, dots, commas or dashes belong together as long as that
    brings the count nearer to 21; a group that is 21 digits by itself is the number.
    """
    found = _BODY.match(viewed, start)
    return min(_readings(text, found), key=lambda body: body.rank) if found else None


def _readings(text: str, found: re.Match[str]) -> Iterator[Body]:
    symbols, letters, numerals, last = "", 0, False, found.start()
    for token in _TOKENS.finditer(found.string, found.start(), found.end()):
        plain = _LEADING_DIGITS.match(token[0])
        if plain and len(plain[0]) == LENGTH:
            yield Body(token.start() + LENGTH, plain[0], 0)
        if plain and not symbols and _is_glued(found.string, token.start(), plain[0]):
            yield Body(token.start() + LENGTH, plain[0][:LENGTH], 0, glued=True)
        if plain and plain[0] != token[0]:
            yield Body(token.start() + plain.end(), symbols + plain[0], letters)
        read = tidy(text[token.start() : token.end()]).translate(LOOK_ALIKES)
        if not any(char.isdigit() or char in _NUMERALS for char in token[0]) and symbols:
            return
        symbols += read
        letters += sum(not (char.isdigit() or char in _NUMERALS) for char in token[0])
        numerals = numerals or any(char in _NUMERALS for char in token[0])
        alone = len(read) <= 2 and bool(_APART.search(found.string, last, token.start()))
        late = alone and len(symbols) > len(read)
        yield Body(token.end(), symbols, letters, late, numerals)
        last = token.end()


_MOST_GLUED = 8
_GOES_ON = re.compile("[^ \\n0-9号)\\]}>】”\"']")


def _is_glued(viewed: str, start: int, digits: str) -> bool:
    """Whether a run of digits is a sound number with digits of what follows close behind: a date,
    the next row's number. Only where text goes on behind them: else there is a digit too many."""
    if not LENGTH < len(digits) <= LENGTH + _MOST_GLUED:
        return False
    if not _GOES_ON.match(viewed, start + len(digits)):
        return False
    return AlgorithmNumber(digits[:LENGTH]).is_plausible
