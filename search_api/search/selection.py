"""From the filters of a request to the filings that statistics and exports work on."""

from typing import Any

from suanbei.registry.queries.statistics import Selection
from suanbei.search_api.deps import Services
from suanbei.search_api.params import FilterParams
from suanbei.search_api.search.engine import Query
from suanbei.search_api.search.results import interpret


def selection_of(parts: Services, asked: FilterParams) -> Selection:
    """The filings that a search with these filters finds.

    Without a text the registry alone answers, whatever the search engine is doing.

    Raises:
        UsageError: there is no such region.
        SearchUnavailable: there is a text, and the engine does not answer.
    """
    with parts.database.read() as session:
        filters = asked.filters(session)
    ids = None
    if asked.q.strip():
        meant, _ = interpret(parts.engine, Query(text=asked.q, filters=filters))
        ids = parts.engine.ids(meant)
    values: dict[str, Any] = {dimension.value: some for dimension, some in filters.values.items()}
    return Selection(
        **values, period_from=filters.period_from, period_to=filters.period_to, ids=ids
    )


def filters_said(asked: FilterParams) -> dict[str, Any]:
    """The filters that say something, as they were given."""
    names = set(FilterParams.model_fields)
    given = asked.model_dump(mode="json", include=names, exclude_defaults=True)
    return {name: value for name, value in given.items() if value not in ("", [])}
