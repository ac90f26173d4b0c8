"""What operators run: copy, backup, restore, key and doctor, as commands; and a server that is attacked."""

import json
import re
import socket
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text, update
from typer.testing import CliRunner, Result

from suanbei import cli
from suanbei.common.errors import UsageError
from suanbei.common.settings import Settings
from suanbei.crawler import doctor
from suanbei.parsers import row_image
from suanbei.registry.database import open_database
from suanbei.registry.importing.documents import import_document
from suanbei.registry.models import Batch, Event
from suanbei.search_api.keys import find_key, read_keys
from tests.lists import listed, row
from tests.processes import serving
from tests.trial.processes import ask


def suanbei(*words: str) -> Result:
    return CliRunner().invoke(cli.app, list(words), catch_exceptions=False)


@pytest.fixture
def filled(settings: Settings) -> Settings:
    database = open_database(settings)
    import_document(database, listed([row(serial) for serial in range(1, 6)]))
    database.close()
    return settings


def test_a_move_by_commands(
    filled: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Back up, restore into a new home, copy to a third: doctor is content with each."""
    path = tmp_path / "b.tar.zst"
    assert "0 documents, 1 documents not in the archive" in suanbei("backup", str(path)).stdout
    monkeypatch.setenv("SUANBEI_HOME", str(tmp_path / "second"))
    monkeypatch.setenv("SUANBEI_DATABASE_URL", "")
    assert "restored from" in suanbei("restore", str(path)).stdout
    third = f"sqlite:///{tmp_path / 'third.sqlite3'}"
    assert "checked equal" in suanbei("copy", "--to", third).stdout
    monkeypatch.setenv("SUANBEI_DATABASE_URL", third)
    told = suanbei("doctor")
    assert (told.exit_code, "✔ 1 lists, 5 filings" in told.stdout) == (0, True), told.stdout


def test_doctor_sees_what_is_broken(filled: Settings) -> None:
    """A lost event, a lost row, a damaged document: exit code 1, and each named."""
    sha256 = "ab" + "0" * 62
    (filled.archive / "ab").mkdir(parents=True)
    (filled.archive / "ab" / sha256).write_bytes(b"other bytes")
    database = open_database(filled)
    with database.write() as session:
        session.execute(update(Event).where(Event.id == 3).values(id=99))
        session.execute(update(Batch).values(rows=6))
    database.close()
    told = suanbei("doctor", "--archive")
    assert told.exit_code == 1
    assert "✘ the event log has gaps" in told.stdout
    assert "✘ rows are missing of deep_synthesis-2023-06" in told.stdout
    assert f"{sha256}: damaged" in told.stdout


def test_doctor_makes_and_changes_nothing(settings: Settings) -> None:
    """Without a registry it says so; one of an earlier version is left for another command to bring up to date."""
    if settings.database_url:
        pytest.skip("files of SQLite only")
    told = suanbei("doctor")
    assert (told.exit_code, "✘ there is no registry yet" in told.stdout) == (1, True), told.stdout
    assert not settings.home.exists()
    database = open_database(settings)
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    database.close()
    told = suanbei("doctor")
    assert "! the schema is 0000" in told.stdout
    assert database.revision() == "0000"


def test_doctor_looks_for_a_font(filled: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Found before somebody asks for a picture that cannot be drawn."""
    monkeypatch.setattr(row_image, "_folders", list)
    row_image.font_file.cache_clear()
    assert "! no font with Chinese characters" in suanbei("doctor").stdout
    shown = Path("/fonts/NotoSansCJK-Regular.ttc")
    monkeypatch.setattr(doctor, "font_file", lambda: shown)
    assert f"✔ font with Chinese characters: {shown}" in suanbei("doctor").stdout


def test_doctor_speaks_chinese(filled: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """And says that nobody watches."""
    monkeypatch.setenv("SUANBEI_LANGUAGE", "zh")
    assert "从未运行（suanbei up 或 suanbei watch）" in suanbei("doctor").stdout


def test_a_key_made_is_a_key_known(settings: Settings) -> None:
    """What the command prints goes into the setting as it is."""
    told = suanbei("key", "firm", "--scope", "read", "--until", "2999-12-31").stdout
    key, entry = re.findall(r": +(\S+)$", told, re.MULTILINE)
    found = find_key(read_keys(entry), key)
    assert found is not None
    assert (found.name, found.scope.name) == ("firm", "READ")
    assert suanbei("key", "firm", "--scope", "all").exit_code == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [("API_KEYS", "firm:all:0"), ("TRUSTED_PROXIES", "10.0.0.0/33"), ("TRUSTED_PROXIES", "*"),
     ("DATABASE_URL", "mysql://u:pass-word@h/x"), ("DATABASE_URL", "postgresql://u:pass-word@h:x/y")],
)  # fmt: skip
def test_a_setting_that_nobody_could_use_is_refused_at_the_start(
    name: str, value: str, filled: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one line that names it, and not at the first request."""
    monkeypatch.setenv(f"SUANBEI_{name}", value)
    with pytest.raises(UsageError, match=f"^SUANBEI_{name}: ") as told:
        suanbei("serve", "--port", "0")
    assert "pass-word" not in str(told.value)


def test_a_copy_to_nowhere_is_wrong_use(filled: Settings) -> None:
    """The option is named, not the setting."""
    assert suanbei("copy", "--to", "mysql://h/x").exit_code == 2


def test_a_flood_is_refused_and_the_next_request_is_served(filled: Settings) -> None:
    """Whatever has come and cannot be answered soon hears 503 and when to ask again; nothing else happens."""
    more = {"MAX_REQUESTS": "1", "DATABASE_URL": filled.database_url}
    with serving(filled.home, **more) as address:
        port = urlsplit(address).port
        clients = [socket.create_connection(("127.0.0.1", port)) for _ in range(200)]
        for serial, one in enumerate(clients):
            path = f"/v1/filings?q={serial}"
            one.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        answers = [b"".join(iter(partial(one.recv, 65536), b"")) for one in clients]
        for one in clients:
            one.close()
        refused = [one for one in answers if one.startswith(b"HTTP/1.1 503 ")]
        assert refused
        # 1 second where there was no place; 5 where it was not answered in time, on a busy machine.
        assert all(re.search(rb"\r\nretry-after: [15]\r\n", one) for one in refused)
        assert {one[:12] for one in answers} == {b"HTTP/1.1 200", b"HTTP/1.1 503"}
        assert ask(f"{address}/v1/filings?q=x").status == 200


def test_every_answer_can_be_json(filled: Settings, tmp_path: Path) -> None:
    """One object with the facts of the text, for scripts."""
    for words, fact in (
        (["load"], "rows"),
        (["snapshot", str(tmp_path / "s.xz")], "documents"),
        (["backup", str(tmp_path / "b.tar.zst")], "rows"),
        (["copy", "--to", f"sqlite:///{tmp_path / 'copy.sqlite3'}"], "tables"),
        (["key", "somebody"], "entry"),
        (["dataset", str(tmp_path / "dataset")], "files"),
    ):
        answer = json.loads(suanbei(*words, "--json").stdout)
        assert answer[fact] is not None, words


def test_a_backup_goes_through_a_pipe(
    filled: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`-` is standard output and standard input; what is said stands on stderr."""
    packed = suanbei("backup", "-").stdout_bytes
    assert packed.startswith(b"\x28\xb5\x2f\xfd")
    monkeypatch.setenv("SUANBEI_HOME", str(tmp_path / "other"))
    monkeypatch.setenv("SUANBEI_DATABASE_URL", "")
    done = CliRunner().invoke(cli.app, ["restore", "-", "--json"], input=packed)
    assert json.loads(done.stdout)["documents"] == 0
    assert suanbei("snapshot", "-").stdout_bytes.startswith(b"\xfd7zXZ")
