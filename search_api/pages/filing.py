"""One filing: its number taken apart, its facts, its history, and the rows that prove it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from suanbei.common.dates import rfc3339
from suanbei.common.errors import NotFound
from suanbei.common.texts import Language
from suanbei.registry.cells.divisions import division, enclosing_division
from suanbei.registry.cells.numbers import (
    AlgorithmNumber,
    GenaiNumber,
    Number,
    number_key,
    parse_number,
)
from suanbei.registry.cells.regions import region_of_division, regions_of_spelling
from suanbei.registry.cells.vocabulary import TYPE_CODE_TEXTS
from suanbei.registry.importing.events import EventType
from suanbei.registry.importing.published import Series
from suanbei.registry.models import Event, Filing
from suanbei.registry.queries.coverage import coverage
from suanbei.registry.queries.filings import filing_views
from suanbei.search_api.deps import Parts, Services
from suanbei.search_api.language import language_of_request, translations
from suanbei.search_api.pages.templating import (
    day_text,
    filing_path,
    public_base,
    render,
    wants_json,
)

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a number. `tone` 1 to 6 is its colour, 0 for what has no meaning of its own."""

    text: str
    tone: int = 0
    title: str = ""
    meaning: str = ""
    ok: bool = True


def pieces_of(
    number: Number | None, language: Language, registrant: str | None = None
) -> list[Piece]:
    """The pieces of a number; a malformed or foreign one is a single piece.

    `registrant` is the company that its registrant code is known to belong to, empty where no list
    names one; None where it was not asked.
    """
    if isinstance(number, AlgorithmNumber):
        return _algorithm(number, language, registrant)
    if isinstance(number, GenaiNumber):
        return _genai(number, language)
    return [Piece(str(number))] if number else []


def _algorithm(number: AlgorithmNumber, language: Language, registrant: str | None) -> list[Piece]:
    _ = translations(language).gettext
    digits, zh = number.digits, language is Language.ZH
    region = region_of_division(number.division)
    kind = TYPE_CODE_TEXTS.get(number.type_code)
    place = _place(number, region.en if region and not zh else "") or _("no such province")
    owner = registrant or _("a company that no list names")
    if registrant is None:
        owner = _("one company, even after it changes its name")
    check = (
        _("fits the other twenty digits")
        if number.check_ok
        else _("does not fit: the other digits require %(digit)s. Very likely a typing error.")
        % {"digit": number.expected_check}
    )
    return [
        Piece("网信算备"),
        Piece(digits[:6], 1, _("Division"), place, region is not None),
        Piece(digits[6:13], 2, _("Registrant"), owner),
        Piece(digits[13:15], 3, _("Type"),
              (kind.zh if zh else kind.en) if kind else _("no such type"), kind is not None),
        Piece(digits[15:17], 4, _("Year"), str(number.year)),
        Piece(digits[17:20], 5, _("Sequence"),
              _("no. %(n)s of this registrant, type and year") % {"n": number.sequence}),
        Piece(digits[20], 6, _("Check digit"), check, number.check_ok),
        Piece("号"),
    ]  # fmt: skip


def _place(number: AlgorithmNumber, english: str) -> str:
    """The district as it was called in the year of the number; of an unknown one what holds it."""
    known = division(number.division, number.year)
    around = known or enclosing_division(number.division, number.year)
    if around is None:
        return english
    return f"{around.full_name} ({english})" if english else around.full_name


