"""From the tokens of a remark to its clauses: lists joined and carried on, each clause given its month."""

import re
from dataclasses import dataclass, replace
from itertools import takewhile

from suanbei.registry.cells.remarks.grammar import (
    BEGINS_A_CLAUSE,
    TO,
    Token,
    bare,
    field_at,
    field_by_looks,
    field_in,
    is_kind_alone,
    is_quoted,
    product_items,
    tokenise,
    without_date,
    without_kind,
)
from suanbei.registry.cells.remarks.model import (
    ChangeKind,
    Clause,
    ClauseRole,
    Remark,
    RemarkChange,
    RemarkField,
    RowContext,
)
from suanbei.registry.cells.remarks.rules import (
    CONJUNCTIONS,
    WENT,
    ParsedChange,
    changes_of_names,
    is_read,
    is_status,
    is_subject_of_status,
    read_run,
    subject_of,
)

# What is changed in papers: 算法运行机制图像、视频描述.
_OF_PAPERS = re.compile("(?:描述|信息|内容|策略|指标|效果|方式|说明|材料)$")
_FIELDS_OF_LISTS = (RemarkField.PRODUCT, RemarkField.MODEL, RemarkField.FUNCTION)


@dataclass(slots=True)
class Step:
    """A token with what it says, which tokens behind it may add to; `carries_on`: it goes on with
    the list of the step before."""

    token: Token
    role: ClauseRole
    parsed: tuple[ParsedChange, ...] = ()
    when: str = ""
    carries_on: bool = False

    @property
    def leads(self) -> bool:
        """Whether a clause begins here, to which a month belongs."""
        told = (ClauseRole.CHANGE, ClauseRole.STATUS, ClauseRole.UNREAD)
        return self.role in told and not self.carries_on


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
    return Remark(dated(reader.steps))


class _Reader:
    """Reads tokens one after the other, knowing the list that is open and the field last named."""

    def __init__(self, context: RowContext) -> None:
        self.context = context
        self.steps: list[Step] = []
        self.open: ParsedChange | None = None
        self.field: RemarkField | None = None
        self.joined_by = ""

    def read(self, token: Token) -> None:
        """Read the next token into a step."""
        if token.role is not ClauseRole.UNREAD or not token.text.strip():
            self._read_mark(token)
            return
        text, when = without_date(token.text)
        run = token.before(len(text))
        step = Step(token, ClauseRole.CHANGE, when=when)
        if is_status(run):
            step.role = ClauseRole.STATUS
            self.open = None
        elif is_subject_of_status(run):
            step.role, step.when = ClauseRole.HEADING, ""
        elif self.open and self._belongs(run, self.open):
            step.carries_on = True
            step.parsed = self._carry_on(run, self.open)
        elif parsed := read_run(run, self.context):
            step.carries_on = parsed[0].completes and self._complete(parsed[0])
            step.parsed = () if step.carries_on else self._begin(parsed)
        else:
            step.role = ClauseRole.UNREAD
            self.open = None
        self.steps.append(step)

    def _read_mark(self, token: Token) -> None:
        """A date, heading or separator."""
        self.joined_by = token.text.strip()
        if token.role is ClauseRole.DATE:
            self.open = None
        role = ClauseRole.SEPARATOR if token.role is ClauseRole.UNREAD else token.role
        self.steps.append(Step(token, role))

    def _begin(self, parsed: tuple[ParsedChange, ...]) -> tuple[ParsedChange, ...]:
        """A clause of its own, with the field of the clause before where it names none."""
        filled = tuple(replace(one, field=one.field or self._field_before(one)) for one in parsed)
        self.open = filled[-1] if filled[-1].lists else None
        self.field = filled[-1].field
        return filled

    def _field_before(self, parsed: ParsedChange) -> RemarkField:
        can_be = parsed.kind in (ChangeKind.ADDED, ChangeKind.REMOVED)
        fields = _FIELDS_OF_LISTS if can_be else (RemarkField.PRODUCT,)
        return self.field if self.field and self.field in fields else RemarkField.OTHER

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
            parsed = self._another(run, opened)
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

    def _another(self, run: Token, opened: ParsedChange) -> tuple[ParsedChange, ...]:
        name = run.text.strip()
        last = opened.after or opened.before
        if opened.field is RemarkField.PRODUCT and is_kind_alone(name):
            name = f"{without_kind(last)}({name})"
        return changes_of_names(opened.kind, opened.field, name, self.context)

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
    """Where the list that begins at a token ends, behind its verb; the next token if none does."""
    if not _begins_a_list(tokens[at]):
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


def _begins_a_list(run: Token) -> bool:
    """Whether a run names a field and then only a name: 原主体名称“A”, 产品A(APP)."""
    if run.role is not ClauseRole.UNREAD or TO.search(run.masked):
        return False
    subject = subject_of(run.without(CONJUNCTIONS))
    return subject.field is not None and (subject.former or not is_read(run))


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
        when = [step.when] if step.when else months[0] if months else [""]
        clauses.append(_clause(step, when))
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


def _clause(step: Step, months: list[str]) -> Clause:
    text = step.token.text
    changes = tuple(
        RemarkChange(parsed.field or RemarkField.OTHER, parsed.kind, before, after, when)
        for when in months
        for parsed in step.parsed
        for before, after in _paired(parsed)
    )
    dated = step.role in (ClauseRole.CHANGE, ClauseRole.STATUS)
    return Clause(step.role, text, changes, months[-1] if dated else "")


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
