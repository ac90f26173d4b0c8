"""The Watch page: forms that can be sent twice, mail that has to be confirmed, keys that may only read."""

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from suanbei.registry.database import Database
from suanbei.registry.notifications.outbox import UNQUEUED
from suanbei.registry.notifications.subscriptions import confirm_path, unsubscribe_path
from suanbei.registry.watching import Delivery, Subscription
from suanbei.search_api.keys import Scope, new_key
from tests.search_api.watching import KEY, client_over, fill, number, on_sqlite

HOOK = "https://receiver.example/secret-path"
SMTP = "mailto://127.0.0.1:9?from=suanbei@example.org"
READER, READER_ENTRY = new_key("reader", Scope.READ)


def page_of(database: Database, key: str = KEY, **settings: Any) -> TestClient:
    """Somebody at the page, with a key."""
    client = client_over(database, api_keys=f"{KEY},{READER_ENTRY}", **settings)
    client.cookies.set("suanbei_key", key, path="/watch")
    client.headers["accept-language"] = "en"
    return client


def subscriptions(database: Database) -> list[Subscription]:
    with database.read() as session:
        return list(session.execute(select(Subscription)).scalars())


def test_sending_a_form_twice_makes_one_subscription(database: Database) -> None:
    """Answered by a redirect; its secret is shown to this browser only, on the page that follows."""
    client = page_of(database)
    token = re.findall(r'name="token" value="([^"]+)"', client.get("/watch").text)[-1]
    form = {"deliver": HOOK, "name": "法务", "token": token}
    first = client.post("/watch/new", data=form, follow_redirects=False)
    again = client.post("/watch/new", data=form, follow_redirects=False)
    assert (first.status_code, again.headers["location"]) == (303, first.headers["location"])
    (one,) = subscriptions(database)
    secret = one.secrets[0]["secret"]
    assert secret in client.get(first.headers["location"]).text
    assert secret not in client.get("/watch").text
    assert secret not in page_of(database).get(first.headers["location"]).text
    assert secret not in page_of(database, READER).get(first.headers["location"]).text


@on_sqlite
@pytest.mark.parametrize("path", ["key", "leave", "new", "preview", "mail", "sub_1/end"])
def test_forms_of_other_sites_are_refused(database: Database, path: str) -> None:
    """Also the one that brings a key: else somebody could work with a key of another's."""
    for origin in ("https://evil.example", "http://[", "null", "https://testserver.evil.example"):
        headers = {"origin": origin}
        answer = page_of(database).post(f"/watch/{path}", data={"key": KEY}, headers=headers)
        assert answer.status_code in (400, 401), origin
        assert "set-cookie" not in answer.headers, origin


def test_forms_of_our_own_pages_are_taken(database: Database) -> None:
    """By the name in the address, or by the public one behind a proxy."""
    for origin in ("http://testserver", "https://suanbei.example"):
        headers = {"origin": origin}
        answer = page_of(database).post(
            "/watch/key", data={"key": KEY}, headers=headers, follow_redirects=False
        )
        assert answer.status_code == 303


def test_a_key_that_may_only_read_sees_no_addresses(database: Database) -> None:
    """On the page as in the API."""
    page_of(database).post("/watch/new", data={"deliver": HOOK})
    assert "secret-path" in page_of(database).get("/watch").text
    shown = page_of(database, READER).get("/watch").text
    assert "https://receiver.example/********" in shown
    assert "secret-path" not in shown


def test_a_preview_says_what_a_subscription_comes_to(database: Database) -> None:
    """Filings, events, and the companies that are meant; nothing is made by looking."""
    fill(database)
    client = page_of(database)
    form = {"deliver": HOOK, "entity": "测试（杭州）科技有限公司\n杭州", "q": "测试算法"}
    shown = client.post("/watch/preview", data=form).text
    assert "Matches 20 filings; 0 events of the last twelve months." in shown
    assert "No registrant of exactly this name: 杭州." in shown
    assert HOOK in shown
    assert subscriptions(database) == []
    stranger = client_over(database, smtp_url=SMTP)
    asked_by_mail = {"email": "reader@example.org", "entity": "杭州", "language": "en"}
    english = {"accept-language": "en"}
    seen = stranger.post("/watch/preview", data=asked_by_mail, headers=english)
    assert seen.status_code == 200
    assert "No registrant of exactly this name: 杭州." in seen.text
    assert 'value="reader@example.org"' in seen.text
    asked = client.get("/watch", params={"number": number(1)}).text
    assert "Matches 1 filing;" in asked


