"""Commands are loaded when they are called: the table that says where they are tells the truth, and a
command does not pay for what others need."""

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
import typer

from suanbei.cli import Commands
from suanbei.common.settings import Settings
from suanbei.registry.database import open_database

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize(("module", "names"), Commands.modules.items())
def test_every_module_has_the_commands_it_is_listed_for(
    module: str, names: tuple[str, ...]
) -> None:
    """A command that a module adds and the table does not list could not be called."""
    assert tuple(typer.main.get_group(import_module(module).app).commands) == names


def test_verifying_loads_no_web_server_no_crawler_and_no_migrations(tmp_path: Path) -> None:
    """More than half of the time that a short command takes would be theirs."""
    open_database(Settings(home=tmp_path)).close()
    asked = (
        "import sys, cli, suanbei.search_api.commands.verify;"
        "from suanbei.registry.database import open_database;"
        "open_database(cli.Settings.load());"
        "unwanted = {'fastapi', 'scrapy', 'apscheduler', 'jinja2', 'apprise', 'alembic'};"
        "print(unwanted & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, env=os.environ | {"SUANBEI_HOME": str(tmp_path)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == "set()"
