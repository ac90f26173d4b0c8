"""Numbers in a text, and the best single reading of what somebody typed.

What counts as a number:

- 网信算备 followed by digits (any separators, letters that look like digits): 21 digits are an
  algorithm number, anything else from 12 digits on (6, when 号 follows) is malformed, with its
  reason. Prefix and digits may be parted by a colon, brackets, 第, 编号 and the like.
- A run of exactly 21 digits that touches neither letter, digit, underscore nor decimal point.
- 21 digits in groups, or with up to four look-alike letters, without prefix: only if province,
  type and check digit fit, and groups only if cut at the number's own fields, evenly, or once by
  a line break. Longer and shorter runs without prefix are no numbers.
- Region-name-date with a region of the lists, in any case, gaps allowed.
- The numbers of other registers (`find_other`).

Every pattern is bounded and starts at a rare character: the time is linear in the text.
"""

import re
from itertools import chain

from registry.numbers.algorithm import LENGTH, AlgorithmNumber
from registry.numbers.digits import MOST_LETTERS, read_body
from registry.numbers.find_algorithm import FILLER, find_bare, find_prefixed, prefixed_number
from registry.numbers.find_genai import find_genai, read_whole_genai
from registry.numbers.find_other import find_other
from registry.numbers.found import Found, Number
from registry.numbers.genai import GenaiNumber
from registry.numbers.text import fold, squeeze, view
from registry.numbers.values import MalformedNumber, OtherNumber

LONGEST_INPUT = 400
"""Characters up to which a text may as a whole be one number."""

_CANONICAL = re.compile("(?:网信算备)?([0-9]{21})号?")
_CANONICAL_GENAI = re.compile(r"[A-Za-z]+-[A-Za-z0-9.-]*[A-Za-z0-9.]-20[0-9]{6}(?:S?[0-9]{4})?")
_OPENING = re.compile(f"(?:网信算备)?{FILLER}*+")
_CLOSING = re.compile("[ \n)\\]}>】》”\"';,.!]*号?[ \n)\\]}>】》”\"';,.!]*")
_LEAST_BARE, _MOST_BARE = 15, 30


def find_numbers(text: str) -> list[Found]:
    """Every number in a text, in order, never overlapping. Takes any str and never raises."""
    viewed = view(text)
    readers = (find_prefixed, find_genai, find_other, find_bare)
    everything = chain.from_iterable(reader(text, viewed) for reader in readers)
    kept: list[Found] = []
    for found in sorted(everything, key=lambda each: (each.start, -each.end)):
        if not kept or found.start >= kept[-1].end:
            kept.append(found)
    return kept


def read_number(text: str) -> Found | None:
    """The best single reading of somebody's input, with its place and what was repaired.

    Sound numbers come before those with a wrong check digit, these before malformed ones, CAC's
    before those of other registers. A text that is nothing but one number is read with more good
    will: any grouping, no prefix, spaces for dashes, an unknown region.
    """
    candidates = find_numbers(text)
    if len(text) <= LONGEST_INPUT and min(map(_rank, candidates), default=9) > 2:
        candidates += _read_whole(text)
    return min(candidates, key=_rank, default=None)


def parse_number(text: str) -> Number | None:
    """The number that somebody's input stands for; None when there is none in it."""
    found = read_number(text)
    return found.number if found else None


def number_key(text: str) -> str:
    """The form under which a published number and what people paste for it are compared.

    21 digits for an algorithm number, the folded text (lower case, one kind of dash, dot and
    apostrophe, no white space) for a generative-AI number; of a malformed number what is left
    without prefix and suffix, folded. A text with several numbers, or none, is folded whole.
    """
    canonical = _CANONICAL.fullmatch(text)
    if canonical:
        return canonical[1]
    if _CANONICAL_GENAI.fullmatch(text):
        return text.lower()
    found = find_numbers(text)
    if not found and len(text) <= LONGEST_INPUT:
        found = _read_whole(text)[:1]
    return found[0].number.key if len(found) == 1 else fold(text)


def _rank(found: Found) -> int:
    number = found.number
    if isinstance(number, AlgorithmNumber):
        return 0 if number.check_ok else 2
    return {GenaiNumber: 1, MalformedNumber: 3, OtherNumber: 4}[type(number)]


def _read_whole(text: str) -> list[Found]:
    viewed = view(text)
    found = (_read_whole_algorithm(text, viewed), read_whole_genai(text, viewed))
    return [each for each in found if each]


def _read_whole_algorithm(text: str, viewed: str) -> Found | None:
    opening = _OPENING.match(viewed)
    start = opening.end() if opening else 0
    prefixed = squeeze(viewed[:start]).startswith("网信算备")
    body = read_body(text, viewed, start)
    if body is None or body.letters > MOST_LETTERS or not _CLOSING.fullmatch(viewed, body.end):
        return None
    if not prefixed and body.reason and not _LEAST_BARE <= len(body.symbols) <= _MOST_BARE:
        return None
    suffix = re.compile(r"[^号]*号").match(viewed, body.end)
    first = viewed.index("网") if prefixed else start
    return prefixed_number(text, viewed, first, body, suffix)


__all__ = ["LENGTH", "find_numbers", "number_key", "parse_number", "read_number"]
