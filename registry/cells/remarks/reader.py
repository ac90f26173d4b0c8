"""A remark read clause by clause: what it says of a filing, and when."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from suanbei.common.dates import period_of
from suanbei.registry.cells.remarks.grammar import (
    BEGINS_A_CLAUSE,
    KIND_AT_END,
    ONLY_KIND,
    TO,
    RemarkField,
    Token,
    TokenRole,
    bare,
    field_at,
    field_by_looks,
    field_in,
    is_quoted,
    product_items,
    tokenise,
)
from suanbei.registry.cells.remarks.rules import (
    CONJUNCTIONS,
    FILING_ITSELF,
    STATUS,
    WENT,
    ChangeKind,
    ParsedChange,
    RowContext,
    changes_of_names,
    read_run,
    subject_of,
)

_DATE_IN_BRACKETS = re.compile(r"[（(]\s*(20\d\d\s*年\s*\d{1,2}\s*月)[^（）()]*[）)]\s*$")
# What is changed in papers: 算法运行机制图像、视频描述.
_OF_PAPERS = re.compile("(?:描述|信息|内容|策略|指标|效果|方式|说明|材料)$")


class RemarkChange(NamedTuple):
    """One change: names and products as published, empty where the remark does not give them.

    `when` is `YYYY-MM`, empty if undated.
    """

    field: RemarkField
    kind: ChangeKind
    before: str
    after: str
    when: str


@dataclass(frozen=True, slots=True)
class Remark:
    """A 备注 read.

    `deregistered` says that the filing was withdrawn (已注销); `changes` stand in the order of the text;
    `former_entities` are names the registrant had before; `unread` is the text that no rule
    understood, its pieces joined by ；.
    """

    deregistered: bool = False
    changes: tuple[RemarkChange, ...] = ()
    former_entities: tuple[str, ...] = ()
    unread: str = ""


def read_remark(text: str, *, name: str = "", entity: str = "", product: str = "") -> Remark:
    """Read a 备注 as published; never raises.

    `name`, `entity` and `product` are what the row says today: they decide what a name without
    a subject (“A”变更为“B”) is the name of. An empty text and a mere dash say nothing.
    """
    if text.strip() in ("", "-", "--", "—", "——", "/", "无"):
        return Remark()
    reader = _Reader(RowContext(name, entity, product))
    tokens, at = tokenise(text), 0
    while at < len(tokens):
        end = _end_of_list(tokens, at)
        parts = tokens[at:end]  # a list and the verb that closes it are read as one run
        whole, masked = "".join(p.text for p in parts), "".join(p.masked for p in parts)
        reader.read(Token(tokens[at].role, whole, masked))
        at = end
    changes = tuple(change for dated in reader.dated for change in _changes(*dated))
    entities = (one.before for one in changes if one.field is RemarkField.ENTITY and one.before)
    return Remark(
        reader.deregistered, changes, tuple(dict.fromkeys(entities)), "；".join(reader.unread)
    )


@dataclass(slots=True)
class _Clause:
    """What a run of text says, which later ones may add to; `when`: its own month, if it has one.

    `leads`: a month before it may be its own, as it does not go on with the list of the clause before.
    """

    changes: Sequence[ParsedChange] = ()
    when: str = ""
    leads: bool = True


@dataclass(slots=True)
class _Reader:
    """Reads tokens one after the other, knowing the list that is open and the field last named."""

    context: RowContext
    dated: list[tuple[str, list[_Clause]]] = field(default_factory=lambda: [("", [])])
    """Each date with the clauses up to the next one; those before the first date have none."""
    unread: list[str] = field(default_factory=list)
    deregistered: bool = False
    open: ParsedChange | None = None
    last: _Clause = field(default_factory=_Clause)
    """The last clause that changes something."""
    last_field: RemarkField | None = None
    joined_by: str = ""

    def read(self, token: Token) -> None:
        """Read the next token."""
        if token.role is not TokenRole.TEXT or not token.text.strip():
            self.joined_by = token.text.strip()
            if token.role is TokenRole.DATE:
                self.dated.append((token.text, []))
                self.open = None
            return
        date = _DATE_IN_BRACKETS.search(token.text)  # B（2024年6月）
        run = token[: date.start()] if date else token
        clause = _Clause(when=period_of(date[1]) if date else "")
        if FILING_ITSELF.fullmatch(run.masked.strip()):
            return
        if STATUS.fullmatch(run.masked.strip()):
            self.deregistered, self.open = True, None
        elif self.open and self._belongs(run, self.open):
            clause.leads = False
            clause.changes = self._carry_on(run, self.open)
        elif parsed := read_run(run, self.context):
            if parsed[0].completes and self._complete(parsed[0]):
                return
            clause.changes = self._begin(parsed)
        else:
            self.unread.append(token.text.strip())
            self.open = None
        self.dated[-1][1].append(clause)
        self.last = clause if clause.changes else self.last

    def _begin(self, parsed: Sequence[ParsedChange]) -> Sequence[ParsedChange]:
        """A clause of its own, with the field of the clause before where it names none."""
        filled = []
        for one in parsed:
            of_list = (RemarkField.MODEL, RemarkField.FUNCTION) if one.kind in _LISTED else ()
            is_known = self.last_field in (RemarkField.PRODUCT, *of_list)
            known = self.last_field if is_known else RemarkField.OTHER
            filled.append(replace(one, field=one.field or known))
        self.open = filled[-1] if filled[-1].lists else None
        self.last_field = filled[-1].field
        return filled

    def _complete(self, parsed: ParsedChange) -> bool:
        """Put the new name (现主体名称：B) to the old one before it (原主体名称：A)."""
        old = self.last.changes[-1] if self.last.changes else None
        if old is None or not old.before or old.after not in ("", parsed.after):
            return False
        if parsed.field not in (old.field, RemarkField.OTHER, None):
            return False
        self.last.changes = [*self.last.changes[:-1], replace(old, after=parsed.after)]
        return True

    def _carry_on(self, run: Token, opened: ParsedChange) -> Sequence[ParsedChange]:
        """What a run adds to the open list: another product, another model, more of the new text."""
        if opened.kind in _LISTED:
            name, last = run.text.strip(), opened.after or opened.before
            if opened.field is RemarkField.PRODUCT and ONLY_KIND.fullmatch(name):
                name = f"{KIND_AT_END.sub('', last).strip() or last}({name})"
            parsed = changes_of_names(opened.kind, opened.field, name, self.context)
            if not last:
                # 新增产品：1.A adds A, not first one without a name.
                self.last.changes = self.last.changes[:-1]
            self.open = parsed[-1]
            return parsed
        if opened.after:  # 变更为文本、图像
            *others, last_change = self.last.changes
            after = f"{last_change.after}{self.joined_by}{bare(run.text)}"
            self.open = replace(last_change, after=after)
            self.last.changes = [*others, self.open]
            return ()
        named = field_at(run.without(CONJUNCTIONS).masked)
        if named and named[0] is not opened.field:
            self.open = replace(opened, field=named[0])
            return (self.open,)
        return ()

    def _belongs(self, run: Token, opened: ParsedChange) -> bool:
        if TO.search(run.masked):
            return False
        looks = field_by_looks(bare(run.text))
        same_looks = looks is not None and looks is opened.field
        if same_looks and looks is RemarkField.PRODUCT:
            return not BEGINS_A_CLAUSE.match(run.without(CONJUNCTIONS).masked)
        if read_run(run, self.context):
            return False
        if opened.kind is ChangeKind.RENAMED and not same_looks:
            return opened.field is RemarkField.PRODUCT and self.joined_by == "、"
        if opened.kind is ChangeKind.CHANGED and not opened.after:
            return bool(field_in(run.masked) or _OF_PAPERS.search(run.masked.strip()))
        return same_looks or self.joined_by in ("、", "和", "及") or is_quoted(run.text)


_LISTED = (ChangeKind.ADDED, ChangeKind.REMOVED)


def _end_of_list(tokens: list[Token], at: int) -> int:
    """Where the list that begins at a token ends, behind its verb; the next token if none does.

    A list begins with a field and then only a name: 原主体名称“A”, 产品A(APP).
    """
    first = tokens[at]
    if first.role is not TokenRole.TEXT or TO.search(first.masked):
        return at + 1
    subject = subject_of(first.without(CONJUNCTIONS))
    if subject.field is None:
        return at + 1
    is_status = STATUS.fullmatch(first.masked.strip())
    if not subject.former and (is_status or read_run(first, RowContext())):
        return at + 1
    for end in range(at + 2, len(tokens), 2):
        run, separator = tokens[end], tokens[end - 1]
        if run.role is not TokenRole.TEXT or separator.role is not TokenRole.SEPARATOR:
            break
        to = TO.search(run.masked)
        closed = to.start() if to else WENT.search(run.masked) and len(run.masked)
        if "、" not in separator.text and not (to and TO.match(run.masked.strip())):
            break
        if closed is not None:
            return at + 1 if subject_of(run[:closed]).field else end + 1
        if BEGINS_A_CLAUSE.match(run.masked):
            break
    return at + 1


_YEAR_OR_MONTH = re.compile(r"(20\d\d)\s*[年.\-/]|(\d{1,2})\s*月|(?<=20\d\d[.\-/])(\d{1,2})")


def _changes(date: str, clauses: Sequence[_Clause]) -> Iterator[RemarkChange]:
    """The changes that follow a date, each with its month."""
    months, led = _months(date, clauses), 0
    for clause in clauses:
        led += clause.leads
        of_clause = [clause.when] if clause.when else months[min(max(led, 1), len(months)) - 1]
        for when in of_clause:
            for parsed in clause.changes:
                for before, after in _paired(parsed):
                    known = parsed.field or RemarkField.OTHER
                    yield RemarkChange(known, parsed.kind, before, after, when)


def _months(date: str, clauses: Sequence[_Clause]) -> list[list[str]]:
    """The months that a date gives to the clauses after it.

    Of several months (`2024年4月、6月，A，B`) each goes to one clause where there are as many
    clauses as months. One change without names has them all (`2023年4月、12月更新…`: it was done
    twice); else the last of them holds for all, by which everything was done.
    """
    year, months = "", []
    for found in _YEAR_OR_MONTH.finditer(date):
        year = found[1] or year
        month = int(found[2] or found[3] or 0)
        if 1 <= month <= 12:
            months.append(f"{year}-{month:02d}")
    if not months:
        return [[""]]
    if len(months) == sum(clause.leads for clause in clauses):
        return [[month] for month in months]
    changes = [parsed for clause in clauses for parsed in clause.changes]
    once = len(changes) == 1 and not (changes[0].before or changes[0].after)
    return [months if once else months[-1:]]


def _paired(parsed: ParsedChange) -> list[tuple[str, str]]:
    """Two lists of products of one length are pairs: A、B变更为C、D is A to C and B to D."""
    if parsed.field is not RemarkField.PRODUCT or not parsed.after:
        return [(parsed.before, parsed.after)]
    if not parsed.before:  # 产品变更为A、B、C: three products
        return [("", after) for after in product_items(parsed.after)]
    befores, afters = product_items(parsed.before), product_items(parsed.after)
    if len(befores) == len(afters):
        return list(zip(befores, afters, strict=True))
    return [("、".join(befores), "、".join(afters))]
