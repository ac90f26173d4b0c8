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
from suanbei.registry.cells.numbers.kinds import (
    KIND_TEXTS,
    MALFORMATION_TEXTS,
    Malformation,
    NumberKind,
)
from suanbei.registry.cells.numbers.model import (
    LENGTH,
    PUBLISHED,
    AlgorithmNumber,
    Found,
    GenaiNumber,
    MalformedNumber,
    Number,
    OtherNumber,
    check_sum,
    digits_kept,
    rounds_to,
)
from suanbei.registry.cells.numbers.normalise import REPAIR_TEXTS, Repair, comparison_key

__all__ = [
    "KIND_TEXTS", "LENGTH", "MALFORMATION_TEXTS", "PUBLISHED", "REPAIR_TEXTS", "AlgorithmNumber", "Found",
    "GenaiNumber", "GenaiParts", "Malformation", "MalformedNumber", "Number", "NumberKind",
    "Occurrence", "OtherNumber", "Repair", "check_sum", "comparison_key", "digits_kept",
    "find_numbers", "genai_parts", "number_key", "occurrences", "parse_number", "read_number",
    "read_numbers", "rounds_to",
]  # fmt: skip
