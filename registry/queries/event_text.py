"""Events and lists in words, for feeds, chats and mails, in Chinese and English."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from sqlalchemy import select
from sqlalchemy.orm import Session

from suanbei.common.dates import chinese_numeral
from suanbei.common.texts import Language, Text
from suanbei.registry.cells.regions import region_of_label
from suanbei.registry.cells.vocabulary import FIELD_TEXTS, STATUS_TEXTS, Series, series_title
from suanbei.registry.database import in_keys
from suanbei.registry.importing.events import EventType
from suanbei.registry.models import Event, Filing

FilingNames = dict[tuple[str, str], str]
REGIONS_NAMED = 5

_NUMBERED = Text("第{ordinal}批{series}", "{series}, batch {ordinal} ({period})")
_DATED = Text("{series}（{period}）", "{series} ({period})")
_BATCH = Text("{title}：{counts}", "{title}: {counts}")
_COUNTS = {
    "added": (Text("新增备案 {n} 项", "{n} new filings"), "1 new filing"),
    "registered": (Text("新增登记 {n} 项", "{n} new registrations"), "1 new registration"),
    "entities": (Text("涉及主体 {n} 家", "{n} companies"), "1 company"),
    "new_entities": (Text("其中首次出现 {n} 家", "{n} new to the register"), ""),
    "deregistered": (
        Text("注销备案编号 {n} 个", "{n} filings deregistered"),
        "1 filing deregistered",
    ),
}
"""Each count that is not nought, and how English says one."""
_ROWS = (Text("共 {n} 行", "{n} rows"), "1 row")
_FILINGS = {
    EventType.FILING_ADDED: Text("新增：{what}（{number}）", "New: {what} ({number})"),
    EventType.FILING_CHANGED: Text(
        "变更：{what}（{number}）：{changes}", "Changed: {what} ({number}): {changes}"
    ),
    EventType.FILING_DEREGISTERED: Text(
        "注销：{what}（{number}）", "Deregistered: {what} ({number})"
    ),
    EventType.FILING_VANISHED: Text(
        "已不在清单中：{what}（{number}）", "No longer in its list: {what} ({number})"
    ),
}
_CHANGE = Text("{field}由“{before}”变为“{after}”", "{field} from “{before}” to “{after}”")
_TOLD_FIELDS = (
    "name", "label", "entity", "product", "purpose", "remark", "region", "filed_on", "status",
)  # fmt: skip
_NO_STATUS = Text("未列入清单", "not listed before")
"""The status before of a number that only a list of deregistrations has."""
_NO_VALUE = Text("（无）", "(none)")
_LONGEST = 60


def filing_names(session: Session, events: Sequence[Event]) -> FilingNames:
    """What the filings of events are called today: (series, number) → name."""
    numbers = {event.number for event in events if event.number}
    query = select(Filing.series, Filing.number, Filing.name)
    rows = session.execute(query.where(in_keys(session, Filing.number, numbers))).tuples()
    return {(series, number): name for series, number, name in rows}


def line_of(event: Event, language: Language, names: FilingNames) -> str:
    """An event as one line of text; `names` are those of `filing_names`."""
    if event.type == EventType.BATCH_PUBLISHED:
        return batch_line(event, language)
    if event.type in tuple(_FILINGS):
        return _filing_line(event, language, names)
    text: dict[str, str] = event.data.get("text", {})
    return text.get(language, event.type)


def batch_line(event: Event, language: Language) -> str:
    """A new list with what it brought: 第十七批…：新增备案 608 条，涉及主体 412 家……"""
    title = list_title(event.series or "", event.period or "", event.data.get("ordinal"), language)
    return _BATCH.say(language, title=title, counts=counts_line(event, language))


def path_of(event: Event) -> str:
    """The page where an event can be looked at; empty if there is none."""
    if event.type == EventType.BATCH_PUBLISHED and event.batch:
        return f"/batches/{quote(event.batch, safe='')}"
    if event.number:
        return f"/filings/{quote(event.number, safe='')}"
    return "/status" if event.type.startswith("monitor.") else ""


def counts_line(event: Event, language: Language) -> str:
    """What a new list brought, without its title: 新增备案 608 条，涉及主体 412 家……"""
    data, series = event.data, event.series
    summary: dict[str, Any] = data.get("summary") or {}
    comma, semicolon, dot = ("，", "；", "、") if language is Language.ZH else (", ", "; ", ", ")
    if series == Series.DEREGISTRATION:  # that is what its rows are, told of before or not
        summary = {"deregistered": data.get("rows", 0)}
    if series == Series.GENAI_REGISTRATION and "added" in summary:
        summary = {**summary, "registered": summary["added"], "added": 0}
    counts = [
        _count(_COUNTS[name], summary[name], language) for name in _COUNTS if summary.get(name)
    ]
    regions = list(summary.get("regions", {}).items())[:REGIONS_NAMED]
    named = []
    for name, count in regions:
        known = region_of_label(name) if language is Language.EN else None
        named.append(f"{known.en if known else name} {count}")
    head = comma.join(counts or [_count(_ROWS, data.get("rows", 0), language)])
    more = "……" if language is Language.ZH else "…"
    if len(summary.get("regions", {})) > REGIONS_NAMED:
        named[-1] += more
    return semicolon.join(filter(None, (head, dot.join(named))))


def _count(words: tuple[Text, str], number: int, language: Language) -> str:
    text, one = words
    if number == 1 and one and language is Language.EN:
        return one
    return text.say(language, n=number)


def _filing_line(event: Event, language: Language, names: FilingNames) -> str:
    """What happened to a filing: company, name, product and register as far as they are known, and each change."""
    changes = ("；" if language is Language.ZH else "; ").join(
        _CHANGE.say(
            language,
            field=FIELD_TEXTS[field].say(language),
            before=_value(field, change["before"], language),
            after=_value(field, change["after"], language),
        )
        for field, change in event.data.items()
        if field in _TOLD_FIELDS and isinstance(change, dict)
    )
    product = event.data.get("product", "")
    parts = [
        event.entity,
        names.get((event.series or "", event.number or "")) or event.data.get("name"),
        product if isinstance(product, str) and product != "--" else "",
        series_title(event.series or "", language),
    ]
    what = " · ".join(part for part in parts if isinstance(part, str) and part)
    text = _FILINGS[EventType(event.type)]
    return text.say(language, what=what, number=event.number, changes=changes)


def _value(field: str, value: str | None, language: Language) -> str:
    if value is None:
        return (_NO_STATUS if field == "status" else _NO_VALUE).say(language)
    if field == "status" and value in STATUS_TEXTS:
        return STATUS_TEXTS[value].say(language)
    return value if len(value) <= _LONGEST else value[: _LONGEST - 1] + "…"


def list_title(series: str, period: str, ordinal: int | None, language: Language) -> str:
    """A list for people: 第十七批深度合成服务算法备案, 生成式人工智能服务备案（2026年6月）.

    Only the batches of deep synthesis bear a number; other lists are known by their month.
    """
    title = series_title(series, language)
    if ordinal and series == Series.DEEP_SYNTHESIS:
        number = chinese_numeral(ordinal) if language is Language.ZH else ordinal
        return _NUMBERED.say(language, ordinal=number, series=title, period=period)
    return _DATED.say(language, series=title, period=month_text(period, language))


def month_text(period: str, language: Language) -> str:
    """`2026-06` for people: 2026年6月 in Chinese, as it is in English."""
    year, _, month = period.partition("-")
    return f"{year}年{int(month)}月" if language is Language.ZH and month.isdecimal() else period
