"""A verdict on the terminal."""

from collections.abc import Iterator
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text as RichText

from suanbei.common.texts import Language, Text
from suanbei.registry.verify import Verdict
from suanbei.registry.verify.reasons.wording import coverage_words, list_words, place_words

VERDICTS = {
    "active": ("✔", "green", Text("有效", "active")),
    "deregistered": ("✘", "red", Text("已注销", "deregistered")),
    "not_listed": ("✘", "red", Text("未列入", "not listed")),
    "malformed": ("✘", "red", Text("编号不合规则", "malformed")),
    "no_number": ("?", "yellow", Text("没有备案编号", "no filing number")),
}
MATCHES = {
    "exact": ("✔", "green", Text("公司一致", "the company's")),
    "former_name": ("✔", "green", Text("公司曾用名", "the company's, under a former name")),
    "similar": ("?", "yellow", Text("公司名相近", "a similar company name")),
    "different": ("✘", "red", Text("不是该公司", "another company's")),
}
_ENTITY = Text("主体", "registrant")
_NAME = Text("名称", "name")
_LIST = Text("清单", "list")
_LINK = Text("出处", "source")
_WHY = Text("理由", "why")
_PARTS = Text("编号构成", "parts")
_MEANT = Text("是否指", "did you mean")
_COVERAGE = Text("收录范围", "coverage")
DISCLAIMER = Text(
    "依据公开清单，不构成法律意见；以国家网信办备案系统为准。",
    "By the published lists; no legal opinion. CAC's own filing system decides.",
)


def print_verdict(console: Console, verdict: Verdict, language: Language) -> None:
    """One verdict, for people."""
    sign, colour, text = VERDICTS[verdict["verdict"]]
    head = RichText.assemble(
        (f"{sign} {text.say(language)}", f"bold {colour}"), "  ", (_shown(verdict), "bold")
    )
    if verdict["entity_match"]:
        sign, colour, text = MATCHES[verdict["entity_match"]]
        head.append(f"  {sign} {text.say(language)}", style=colour)
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", justify="right", no_wrap=True)
    grid.add_column(overflow="fold")
    for label, value in _lines(verdict, language):
        grid.add_row(label, value)
    console.print(Group(head, grid), soft_wrap=False)


def _shown(verdict: Verdict) -> str:
    return printable(verdict["number"] or verdict["input"].strip())


def printable(text: str) -> str:
    """The beginning of what somebody gave, without what a terminal would obey."""
    return "".join(char if char.isprintable() else "\ufffd" for char in text[:80])


def _lines(verdict: Verdict, language: Language) -> Iterator[tuple[str, RenderableType]]:
    for filing in verdict["filings"]:
        yield _ENTITY.say(language), filing["entity"]["name"]
        yield _NAME.say(language), f"{filing['name']}  {filing['label']}".strip()
        for one in filing["listings"]:
            if one["current"]:
                place = place_words(one, language)
                yield _LIST.say(language), f"{list_words(one, language)}{place}"
                if link := one["notice_url"] or one["document"]["url"]:
                    yield _LINK.say(language), link
    for reason in verdict["reasons"]:
        if reason["code"] != "listed":
            yield _WHY.say(language), reason["text"]
    if parts := parts_words(verdict["anatomy"]):
        yield _PARTS.say(language), parts
    for one in verdict["suggestions"]:
        yield _MEANT.say(language), f"{one['number']}  {one['entity']}\n{one['why']}"
    if verdict["verdict"] == "active":
        series = sorted({filing["series"] for filing in verdict["filings"]})
        yield _COVERAGE.say(language), coverage_words(verdict["coverage"], series, language)


def parts_words(parts: dict[str, Any]) -> str:
    """The parts of a number in one line; empty for one that has none."""
    if "division" in parts:
        company = parts["registrant"]["entity"]
        return " · ".join(
            (
                f"{parts['division']['code']} {parts['division']['name'] or '?'}",
                f"{parts['registrant']['code']} {company['name'] if company else '?'}",
                f"{parts['type']['code']} {parts['type']['name'] or '?'}",
                f"{parts['year']}",
                f"{parts['sequence']:03d}",
                f"{parts['check_digit']['found']}{'✔' if parts['check_digit']['ok'] else '✘'}",
            )
        )
    if "date" in parts:
        region = "/".join(parts["region"]["names"]) or "?"
        return f"{parts['region']['spelling']} {region} · {parts['name']} · {parts['date']}"
    return ""
