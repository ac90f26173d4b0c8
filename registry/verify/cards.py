"""Cards: verdicts on listed numbers, made when their filings change (see `upkeep`).

A card has holes for what changes without the filing (see `frames`), and its texts in both
languages.
"""

from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import NamedTuple
from zlib import crc32

from sqlalchemy import select
from sqlalchemy.orm import Session

from suanbei.common.texts import Language
from suanbei.registry.cells.names import entity_key
from suanbei.registry.cells.numbers import KIND_TEXTS, AlgorithmNumber, Number, parse_number
from suanbei.registry.cells.regions import REGIONS
from suanbei.registry.cells.vocabulary import TYPE_CODE_TEXTS
from suanbei.registry.in_chunks import chunks
from suanbei.registry.models import Card as StoredCard
from suanbei.registry.models import Filing
from suanbei.registry.queries.filings import View, filing_views
from suanbei.registry.verify.frames import title_hole, version_hole
from suanbei.registry.verify.holes import dump, hole, in_both, members_hole, without_marks
from suanbei.registry.verify.lookups import known_registrants
from suanbei.registry.verify.number_parts import Known, anatomy
from suanbei.registry.verify.reasons import REASONS
from suanbei.registry.verify.standing import standing_reasons, verdict_of

CUT = b"\1"
"""Between the four parts of a card; JSON has no such byte."""

_FORM = 2
"""Raised when cards are made otherwise."""
_OF_VERSION = frozenset(
    ("batch", "series", "period", "title", "published_on", "notice_url", "document", "current",
     "first_seen_at", "last_seen_at")
)  # fmt: skip


class Card(NamedTuple):
    """What is kept of a number.

    `body` is number and verdict, reasons, anatomy, and filings, cut at `CUT`; the first two
    without their outer brackets. `names` are the keys of the names it is listed under, one a line.
    """

    body: bytes
    names: str


def make_cards(session: Session, keys: Sequence[str], *, lasting: bool = False) -> dict[str, Card]:
    """The cards of those of the numbers that have filings.

    `lasting` leaves out those that another company's change could make stale: of filings whose
    registrant code belongs to somebody else today.
    """
    filings = _filings(session, keys)
    numbers = {key: parse_number(views[0]["number"]) for key, views in filings.items()}
    codes = {n.registrant for n in numbers.values() if isinstance(n, AlgorithmNumber)}
    known = known_registrants(session, sorted(codes))
    owners = {key: _owner(numbers[key], known) for key in filings}
    return {
        key: _card(views, numbers[key], owners[key])
        for key, views in filings.items()
        if not lasting or _is_own(views, owners[key])
    }


def _owner(number: Number | None, known: dict[str, Known]) -> Known | None:
    return known.get(number.registrant) if isinstance(number, AlgorithmNumber) else None


def _is_own(filings: list[View], owner: Known | None) -> bool:
    return owner is None or all(filing["entity"]["id"] == owner.id for filing in filings)


def _filings(session: Session, keys: Sequence[str]) -> dict[str, list[View]]:
    found: dict[str, list[View]] = {}
    for part in chunks(keys):
        query = select(Filing).where(Filing.number_key.in_(part)).order_by(Filing.series)
        rows = list(session.execute(query).scalars())
        for row, view in zip(rows, filing_views(session, rows), strict=True):
            found.setdefault(row.number_key, []).append(view)
    return {key: without_marks(views) for key, views in found.items()}


def _card(filings: list[View], number: Number | None, owner: Known | None) -> Card:
    head = {"number": filings[0]["number"], "verdict": verdict_of(filings)}
    reasons = in_both(*(standing_reasons(filings, each, _title) for each in _LANGUAGES))
    parts = in_both(*(anatomy(number, each, owner) for each in _LANGUAGES))
    hollow = [filing | {"listings": [*map(_hollow, filing["listings"])]} for filing in filings]
    names = dict.fromkeys(entity_key(filing["entity"]["name"]) for filing in filings)
    body = CUT.join((dump(head)[1:-1], dump(reasons)[1:-1], dump(parts), dump(hollow)))
    return Card(body, "\n".join(filter(None, names)))


_LANGUAGES = (Language.ZH, Language.EN)


def _title(listing: View, _language: Language) -> str:
    return hole(title_hole(listing["batch"], listing["document"]["sha256"]))


def _hollow(listing: View) -> View:
    """A listing without what all rows of its version share."""
    shared = version_hole(listing["batch"], listing["document"]["sha256"])
    own = {name: value for name, value in listing.items() if name not in _OF_VERSION}
    return members_hole(shared) | own


@cache
def edition() -> int:
    """The sum over all that is worded into cards: those of another edition are not used."""
    divisions = resources.files("suanbei.data").joinpath("divisions.csv").read_bytes()
    words = _FORM, sorted(REASONS.items()), TYPE_CODE_TEXTS, KIND_TEXTS, REGIONS
    return crc32(repr(words).encode(), crc32(divisions)) & 0x7FFF_FFFF


def stored_card(session: Session, key: str) -> Card | None:
    """The card of a number as it was kept; None if there is none, or one of another edition."""
    query = select(StoredCard.body, StoredCard.names).where(
        StoredCard.number_key == key, StoredCard.edition == edition()
    )
    row = session.execute(query).one_or_none()
    return Card(*row) if row else None
