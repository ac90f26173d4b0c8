"""docs/operations.md: every command in it is run, in the order in which it stands there."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from deploy.trial.postgres import TEMPLATE, Cluster
from suanbei.common.settings import settings_table
from suanbei.registry.database import Database, ensure_home
from suanbei.registry.importing.documents import import_document
from tests.lists import listed, row

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs/operations.md").read_text("utf-8")
COMMANDS = re.findall(r"^\$ (.+)$", TEXT, re.MULTILINE)
BLOCKS = re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)


@pytest.mark.postgres
def test_every_command_of_the_operators_guide_works(tmp_path: Path, postgres: Cluster) -> None:
    """On a small registry (the whole is loaded by other tests), with an empty PostgreSQL as the target of the move."""
    database = Database(f"sqlite:///{tmp_path / 'home' / 'registry.sqlite3'}")
    ensure_home(tmp_path / "home")
    database.migrate()
    import_document(database, listed([row(1, number="网信算备330110507206401230035号")]))
    database.close()
    shim = tmp_path / "bin" / "suanbei"
    shim.parent.mkdir()
    shim.write_text(f'#!/bin/sh\nexec {sys.executable} -m suanbei "$@"\n')
    shim.chmod(0o755)
    (tmp_path / "backups").mkdir()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SUANBEI_")}
    env = kept | {
        "PATH": f"{shim.parent}:{os.environ['PATH']}",
        "SUANBEI_HOME": str(tmp_path / "home"),
        "SUANBEI_LANGUAGE": "en",
        "TARGET_URL": postgres.url(postgres.create(TEMPLATE)),
        "BACKUPS": str(tmp_path / "backups"),
        "RESTORED": str(tmp_path / "restored"),
    }
    assert len(COMMANDS) >= 10
    for command in COMMANDS:
        done = subprocess.run(command, shell=True, cwd=tmp_path, env=env, check=False,
                              capture_output=True, text=True, timeout=200)  # fmt: skip
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"


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
