"""Brackets and quotes: mixed, nested, forgotten."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suanbei.registry.cells.products import HIDDEN, bracket_pairs, mask
from suanbei.registry.cells.remarks.grammar import quote_pairs

marks = st.text(alphabet='甲乙 、（）()[]【】“”‘’"「」变更为', max_size=60)


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("甲（乙）丙", ["乙"]),
        ("甲（乙)丙", ["乙"]),  # half-width closes full-width
        ("甲（乙（丙））", ["乙（丙）"]),
        ("甲（乙（丙）", ["丙"]),  # the outer one was never closed
        ("甲）乙", []),
        ("（甲）(乙)", ["甲", "乙"]),
    ],
)
def test_bracket_pairs(text: str, inside: list[str]) -> None:
    """Widths mix within a pair; a bracket without a partner hides nothing."""
    assert [text[opened + 1 : closed] for opened, closed in bracket_pairs(text)] == inside


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("“甲”变更为“乙”", ["甲", "乙"]),
        ('“甲"变更为“乙”', ["甲", "乙"]),
        ('"甲"变更为"乙"', ["甲", "乙"]),
        ("“甲“变更为“乙“", ["甲", "乙"]),
        ("“甲“乙”丙”", ["甲“乙”丙"]),
        ("「甲」", ["甲"]),
        ("“甲变更为“乙”", ["乙"]),  # the first quote was never closed
        ("甲”", []),
    ],
)
def test_quote_pairs(text: str, inside: list[str]) -> None:
    """Marks of two styles mix; a forgotten one does not swallow the words of change."""
    pairs = quote_pairs(text)
    assert [text[opened + 1 : closed] for opened, closed in pairs] == inside


@given(marks)
def test_pairs_are_outermost_and_in_order(text: str) -> None:
    """Readers walk over them from left to right."""
    for pairs in (bracket_pairs(text), quote_pairs(text)):
        places = [place for pair in pairs for place in pair]
        assert places == sorted(set(places))


@given(marks)
def test_a_mask_is_as_long_as_its_text(text: str) -> None:
    """Places found in the mask are places of the text."""
    pairs = bracket_pairs(text)
    hidden = mask(text, pairs)
    assert len(hidden) == len(text)
    assert all(sign in (HIDDEN, text[place]) for place, sign in enumerate(hidden))
    assert mask(hidden, pairs) == hidden
