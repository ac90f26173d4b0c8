"""The whole OpenAPI, asked at random: what is sent gets what is documented, and never a 500."""

import html
import importlib
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis.errors import Unsatisfiable
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from suanbei.common.settings import Settings
from suanbei.parsers.find_numbers import find_numbers
from suanbei.registry.database import Database
from suanbei.search_api.app import create_app
from suanbei.search_api.deps import Services
from suanbei.search_api.schemas.filing import BriefFiling
from tests.lists import number
from tests.pages.registry import fill

SHARES, EXAMPLES = 4, 5
KEY = "a-key-for-tests"
EXCUSED = {(404, "evidence.png"), (404, "1234567"), (404, "deep_synthesis-2023-06"),
           (201, "receipts"), (404, "ID")}  # fmt: skip
"""Pictures want an archive; companies and lists have other names in the registry of the tests."""
CHECKS = (
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The API over a small registry, with all that it may use but a search server."""
    settings = Settings(home=tmp_path_factory.mktemp("api"), api_keys=KEY, schedule="")
    database = Database(settings.database)
    database.migrate()
    fill(database)
    app = create_app(Services(settings, database, numbers_in=find_numbers))
    yield schemathesis.openapi.from_asgi("/openapi.json", app)
    database.close()


def test_schemas_and_operations_have_clean_names_of_their_own(api: Any) -> None:
    """Two schemas of one title made a generated client return nothing at all."""
    told = api.raw_schema
    titles = [one.get("title", name) for name, one in told["components"]["schemas"].items()]
    assert len(titles) == len(set(titles))
    assert not [name for name in told["components"]["schemas"] if "__" in name]
    operations = [one for path in told["paths"].values() for one in path.values()]
    names = [one["operationId"] for one in operations]
    assert len(names) == len(set(names))
    assert not [name for name in names if "v1" in name or "__" in name]
    # A name says what is listed: its own words need no address beside them.
    assert not {"list_all", "create", "list"} & set(names)
    untyped = [
        one["operationId"]
        for one in operations
        for code, answer in one["responses"].items()
        if code.startswith("2")
        and answer.get("content", {}).get("application/json") == {"schema": {}}
    ]
    assert untyped == []


def test_a_generated_client_reads_what_the_server_answers(api: Any, tmp_path: Path) -> None:
    """openapi-python-client: verify, search, one filing, batches, statistics and changes are typed."""
    document, target = tmp_path / "openapi.json", tmp_path / "made"
    document.write_text(json.dumps(api.raw_schema))
    tool = Path(sys.executable).parent / "openapi-python-client"
    command = [tool, "generate", "--path", document, "--output-path", target, "--meta", "none"]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout + made.stderr
    warned = re.findall(r"WARNING parsing (\S+ \S+)", made.stdout + made.stderr)
    odd = {"POST /v1/scan", "GET /v1/filings/{number}/evidence.png"}
    assert set(warned) <= odd, "it knows neither bodies of plain text nor pictures"
    calls = (
        ("verify", "verify_one", {"number": number(1)}, "verdict"),
        ("filings", "list_filings", {"q": "测试"}, "items"),
        ("filings", "get_filing", {"number": number(1)}, "entity"),
        ("batches", "list_batches", {}, "items"),
        ("batches", "expected_batches", {}, "items"),
        ("entities", "list_entities", {}, "items"),
        ("stats", "get_summary", {}, "filings"),
        ("stats", "get_figures", {"dimension": "region"}, "items"),
        ("changes", "list_changes", {}, "items"),
        ("system", "get_status", {}, "version"),
    )
    sys.path.insert(0, str(tmp_path))
    try:
        client = importlib.import_module("made").Client("http://testserver")
        client.set_httpx_client(TestClient(api.app))
        for section, name, values, field in calls:
            call = importlib.import_module(f"made.api.{section}.{name}")
            answer = call.sync(client=client, **values)
            assert type(answer).__module__.startswith("made.models"), (name, answer)
            assert hasattr(answer, field), name
    finally:
        sys.path.remove(str(tmp_path))


def test_what_is_not_there_is_null(api: Any) -> None:
    """Never an empty text, at whatever depth; `entity` has one shape."""
    client = TestClient(api.app)
    asked = ("/v1/filings", f"/v1/filings/{number(1)}", "/v1/batches", "/v1/entities", "/v1/changes",
             f"/v1/verify?number={number(1)}", "/v1/stats/summary", "/v1/stats/region")  # fmt: skip

    def look(value: Any, path: str) -> None:
        assert value != "", path
        if isinstance(value, dict):
            for name, one in value.items():
                look(one, f"{path}.{name}")
                if name == "entity" and isinstance(one, dict):
                    assert set(one) == {"id", "name", "former_names"}, path
        elif isinstance(value, list):
            for one in value:
                look(one, path)

    for path in asked:
        look(client.get(path).json(), path)


@pytest.mark.parametrize("share", range(SHARES))
def test_what_is_sent_gets_what_is_documented(api: Any, share: int) -> None:
    """A share of the operations, each with parameters and bodies that fit and that do not."""
    operations = [found.ok() for found in api.get_all_operations()]
    assert len(operations) > SHARES
    for operation in operations[share::SHARES]:
        ask_at_random(operation, schemathesis.GenerationMode.POSITIVE)
        with suppress(Unsatisfiable):  # where anything may be sent, nothing can be wrong
            ask_at_random(operation, schemathesis.GenerationMode.NEGATIVE)


def ask_at_random(operation: Any, mode: schemathesis.GenerationMode) -> None:
    """Some requests of one operation, the same ones each time."""

    @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
    @hypothesis.settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    def ask(case: Any) -> None:
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {KEY}"}
        (case.query or {}).pop("wait", None)  # a long poll waits as long as it is told to
        case.call_and_validate(checks=CHECKS, timeout=240)

    ask()


def test_a_list_can_be_brief(api: Any) -> None:
    """Twenty hits with all their evidence are 30 kB; who picks one needs little of it."""
    client = TestClient(api.app)
    whole = client.get("/v1/filings").json()
    brief = client.get("/v1/filings?brief=1").json()
    assert [one["number"] for one in brief["items"]] == [one["number"] for one in whole["items"]]
    assert set(brief["items"][0]) == set(BriefFiling.model_fields)
    assert len(str(brief["items"])) < len(str(whole["items"])) / 2


def test_every_sample_of_the_documentation_runs_as_shown(api: Any) -> None:
    """What a newcomer copies from /docs gets an answer."""
    client = TestClient(api.app)
    page = html.unescape(client.get("/docs", headers={"Accept": "text/html"}).text)
    samples = re.findall(r"curl (.*?)</pre>", page)
    assert len(samples) > 25
    for sample in samples:
        words = shlex.split(sample)
        method = words[words.index("-X") + 1] if "-X" in words else "GET"
        address = next(word for word in words if word.startswith("http"))
        headers = dict(words[at + 1].split(": ") for at, word in enumerate(words) if word == "-H")
        body = words[words.index("--data") + 1].encode() if "--data" in words else None
        path = _known_here(address.split("8000", 1)[1])
        if "Authorization" in headers or "-F" in words:
            continue  # a key and a file are one's own
        status = client.request(method, path, content=body, headers=headers).status_code
        assert status == 200 or (status, path.rsplit("/", 1)[-1]) in EXCUSED, sample
    links = re.findall('<p><a href="(/[^"]+)">', page)
    assert len(links) > 10
    for link in links:  # what a browser asks for, without a key
        assert client.get(_known_here(link)).status_code == 200, link


def _known_here(address: str) -> str:
    """An address of a sample, with what this registry holds."""
    known = {"Beijing-WenXinYiYan-20230821": number(1), "6455028": "1234567"}
    for shown, here in known.items():
        address = address.replace(shown, here)
    return address
