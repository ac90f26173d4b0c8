"""Search over HTTP and on the command line."""

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from suanbei.cli import app
from suanbei.common.settings import Settings
from suanbei.registry.database import Database, open_database
from suanbei.registry.importing.documents import import_document
from suanbei.search_api.app import create_app
from suanbei.search_api.deps import Services
from suanbei.search_api.schemas.record import EntityPage, FilingPage
from tests.lists import listed, number, row


@pytest.fixture
def opened(settings: Settings) -> Database:
    database = open_database(settings)
    rows = [
        row(1, entity="北京字节跳动科技有限公司", product="抖音(APP)"),
        row(2, number=number(2, "7654321"), remark="已注销"),
    ]
    import_document(database, listed(rows))
    return database


@pytest.fixture
def client(settings: Settings, opened: Database) -> TestClient:
    return TestClient(create_app(Services(settings, opened)))


def test_a_page_of_filings(client: TestClient) -> None:
    """The shape that clients rely on."""
    answer = client.get("/v1/filings", params={"q": "字节跳动"}).json()
    assert answer["total"] == 1
    assert answer["next"] is None
    assert answer["items"][0]["entity"]["name"] == "北京字节跳动科技有限公司"
    assert answer["items"][0]["match"] == {
        "level": "entity",
        "forgiven": False,
        "highlights": {"entity": [[2, 6]]},
    }
    assert answer["facets"]["region"] == [{"value": "浙江省", "count": 1}]
    assert answer["coverage"]["deep_synthesis"]["newest"] == "2023-06"


@pytest.mark.parametrize("query", ["serise=algorithm", "region=火星", "cursor=abc", "limit=1000"])
def test_wrong_use_is_a_problem(client: TestClient, query: str) -> None:
    """A filter that is not understood must not be passed over."""
    answer = client.get(f"/v1/filings?{query}")
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"


def test_other_spellings_are_marked(client: TestClient) -> None:
    """What only fits as it may have been meant says so, and how it was read."""
    answer = client.get("/v1/filings", params={"q": "zijietiaodong"}).json()
    assert [item["match"]["forgiven"] for item in answer["items"]] == [True]
    assert answer["did_you_mean"] == ["字节跳动"]


def test_a_name_gives_its_company_first(client: TestClient) -> None:
    """A product too; a fragment that many have in their names gives none."""
    for text, named in (
        ("字节跳动", ["北京字节跳动科技有限公司"]),
        ("抖音", ["北京字节跳动科技有限公司"]),
        ("有限公司", []),
    ):
        answer = client.get("/v1/filings", params={"q": text}).json()
        assert [one["name"] for one in answer["companies"]] == named


def test_a_brand_is_named_as_what_it_is(client: TestClient) -> None:
    """A group is never shown as a company."""
    [brand] = client.get("/v1/filings", params={"q": "ByteDance"}).json()["brands"]
    assert (brand["name"], brand["kind"]) == ("字节跳动", "group")


def test_words_that_name_a_region_or_a_year_are_filters(client: TestClient) -> None:
    """And are told of, so that they can be shown and taken back; where nothing is found so, they are
    words like others."""
    answer = client.get("/v1/filings", params={"q": "浙江 2023 抖音"}).json()
    assert answer["total"] == 1
    assert answer["interpreted"] == {
        "text": "抖音",
        "filters": [
            {"name": "region", "value": "浙江省", "word": "浙江"},
            {"name": "year", "value": "2023", "word": "2023"},
        ],
    }
    nothing = client.get("/v1/filings", params={"q": "广东 抖音"}).json()
    assert (nothing["total"], nothing["interpreted"]) == (0, None)
    assert client.get("/v1/filings", params={"q": "抖音"}).json()["interpreted"] is None


@pytest.mark.parametrize("text", ["抖音是哪家公司的？", "抖音APP", "抖音备案了吗"])
def test_a_question_is_read(client: TestClient, text: str) -> None:
    """Where nothing has it as it was typed."""
    answer = client.get("/v1/filings", params={"q": text}).json()
    assert answer["total"] == 1
    assert answer["interpreted"] == {"text": "抖音", "filters": []}


@pytest.mark.parametrize(
    "text",
    [
        "抖音1.6",
        "抖音-Max",
        "抖音 V3",
        "抖音是字节跳动的吗",
        "哪些公司备案了抖音",
        "抖音有哪些算法",
    ],
)
def test_a_version_and_more_questions_are_read(client: TestClient, text: str) -> None:
    """A model is filed without its version; a question may say what it asks."""
    assert client.get("/v1/filings", params={"q": text}).json()["interpreted"]["text"] == "抖音"


def test_a_number_has_no_version(client: TestClient) -> None:
    """Digits are never guessed at: another number is another filing."""
    text = number(1).replace("2", "3", 1)
    answer = client.get("/v1/filings", params={"q": text}).json()
    assert (answer["total"], answer["interpreted"]) == (0, None)


def test_words_that_name_a_city_or_a_status_are_filters(client: TestClient) -> None:
    """A city by the parameter that takes its code; a status also alone."""
    named = client.get("/v1/filings", params={"q": "杭州 抖音"}).json()
    assert named["total"] == 1
    assert named["interpreted"]["filters"] == [
        {"name": "division", "value": "3301", "word": "杭州"}
    ]
    gone = client.get("/v1/filings", params={"q": "已注销"}).json()
    for answer in (named, gone):
        FilingPage.model_validate(answer)
    assert [item["status"] for item in gone["items"]] == ["deregistered"]


def test_a_text_is_parted_into_what_occurs(client: TestClient) -> None:
    """Who leaves out the space finds what he would have found with it."""
    answer = client.get("/v1/filings", params={"q": "抖音字节跳动"}).json()
    assert answer["total"] == 1
    assert answer["interpreted"] == {"text": "抖音 字节跳动", "filters": []}


def test_companies_by_fragment(client: TestClient) -> None:
    """Names, pinyin, products and whole registrant codes, not digits of one; pages follow each other."""
    texts = ("跳动", "zijietiaodong", "抖音", "7654321", "765")
    found = {q: client.get("/v1/entities", params={"q": q}).json() for q in texts}
    assert [one["total"] for one in found.values()] == [1, 1, 1, 1, 0]
    assert found["zijietiaodong"]["did_you_mean"] == ["字节跳动"]
    assert found["跳动"]["items"][0] | {"id": ""} == {
        "id": "", "name": "北京字节跳动科技有限公司", "former_names": [], "filings": 1, "active": 1,
        "series": {"deep_synthesis": 1},
    }  # fmt: skip
    first = client.get("/v1/entities", params={"limit": 1}).json()
    second = client.get("/v1/entities", params={"limit": 1, "cursor": first["next"]}).json()
    assert first["items"] != second["items"]
    assert (second["total"], second["next"]) == (2, None)


def test_answers_have_the_documented_shape(client: TestClient) -> None:
    """The documentation is kept to, field by field."""
    FilingPage.model_validate(client.get("/v1/filings").json())
    EntityPage.model_validate(client.get("/v1/entities").json())


def test_the_command(opened: Database) -> None:
    """`suanbei search`: a table, lines of JSON, and 1 when nothing is found."""
    run = CliRunner().invoke
    assert "1 found" in run(app, ["search", "抖音", "--status", "active"]).stdout
    assert run(app, ["search", "抖音", "--json"]).stdout.count("\n") == 1
    assert run(app, ["search", "没有的"]).exit_code == 1
