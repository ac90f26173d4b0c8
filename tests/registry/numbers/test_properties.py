"""What holds for all numbers and all texts."""

import datetime
import re

from hypothesis import assume, example, given
from hypothesis import strategies as st

from suanbei.registry.cells.numbers import (
    AlgorithmNumber,
    GenaiNumber,
    MalformedNumber,
    check_sum,
    comparison_key,
    find_numbers,
    number_key,
    parse_number,
    read_number,
)
from suanbei.registry.cells.numbers.normalise import display_form, normalised
from suanbei.registry.cells.regions import SPELLINGS

digits_21 = st.text("0123456789", min_size=21, max_size=21)
algorithm_numbers = digits_21.filter(
    lambda digits: isinstance(parse_number(digits), AlgorithmNumber)
).map(AlgorithmNumber)
sound_numbers = st.text("0123456789", min_size=20, max_size=20).map(
    lambda head: AlgorithmNumber(f"{head}{AlgorithmNumber(f'{head}0').expected_check}")
)
names = st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9.'’·-]{0,30}[A-Za-z0-9])?", fullmatch=True)
dates = st.dates(min_value=datetime.date(2023, 1, 1), max_value=datetime.date(2099, 12, 31)).map(
    lambda day: f"20{day:%y%m%d}"
)
serials = st.from_regex("[0-9]{4}", fullmatch=True)
genai_numbers = st.one_of(
    st.builds(GenaiNumber, st.sampled_from(sorted(SPELLINGS)), names, dates),
    st.builds(
        GenaiNumber, st.sampled_from(sorted(SPELLINGS)), names, dates, serials, st.booleans()
    ),
)
anything = st.text(st.characters(exclude_categories=()))
fragments = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "网信算备",
                "号",
                " ",
                "\n",
                "：",
                "Beijing-",
                "-20230821",
                "S0001",
                "京ICP备",
                "\u200f",
            ]
        ),
        st.text("0123456789OoIlSB", max_size=24),
        anything,
        algorithm_numbers.map(str),
        genai_numbers.map(str),
    ),
    max_size=8,
).map("".join)


@given(algorithm_numbers)
def test_algorithm_numbers_go_there_and_back(number: AlgorithmNumber) -> None:
    assert parse_number(number.formatted) == number
    assert parse_number(number.digits) == number
    assert number_key(number.formatted) == number_key(number.digits) == number.key


@given(genai_numbers)
def test_genai_numbers_go_there_and_back(number: GenaiNumber) -> None:
    parsed = parse_number(number.formatted)
    assert parsed == number
    assert str(parsed) == number.formatted
    assert number_key(number.formatted) == number.key
    assert number_key(number.formatted.upper()) == number.key


@given(
    st.sampled_from([*sorted(SPELLINGS), "Nowhere", "no", "b"]),
    st.text("0123456789abZIO.-", max_size=90),
    st.from_regex("20[0-9]{6}(S?[0-9]{4})?", fullmatch=True),
)
@example("beijing", "hunan-a", "20239999")
@example("beijing", "330110507206401230035", "20230000")
def test_genai_numbers_with_slips_are_read_alike_alone_and_in_a_text(
    region: str, name: str, tail: str
) -> None:
    """What stands alone is read by a short way, if it looks as published."""
    text = f"{region}-{name}-{tail}"
    assert read_number(text) == read_number(f"{text}\n")


@given(st.text("0123456789", max_size=40), st.booleans())
def test_other_counts_of_digits_are_malformed(digits: str, closed: bool) -> None:
    """A published number with too few or too many digits comes back as it is."""
    assume(len(digits) not in (0, 21))
    text = f"网信算备{digits}{'号' if closed else ''}"
    number = parse_number(text)
    assert isinstance(number, MalformedNumber)
    assert number.text == text
    assert number.key == number_key(text) == digits


@given(st.text("0123456789", min_size=20, max_size=20))
def test_there_is_always_one_check_digit_and_it_is_odd(head: str) -> None:
    expected = AlgorithmNumber(f"{head}0").expected_check
    assert expected in (1, 3, 5, 7, 9)
    assert [check_sum(f"{head}{last}") == 1 for last in range(10)].index(True) == expected
    assert sum(check_sum(f"{head}{last}") == 1 for last in range(10)) == 1


