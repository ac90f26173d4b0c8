"""Cards are dropped in the transaction that changes their filings, and made anew at its end."""

from collections.abc import Iterable

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from suanbei.registry.database import Database, at_end
from suanbei.registry.in_chunks import chunks
from suanbei.registry.insert_rows import insert_rows
from suanbei.registry.models import Card, Filing
from suanbei.registry.verify.cards import edition, make_cards

STALE = "stale_cards"
MOST_AT_ONCE = 5_000
"""Cards made in one transaction while others may want to write."""


def renew_cards(session: Session, keys: Iterable[str]) -> None:
    """Drop the cards of these numbers now; they are made anew before the transaction ends."""
    wanted = set(keys)
    _drop(session, wanted)
    session.info.setdefault(STALE, set()).update(wanted)
    at_end(session, STALE, _make_stale)


def _drop(session: Session, keys: Iterable[str]) -> None:
    for part in chunks(sorted(keys)):
        session.execute(delete(Card).where(Card.number_key.in_(part)))


def _make_stale(session: Session) -> None:
    """Make the cards, unless a whole registry came at once: `complete_cards` sees to that."""
    keys = session.info.pop(STALE, ())
    if len(keys) <= MOST_AT_ONCE:
        keep_cards(session, keys)


def keep_cards(session: Session, keys: Iterable[str]) -> int:
    """Make and keep cards of numbers that have none; returns how many."""
    count = 0
    for part in chunks(sorted(keys)):
        made = make_cards(session, part, lasting=True)
        rows = [
            card._asdict() | {"number_key": k, "edition": edition()} for k, card in made.items()
        ]
        insert_rows(session, Card, rows)
        count += len(rows)
    return count


def complete_cards(database: Database) -> int:
    """Make what cards are missing or of another edition, a few thousand a transaction.

    For a registry that was filled at once, or by another version; returns how many. Answers do
    not wait for it: a number without a card is looked up the long way.
    """
    count = 0
    with database.write() as session:
        session.execute(delete(Card).where(Card.edition != edition()))
    last = ""
    while True:
        with database.write() as session:
            missing = _missing(session, last)
            if not missing:
                return count
            count += keep_cards(session, missing)
        last = missing[-1]


def _missing(session: Session, after: str) -> list[str]:
    query = (
        select(Filing.number_key)
        .outerjoin(Card, Card.number_key == Filing.number_key)
        .where(Card.number_key.is_(None), Filing.number_key > after)
        .distinct()
        .order_by(Filing.number_key)
        .limit(MOST_AT_ONCE)
    )
    return list(session.execute(query).scalars())
