"""News by e-mail without a key: asked for, confirmed from the mailbox, changed and ended by a link in
each mail."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import PlainTextResponse, RedirectResponse, Response

from suanbei.common.errors import NotFound, UsageError
from suanbei.registry.notifications.mail_opt_in import (
    change_by_link,
    confirm,
    find_by_link,
    request_by_mail,
    unsubscribe,
)
from suanbei.registry.notifications.subscriptions import SubscriptionRequest, unsubscribe_path
from suanbei.search_api.deps import Parts, Services
from suanbei.search_api.language import language_of_request, translations
from suanbei.search_api.pages.templating import address, render
from suanbei.search_api.pages.watch import (
    SubscriptionForm,
    form_of,
    page,
    preview_of,
    refusal_of,
    require_same_origin,
)

router = APIRouter(include_in_schema=False)


class MailForm(SubscriptionForm):
    """What a stranger asks for: news once a day, unless wanted at once."""

    mode: str = "daily"

    def mail_request(self, gettext: Callable[[str], str]) -> SubscriptionRequest:
        """What is asked for, called after the first thing that is watched."""
        wanted = self.filter()
        named = [*wanted.get("entity", []), self.q.strip(), *wanted.get("numbers", [])]
        return SubscriptionRequest(
            f"mailto:{self.email.strip()}", next(filter(None, named), gettext("New lists")), (),
            wanted, "instant" if self.mode == "instant" else "daily", self.language,
        )  # fmt: skip


@router.post("/watch/mail", dependencies=[Depends(require_same_origin)])
def ask(request: Request, parts: Parts, form: Annotated[MailForm, Form()]) -> Response:
    """Send the address a mail that asks for confirmation."""
    try:
        if not parts.settings.smtp_url:
            raise NotFound("this server sends no mail (SUANBEI_SMTP_URL)")
        about = form.mail_request(translations(language_of_request(request)).gettext)
        with parts.database.write() as session:
            request_by_mail(session, about, form.token)
    except UsageError as error:
        return page(request, parts, error.http_status, form=form, error=error, refused="mail")
    return RedirectResponse("/watch?told=mailed#told", 303)


@router.get("/watch/{action}/{id}/{secret}")
def link_page(
    request: Request,
    parts: Parts,
    action: Literal["confirm", "unsubscribe"],
    id: str,
    secret: str,
    told: str = "",
) -> Response:
    """Asks once more: programs that look at mails follow links, but press no buttons."""
    return _link_page(request, parts, id, secret, confirming=action == "confirm", told=told)


def _link_page(
    request: Request,
    parts: Services,
    id: str,
    secret: str,
    *,
    form: SubscriptionForm | None = None,
    error: UsageError | None = None,
    **values: Any,
) -> Response:
    """The page of a subscription by mail: confirmed, ended or changed with the secret of its address."""
    with parts.database.read() as session:
        one = find_by_link(session, id, secret)
        form = form or form_of(one)
        seen, _ = preview_of(session, form)
    response = render(
        request, "watch_link.html", error.http_status if error else 200,
        name=one.name, link=unsubscribe_path(one), form=form, preview=seen,
        refusal=refusal_of(request, error), **{"confirming": False, "told": ""} | values,
    )  # fmt: skip
    # A page whose address is a secret is kept by nobody, and its address told to nobody.
    response.headers["cache-control"] = "no-store"
    response.headers["referrer-policy"] = "no-referrer"
    return response


# The secret of the address is the leave to post here. A browser names no origin: see `_link_page`.


@router.post("/watch/confirm/{id}/{secret}")
def confirm_by_link(parts: Parts, id: str, secret: str) -> Response:
    """Begin the subscription."""
    with parts.database.write() as session:
        confirm(session, id, secret)
    return RedirectResponse("/watch?told=confirmed#told", 303)


@router.post("/watch/unsubscribe/{id}/{secret}")
def unsubscribe_by_link(
    parts: Parts,
    id: str,
    secret: str,
    one_click: Annotated[str, Form(alias="List-Unsubscribe")] = "",
) -> Response:
    """End the subscription: a button of our page, or of a mail program, which follows no redirects
    (RFC 8058)."""
    try:
        with parts.database.write() as session:
            unsubscribe(session, id, secret)
    except NotFound:
        if not one_click:  # a mail program that asks twice is told the same twice
            raise
    if one_click:
        return PlainTextResponse("unsubscribed\n")
    return RedirectResponse("/watch?told=ended#told", 303)


@router.post("/watch/change/{id}/{secret}")
def change(
    request: Request, parts: Parts, id: str, secret: str, form: Annotated[MailForm, Form()]
) -> Response:
    """Change what the subscription is to, how often and in which language."""
    wanted = form.mail_request(translations(language_of_request(request)).gettext)
    try:
        with parts.database.write() as session:
            change_by_link(session, id, secret, wanted)
    except UsageError as error:
        return _link_page(request, parts, id, secret, form=form, error=error)
    here = f"/watch/unsubscribe/{id}/{secret}"
    return RedirectResponse(address(here, told="changed") + "#told", 303)
