"""Receipts as pages: issuing one from a form, looking one up, and its print on one page."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from suanbei.registry.receipts import find_receipt
from suanbei.search_api.deps import Parts
from suanbei.search_api.language import language_of_request
from suanbei.search_api.pages.templating import public_base, render
from suanbei.search_api.pages.verdict import CLAIMS, is_doubtful, qr_code
from suanbei.search_api.pages.watch import require_same_origin
from suanbei.search_api.params import LONGEST_NAME, LONGEST_NUMBER, LONGEST_REFERENCE, ReceiptId
from suanbei.search_api.receipts import issue_for_number

router = APIRouter(include_in_schema=False)


@router.post("/receipts", dependencies=[Depends(require_same_origin)])
def issue(
    request: Request,
    parts: Parts,
    number: Annotated[str, Form(min_length=1, max_length=LONGEST_NUMBER)],
    entity: Annotated[str, Form(max_length=LONGEST_NAME)] = "",
    reference: Annotated[str, Form(max_length=LONGEST_REFERENCE)] = "",
) -> Response:
    """Issue a receipt and lead to it."""
    receipt = issue_for_number(parts, number, entity, reference, language_of_request(request))
    return RedirectResponse(f"/receipts/{receipt['id']}", 303)


@router.get("/receipts")
def look_up(request: Request, id: str = "") -> Response:
    """The form in which the id of a printed receipt is typed."""
    if wanted := id.replace("-", "").replace(" ", ""):
        return RedirectResponse(f"/receipts/{quote(wanted.lower(), safe='')}", 303)
    return render(request, "receipts.html")


@router.get("/receipts/{receipt_id}")
def receipt(request: Request, parts: Parts, receipt_id: ReceiptId) -> Response:
    """A receipt: what was answered then, and how to check that it was."""
    with parts.database.read() as session:
        found = find_receipt(session, receipt_id, days=parts.settings.receipt_days)
    link = f"{public_base(request)}/receipts/{found['id']}"
    answer = found["answer"]
    is_file = "verdict" not in answer
    match, entity = answer.get("entity_match"), found.get("entity") or ""
    page = render(
        request,
        "receipt.html",
        receipt=found,
        answer=answer,
        is_file=is_file,
        claim=CLAIMS[match].say(language_of_request(request), name=entity)
        if match and entity
        else "",
        doubtful=not is_file and is_doubtful(answer),
        link=link,
        entity=entity,
        qr=qr_code(link),
        printed_id="-".join(found["id"][start : start + 6] for start in range(0, 24, 6)),
    )
    page.headers["cache-control"] = "private, no-store"
    return page
