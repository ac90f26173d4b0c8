"""Both databases: the same schema up and down, the same order, ids without gaps, one state per reader."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, make_url, select, text

from suanbei.common.errors import DatabaseUnavailable
from suanbei.registry.database import Database, alembic_config, newest_revision
from suanbei.registry.importing.documents import import_document
from suanbei.registry.importing.events import append_events, last_event_id
from suanbei.registry.models import Base, Event, Filing
from suanbei.registry.watching import Run
from tests.conftest import NewDatabase
from tests.lists import listed, row
from tests.processes import until
from tests.trial.postgres import Cluster, standby

REVISIONS = [one.revision for one in ScriptDirectory.from_config(alembic_config()).walk_revisions()]


def filled(database: Database) -> Database:
    import_document(database, listed([row(serial) for serial in range(1, 6)]))
    return database


def move(database: Database, revision: str) -> None:
    """Bring the schema to another revision."""
    with database.write() as session:
        config = alembic_config()
        config.attributes["connection"] = session.connection()
        step = command.downgrade if revision == "base" or int(revision) else command.upgrade
        step(config, revision)


def test_the_migrations_are_one_line() -> None:
    """Two heads would leave every database between them; the file names tell which is the last."""
    assert ScriptDirectory.from_config(alembic_config()).get_heads() == [newest_revision()]


def test_the_migrations_give_what_the_models_say(database: Database) -> None:
    """A column that only the models know fails at the first write of a new registry."""
    found = inspect(database.engine)
    for name, table in Base.metadata.tables.items():
        columns = {one["name"]: one["nullable"] for one in found.get_columns(name)}
        assert columns == {one.name: one.nullable for one in table.columns}, name
        indexes = {one["name"] for one in found.get_indexes(name)}
        assert indexes >= {one.name for one in table.indexes}, name
    assert issubclass(Run, Base)


@pytest.mark.parametrize("revision", REVISIONS)
def test_down_and_up_again_keeps_the_truth(database: Database, revision: str) -> None:
    """Every released schema can be gone back to and left again, with the data in it."""
    filled(database)
    move(database, revision)
    with database.read() as session:
        assert session.execute(text("SELECT count(*) FROM filings")).scalar_one() == 5
    database.migrate()
    with database.read() as session:
        assert len(session.execute(select(Filing)).scalars().all()) == 5
        assert last_event_id(session) == 6


def test_down_to_nothing_leaves_nothing(database: Database) -> None:
    """A registry can be removed from a shared server."""
    filled(database)
    move(database, "base")
    assert set(inspect(database.engine).get_table_names()) <= {"alembic_version"}


def test_a_schema_of_the_future_is_refused_in_one_line(database: Database) -> None:
    """An old version must not write what it does not know."""
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseUnavailable, match="newer than this version"):
        database.migrate()


def test_ids_have_no_gaps_for_readers_under_concurrent_writers(database: Database) -> None:
    """A reader who has seen an event has seen all below it, also while others write and fail."""
    done = threading.Event()
    seen: list[list[int]] = []

    def write(writer: int) -> None:
        for turn in range(8):
            try:
                with database.write() as session:
                    raised = [{"type": "monitor.raised"} for _ in range(turn % 3 + 1)]
                    append_events(session, raised)
                    if turn % 4 == 3:
                        raise ValueError(writer)
            except ValueError:
                continue

    def read() -> None:
        while not done.is_set():
            with database.read() as session:
                ids = list(session.execute(select(Event.id).order_by(Event.id)).scalars())
                seen.append([*ids, last_event_id(session)])

    reader = threading.Thread(target=read)
    reader.start()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    done.set()
    reader.join()
    with database.read() as session:
        total = last_event_id(session)
    assert total == 4 * (1 + 2 + 3 + 2 + 3 + 1)
    assert all(ids == list(range(1, len(ids) + 1)) for *ids, _ in seen)
    assert all(ids[-1:] in ([], [last]) for *ids, last in seen), "two states in one read"


def test_many_processes_may_migrate_at_once(new_database: NewDatabase) -> None:
    """Replicas that start together find one schema."""
    database = new_database()
    move(database, "base")
    opened = [Database(database.engine.url.render_as_string(hide_password=False)) for _ in "1234"]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(Database.migrate, opened))
    for one in opened:
        one.close()
    with database.read() as session:
        assert last_event_id(session) == 0


def test_texts_sort_by_code_point(database: Database) -> None:
    """Cursors and 'the newest' rest on it; a server's own locale must not matter."""
    names = ["a", "B", "_", "Ä", "阿", "b", "-", "一"]
    import_document(database, listed([row(i, name=n) for i, n in enumerate(names, 1)]))
    with database.read() as session:
        found = session.execute(select(Filing.name).order_by(Filing.name)).scalars()
        assert list(found) == sorted(names)


