"""The row of a list as a picture."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from suanbei.common.errors import MissingFile, NotFound
from suanbei.registry.cells.numbers import number_key
from suanbei.registry.importing.published import Series
from suanbei.registry.models import Batch, Listing, Version
from suanbei.search_api.deps import RowPicture

Boxes = list[tuple[int, tuple[float, ...]]]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a row stands: boxes are its cells as (page, box), for PDFs only."""

    sha256: str
    table: int
    row: int
    boxes: Boxes

    @property
    def tag(self) -> str:
        """Names the picture: documents never change under their sha256."""
        return f"{self.sha256[:32]}-{self.table}-{self.row}"

    def draw(self, picture: RowPicture | None) -> bytes:
        """The picture as PNG.

        Raises:
            NotFound: nobody here can read documents, or the document is not in the archive.
        """
        if picture is None:
            raise NotFound("evidence: this server has no archive to draw from")
        try:
            return picture(self.sha256, self.table, self.row, self.boxes)
        except MissingFile as error:
            raise NotFound(
                f"evidence: document {self.sha256} is not in the archive (run `suanbei crawl`)"
            ) from error


def find_evidence(session: Session, number: str, batch: str = "") -> Evidence:
    """The newest listing of a number, rather of a list than of a deregistration notice.

    Raises:
        NotFound: no list, or not this one, shows the number.
    """
    query = (
        select(Listing, Version.sha256)
        .join(Version, Version.id == Listing.version_id)
        .join(Batch, Batch.id == Version.batch_id)
        .where(Listing.number_key == number_key(number))
        .order_by(
            (Batch.series != Series.DEREGISTRATION).desc(),
            (Version.id == Batch.current_version_id).desc(),
            Batch.period.desc(),
            Version.last_seen_at.desc(),
        )
    )
    if batch:
        query = query.where(Batch.id == batch)
    found = session.execute(query.limit(1)).tuples().first()
    if found is None:
        where = f"list {batch}" if batch else "any list known"
        raise NotFound(f"filing {number[:100]}: not in {where}")
    listing, sha256 = found
    boxes = [(page, tuple(box)) for page, box in listing.boxes]
    return Evidence(sha256, listing.table, listing.row, boxes)
