"""Cursors: what is a place, and what only looks like one."""

import pytest

from suanbei.common.errors import BadCursor
from suanbei.search_api.responses import (
    MOST_ID,
    decode_cursor,
    encode_cursor,
    is_name,
    is_period,
    is_whole,
)


@pytest.mark.parametrize("place", [0, [1, "甲"], ["a", 2, None], {"k": [1.5]}, "abc", "abcd"])
def test_a_place_comes_back_and_only_in_its_own_spelling(place: object) -> None:
    """Whatever is added to its cursor, or taken away, is refused."""
    cursor = encode_cursor(place)
    assert decode_cursor(cursor) == place
    for other in (cursor + "=", cursor + "!", cursor[:-1], " " + cursor, ""):
        with pytest.raises(BadCursor):
            decode_cursor(other)


@pytest.mark.parametrize(
    ("value", "whole"),
    [(0, True), (-1, False), (2**63 - 1, True), (2**63, False), (True, False), (1.0, False),
     ("1", False), (None, False)],
)  # fmt: skip
def test_an_id_is_a_whole_number_that_a_database_can_hold(value: object, whole: bool) -> None:
    assert is_whole(value, MOST_ID) is whole


def test_the_least_may_be_another() -> None:
    assert is_whole(-1, 5, -1)
    assert not is_whole(-2, 5, -1)


@pytest.mark.parametrize(
    ("value", "name"),
    [("5", True), ("5072064", True), ("x" * 200, True), ("", False), ("x" * 201, False),
     ("a\0b", False), ("a\n", False), (5, False), (["a"], False), (None, False)],
)  # fmt: skip
def test_a_name_is_short_and_can_be_printed(value: object, name: bool) -> None:
    assert is_name(value) is name


@pytest.mark.parametrize(
    ("value", "period"),
    [("2023-06", True), ("", True), ("2023-6", False), ("2023-061", False), ("2023-06\n", False),
     ("２０２３-06", False), (202306, False), (None, False)],
)  # fmt: skip
def test_a_period_is_a_month_or_nothing(value: object, period: bool) -> None:
    assert is_period(value) is period
