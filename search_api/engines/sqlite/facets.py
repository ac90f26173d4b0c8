"""Filters and counts over sets."""

from collections.abc import Sequence

from search_api.engines.base import Dimension, FacetValue, Filters
from search_api.engines.sqlite.state import State


def allowed(state: State, filters: Filters, without: Dimension | None = None) -> int:
    """The filings that pass the filters, one dimension's own left out."""
    found = state.all
    for dimension, values in filters.values.items():
        if values and dimension is not without:
            found &= _any(state, dimension, values)
    if (filters.period_from or filters.period_to) and without is not Dimension.PERIOD:
        first, last = filters.period_from, filters.period_to or "9999"
        known = state.values(Dimension.PERIOD)
        found &= _any(state, Dimension.PERIOD, [p for p in known if first <= p <= last])
    return found


def _any(state: State, dimension: Dimension, values: Sequence[str]) -> int:
    found = 0
    for value in values:
        found |= state.having(dimension, value)
    return found


def count(state: State, found: int, dimension: Dimension, limit: int) -> tuple[FacetValue, ...]:
    """The values of a dimension among the filings found, the most frequent first."""
    counted = ((value, (ids & found).bit_count()) for value, ids in state.values(dimension).items())
    ranked = sorted((-number, value) for value, number in counted if number)
    return tuple(FacetValue(value, -number) for number, value in ranked[:limit])
