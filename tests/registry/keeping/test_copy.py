"""Copies and backups: equal, whole or not at all, between any two databases."""

import fcntl
import hashlib
import io
import os
import tarfile
from pathlib import Path

import pytest
import zstandard
from sqlalchemy import select

from suanbei.common.errors import BrokenDocument, DatabaseUnavailable, MissingFile, RegistryError
from suanbei.registry import backup
from suanbei.registry.backup import restore_backup, write_backup
from suanbei.registry.copy import copy_registry, fingerprint
from suanbei.registry.data_version import data_version
from suanbei.registry.database import Database
from suanbei.registry.importing.documents import import_document
from suanbei.registry.importing.events import last_event_id
from suanbei.registry.models import Document, Filing
from suanbei.registry.notifications.subscriptions import (
    SubscriptionRequest,
    create_subscription,
    find_subscription,
    subscription_ids,
    valid_secrets,
)
from tests.conftest import NewDatabase
from tests.lists import listed, number, row

BODY, RECORD = b"a document as fetched", b"where it came from"


def filled(database: Database) -> Database:
    import_document(database, listed([row(serial) for serial in range(1, 30)]))
    import_document(database, listed([row(7, name="坏\0名", remark="已注销", period="2024-01")]))
    return database


def held(database: Database) -> dict[str, tuple[int, str]]:
    with database.read() as session:
        return fingerprint(session)


def archive_of(home: Path) -> Path:
    """An archive of one document, and a record of its origin."""
    record = hashlib.sha256(RECORD).hexdigest()
    (home / "archive/origins" / record[:2]).mkdir(parents=True)
    (home / "archive/origins" / record[:2] / record).write_bytes(RECORD)
    sha256 = hashlib.sha256(BODY).hexdigest()
    (home / "archive" / sha256[:2]).mkdir(parents=True)
    (home / "archive" / sha256[:2] / sha256).write_bytes(BODY)
    return home / "archive"


@pytest.fixture
def other(tmp_path: Path) -> Database:
    """A registry of SQLite, whatever the one under test is."""
    return Database(f"sqlite:///{tmp_path / 'other.sqlite3'}")


def test_there_and_back_is_the_same_registry(
    database: Database, other: Database, new_database: NewDatabase
) -> None:
    """SQLite to PostgreSQL and back: every row of every table, and the next import works."""
    filled(database)
    there = copy_registry(database, other)
    back = new_database()
    assert copy_registry(other, back) == there == held(database) == held(back)
    with back.read() as session:
        version = last_event_id(session)
    import_document(back, listed([row(99, period="2025-01")]))
    with back.read() as session:
        assert last_event_id(session) == version + 2
        assert session.execute(select(Filing).where(Filing.number == number(99))).one()


def test_a_registry_in_use_is_not_written_over(database: Database, other: Database) -> None:
    """A wrong URL costs nothing."""
    filled(database)
    other.migrate()
    import_document(other, listed([row(50)]))
    before = held(other)
    with pytest.raises(RegistryError, match="not empty: it holds documents"):
        copy_registry(database, other)
    assert held(other) == before


def test_a_backup_restores_registry_and_archive(
    database: Database, new_database: NewDatabase, tmp_path: Path
) -> None:
    """What is restored is what was backed up; documents nobody archived are counted."""
    filled(database)
    taken = write_backup(database, archive_of(tmp_path / "old"), tmp_path / "b.tar.zst")
    assert (taken.documents, taken.missing) == (1, 2)
    again = new_database()
    assert restore_backup(tmp_path / "b.tar.zst", again, tmp_path / "new" / "archive") == taken
    assert held(again) | {"data_version": None} == held(database) | {"data_version": None}
    kept = [p.read_bytes() for p in (tmp_path / "new/archive").rglob("*") if p.is_file()]
    assert sorted(kept) == [BODY, RECORD]
    assert sorted(p.name for p in (tmp_path / "new").iterdir()) == ["archive"]


def test_a_restored_registry_has_a_version_of_the_data_that_no_other_had(
    database: Database, new_database: NewDatabase, tmp_path: Path
) -> None:
    """Who holds an answer of what is lost must not hear that nothing has changed since."""
    path = tmp_path / "b.tar.zst"
    write_backup(filled(database), archive_of(tmp_path / "old"), path)
    versions = set()
    for place in ("first", "second"):
        again = new_database()
        restore_backup(path, again, tmp_path / place / "archive")
        versions.add(version_of(again))
    assert len(versions) == 2
    assert min(versions) > version_of(database) + 100_000


