"""What a table says of numbers that no list shows.

Every sentence is about one part of a number, and parts recur: each is put into words once.
"""

from collections.abc import Iterable
from functools import lru_cache

from suanbei.common.texts import Language
from suanbei.registry.cells.numbers import AlgorithmNumber, GenaiNumber
from suanbei.registry.cells.numbers.algorithm import check_sum
from suanbei.registry.verify.ledger import Ledger
from suanbei.registry.verify.reasons import Reason
from suanbei.registry.verify.reasons.wording import SEPARATOR
from suanbei.registry.verify.unlisted import (
    check_reasons,
    coverage_reasons,
    division_reasons,
    not_listed_reason,
    number_reasons,
    registrant_reason,
    type_reasons,
)

_LIGHT = frozenset(("registrant_unknown", "registration_not_filing", "unchecked"))
"""What need not be said in a table of a number that is in no list."""
_MOST_KEPT = 50_000


class Phrases:
    """Words for numbers; the registrant of an algorithm number must be prepared in the ledger."""

    def __init__(self, ledger: Ledger, language: Language) -> None:
        self._ledger, self._language = ledger, language
        self._separator = SEPARATOR.say(language)
        of_few, of_many = lru_cache(maxsize=None), lru_cache(maxsize=_MOST_KEPT)
        self._check = of_few(self._say_check)
        self._type = of_few(self._say_type)
        self._year = of_few(self._say_year)
        self._month = of_many(self._say_month)
        self._division = of_many(self._say_division)
        self._registrant = of_many(self._say_registrant)

    def of_digits(self, digits: str) -> str:
        """What is most to be said of an algorithm number with these 21 digits."""
        registrant = digits[6:13]
        said = (
            self._check(check_sum(digits), digits[20]),
            self._division(digits[:6]),
            self._type(digits[13:15]),
            # Nobody's code is not worth a word (see `_LIGHT`), nor a place among those remembered.
            self._registrant(registrant) if self._ledger.known(registrant) else "",
            self._year(digits[15:17]),
        )
        return self._separator.join(filter(None, said)) or self._not_listed(AlgorithmNumber(digits))

    def of(self, number: AlgorithmNumber | GenaiNumber) -> str:
        """What is most to be said of a number."""
        if isinstance(number, AlgorithmNumber):
            return self.of_digits(number.digits)
        own = self._words(number_reasons(number, None, (), self._language))
        said = (own, self._month(number.date[:6], number.is_registration))
        return self._separator.join(filter(None, said)) or self._not_listed(number)

    def _say_check(self, total: int, found: str) -> str:
        # The last digit counts once in the sum, which is to be 1.
        expected = (1 - total + int(found)) % 10
        return self._words(check_reasons(expected, int(found), self._language))

    def _say_division(self, code: str) -> str:
        return self._words(division_reasons(code, self._language))

    def _say_type(self, code: str) -> str:
        return self._words(type_reasons(code, self._language))

    def _say_registrant(self, code: str) -> str:
        known = self._ledger.known(code)
        return self._words([registrant_reason(code, known, self._language)])

    def _say_year(self, year: str) -> str:
        return self._covered(AlgorithmNumber(f"{'0' * 15}{year}{'0' * 4}"))

    def _say_month(self, month: str, is_registration: bool) -> str:
        return self._covered(GenaiNumber("A", "a", f"{month}01", "0001", is_registration))

    def _covered(self, number: AlgorithmNumber | GenaiNumber) -> str:
        """What the lists cannot tell: the same for all numbers of a kind and time."""
        return self._words(coverage_reasons(number, self._ledger.coverage, self._language))

    def _not_listed(self, number: AlgorithmNumber | GenaiNumber) -> str:
        return not_listed_reason(number, self._ledger.coverage, self._language)["text"]

    def _words(self, reasons: Iterable[Reason]) -> str:
        heavy = [reason["text"] for reason in reasons if reason["code"] not in _LIGHT]
        return self._separator.join(heavy)
