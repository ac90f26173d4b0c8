"""The digits of an algorithm number as people write them: in groups, with letters for digits."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from suanbei.registry.cells.numbers.algorithm import LENGTH, check_sum
from suanbei.registry.cells.numbers.text import tidy
from suanbei.registry.cells.numbers.values import Malformation

_ALIKE = {"0": "OoQDОоΟο〇○", "1": "IlLi|!", "2": "Zz", "3": "Зз", "5": "Ss", "6": "Gb",
          "8": "B", "9": "gq"}  # fmt: skip
LOOK_ALIKES = str.maketrans({char: digit for digit, chars in _ALIKE.items() for char in chars})
"""Letters and signs that are taken for digits, by their shape, Cyrillic and Greek ones too."""
MOST_LETTERS = 6
"""With more letters than this a text is a word, not a number with slips, unless its check sum fits."""

_SIGNS = "[0-9a-z|!〇○оοз]{1,64}+"  # bounded, so that no run of digits is scanned twice
_BODY = re.compile(rf"{_SIGNS}(?:[ \n.,_/-]{{1,40}}+{_SIGNS}){{0,40}}+")
_TOKENS = re.compile(_SIGNS)
_LEADING_DIGITS = re.compile("[0-9]+")


@dataclass(frozen=True, slots=True)
class Body:
    """One way to read what follows a prefix: symbols up to offset `end`."""

    end: int
    symbols: str
    letters: int
    joined_late: bool = False
    """Whether the last group is one or two digits on a line of their own."""

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
        return (cost, self.letters)


def read_body(text: str, viewed: str, start: int) -> Body | None:
    """The best reading of the digits that begin at `start`; None where there are none.

    Groups parted by spaces, line breaks, dots, commas or dashes belong together as long as that
    brings the count nearer to 21; a group that is 21 digits by itself is the number.
    """
    found = _BODY.match(viewed, start)
    return min(_readings(text, found), key=lambda body: body.rank) if found else None


def _readings(text: str, found: re.Match[str]) -> Iterator[Body]:
    symbols, letters, last = "", 0, found.start()
    for token in _TOKENS.finditer(found.string, found.start(), found.end()):
        plain = _LEADING_DIGITS.match(token[0])
        if plain and len(plain[0]) == LENGTH:
            yield Body(token.start() + LENGTH, plain[0], 0)
        if plain and plain[0] != token[0]:
            yield Body(token.start() + plain.end(), symbols + plain[0], letters)
        read = tidy(text[token.start() : token.end()]).translate(LOOK_ALIKES)
        if not any(char.isdigit() for char in token[0]) and symbols:
            return
        symbols += read
        letters += sum(not char.isdigit() for char in token[0])
        alone = len(read) <= 2 and "\n" in found.string[last : token.start()]
        yield Body(token.end(), symbols, letters, joined_late=alone and len(symbols) > len(read))
        last = token.end()
