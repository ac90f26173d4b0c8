"""Which filings pass the filters."""

from collections.abc import Iterable

from suanbei.search_api.search.engine import Dimension, Filters
from suanbei.search_api.search.sqlite.state import State


def allowed(state: State, filters: Filters, without: Dimension | None = None) -> int:
    """The filings that pass the filters, one dimension's own left out."""
    found = state.all
    for dimension, values in filters.values.items():
        if values and dimension is not without:
            found &= _any(state.having(dimension, value) for value in values)
    if (filters.period_from or filters.period_to) and without is not Dimension.PERIOD:
        first, last = filters.period_from, filters.period_to or "9999"
        found &= _any(ids for period, ids in state.periods.items() if first <= period <= last)
    return found


def is_filtered(filters: Filters, dimension: Dimension) -> bool:
    """Whether a dimension has a filter of its own."""
    by_period = dimension is Dimension.PERIOD and bool(filters.period_from or filters.period_to)
    return by_period or bool(filters.values.get(dimension))


def _any(sets: Iterable[int]) -> int:
    found = 0
    for ids in sets:
        found |= ids
    return found
