"""The front page: one field that takes anything, and what the registry holds."""

from itertools import groupby
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from suanbei.registry.cells.numbers import OtherNumber, find_numbers, read_number
from suanbei.registry.importing.events import EventType
from suanbei.registry.models import Batch, Event
from suanbei.registry.queries.coverage import coverage, expected_lists
from suanbei.registry.queries.event_text import filing_names
from suanbei.registry.queries.filings import batch_views
from suanbei.registry.queries.selection import Dimension, Selection
from suanbei.registry.queries.statistics import count_values, summary
from suanbei.search_api.deps import Parts
from suanbei.search_api.pages.batch import compare
from suanbei.search_api.pages.templating import address, render

router = APIRouter(include_in_schema=False)
LONGEST_ADDRESS = 6000
"""Characters of a question that still go into an address; browsers and proxies take about 8,000."""
NEWEST, GROUPS = 1000, 5
"""Events looked at, and groups of them shown."""
_TOLD = (EventType.FILING_CHANGED, EventType.FILING_DEREGISTERED, EventType.FILING_VANISHED)


@router.get("/")
def home(request: Request, parts: Parts) -> Response:
    """The front page: counts, the newest lists and the newest changes."""
    with parts.database.read() as session:
        total = summary(session, Selection())
        by_series = count_values(session, Selection(), Dimension.SERIES)
        newest = select(Batch).order_by(Batch.period.desc(), Batch.published_on.desc(), Batch.id)
        batches = batch_views(session, newest.limit(9))
        latest = [batch for batch in batches if batch["document"] == batches[0]["document"]]
        return render(
            request,
            "home.html",
            counts={one["value"]: one["count"] for one in by_series},
            deregistered=total["deregistered"],
            entities=total["entities"],
            latest=[(batch, compare(session, batch)) for batch in latest],
            batches=batches[len(latest) :][:6],
            news=_recent_news(session),
            coverage=coverage(session),
            expected=expected_lists(session),
        )


def _recent_news(session: Session) -> list[dict[str, Any]]:
    """The newest changes, deregistrations and disappearances, newest first: those of one kind that one
    list or notice told are one, each event with the name of its filing."""
    query = (
        select(Event, Batch)
        .outerjoin(Batch, Batch.id == Event.batch)
        .where(Event.type.in_([kind.value for kind in _TOLD]), Event.number.is_not(None))
        .order_by(Event.id.desc())
        .limit(NEWEST)
    )
    rows = session.execute(query).tuples().all()
    names = filing_names(session, [event for event, _batch in rows])
    news = []
    for (kind, _batch_id), group in groupby(rows, lambda row: (row[0].type, row[0].batch)):
        told = list(group)
        events = [
            (event, names.get((event.series or "", event.number or ""))) for event, _batch in told
        ]
        first, batch = told[0]
        news.append({"type": kind, "batch": batch, "found_at": first.at, "events": events})
    return news[:GROUPS]


@router.post("/ask")
def ask(q: Annotated[str, Form(max_length=1_000_000)] = "") -> Response:
    """Send whatever was typed to the page that answers it: a check or a search."""
    text = q.strip()
    if not text:
        return RedirectResponse("/", 303)
    if is_question_of_numbers(text):
        where = address("/verify", q=text)
        # A long list is posted on (307 keeps the form), a short one gets an address of its own.
        is_short = len(where) <= LONGEST_ADDRESS
        return RedirectResponse(where, 303) if is_short else RedirectResponse("/verify", 307)
    return RedirectResponse(address("/search", q=" ".join(text.split())[:200]), 303)


def is_question_of_numbers(text: str) -> bool:
    """Whether there is anything in a text that is, or is meant as, a filing number."""
    found = [each.number for each in find_numbers(text)]
    single = read_number(text)
    numbers = [*found, *([single.number] if single else [])]
    return any(not isinstance(number, OtherNumber) for number in numbers) or (
        bool(numbers) and len(text) < 80
    )
