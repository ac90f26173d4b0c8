"""The index: built beside what answers, swapped in whole, and gone if it is not finished."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from suanbei.common.settings import Settings
from suanbei.registry.database import Database
from suanbei.search_api.search.engine import Engine, Page, Query
from suanbei.search_api.search.meilisearch import MeiliEngine
from suanbei.search_api.search.sqlite import SqliteEngine
from suanbei.search_api.search.sqlite.manifest import OUTLIVED_SECONDS, Manifest

QUERY = Query("算法")
DIES_WHILE_BUILDING = """
import os, sys
from pathlib import Path
from suanbei.search_api.search.sqlite.manifest import Manifest

path = Manifest(Path(sys.argv[1])).announce()
path.write_bytes(b"half")
print(path, flush=True)
os._exit(9)
"""


def parts(engine: Engine) -> list[str]:
    """The files or indexes that an engine has now."""
    if isinstance(engine, MeiliEngine):
        return sorted(engine.server.indexes(engine.indexes.prefix))
    assert isinstance(engine, SqliteEngine)
    return sorted(path.name for path in engine.home.glob("index-*.segment*"))


def test_a_rebuild_that_fails_leaves_the_old_index_and_nothing_else(engine: Engine) -> None:
    """Half-built is not there."""
    before, there = engine.search(QUERY), parts(engine)

    def stop(_done: int, _total: int) -> None:
        raise OSError("no space left on device")

    with pytest.raises(OSError, match="no space"):
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
    assert not set(parts(engine)) & {name for name in there if "live" not in name}


def test_what_a_killed_builder_left_is_removed(filled: Database, tmp_path: Path) -> None:
    """By the next one who changes the index; a builder who lives is not disturbed."""
    engine = SqliteEngine(Settings(home=tmp_path), filled)
    engine.rebuild()
    died = subprocess.run(
        [sys.executable, "-c", DIES_WHILE_BUILDING, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert Path(died.stdout.strip()).exists()
    engine.rebuild()
    assert len(parts(engine)) == 1
    engine.close()


def test_an_index_of_an_older_schema_is_removed_when_nobody_has_changed_it_for_long(
    tmp_path: Path,
) -> None:
    """A server of the older version may go on with its own for the length of a deploy; not for ever on the disk."""
    long_ago = time.time() - OUTLIVED_SECONDS - 60
    left = ("index-1.sqlite3", "index-1.0a.segment", "index-99.sqlite3", "index-notes.txt")
    for name in left:
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (long_ago, long_ago))
    (tmp_path / "index-1.0b.segment").touch()
    Manifest(tmp_path).sweep()
    found = {path.name for path in tmp_path.glob("index-*")}
    assert found >= {"index-99.sqlite3", "index-notes.txt", "index-1.0b.segment"}
    assert not found & {"index-1.sqlite3", "index-1.0a.segment"}


def test_a_query_that_takes_too_long_says_so(filled: Database, tmp_path: Path) -> None:
    """What was found by then is the answer."""
    engine = SqliteEngine(Settings(home=tmp_path), filled)
    engine.seconds = 60
    assert not engine.search(QUERY).limited
    engine.seconds = 0
    assert engine.search(Query("公司")).limited
    engine.close()
