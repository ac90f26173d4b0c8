"""`suanbei status`: what runs, what ran, what is wrong; and what `suanbei doctor` finds of the index."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.console import Group
from rich.table import Table
from rich.text import Text as Line

from suanbei.common.dates import BEIJING
from suanbei.common.errors import SearchUnavailable
from suanbei.common.settings import Settings
from suanbei.common.terminal import terminal
from suanbei.common.texts import Language, Text, language_of
from suanbei.registry.cells.vocabulary import gap_text, series_title
from suanbei.registry.doctor import Finding, Health
from suanbei.registry.status import NAMES, status_view
from suanbei.search_api.commands.opening import open_filled
from suanbei.search_api.search.engine import Engine

app = typer.Typer()

_NEVER = Text("从未", "never")
_WATCHED = Text("正在监测（{holder}）", "a watcher is running ({holder})")
_UNWATCHED = Text(
    "未在监测：用 suanbei up 或 suanbei watch 启动",
    "no watcher is running: start suanbei up or suanbei watch",
)
_CRAWLING = Text("正在抓取：{holder}，自 {since}", "crawling: {holder}, since {since}")
_SILENT = Text("{part}：自 {since} 起没有动静", "{part}: not heard of since {since}")
_NEXT = Text("下次：{times}", "next: {times}")
_COLUMNS = {
    "source": Text("来源", "Source"),
    "checked": Text("最近检查", "Last looked at"),
    "succeeded": Text("最近成功", "Last success"),
    "failures": Text("连续失败", "Failures"),
    "message": Text("信息", "Message"),
    "kind": Text("方式", "Pass"),
    "started": Text("开始", "Began"),
    "took": Text("用时", "Took"),
    "outcome": Text("结果", "Outcome"),
    "new": Text("新清单", "New"),
    "changed": Text("变更", "Changed"),
}
_KINDS = {"full": Text("全部重读", "full"), "pass": Text("例行", "pass")}
_OUTCOMES = {
    "ok": Text("正常", "ok"),
    "failed": Text("有失败", "failed"),
    "running": Text("进行中", "running"),
    "interrupted": Text("中断", "interrupted"),
}
_ALARM = Text("报警（自 {since}）：{text}", "alarm (since {since}): {text}")
_COLON, _AND = Text("：", ": "), Text("；", "; ")
_HELD = Text(
    "已收录清单 {batches} 份，最新 {newest}", "lists held: {batches}, the newest of {newest}"
)
_TOTAL = Text(
    "官方公布（截至 {as_of}）{published} 项，已收录 {held} 项",
    "{published} published as of {as_of}, {held} held",
)
_SUBSCRIPTIONS = Text(
    "订阅 {total} 个，其中 {failing} 个投递失败；待发 {pending} 条，搁置 {parked} 条",
    "{total} subscriptions, {failing} of them failing; {pending} messages wait, {parked} are parked",
)


@app.command()
def status(
    as_json: Annotated[bool, typer.Option("--json", help="as /v1/status shows it")] = False,
) -> None:
    """Last and next passes, sources, alarms, messages that wait. 运行状态。"""
    settings = Settings.load()
    with open_filled(settings).read() as session:
        view = status_view(session)
    if as_json:
        typer.echo(json.dumps(view, ensure_ascii=False))
    else:
        terminal().print(render_status(view, language_of(settings.language)))
    raise typer.Exit(1 if view["alarms"] else 0)


def render_status(view: dict[str, Any], language: Language) -> Group:
    """The status for people, times in Beijing's zone."""
    alarms = [
        Line(
            _ALARM.say(language, since=_time(a["raised_at"], language), text=a["text"][language]),
            style="bold red",
        )
        for a in view["alarms"]
    ]
    telling = _SUBSCRIPTIONS.say(language, **view["subscriptions"], **view["deliveries"])
    return Group(
        *_watching(view, language),
        *_lists(view, language),
        _sources(view, language),
        _runs(view, language),
        telling,
        *alarms,
    )


