"""The two number systems of CAC's registers: find, take apart, check, compare (DOMAIN.md §3)."""

from suanbei.registry.cells.numbers.find import (
    Occurrence,
    find_numbers,
    number_key,
    occurrences,
    parse_number,
    read_number,
    read_numbers,
)
from suanbei.registry.cells.numbers.find_genai import GenaiParts, genai_parts
from suanbei.registry.cells.numbers.model import (
    LENGTH,
    AlgorithmNumber,
    Found,
    GenaiNumber,
    Malformation,
    MalformedNumber,
    Number,
    NumberKind,
    OtherNumber,
    Repair,
    check_sum,
    digits_kept,
    expected_check_digit,
    rounds_to,
)
from suanbei.registry.cells.numbers.normalise import comparison_key
from suanbei.registry.cells.numbers.wording import KIND_TEXTS, MALFORMATION_TEXTS, REPAIR_TEXTS

__all__ = [
    "KIND_TEXTS",
    "LENGTH",
    "MALFORMATION_TEXTS",
    "REPAIR_TEXTS",
    "AlgorithmNumber",
    "Found",
    "GenaiNumber",
    "GenaiParts",
    "Malformation",
    "MalformedNumber",
    "Number",
    "NumberKind",
    "Occurrence",
    "OtherNumber",
    "Repair",
    "check_sum",
    "comparison_key",
    "digits_kept",
    "expected_check_digit",
    "find_numbers",
    "genai_parts",
    "number_key",
    "occurrences",
    "parse_number",
    "read_number",
    "read_numbers",
    "rounds_to",
]
