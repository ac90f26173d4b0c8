"""News by e-mail without a key: asked for, confirmed from the mailbox, ended by a link in each mail."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from suanbei.common.errors import NotFound, UsageError
from suanbei.registry.notifications.mail_opt_in import (
    confirm,
    find_by_link,
    request_by_mail,
    unsubscribe,
)
from suanbei.registry.notifications.subscriptions import SubscriptionRequest
from suanbei.search_api.deps import Parts
from suanbei.search_api.language import language_of_request, translations
from suanbei.search_api.pages.templating import render
from suanbei.search_api.pages.watch import SubscriptionForm, page, require_same_origin

router = APIRouter(include_in_schema=False)
Action = Literal["confirm", "unsubscribe"]


class MailForm(SubscriptionForm):
    """What a stranger asks for: news once a day, unless wanted at once."""

    mode: str = "daily"


@router.post("/watch/mail", dependencies=[Depends(require_same_origin)])
def ask(request: Request, parts: Parts, form: Annotated[MailForm, Form()]) -> Response:
    """Send the address a mail that asks for confirmation."""
    _ = translations(language_of_request(request)).gettext
    try:
        if not parts.settings.smtp_url:
            raise NotFound("this server sends no mail (SUANBEI_SMTP_URL)")
        wanted = form.filter()
        named = next(iter(wanted.get("entity", [])), "") or form.q.strip()
        about = SubscriptionRequest(
            f"mailto:{form.email.strip()}", named or _("New lists"), (), wanted,
            "instant" if form.mode == "instant" else "daily", form.language,
        )  # fmt: skip
        with parts.database.write() as session:
            request_by_mail(session, about, form.token)
    except UsageError as error:
        return page(request, parts, error.http_status, form=form, error=error, refused="mail")
    return RedirectResponse("/watch?told=mailed#told", 303)


@router.get("/watch/{action}/{id}/{secret}")
def link_page(request: Request, parts: Parts, action: Action, id: str, secret: str) -> Response:
    """Asks once more: programs that look at mails follow links, but press no buttons."""
    with parts.database.read() as session:
        name = find_by_link(session, id, secret).name
    is_end = action == "unsubscribe"
    return _private(render(request, "watch_link.html", ending=is_end, name=name))


@router.post("/watch/{action}/{id}/{secret}")
def follow_link(parts: Parts, action: Action, id: str, secret: str) -> Response:
    """Begin the subscription, or end it.

    The secret of the address is the leave to do so. A browser names no origin here: the page tells nobody its address.
    """
    follow, told = {"confirm": (confirm, "confirmed"), "unsubscribe": (unsubscribe, "ended")}[
        action
    ]
    with parts.database.write() as session:
        follow(session, id, secret)
    return RedirectResponse(f"/watch?told={told}#told", 303)


def _private(response: Response) -> Response:
    """A page whose address is a secret: kept by nobody, and told to nobody."""
    response.headers["cache-control"] = "no-store"
    response.headers["referrer-policy"] = "no-referrer"
    return response
