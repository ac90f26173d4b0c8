"""The number of a generative-AI service: `Beijing-WenXinYiYan-20230821` (DOMAIN.md §3)."""

import datetime
import re
from dataclasses import dataclass

from suanbei.registry.cells.numbers.text import fold
from suanbei.registry.cells.numbers.values import NumberKind
from suanbei.registry.cells.regions import regions_of_spelling

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


@dataclass(frozen=True, slots=True, eq=False)
class GenaiNumber:
    """A filing (备案号) or registration (上线编号) of a generative-AI service, parts as published.

    `date` is eight digits, `serial` four or none, `is_registration` the S before the serial.
    Two numbers are equal when they differ by case, kind of dash, dot or apostrophe only.

    Raises:
        ValueError: on construction, when date or serial are not what they must be.
    """

    region: str
    name: str
    date: str
    serial: str = ""
    is_registration: bool = False

    def __post_init__(self) -> None:
        if read_date(self.date) is None:
            raise ValueError(f"not a date: {self.date!r}")
        if not _SERIAL.fullmatch(self.serial) or (self.is_registration and not self.serial):
            raise ValueError(f"not a serial of four digits: {self.serial!r}")

    @property
    def formatted(self) -> str:
        """As published."""
        mark = "S" if self.is_registration else ""
        return f"{self.region}-{self.name}-{self.date}{mark}{self.serial}"

    @property
    def key(self) -> str:
        """The comparison key: folded, so that case and kinds of punctuation do not count."""
        return fold(self.formatted)

    @property
    def kind(self) -> NumberKind:
        """Filed model or registered application."""
        if self.is_registration:
            return NumberKind.GENAI_REGISTRATION
        return NumberKind.GENAI_FILING

    @property
    def regions(self) -> tuple[str, ...]:
        """The possible 属地 of the region part: two for ShanXi, none for an unknown spelling."""
        return tuple(region.full for region in regions_of_spelling(self.region))

    @property
    def filed_on(self) -> datetime.date:
        """The date inside the number."""
        return datetime.date(int(self.date[:4]), int(self.date[4:6]), int(self.date[6:]))

    @property
    def year(self) -> int:
        """The year inside the number."""
        return int(self.date[:4])

    def __eq__(self, other: object) -> bool:
        return self.key == other.key if isinstance(other, GenaiNumber) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.key)

    def __str__(self) -> str:
        return self.formatted
