"""The verdict on a number, or on each number of a text: what a compliance officer prints."""

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, NamedTuple
from urllib.parse import unquote_plus

import segno
from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from markupsafe import Markup

from suanbei.common.texts import Language, Text
from suanbei.registry.cells.numbers import KIND_TEXTS, OtherNumber, find_numbers
from suanbei.registry.verify import MATCH_TEXTS, VERDICT_TEXTS, Judge, verdict_json
from suanbei.registry.verify.render import result_row
from suanbei.search_api.bulk.writing import csv_bytes
from suanbei.search_api.deps import Parts, Services
from suanbei.search_api.language import language_of_request, translations
from suanbei.search_api.pages.filing import picture_test
from suanbei.search_api.pages.templating import address, public_base, render, wants_json
from suanbei.search_api.params import LONGEST_NAME
from suanbei.search_api.responses import json_answer

router = APIRouter(include_in_schema=False)
MOST_NUMBERS = 200
"""Numbers of a text that are checked on a page; more are for the bulk check."""
LONGEST_PART = 1000
"""Characters of a text without a number, or around one, that are asked about: an address has room for them."""
SENTENCES = {
    "active": Text("该编号列于已公布的清单，公布内容中未见注销。", "The number is on a published list, and nothing published deregisters it."),
    "deregistered": Text("该编号曾经有效，现已注销。", "The number was on the register, and has been deregistered."),
    "not_listed": Text("已收录的清单中均未见该编号。", "None of the lists held here shows this number."),
    "malformed": Text("按现有写法，不可能是备案编号。", "This cannot be a filing number as it stands."),
    "no_number": Text("输入的内容中没有备案编号。", "There is no filing number in the text entered."),
}  # fmt: skip
CLAIMS = {
    "exact": Text("所称主体“{name}”与备案主体一致", "Claimed: {name}. Matches the registrant"),
    "former_name": Text("所称主体“{name}”是备案主体的曾用名", "Claimed: {name}. A former name of the registrant"),
    "brand": Text("所称“{name}”是备案主体的品牌或产品", "Claimed: {name}. A brand or product of the registrant"),
    "similar": Text("所称主体“{name}”与备案主体名称相近，需人工复核", "Claimed: {name}. Similar to the registrant's name; needs review"),
    "unclear": Text("所称主体“{name}”是否为备案主体，清单无法判断，需人工复核", "Claimed: {name}. The lists do not tell; needs review"),
    "different": Text("所称主体“{name}”与备案主体不符", "Claimed: {name}. Does not match the registrant"),
}  # fmt: skip
"""What a claimed company comes to, by `entity_match`."""
_SEPARATORS = re.compile(r"\t+|\s*[|｜;；]\s*|\s*[,，、]\s*")
_IN_TABLE = re.compile(r"[\t|｜]")
_CHINESE_COMMA = re.compile("[，、；]")
_LABEL = re.compile(r"^.{0,12}?[:：]\s*")
_AROUND = "。.“”\"'（）()【】[] "
_HAS_NAME = re.compile(r"[^\W\d_]{2}")


class Question(NamedTuple):
    """A number of a text, and the company that its line claims, if any."""

    number: str
    entity: str


@router.get("/verify")
def verdict_page(
    request: Request,
    parts: Parts,
    q: Annotated[str, Query(max_length=20_000)] = "",
    entity: Annotated[str, Query(max_length=LONGEST_NAME)] = "",
    number: Annotated[str, Query(max_length=20_000)] = "",
) -> Response:
    """The verdict; its address is a permanent link. `number` is what the API calls `q`."""
    if number.strip() and not q.strip():
        return RedirectResponse(address("/verify", q=number, entity=entity), 303)
    if not q.strip():
        return RedirectResponse("/", 303)
    if wants_json(request):
        return RedirectResponse(address("/v1/verify", number=q, entity=entity), 303)
    return _answer(request, parts, q, entity.strip())


