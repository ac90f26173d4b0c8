"""The main job as a user runs it: real processes on the real lists, with the sites' faults."""

import json
from pathlib import Path

import pytest
from sqlalchemy import text

from suanbei.crawler.archive import Archive
from suanbei.registry.database import Database
from tests.processes import Done, replica, some_lists, suanbei

pytestmark = pytest.mark.official
SOME = ("--source", "genai", "--source", "deregistration")
DALI = "网信算备330110507206401230035号"
TRUTH = {
    "filings": "series, number_key, number, name, entity_id, entity, product, purpose, remark, "
    "status, region, flags, changes",
    "entities": "*",
    "batches": "id, ordinal, title, rows, published_on, notice_url, document_url, "
    "(SELECT sha256 FROM versions WHERE versions.id = batches.current_version_id)",
    "documents": "sha256, format, size, url",
}


def crawl(home: Path, base: str, *words: str) -> Done:
    """Run `suanbei crawl` over the sites at an address."""
    return suanbei(home, "crawl", *words, CAC_URL=base, BEIAN_URL=base)


def truth(home: Path) -> dict[str, list[str]]:
    """What the registry says, without surrogate keys and times."""
    database = Database(f"sqlite:///{home / 'registry.sqlite3'}")
    with database.read() as session:
        found = {
            table: sorted(map(str, session.execute(text(f"SELECT {columns} FROM {table}"))))
            for table, columns in TRUTH.items()
        }
    database.close()
    return found


@pytest.fixture(scope="module")
def crawled(official: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home after one crawl without faults."""
    home = tmp_path_factory.mktemp("crawled")
    with replica() as base:
        done = crawl(home, base)
    assert done.returncode == 0
    return home


def test_a_crawl_brings_every_list_with_its_rows(official: Path, crawled: Path) -> None:
    """The whole manifest is in the registry, row for row, and in the archive, byte for byte."""
    manifest = json.loads((official / "manifest.json").read_text("utf-8"))
    database = Database(f"sqlite:///{crawled / 'registry.sqlite3'}")
    with database.read() as session:
        rows = session.execute(
            text(
                "SELECT v.sha256, sum(b.rows) FROM batches b"
                " JOIN versions v ON v.id = b.current_version_id GROUP BY v.sha256"
            )
        )
        kept: dict[str, int] = dict(rows.tuples().all())
    database.close()
    assert kept == {one["sha256"]: one["rows"] for one in manifest}
    archive = Archive(crawled / "archive")
    assert set(archive) == set(kept)
    assert not list(archive.verify())


def test_a_second_crawl_changes_nothing(official: Path, crawled: Path) -> None:
    """Neither a plain pass nor one that reads everything again makes news of what is known."""
    before = truth(crawled)
    with replica() as base:
        assert crawl(crawled, base).returncode == 0
        assert crawl(crawled, base, "--full").returncode == 0
    assert truth(crawled) == before


@pytest.fixture(scope="module")
def lists(official: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lists of two sources: the first ones of a page, and all that notices lead to."""
    folder = tmp_path_factory.mktemp("lists")
    return some_lists(
        official,
        folder,
        lambda series, period: (
            series == "deregistration" or (series == "genai" and period < "2025")
        ),
    )


@pytest.fixture(scope="module")
def some(lists: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home after one crawl of these without faults."""
    home = tmp_path_factory.mktemp("some")
    with replica("--official", str(lists)) as base:
        assert crawl(home, base, *SOME).returncode == 0
    return home


def test_faults_are_named_and_made_good_later(lists: Path, some: Path, tmp_path: Path) -> None:
    """No bad document is kept; what failed is said; the next crawl completes the registry."""
    good = set(truth(some)["documents"])
    for fault in ("waf", "cut", "503"):
        with replica("--official", str(lists), "--fault", fault, "--every", "2") as base:
            done = crawl(tmp_path, base, *SOME)
        kept = set(truth(tmp_path)["documents"])
        assert kept <= good, fault
        missing = good - kept
        assert done.returncode == (3 if missing else 0), fault  # a retry may have brought them all
        assert len([line for line in done.stderr.splitlines() if ": " in line]) >= len(missing)
    with replica("--official", str(lists)) as base:
        assert crawl(tmp_path, base, *SOME).returncode == 0
    assert truth(tmp_path) == truth(some)


def test_a_site_that_always_fails_is_exit_3_and_keeps_nothing(
    official: Path, tmp_path: Path
) -> None:
    """A firewall page for every document: nothing archived, every failure named."""
    with replica("--fault", "waf", "--every", "1") as base:
        done = crawl(tmp_path, base, "--source", "genai")
    assert done.returncode == 3
    assert "firewall" in done.stderr
    assert truth(tmp_path)["documents"] == []
    assert list(Archive(tmp_path / "archive")) == []
