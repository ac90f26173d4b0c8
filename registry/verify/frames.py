"""What changes without a filing: the lists' own data, and what is covered.

Cards have holes where these belong. A frame fills them; it is read anew when the database changed.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from suanbei.common.texts import Language
from suanbei.registry.in_chunks import chunks
from suanbei.registry.models import Batch, Document, Version
from suanbei.registry.queries.filings import View, coverage, version_view
from suanbei.registry.verify.reasons.wording import list_words


@dataclass(frozen=True, slots=True)
class Frame:
    """Fillings by the name of their hole, one set a language, and the coverage they go with."""

    coverage: View
    coverage_json: bytes
    holes: dict[Language, dict[bytes, bytes]] = field(
        default_factory=lambda: {language: {} for language in Language}
    )


def version_hole(batch: str, sha256: str) -> str:
    """The hole for the part of a listing that all rows of a version share."""
    return f"v{batch}/{sha256[:16]}"


def title_hole(batch: str, sha256: str) -> str:
    """The hole for a list's title and date in words."""
    return f"t{batch}/{sha256[:16]}"


def new_frame(covered: View) -> Frame:
    """A frame without fillings."""
    return Frame(covered, orjson.dumps(covered))


def load_frame(session: Session) -> Frame:
    """The coverage, and the fillings of all versions of all lists."""
    frame = new_frame(coverage(session))
    add_fillings(session, frame, None)
    return frame


def add_fillings(session: Session, frame: Frame, batches: Iterable[str] | None) -> None:
    """Add the fillings of all versions of these batches (None: of all)."""
    for version, batch, document in _versions(session, batches):
        view = version_view(version, batch, document)
        shared = orjson.dumps(view)[1:-1]
        for language, fillings in frame.holes.items():
            words = orjson.dumps(list_words(view, language))[1:-1]
            fillings[version_hole(batch.id, version.sha256).encode()] = shared
            fillings[title_hole(batch.id, version.sha256).encode()] = words


def batches_of(holes: Iterable[bytes]) -> set[str]:
    """The batches that holes are named after."""
    return {name[1:].rpartition(b"/")[0].decode() for name in holes}


def _versions(
    session: Session, batches: Iterable[str] | None
) -> Iterable[tuple[Version, Batch, Document]]:
    query = (
        select(Version, Batch, Document)
        .join(Batch, Batch.id == Version.batch_id)
        .join(Document, Document.sha256 == Version.sha256)
    )
    if batches is None:
        yield from session.execute(query).tuples()
        return
    for part in chunks(sorted(set(batches))):
        yield from session.execute(query.where(Batch.id.in_(part))).tuples()
