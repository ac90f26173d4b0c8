"""Light: what the first page weighs. How long pages take is measured by `python -m bench pages`."""

import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from suanbei.common.settings import Settings
from suanbei.registry.database import Database
from suanbei.search_api.app import create_app
from suanbei.search_api.deps import Services

FIRST_PAGE_BYTES = 60_000


@pytest.fixture(scope="module")
def client(
    shipped_registry: Database, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TestClient]:
    """The app over the snapshot that ships."""
    app = create_app(Services(Settings(home=tmp_path_factory.mktemp("home")), shipped_registry))
    with TestClient(app, headers={"accept": "text/html"}) as client:
        yield client


def test_the_first_page_is_light(client: TestClient) -> None:
    """Page, style sheet, sign and scripts together, uncompressed."""
    page = client.get("/")
    files = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text))
    sizes = {name: len(client.get(name).content) for name in files}
    assert len(page.content) + sum(sizes.values()) < FIRST_PAGE_BYTES, sizes
