"""A crawl for people, in both languages."""

import io

import pytest
from rich.console import Console

from suanbei.common.settings import Settings
from suanbei.common.texts import Language
from suanbei.crawler.crawl import crawl
from suanbei.crawler.report import CrawlReport, Failure, SourceReport, crawl_progress
from suanbei.crawler.sources import Catalogue, load_catalogue
from suanbei.registry.importing.documents import ImportReport
from tests.crawler.conftest import Basket, Rig
from tests.crawler.process import in_process
from tests.crawler.site import cut, firewall


def console(width: int = 140) -> Console:
    return Console(file=io.StringIO(), width=width, force_terminal=False)


def shown(screen: Console) -> str:
    assert isinstance(screen.file, io.StringIO)
    return screen.file.getvalue()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (Language.ZH, ["采集结果", "来源", "互联网信息服务算法备案", "失败", "变更备案"]),
        (Language.EN, ["Crawl", "Source", "Algorithm filings", "Failed", "Updates"]),
    ],
)
def test_the_table(language: Language, words: list[str]) -> None:
    """A row per source with its counts, and whether all is well."""
    algorithm, deep = load_catalogue().select().sources[:2]
    good, bad = SourceReport(algorithm), SourceReport(deep)
    for outcome in (
        ImportReport("new", added=41),
        ImportReport("same"),
        ImportReport("changed", changed=3),
    ):
        good.take(outcome)
    bad.failures.append(Failure("u", "清单", "firewall", "清单: a firewall page (HTTP 200)"))
    report = CrawlReport({"algorithm": good, "deep_synthesis": bad})
    screen = console(80)
    screen.print(report.table(language))
    text = shown(screen)
    assert all(word in text for word in words)
    assert "…" not in text
    assert "41" in text
    assert not report.ok
    assert report.failure_lines() == ["deep_synthesis: firewall: 清单: a firewall page (HTTP 200)"]


def watch(settings: Settings, catalogue: Catalogue, language: Language) -> str:
    """What the bars of a crawl show at its end."""
    screen = console()
    with crawl_progress(catalogue, language, screen) as progress:
        crawl(settings, catalogue, Basket(), on_progress=progress)
    return shown(screen)


@pytest.mark.parametrize("language", list(Language))
def test_the_bars_follow_a_crawl(rig: Rig, language: Language) -> None:
    """Every source ends at its count of documents, failures included and named."""
    rig.site.faults["a1"] = [firewall]
    rig.site.faults["g1"] = [cut]
    text = in_process(watch, rig.settings, rig.catalogue.select(), language).splitlines()
    titles = {Language.ZH: ("深度合成服务算法备案", "互联网信息服务算法备案")}
    for title, count in zip(titles.get(language, ("Deep", "Algorithm")), "32", strict=True):
        assert any(line.startswith(title) and f"{count}/{count}" in line for line in text)
    assert any("firewall: " in line for line in text)


def test_a_label_is_not_markup(rig: Rig) -> None:
    """Square brackets in a title are letters, not styles."""
    rig.site.notices[1]["title"] = "关于注销“[/red][bold]某算法”备案编号的公告"
    rig.site.faults["notice_1"] = [firewall]
    text = in_process(watch, rig.settings, rig.catalogue.select(), Language.ZH)
    assert "[/red][bold]某算法" in text