def _genai(number: GenaiNumber, language: Language) -> list[Piece]:
    _ = translations(language).gettext
    zh = language is Language.ZH
    regions = regions_of_spelling(number.region)
    place = " / ".join(region.zh if zh else region.en for region in regions)
    serial = []
    if number.is_registration:
        serial.append(Piece("S", 4, _("Mark"), _("a registration (登记), not a filing (备案)")))
    if number.serial:
        serial.append(Piece(number.serial, 5, _("Serial"), _("a running number")))
    return [
        Piece(number.region, 1, _("Region"), place or _("not a region that the lists name"), bool(regions)),
        Piece("-"),
        Piece(number.name, 2, _("Name"), _("the model or the application, in Latin letters")),
        Piece("-"),
        Piece(number.date, 3, _("Date"), day_text(number.filed_on.isoformat(), language)),
        *serial,
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class TimelineStep:
    """One step. `kind`: listed, delisted, remark, versions or event; `when`: a day, a month or empty."""

    kind: str
    when: str
    listing: dict[str, Any] | None = None
    changes: list[dict[str, Any]] = field(default_factory=list)
    event: str = ""

    @property
    def groups(self) -> list[tuple[str, str, list[dict[str, Any]]]]:
        """The changes by field and kind: a remark may add thirty products."""
        found: dict[tuple[str, str], list[dict[str, Any]]] = {}
        for change in self.changes:
            found.setdefault((change["field"], change["kind"]), []).append(change)
        return [(name, kind, told) for (name, kind), told in found.items()]


def picture_test(parts: Services) -> Callable[[dict[str, Any]], bool]:
    """Tells of a listing (a view) whether its document is in the archive and can be drawn."""

    def has_picture(listing: dict[str, Any]) -> bool:
        sha256 = str(listing["document"]["sha256"])
        return (
            parts.row_picture is not None
            and bool(listing["current"])  # the picture is that of the list as it is shown today
            and listing["document"]["origin"] == "published"  # that of a copy proves nothing
            and (parts.settings.archive / sha256[:2] / sha256).exists()
        )

    return has_picture


@router.get("/filings/{number:path}")
def one_filing(request: Request, parts: Parts, number: str) -> Response:
    """The page of a filing number; a number that stands in two registers has both on it."""
    if wants_json(request):
        return RedirectResponse("/v1" + filing_path(number), 303)
    key = number_key(number)
    with parts.database.read() as session:
        query = select(Filing).where(Filing.number_key == key).order_by(Filing.first_period)
        filings = filing_views(session, list(session.execute(query).scalars()))
        if not filings:
            raise NotFound(f"filing {number}: not in the registry")
        steps = {filing["series"]: _steps(session, filing) for filing in filings}
        covered = coverage(session)
    if number != filings[0]["number"]:
        return RedirectResponse(filing_path(filings[0]["number"]), 301)
    return render(
        request,
        "filing.html",
        number=filings[0]["number"],
        filings=filings,
        steps=steps,
        pieces=pieces_of(
            parse_number(filings[0]["number"]),
            language_of_request(request),
            filings[0]["entity"]["name"],
        ),
        coverage=covered,
        link=public_base(request) + filing_path(filings[0]["number"]),
        has_picture=picture_test(parts),
    )


def _steps(session: Session, filing: dict[str, Any]) -> list[TimelineStep]:
    """The history of a filing (a view), the oldest first, steps without a date right after the first."""
    shown: dict[str, dict[str, Any]] = {}
    for listing in filing["listings"]:  # versions of a list that show the same row are one step
        shown.setdefault(listing["batch"], listing)
    steps = [
        TimelineStep(
            "delisted" if one["series"] == Series.DEREGISTRATION else "listed",
            one["published_on"] or one["period"],
            one,
        )
        for one in shown.values()
    ]
    told: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for change in filing["changes"]:
        kind = "remark" if change["source"] == "remark" else "versions"
        told.setdefault((kind, change["when"]), []).append({"kind": "changed"} | change)
    steps += [TimelineStep(kind, when, changes=changes) for (kind, when), changes in told.items()]
    query = (
        select(Event)
        .where(Event.number == filing["number"], Event.series == filing["series"])
        .where(Event.type == EventType.FILING_VANISHED.value)
        .order_by(Event.id)
    )
    for event in session.execute(query).scalars():
        steps.append(TimelineStep("event", (rfc3339(event.at) or "")[:10], event=event.type))
    first = min((step.when for step in steps if step.when), default="")
    return sorted(steps, key=lambda step: (step.when or first, step.kind != "listed"))
