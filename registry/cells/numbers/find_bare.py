"""Algorithm numbers without their prefix: runs of 21 digits, and groups where all else fits."""

import re
from bisect import bisect_right
from collections import deque
from collections.abc import Iterator, Sequence

from suanbei.registry.cells.numbers.algorithm import LENGTH, AlgorithmNumber
from suanbei.registry.cells.numbers.digits import LOOK_ALIKES, Body
from suanbei.registry.cells.numbers.find_algorithm import (
    find_suffix,
    number_at,
    numbers_without_gap,
)
from suanbei.registry.cells.numbers.found import Found
from suanbei.registry.cells.numbers.text import tidy

MOST_LETTERS = 4
"""Look-alike letters allowed in a run without prefix."""
MOST_GROUPS = 7
"""Groups that may make one number: the fields are six."""

# Neither part of a word or a longer number, nor behind or before a decimal point. What stands
# before is looked at behind the first character, so that the search can skip to a digit.
_BEHIND_FIRST = "(?<![0-9a-z_].)(?<![0-9][.].)"
_ALONE = "(?![0-9a-z_]|[.](?!0+(?![0-9a-z_.]))[0-9])"  # ….0 is what a spreadsheet adds
_RUN = re.compile(f"[0-9]{_BEHIND_FIRST}[0-9]{{{LENGTH - 1}}}+{_ALONE}")
_LONG_RUN = re.compile(f"[0-9]{_BEHIND_FIRST}[0-9]{{{2 * LENGTH - 1},}}+{_ALONE}")
_ALIKE = re.compile(f"[0-9oqdilzsgb]{_BEHIND_FIRST}[0-9oqdilzsgb]{{{LENGTH - 1}}}{_ALONE}")
_GROUPS = re.compile(f"[0-9]{_BEHIND_FIRST}[0-9]*+(?:(?:[ -]| ?\n {{0,9}}+)[0-9]++)++{_ALONE}")
_GROUP = re.compile("[0-9]+")
_FIELD_ENDS = frozenset({6, 13, 15, 17, 20, LENGTH})
_NOT_A_DIGIT = re.compile("[^0-9]+")


def find_bare(text: str, viewed: str, taken: Sequence[Found]) -> Iterator[Found]:
    """Numbers without prefix outside of those `taken`, which are in order."""
    ends = [found.end for found in taken]
    starts = [found.start for found in taken]
    for start, body in _bodies(text, viewed):
        at = bisect_right(starts, start)
        if at == 0 or ends[at - 1] <= start:
            yield number_at(text, viewed, start, body, find_suffix(viewed, body.end))
    for run in _LONG_RUN.finditer(viewed):
        at = bisect_right(starts, run.start())
        if at == 0 or ends[at - 1] <= run.start():
            yield from numbers_without_gap(viewed, run.start())


def _bodies(text: str, viewed: str) -> Iterator[tuple[int, Body]]:
    for run in _RUN.finditer(viewed):
        yield run.start(), Body(run.end(), run[0], 0)
    for run in _ALIKE.finditer(viewed):
        letters = sum(not char.isdigit() for char in run[0])
        if 0 < letters <= MOST_LETTERS:
            symbols = tidy(text[run.start() : run.end()]).translate(LOOK_ALIKES)
            if is_plausible(symbols):
                yield run.start(), Body(run.end(), symbols, letters)
    for groups in _GROUPS.finditer(viewed):
        if groups.end() - groups.start() > LENGTH:
            yield from _in_groups(viewed, groups)


def is_plausible(digits: str) -> bool:
    """Whether 21 symbols are digits that fit together: province, type and check digit."""
    if not (len(digits) == LENGTH and digits.isascii() and digits.isdigit()):
        return False
    return AlgorithmNumber(digits).is_plausible


def _in_groups(viewed: str, chain: re.Match[str]) -> Iterator[tuple[int, Body]]:
    """21 digits over neighbouring groups, cut where the fields end, evenly, or by a line break."""
    recent: deque[tuple[int, int]] = deque(maxlen=MOST_GROUPS)
    for group in _GROUP.finditer(viewed, *chain.span()):
        recent.append(group.span())
        count = 0
        for start, end in reversed(recent):
            count += end - start
            if count >= LENGTH:
                break
        if count != LENGTH or end == group.end():
            continue
        seen = viewed[start : group.end()]
        digits = _NOT_A_DIGIT.sub("", seen)
        if is_plausible(digits) and _is_cut_well(seen):
            yield start, Body(group.end(), digits, 0)
            recent.clear()


def _is_cut_well(seen: str) -> bool:
    sizes = [len(group) for group in _GROUP.findall(seen)]
    ends = {sum(sizes[: at + 1]) for at in range(len(sizes))}
    by_line = len(sizes) == 2 and "\n" in seen
    even = len(sizes) > 3 and sizes[0] >= 3 and set(sizes[:-1]) == {sizes[0]}
    return by_line or even or _FIELD_ENDS.issuperset(ends)