def test_a_subscription_is_changed(database: Database) -> None:
    """Its address stays where none is given, and is not written into the page."""
    client = page_of(database)
    client.post("/watch/new", data={"deliver": HOOK, "entity": "甲公司\n乙公司"})
    (one,) = subscriptions(database)
    shown = client.get(f"/watch/{one.id}/edit").text
    assert "甲公司\n乙公司</textarea>" in shown
    assert f'value="{HOOK}"' not in shown
    answer = client.post(
        f"/watch/{one.id}/edit", data={"name": "新", "mode": "batch"}, follow_redirects=False
    )
    assert answer.headers["location"] == f"/watch?told=changed#{one.id}"
    (changed,) = subscriptions(database)
    assert (changed.name, changed.mode, changed.filter, changed.deliver) == (
        "新",
        "batch",
        {},
        HOOK,
    )
    assert page_of(database, READER).post(f"/watch/{one.id}/edit").status_code == 403


@pytest.mark.parametrize(("language", "says"), [("en", "never happens"), ("zh", "不会发生")])
def test_what_can_never_match_is_refused_in_the_reader_s_language(
    database: Database, language: str, says: str
) -> None:
    """With what was typed still in the form."""
    client = page_of(database)
    client.headers["accept-language"] = language
    form = {"deliver": HOOK, "events": "filing.added", "series": "deregistration", "name": "试"}
    answer = client.post("/watch/new", data=form)
    assert answer.status_code == 422
    assert says in answer.text
    assert 'value="试"' in answer.text
    assert ("filing.added never" in answer.text) is (language == "en")
    form = {"deliver": HOOK, "numbers": f"{number(1)}\n京ICP备12345678号", "name": "试"}
    answer = client.post("/watch/new", data=form)
    assert answer.status_code == 422
    assert {"en": "Number 2 is not a filing number", "zh": "第 2 个编号不是备案编号"}[
        language
    ] in answer.text


def test_mail_comes_after_the_mailbox_has_confirmed(database: Database) -> None:
    """One mail asks; following its link is not enough, a button is pressed; a link ends it."""
    client = client_over(database, smtp_url=SMTP)
    form = {"email": "reader@example.org", "entity": "甲公司", "token": "t", "language": "en"}
    for _ in range(2):
        answer = client.post("/watch/mail", data=form, follow_redirects=False)
        assert answer.headers["location"] == "/watch?told=mailed#told"
    (one,) = subscriptions(database)
    assert (one.state, one.mode, one.deliver) == (
        "unconfirmed",
        "daily",
        "mailto:reader@example.org",
    )
    with database.read() as session:
        kinds = list(session.execute(select(Delivery.kind)).scalars())
    assert kinds == ["confirm"]
    assert kinds[0] in UNQUEUED
    assert client.get(confirm_path(one)[:-1] + "x").status_code == 404
    assert client.get(confirm_path(one)).headers["referrer-policy"] == "no-referrer"
    assert subscriptions(database)[0].state == "unconfirmed"
    fill(database)
    # What a browser sends from a page without a referrer.
    client.post(confirm_path(one), headers={"origin": "null"})
    (one,) = subscriptions(database)
    assert (one.state, one.cursor) == ("active", 24)
    client.get(unsubscribe_path(one))
    assert subscriptions(database)
    client.post(unsubscribe_path(one), headers={"origin": "null"})
    assert subscriptions(database) == []
    for language, says in (("zh", "此链接已失效"), ("en", "This link is no longer valid")):
        people = {"accept": "text/html", "accept-language": language}
        for answer in (
            client.post(confirm_path(one), headers=people),
            client.get(unsubscribe_path(one), headers=people),
        ):
            assert answer.status_code == 404
            assert f"<h1>{says}</h1>" in answer.text


