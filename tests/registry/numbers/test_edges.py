"""What stands at the edge between one reading of a number and another: found by mutants that lived."""

import pytest

from suanbei.registry.cells.numbers import Found, parse_number, read_numbers, rounds_to
from suanbei.registry.cells.numbers.find import TextPart, find_numbers, occurrences
from suanbei.registry.cells.numbers.find_genai import genai_parts
from suanbei.registry.cells.numbers.normalise import normalised, strip_gaps
from tests.lists import number


def shown(found: list[Found]) -> list[str]:
    return [str(one.number) for one in found]


@pytest.mark.parametrize(
    ("rounded", "fits"),
    [("3.30110507206401E+20", True), ("3.30110507206402E+20", True), ("3.30110507206403E+20", False),
     ("3.30110507206401736E+20", True), ("3.30110507206401936E+20", False),
     ("330110507206401736000", True)],
)  # fmt: skip
def test_a_rounded_number_was_cut_off_or_rounded(rounded: str, fits: bool) -> None:
    """Nothing else, however many digits are left."""
    assert rounds_to("330110507206401735999", rounded) == fits


@pytest.mark.parametrize("sign", ["\U000e0001", "\U000e007f", "\u200b", "\ufeff"])
def test_signs_nobody_sees_are_gaps(sign: str) -> None:
    """Tags too, from the first to the last of them."""
    assert strip_gaps(normalised(f"a{sign}b")) == "ab"


@pytest.mark.parametrize("serial", range(1, 11))
def test_a_digit_on_the_next_line_belongs_to_the_number_if_it_is_its_check_digit(
    serial: int,
) -> None:
    """Else it is rather the number of the next row, and this one lacks a digit."""
    whole = number(serial)
    for digit in "0123456789":
        (found,) = find_numbers(f"{whole[:-2]}\n{digit}")
        assert str(found.number) == (whole if digit == whole[-2] else whole[:-2]), digit


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_a_serial_cut_by_a_line_end_is_whole(cut: int) -> None:
    head, serial = "Guangdong-QiDianAI-20260605", "0172"
    found = find_numbers(f"{head}{serial[:cut]}\n{serial[cut:]}")
    assert shown(found) == [head + serial]


def test_the_text_around_a_number_is_shown_from_its_beginning_to_its_end() -> None:
    """Thirty characters on each side, all of a shorter text."""
    one = number(1)
    (short,) = occurrences([TextPart(None, f"甲公司：{one}，乙")])
    assert short.context == f"甲公司：{one}，乙"
    (long,) = occurrences([TextPart(None, f"{'前' * 40}{one}{'后' * 40}")])
    assert long.context == f"{'前' * 30}{one}{'后' * 30}"


@pytest.mark.parametrize("text", ["", "12x45", "1234x", "330110507206401xx3003x", "没有"])
def test_a_text_without_a_number_has_none(text: str) -> None:
    """An empty list, whatever digits stand in it; one with a letter wrong in place of a digit is one."""
    assert (read_numbers(text), parse_number(text)) == ([], None)
    assert shown(read_numbers("3301105072064x0123003x")) == ["3301105072064x0123003x"]


@pytest.mark.parametrize(
    ("text", "region"),
    [("Atlantis_Bar_20230821", "atlantis"), ("Beijing_Bar_20230821", "beijing"),
     ("Bar_20230821", None), ("beijing_bar\n_20230821", None), ("Atlantis_Bar", None),
     ("Beijing_Bar", "beijing")],
)  # fmt: skip
def test_what_may_be_meant_as_a_number_of_generative_ai(text: str, region: str | None) -> None:
    """One line with two words and a date, or with a region of the lists and a name."""
    parts = genai_parts(text)
    assert (parts.region if parts else None) == region


@pytest.mark.parametrize("start", [0x245F, 0x2473, 0x2487, 0x24F4, 0x2775, 0x277F, 0x2789, 0x2080])
def test_numerals_in_circles_brackets_and_below_the_line_are_digits(start: int) -> None:
    whole = number(1)
    written = "".join(chr(start + int(one)) if one in "123456789" else one for one in whole)
    assert parse_number(written) == parse_number(whole)
