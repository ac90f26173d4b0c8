"""A remark cut into headings, dates, separators and runs of text between them."""

import re
from dataclasses import dataclass
from itertools import pairwise

from suanbei.registry.cells.brackets import HIDDEN, bracket_pairs, mask, quote_pairs
from suanbei.registry.cells.remarks.model import ClauseRole

TO = re.compile(
    "(?:现已?|已)?(?:变更(?:为|成|至)|(?:更名|改名|更改|修改|调整|更新|升级|更换|替换|变|改)为)"
    '|→|->|(?<=[”」』"])(?:变更|更名|改名|改|现)(?=[“「『"])'
)
"""The words between the old and the new."""

_FIRST = r"(?:^|(?<=[；;。，,、：:\s]))"
_MONTHS = r"\d{1,2}\s*月(?:\s*\d{1,2}\s*日)?"
_YEAR = r"20\d\d\s*年\s*"
_DATE = (
    rf"(?:已?于|自)?\s*{_YEAR}{_MONTHS}(?:\s*[、,，和及至]\s*(?:{_YEAR})?{_MONTHS})*"
    rf"(?:份|起|之后|后)?|{_FIRST}20\d\d[.\-/]\d{{1,2}}(?:[.\-/]\d{{1,2}})?(?![\d.])"
)
_HEADING = r"(?:变更(?:的)?(?:内容|事项|情况|信息|说明|记录)|备注|说明|注)(?:如下)?\s*[:：]"
_BARE_HEADING = rf"{_FIRST}变更(?:内容|事项|情况)(?:如下)?\s*"
_NUMBERING = rf"{_FIRST}(?:[（(]{HIDDEN}{{1,2}}[）)]|\d{{1,2}}[.．)）、](?!\d))|[①-⑳]"
_SEPARATORS = r"[\s、，,；;。|]+"
_MERE_SPACES = re.compile(r"[^\S\r\n]+")
_CUT = re.compile(
    rf"(?P<date>{_DATE})|(?P<heading>{_HEADING}|{_BARE_HEADING}|{_NUMBERING})"
    rf"|(?P<separator>{_SEPARATORS})"
)
_NAME_IN_BRACKETS = re.compile(r"[（(](?!\d{1,2}[）)])")

_VERBS = (
    "新增|增加|添加|增设|(?:删除|移除|去除|下线)(?!$)|"
    "变更(?!为|成|至|前|后|的)|更新(?!为)|调整(?!为)|修改(?!为)"
)
_FIELDS = "主体|算法名称|产品名称|算法模型|关联产品|应用产品"
_JOINING = "同时|并且?|另|且|以及"
# What begins a clause though nothing separates it: after a closing mark or a space, or anywhere.
_AFTER_MARK = re.compile(
    rf"(?<=[”’」』\"＂）)\]】])\s*(?=原(?!{HIDDEN})|{_JOINING}|{_VERBS}|{_FIELDS}|产品变更|《)"
    rf"|(?<!\s)\s+(?=原(?:主体|算法|产品)|现(?:主体|算法|产品|名称)|{_VERBS}|《)"
)
# 产品“甲”已注销 is of the product; after “甲”变更为“乙” it can only be of the filing.
_WITHDRAWN = re.compile('(?<=[”」』"])\\s*(?=已注销$)')
_ANYWHERE = re.compile("(?<=.)(?=原(?:主体|算法|产品)名称|新增(?:关联|应用)?产品)")
_NO_CLAUSE_BEFORE = re.compile(f"(?:中|的|{_JOINING}|[年月日])$")


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a remark: text as published, and the same with quotes and brackets hidden.

    `role` is DATE, HEADING or SEPARATOR; what is still to be read has the role UNREAD.
    """

    role: ClauseRole
    text: str
    masked: str

    def after(self, at: int) -> "Piece":
        """What stands after a place of this piece."""
        return Piece(self.role, self.text[at:], self.masked[at:])

    def before(self, at: int) -> "Piece":
        """What stands before a place of this piece."""
        return Piece(self.role, self.text[:at], self.masked[:at])

    def stripped(self) -> "Piece":
        """The piece without white space at its ends."""
        text = self.text.strip()
        start = self.text.find(text) if text else 0
        return Piece(self.role, text, self.masked[start : start + len(text)])

    def without(self, *leading: re.Pattern[str]) -> "Piece":
        """The piece without what the patterns match at its start, one after the other."""
        piece = self
        for pattern in leading:
            found = pattern.match(piece.masked)
            piece = piece.after(found.end()) if found else piece
        return piece


def masked(text: str) -> str:
    """The text with everything inside quotes, brackets and 《》 hidden, as long as before."""
    quoted = mask(text, quote_pairs(text, never_inside="变更为"))
    bracketed = mask(quoted, bracket_pairs(quoted))
    return re.sub("《([^《》]*)》", lambda title: f"《{HIDDEN * len(title[1])}》", bracketed)


def cut(text: str) -> list[Piece]:
    """The pieces of a remark in order; their texts, joined, are the remark."""
    hidden = masked(text)
    pieces: list[Piece] = []
    start = 0
    for found in _CUT.finditer(hidden):
        if _MERE_SPACES.fullmatch(found[0]) or _NAME_IN_BRACKETS.match(text, found.start()):
            continue
        pieces += _runs(text[start : found.start()], hidden[start : found.start()])
        role = ClauseRole(found.lastgroup or "")
        pieces.append(Piece(role, text[found.start() : found.end()], found[0]))
        start = found.end()
    return pieces + _runs(text[start:], hidden[start:])


def _runs(text: str, hidden: str) -> list[Piece]:
    """A run cut where one clause follows another without a separator."""
    marks = {found.end() for found in _AFTER_MARK.finditer(hidden)}
    if TO.search(hidden):
        marks |= {found.end() for found in _WITHDRAWN.finditer(hidden.rstrip())}
    anywhere = {found.start() for found in _ANYWHERE.finditer(hidden)}
    marks |= {at for at in anywhere if not _NO_CLAUSE_BEFORE.search(hidden, max(0, at - 3), at)}
    places = [0, *sorted(at for at in marks if 0 < at < len(text)), len(text)]
    return [
        Piece(ClauseRole.UNREAD, text[start:end], hidden[start:end])
        for start, end in pairwise(places)
        if end > start
    ]