@given(sound_numbers, st.integers(0, 20), st.integers(1, 9))
def test_a_wrong_digit_shows_unless_it_is_off_by_five(
    number: AlgorithmNumber, place: int, by: int
) -> None:
    digit = (int(number.digits[place]) + by) % 10
    wrong = AlgorithmNumber(f"{number.digits[:place]}{digit}{number.digits[place + 1 :]}")
    assert wrong.check_ok == (by == 5 and place < 20)


@given(sound_numbers, st.integers(0, 19))
def test_swapped_neighbours_show_unless_they_differ_by_five(
    number: AlgorithmNumber, place: int
) -> None:
    first, second = number.digits[place : place + 2]
    assume(first != second)
    swapped = f"{number.digits[:place]}{second}{first}{number.digits[place + 2 :]}"
    unseen = abs(int(first) - int(second)) == 5 and place < 19
    assert AlgorithmNumber(swapped).check_ok == unseen


@given(
    algorithm_numbers,
    st.lists(st.tuples(st.integers(0, 26), st.sampled_from(" \n\t\u3000\u200b\u00a0\x00\ufeff"))),
)
def test_gaps_anywhere_inside_do_not_matter(
    number: AlgorithmNumber, gaps: list[tuple[int, str]]
) -> None:
    """White space and invisible characters, up to a few in each place."""
    text = number.formatted
    for place, gap in sorted(gaps[:8], reverse=True):
        text = text[:place] + gap + text[place:]
    # A check digit alone on its line is taken for the next row's number, if it does not fit.
    assume(number.check_ok or "\n" not in text)
    assert number_key(text) == number.key
    assert parse_number(text) == number


@given(algorithm_numbers, st.sets(st.integers(0, 20), max_size=6))
def test_look_alikes_are_read_as_digits(number: AlgorithmNumber, places: set[int]) -> None:
    letters = {"0": "O", "1": "l", "2": "Z", "3": "З", "5": "S", "6": "b", "8": "B", "9": "g"}
    typed = "".join(
        letters.get(digit, digit) if place in places else digit
        for place, digit in enumerate(number.digits)
    )
    found = read_number(f"网信算备{typed}号")
    assert found is not None
    assert found.number == number
    assert ("look_alike" in found.repairs) == (typed != number.digits)


@given(genai_numbers, st.data())
def test_full_width_genai_numbers_meet(number: GenaiNumber, data: st.DataObject) -> None:
    text = number.formatted
    wide = data.draw(st.sets(st.integers(0, len(text) - 1)))
    typed = "".join(
        chr(ord(char) + 0xFEE0) if place in wide and "!" <= char <= "~" else char
        for place, char in enumerate(text)
    )
    assert number_key(typed) == number.key


@given(fragments)
@example("网信算备" * 3 + "1" * 70)
@example("Beijing-" * 30 + "-20230821")
def test_finding_never_fails_and_its_places_are_true(text: str) -> None:
    """Any str: offsets of the original, in order, never overlapping."""
    end = 0
    for found in find_numbers(text):
        assert end <= found.start < found.end <= len(text)
        assert text[found.start : found.end] == found.raw
        assert found.number.key
        assert str(found.number)
        end = found.end


@given(fragments)
def test_reading_never_fails_and_agrees_with_the_key(text: str) -> None:
    found = read_number(text)
    assert parse_number(text) == (found.number if found else None)
    if found:
        assert text[found.start : found.end] == found.raw
        if len(find_numbers(text)) <= 1:
            assert number_key(text) == found.number.key
    else:
        assert number_key(text) == comparison_key(text)


@given(anything)
def test_views_keep_every_offset(text: str) -> None:
    """The view has the text's length, so slices fit; folding twice is folding once."""
    assert len(normalised(text)) == len(text)
    assert normalised(normalised(text)) == normalised(text)
    assert comparison_key(comparison_key(text)) == comparison_key(text)
    assert comparison_key(display_form(text)) == comparison_key(text)


@given(st.one_of(algorithm_numbers, genai_numbers))
def test_keys_are_keys_of_themselves(number: AlgorithmNumber | GenaiNumber) -> None:
    assert number_key(number.key) == number.key
    assert re.fullmatch(r"[0-9a-z.'-]+", number.key)
