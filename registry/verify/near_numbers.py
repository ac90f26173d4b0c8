"""Numbers one or two slips of the hand away from 19 to 23 digits: all that a list could hold.

A slip is a wrong digit, a missing one, one too many, or two neighbours swapped. Of the many numbers
two slips away only those are made whose check digit fits: among listed numbers one in eight
thousand does not (it is still found at one slip).
"""

from collections.abc import Iterator, Sequence
from itertools import combinations
from operator import mul

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from suanbei.registry.cells.numbers.model import LENGTH, check_sum

DIGITS = "0123456789"
_WEIGHTS = tuple(pow(2, LENGTH - 1 - place, 10) for place in range(LENGTH))


def one_slip(digits: str) -> set[str]:
    """All texts of digits one slip away, of any length."""
    return {*substituted(digits), *swapped(digits), *inserted(digits), *deleted(digits)} - {digits}


def near_numbers(digits: str) -> tuple[set[str], set[str]]:
    """21 digits one slip away (whatever their check digit), and two slips away (sound ones).

    Empty for texts that two slips cannot bring to 21 digits.
    """
    first = {text for text in one_slip(digits) if len(text) == LENGTH}
    return first, {text for text in _two_slips(digits) if text not in first and text != digits}


def near_among(digits: str, numbers: Sequence[str]) -> dict[str, int]:
    """Those of some numbers of 21 digits that `near_numbers` would make, each with its slips."""
    swaps = set(swapped(digits)) if len(digits) == LENGTH else ()
    found = {}
    for number, edits, _ in process.extract(
        digits, numbers, scorer=Levenshtein.distance, score_cutoff=2, limit=None
    ):
        if edits == 1 or number in swaps:
            found[number] = 1
        elif edits == 2 and check_sum(number) == 1:
            found[number] = 2
    return found


def _two_slips(digits: str) -> Iterator[str]:
    match len(digits) - LENGTH:
        case 0:
            yield from _two_wrong(digits)
            for shorter in set(deleted(digits)):
                yield from _made_sound(shorter)
        case -1:
            for text in set(inserted(digits)):
                yield from _corrected(text)
        case 1:
            for text in set(deleted(digits)):
                yield from _corrected(text)
        case -2:
            for longer in set(inserted(digits)):
                yield from _made_sound(longer)
        case 2:
            yield from _sound(w for text in set(deleted(digits)) for w in deleted(text))


def _sound(texts: Iterator[str]) -> Iterator[str]:
    return (text for text in texts if check_sum(text) == 1)


def _two_wrong(digits: str) -> Iterator[str]:
    """Two digits replaced so that the check sum fits: the first freely, the second as it must."""
    off = (1 - check_sum(digits)) % 10
    values = [int(digit) for digit in digits]
    for a, b in combinations(range(LENGTH), 2):
        for new_a in range(10):
            if new_a == values[a]:
                continue
            left = (off - (new_a - values[a]) * _WEIGHTS[a]) % 10
            for new_b in _solutions(left, values[b], _WEIGHTS[b]):
                yield f"{digits[:a]}{new_a}{digits[a + 1 : b]}{new_b}{digits[b + 1 :]}"


def _corrected(digits: str) -> Iterator[str]:
    """One digit replaced, as the check sum wants it at each place."""
    off = (1 - check_sum(digits)) % 10
    for place, old in enumerate(digits):
        for new in _solutions(off, int(old), _WEIGHTS[place]):
            yield f"{digits[:place]}{new}{digits[place + 1 :]}"


def _solutions(wanted: int, value: int, weight: int) -> tuple[int, ...]:
    return _TABLE[weight][wanted][value]


def _solve(wanted: int, value: int, weight: int) -> tuple[int, ...]:
    """The other digits whose difference to `value` times `weight` is `wanted`, modulo 10."""
    return tuple(new for new in range(10) if new != value and (new - value) * weight % 10 == wanted)


_TABLE = {
    weight: [[_solve(wanted, value, weight) for value in range(10)] for wanted in range(10)]
    for weight in set(_WEIGHTS)
}


def _made_sound(shorter: str) -> Iterator[str]:
    """One digit put into 20, the one (or two) that the check sum wants at each place."""
    values = [int(digit) for digit in shorter]
    # Digits before the place keep their weights, those behind it move one place on.
    total = sum(map(mul, values, _WEIGHTS[1:]))
    for place in range(LENGTH):
        for new in _FITTING[_WEIGHTS[place]][(1 - total) % 10]:
            yield f"{shorter[:place]}{new}{shorter[place:]}"
        if place < len(values):
            total += values[place] * (_WEIGHTS[place] - _WEIGHTS[place + 1])


_FITTING = {
    weight: [[new for new in range(10) if new * weight % 10 == wanted] for wanted in range(10)]
    for weight in set(_WEIGHTS)
}


def substituted(digits: str) -> Iterator[str]:
    """One digit replaced."""
    for place, old in enumerate(digits):
        head, tail = digits[:place], digits[place + 1 :]
        for new in DIGITS:
            if new != old:
                yield head + new + tail


def swapped(digits: str) -> Iterator[str]:
    """Two different neighbours swapped."""
    for place in range(len(digits) - 1):
        a, b = digits[place], digits[place + 1]
        if a != b:
            yield digits[:place] + b + a + digits[place + 2 :]


def inserted(digits: str) -> Iterator[str]:
    """One digit put in."""
    for place in range(len(digits) + 1):
        head, tail = digits[:place], digits[place:]
        for new in DIGITS:
            yield head + new + tail


def deleted(digits: str) -> Iterator[str]:
    """One digit taken out."""
    for place in range(len(digits)):
        yield digits[:place] + digits[place + 1 :]
