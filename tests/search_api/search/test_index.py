"""The index: built beside what answers, swapped in whole, gone if it is not finished, healed if damaged."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from filelock import FileLock
from typer.testing import CliRunner

from suanbei.cli import app
from suanbei.common.errors import SearchUnavailable
from suanbei.common.settings import Settings
from suanbei.registry.database import Database
from suanbei.registry.importing.documents import import_document
from suanbei.search_api.search import tantivy as tantivy_engine
from suanbei.search_api.search import tantivy_index
from suanbei.search_api.search.engine import Engine, Page, Query
from suanbei.search_api.search.meilisearch import MeiliEngine
from suanbei.search_api.search.tantivy import TantivyEngine
from suanbei.search_api.search.tantivy_index import OUTLIVED_SECONDS, SCHEMA, IndexFolder
from tests.lists import listed, row

QUERY = Query("算法")
DIES_WHILE_BUILDING = """
import os, sys
from pathlib import Path
from suanbei.search_api.search.tantivy_index import IndexFolder

def documents():
    os._exit(9)
    yield

files = IndexFolder(Path(sys.argv[1]))
with files.writing():
    files.build(documents(), 1, 1)
"""
HOLDS_THE_LOCK = """
import sys
from pathlib import Path
from suanbei.search_api.search.tantivy_index import IndexFolder

with IndexFolder(Path(sys.argv[1])).writing():
    print("held", flush=True)
    sys.stdin.read()
"""


def parts(engine: Engine) -> list[str]:
    """The folders or indexes that an engine has now."""
    if isinstance(engine, MeiliEngine):
        return sorted(engine.indexes.names())
    assert isinstance(engine, TantivyEngine)
    return sorted(path.name for path in engine.files.home.glob("index-*") if path.is_dir())


def test_a_rebuild_that_fails_leaves_the_old_index_and_nothing_else(engine: Engine) -> None:
    """Half-built is not there."""
    before, there = engine.search(QUERY), parts(engine)

    def stop(_done: int, _total: int) -> None:
        raise OSError("no space left on device")

    with pytest.raises((OSError, SearchUnavailable), match="no space"):
        engine.rebuild(stop)
    assert engine.search(QUERY) == before
    assert parts(engine) == there


def test_answers_come_while_it_is_rebuilt(engine: Engine) -> None:
    """No gap: the old index answers until the new one is whole, which takes its place."""
    before, there = engine.search(QUERY), parts(engine)
    meanwhile: list[Page] = []
    engine.rebuild(lambda _done, _total: meanwhile.append(engine.search(QUERY)))
    assert meanwhile
    assert {page.hits for page in (*meanwhile, engine.search(QUERY))} == {before.hits}
    assert len(parts(engine)) == len(there)
    assert not set(parts(engine)) & {name for name in there if "active" not in name}


@pytest.fixture
def embedded(filled: Database, tmp_path: Path) -> TantivyEngine:
    """The embedded engine with an index of its own, built."""
    engine = TantivyEngine(Settings(home=tmp_path), filled)
    engine.rebuild()
    return engine


def test_what_a_killed_builder_left_is_removed(embedded: TantivyEngine, tmp_path: Path) -> None:
    """By the next one who builds; and its lock has gone with it."""
    died = subprocess.run([sys.executable, "-c", DIES_WHILE_BUILDING, str(tmp_path)], check=False)
    assert died.returncode == 9
    assert len(parts(embedded)) == 2
    embedded.rebuild()
    assert len(parts(embedded)) == 1


def test_while_another_process_writes_the_last_commit_answers(
    embedded: TantivyEngine, filled: Database, tmp_path: Path
) -> None:
    """An old index is better than none; as soon as nobody writes it is brought up to date."""
    import_document(filled, listed([row(9, name="新来的抖音算法", period="2025-01")]))
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDS_THE_LOCK, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert holder.stdout
        assert holder.stdout.readline() == b"held\n"
        assert embedded.search(Query("抖音")).total == 1
    finally:
        holder.kill()
        holder.communicate()
    assert embedded.search(Query("抖音")).total == 2


def test_what_another_process_has_not_finished_is_no_damage(
    embedded: TantivyEngine, filled: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Of two servers on one home, one writes while the other opens what is live."""
    segment = file_of(tmp_path, "store")
    for name in (".tmpD64Nl", f"{'0' * 32}.pos", f"{segment.stem}.99.del"):
        (segment.parent / name).write_bytes(b"half")
    before, there = embedded.search(QUERY), parts(embedded)
    other = TantivyEngine(Settings(home=tmp_path), filled)
    assert other.search(QUERY) == before
    assert parts(embedded) == there, "built anew"
    assert not caplog.messages


