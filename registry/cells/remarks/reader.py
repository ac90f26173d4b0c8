"""From the pieces of a remark to its clauses: lists carried on, dates handed out."""

import re
from dataclasses import replace

from suanbei.registry.cells.remarks.clauses import is_status, read_run
from suanbei.registry.cells.remarks.cut import TO, Piece, cut
from suanbei.registry.cells.remarks.dates import Step, dated
from suanbei.registry.cells.remarks.gather import joined_lists
from suanbei.registry.cells.remarks.items import (
    bare,
    is_kind_alone,
    is_quoted,
    without_date,
    without_kind,
)
from suanbei.registry.cells.remarks.model import (
    ChangeKind,
    Clause,
    ClauseRole,
    RemarkField,
    RowContext,
)
from suanbei.registry.cells.remarks.said import Said, said_of_names
from suanbei.registry.cells.remarks.subject import LEAD
from suanbei.registry.cells.remarks.words import BEGINS_A_CLAUSE, field_at, field_by_looks, field_in

# What is changed in papers: 算法运行机制图像、视频描述.
_OF_PAPERS = re.compile("(?:描述|信息|内容|策略|指标|效果|方式|说明|材料)$")
_FIELDS_OF_LISTS = (RemarkField.PRODUCT, RemarkField.MODEL, RemarkField.FUNCTION)


def read_clauses(text: str, context: RowContext) -> tuple[Clause, ...]:
    """All clauses of a remark in order; their texts, joined, are the remark."""
    return dated(_Reader(text, context).steps())


class _Reader:
    """Reads pieces one after the other, knowing the list that is open and the field last named."""

    def __init__(self, text: str, context: RowContext) -> None:
        self.context = context
        self.pieces = joined_lists(cut(text))
        self.open: Said | None = None
        self.field: RemarkField | None = None
        self.joined_by = ""
        self.done: list[Step] = []

    def steps(self) -> list[Step]:
        for piece in self.pieces:
            self.done.append(self._step(piece))
        return self.done

    def _step(self, piece: Piece) -> Step:
        if piece.role is not ClauseRole.UNREAD or not piece.text.strip():
            return self._mark(piece)
        text, when = without_date(piece.text)
        run = piece.before(len(text))
        if is_status(run):
            self.open = None
            return Step(piece, ClauseRole.STATUS, when=when)
        step = self._listed(run) or self._said(run) or Step(run, ClauseRole.UNREAD)
        if step.role is ClauseRole.UNREAD:
            self.open = None
        return replace(step, piece=piece, when=when)

    def _mark(self, piece: Piece) -> Step:
        """A date, heading or separator."""
        self.joined_by = piece.text.strip()
        if piece.role is ClauseRole.DATE:
            self.open = None
        role = ClauseRole.SEPARATOR if piece.role is ClauseRole.UNREAD else piece.role
        return Step(piece, role)

    def _said(self, run: Piece) -> Step | None:
        said = read_run(run, self.context)
        if not said:
            return None
        if said[0].completes and self._complete(said[0]):
            return Step(run, ClauseRole.CHANGE, carries_on=True)
        filled = tuple(replace(one, field=one.field or self._field_before(one)) for one in said)
        self.open = filled[-1] if filled[-1].lists else None
        self.field = filled[-1].field
        return Step(run, ClauseRole.CHANGE, filled)

    def _complete(self, said: Said) -> bool:
        """Put the new name (现主体名称：B) to the old one before it (原主体名称：A)."""
        at = self._last_told()
        old = self.done[at].said[-1] if at is not None else None
        if old is None or not old.before or old.after not in ("", said.after):
            return False
        if said.field not in (old.field, RemarkField.OTHER, None):
            return False
        told = (*self.done[at].said[:-1], replace(old, after=said.after))  # type: ignore[index]
        self.done[at] = replace(self.done[at], said=told)  # type: ignore[index]
        return True

    def _last_told(self) -> int | None:
        """The place of the last step that says something."""
        told = (at for at in range(len(self.done) - 1, -1, -1) if self.done[at].said)
        return next(told, None)

    def _field_before(self, said: Said) -> RemarkField:
        """The field of a clause that names none: that of the clause before, if it can be."""
        can_be = said.kind in (ChangeKind.ADDED, ChangeKind.REMOVED)
        fields = _FIELDS_OF_LISTS if can_be else (RemarkField.PRODUCT,)
        return self.field if self.field and self.field in fields else RemarkField.OTHER

    def _listed(self, run: Piece) -> Step | None:
        """A run that carries on the open list: another product, another model."""
        if self.open is None or not self._belongs(run, self.open):
            return None
        if self.open.kind in (ChangeKind.ADDED, ChangeKind.REMOVED):
            said = self._another(run, self.open)
            self._drop_nameless()
            self.open = said[-1]
            return Step(run, ClauseRole.CHANGE, said, carries_on=True)
        if self.open.after:
            self._lengthen(run)
            return Step(run, ClauseRole.CHANGE, carries_on=True)
        named = field_at(run.without(LEAD).masked)
        if named and named[0] is not self.open.field:
            self.open = replace(self.open, field=named[0])
            return Step(run, ClauseRole.CHANGE, (self.open,), carries_on=True)
        return Step(run, ClauseRole.CHANGE, carries_on=True)

    def _lengthen(self, run: Piece) -> None:
        """Add a run to what the last change changed into: 变更为文本、图像."""
        at = self._last_told()
        last = self.done[at or 0]
        after = f"{last.said[-1].after}{self.joined_by}{bare(run.text)}"
        self.open = replace(last.said[-1], after=after)
        self.done[at or 0] = replace(last, said=(*last.said[:-1], self.open))

    def _drop_nameless(self) -> None:
        """`新增产品：1.A` adds A, not first something without a name."""
        at = self._last_told()
        if at is not None and self.open and not self.open.before and not self.open.after:
            self.done[at] = replace(self.done[at], said=self.done[at].said[:-1])

    def _another(self, run: Piece, opened: Said) -> tuple[Said, ...]:
        name = run.text.strip()
        last = opened.after or opened.before
        if opened.field is RemarkField.PRODUCT and is_kind_alone(name):
            name = f"{without_kind(last)}({name})"
        return said_of_names(opened.kind, opened.field, name, self.context)

    def _belongs(self, run: Piece, opened: Said) -> bool:
        if TO.search(run.masked):
            return False
        looks = field_by_looks(bare(run.text))
        same_looks = looks is not None and looks is opened.field
        if same_looks and looks is RemarkField.PRODUCT:
            return not BEGINS_A_CLAUSE.match(run.without(LEAD).masked)
        if read_run(run, self.context):
            return False
        if opened.kind is ChangeKind.RENAMED and not same_looks:
            return False
        if opened.kind is ChangeKind.CHANGED and not opened.after:
            return bool(field_in(run.masked) or _OF_PAPERS.search(run.masked.strip()))
        return same_looks or self.joined_by in ("、", "和", "及") or is_quoted(run.text)
