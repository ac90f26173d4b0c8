"""Watching: feeds explained; subscriptions made, changed, tested and ended by the holder of an API key.

The key is kept in a cookie that scripts cannot read and other sites cannot send, for these pages
only and until the browser is closed. Every form that changes something is answered by a redirect
and bears a token of its own: reloading or sending it twice makes one subscription.
"""

import re
import secrets
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from suanbei.common.errors import Unauthorized, UsageError
from suanbei.common.texts import Language, Text
from suanbei.registry.importing.events import EventType
from suanbei.registry.importing.published import Series
from suanbei.registry.notifications.event_filter import (
    EventFilter,
    Preview,
    checked_events,
    checked_filter,
    preview,
)
from suanbei.registry.notifications.outbox import (
    deliveries_of,
    delivery_view,
    enqueue_test,
    retry_parked,
)
from suanbei.registry.notifications.subscriptions import (
    SubscriptionRequest,
    change_subscription,
    create_subscription,
    find_subscription,
    remove_subscription,
    subscription_ids,
    view_by_id,
)
from suanbei.registry.notifications.targets import reason_text
from suanbei.registry.watching import Subscription
from suanbei.search_api.deps import Parts, Services, reads_query
from suanbei.search_api.keys import Scope, find_key, read_keys, require_scope
from suanbei.search_api.language import language_of_request, translations
from suanbei.search_api.pages.templating import address, public_base, render

router = APIRouter(include_in_schema=False)
KEY_COOKIE = "suanbei_key"
MADE_COOKIE = "suanbei_made"
"""The subscription that this browser has just made: its secret is shown to it, for ten minutes."""
SHOW_SECRET_SECONDS = 600
Short = Annotated[str, Form(max_length=2000)]

REFUSALS = {
    "deliver": Text("此地址无法使用：须为 Webhook、邮箱或下列群聊服务的地址，且位于公网。", "This address cannot be used. It must be a webhook, an e-mail address or one of the chat services named below, on a public network."),
    "events": Text("所选动态中有一类不能这样筛选，或者在所选备案类别中不会发生。", "One of the kinds of news chosen cannot be filtered this way, or never occurs in these registers."),
    "filter": Text("有一项筛选条件过长。", "One of the filters is too long."),
    "numbers": Text("第 {place} 个编号不是备案编号，或者不会出现在所选备案类别的清单中。", "Number {place} is not a filing number, or cannot be on a list of these registers."),
    "email": Text("邮箱地址不正确。", "This is not an e-mail address."),
    "name": Text("名称过长，或含有链接。", "The name is too long or contains a link."),
}  # fmt: skip
"""What is said of a refused form, by the field that the error names first."""


class SubscriptionForm(BaseModel):
    """A subscription as the form asks for it; companies and numbers stand one a line."""

    deliver: str = Field("", max_length=2000)
    name: str = Field("", max_length=200)
    q: str = Field("", max_length=200)
    entity: str = Field("", max_length=20_000)
    numbers: str = Field("", max_length=200_000)
    series: list[str] = []
    events: list[str] = []
    mode: str = "instant"
    language: str = "zh"
    token: str = Field("", max_length=100)
    email: str = Field("", max_length=254)

    def filter(self) -> dict[str, Any]:
        """The filter that is asked for."""
        chosen = {
            "q": self.q.strip(),
            "entity": _lines(self.entity),
            "numbers": _lines(self.numbers.replace(",", "\n")),
            "series": self.series,
        }
        return {name: value for name, value in chosen.items() if value}


def form_of(one: Subscription) -> SubscriptionForm:
    """The form, filled with what a subscription asks for; its address is left out: it may be secret."""
    wanted = EventFilter.of(one.events, one.filter)
    return SubscriptionForm(
        name=one.name, q=wanted.q, entity="\n".join(wanted.entities),
        numbers="\n".join(wanted.numbers), series=list(wanted.series), events=list(wanted.events),
        mode=one.mode, language=one.language,
    )  # fmt: skip


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


@router.get("/watch")
@reads_query("q", "entity", "number", "series")
def watch_page(request: Request, parts: Parts, made: str = "", told: str = "") -> Response:
    """Feeds, and the subscriptions of whoever has a key."""
    query = request.query_params
    form = SubscriptionForm(
        name=(query.get("entity") or query.get("q") or query.get("number") or "")[:200],
        q=query.get("q", "")[:200],
        entity=query.get("entity", "")[:200],
        numbers=query.get("number", "")[:300],
        series=[one for one in query.getlist("series") if one in tuple(Series)],
        language=language_of_request(request).value,
    )
    return page(request, parts, form=form, made=made, told=told, shows_preview=bool(form.filter()))


