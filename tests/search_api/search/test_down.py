"""A Meilisearch that is not there: search says so, everything else goes on, and the index catches up."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from suanbei.cli import app
from suanbei.common.errors import SearchUnavailable
from suanbei.common.settings import Settings
from suanbei.registry.database import Database
from suanbei.registry.doctor import Health
from suanbei.registry.importing.documents import import_document
from suanbei.search_api.app import create_app
from suanbei.search_api.commands.status import examine_index
from suanbei.search_api.deps import Services
from tests.lists import listed, row
from tests.search_api.search.conftest import ROWS
from tests.trial.meilisearch import MISSING, Address, new_address, serving


@pytest.fixture
def parts(filled: Database, tmp_path: Path) -> Services:
    """Services that look for a Meilisearch at an address of its own, where nobody is."""
    address = new_address()
    there = {"search_url": address.url, "search_key": address.key}
    return Services(Settings(home=tmp_path).model_copy(update=there), filled)


@pytest.fixture
def client(parts: Services) -> Iterator[TestClient]:
    with TestClient(create_app(parts)) as client:
        yield client


@pytest.mark.parametrize(
    "path", ["filings?q=抖音", "filings", "stats/region?q=抖音", "export.csv?q=抖音"]
)
def test_search_says_so(client: TestClient, path: str) -> None:
    """A problem with a stable code, not an empty list."""
    answer = client.get(f"/v1/{path}")
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "search_unavailable"
    assert "does not answer" in answer.json()["detail"]


def test_the_password_of_its_address_is_told_nobody(filled: Database, tmp_path: Path) -> None:
    """Neither to whoever searches nor by `doctor`."""
    secret = new_address().url.replace("://", "://somebody:hunter22@")
    parts = Services(Settings(home=tmp_path).model_copy(update={"search_url": secret}), filled)
    with TestClient(create_app(parts)) as client:
        told = client.get("/v1/filings?q=抖音").json()["detail"]
    (finding,) = examine_index(parts.engine)
    for text in (told, finding.text.en, finding.text.zh):
        assert "somebody:********@" in text
        assert "hunter22" not in text


@pytest.mark.parametrize(
    "path",
    [f"verify?number={ROWS[0].number}", f"filings/{ROWS[0].number}", "stats/region", "export.csv", "batches",
     "entities?q=字节"],
)  # fmt: skip
def test_everything_else_goes_on(client: TestClient, path: str) -> None:
    """What needs no search engine asks none."""
    assert client.get(f"/v1/{path}").status_code == 200


def test_doctor_says_so(parts: Services) -> None:
    """The finding is bad, and names the address."""
    [finding] = examine_index(parts.engine)
    assert finding.health is Health.BAD
    assert parts.settings.search_url in finding.text.en


def test_the_command_could_not_do_it(
    filled: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line, exit code 3."""
    monkeypatch.setenv("SUANBEI_DATABASE_URL", f"sqlite:///{tmp_path / 'registry.sqlite3'}")
    monkeypatch.setenv("SUANBEI_SEARCH_URL", new_address().url)
    error = CliRunner().invoke(app, ["search", "抖音"]).exception
    assert isinstance(error, SearchUnavailable)
    assert error.exit_code == 3


@pytest.mark.meilisearch
def test_the_index_catches_up_by_itself(
    parts: Services, client: TestClient, tmp_path: Path
) -> None:
    """What was imported while it was down is found as soon as it is back."""
    if not shutil.which("meilisearch"):
        pytest.skip(MISSING)
    address = Address(parts.settings.search_url, parts.settings.search_key)
    with serving(address, tmp_path):
        assert client.get("/v1/filings?q=抖音").json()["total"] == 1
    import_document(parts.database, listed([row(9, name="新来的抖音算法", period="2025-01")]))
    assert client.get("/v1/filings?q=抖音").status_code == 503
    with serving(address, tmp_path):
        assert client.get("/v1/filings?q=抖音").json()["total"] == 2
        assert [one.health for one in examine_index(parts.engine)] == [Health.OK]
