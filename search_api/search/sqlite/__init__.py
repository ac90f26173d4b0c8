"""The embedded engine.

manifest  which segments make the index; the lock of its writers
segment   one file of filings, built once (writer) and read
state     the segments of one moment as one index
matching  a text to sets of filings by level; facets and paging work on these sets
counting  the values of what was found, in Python (plain) or, in a large segment, by Arrow (arrow)
engine    all of it behind the protocol
"""

from suanbei.search_api.search.sqlite.engine import SqliteEngine

__all__ = ["SqliteEngine"]
