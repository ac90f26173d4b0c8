"""`suanbei subscriptions`: add, list, test and remove subscriptions."""

import json
from typing import Annotated, Any

import typer
from rich.table import Table

from suanbei.alerts.channels import check_target
from suanbei.common.settings import Settings
from suanbei.common.terminal import AsJson, print_answer, terminal
from suanbei.common.texts import Text
from suanbei.registry.database import open_database
from suanbei.registry.notifications.outbox import (
    deliveries_of,
    delivery_view,
    enqueue_test,
    retry_parked,
)
from suanbei.registry.notifications.subscriptions import (
    SubscriptionRequest,
    create_subscription,
    remove_subscription,
    rotate_secret,
    subscription_ids,
    subscription_view,
    view_by_id,
)

app = typer.Typer()
group = typer.Typer(no_args_is_help=True, help="Manage subscriptions. 订阅管理。")
app.add_typer(group, name="subscriptions")
Id = Annotated[str, typer.Argument(help="sub_…")]
Json = Annotated[bool, typer.Option("--json", help="one object a line")]

_MADE = Text("已订阅：{id}", "subscribed: {id}")
_SECRET = Text("签名密钥（只显示这一次）：{secret}", "secret (shown only now): {secret}")
_REMOVED = Text("已退订：{id}", "removed: {id}")
_QUEUED = Text(
    "测试消息已排队：{id}（由 suanbei up 或 suanbei watch 发送）",
    "test message queued: {id} (sent by suanbei up or suanbei watch)",
)
_RETRIED = Text("重新排队 {count} 条", "{count} messages queued again")


@group.command("add")
def add(  # noqa: PLR0913 - the fields of a subscription
    deliver: Annotated[str, typer.Argument(help="https://…, mailto:… or an Apprise URL")],
    event: Annotated[list[str] | None, typer.Option(help="batch.published, filing.added …")] = None,
    entity: Annotated[
        list[str] | None, typer.Option(help="a company by any of its names, a brand or a group")
    ] = None,
    q: Annotated[str, typer.Option(help="a search: every word must occur")] = "",
    number: Annotated[list[str] | None, typer.Option(help="a filing number to watch")] = None,
    series: Annotated[list[str] | None, typer.Option(help="algorithm, deep_synthesis …")] = None,
    mode: Annotated[
        str, typer.Option(help="instant, batch (one message a list) or daily")
    ] = "instant",
    language: Annotated[str, typer.Option(help="zh or en")] = "zh",
    name: Annotated[str, typer.Option(help="what to call it")] = "",
    as_json: AsJson = False,
) -> None:
    """Subscribe an address to what happens from now on. 为一个地址订阅今后的变动。"""
    settings = Settings.load()
    check_target(deliver, settings)
    filters = {"entity": entity or [], "q": q, "numbers": number or [], "series": series or []}
    request = SubscriptionRequest(
        deliver=deliver, name=name, events=event or (), mode=mode, language=language,
        filter={key: value for key, value in filters.items() if value},
    )  # fmt: skip
    with open_database(settings).write() as session:
        view = subscription_view(session, create_subscription(session, request), with_secret=True)
    if as_json:
        typer.echo(json.dumps(view, ensure_ascii=False))
        return
    print_answer(_MADE, settings, id=view["id"])
    if view["secret"]:
        print_answer(_SECRET, settings, secret=view["secret"])


@group.command("list")
def list_(as_json: Json = False) -> None:
    """All subscriptions. 列出全部订阅。"""
    with open_database(Settings.load()).read() as session:
        views = [view_by_id(session, id_) for id_ in subscription_ids(session)]
    columns = ("id", "name", "events", "filter", "deliver", "mode", "state", "pending", "parked")
    _show(views, as_json, (*columns, "failing_since"))


@group.command("show")
def show(subscription: Id, as_json: AsJson = False) -> None:
    """One subscription, as JSON. 以 JSON 显示一项订阅。"""
    with open_database(Settings.load()).read() as session:
        view = view_by_id(session, subscription)
    typer.echo(json.dumps(view, ensure_ascii=False, indent=None if as_json else 2))


@group.command("remove")
def remove(subscription: Id, as_json: AsJson = False) -> None:
    """End a subscription. 取消订阅。"""
    settings = Settings.load()
    with open_database(settings).write() as session:
        remove_subscription(session, subscription)
    print_answer(_REMOVED, settings, as_json, id=subscription)


@group.command("rotate")
def rotate(subscription: Id, as_json: AsJson = False) -> None:
    """A new secret; for a day messages are signed with the old one too. 更换密钥，旧密钥一天内仍有效。"""
    settings = Settings.load()
    with open_database(settings).write() as session:
        view = subscription_view(session, rotate_secret(session, subscription), with_secret=True)
    print_answer(_SECRET, settings, as_json, secret=view["secret"])


@group.command("test")
def send_test(subscription: Id, as_json: AsJson = False) -> None:
    """Send a test message. 发送测试消息。"""
    settings = Settings.load()
    with open_database(settings).write() as session:
        message = enqueue_test(session, subscription).message_id
    print_answer(_QUEUED, settings, as_json, id=message)


@group.command("deliveries")
def deliveries(
    subscription: Id,
    limit: Annotated[int, typer.Option(min=1, help="so many at most")] = 20,
    as_json: Json = False,
) -> None:
    """Its messages, the newest first. 列出其消息，最新的在前。"""
    with open_database(Settings.load()).read() as session:
        views = [delivery_view(one) for one in deliveries_of(session, subscription, limit)]
    _show(views, as_json, ("id", "kind", "state", "attempts", "created_at", "next_at", "reason"))


@group.command("retry")
def retry(subscription: Id, as_json: AsJson = False) -> None:
    """Put parked messages back into the queue. 将搁置的消息重新排队。"""
    settings = Settings.load()
    with open_database(settings).write() as session:
        count = retry_parked(session, subscription)
    print_answer(_RETRIED, settings, as_json, count=count)


def _show(views: list[dict[str, Any]], as_json: bool, columns: tuple[str, ...]) -> None:
    if as_json:
        for view in views:
            typer.echo(json.dumps(view, ensure_ascii=False))
        return
    table = Table(*columns, box=None)
    for view in views:
        table.add_row(*(_cell(view[column]) for column in columns))
    terminal().print(table)


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(value)
    if isinstance(value, dict):
        return "; ".join(f"{key}={_cell(item)}" for key, item in value.items())
    return "" if value is None else str(value)