def test_a_commit_of_another_process_meanwhile_is_no_damage(
    embedded: TantivyEngine, filled: Database, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    """It deletes the files of segments that are merged, and names the commit a moment later."""
    pointer = tmp_path / f"index-{SCHEMA}.json"
    verify, writers = tantivy_index._verify, [embedded]
    import_document(filled, listed([row(9, name="新来的抖音算法", period="2025-01")]))

    def verified(folder: Path, known: Mapping[str, int]) -> dict[str, int]:
        if writers:
            before = pointer.read_bytes()
            writers.pop().refresh()
            pointer.write_bytes(before)
            raise FileNotFoundError(folder)
        return verify(folder, known)

    monkeypatch.setattr(tantivy_index, "_verify", verified)
    other = TantivyEngine(Settings(home=tmp_path), filled)
    assert other.search(Query("抖音")).total == 2
    assert not caplog.messages


def shortened(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def scribbled(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 255
    path.write_bytes(content)


def file_of(home: Path, suffix: str) -> Path:
    """The file of an index with this suffix."""
    [path] = [path for path in home.glob(f"index-*/*.{suffix}") if path.name[0] != "."]
    return path


@pytest.mark.parametrize("damage", [shortened, emptied, scribbled, Path.unlink])
@pytest.mark.parametrize("suffix", ["term", "idx", "pos", "fast", "store", "json"])
def test_a_damaged_index_heals_by_itself(
    suffix: str, damage: Callable[[Path], None], filled: Database, tmp_path: Path
) -> None:
    """After a restart, whichever file it is: the first search finds what there is."""
    TantivyEngine(Settings(home=tmp_path), filled).rebuild()
    damage(file_of(tmp_path, suffix))
    engine = TantivyEngine(Settings(home=tmp_path), filled)
    assert engine.search(QUERY).total == 3
    assert engine.health().documents == 4


@pytest.mark.parametrize("damage", [shortened, emptied])
@pytest.mark.parametrize("suffix", ["term", "pos", "fast"])
def test_a_file_that_is_shortened_under_a_running_server_is_not_read(
    suffix: str, damage: Callable[[Path], None], embedded: TantivyEngine, tmp_path: Path
) -> None:
    """It is mapped into memory: reading behind its end would kill the process."""
    before = embedded.search(QUERY)
    time.sleep(
        1
    )  # tantivy looks at its files once more just after it has opened them: see docs/search.md
    damage(file_of(tmp_path, suffix))
    assert embedded.search(QUERY) == before


def test_an_index_whose_pointer_is_damaged_is_built_anew(
    embedded: TantivyEngine, filled: Database, tmp_path: Path
) -> None:
    """And what it pointed to is gone."""
    before = embedded.search(QUERY)
    (tmp_path / f"index-{SCHEMA}.json").write_text("{")
    assert TantivyEngine(Settings(home=tmp_path), filled).search(QUERY) == before
    assert len(parts(embedded)) == 1


def over(database: Database, engine: Engine, home: Path) -> Engine:
    """An engine with the index of another one."""
    if isinstance(engine, MeiliEngine):
        indexes = engine.indexes
        settings = Settings(home=home, search_url=indexes.url, search_key=indexes.key)
        return MeiliEngine(settings, database, indexes.prefix)
    assert isinstance(engine, TantivyEngine)
    return TantivyEngine(Settings(home=engine.files.home), database)


@pytest.mark.parametrize("writes", [1, 2, 3])
def test_an_index_of_another_registry_is_built_anew(
    engine: Engine, sqlite_template: Path, tmp_path: Path, writes: int
) -> None:
    """A registry that was begun anew, or put back from a backup, is not searched by the index of the one before,
    whether it was written to less often than that, as often, or more often."""
    assert engine.search(QUERY).total
    (tmp_path / "other").mkdir()
    shutil.copy(sqlite_template, tmp_path / "other" / "registry.sqlite3")
    other = Database(f"sqlite:///{tmp_path / 'other' / 'registry.sqlite3'}")
    for serial in range(writes):
        period = f"2025-0{serial + 1}"
        import_document(other, listed([row(90 + serial, name="别的模型", period=period)]))
    later = over(other, engine, tmp_path)
    assert later.search(Query("别的模型")).total == later.search(Query()).total == writes
    assert later.search(QUERY).total == 0
    later.close()
    other.close()


def test_a_home_that_cannot_be_written_is_answered_from(
    embedded: TantivyEngine, filled: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the index has is found; only where there is none does a search say why."""

    def refused(*_given: object, **_named: object) -> None:
        raise PermissionError("read-only")

    import_document(filled, listed([row(9, name="新来的抖音算法", period="2025-01")]))
    monkeypatch.setattr(FileLock, "acquire", refused)
    assert embedded.search(Query("抖音")).total == 1
    for path in embedded.files.home.glob("index-*.json"):
        path.unlink()
    with pytest.raises(SearchUnavailable, match="read-only"):
        embedded.search(Query("抖音"))


def test_reindex_never_minds_what_it_replaces(
    embedded: TantivyEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is there for damaged indexes."""
    for path in tmp_path.glob("index-*/*.idx"):
        shortened(path)
    monkeypatch.setenv("SUANBEI_HOME", str(tmp_path))
    monkeypatch.setenv("SUANBEI_DATABASE_URL", f"sqlite:///{tmp_path / 'registry.sqlite3'}")
    assert CliRunner().invoke(app, ["reindex"]).exit_code == 0


def test_an_index_of_an_older_schema_is_removed_when_nobody_has_changed_it_for_long(
    tmp_path: Path,
) -> None:
    """A server of the older version may go on with its own for the length of a deploy; not for ever on the disk."""
    long_ago = time.time() - OUTLIVED_SECONDS - 60
    left = ("index-1.sqlite3", "index-1.0a.segment", f"index-{SCHEMA}.json", "index-notes.txt")
    for name in left:
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (long_ago, long_ago))
    (tmp_path / "index-1.0b.segment").touch()
    IndexFolder(tmp_path).sweep()
    found = {path.name for path in tmp_path.glob("index-*")}
    assert found >= {f"index-{SCHEMA}.json", "index-notes.txt", "index-1.0b.segment"}
    assert not found & {"index-1.sqlite3", "index-1.0a.segment"}


def test_a_server_builds_its_first_index_in_another_process(
    filled: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What building takes of memory would stay with the server for ever."""
    settings = Settings(home=tmp_path, database_url=f"sqlite:///{tmp_path / 'registry.sqlite3'}")
    engine = TantivyEngine(settings, filled)
    engine.builds_apart = True
    monkeypatch.setattr(tantivy_engine, "_WAIT_SECONDS", 300)
    monkeypatch.setattr(IndexFolder, "build", lambda *_given: pytest.fail("built here"))
    assert engine.search(QUERY).total == 3
    engine.close()


def test_where_another_process_cannot_build_the_server_does(
    filled: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And so says why, if it cannot either."""
    engine = TantivyEngine(Settings(home=tmp_path, database_url="sqlite:////no/where"), filled)
    engine.builds_apart = True
    monkeypatch.setattr(tantivy_engine, "_WAIT_SECONDS", 300)
    assert engine.search(QUERY).total == 3
    engine.close()


def test_a_query_that_takes_too_long_says_so(embedded: TantivyEngine) -> None:
    """What was found by then is the answer."""
    embedded.seconds = 60
    assert not embedded.search(QUERY).limited
    embedded.seconds = -1
    assert embedded.search(Query("公司")).limited
