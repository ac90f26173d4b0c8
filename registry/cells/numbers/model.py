"""The numbers of CAC's registers as values (DOMAIN.md §3): algorithm filings, generative-AI services,
malformed ones, and those of other registers.

    网信算备 330110 5072064 01 23 003 5 号
             |      |       |  |  |   check digit
             |      |       |  |  sequence within registrant, type and year
             |      |       |  year
             |      |       algorithm type
             |      registrant
             division (GB/T 2260)

The check digit rule is inferred from the published numbers: with the digits d0…d20,
Σ dᵢ·2^(20−i) ≡ 1 (mod 10). All weights but the last are even, so d20 ≡ 1 − (an even number):
it is always odd, always exists and is the only one that fits. A wrong digit changes the sum by
δ·2^k, which is 0 modulo 10 only for δ = ±5 and k > 0; two swapped neighbours likewise change it by
(a − b)·2^k, so only those that differ by 5 pass unseen.
"""

import datetime
import re
from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple

from suanbei.registry.cells.numbers.kinds import Malformation, NumberKind
from suanbei.registry.cells.numbers.normalise import Repair, comparison_key, display_form
from suanbei.registry.cells.vocabulary import TYPE_CODES

_PREFIX = re.compile("网信算备|no(?=[^a-z])")
_WORDLESS = re.compile("[^0-9a-z]+")


@dataclass(frozen=True, slots=True)
class MalformedNumber:
    """A number kept as published, with the reason why it cannot be taken apart.

    `kind` is what it was meant to be: `algorithm`, `genai_filing` or `genai_registration`.
    """

    text: str
    reason: Malformation
    kind: NumberKind

    @property
    def key(self) -> str:
        """The comparison key: folded; of an algorithm number the digits and Latin letters only."""
        folded = comparison_key(self.text)
        if self.kind is not NumberKind.ALGORITHM:
            return folded
        return _WORDLESS.sub("", _PREFIX.sub("", folded)) or folded

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class OtherNumber:
    """A number of another Chinese register (ICP, public security, …), so that one can say so.

    `region` is the one-character short name of a province (京, 粤, …), empty where there is none.
    """

    text: str
    kind: NumberKind
    region: str = ""

    @property
    def key(self) -> str:
        """The comparison key: the text folded."""
        return comparison_key(self.text)

    def __str__(self) -> str:
        return self.text


PREFIX, SUFFIX = "网信算备", "号"
LENGTH = 21
PUBLISHED = re.compile(f"{PREFIX}([0-9]{{{LENGTH}}}){SUFFIX}")
"""An algorithm number just as it is published, and its digits."""

_DIGITS = re.compile("[0-9]{21}", re.ASCII)
_PROVINCES = re.compile("1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12]")
_BASE = 32
"""32 ≡ 2 (mod 10): digits read as a number of this base, a power of two and thus quickly read, leave
the same remainder as their sum weighted by powers of 2."""


def check_sum(digits: str) -> int:
    """Σ dᵢ·2^(20−i) mod 10 of 21 ASCII digits: 1 for a sound number."""
    return int(digits, _BASE) % 10


def is_plausible(symbols: str) -> bool:
    """Whether symbols are 21 digits whose province, type and check digit fit."""
    if not _DIGITS.fullmatch(symbols) or not _PROVINCES.match(symbols):
        return False
    return symbols[13:15] in TYPE_CODES and check_sum(symbols) == 1


@dataclass(frozen=True, slots=True, order=True)
class AlgorithmNumber:
    """A filing number of 21 digits taken apart; it need be neither sound (`check_ok`) nor listed.

    division          GB/T 2260 code of the registrant's district, 6 digits, as of its time
    registrant        the registrant's code, 7 digits, stable across renames
    type_code, type   two digits, 01 to 06 in all published numbers; the slug, None for other codes
    year              of the filing, four digits
    sequence          the count within registrant, type and year, from 1
    check_digit       the last digit as it stands; `expected_check`: the one the others want
    check_ok          whether it fits: strong evidence, no proof (one listed number fails)
    key               the comparison key: the 21 digits

    Raises:
        ValueError: on construction, when `digits` are not 21 ASCII digits.
    """

    digits: str
    division: str = field(init=False, compare=False, repr=False)
    registrant: str = field(init=False, compare=False, repr=False)
    type_code: str = field(init=False, compare=False, repr=False)
    type: str | None = field(init=False, compare=False, repr=False)
    year: int = field(init=False, compare=False, repr=False)
    sequence: int = field(init=False, compare=False, repr=False)
    check_digit: int = field(init=False, compare=False, repr=False)
    expected_check: int = field(init=False, compare=False, repr=False)
    check_ok: bool = field(init=False, compare=False, repr=False)
    key: str = field(init=False, compare=False, repr=False)
    kind: ClassVar[NumberKind] = NumberKind.ALGORITHM

    def __post_init__(self) -> None:
        digits = self.digits
        if not _DIGITS.fullmatch(digits):
            raise ValueError(f"21 digits are needed, not {digits!r}")
        last = int(digits[20])
        expected = (1 - int(digits[:20] + "0", _BASE)) % 10
        put = object.__setattr__
        put(self, "division", digits[:6])
        put(self, "registrant", digits[6:13])
        put(self, "type_code", digits[13:15])
        put(self, "type", TYPE_CODES.get(digits[13:15]))
        put(self, "year", 2000 + int(digits[15:17]))
        put(self, "sequence", int(digits[17:20]))
        put(self, "check_digit", last)
        put(self, "expected_check", expected)
        put(self, "check_ok", last == expected)
        put(self, "key", digits)

    @property
    def formatted(self) -> str:
        """As published: 网信算备…号."""
        return f"{PREFIX}{self.digits}{SUFFIX}"

    def __str__(self) -> str:
        return self.formatted