def test_a_nul_in_a_text_is_no_failure(database: Database) -> None:
    """Documents and requests hold whatever they hold; PostgreSQL's texts do not."""
    import_document(database, listed([row(1, name="坏\0名")]))
    with database.read() as session:
        assert session.execute(select(Filing).where(Filing.number == "\0")).first() is None
        assert session.execute(select(Filing.name)).scalar_one()[0] == "坏"


@pytest.fixture
def remote(postgres: Cluster) -> Iterator[Database]:
    """A registry on a server that can be stopped."""
    name = postgres.create()
    database = Database(postgres.url(name))
    database.migrate()
    yield database
    database.close()
    postgres.drop(name)


@pytest.mark.postgres
def test_a_server_that_went_and_came_back_is_found_again(
    remote: Database, postgres: Cluster
) -> None:
    """While it is away: one clear error, nothing half done. Afterwards: the next request works."""
    filled(remote)
    with pytest.raises(DatabaseUnavailable, match="database: "):
        _write_while(remote, postgres.stop)
    with pytest.raises(DatabaseUnavailable, match="database: "), remote.read():
        pass
    postgres.start()
    with remote.read() as session:
        assert last_event_id(session) == 6


def _write_while(database: Database, happens: Callable[[], None]) -> None:
    with database.write() as session:
        append_events(session, [{"type": "monitor.raised"}])
        happens()
        session.execute(select(Filing)).all()


@pytest.mark.postgres
def test_a_standby_takes_over(postgres: Cluster) -> None:
    """With both servers in the URL, the one that may be written is found; nothing is lost, and all goes on."""
    name = postgres.create()
    with standby(postgres) as second:
        where = make_url(postgres.url(name)).update_query_dict(
            {"host": f"{postgres.folder},{second.folder}", "target_session_attrs": "read-write"}
        )
        database = Database(where.render_as_string(hide_password=False))
        database.migrate()
        filled(database)
        follower = Database(second.url(name))
        until(lambda: replayed(follower, all_of=database))
        postgres.stop()
        try:
            with pytest.raises(DatabaseUnavailable, match="database: "):
                events_of(database)
            second.promote()
            assert events_of(database) == 6
            import_document(database, listed([row(9, period="2024-01")]))
            assert events_of(follower) == 8
        finally:
            postgres.start()
            for one in (database, follower):
                one.close()
    postgres.drop(name)


def replayed(follower: Database, all_of: Database) -> bool:
    """Asked of the log, as a standby that is still behind knows no table to count in."""
    with all_of.engine.connect() as first, follower.engine.connect() as second:
        written = first.execute(text("SELECT pg_current_wal_lsn()::text")).scalar_one()
        behind = text("SELECT pg_last_wal_replay_lsn() >= CAST(:written AS pg_lsn)")
        return bool(second.execute(behind, {"written": written}).scalar_one())


def events_of(database: Database) -> int:
    with database.read() as session:
        return last_event_id(session)


@pytest.mark.postgres
def test_more_readers_than_connections_is_a_clear_error(remote: Database) -> None:
    """A pool that is used up is told as such, not as a failure of the program."""
    remote.engine.pool._timeout = 0.2  # type: ignore[attr-defined]
    held = [remote.engine.connect() for _ in range(40)]
    with pytest.raises(DatabaseUnavailable, match="QueuePool limit"), remote.read():
        pass
    for one in held:
        one.close()
