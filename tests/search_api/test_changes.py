"""/v1/changes: complete, in order, filterable, and quick to tell."""

import asyncio
import threading
import time

import pytest

from suanbei.registry.database import Database
from suanbei.registry.importing.documents import import_document
from tests.lists import listed, number, row
from tests.search_api.watching import client_over, fill


def test_a_reader_who_follows_the_cursor_misses_nothing(database: Database) -> None:
    """Pages of any size put together are the whole log, in order, once."""
    fill(database)
    client = client_over(database)
    read: list[int] = []
    after = 0
    while True:
        page = client.get("/v1/changes", params={"after": after, "limit": 7}).json()
        read += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        after = page["next"]
    assert read == list(range(1, page["last"] + 1))
    assert page["last"] == 24


def test_a_change_has_the_documented_shape(database: Database) -> None:
    """Programs rely on field, before and after."""
    fill(database)
    page = client_over(database).get("/v1/changes", params={"type": "filing.changed"}).json()
    change = page["items"][0]
    assert change.pop("at").endswith("Z")
    assert change == {
        "id": 23,
        "type": "filing.changed",
        "series": "deep_synthesis",
        "period": "2023-06",
        "number": number(2),
        "entity": "测试（杭州）科技有限公司",
        "batch": "deep_synthesis-2023-06",
        "data": {"product": {"before": "测试2(APP)", "after": "新名(APP)"}},
    }
    assert page["total"] == 1
    assert (page["next"], page["last"]) == (None, 24)


@pytest.mark.parametrize(
    ("filters", "types"),
    [
        ({"number": number(1)}, ["filing.added", "filing.deregistered"]),
        ({"number": number(1)[4:-1]}, ["filing.added", "filing.deregistered"]),
        ({"type": ["batch.published", "filing.vanished"]}, ["batch.published", "filing.vanished"]),
        ({"series": "algorithm"}, []),
        ({"entity": "测试(杭州)科技有限公司", "type": "filing.vanished"}, ["filing.vanished"]),
        ({"entity": "别的公司"}, []),
        ({"batch": "deep_synthesis-2023-06", "type": "batch.published"}, ["batch.published"]),
    ],
)
def test_filters(database: Database, filters: dict[str, str], types: list[str]) -> None:
    """Numbers and names in any spelling; filters of different kinds narrow each other."""
    fill(database)
    page = client_over(database).get("/v1/changes", params=filters).json()
    assert [item["type"] for item in page["items"]] == types


def test_a_filtered_reader_moves_on_where_nothing_matches(database: Database) -> None:
    """Otherwise it would read the same thousands of events again each time: `last` is its next `after`."""
    fill(database)
    page = client_over(database).get("/v1/changes", params={"series": "algorithm"}).json()
    assert (page["items"], page["next"], page["last"]) == ([], None, 24)


def test_a_cursor_ahead_of_the_log_is_refused(database: Database) -> None:
    """It belongs to another registry: answering nothing for ever would hide that."""
    fill(database)
    answer = client_over(database).get("/v1/changes", params={"after": 25})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_request")
    assert answer.json()["detail"] == "after=25: the newest change is 24"


def test_long_polling_answers_as_soon_as_there_is_something(database: Database) -> None:
    """A waiting reader hears of a list when it comes, not at the end of its wait."""
    fill(database)
    client = client_over(database)

    def publish() -> None:
        time.sleep(0.7)  # the reader waits by then, unless the machine is very busy
        import_document(database, listed([row(30, period="2024-01")]))

    thread = threading.Thread(target=publish)
    thread.start()
    began = time.monotonic()
    page = client.get("/v1/changes", params={"after": 24, "wait": 60}).json()
    waited = time.monotonic() - began
    thread.join()
    assert [item["type"] for item in page["items"]] == ["batch.published", "filing.added"]
    assert waited < 50, "it came when it was there, not at the end"


def test_long_polling_ends_without_news(database: Database) -> None:
    """An empty answer after the wait, with a cursor to go on from."""
    fill(database)
    began = time.monotonic()
    page = client_over(database).get("/v1/changes", params={"after": 24, "wait": 1}).json()
    assert (page["items"], page["next"], page["last"]) == ([], None, 24)
    assert time.monotonic() - began > 0.9


def test_only_so_many_wait(database: Database) -> None:
    """Whoever comes when all places are taken is told at once; whoever does not wait is answered."""
    fill(database)
    client = client_over(database)
    client.app.state.waiting = asyncio.Semaphore(0)  # type: ignore[attr-defined]
    refused = client.get("/v1/changes", params={"after": 24, "wait": 60})
    assert (refused.status_code, refused.json()["code"]) == (503, "overloaded")
    assert client.get("/v1/changes", params={"after": 24}).status_code == 200
    assert client.get("/v1/changes", params={"after": 23, "wait": 60}).json()["total"] == 1
