"""On the replica of the real sites: every document of the manifest, and the faults they have."""

import json
import urllib.request
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from suanbei.common.settings import Settings
from suanbei.crawler.report import CrawlReport
from suanbei.crawler.sources import load_catalogue
from tests.crawler.conftest import Basket, crawl_once
from tests.crawler.process import in_process
from tests.processes import replica

pytestmark = pytest.mark.official


@pytest.fixture(scope="session")
def manifest(official: Path) -> list[dict[str, Any]]:
    documents: list[dict[str, Any]] = json.loads((official / "manifest.json").read_text("utf-8"))
    return documents


def visit(url: str, home: Path, basket: Basket, delay: float = 0) -> CrawlReport:
    settings = Settings(home=home, cac_url=url, beian_url=url, delay=delay, proxy="")
    report, found = in_process(crawl_once, settings, load_catalogue().select())
    basket.documents += found.documents
    return report


def hashes(basket: Basket) -> Counter[str]:
    return Counter(d.sha256 for d in basket.documents)


def test_every_document_of_the_manifest_exactly_once(
    manifest: list[dict[str, Any]], tmp_path: Path
) -> None:
    """All series, found through whatever leads to them, with register, title and date as listed."""
    basket = Basket()
    with replica() as url:
        report = visit(url, tmp_path, basket)
        with urllib.request.urlopen(f"{url}/__log") as answer:
            log = json.load(answer)
    assert report.ok, report.failures
    assert hashes(basket) == Counter(document["sha256"] for document in manifest)
    counts = {name: source.new for name, source in report.sources.items() if source.new}
    assert counts == Counter(document["series"] for document in manifest)
    found = {d.sha256: d.origin for d in basket.documents}
    for listed in manifest:
        origin = found[listed["sha256"]]
        assert origin.label == listed["title"].replace(" ", "")
        if listed["series"] in ("deep_synthesis", "deregistration"):
            assert origin.published_on
            assert f"{origin.published_on:%Y-%m}" >= listed["period"][:7]
        if listed.get("batch"):
            assert listed["batch"] in origin.notice_title
    asked = Counter(entry["path"] for entry in log if "JsonList" not in entry["path"])
    assert max(count for path, count in asked.items() if path != "/api/notice/list") == 1
    assert all(entry["referer"] for entry in log if entry["path"] != "/robots.txt")


def test_the_sites_at_an_earlier_time(manifest: list[dict[str, Any]], tmp_path: Path) -> None:
    """What is published by the end of a month, and no more."""
    basket = Basket()
    with replica("--until", "2026-01") as url:
        assert visit(url, tmp_path, basket).ok
    expected = {d["sha256"] for d in manifest if d["period"][:7] <= "2026-01"}
    assert set(hashes(basket)) == expected
