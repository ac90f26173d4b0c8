"""Meilisearch.

encoding  folded text in letters that its tokeniser cannot cut wrongly
layout    settings of the indexes, shape of documents
server    its official client: errors are ours, tasks are awaited
live      which indexes are live; building and following
asking    our queries in its words; matching and words use them
answering the questions of one search, and what it answers
engine    all of it behind the protocol
"""

from suanbei.search_api.search.meilisearch.engine import MeiliEngine

__all__ = ["MeiliEngine"]
