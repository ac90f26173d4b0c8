"""From the tokens of a remark to its clauses: lists joined and carried on, each clause given its month."""

import re
from dataclasses import dataclass, field, replace
from itertools import takewhile
from typing import NamedTuple

from suanbei.common.dates import period_of
from suanbei.registry.cells.remarks.grammar import (
    BEGINS_A_CLAUSE,
    KIND_AT_END,
    ONLY_KIND,
    TO,
    ClauseRole,
    RemarkField,
    Token,
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
_FIELDS_OF_LISTS = (RemarkField.PRODUCT, RemarkField.MODEL, RemarkField.FUNCTION)


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
class Clause:
    """A piece of a remark; the texts of all its clauses, joined, are the remark."""

    role: ClauseRole
    text: str
    changes: tuple[RemarkChange, ...] = ()
    when: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """A 备注 read: its clauses, and what they come to.

    `deregistered` says that the filing was withdrawn (已注销); `changes` stand in the order of the text;
    `former_entities` are names the registrant had before; `unread` is the text that no rule
    understood, its pieces joined by ；.
    """

    clauses: tuple[Clause, ...] = ()
    deregistered: bool = False
    changes: tuple[RemarkChange, ...] = ()
    former_entities: tuple[str, ...] = ()
    unread: str = ""


def read_remark(text: str, *, name: str = "", entity: str = "", product: str = "") -> Remark:
    """Read a 备注 as published; never raises. The texts of all clauses, joined, are the remark.

    `name`, `entity` and `product` are what the row says today: they decide what a name without
    a subject (“A”变更为“B”) is the name of. An empty text and a mere dash say nothing.
    """
    if text.strip() in ("", "-", "--", "—", "——", "/", "无"):
        return Remark()
    reader = _Reader(RowContext(name, entity, product))
    for token in join_lists(tokenise(text)):
        reader.read(token)
    clauses = dated(reader.steps)
    changes = tuple(change for clause in clauses for change in clause.changes)
    entities = (one.before for one in changes if one.field is RemarkField.ENTITY and one.before)
    unread = (clause.text.strip() for clause in clauses if clause.role is ClauseRole.UNREAD)
    return Remark(
        clauses,
        any(clause.role is ClauseRole.STATUS for clause in clauses),
        changes,
        tuple(dict.fromkeys(entities)),
        "；".join(unread),
    )


@dataclass(slots=True)
class Step:
    """A token with what it says, which tokens behind it may add to; `leads`: a clause begins here, to
    which a month belongs, and not one that goes on with the list of the step before."""

    token: Token
    role: ClauseRole
    parsed: tuple[ParsedChange, ...] = ()
    when: str = ""
    leads: bool = False


@dataclass(slots=True)
class _Reader:
    """Reads tokens one after the other, knowing the list that is open and the field last named."""

    context: RowContext
    steps: list[Step] = field(default_factory=list)
    open: ParsedChange | None = None
    last_field: RemarkField | None = None
    joined_by: str = ""

    def read(self, token: Token) -> None:
        """Read the next token into a step."""
        if token.role is not ClauseRole.UNREAD or not token.text.strip():
            self.joined_by = token.text.strip()
            if token.role is ClauseRole.DATE:
                self.open = None
            is_blank = token.role is ClauseRole.UNREAD
            self.steps.append(Step(token, ClauseRole.SEPARATOR if is_blank else token.role))
            return
        date = _DATE_IN_BRACKETS.search(token.text)  # B（2024年6月）
        run = token.before(date.start()) if date else token
        step = Step(token, ClauseRole.CHANGE, when=period_of(date[1]) if date else "", leads=True)
        if STATUS.fullmatch(run.masked.strip()):
            step.role = ClauseRole.STATUS
            self.open = None
        elif FILING_ITSELF.fullmatch(run.masked.strip()):
            step.role, step.when, step.leads = ClauseRole.HEADING, "", False
        elif self.open and self._belongs(run, self.open):
            step.leads = False
            step.parsed = self._carry_on(run, self.open)
        elif parsed := read_run(run, self.context):
            step.leads = not (parsed[0].completes and self._complete(parsed[0]))
            step.parsed = self._begin(parsed) if step.leads else ()
        else:
            step.role = ClauseRole.UNREAD
            self.open = None
        self.steps.append(step)

    def _begin(self, parsed: tuple[ParsedChange, ...]) -> tuple[ParsedChange, ...]:
        """A clause of its own, with the field of the clause before where it names none."""
        filled = tuple(replace(one, field=one.field or self._field_before(one)) for one in parsed)
        self.open = filled[-1] if filled[-1].lists else None
        self.last_field = filled[-1].field
        return filled

    def _field_before(self, parsed: ParsedChange) -> RemarkField:
        can_be = parsed.kind in (ChangeKind.ADDED, ChangeKind.REMOVED)
        fields = _FIELDS_OF_LISTS if can_be else (RemarkField.PRODUCT,)
        known = self.last_field or RemarkField.OTHER
        return known if known in fields else RemarkField.OTHER

    def _last_change(self) -> Step | None:
        """The last step that says something."""
        return next((step for step in reversed(self.steps) if step.parsed), None)

    def _complete(self, parsed: ParsedChange) -> bool:
        """Put the new name (现主体名称：B) to the old one before it (原主体名称：A)."""
        step = self._last_change()
        if step is None:
            return False
        old = step.parsed[-1]
        if not old.before or old.after not in ("", parsed.after):
            return False
        if parsed.field not in (old.field, RemarkField.OTHER, None):
            return False
        step.parsed = (*step.parsed[:-1], replace(old, after=parsed.after))
        return True

    def _carry_on(self, run: Token, opened: ParsedChange) -> tuple[ParsedChange, ...]:
        """What a run adds to the open list: another product, another model, more of the new text."""
        step = self._last_change()
        if opened.kind in (ChangeKind.ADDED, ChangeKind.REMOVED):
            name, last = run.text.strip(), opened.after or opened.before
            if opened.field is RemarkField.PRODUCT and ONLY_KIND.fullmatch(name):
                name = f"{KIND_AT_END.sub('', last).strip() or last}({name})"
            parsed = changes_of_names(opened.kind, opened.field, name, self.context)
            if step and not opened.before and not opened.after:
                step.parsed = step.parsed[:-1]  # 新增产品：1.A adds A, not first one without a name
            self.open = parsed[-1]
            return parsed
        if opened.after and step:  # 变更为文本、图像
            after = f"{step.parsed[-1].after}{self.joined_by}{bare(run.text)}"
            self.open = replace(step.parsed[-1], after=after)
            step.parsed = (*step.parsed[:-1], self.open)
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


def join_lists(tokens: list[Token]) -> list[Token]:
    """The tokens, with each list and the verb that closes it as one run."""
    joined: list[Token] = []
    at = 0
    while at < len(tokens):
        end = _end_of_list(tokens, at)
        parts = tokens[at:end]
        text, masked = "".join(p.text for p in parts), "".join(p.masked for p in parts)
        joined.append(Token(tokens[at].role, text, masked))
        at = end
    return joined


def _end_of_list(tokens: list[Token], at: int) -> int:
    """Where the list that begins at a token ends, behind its verb; the next token if none does.

    A list begins with a field and then only a name: 原主体名称“A”, 产品A(APP).
    """
    first = tokens[at]
    if first.role is not ClauseRole.UNREAD or TO.search(first.masked):
        return at + 1
    subject = subject_of(first.without(CONJUNCTIONS))
    if subject.field is None:
        return at + 1
    is_status = STATUS.fullmatch(first.masked.strip())
    if not subject.former and (is_status or read_run(first, RowContext())):
        return at + 1
    for end in range(at + 2, len(tokens), 2):
        run, separator = tokens[end], tokens[end - 1]
        if run.role is not ClauseRole.UNREAD or separator.role is not ClauseRole.SEPARATOR:
            break
        to = TO.search(run.masked)
        closed = to.start() if to else WENT.search(run.masked) and len(run.masked)
        if "、" not in separator.text and not (to and TO.match(run.masked.strip())):
            break
        if closed is not None:
            return at + 1 if subject_of(run.before(closed)).field else end + 1
        if BEGINS_A_CLAUSE.match(run.masked):
            break
    return at + 1


_YEAR_OR_MONTH = re.compile(r"(20\d\d)\s*[年.\-/]|(\d{1,2})\s*月|(?<=20\d\d[.\-/])(\d{1,2})")


def dated(steps: list[Step]) -> tuple[Clause, ...]:
    """Clauses with their dates: a date holds for what follows it, up to the next date.

    Of several months (`2024年4月、6月，A，B`) each goes to one clause where there are as many
    clauses as months. One change without names has them all (`2023年4月、12月更新…`: it was done
    twice); else the last of them holds for all, by which everything was done.
    """
    clauses: list[Clause] = []
    months: list[list[str]] = []
    has_led = False
    for at, step in enumerate(steps):
        if step.role is ClauseRole.DATE:
            months, has_led = _months_for(steps, at), False
        elif step.leads:
            months = months[1:] if has_led and len(months) > 1 else months
            has_led = True
        of_clause = [step.when] if step.when else months[0] if months else [""]
        changes = tuple(
            RemarkChange(parsed.field or RemarkField.OTHER, parsed.kind, before, after, when)
            for when in of_clause
            for parsed in step.parsed
            for before, after in _paired(parsed)
        )
        is_dated = step.role in (ClauseRole.CHANGE, ClauseRole.STATUS)
        when = of_clause[-1] if is_dated else ""
        clauses.append(Clause(step.role, step.token.text, changes, when))
    return tuple(clauses)


def _months_for(steps: list[Step], at: int) -> list[list[str]]:
    """The months a date gives to the clauses after it: one for each, all for one, one for all."""
    year, months = "", []
    for found in _YEAR_OR_MONTH.finditer(steps[at].token.text):
        year = found[1] or year
        month = int(found[2] or found[3] or 0)
        if 1 <= month <= 12:
            months.append(f"{year}-{month:02d}")
    told = list(takewhile(lambda step: step.role is not ClauseRole.DATE, steps[at + 1 :]))
    if len(months) == sum(step.leads for step in told):
        return [[month] for month in months]
    changes = [parsed for step in told for parsed in step.parsed]
    once = len(changes) == 1 and not (changes[0].before or changes[0].after)
    return [months if once else months[-1:]] if months else []


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
