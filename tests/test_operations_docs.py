"""docs/operations.md: every command in it is run, in the order in which it stands there."""

import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from suanbei import cli
from suanbei.common.settings import settings_table
from suanbei.registry.database import Database, ensure_home
from suanbei.registry.importing.documents import import_document
from tests.lists import listed, row
from tests.trial.postgres import TEMPLATE, Cluster

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs/operations.md").read_text("utf-8")
COMMANDS = re.findall(r"^\$ (.+)$", TEXT, re.MULTILINE)
BLOCKS = re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)


@pytest.mark.postgres
def test_every_command_of_the_operators_guide_works(
    tmp_path: Path, postgres: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a small registry (the whole is loaded by other tests), with an empty PostgreSQL as the target of the move."""
    database = Database(f"sqlite:///{tmp_path / 'home' / 'registry.sqlite3'}")
    ensure_home(tmp_path / "home")
    database.migrate()
    import_document(database, listed([row(1, number="网信算备330110507206401230035号")]))
    database.close()
    (tmp_path / "backups").mkdir()
    for name, value in {
        "SUANBEI_HOME": str(tmp_path / "home"),
        "SUANBEI_LANGUAGE": "en",
        "TARGET_URL": postgres.url(postgres.create(TEMPLATE)),
        "BACKUPS": str(tmp_path / "backups"),
        "RESTORED": str(tmp_path / "restored"),
    }.items():
        monkeypatch.setenv(name, value)
    assert len(COMMANDS) >= 10
    for command in COMMANDS:
        words = [os.path.expandvars(word) for word in shlex.split(command)]
        at = words.index("suanbei")
        given = dict(word.split("=", 1) for word in words[:at])
        done = CliRunner().invoke(cli.app, words[at + 1 :], env=given, catch_exceptions=False)
        assert done.exit_code == 0, f"{command}\n{done.output}"


def test_the_shell_blocks_name_what_there_is() -> None:
    """Containers and units cannot be run by a test: their files and services must exist."""
    services = {path.stem for path in (ROOT / "deploy/systemd").iterdir()} | {
        path.name for path in (ROOT / "deploy/systemd").iterdir()
    }
    for block in BLOCKS:
        subprocess.run(["sh", "-n"], input=block, text=True, check=True, timeout=10)
        for path in re.findall(r"\bdeploy/[\w./-]+", block):
            assert (ROOT / path).exists() or path == "deploy/.env", path
        for unit in re.findall(r"suanbei-[\w@.]+", block):
            assert re.sub(r"@\d+", "@", unit) in services, unit
    assert yaml.safe_load((ROOT / "deploy/compose.yaml").read_text("utf-8"))["services"]


@pytest.mark.parametrize("name", ["operations", "security", "scale", "watching"])
def test_links_lead_somewhere_and_settings_exist(name: str) -> None:
    """A guide that names what is gone costs more than none."""
    text = (ROOT / f"docs/{name}.md").read_text("utf-8")
    for link in re.findall(r"\]\(([^)#]+)", text):
        assert link.startswith("https://") or (ROOT / "docs" / link).resolve().exists(), link
    known = {row.name for row in settings_table()} | {"SUANBEI_SITE"}  # of compose.yaml
    assert set(re.findall(r"SUANBEI_[A-Z_]+\b", text)) <= known
