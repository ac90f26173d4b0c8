"""/v1/status: shows what runs, also where nothing ever ran."""

from suanbei.registry.database import Database
from suanbei.registry.locks import Lock
from suanbei.registry.watching import record_check
from tests.search_api.watching import client_over, fill


def test_a_fresh_registry_has_a_status(database: Database) -> None:
    """No run, no watcher, no alarm: shown as such, not an error."""
    status = client_over(database).get("/v1/status").json()
    assert (status["version"], status["runs"], status["alarms"]) == (0, [], [])
    assert status["watching"]["alive"] is False
    assert status["deliveries"] == {"pending": 0, "parked": 0}


def test_sources_and_holders_are_shown(database: Database) -> None:
    """When a source was looked at, how often it failed, and who is at work."""
    fill(database)
    with database.write() as session:
        record_check(session, "deep_synthesis", ok=False, message="HTTP 503")
    lock = Lock(database, "crawl")
    assert lock.acquire()
    status = client_over(database).get("/v1/status").json()
    assert status["sources"][0]["failures"] == 1
    assert status["sources"][0]["message"] == "HTTP 503"
    assert ", process " in status["leases"]["crawl"]["holder"]
    assert status["leases"]["deliver"] == {"holder": None, "since": None}
    lock.release()