_ROUNDED_END = "0000"
"""No number ends so: its sequence begins with 1. JavaScript and JSON keep 17 digits, Excel 15."""
_DIGITS_OF_EXCEL = 15
_EXPONENT = re.compile("([0-9])[.,]?([0-9]*)e[+]?20", re.IGNORECASE)


def digits_kept(text: str) -> str:
    """The leading digits that a rounded number still has: of 1.10109E+20 it is 110109, of
    110108823483901000000 all but the zeros at the end, of a float's exact value all 21."""
    if written := _EXPONENT.search(text):
        return written[1] + written[2]
    digits = "".join(char for char in text if char in "0123456789")
    return digits.rstrip("0") if digits.endswith(_ROUNDED_END) else digits


def rounds_to(digits: str, rounded: str) -> bool:
    """Whether 21 digits can have become a rounded text: cut off, rounded, or as a float."""
    kept = digits_kept(rounded)
    if digits.startswith(kept):
        return True
    if len(kept) > _DIGITS_OF_EXCEL and float(digits) == float(kept.ljust(LENGTH, "0")):
        return True
    if len(kept) >= LENGTH:
        return False
    scale: int = 10 ** (LENGTH - len(kept))
    return (int(digits) + scale // 2) // scale == int(kept)


def value_of_digits(digits: str, raw: str) -> AlgorithmNumber | MalformedNumber:
    """21 digits as a number; malformed where they are what a spreadsheet or a program leaves of one: 15 to
    17 digits filled up with 0, or the exact value of a 64-bit float (one in 16,000 is one by chance)."""
    number = AlgorithmNumber(digits)
    if number.check_ok:
        return number
    if digits.endswith(_ROUNDED_END) or int(float(digits)) == int(digits):
        return MalformedNumber(display_form(raw), Malformation.ROUNDED, number.kind)
    return number


_DATE = re.compile("20[0-9]{6}")
_SERIAL = re.compile("([0-9]{4})?")


def read_date(digits: str) -> datetime.date | None:
    """Eight digits as a date of this century; None when there is no such day."""
    if not _DATE.fullmatch(digits):
        return None
    try:
        return datetime.date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class GenaiNumber:
    """A filing (备案号) or registration (上线编号) of a generative-AI service, parts as published.

    `date` is eight digits, `serial` four or none, `is_registration` the S before the serial; `key`
    is the comparison key: folded, so that case and kinds of punctuation do not count.
    Two numbers are equal when they differ by case, kind of dash, dot or apostrophe only.

    Raises:
        ValueError: on construction, when date or serial are not what they must be.
    """

    region: str = field(compare=False)
    name: str = field(compare=False)
    date: str = field(compare=False)
    serial: str = field(default="", compare=False)
    is_registration: bool = field(default=False, compare=False)
    key: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if read_date(self.date) is None:
            raise ValueError(f"not a date: {self.date!r}")
        if not _SERIAL.fullmatch(self.serial) or (self.is_registration and not self.serial):
            raise ValueError(f"not a serial of four digits: {self.serial!r}")
        object.__setattr__(self, "key", comparison_key(self.formatted))

    @property
    def formatted(self) -> str:
        """As published."""
        mark = "S" if self.is_registration else ""
        return f"{self.region}-{self.name}-{self.date}{mark}{self.serial}"

    @property
    def kind(self) -> NumberKind:
        """Filed model or registered application."""
        if self.is_registration:
            return NumberKind.GENAI_REGISTRATION
        return NumberKind.GENAI_FILING

    @property
    def filed_on(self) -> datetime.date:
        """The date inside the number."""
        return datetime.date(int(self.date[:4]), int(self.date[4:6]), int(self.date[6:]))

    @property
    def year(self) -> int:
        """The year inside the number."""
        return int(self.date[:4])

    def __str__(self) -> str:
        return self.formatted


Number = AlgorithmNumber | GenaiNumber | MalformedNumber | OtherNumber
"""Any number a text can hold."""


class Found(NamedTuple):
    """A number in a text: `raw` is `text[start:end]` of the original, `repairs` what was repaired."""

    start: int
    end: int
    raw: str
    number: Number
    repairs: tuple[Repair, ...] = ()