def _watching(view: dict[str, Any], language: Language) -> list[str]:
    watching, crawl = view["watching"], view["leases"]["crawl"]
    silent = [name for name, one in view["parts"].items() if one["state"] == "silent"]
    lines = [_UNWATCHED.say(language)]
    if watching["alive"]:
        lines = [_WATCHED.say(language, holder=view["leases"]["deliver"]["holder"] or "?")]
        times = [
            f"{_KINDS[kind].say(language)} {_time(at, language)}"
            for kind, at in sorted(watching["next"].items())
        ]
        lines.append(_NEXT.say(language, times=", ".join(times) or "-"))
    lines += [
        _SILENT.say(
            language, part=NAMES[name].say(language),
            since=_time(view["parts"][name]["heard_at"], language),
        )
        for name in silent
    ]  # fmt: skip
    if crawl["holder"]:
        since = _time(crawl["since"], language)
        lines.append(_CRAWLING.say(language, holder=crawl["holder"], since=since))
    return lines


def _lists(view: dict[str, Any], language: Language) -> list[str]:
    """For each register: lists held, the publisher's total beside ours, and what is missing."""
    totals = {one["series"]: one for one in view["totals"]}
    lines = []
    for series, known in view["coverage"].items():
        said = [_HELD.say(language, batches=known["batches"], newest=known["newest"] or "-")]
        if series in totals:
            said.append(_TOTAL.say(language, **totals[series]))
        said += [gap_text(gap, language) for gap in known["missing"] if gap["kind"] != "total"]
        title = series_title(series, language)
        lines.append(f"{title}{_COLON.say(language)}{_AND.say(language).join(said)}")
    return lines


def _sources(view: dict[str, Any], language: Language) -> Table:
    table = _table(("source", "checked", "succeeded", "failures", "message"), language)
    for one in view["sources"]:
        table.add_row(
            one["source"], _time(one["checked_at"], language),
            _time(one["succeeded_at"], language), str(one["failures"]), one["message"],
        )  # fmt: skip
    return table


def _runs(view: dict[str, Any], language: Language) -> Table:
    table = _table(("kind", "started", "took", "outcome", "new", "changed"), language)
    for run in view["runs"]:
        counts = [
            str(sum(source.get(name, 0) for source in run["sources"].values()))
            for name in ("new", "changed")
        ]
        table.add_row(
            _KINDS[run["kind"]].say(language), _time(run["started_at"], language), _took(run),
            _OUTCOMES[run["outcome"]].say(language), *counts,
        )  # fmt: skip
    return table


def _table(columns: tuple[str, ...], language: Language) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name in columns:
        table.add_column(_COLUMNS[name].say(language))
    return table


def _took(run: dict[str, Any]) -> str:
    if not run["finished_at"]:
        return "-"
    begun, ended = (datetime.fromisoformat(run[key]) for key in ("started_at", "finished_at"))
    return f"{(ended - begun).total_seconds():.0f} s"


def _time(moment: str | None, language: Language) -> str:
    if not moment:
        return _NEVER.say(language)
    return f"{datetime.fromisoformat(moment).astimezone(BEIJING):%m-%d %H:%M}"


def examine_index(engine: Engine) -> Iterator[Finding]:
    """Whether the engine answers, and how far it is behind the registry."""
    try:
        health = engine.health()
    except SearchUnavailable as error:
        yield Finding(Health.BAD, Text(f"检索：{error}", f"search: {error}"))
        return
    name, documents, lag = f"{health.engine} {health.version}", health.documents, health.lag
    if not documents:
        said = Text(f"检索 {name}：尚无索引，首次检索时建立",
                    f"search {name}: no index yet, the first search builds it")  # fmt: skip
    elif lag:
        said = Text(f"检索 {name}：{documents} 条，落后 {lag} 次写入",
                    f"search {name}: {documents} filings, {lag} writes behind")  # fmt: skip
    else:
        said = Text(f"检索 {name}：{documents} 条，与数据库同步",
                    f"search {name}: {documents} filings, 0 writes behind")  # fmt: skip
    yield Finding(Health.OK if documents and not lag else Health.WARN, said)
