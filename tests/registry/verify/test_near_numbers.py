"""Numbers near by: whatever two slips made of a sound number, it is among them."""

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from suanbei.registry.cells.numbers import AlgorithmNumber
from suanbei.registry.verify.near_numbers import near_among, near_numbers

sound = st.text("0123456789", min_size=21, max_size=21).map(
    lambda digits: AlgorithmNumber(digits).corrected.digits
)
Slip = Callable[[str, int, str], str]
SLIPS: tuple[Slip, ...] = (
    lambda text, at, digit: text[:at] + digit + text[at + 1 :],
    lambda text, at, digit: text[:at] + digit + text[at:],
    lambda text, at, _: text[:at] + text[at + 1 :],
)
slips = st.tuples(st.sampled_from(SLIPS), st.integers(0, 21), st.sampled_from("0123456789"))


@given(sound, slips, slips)
def test_two_slips_are_undone(number: str, first: object, second: object) -> None:
    """A digit wrong, missing or too many, twice, in any order and at any place."""
    text = number
    for slip, at, digit in (first, second):  # type: ignore[misc]
        text = slip(text, min(at, len(text) - 1), digit)
    one, two = near_numbers(text)
    assert number in one | two | {text}


@given(sound, st.integers(0, 19))
def test_swapped_neighbours_are_one_slip(number: str, at: int) -> None:
    swapped = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    assert number in near_numbers(swapped)[0] | {swapped}


@given(st.text("0123456789", min_size=19, max_size=23))
def test_those_two_slips_away_are_sound(text: str) -> None:
    """That keeps them few: a list's numbers nearly all are."""
    _, two = near_numbers(text)
    assert all(len(one) == 21 and AlgorithmNumber(one).check_ok for one in two)


@given(sound, slips, slips)
def test_among_given_numbers_the_same_are_near(number: str, first: object, second: object) -> None:
    """Whether all that is near is made and looked up, or all numbers are compared: one answer."""
    text = number
    for slip, at, digit in (first, second):  # type: ignore[misc]
        text = slip(text, min(at, len(text) - 1), digit)
    one, two = near_numbers(text)
    swapped = [number[:at] + number[at + 1] + number[at] + number[at + 2 :] for at in range(20)]
    wrong = [f"{number[:at]}{digit}{number[at + 1 :]}" for at in (0, 9, 20) for digit in "058"]
    numbers = sorted({number, *swapped, *wrong, *sorted(two)[:50]} - {text})
    expected = {each: 1 if each in one else 2 for each in numbers if each in one | two}
    assert near_among(text, numbers) == expected
