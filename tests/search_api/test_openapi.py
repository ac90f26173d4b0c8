"""The whole OpenAPI, asked at random: what is sent gets what is documented, and never a 500."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import hypothesis
import pytest
import schemathesis
from hypothesis.errors import Unsatisfiable
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from suanbei.common.settings import Settings
from suanbei.parsers.find_numbers import find_in_subprocess
from suanbei.registry.database import Database
from suanbei.search_api.app import create_app
from suanbei.search_api.deps import Services
from tests.pages.registry import fill

SHARES, EXAMPLES = 4, 8
KEY = "a-key-for-tests"
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
    app = create_app(Services(settings, database, numbers_in=find_in_subprocess))
    yield schemathesis.openapi.from_asgi("/openapi.json", app)
    database.close()


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
        case.call_and_validate(checks=CHECKS)

    ask()
