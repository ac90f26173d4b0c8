"""A list's own title, its period and its ordinal, from the lines printed above the first table."""

import re
import unicodedata
from collections.abc import Iterable

from suanbei.common.dates import NUMERAL, number_of, period_of
from suanbei.parsers.text import bare, clean

_ATTACHMENT = re.compile(r"附件\s*[:：]?\s*(\d{0,3})\s*[:：]?\s*")
_BATCH = re.compile(rf"第\s*({NUMERAL})\s*批")
_SECTION = re.compile(r"[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）")
_LIST = re.compile(
    r"清单|名单|一览表|已(?:备案|登记).{0,8}信息|(?:备案|登记|注销).{0,6}(?:公告|信息)"
)
_OPEN, _CLOSE = "（(", "）)"
_MAX_TITLE = 120


def title_of(lines: Iterable[str]) -> str:
    """The title among the lines above a table: not 附件N, not a section's heading.

    It is the first line that names a list, with what goes on from it in the next line; if none
    does, the first line.
    """
    told = [
        _ATTACHMENT.sub("", line, count=1) if line.startswith("附件") else line
        for line in map(clean, lines)
    ]
    told = [line for line in told if line and not _SECTION.match(line)]
    start = next((i for i, line in enumerate(told) if _LIST.search(line)), 0)
    title = ""
    for line in told[start:]:
        if title and not _goes_on(title, line):
            break
        title += line
    return title[:_MAX_TITLE]


def ordinal_of(lines: Iterable[str], *titles: str) -> int | None:
    """N of 第N批 in a title, else of 附件N printed in the document or named by the notice."""
    for title in titles:
        if found := _BATCH.search(title):
            return number_of(found[1])
    for line in [*lines, *titles]:
        found = re.match(_ATTACHMENT, clean(line))
        if found and found[1]:
            return int(found[1])
    return None


def period_in(*texts: str) -> str:
    """The first `YYYY-MM` named by any of the texts, in their order; empty if none does."""
    plain = (unicodedata.normalize("NFKC", bare(text)) for text in texts)
    return next((period for text in plain if (period := period_of(text))), "")


def _goes_on(title: str, line: str) -> bool:
    """Whether a line is the second half of a title broken in two."""
    if sum(map(title.count, _OPEN)) > sum(map(title.count, _CLOSE)):
        return True
    return line[0] in _OPEN and not period_of(bare(title))
