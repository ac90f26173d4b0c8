"""The registry as figures, each over any selection of filings.

selection   which filings are counted
values      filings by type, role, series, region, city, company, kind of product …
timeseries  filings by list or year, new entrants of each list, deregistrations
summary     totals, companies that file twice, the lists with their rows
"""

from suanbei.registry.queries.statistics.selection import Selection
from suanbei.registry.queries.statistics.summary import double_filing, lists, summary
from suanbei.registry.queries.statistics.timeseries import (
    By,
    Split,
    deregistrations,
    new_entrants,
    newcomers,
    timeline,
)
from suanbei.registry.queries.statistics.values import Counted, count_values

__all__ = [
    "By",
    "Counted",
    "Selection",
    "Split",
    "count_values",
    "deregistrations",
    "double_filing",
    "lists",
    "new_entrants",
    "newcomers",
    "summary",
    "timeline",
]
