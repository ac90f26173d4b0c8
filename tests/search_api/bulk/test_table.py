"""Cells of tables: the text that a person sees, and the text that no spreadsheet runs."""

import csv
import io
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suanbei.search_api.bulk.table import (
    SheetTable,
    encoded,
    is_formula,
    is_risky,
    safe_texts,
    text_of,
)
from suanbei.search_api.bulk.writing import CsvWriter


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("网信", "网信"),
        (3, "3"),
        (3.0, "3"),
        (-0.5, "-0.5"),
        (999_999_999_999_999.0, "999999999999999"),
        (1234567890123456.0, "1.23456789012346E+15"),
        (1e16, "1E+16"),
        (1.10108823483901e20, "1.10108823483901E+20"),
        (True, "TRUE"),
        (False, "FALSE"),
        (None, ""),
        (date(2026, 1, 5), "2026-01-05"),
        (datetime.fromisoformat("2026-01-05 09:30"), "2026-01-05 09:30:00"),
        (time(9, 30), "09:30:00"),
        (timedelta(hours=30), "1 day, 6:00:00"),
        (1 + 2j, "(1+2j)"),
    ],
)
def test_a_value_is_the_text_that_is_seen(value: Any, text: str) -> None:
    """Also where it went through JSON; 15 digits are known, not more."""
    assert text_of(encoded(value)) == text


def test_what_has_no_value_is_a_formula() -> None:
    assert [is_formula(one) for one in ({"f": "=A1"}, {"e": "#REF!"})] == [True, True]
    assert [is_formula(one) for one in ({"d": "2026-01-05"}, "f", 1)] == [False] * 3
    assert text_of({"f": "=A1"}) == "=A1"


@pytest.mark.parametrize(
    "before", ["", " ", "\t", "\r", "\r\n", "\xa0", "\u3000", "\v", "\f", "\n"]
)
@pytest.mark.parametrize(
    "formula", ["=1+1", "+cmd|x", "-A1", "@SUM(A1)", "＝1", "＋a", "－a", "＠x"]
)
def test_a_formula_gets_an_apostrophe_whatever_stands_before_it(before: str, formula: str) -> None:
    cell = before + formula
    assert is_risky(cell)
    assert safe_texts(["甲", cell]) == ["甲", f"'{cell}"]


@pytest.mark.parametrize(
    "cell", ["", "甲", "a=b", "-5", "+86 10 1234-5678", " -1.5e+3", "1", " 甲"]
)
def test_what_can_call_nothing_stays(cell: str) -> None:
    """Numbers and telephone numbers are left as they are."""
    assert not is_risky(cell)
    assert list(safe_texts([cell, "x"])) == [cell, "x"]


@pytest.mark.parametrize("cell", ["\t甲", "\r", "\t\t5"])
def test_a_tab_or_return_at_the_begin_is_a_risk(cell: str) -> None:
    """Some programs cut it off and run the rest."""
    assert safe_texts([cell]) == [f"'{cell}"]


def test_values_of_all_kinds_are_written() -> None:
    """Marked cells and numbers have no first sign."""
    assert list(safe_texts([1.0, {"f": "=A1"}, None, -5])) == ["1", "'=A1", "", "-5"]


@given(
    rows=st.lists(st.lists(st.text("a甲,;\t\"'\r\n^\\", max_size=4), max_size=3), max_size=6),
    delimiter=st.sampled_from(",;\t|^"),
)
def test_lines_are_those_of_csv(rows: list[list[str]], delimiter: str) -> None:
    ours, theirs = io.StringIO(newline=""), io.StringIO(newline="")
    writer = CsvWriter(ours, delimiter)
    writer.begin(SheetTable(""), None, ())
    writer.write_rows(1, rows, [None] * len(rows))
    csv.writer(theirs, delimiter=delimiter).writerows(map(safe_texts, rows))
    assert ours.getvalue() == f"\ufeff{theirs.getvalue()}"
