"""What a look-up asks of the database is found by an index, however large the registry grows."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event

from suanbei.common.settings import Settings
from suanbei.registry.database import Database
from tests.search_api.watching import client_over, fill, number

LOOKUPS = (
    "/v1/verify?number={number}", "/v1/verify?number={number}&entity=测试（杭州）科技有限公司",
    "/v1/filings/{number}", "/v1/entities/{entity}", "/v1/batches/deep_synthesis-2023-06",
    "/v1/changes?number={number}", "/v1/changes?entity=测试（杭州）科技有限公司",
    "/v1/changes?batch=deep_synthesis-2023-06", "/v1/changes?after=3",
    "/feeds/changes.atom?number={number}", "/feeds/search.atom?entity={entity}",
)  # fmt: skip
LARGE = (
    "listings",
    "filings",
    "events",
    "filing_products",
    "filing_flags",
    "entities",
    "entity_keys",
)
"""Tables that grow with every list; none of them is read from end to end for one number."""


@pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("path", LOOKUPS)
def test_a_look_up_scans_no_table(path: str, database: Database, settings: Settings) -> None:
    """EXPLAIN QUERY PLAN of every statement that the route sends."""
    fill(database)
    client = client_over(database, home=settings.home)
    entity = client.get("/v1/entities").json()["items"][0]["id"]
    for statement, steps in plans(client, database, path.format(number=number(1), entity=entity)):
        scans = [step for step in steps if step.startswith("SCAN ") and "USING" not in step]
        assert not [one for one in scans if one.split()[1] in LARGE], (statement, scans)


@pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("query", ["", "q=", "region=浙江"])
def test_a_feed_of_much_reads_the_log_from_its_end(
    query: str, database: Database, settings: Settings
) -> None:
    """Not all changes of all filings, sorted, for the fifty newest: 2 s at 200,000 filings."""
    fill(database)
    client = client_over(database, home=settings.home)
    found = [
        steps
        for statement, steps in plans(client, database, f"/feeds/search.atom?{query}")
        if "FROM events JOIN filings" in statement
    ]
    assert found
    assert "USE TEMP B-TREE FOR ORDER BY" not in found[0]


def plans(client: TestClient, database: Database, path: str) -> list[tuple[str, list[str]]]:
    """Every query that a route sends, and the steps of its plan."""
    asked: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        asked.append((" ".join(statement.split()), values))

    event.listen(database.engine, "before_cursor_execute", note)
    answer = client.get(path)
    event.remove(database.engine, "before_cursor_execute", note)
    assert answer.status_code == 200, answer.text
    assert asked
    with database.engine.connect() as connection:
        return [
            (statement, [row[3] for row in connection.exec_driver_sql(
                f"EXPLAIN QUERY PLAN {statement}", values).all()])
            for statement, values in asked
            if statement.upper().startswith(("SELECT", "WITH"))
        ]  # fmt: skip
