"""What "not listed" means: a number that may lie in what is known to be missing is said to, first."""

from typing import Any

import pytest

from suanbei.common.texts import Language
from suanbei.registry.cells.numbers import GenaiNumber, NumberKind, parse_number
from suanbei.registry.cells.vocabulary import Series
from suanbei.registry.verify.number_reasons import coverage_reasons

SERIAL = {
    "kind": "serial", "from": 263, "to": 263, "count": 1, "between": ["2025-08", "2025-10"],
}  # fmt: skip
BATCH = {"kind": "ordinal", "from": 7, "to": 8, "count": 2, "between": ["2024-06", "2024-12"]}
TOTAL = {
    "kind": "total", "published": 731, "held": 730, "as_of": "2026-08-31", "count": 1,
    "source": "https://www.cac.gov.cn/",
}  # fmt: skip


def coverage(missing: dict[Series, list[dict[str, Any]]]) -> dict[str, Any]:
    return {
        series.value: {"newest": "2026-08", "checked_at": None, "missing": missing.get(series, [])}
        for series in Series
    }


@pytest.mark.parametrize(
    ("text", "gaps", "is_said"),
    [
        ("Beijing-CeShi-20250715S0001", [SERIAL], True),
        ("Beijing-CeShi-20251015S0001", [SERIAL], True),
        ("Beijing-CeShi-20251115S0001", [SERIAL], False),
        ("Beijing-CeShi-20240115S0001", [SERIAL], False),
        ("Beijing-CeShi-20240115S0001", [TOTAL], True),
        ("Beijing-CeShi-20260915S0001", [TOTAL], False),
        ("Beijing-CeShi-20250715S0001", [], False),
        ("Beijing-CeShi-202507150001", [SERIAL], False),
    ],
)
def test_a_registration_that_may_be_missing(
    text: str, gaps: list[dict[str, Any]], is_said: bool
) -> None:
    """By its own date, and in its own register only."""
    number = parse_number(text)
    assert isinstance(number, GenaiNumber)
    covered = coverage({Series.GENAI_REGISTRATION: gaps})
    reasons, _ = coverage_reasons(covered, number.kind, f"{number.filed_on:%Y-%m}")
    assert (reasons[0].code == "may_be_missing") == is_said
    if is_said:
        assert "生成式人工智能服务登记" in reasons[0].say(Language.ZH)


@pytest.mark.parametrize(
    ("year", "is_said"), [(2022, False), (2023, True), (2024, True), (2025, False)]
)
def test_an_algorithm_number_that_may_be_missing(year: int, is_said: bool) -> None:
    """It has a year and no month."""
    covered = coverage({Series.DEEP_SYNTHESIS: [BATCH]})
    reasons, _ = coverage_reasons(covered, NumberKind.ALGORITHM, f"{year}")
    assert (reasons[0].code == "may_be_missing") == is_said
