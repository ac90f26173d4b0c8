"""A damaged registry: one line that says so, from every command, and what `doctor` finds."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from suanbei.cli import app
from suanbei.common.settings import Settings
from suanbei.registry.database import open_database
from suanbei.registry.importing.documents import import_document
from tests.lists import listed, number, row


def overwrite_pages(body: bytearray) -> None:
    for place in range(4096 * 3, len(body), 4096 * 2):
        body[place : place + 2000] = b"\xab" * len(body[place : place + 2000])


def flip_bytes(body: bytearray) -> None:
    chosen = random.Random(1)
    for _ in range(len(body) // 500):
        body[chosen.randrange(4096, len(body))] ^= 0xFF


def cut(body: bytearray) -> None:
    del body[len(body) // 2 :]


def lose_the_head(body: bytearray) -> None:
    body[:100] = b"x" * 100


@pytest.mark.parametrize("damage", [overwrite_pages, flip_bytes, cut, lose_the_head])
def test_no_command_shows_a_traceback_on_a_damaged_registry(
    damage: Callable[[bytearray], None], settings: Settings
) -> None:
    """`doctor` says that it is damaged; whatever cannot do its job says why, with exit code 3."""
    if settings.database_url:
        pytest.skip("files of SQLite only")
    database = open_database(settings)
    import_document(database, listed([row(serial) for serial in range(1, 300)]))
    database.close()
    path = Path(str(database.engine.url.database))
    body = bytearray(path.read_bytes())
    damage(body)
    path.write_bytes(body)
    run = CliRunner()
    found = run.invoke(app, ["doctor"])
    assert found.exit_code == 1
    assert (
        "damaged" in found.output or "malformed" in found.output or "not a database" in found.output
    )
    for words in (["verify", number(1)], ["stats"], ["status"], ["snapshot", "/dev/null"]):
        done = run.invoke(app, words)
        unhandled = done.exception and not isinstance(done.exception, SystemExit)
        assert not unhandled or type(done.exception).__module__ == "suanbei.common.errors", words
