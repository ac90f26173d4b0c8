"""The registry as figures, each over any selection of filings.

selection  which filings are counted
values     filings by type, role, series, region, city, company, kind of product …
overtime   filings by list or year, new entrants of each list, deregistrations
summary    totals, companies that file twice, the lists with their rows
"""

from registry.stats.overtime import (
    By,
    Split,
    deregistrations,
    new_entrants,
    newcomers,
    timeline,
)
from registry.stats.selection import Selection
from registry.stats.summary import double_filing, lists, summary
from registry.stats.values import Counted, count_values

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
