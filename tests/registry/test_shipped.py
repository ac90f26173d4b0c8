"""The shipped register says what was found in it by hand: the right value of every known oddity."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from suanbei.registry.models import Batch, Document, Filing
from suanbei.registry.queries.coverage import coverage, totals
from suanbei.registry.queries.filings import batch_views


def test_all_lists_ship_with_their_origin(shipped: Session) -> None:
    """57 documents, 69 lists, 10,678 rows (DOMAIN.md): only CAC's own bytes are evidence."""
    origins = select(Document.origin, func.count()).group_by(Document.origin)
    assert dict(shipped.execute(origins).tuples().all()) == {
        "published": 31, "converted": 4, "transcribed": 22,
    }  # fmt: skip
    lists, rows = shipped.execute(select(func.count(), func.sum(Batch.rows))).one()
    assert (lists, rows) == (69, 10_678)
    [batch] = batch_views(shipped, select(Batch).where(Batch.id == "genai_filing-2026-08"))
    assert batch["document"]["origin"] == "transcribed"


def test_every_filing_has_its_status(shipped: Session) -> None:
    """10,620 numbers; 57 withdrawn by notice, the others by 已注销."""
    series = select(Filing.series, func.count()).group_by(Filing.series)
    assert dict(shipped.execute(series).tuples().all()) == {
        "algorithm": 1014, "deep_synthesis": 7764, "genai_filing": 1112, "genai_registration": 730,
    }  # fmt: skip
    statuses = dict(
        shipped.execute(select(Filing.status, func.count()).group_by(Filing.status)).tuples().all()
    )
    assert set(statuses) == {"active", "deregistered"}


def test_registration_263_is_known_to_be_missing(shipped: Session) -> None:
    """It is in no copy of the lists that could be had (DOMAIN.md §5.10)."""
    found = coverage(shipped)
    serial, total = found["genai_registration"]["missing"]
    assert serial == {
        "kind": "serial", "from": 263, "to": 263, "count": 1, "between": ["2025-08", "2025-10"],
    }  # fmt: skip
    assert (total["published"], total["held"], total["as_of"]) == (731, 730, "2026-08-31")
    assert all(not found[one]["missing"] for one in found if one != "genai_registration")
    assert {(t["series"], t["published"], t["held"]) for t in totals(shipped)} == {
        ("genai_filing", 1112, 1112),
        ("genai_registration", 731, 730),
    }
