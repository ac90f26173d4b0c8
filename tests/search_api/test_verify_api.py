"""The API of verification: verdicts, one filing, one company."""

import csv
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from suanbei.common.settings import Settings
from suanbei.registry.database import Database
from suanbei.registry.importing.documents import import_document
from suanbei.search_api.app import create_app
from suanbei.search_api.deps import Services
from suanbei.search_api.schemas.record import EntityRecord, FilingRecord
from suanbei.search_api.schemas.verdict import Verdict, Verdicts
from tests.lists import listed, number, row


@pytest.fixture(scope="module")
def client(
    module_database: Database, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TestClient]:
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    import_document(module_database, listed([row(1), row(2)]))
    with TestClient(create_app(Services(settings, module_database))) as opened:
        yield opened


def test_a_verdict_has_the_documented_shape(client: TestClient) -> None:
    answer = client.get("/v1/verify", params={"number": number(1), "lang": "zh"})
    verdict = Verdict.model_validate(answer.json())
    assert (verdict.verdict, verdict.reasons[0].text[:2]) == ("active", "列于")


def test_texts_follow_the_language_of_the_reader(client: TestClient) -> None:
    answer = client.get(
        "/v1/verify", params={"number": number(1)}, headers={"Accept-Language": "zh-CN,en;q=0.5"}
    )
    assert answer.json()["reasons"][0]["text"].startswith("列于")


def test_many_are_answered_in_order(client: TestClient) -> None:
    questions = [
        number(2),
        {"number": "hello"},
        {"number": number(1), "entity": "北京乙丙科技有限公司"},
    ]
    answer = Verdicts.model_validate(client.post("/v1/verify", json={"items": questions}).json())
    assert [one.verdict for one in answer.items] == ["active", "no_number", "active"]
    assert answer.items[2].entity_match == "different"


@pytest.mark.parametrize("items", [[], ["x"] * 1001, ["x" * 301], None])
def test_too_much_or_nothing_is_a_problem(client: TestClient, items: object) -> None:
    answer = client.post("/v1/verify", json={"items": items})
    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid_request"


def test_a_filing_comes_with_its_history(client: TestClient) -> None:
    found = FilingRecord.model_validate(client.get(f"/v1/filings/{number(1)}").json())
    assert [step.what for step in found.history] == ["listed"]


def test_a_company_comes_with_its_duties(client: TestClient) -> None:
    found = EntityRecord.model_validate(client.get("/v1/entities/5072064").json())
    assert (found.duties.algorithm_filing, found.duties.model_filing) == ("has", "has_not")
    assert found.roles.service_provider == 2


@pytest.mark.parametrize(
    "path", ["/v1/filings/nothing", "/v1/entities/nobody", "/v1/filings/nothing/evidence.png"]
)
def test_what_is_not_known_is_a_problem(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_several_numbers_are_no_filing(client: TestClient) -> None:
    """Two listed numbers in one address are not "in no list known"; one of them twice is that one."""
    several = f"{number(1)}、{number(2)}"
    paths = (f"/v1/filings/{several}", f"/v1/filings/{several}/evidence.png", f"/filings/{several}",
             f"/v1/changes?number={several}")  # fmt: skip
    assert [client.get(path).status_code for path in paths] == [400] * len(paths)
    twice = client.get(f"/v1/filings/{number(1)} ({number(1)})")
    assert twice.json()["number"] == number(1)


def test_one_line_for_a_spreadsheet(client: TestClient) -> None:
    """WEBSERVICE shows the text of an answer, IMPORTDATA reads its columns."""
    answer = client.get("/v1/verify.csv", params={"number": number(1), "lang": "zh"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    (cells,) = csv.reader(answer.text.splitlines())
    assert cells[:2] == ["active", number(1)]
    assert client.get("/v1/verify.csv", params={"number": "=1+1"}).text.startswith("no_number")
