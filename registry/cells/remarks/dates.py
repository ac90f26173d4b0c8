"""Dates handed out: which month a clause is of, and the clauses as they are told."""

import re
from dataclasses import dataclass

from suanbei.registry.cells.remarks.cut import Piece
from suanbei.registry.cells.remarks.items import product_items
from suanbei.registry.cells.remarks.model import Clause, ClauseRole, RemarkChange, RemarkField
from suanbei.registry.cells.remarks.said import Said

_YEAR_OR_MONTH = re.compile(r"(20\d\d)\s*[年.\-/]|(\d{1,2})\s*月|(?<=20\d\d[.\-/])(\d{1,2})")


@dataclass(frozen=True, slots=True)
class Step:
    """One piece with what it says; `carries_on` the list of the step before it."""

    piece: Piece
    role: ClauseRole
    said: tuple[Said, ...] = ()
    when: str = ""
    carries_on: bool = False


def dated(steps: list[Step]) -> tuple[Clause, ...]:
    """Clauses with their dates: a date holds for what follows it, up to the next date.

    Of several months (`2024年4月、6月，A，B`) each goes to one clause where there are as many
    clauses as months; else the last of them holds for all, by which everything was done.
    """
    clauses: list[Clause] = []
    months: list[str] = []
    for at, step in enumerate(steps):
        if step.role is ClauseRole.DATE:
            months = _months_for(steps, at)
        elif _leads(step) and len(months) > 1 and clauses and _any_led(clauses, steps, at):
            months = months[1:]
        when = step.when or (months[0] if months else "")
        clauses.append(_clause(step, when))
    return tuple(clauses)


def _leads(step: Step) -> bool:
    told = step.role in (ClauseRole.CHANGE, ClauseRole.STATUS, ClauseRole.UNREAD)
    return told and not step.carries_on


def _any_led(clauses: list[Clause], steps: list[Step], at: int) -> bool:
    """Whether a clause came between the last date and this one."""
    for step in reversed(steps[:at]):
        if step.role is ClauseRole.DATE:
            return False
        if _leads(step):
            return True
    return False


def _months_for(steps: list[Step], at: int) -> list[str]:
    """The months a date gives to the clauses after it, one for each or one for all."""
    year, months = "", []
    for found in _YEAR_OR_MONTH.finditer(steps[at].piece.text):
        year = found[1] or year
        month = int(found[2] or found[3] or 0)
        if 1 <= month <= 12:
            months.append(f"{year}-{month:02d}")
    led = 0
    for step in steps[at + 1 :]:
        if step.role is ClauseRole.DATE:
            break
        led += _leads(step)
    return months if len(months) == led else months[-1:]


def _clause(step: Step, when: str) -> Clause:
    text = step.piece.text
    changes = tuple(
        RemarkChange(said.field or RemarkField.OTHER, said.kind, before, after, when, text.strip())
        for said in step.said
        for before, after in _paired(said)
    )
    dated = step.role in (ClauseRole.CHANGE, ClauseRole.STATUS)
    return Clause(step.role, text, changes, when if dated else "")


def _paired(said: Said) -> list[tuple[str, str]]:
    """Two lists of products of one length are pairs: A、B变更为C、D is A to C and B to D."""
    if said.field is not RemarkField.PRODUCT or not said.before or not said.after:
        return [(said.before, said.after)]
    befores, afters = product_items(said.before), product_items(said.after)
    if len(befores) == len(afters):
        return list(zip(befores, afters, strict=True))
    return [("、".join(befores), "、".join(afters))]
