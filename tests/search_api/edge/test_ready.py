"""Quick answers: the very answer that the route gives, and only where it can be given at once."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from suanbei.common.settings import Settings
from suanbei.registry.database import Database
from suanbei.registry.importing.documents import import_document
from suanbei.search_api.app import create_app
from suanbei.search_api.deps import Services
from suanbei.search_api.desk import VerdictDesk
from tests.lists import listed, number, row

COMPANY = "测试（杭州）科技有限公司"
NewClient = Callable[..., TestClient]


@pytest.fixture
def new_client(database: Database, settings: Settings) -> NewClient:
    """A client of an app; `ready=False` for one whose routes answer everything."""
    import_document(database, listed([row(1), row(2)]))

    def made(*, ready: bool = True) -> TestClient:
        app = create_app(Services(settings, database))
        app.state.ready = app.state.ready if ready else {}
        return TestClient(app)

    return made


@pytest.mark.parametrize(
    "query",
    [
        {"number": number(1)},
        {"number": f" {number(2)[4:25]} "},
        {"number": number(1), "entity": COMPANY},
        {"number": number(1), "entity": "  乙公司"},
        {"number": number(1), "lang": "zh"},
        {"number": number(1), "lang": "fr"},
        {"number": number(7)},
        {"number": "x" * 5001},
        {"number": ""},
        {},
        {"number": [number(1), number(2)]},
        {"number": number(1), "unknown": "1"},
    ],
)
def test_both_ways_answer_alike(new_client: NewClient, query: dict[str, str]) -> None:
    """Body, status and headers, with errors told in the same shape."""
    quick, slow = new_client(), new_client(ready=False)
    one, other = (client.get("/v1/verify", params=query) for client in (quick, slow))
    assert (one.status_code, one.content) == (other.status_code, other.content)
    for answer in (one, other):
        del answer.headers["x-request-id"]
    assert dict(one.headers) == dict(other.headers)


def test_a_quick_answer_is_counted_under_its_route(new_client: NewClient) -> None:
    client = new_client()
    client.get("/v1/verify", params={"number": number(1)})
    told = client.get("/metrics").text
    assert 'suanbei_requests_total{method="GET",route="/v1/verify",status="200"} 1.0' in told


def test_a_failure_of_the_quick_way_is_logged_and_the_route_answers(
    new_client: NewClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: object) -> None:
        raise ValueError("of the test")

    monkeypatch.setattr(VerdictDesk, "quickly", fails)
    assert new_client().get("/v1/verify", params={"number": number(1)}).status_code == 200
    assert "ValueError: of the test" in caplog.text


def test_a_new_list_is_in_the_next_answer(new_client: NewClient, database: Database) -> None:
    """What is kept of the lists' own data is never behind the registry."""
    client = new_client()
    assert client.get("/v1/verify", params={"number": number(1)}).json()["verdict"] == "active"
    import_document(database, listed([row(3, period="2023-08")]))
    told = client.get("/v1/verify", params={"number": number(1)}).json()
    assert told["coverage"]["deep_synthesis"]["newest"] == "2023-08"


def test_an_answer_is_kept_for_its_question_and_no_other(
    new_client: NewClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is looked up once for each query and language, listed or not, while the registry stays as it is."""
    asked = []
    quickly = VerdictDesk.quickly

    def counted(desk: VerdictDesk, *question: Any) -> bytes | None:
        asked.append(question[0])
        return quickly(desk, *question)

    monkeypatch.setattr(VerdictDesk, "quickly", counted)
    client = new_client()

    def texts() -> list[str]:
        return [
            client.get(
                "/v1/verify", params={"number": one}, headers={"accept-language": spoken}
            ).text
            for one in (number(1), number(7))
            for spoken in ("en", "zh", "en")
        ]

    told = texts()
    assert (told[0], told[3]) == (told[2], told[5])
    assert len(set(told)) == 4
    assert len(asked) == 4
    import_document(database, listed([row(3, period="2023-08")]))
    assert texts() != told
    assert len(asked) == 8


def test_what_is_kept_has_an_end(new_client: NewClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many questions come, and however long they are."""
    monkeypatch.setattr("suanbei.search_api.edge.ready.KEPT_BYTES", 5_000)
    client = new_client()
    for pad in range(7):
        answer = client.get("/v1/verify", params={"number": number(1) + " " * pad})
        assert answer.json()["verdict"] == "active"