def version_of(database: Database) -> int:
    with database.read() as session:
        return data_version(session)


def test_a_backup_holds_one_state_while_lists_come_in(database: Database, tmp_path: Path) -> None:
    """An import that commits during a backup is in it whole, or not at all."""
    filled(database)
    before = held(database)
    with database.read() as reader:
        reader.execute(select(Document)).all()
        import_document(database, listed([row(60, period="2025-01")]))
        assert fingerprint(reader) == before


@pytest.mark.parametrize("damage", ["cut", "flipped", "nonsense", "absent", "stranger"])
def test_a_damaged_backup_changes_nothing(
    damage: str, database: Database, new_database: NewDatabase, tmp_path: Path
) -> None:
    """Every byte is checked before the registry is touched."""
    path = tmp_path / "b.tar.zst"
    write_backup(filled(database), archive_of(tmp_path / "old"), path)
    harm(path, damage)
    again = new_database()
    with pytest.raises((BrokenDocument, MissingFile), match=r"b\.tar\.zst|\.\./evil|archive/"):
        restore_backup(path, again, tmp_path / "new" / "archive")
    with again.read() as session:
        assert last_event_id(session) == 0
    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize("damage", ["cut", "flipped", "nonsense", "absent", "full disk"])
def test_a_failed_restore_leaves_nothing(
    damage: str, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No home, no archive, no empty registry that the next `up` would take for one in use."""
    path, home = tmp_path / "b.tar.zst", tmp_path / "home"
    write_backup(filled(database), archive_of(tmp_path / "old"), path)
    if damage == "full disk":
        monkeypatch.setattr(backup, "copy_registry", full_disk)
    else:
        harm(path, damage)
    again = Database(f"sqlite:///{home / 'registry.sqlite3'}")
    with pytest.raises((BrokenDocument, MissingFile, DatabaseUnavailable)):
        restore_backup(path, again, home / "archive")
    assert not home.exists()


def full_disk(*_: object) -> None:
    raise DatabaseUnavailable("database: database or disk is full")


def harm(path: Path, damage: str) -> None:
    """Damage a backup."""
    whole = path.read_bytes()
    plain = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(whole)).read()
    if damage == "cut":
        path.write_bytes(whole[: len(whole) // 2])
    elif damage == "flipped":
        path.write_bytes(zstandard.compress(plain.replace(BODY, BODY[::-1])))
    elif damage == "nonsense":
        path.write_bytes(b"not a backup")
    elif damage == "absent":
        path.unlink()
    else:
        body = io.BytesIO()
        with tarfile.open(fileobj=body, mode="w") as tar:
            tar.addfile(tarfile.TarInfo("../evil"))
        path.write_bytes(zstandard.compress(body.getvalue()))


def test_what_a_killed_backup_left_goes_with_the_next(database: Database, tmp_path: Path) -> None:
    """It holds secrets and space; the folder of a backup under way is not touched."""
    killed, living = (tmp_path / f".suanbei-backup-{name}" for name in ("killed", "living"))
    for folder in (killed, living):
        folder.mkdir()
        (folder / "registry.sqlite3").touch()
    handle = os.open(living, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    write_backup(filled(database), archive_of(tmp_path / "old"), tmp_path / "b.tar.zst")
    os.close(handle)
    assert sorted(p.name for p in tmp_path.glob("[.b]*")) == [living.name, "b.tar.zst"]


def test_a_folder_is_no_backup(new_database: NewDatabase, tmp_path: Path) -> None:
    """The message names what was given."""
    (tmp_path / "folder").mkdir()
    with pytest.raises(BrokenDocument, match="folder: Is a directory"):
        restore_backup(tmp_path / "folder", new_database(), tmp_path / "new" / "archive")


def test_a_registry_in_use_is_refused_before_the_backup_is_read(
    database: Database, tmp_path: Path
) -> None:
    """Nobody waits for gigabytes to hear that."""
    with pytest.raises(RegistryError, match="not empty"):
        restore_backup(tmp_path / "absent", filled(database), tmp_path / "archive")


def test_subscriptions_and_secrets_come_along(database: Database, other: Database) -> None:
    """A move loses nobody who wants to know."""
    with database.write() as session:
        wish = SubscriptionRequest(
            "https://a.example/hook", "law firm", filter={"series": ["algorithm"]}
        )
        secret = valid_secrets(create_subscription(session, wish))
    copy_registry(database, other)
    with other.read() as session:
        (id_,) = subscription_ids(session)
        found = find_subscription(session, id_)
        assert (found.name, valid_secrets(found)) == ("law firm", secret)