@router.post("/verify")
def posted_verdict(
    request: Request,
    parts: Parts,
    q: Annotated[str, Form(max_length=1_000_000)] = "",
    entity: Annotated[str, Form(max_length=LONGEST_NAME)] = "",
    form: Annotated[str, Form(pattern="^(csv)?$")] = "",
) -> Response:
    """As above, for a text that is too long for an address; with `form=csv` as a table to keep."""
    if not q.strip():
        return RedirectResponse("/", 303)
    if form:
        return _csv(request, parts, questions_of(q, entity.strip()))
    return _answer(request, parts, q, entity.strip())


def _answer(request: Request, parts: Services, text: str, entity: str) -> Response:
    questions = questions_of(text, entity)
    if len(questions) > 1:
        response = _many(request, parts, text, entity, questions)
    else:
        one = questions[0] if questions else Question(text[:LONGEST_PART], entity)
        response = _one(request, parts, one)
    # A verdict says when it was made: it is made anew each time, and kept by nobody else.
    response.headers["cache-control"] = "private, max-age=0, must-revalidate"
    return response


def questions_of(text: str, entity: str = "") -> list[Question]:
    """The numbers of a text in order, each once a claimed company; other registers' are no question.

    A line of a number and one name, with a tab or a comma between, claims that company; `entity` is
    the claim of all other lines.

    >>> questions_of("甲公司\\tBeijing-WenXinYiYan-20230821")
    [Question(number='Beijing-WenXinYiYan-20230821', entity='甲公司')]
    """
    found: dict[tuple[str, str], Question] = {}
    lines = [(line, _claim(line)) for line in text.splitlines()]
    if not any(claim for _line, claim in lines):
        lines = [(text, "")]  # a number may be broken over two lines
    for line, claim in lines:
        for each in find_numbers(line):
            if not isinstance(each.number, OtherNumber):
                asked = Question(each.raw[:LONGEST_PART], claim or entity)
                found.setdefault((each.number.key, asked.entity), asked)
    whole = text.strip()
    if len(found) == 1 and len(whole) <= LONGEST_PART and not any(claim for _line, claim in lines):
        return [Question(whole, entity)]
    return list(found.values())


def _claim(line: str) -> str:
    """The company beside the one number of a line, empty where the line is not of this shape.

    A line with tabs or bars is a row of a table. What only commas part may be a sentence, whose other parts
    are no names: there the number stands alone, and between Chinese commas with one name only.
    """
    cells = [cell.strip() for cell in _SEPARATORS.split(line) if cell.strip()]
    read = [(cell, find_numbers(cell)) for cell in cells]
    numbers = [(cell, found) for cell, found in read if found]
    names = [cell for cell, found in read if not found and _HAS_NAME.search(cell)]
    if len(numbers) != 1 or not names or len(numbers[0][1]) != 1:
        return ""
    if not _IN_TABLE.search(line):
        [(cell, [number])] = numbers
        is_alone = _LABEL.sub("", cell).strip(_AROUND) == number.raw.strip(_AROUND)
        if not is_alone or (len(names) > 1 and _CHINESE_COMMA.search(line)):
            return ""
    return names[0][:LONGEST_NAME]


def others_in(text: str, language: Language) -> list[tuple[str, str]]:
    """Numbers of other registers in a text, each once, with the name of its register."""
    found = {
        each.raw.strip(): KIND_TEXTS[each.number.kind].say(language)
        for each in find_numbers(text)
        if isinstance(each.number, OtherNumber)
    }
    return list(found.items())


