"""The topology of deploy/compose.yaml with real processes: replicas, a proxy, deaths and upgrades."""

import json
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from sqlalchemy import text

from suanbei.registry.database import Database
from suanbei.registry.watching import record_check
from tests.processes import until
from tests.trial.postgres import binaries
from tests.trial.processes import Answer, ask, wait_for
from tests.trial.topology import Topology, topology

NUMBER = quote("网信算备330110507206401230035号")
pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def whole() -> Iterator[Topology]:
    """PostgreSQL, two servers, two watchers and nginx."""
    if binaries() is None or not shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/bin"):
        pytest.skip("NO TOPOLOGY: apt-get install postgresql nginx-light (tests/setup_debian.sh)")
    with topology() as running:
        yield running


def change(whole: Topology) -> None:
    """A change that readers notice."""
    database = Database(whole.settings["DATABASE_URL"])
    with database.write() as session:
        record_check(session, "algorithm", ok=True)
    database.close()


def asked(address: str, path: str = f"/v1/verify?number={NUMBER}", **headers: str) -> Answer:
    return ask(address + path, **headers)


def test_replicas_say_the_same_and_the_proxy_remembers_it(whole: Topology) -> None:
    """The same tag from each server; the second question does not reach them."""
    one, other = (asked(f"http://127.0.0.1:{p}", Host="suanbei.example") for p in whole.servers)
    assert (one.status, json.loads(one.body)["verdict"]) == (200, "active")
    assert (one.body, one.headers["etag"]) == (other.body, other.headers["etag"])
    first, second = asked(whole.proxy), asked(whole.proxy)
    assert json.loads(second.body) == json.loads(one.body)
    assert (first.headers["x-cache"], second.headers["x-cache"]) == ("MISS", "HIT")
    tag = {"If_None_Match": second.headers["etag"]}
    assert asked(whole.proxy, **tag).status == 304
    assert asked(whole.proxy, "/metrics").status == 404
    counted = json.loads(asked(whole.proxy, "/v1/stats/summary").body)
    assert counted["filings"] == 10_620  # the whole snapshot, in PostgreSQL


def test_no_replica_answers_from_an_older_registry(whole: Topology) -> None:
    """After a change, no server confirms the old tag, and the proxy follows within its seconds."""
    old = asked(whole.proxy).headers["etag"]
    change(whole)
    for port in whole.servers:
        answer = asked(f"http://127.0.0.1:{port}", If_None_Match=old)
        assert (answer.status, answer.headers["etag"] != old) == (200, True)
    until(lambda: asked(whole.proxy).headers["etag"] != old, seconds=30)


def test_a_page_comes_in_the_language_of_each_reader(whole: Topology) -> None:
    """The proxy's memory keeps languages and choices apart."""
    pages = [asked(whole.proxy, "/guide", Accept="text/html", Accept_Language=language, Cookie=cookie)
             for language in ("zh-CN,zh;q=0.9", "fr, en") for cookie in ("", "suanbei_language=en")
             for _ in "12"]  # fmt: skip
    assert [page.headers["content-language"] for page in pages] == ["zh", "zh", *["en"] * 6]


def test_nobody_notices_that_a_server_dies(whole: Topology) -> None:
    """kill -9 of one server under traffic: every question is answered."""
    assert asked(whole.proxy, "/v1/filings?q=warm").status == 200  # the index is built
    statuses: list[int] = []
    over = threading.Event()

    def traffic() -> None:
        while not over.is_set():
            statuses.append(asked(whole.proxy, f"/v1/filings?q={time.monotonic_ns()}").status)

    threads = [threading.Thread(target=traffic) for _ in range(3)]
    for thread in threads:
        thread.start()
    until(lambda: len(statuses) >= 5)
    port, process = next(iter(whole.servers.items()))
    process.send_signal(signal.SIGKILL)
    before = len(statuses)
    until(lambda: len(statuses) >= before + 20)
    over.set()
    for thread in threads:
        thread.join()
    whole.serve(port)
    assert set(statuses) == {200}


def leader(whole: Topology, lease: str = "deliver") -> str:
    answer = json.loads(asked(whole.proxy, "/v1/status").body)
    return str(answer["leases"][lease]["holder"] or "")


def test_a_dead_leader_is_replaced_within_a_minute(whole: Topology) -> None:
    """The other watcher goes on."""
    until(lambda: bool(leader(whole)))
    first = leader(whole)
    process = next(one for one in whole.watchers if first.endswith(f"process {one.pid}"))
    process.send_signal(signal.SIGKILL)
    process.wait()
    whole.watchers.remove(process)
    until(lambda: leader(whole) not in ("", first), seconds=60)
    whole.watch()


def test_old_servers_go_on_while_a_new_schema_comes(whole: Topology) -> None:
    """For the length of a deploy, the last version runs on what the next one's migration left."""
    database = Database(whole.settings["DATABASE_URL"])
    with database.write() as session:
        session.execute(text("ALTER TABLE filings ADD COLUMN of_the_future VARCHAR"))
        session.execute(text("CREATE TABLE of_the_future (id INTEGER PRIMARY KEY)"))
        before = session.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    try:
        change(whole)
        for port in whole.servers:
            for path in (
                "/health/ready",
                f"/v1/verify?number={NUMBER}",
                "/v1/filings?q=达摩院",
                "/",
            ):
                got = asked(f"http://127.0.0.1:{port}", quote(path, safe="/?=&%"))
                assert got.status == 200, path
    finally:
        with database.write() as session:
            session.execute(text("DROP TABLE of_the_future"))
            session.execute(text("ALTER TABLE filings DROP COLUMN of_the_future"))
            session.execute(
                text("UPDATE alembic_version SET version_num = :before"), {"before": before}
            )
        database.close()


def test_a_lost_database_is_told_and_found_again(whole: Topology) -> None:
    """503 with a problem document while it is away, all well within seconds of its return."""
    port = next(iter(whole.servers))
    direct = f"http://127.0.0.1:{port}"
    known = asked(whole.proxy)
    whole.database.stop()
    answer = asked(direct, "/v1/filings?q=x")
    assert (answer.status, json.loads(answer.body)["code"]) == (503, "database_unavailable")
    assert asked(direct, "/health/live").status == 200
    assert asked(direct, "/health/ready").status == 503
    assert asked(whole.proxy).body == known.body  # the proxy still knows
    whole.database.start()
    wait_for(f"{direct}/health/ready", 60)
    assert asked(direct, "/v1/filings?q=x").status == 200
    assert all(one.poll() is None for one in (*whole.servers.values(), *whole.watchers))