def page(
    request: Request,
    parts: Services,
    status: int = 200,
    *,
    form: SubscriptionForm | None = None,
    error: UsageError | None = None,
    shows_preview: bool = False,
    **values: Any,
) -> Response:
    """The page, with what a form holds, what was wrong with it, and what it comes to."""
    language = language_of_request(request)
    form = form or SubscriptionForm(language=language.value)
    key = find_key(read_keys(parts.settings.api_keys), request.cookies.get(KEY_COOKIE, ""))
    masked = key is not None and key.scope == Scope.READ
    with parts.database.read() as session:
        subscriptions = _subscriptions(session, language, masked=masked) if key else []
        secret = "" if masked else _secret_to_show(request, session, values.get("made", ""))
        seen, preview_error = preview_of(session, form) if shows_preview else (None, None)
    response = render(
        request,
        "watch.html",
        status,
        allowed=key is not None,
        has_keys=bool(parts.settings.api_keys.strip()),
        sends_mail=bool(parts.settings.smtp_url),
        subscriptions=subscriptions,
        feeds=_feeds(request),
        events=[kind.value for kind in EventType],
        form=form,
        token=secrets.token_urlsafe(16),
        secret=secret,
        preview=seen,
        refusal=refusal_of(request, error or preview_error),
        **({"made": "", "told": "", "editing": "", "refused": ""} | values),
    )
    response.headers["cache-control"] = "no-store"
    return response


def _feeds(request: Request) -> list[tuple[str, str]]:
    """What can be followed without a key, each with the address of its feed."""
    language = language_of_request(request)
    _ = translations(language).gettext
    changes, asked = "/feeds/changes.atom", request.query_params
    lang = "" if language is Language.ZH else language.value
    feeds = [
        (_("New lists"), address("/feeds/batches.atom", lang=lang)),
        (_("All changes"), address(changes, lang=lang)),
        (_("Deregistered numbers"), address(changes, type="filing.deregistered", lang=lang)),
        (_("Next lists"), address("/feeds/expected.atom", lang=lang)),
    ]
    if entity := asked.get("entity"):
        feeds.append((entity, address(changes, entity=entity, lang=lang)))
    if number := asked.get("number"):
        feeds.append((_("This number"), address(changes, number=number, lang=lang)))
    return feeds


def _subscriptions(session: Session, language: Language, *, masked: bool) -> list[dict[str, Any]]:
    return [
        view_by_id(session, id_, masked=masked)
        | {"sent": [delivery_view(sent) | {"reason": reason_text(sent.reason, language)}
                    for sent in deliveries_of(session, id_, 3)]}
        for id_ in subscription_ids(session)
    ]  # fmt: skip


def _secret_to_show(request: Request, session: Session, made: str) -> str:
    """The secret of the subscription that this browser has just made; empty without one."""
    if request.cookies.get(MADE_COOKIE) != made or made not in subscription_ids(session):
        return ""
    one = find_subscription(session, made)
    return one.secrets[0]["secret"] if one.secrets else ""


def preview_of(
    session: Session, form: SubscriptionForm
) -> tuple[Preview | None, UsageError | None]:
    """What a form comes to, or why it is refused."""
    try:
        wanted = checked_filter(form.filter())
        events = checked_events(form.events, wanted)
        return preview(session, EventFilter.of(events, wanted)), None
    except UsageError as error:
        return None, error


@dataclass(frozen=True, slots=True)
class Refusal:
    """What to say of a refused form, the detail, which is English, and the field that it is about."""

    text: str = ""
    detail: str = ""
    field: str = ""


def refusal_of(request: Request, error: UsageError | None) -> Refusal:
    """What to say of an error in a form."""
    if error is None:
        return Refusal()
    language, said = language_of_request(request), str(error)
    numbered = re.match(r"filter[.]numbers\[(\d+)\]", said)
    field = "numbers" if numbered else re.split(r"[:[.]", said, maxsplit=1)[0]
    place = int(numbered[1]) + 1 if numbered else 0
    text = REFUSALS.get(field, Text("", "")).say(language, place=place)
    return Refusal(text, said if language is Language.EN else "", field if text else "")


def require_same_origin(request: Request) -> None:
    """Let forms of our own pages in.

    Raises:
        Unauthorized: a form of another site.
    """
    origin = request.headers.get("origin")
    ours = (request.headers.get("host"), urlsplit(public_base(request)).netloc)
    try:
        is_ours = origin is None or urlsplit(origin).netloc in filter(None, ours)
    except ValueError:
        is_ours = False
    if not is_ours:
        raise Unauthorized("this form was sent from another site")


