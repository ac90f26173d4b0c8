"""The words of an index, for guessing at misspelt texts."""

from collections.abc import Sequence
from typing import Any

from suanbei.search_api.search.documents import Field
from suanbei.search_api.search.engine import Sort
from suanbei.search_api.search.meilisearch.asking import Ask, query_of, quoted
from suanbei.search_api.search.meilisearch.encoding import phrase, phrases
from suanbei.search_api.search.meilisearch.server import Server
from suanbei.search_api.search.spelling import Word

_TEXTS = ((Field.ENTITY, "e_text"), (Field.NAME, "n_text"))


class Words:
    """A `forgiving.Lookup` over the indexes of filings and of words."""

    def __init__(self, server: Server, filings: str, words: str) -> None:
        self._server, self._filings, self._words = server, filings, words

    def spelled(self, letters: str, limit: int) -> Sequence[Word]:
        """See `Lookup.spelled`."""
        return self._read(f"pinyin STARTS WITH {quoted(letters)}", ["pinyin:asc"], limit)

    def initialled(self, letters: str, limit: int) -> Sequence[Word]:
        """See `Lookup.initialled`."""
        return self._read(f"initials = {quoted(letters)}", ["count:desc"], limit)

    def latin(self, begin: str, end: str, limit: int) -> Sequence[Word]:
        """See `Lookup.latin`."""
        conditions = ["latin = true"]
        if begin:
            conditions.append(f"word STARTS WITH {quoted(begin)}")
        if end:
            conditions.append(f"backwards STARTS WITH {quoted(end[::-1])}")
        return self._read(" AND ".join(conditions), ["count:desc"], limit)

    def exists(self, fragment: str) -> bool:
        """See `Lookup.exists`."""
        ask = Ask(phrase(fragment), (Field.ENTITY, Field.NAME), 0)
        return bool(self._server.search([self._query(ask)], {"limit": 1})["hits"])

    def texts(self, parts: Sequence[str], limit: int) -> Sequence[str]:
        """See `Lookup.texts`."""
        found: list[str] = []
        for field, text in _TEXTS:
            query = self._query(Ask(phrases(parts), (field,), 0)) | {"attributesToRetrieve": [text]}
            hits = self._server.search([query], {"limit": limit})["hits"]
            found.extend(str(hit[text]) for hit in hits)
        return found

    def _query(self, ask: Ask) -> dict[str, Any]:
        return query_of(self._filings, ask, Sort.NEWEST, "")

    def _read(self, condition: str, order: list[str], limit: int) -> Sequence[Word]:
        query = {"indexUid": self._words, "q": "", "filter": condition, "sort": order}
        hits = self._server.search([query], {"limit": limit})["hits"]
        return [Word(hit["word"], hit["count"]) for hit in hits]
