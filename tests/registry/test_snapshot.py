"""The snapshot: what it gives is what the lists give, but for the purposes; and it ships whole."""

import lzma
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from suanbei.common.errors import BrokenDocument, MissingFile, RegistryError
from suanbei.registry.database import Database
from suanbei.registry.importing.batches import Origin
from suanbei.registry.importing.documents import Import, import_document
from suanbei.registry.importing.snapshot import SNAPSHOT, load_snapshot, write_snapshot
from suanbei.registry.models import Batch, Event, Filing, Listing
from suanbei.registry.queries.coverage import has_lists
from tests.lists import listed, row
from tests.registry.test_imports import lists, state


@pytest.fixture
def other(tmp_path: Path) -> Database:
    database = Database(f"sqlite:///{tmp_path / 'other.sqlite3'}")
    database.migrate()
    return database


def test_a_snapshot_gives_the_same_registry_without_purposes(
    database: Database, other: Database, tmp_path: Path
) -> None:
    """Nothing but the 主要用途 texts is left behind."""
    bare = [
        replace(one, parsed=replace(one.parsed, rows=tuple(replace(r, purpose="") for r in one.parsed.rows)))
        for one in lists()
    ]  # fmt: skip
    for one in lists():
        import_document(database, one)
    assert write_snapshot(database, tmp_path / "s.xz").documents == len(lists())
    load_snapshot(other, tmp_path / "s.xz")
    expected = Database(f"sqlite:///{tmp_path / 'bare.sqlite3'}")
    expected.migrate()
    for one in bare:
        import_document(expected, one)
    assert state(other) == state(expected)
    other.close()
    expected.close()


def test_a_crawl_completes_what_a_snapshot_lacks_without_telling_of_changes(
    database: Database, other: Database, tmp_path: Path
) -> None:
    """The same bytes bring the purposes in, and are no news."""
    one = listed([row(1), row(2)])
    import_document(database, one)
    write_snapshot(database, tmp_path / "s.xz")
    load_snapshot(other, tmp_path / "s.xz")
    with other.read() as session:
        told = session.execute(select(Event.id)).all()
        assert set(session.execute(select(Filing.purpose)).scalars()) == {""}
    assert import_document(other, one).status == "same"
    with other.read() as session:
        assert session.execute(select(Event.id)).all() == told
        assert set(session.execute(select(Filing.purpose)).scalars()) == {"用于测试。"}
        assert len(session.execute(select(Listing.id)).all()) == 2
    other.close()


def test_download_tokens_do_not_ship(database: Database, tmp_path: Path) -> None:
    """A link that is good for one upload is no evidence; the notice's page is."""
    origin = Origin(document_url="https://x/download?filepath=abc", notice_url="https://x/page")
    one = listed([row(1)])
    import_document(database, Import(one.parsed, one.sha256, one.size, origin))
    write_snapshot(database, tmp_path / "s.xz")
    text_of = lzma.decompress((tmp_path / "s.xz").read_bytes()).decode()
    assert "filepath" not in text_of
    assert "https://x/page" in text_of


def test_an_empty_registry_is_no_snapshot(database: Database, tmp_path: Path) -> None:
    """An empty result is a failure."""
    with pytest.raises(RegistryError, match="empty"):
        write_snapshot(database, tmp_path / "s.xz")
    assert not list(tmp_path.glob("s.*"))


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (None, MissingFile),
        (b"no xz", BrokenDocument),
        (lzma.compress(b'{"format": "other"}'), BrokenDocument),
        (lzma.compress(b'{"format": "suanbei-snapshot-2"}\n{"sha256": "a"}'), BrokenDocument),
    ],
    ids=["missing", "not compressed", "another format", "a line that lacks fields"],
)
def test_a_bad_snapshot_changes_nothing(
    body: bytes | None, error: type[Exception], database: Database, tmp_path: Path
) -> None:
    """Whole or not at all."""
    if body is not None:
        (tmp_path / "s.xz").write_bytes(body)
    with pytest.raises(error, match=r"s\.xz"):
        load_snapshot(database, tmp_path / "s.xz")
    with database.read() as session:
        assert not has_lists(session)


def test_the_shipped_snapshot_loads_and_holds_facts_only(shipped: Session) -> None:
    """What `suanbei up` loads: every filing, no descriptive text. tests/test_topology.py loads it into
    PostgreSQL."""
    filings = shipped.execute(select(func.count(Filing.id))).scalar_one()
    assert filings > 7000
    assert set(shipped.execute(select(Filing.purpose)).scalars()) == {""}
    rows = shipped.execute(select(func.sum(Batch.rows))).scalar_one()
    assert rows == shipped.execute(select(func.count(Listing.id))).scalar_one()
    assert SNAPSHOT.stat().st_size < 1_000_000
