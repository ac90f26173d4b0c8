"""Brackets and quotes in published texts: what stands inside them must not be cut or read.

Lists mix half-width and full-width marks in one pair (`（开发版)`, `“算法"`), forget closing
ones and nest them; a mark without a partner is an ordinary character.
"""

OPENING_BRACKETS, CLOSING_BRACKETS = "（([【〔｛{", "）)]】〕｝}"
_OPENING_QUOTES, _CLOSING_QUOTES, _EITHER_QUOTES = "“‘「『", "”’」』", '"＂'
QUOTES = _OPENING_QUOTES + _CLOSING_QUOTES + _EITHER_QUOTES

HIDDEN = "\ue000"
"""Stands for every character that is hidden by a mask (a private-use character)."""


def bracket_pairs(text: str) -> list[tuple[int, int]]:
    """The outermost pairs of brackets as (index of opening, index of closing), in order."""
    stack: list[int] = []
    pairs: list[tuple[int, int]] = []
    for place, sign in enumerate(text):
        if sign in OPENING_BRACKETS:
            stack.append(place)
        elif sign in CLOSING_BRACKETS and stack:
            opened = stack.pop()
            while pairs and pairs[-1][0] > opened:
                pairs.pop()
            pairs.append((opened, place))
    return pairs


def quote_pairs(text: str, never_inside: str) -> list[tuple[int, int]]:
    """The outermost quoted parts as (index of opening, index of closing), in order.

    A part holding `never_inside` is not taken as quoted: a quote left open would otherwise
    swallow the words between two names.
    """
    pairs: list[tuple[int, int]] = []
    place = 0
    places = [at for at, sign in enumerate(text) if sign in QUOTES]
    for rank, opened in enumerate(places):
        if opened < place or text[opened] in _CLOSING_QUOTES:
            continue
        closed = _closing(text, places[rank + 1 : rank + 1 + _FARTHEST_NESTED])
        if closed is not None and never_inside not in text[opened:closed]:
            pairs.append((opened, closed))
            place = closed + 1
    return pairs


_FARTHEST_NESTED = 16


def _closing(text: str, after: list[int]) -> int | None:
    """Where a quote ends, by the marks after it: its nested partner, else the very next mark."""
    depth = 1
    for at in after:
        depth += 1 if text[at] in _OPENING_QUOTES else -1
        if depth == 0:
            return at
    return after[0] if after else None


def mask(text: str, pairs: list[tuple[int, int]]) -> str:
    """The text with everything inside the pairs hidden; as long as the text, marks kept."""
    parts, start = [], 0
    for opened, closed in pairs:
        parts += [text[start : opened + 1], HIDDEN * (closed - opened - 1)]
        start = closed
    return "".join([*parts, text[start:]])
