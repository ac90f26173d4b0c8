"""Where in a text the fragments looked for are: marked ranges, never markup."""

from collections.abc import Mapping, Sequence
from typing import Any

from suanbei.search_api.search.text import fold, fold_with_places

Range = tuple[int, int]
"""Start and end (exclusive) in characters of the text as shown."""


def highlights(view: Mapping[str, Any], fragments: Sequence[str]) -> dict[str, list[Range]]:
    """The marked ranges of each text of a filing that has any."""
    texts = {
        "number": view["number"],
        "name": view["name"],
        "entity": view["entity"]["name"],
        "product": view["product"],
        "purpose": view["purpose"],
    }
    found = {name: ranges(text, fragments) for name, text in texts.items()}
    return {name: marked for name, marked in found.items() if marked}


def ranges(text: str, fragments: Sequence[str]) -> list[Range]:
    """Every occurrence of a folded fragment in a text; overlapping ones are one range."""
    folded = fold(text)
    within = [fragment for fragment in fragments if fragment and fragment in folded]
    if not within:  # most texts of a page: keeping the places costs far more than looking
        return []
    _, places = fold_with_places(text)
    marked: list[Range] = []
    for fragment in within:
        at = folded.find(fragment)
        while at >= 0:
            marked.append((places[at], places[at + len(fragment) - 1] + 1))
            at = folded.find(fragment, at + 1)
    return _joined(sorted(marked))


def _joined(marked: Sequence[Range]) -> list[Range]:
    joined: list[Range] = []
    for start, end in marked:
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined
