"""The two number systems of CAC's registers: find, take apart, check, compare (DOMAIN.md §3)."""

from registry.numbers.algorithm import AlgorithmNumber, check_sum, expected_check_digit
from registry.numbers.find import find_numbers, number_key, parse_number, read_number
from registry.numbers.found import Found, Number, Repair
from registry.numbers.genai import GenaiNumber
from registry.numbers.occurrences import Occurrence, occurrences
from registry.numbers.text import fold
from registry.numbers.values import Malformation, MalformedNumber, NumberKind, OtherNumber
from registry.numbers.wording import KIND_TEXTS, MALFORMATION_TEXTS, REPAIR_TEXTS

__all__ = [
    "KIND_TEXTS",
    "MALFORMATION_TEXTS",
    "REPAIR_TEXTS",
    "AlgorithmNumber",
    "Found",
    "GenaiNumber",
    "Malformation",
    "MalformedNumber",
    "Number",
    "NumberKind",
    "Occurrence",
    "OtherNumber",
    "Repair",
    "check_sum",
    "expected_check_digit",
    "find_numbers",
    "fold",
    "number_key",
    "occurrences",
    "parse_number",
    "read_number",
]