def subscribed_by_mail(database: Database) -> tuple[TestClient, Subscription]:
    """Somebody whose mailbox has confirmed, without a key."""
    client = client_over(database, smtp_url=SMTP)
    client.headers["accept-language"] = "en"
    client.post("/watch/mail", data={"email": "reader@example.org", "entity": "甲公司"})
    client.post(confirm_path(subscriptions(database)[0]))
    return client, subscriptions(database)[0]


def test_the_link_in_each_mail_changes_the_subscription_too(database: Database) -> None:
    """What is watched, how often and in which language; its address and its secret stay."""
    client, before = subscribed_by_mail(database)
    link = unsubscribe_path(before)
    shown = client.get(link).text
    assert ">甲公司</textarea>" in shown
    form = {"q": "大模型", "series": "genai_filing", "mode": "instant", "language": "en"}
    change = link.replace("/unsubscribe/", "/change/")
    answer = client.post(change, data=form, follow_redirects=False)
    assert answer.headers["location"] == f"{link}?told=changed#told"
    (one,) = subscriptions(database)
    assert (one.name, one.mode, one.language) == ("大模型", "instant", "en")
    assert one.filter == {"q": "大模型", "series": ["genai_filing"]}
    assert (one.deliver, one.secrets) == (before.deliver, before.secrets)
    page = client.get(answer.headers["location"])
    assert "The subscription is changed" in page.text
    assert page.headers["referrer-policy"] == "no-referrer"


def test_a_change_that_is_refused_is_told_with_what_was_typed(database: Database) -> None:
    """And a wrong secret changes nothing."""
    client, one = subscribed_by_mail(database)
    change = unsubscribe_path(one).replace("/unsubscribe/", "/change/")
    answer = client.post(change, data={"numbers": "京ICP备12345678号", "q": "模型"})
    assert answer.status_code == 422
    assert "Number 1 is not a filing number" in answer.text
    assert 'value="模型"' in answer.text
    assert client.post(change[:-1] + "~", data={"q": "别的"}).status_code == 404
    assert subscriptions(database)[0].filter == {"entity": "甲公司"}


def test_one_click_of_a_mail_program_ends_the_subscription(database: Database) -> None:
    """RFC 8058: a POST of `List-Unsubscribe=One-Click`, answered without a redirect."""
    client, one = subscribed_by_mail(database)
    for _ in range(2):
        answer = client.post(
            unsubscribe_path(one), data={"List-Unsubscribe": "One-Click"}, follow_redirects=False
        )
        assert answer.status_code == 200
    assert subscriptions(database) == []
    assert client.post(unsubscribe_path(one)).status_code == 404


def test_a_number_watched_by_mail_names_the_subscription(database: Database) -> None:
    """It is not called after new lists, of which it tells nothing."""
    client = client_over(database, smtp_url=SMTP)
    client.post("/watch/mail", data={"email": "reader@example.org", "numbers": number(1)})
    assert subscriptions(database)[0].name == number(1)


@on_sqlite
def test_strangers_cannot_make_this_server_send_what_they_like(database: Database) -> None:
    """One address, and no text with links."""
    client = client_over(database, smtp_url=SMTP)
    for form in (
        {"email": "nobody"},
        {"email": "a@b.example,c@d.example"},
        {"email": "a@b.example?template=/etc/passwd"},
        {"email": "a@b.example", "q": "buy at https://spam.example"},
    ):
        assert client.post("/watch/mail", data=form).status_code == 400, form
        assert subscriptions(database) == []


def test_the_mails_that_ask_are_bounded(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One an hour to an address, so many altogether, none without a mail server."""
    monkeypatch.setattr("suanbei.registry.notifications.mail_opt_in.MOST_UNCONFIRMED", 2)
    client = client_over(database, smtp_url=SMTP)
    for email in ("a@b.example", "a@b.example", "A@B.example", "c@b.example"):
        client.post("/watch/mail", data={"email": email})
    asked = {one.deliver for one in subscriptions(database)}
    assert asked == {"mailto:a@b.example", "mailto:c@b.example"}
    assert client.post("/watch/mail", data={"email": "d@b.example"}).status_code == 503
    with database.write() as session:
        session.execute(update(Subscription).values(state="active"))
    client.post("/watch/mail", data={"email": "a@b.example", "q": "别的"})
    assert len(subscriptions(database)) == 3
    assert (
        client_over(database).post("/watch/mail", data={"email": "x@y.example"}).status_code == 404
    )
