"""A judgement in the language asked for: as JSON, as lines of a terminal, as cells of a table."""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from suanbei.common.texts import Language, Text
from suanbei.registry.cells.names import MatchLevel
from suanbei.registry.cells.vocabulary import Series
from suanbei.registry.queries.filings import View
from suanbei.registry.queries.number_parts import Anatomy, anatomy
from suanbei.registry.verify.judgement import Judgement
from suanbei.registry.verify.number_reasons import Verdict
from suanbei.registry.verify.reasons import ListedRow, covered

VERDICT_TEXTS: Final[dict[Verdict, Text]] = {
    Verdict.ACTIVE: Text("有效", "active"),
    Verdict.DEREGISTERED: Text("已注销", "deregistered"),
    Verdict.NOT_LISTED: Text("未列入清单", "not listed"),
    Verdict.MALFORMED: Text("编号不合规则", "malformed"),
    Verdict.NO_NUMBER: Text("无备案编号", "no filing number"),
}
"""The verdicts in words, wherever one is shown."""

MATCH_TEXTS: Final[dict[MatchLevel, Text]] = {
    MatchLevel.EXACT: Text("主体一致", "the company's own"),
    MatchLevel.FORMER_NAME: Text("主体曾用名", "a former name of the company"),
    MatchLevel.BRAND: Text("是其品牌或产品", "a brand or product of the company"),
    MatchLevel.SIMILAR: Text("主体名称相近", "a similar company name"),
    MatchLevel.UNCLEAR: Text("主体无法判断", "company unclear"),
    MatchLevel.DIFFERENT: Text("主体不符", "another company's"),
}
"""How a claimed company compares, in words."""


def verdict_json(judgement: Judgement, language: Language) -> dict[str, Any]:
    """The verdict of the API, as DESIGN.md shows it."""
    return {
        "input": judgement.input,
        "number": judgement.number,
        "verdict": judgement.verdict.value,
        "others": [
            {"number": other.number, "verdict": other.verdict.value} for other in judgement.others
        ],
        "entity_match": judgement.entity_match.value if judgement.entity_match else None,
        "reasons": [
            {"code": reason.code, "text": reason.say(language)} for reason in judgement.reasons
        ],
        "anatomy": anatomy(judgement.parsed, language, judgement.registrant),
        "filings": judgement.filings,
        "suggestions": [
            {
                "number": one.number,
                "entity": one.entity,
                "name": one.name,
                "why": one.why.say(language),
            }
            for one in judgement.suggestions
        ],
        "coverage": judgement.coverage,
    }


class ResultRow(NamedTuple):
    """The cells that a table gets for one row; dates are ISO, empty if there is none."""

    verdict: str
    number: str = ""
    entity: str = ""
    match: str = ""
    reason: str = ""
    list: str = ""
    date: str = ""
    link: str = ""


_BETWEEN_REASONS = Text("；", "; ")
_NOT_IN_TABLES = frozenset(("listed", "registrant_unknown", "unchecked"))
"""What needs no word in a table: the list has a column of its own."""


def result_row(judgement: Judgement, language: Language) -> ResultRow:
    """A judgement as cells of a table; `verdict` and `match` are codes."""
    reasons = [one for one in judgement.reasons if one.code not in _NOT_IN_TABLES]
    if len(reasons) > 1 and reasons[0].code == "not_listed":
        reasons = reasons[1:]  # the others say more, and what is covered is the same for all rows
    listing = _decisive_listing(judgement)
    return ResultRow(
        verdict=judgement.verdict.value,
        number=judgement.number or "",
        entity=judgement.filings[0]["entity"]["name"] if judgement.filings else "",
        match=judgement.entity_match.value if judgement.entity_match else "",
        reason=_BETWEEN_REASONS.say(language).join([one.say(language) for one in reasons]),
        list=listing["title"] if listing else "",
        date=(listing["published_on"] or listing["period"]) if listing else "",
        link=(listing["notice_url"] or listing["document"]["url"] or "") if listing else "",
    )


def _decisive_listing(judgement: Judgement) -> View | None:
    """The listing that decides: the notice of a deregistered number, else the newest."""
    if not judgement.filings:
        return None
    listings = [listing for filing in judgement.filings for listing in filing["listings"]]
    notices = [one for one in listings if one["series"] == Series.DEREGISTRATION]
    chosen = notices if notices and judgement.verdict is Verdict.DEREGISTERED else listings
    return max(chosen, key=lambda one: (one["current"], one["period"]), default=None)


_LABELS = {
    "entity": Text("备案主体", "registrant"),
    "name": Text("名称", "name"),
    "list": Text("清单", "list"),
    "link": Text("出处", "source"),
    "why": Text("理由", "why"),
    "parts": Text("编号构成", "parts"),
    "others": Text("其他编号", "other numbers"),
    "meant": Text("是否指", "did you mean"),
    "coverage": Text("收录范围", "coverage"),
}


def terminal_lines(judgement: Judgement, language: Language) -> list[tuple[str, str]]:
    """What is to be said below the verdict, for people: what a line is about, and what it says (may
    hold line breaks)."""
    return [(_LABELS[key].say(language), text) for key, text in _lines(judgement, language)]


def _lines(judgement: Judgement, language: Language) -> Iterator[tuple[str, str]]:
    for filing in judgement.filings:
        yield from _filing_lines(filing, language)
    for reason in judgement.reasons:
        if reason.code != "listed":
            yield "why", reason.say(language)
    for other in judgement.others:
        yield "others", f"{other.number}  {VERDICT_TEXTS[other.verdict].say(language)}"
    if parts := parts_line(anatomy(judgement.parsed, language, judgement.registrant)):
        yield "parts", parts
    for suggestion in judgement.suggestions:
        why = suggestion.why.say(language)
        yield "meant", f"{suggestion.number}  {suggestion.entity}\n{why}"
    if judgement.verdict is Verdict.ACTIVE:
        series = sorted({filing["series"] for filing in judgement.filings})
        yield "coverage", covered(judgement.coverage, series).say(language)


def _filing_lines(filing: View, language: Language) -> Iterator[tuple[str, str]]:
    yield "entity", filing["entity"]["name"]
    yield "name", f"{filing['name']}  {filing['label']}".strip()
    for one in filing["listings"]:
        if one["current"]:
            yield "list", ListedRow(one).say(language)
            if link := one["notice_url"] or one["document"]["url"]:
                yield "link", link


def parts_line(parts: Anatomy) -> str:
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