def _guard(request: Request) -> None:
    """Let a form of our own pages in, sent by the holder of a key.

    Raises:
        Unauthorized: no key, or a form of another site.
        Forbidden: a key that may only read.
    """
    require_same_origin(request)
    require_scope(request, request.cookies.get(KEY_COOKIE, ""), Scope.WRITE)


@router.post("/watch/key", dependencies=[Depends(require_same_origin)])
def enter(
    request: Request, parts: Parts, key: Annotated[str, Form(max_length=500)] = "", next: Short = ""
) -> Response:
    """Remember a key for these pages, until the browser is closed."""
    try:
        require_scope(request, key.strip(), Scope.READ)
    except Unauthorized as error:
        return page(request, parts, 401, error=error, refused="key")
    response = RedirectResponse(next if next.startswith("/watch?") else "/watch", 303)
    return _with_cookie(request, response, KEY_COOKIE, key.strip())


def _with_cookie(
    request: Request, response: Response, name: str, value: str, seconds: int | None = None
) -> Response:
    """The answer, with something that the browser remembers for these pages, else until it is closed."""
    response.set_cookie(
        name, value, max_age=seconds, path="/watch", httponly=True, samesite="strict",
        secure=request.url.scheme == "https",
    )  # fmt: skip
    return response


@router.post("/watch/leave", dependencies=[Depends(require_same_origin)])
def leave() -> Response:
    """Forget the key."""
    response = RedirectResponse("/watch", 303)
    response.delete_cookie(KEY_COOKIE, path="/watch")
    return response


Filled = Annotated[SubscriptionForm, Form()]


@router.post("/watch/preview", dependencies=[Depends(require_same_origin)])
def show_preview(request: Request, parts: Parts, form: Filled, editing: Short = "") -> Response:
    """What the form comes to; nothing is made."""
    return page(request, parts, form=form, shows_preview=True, editing=editing)


@router.post("/watch/new", dependencies=[Depends(_guard)])
def create(request: Request, parts: Parts, form: Filled) -> Response:
    """Make a subscription; its secret is shown, to this browser, on the page that follows."""
    try:
        parts.check_target(form.deliver)
        with parts.database.write() as session:
            asked = SubscriptionRequest(
                form.deliver, form.name, form.events, form.filter(), form.mode, form.language
            )
            made = create_subscription(session, asked, token=form.token).id
    except UsageError as error:
        return page(request, parts, error.http_status, form=form, error=error, refused="form")
    response = RedirectResponse(address("/watch", made=made) + "#told", 303)
    return _with_cookie(request, response, MADE_COOKIE, made, SHOW_SECRET_SECONDS)


@router.get("/watch/{id}/edit", dependencies=[Depends(_guard)])
def edit_page(request: Request, parts: Parts, id: str) -> Response:
    """The form, filled with what the subscription asks for."""
    with parts.database.read() as session:
        form = form_of(find_subscription(session, id))
    return page(request, parts, form=form, shows_preview=True, editing=id)


@router.post("/watch/{id}/edit", dependencies=[Depends(_guard)])
def edit(request: Request, parts: Parts, id: str, form: Filled) -> Response:
    """Change a subscription; an empty address leaves the one it has."""
    changes: dict[str, Any] = {
        "name": form.name, "events": form.events, "filter": form.filter(), "mode": form.mode,
        "language": form.language,
    }  # fmt: skip
    try:
        if deliver := form.deliver.strip():
            parts.check_target(deliver)
            changes["deliver"] = deliver
        with parts.database.write() as session:
            change_subscription(session, id, changes)
    except UsageError as error:
        return page(
            request, parts, error.http_status, form=form, error=error, refused="form", editing=id
        )
    return RedirectResponse(f"/watch?told=changed#{id}", 303)


_ACTIONS = {"test": enqueue_test, "retry": retry_parked, "end": remove_subscription}


@router.post("/watch/{id}/{action}", dependencies=[Depends(_guard)])
def act(parts: Parts, id: str, action: Literal["test", "retry", "end"]) -> Response:
    """Send a test message, put undelivered ones back into the queue, or end a subscription."""
    with parts.database.write() as session:
        _ACTIONS[action](session, id)
    told = "/watch?told=ended#told" if action == "end" else f"/watch?told=queued#{id}"
    return RedirectResponse(told, 303)
