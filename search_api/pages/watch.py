"""Watching: feeds explained; subscriptions made, tested and ended by the holder of an API key.

The key is kept in a cookie that scripts cannot read and other sites cannot send, for these pages
only and until the browser is closed.
"""

from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, Field

from suanbei.common.errors import Unauthorized, UsageError
from suanbei.common.texts import Language
from suanbei.registry.importing.events import EventType
from suanbei.registry.importing.published import Series
from suanbei.registry.notifications.outbox import deliveries_of, delivery_view, enqueue_test
from suanbei.registry.notifications.subscriptions import (
    SubscriptionRequest,
    create_subscription,
    find_subscription,
    list_subscriptions,
    remove_subscription,
    subscription_view,
)
from suanbei.search_api.deps import Services, services
from suanbei.search_api.i18n import language_of_request, translations
from suanbei.search_api.keys import Scope, require_scope
from suanbei.search_api.pages.formatting import address
from suanbei.search_api.pages.templating import public_base, render

router = APIRouter(include_in_schema=False)
Parts = Annotated[Services, Depends(services)]
KEY_COOKIE = "suanbei_key"
WISHED = ("q", "entity", "number", "series")
Short = Annotated[str, Form(max_length=2000)]


@router.get("/watch")
def watch_page(request: Request, parts: Parts, made: str = "", gone: str = "") -> Response:
    """Feeds, and the subscriptions of whoever has a key."""
    return _page(request, parts, made=made, gone=bool(gone))


def _page(request: Request, parts: Services, status: int = 200, **told: Any) -> Response:
    allowed = _is_allowed(request)
    subscriptions = _subscriptions(parts) if allowed else []
    values = {
        "made": "",
        "gone": False,
        "said": "",
        "refused": "",
        "secret": "",
        "wish": _wish(request),
    } | told
    response = render(
        request,
        "watch.html",
        status,
        allowed=allowed,
        has_keys=bool(parts.settings.api_keys.strip()),
        subscriptions=subscriptions,
        base_url=public_base(request),
        feeds=_feeds(request),
        events=[kind.value for kind in EventType],
        series=[series.value for series in Series],
        **values,
    )
    response.headers["cache-control"] = "no-store"
    return response


def _feeds(request: Request) -> list[tuple[str, str]]:
    """What can be followed without a key, each with the address of its feed."""
    language = language_of_request(request)
    _ = translations(language).gettext
    changes, asked = "/feeds/changes.atom", request.query_params
    lang = "" if language is Language.ZH else language.value
    told = [
        (_("New lists"), address("/feeds/batches.atom", lang=lang)),
        (_("All changes"), address(changes, lang=lang)),
        (_("Withdrawn numbers"), address(changes, type="filing.deregistered", lang=lang)),
    ]
    if entity := asked.get("entity"):
        told.append((entity, address(changes, entity=entity, lang=lang)))
    if number := asked.get("number"):
        told.append((_("This number"), address(changes, number=number, lang=lang)))
    return told


def _wish(request: Request) -> dict[str, Any]:
    """What the form begins with: what a “watch this” link asked for, or what was typed."""
    given = {name: request.query_params.get(name, "") for name in WISHED}
    return {
        "name": given["entity"] or given["q"] or given["number"],
        "q": given["q"],
        "entity": given["entity"],
        "numbers": given["number"],
        "series": request.query_params.getlist("series"),
        "events": [],
        "deliver": "",
        "mode": "instant",
        "language": language_of_request(request).value,
    }


def _subscriptions(parts: Services) -> list[dict[str, Any]]:
    with parts.database.read() as session:
        return [
            subscription_view(session, one)
            | {"sent": [delivery_view(sent) for sent in deliveries_of(session, one.id, 3, None)]}
            for one in list_subscriptions(session)
        ]


def _is_allowed(request: Request) -> bool:
    try:
        require_scope(request, request.cookies.get(KEY_COOKIE, ""), Scope.READ)
    except Unauthorized:
        return False
    return True


def _guard(request: Request) -> None:
    """Let a form of our own pages in, sent by the holder of a key.

    Raises:
        Unauthorized: no key, or a form of another site.
        Forbidden: a key that may only read.
    """
    origin = request.headers.get("origin")
    if origin and urlsplit(origin).netloc != request.headers.get("host"):
        raise Unauthorized("this form was sent from another site")
    require_scope(request, request.cookies.get(KEY_COOKIE, ""), Scope.WRITE)


@router.post("/watch/key")
def enter(
    request: Request, parts: Parts, key: Annotated[str, Form(max_length=500)] = "", next: Short = ""
) -> Response:
    """Remember a key for these pages, until the browser is closed."""
    try:
        require_scope(request, key.strip(), Scope.READ)
    except Unauthorized as error:
        return _page(request, parts, 401, said=str(error), refused="key")
    response = RedirectResponse(next if next.startswith("/watch?") else "/watch", 303)
    response.set_cookie(
        KEY_COOKIE, key.strip(), path="/watch", httponly=True, samesite="strict",
        secure=request.url.scheme == "https",
    )  # fmt: skip
    return response


@router.post("/watch/leave")
def leave() -> Response:
    """Forget the key."""
    response = RedirectResponse("/watch", 303)
    response.delete_cookie(KEY_COOKIE, path="/watch")
    return response


class WishForm(BaseModel):
    """A subscription as the form asks for it; numbers stand one a line."""

    deliver: str = Field("", max_length=2000)
    name: str = Field("", max_length=200)
    q: str = Field("", max_length=200)
    entity: str = Field("", max_length=200)
    numbers: str = Field("", max_length=200_000)
    series: list[str] = []
    events: list[str] = []
    mode: str = "instant"
    language: str = "zh"

    def wish(self) -> SubscriptionRequest:
        """What is wished for."""
        lines = self.numbers.replace(",", "\n").splitlines()
        numbers = [line.strip() for line in lines if line.strip()]
        chosen = {"q": self.q, "entity": self.entity, "numbers": numbers, "series": self.series}
        wanted = {name: value for name, value in chosen.items() if value}
        return SubscriptionRequest(
            self.deliver, self.name, self.events, wanted, self.mode, self.language
        )


@router.post("/watch/new", dependencies=[Depends(_guard)])
def create(request: Request, parts: Parts, form: Annotated[WishForm, Form()]) -> Response:
    """Make a subscription; its secret is shown once, on the page that answers."""
    try:
        if parts.check_target:
            parts.check_target(form.deliver)
        with parts.database.write() as session:
            made = subscription_view(
                session, create_subscription(session, form.wish()), with_secret=True
            )
    except UsageError as error:
        return _page(request, parts, 400, said=str(error), refused="wish", wish=form.model_dump())
    return _page(request, parts, 201, made=made["id"], secret=made["secret"] or "")


@router.post("/watch/{id}/test", dependencies=[Depends(_guard)])
def test(parts: Parts, id: str) -> Response:
    """Send a test message."""
    with parts.database.write() as session:
        find_subscription(session, id)
        enqueue_test(session, id)
    return RedirectResponse(address("/watch", made=id) + f"#{id}", 303)


@router.post("/watch/{id}/end", dependencies=[Depends(_guard)])
def end(parts: Parts, id: str) -> Response:
    """End a subscription."""
    with parts.database.write() as session:
        remove_subscription(session, id)
    return RedirectResponse("/watch?gone=1", 303)
