"""Lists that stand before their verb, made one run again: A、B变更为C; A、B下线."""

from suanbei.registry.cells.remarks.clauses import WENT, is_read
from suanbei.registry.cells.remarks.cut import TO, Piece
from suanbei.registry.cells.remarks.model import ClauseRole
from suanbei.registry.cells.remarks.subject import LEAD, subject_of
from suanbei.registry.cells.remarks.words import BEGINS_A_CLAUSE


def joined_lists(pieces: list[Piece]) -> list[Piece]:
    """The pieces, with each list and the verb that closes it as one run."""
    joined: list[Piece] = []
    at = 0
    while at < len(pieces):
        end = _end_of_list(pieces, at)
        parts = pieces[at:end]
        text, masked = "".join(p.text for p in parts), "".join(p.masked for p in parts)
        joined.append(Piece(pieces[at].role, text, masked))
        at = end
    return joined


def _end_of_list(pieces: list[Piece], at: int) -> int:
    """Where the list that begins at a piece ends, behind its verb; the next piece if none does."""
    if not _begins_a_list(pieces[at]):
        return at + 1
    for end in range(at + 2, len(pieces), 2):
        run, separator = pieces[end], pieces[end - 1]
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


def _begins_a_list(run: Piece) -> bool:
    """Whether a run names a field and then only a name: 原主体名称“A”, 产品A(APP)."""
    if run.role is not ClauseRole.UNREAD or TO.search(run.masked):
        return False
    subject = subject_of(run.without(LEAD))
    return subject.field is not None and (subject.former or not is_read(run))
