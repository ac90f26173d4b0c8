"""Statistics over HTTP and on the command line."""

import orjson
import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from suanbei.cli import app
from suanbei.common.settings import Settings
from suanbei.registry.database import Database, open_database
from suanbei.registry.importing.documents import import_document
from suanbei.search_api.app import create_app
from suanbei.search_api.deps import Services
from suanbei.search_api.routes.stats import DIMENSIONS
from tests.lists import listed, number, row


@pytest.fixture
def opened(settings: Settings) -> Database:
    database = open_database(settings)
    rows = [
        row(1, entity="北京字节跳动科技有限公司", product="抖音(APP)"),
        row(2, number=number(2, "7654321", "110105"), remark="已注销"),
    ]
    import_document(database, listed(rows))
    return database


@pytest.fixture
def client(settings: Settings, opened: Database) -> TestClient:
    return TestClient(create_app(Services(settings, opened)))


@pytest.mark.parametrize("name", ["summary", "timeline", *DIMENSIONS])
def test_every_statistic_says_what_it_rests_on(client: TestClient, name: str) -> None:
    """A figure without its filters and lists cannot be judged."""
    answer = client.get(f"/v1/stats/{name}", params={"region": "浙江"}).json()
    assert answer["statistics"] == name
    assert answer["filters"] == {"region": ["浙江"]}
    assert answer["coverage"]["deep_synthesis"]["newest"] == "2023-06"


@pytest.mark.parametrize(
    "filters",
    [
        {"q": "字节跳动"}, {"q": "测试"}, {"q": "测试", "status": "active"}, {"region": "beijing"},
        {"division": "3301"}, {"year": 2023}, {"period_from": "2023-07"}, {"product_kind": "app"},
        {"entity": "北京字节跳动科技有限公司"}, {"q": "没有的"},
    ],
)  # fmt: skip
def test_the_filters_are_those_of_search(client: TestClient, filters: dict[str, str | int]) -> None:
    """Statistics count what a search with the same filters finds."""
    found = client.get("/v1/filings", params=filters).json()["total"]
    assert client.get("/v1/stats/summary", params=filters).json()["filings"] == found


def test_new_filings_count_at_once(client: TestClient, opened: Database) -> None:
    """What is remembered holds for one state of the registry only."""
    assert client.get("/v1/stats/series").json()["items"][0]["count"] == 2
    import_document(opened, listed([row(3, period="2023-09")]))
    assert client.get("/v1/stats/series").json()["items"][0]["count"] == 3


def test_top_keeps_the_largest_and_the_total(client: TestClient) -> None:
    """A reader sees that there is more."""
    answer = client.get("/v1/stats/entity", params={"top": 1}).json()
    assert (len(answer["items"]), answer["total"]) == (1, 2)


@pytest.mark.parametrize(
    "path", ["nothing", "series?serise=algorithm", "timeline?by=week", "region?top=0"]
)
def test_wrong_use_is_a_problem(client: TestClient, path: str) -> None:
    """Nothing that is not understood is passed over."""
    answer = client.get(f"/v1/stats/{path}")
    assert answer.status_code in (400, 404, 422)
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_command(opened: Database) -> None:
    """`suanbei stats`: an overview with every list, or one statistic; tables or lines of JSON."""
    run = CliRunner().invoke
    overview = run(app, ["stats"])
    assert overview.exit_code == 0
    assert "deep_synthesis-2023-06" in overview.stdout
    # A list's rows are not those of a filter: the timeline is.
    assert "deep_synthesis-2023-06" not in run(app, ["stats", "--region", "浙江"]).stdout
    lines = run(app, ["stats", "--json", "字节跳动"]).stdout.splitlines()
    assert orjson.loads(lines[0])["filings"] == 1
    timeline = run(app, ["stats", "--show", "timeline", "--by", "year", "--split", "status"])
    assert "Active 1, Deregistered 1" in timeline.stdout
    for name in DIMENSIONS:
        assert run(app, ["stats", "--show", name]).exit_code == 0, name
