"""Common fragments: those of so many filings that nobody should have to look for them twice.

Which fragments are common is read off a sample; who has them is noted for every filing. Answers do
not depend on the choice: what is not noted here is looked up in the end.
"""

import re
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from suanbei.search_api.search.documents import Field
from suanbei.search_api.search.text import BEGIN, END

LONGEST = 8
"""Characters of a common fragment at most; longer ones are looked for in those that have all its parts."""

WITH_ENDS = (Field.ENTITY, Field.NAME)
"""Fields in which it matters where an item begins and ends."""
_SEPARATOR = "\n"
_MARKED = re.compile(f"[{BEGIN}{END}]")


class Common(NamedTuple):
    """A common fragment with its filings; or, where they are those of a part of it, that part."""

    fragment: str
    ids: Sequence[int] | None
    same: str


def fragments_of(texts: Sequence[str], at_least: int) -> set[str]:
    """The fragments that so many texts have; each text is items, one a line.

    A fragment is common only if both fragments that are shorter by a character are (有限公司 only
    if 有限公 and 限公司 are): so they are found length by length, in what is left of the texts.
    """
    found: set[str] = set()
    left = texts
    cut: Callable[[set[str], int], Cut] = _cut_characters
    for length in range(1, LONGEST + 1):
        counts: Counter[str] = Counter()
        for text in left:
            counts.update(_fragments(text, length))
        common = {fragment for fragment, count in counts.items() if count >= at_least}
        common.discard(_SEPARATOR)
        if not common:
            break
        found |= common
        keep = cut(common, length)
        left = [rest for text in left if (rest := keep(text))]
        cut = _cut_fragments
    return found


Cut = Callable[[str], str]


def _fragments(text: str, length: int) -> set[str]:
    return {
        run[at : at + length]
        for run in text.split(_SEPARATOR)
        for at in range(len(run) - length + 1)
    }


def _cut_characters(common: set[str], _length: int) -> Cut:
    """To the runs of common characters."""
    runs_of = re.compile(f"[{re.escape(''.join(sorted(common)))}]{{2,}}").findall
    return lambda text: _SEPARATOR.join(runs_of(text))


def _cut_fragments(common: set[str], length: int) -> Cut:
    """To the runs, longer than one of them, in which every fragment is common."""

    def parts(run: str) -> Iterator[str]:
        start = 0
        for at in range(len(run) - length + 1):
            if run[at : at + length] not in common:
                if at > start + 1:
                    yield run[start : at + length - 1]
                start = at + 1
        if len(run) - start > length:
            yield run[start:]

    return lambda text: _SEPARATOR.join([p for run in text.split(_SEPARATOR) for p in parts(run)])


def with_ends(fragments: set[str]) -> set[str]:
    """Also each as the beginning of an item, and as a whole one, however rare that is.

    Who has a common fragment anywhere is of little help in finding who has it there.
    """
    bare = [fragment for fragment in fragments if not _MARKED.search(fragment)]
    begins = {BEGIN + fragment for fragment in bare}
    return fragments | begins | {fragment + END for fragment in begins}


def note(texts: Iterable[tuple[int, str]], fragments: set[str]) -> Iterator[Common]:
    """Who has each of the fragments, those that anybody has; texts by ascending id."""
    if not fragments:
        return
    found = {fragment: array("I") for fragment in fragments}
    characters = "".join(sorted(fragment for fragment in fragments if len(fragment) == 1))
    runs_of = re.compile(f"[{re.escape(characters)}]+").findall
    for one, text in texts:
        for fragment in _seen(runs_of(text), fragments):
            found[fragment].append(one)
    counts = {fragment: len(ids) for fragment, ids in found.items() if ids}
    for fragment in counts:
        part = _same_part(fragment, counts)
        yield Common(fragment, None, part) if part else Common(fragment, found[fragment], "")


def _seen(runs: Iterable[str], fragments: set[str]) -> set[str]:
    seen: set[str] = set()
    for run in runs:
        seen.update(run)
        for start in range(len(run) - 1):
            end = start + 2
            # All that a common fragment begins with are common as well.
            while (fragment := run[start:end]) in fragments:
                seen.add(fragment)
                end += 1
                if end > len(run):
                    break
    return seen


def _same_part(fragment: str, counts: Mapping[str, int]) -> str:
    """A part that occurs in as many filings: since they are among its filings, in the same ones."""
    for part in (fragment[:-1], fragment[1:]):
        if counts.get(part) == counts[fragment]:
            return part
    return ""