def _one(request: Request, parts: Services, asked: Question) -> Response:
    language = language_of_request(request)
    text, entity = asked
    with parts.database.read() as session:
        (judgement,) = Judge(session).judge([asked])
    verdict = verdict_json(judgement, language)
    found, match = verdict["verdict"], verdict["entity_match"]
    link = address("/verify", q=text, entity=entity)
    fingerprint = hashlib.sha256(bytes(json_answer(verdict).body)).hexdigest()
    return render(
        request,
        "verdict.html",
        verdict=verdict,
        sentence=SENTENCES[found].say(language),
        entity=entity,
        claim=CLAIMS[match].say(language, name=entity) if match else "",
        doubtful=is_doubtful(verdict),
        number=verdict["number"] or text,
        others=[one for one in others_in(text, language) if one[0] != verdict["number"]],
        checked_at=datetime.now(UTC),
        json=address("/v1/verify", number=text, entity=entity, lang=language.value),
        fingerprint=fingerprint,
        link=public_base(request) + link,
        link_text=public_base(request) + unquote_plus(link),
        qr=qr_code(public_base(request) + link),
        has_picture=picture_test(parts),
    )


def is_doubtful(verdict: dict[str, Any]) -> bool:
    """True for an active number that the lists do not show to be the claimed company's."""
    doubts = ("similar", "unclear", "different")
    return verdict["verdict"] == "active" and verdict["entity_match"] in doubts


def qr_code(text: str) -> Markup:
    """A text as a QR code: an SVG to stand in a page; nothing for a text too long for one."""
    try:
        code = segno.make(text, error="l", micro=False)
    except segno.DataOverflowError:
        return Markup()
    drawn = code.svg_inline(scale=3, border=1, svgclass="qr", lineclass=None, omitsize=True)
    return Markup(drawn)  # noqa: S704  (made of modules, not of the text)


def _many(
    request: Request, parts: Services, text: str, entity: str, questions: Sequence[Question]
) -> Response:
    language = language_of_request(request)
    asked = questions[:MOST_NUMBERS]
    with parts.database.read() as session:
        judge = Judge(session)
        judgements = judge.judge(asked)
    verdicts = [verdict_json(judgement, language) for judgement in judgements]
    return render(
        request, "verdicts.html", why=telling_reasons,
        lines=[(one.entity, verdict) for one, verdict in zip(asked, verdicts, strict=True)],
        tally=Counter(verdict["verdict"] for verdict in verdicts), total=len(questions), text=text,
        claims=any(one.entity for one in asked), others=others_in(text, language),
        most=MOST_NUMBERS, entity=entity, coverage=judge.coverage, checked_at=datetime.now(UTC),
    )  # fmt: skip


def telling_reasons(verdict: dict[str, Any]) -> list[str]:
    """The reasons, two at most, that tell a number of a long list from the others in it.

    That no list shows it, and which lists are known, its verdict and the coverage say.
    """
    told = verdict["reasons"]
    telling = [reason for reason in told if reason["code"] != "not_listed"] or told
    return [reason["text"] for reason in telling[:2]]


def _csv(request: Request, parts: Services, questions: Sequence[Question]) -> Response:
    """The verdicts as a table, with a byte order mark so that Excel reads Chinese."""
    language = language_of_request(request)
    _ = translations(language).gettext
    with parts.database.read() as session:
        judgements = Judge(session).judge(questions)
    rows = [
        [_("Number as given"), _("Claimed company"), _("Result"), _("Company match"),
         _("Company on the list"), _("Reason"), _("List"), _("Date"), _("Did you mean"), _("Source")]
    ]  # fmt: skip
    for one, judgement in zip(questions, judgements, strict=True):
        row, match = result_row(judgement, language), judgement.entity_match
        meant = judgement.suggestions
        rows.append([
            one.number, one.entity, VERDICT_TEXTS[judgement.verdict].say(language),
            MATCH_TEXTS[match].say(language) if match else "", row.entity, row.reason, row.list,
            row.date, meant[0].number if meant else "", row.link,
        ])  # fmt: skip
    headers = {"content-disposition": 'attachment; filename="suanbei-check.csv"'}
    return Response(csv_bytes(rows), media_type="text/csv", headers=headers)
