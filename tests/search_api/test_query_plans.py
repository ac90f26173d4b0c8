"""What a look-up asks of the database is found by an index, however large the registry grows."""

from typing import Any

import pytest
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
    asked: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        asked.append((statement, values))

    event.listen(database.engine, "before_cursor_execute", note)
    answer = client.get(path.format(number=number(1), entity=entity))
    event.remove(database.engine, "before_cursor_execute", note)
    assert answer.status_code == 200, answer.text
    assert asked
    with database.engine.connect() as connection:
        for statement, values in asked:
            if not statement.lstrip().upper().startswith(("SELECT", "WITH")):
                continue
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
            scans = [row[3] for row in plan if row[3].startswith("SCAN ") and "USING" not in row[3]]
            assert not [one for one in scans if one.split()[1] in LARGE], (statement, scans)
