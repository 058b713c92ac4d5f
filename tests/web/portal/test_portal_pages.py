"""A borrower comes in by a one-time link, sees what is owed and why, and says how not to be contacted."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from case_world import NOW, World, cny
from django.conf import settings
from django.db import connection
from django.test import Client

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.outreach import facade as outreach
from fairdue.contexts.parties import facade as parties
from fairdue.journeys.invite_borrower import invite_borrower
from fairdue.journeys.stop_contacts import contact_choices
from fairdue.kernel import clock
from fairdue.kernel.actor import system
from fairdue.web.portal import attempts

PAGES = ["", "debts/", "messages/", "pay/", "contact/", "help/"]
INSIDE = ["debts/", "messages/", "pay/", "contact/"]


def invite(person_id: int, **values) -> str:
    return invite_borrower(
        person_id=person_id, actor=system("test"), now=values.pop("now", clock.now()), **values
    )


def inside(person_id: int, language: str = "en") -> Client:
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    assert client.post(invite(person_id)).status_code == 302
    return client


def body(response) -> str:
    return response.content.decode()


def without_token(response) -> str:
    changing = r'value="[A-Za-z0-9]{64}"|"X-CSRFToken": "[A-Za-z0-9]{64}"|next" value="[^"]*"'
    return re.sub(changing, "", body(response))


def send_in_app(world: World, person) -> int:
    """Send a reminder into the person's inbox, through the gate."""
    world.account(person)
    outreach.load_templates(actor=system("test"), now=NOW)
    sent = outreach.send_one(
        person_id=person.pk,
        channel="inapp",
        template_code="reminder.first_overdue",
        actor=system("test"),
        now=NOW,
        locale="en",
    )
    assert sent.status == "delivered", sent.verdict
    return sent.message_id


@pytest.mark.django_db
def test_the_address_of_a_link_can_be_read_without_using_it_up() -> None:
    path, client = invite(World.build().person().pk), Client()
    assert client.get(path).status_code == 200
    assert client.head(path).status_code == 200
    answer = client.post(path)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/my/")


@pytest.mark.django_db
def test_the_first_page_speaks_the_language_that_the_lender_noted() -> None:
    person = World.build().person()
    type(person).objects.update(locale="en")
    client = Client()
    client.post(invite(person.pk))
    assert '<html lang="en"' in body(client.get("/my/"))


@pytest.mark.django_db
def test_used_expired_and_unknown_links_get_one_and_the_same_page(caplog: pytest.LogCaptureFixture) -> None:
    person = World.build().person()
    used = invite(person.pk)
    Client().post(used)
    expired = invite(person.pk, now=clock.now() - timedelta(hours=73))
    answers = [Client().post(path) for path in (used, expired, "/my/" + "x" * 43)]
    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert len({without_token(answer) for answer in answers}) == 1
    assert "400-000-1000" in body(answers[0])
    assert used[4:] not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_open_a_link_at_once_one_gets_in() -> None:
    path = invite(World.build().person().pk)

    def open_it(_: int) -> int:
        try:
            return Client().post(path).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(open_it, range(8))) == [302] + [403] * 7


@pytest.mark.django_db
def test_coming_in_and_the_link_leave_a_trace_without_the_token() -> None:
    person = World.build().person()
    path = invite(person.pk)
    Client().post(path)
    events = audit.events(person_id=person.pk)
    assert [event.code for event in events] == ["parties.portal_link.redeemed", "parties.portal_link.issued"]
    assert all(path[4:] not in str(event) for event in events)


@pytest.mark.django_db
@pytest.mark.parametrize("page", INSIDE)
def test_without_a_visit_no_page_says_anything_about_anybody(page: str) -> None:
    World.build()
    answer = Client().get(f"/my/{page}")
    assert answer.status_code == 403
    assert "/my/help/" in body(answer)


@pytest.mark.django_db
def test_a_visit_ends_after_thirty_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    client = inside(World.build().person().pk)
    assert client.get("/my/debts/").status_code == 200
    monkeypatch.setenv(clock.OFFSET_VARIABLE, str(30 * 60 + 1))
    assert client.get("/my/debts/").status_code == 403
    monkeypatch.delenv(clock.OFFSET_VARIABLE)
    assert client.get("/my/debts/").status_code == 403


@pytest.mark.django_db
def test_leaving_ends_the_visit() -> None:
    client = inside(World.build().person().pk)
    assert client.get("/my/leave/").status_code == 405
    assert client.post("/my/leave/").status_code == 302
    assert client.get("/my/debts/").status_code == 403


@pytest.mark.django_db
def test_rights_and_help_are_readable_before_any_login() -> None:
    World.build()
    page = body(Client().get("/my/help/", headers={"accept-language": "en"}))
    assert "22:00 and 8:00" in page
    assert "12378" in page
    assert "400-000-1000" in page
    assert "22:00至次日8:00" in body(Client().get("/my/help/", headers={"accept-language": "zh-hans"}))


@pytest.mark.django_db
def test_ten_failures_pause_an_address_and_the_window_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    person = World.build().person()
    good = invite(person.pk)
    codes = [Client().post("/my/" + "y" * 43).status_code for _ in range(12)]
    assert codes == [403] * attempts.LIMIT + [429] * 2
    assert Client().post(good).status_code == 429
    assert Client(REMOTE_ADDR="10.0.0.9").post("/my/" + "y" * 43).status_code == 403
    monkeypatch.setenv(clock.OFFSET_VARIABLE, str(15 * 60 + 1))
    assert Client().post(good).status_code == 302


@pytest.mark.django_db
def test_what_you_owe_shows_each_debt_by_component_with_where_payments_went() -> None:
    world = World.build()
    person = world.person()
    account = world.account(person, owed=100_000, overdue=40_000)
    world.account(person, "south", owed=70_000, overdue=0)
    ledger.record_payment(
        account_id=account.pk,
        amount=cny("150"),
        effective_date=account.balance_date,
        external_ref="P1",
        source="hand",
        actor=system("test"),
        now=clock.now(),
    )
    page = body(inside(person.pk).get("/my/debts/"))
    for text in ("North Bank", "South Finance", "Principal", ">850.00<", ">700.00<", ">150.00<", ">250.00<"):
        assert text in re.sub(r'<span class="money-code">CNY</span>', "", page), text
    zh = body(inside(person.pk, "zh-hans").get("/my/debts/"))
    assert "北方银行" in zh
    assert "南方消费金融" in zh
    assert "本金" in zh
    assert '<html lang="zh-Hans"' in zh


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_each_page_answers_in_both_languages_with_a_human_route_and_no_script_of_its_own(
    page: str, language: str
) -> None:
    world = World.build()
    person = world.person()
    world.account(person)
    answer = inside(person.pk, language).get(f"/my/{page}")
    assert answer.status_code == 200
    text = body(answer)
    assert "400-000-1000" in text
    assert "400-000-2000" not in text
    assert "/my/help/" in text
    assert not re.search(r"<script(?![^>]* src=)|<style|\son\w+=|style=", text)
    assert answer.headers["Cache-Control"].count("no-store") == 1
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


@pytest.mark.django_db(transaction=True)
def test_a_message_is_new_until_it_is_opened() -> None:
    world = World.build()
    person, other = world.person(), world.person()
    message_id, foreign_id = send_in_app(world, person), send_in_app(world, other)
    client = inside(person.pk)
    assert "(1 new)" in body(client.get("/my/"))
    assert f"/my/messages/{message_id}/" in body(client.get("/my/messages/"))
    assert outreach.inbox(person.pk)[0].read_at is None
    assert "North Bank" in body(client.get(f"/my/messages/{message_id}/"))
    assert outreach.inbox(person.pk)[0].read_at is not None
    assert "new)" not in body(client.get("/my/"))
    answer = client.get(f"/my/messages/{foreign_id}/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/my/messages/")
    assert outreach.inbox(other.pk)[0].read_at is None


@pytest.mark.django_db
def test_stopping_a_channel_is_a_consent_in_force_at_once_and_can_be_taken_back() -> None:
    person = World.build().person()
    client = inside(person.pk)
    assert client.post("/my/contact/", {"stopped": ["call", "sms"]}).status_code == 302
    stopped = {choice.channel for choice in contact_choices(person.pk) if choice.is_stopped}
    assert stopped == {"call", "sms"}
    consents = {(card.kind, card.channel, card.source) for card in parties.latest_consents(person.pk)}
    assert consents == {("opt_out", "call", "portal"), ("opt_out", "sms", "portal")}
    client.post("/my/contact/", {"stopped": ["call"]})
    assert {choice.channel for choice in contact_choices(person.pk) if choice.is_stopped} == {"call"}
    client.post("/my/contact/", {"all": "1"})
    assert all(choice.is_stopped for choice in contact_choices(person.pk))
    events = audit.events(person_id=person.pk, code="parties.consent.recorded")
    assert {event.actor_kind for event in events} == {"borrower"}


@pytest.mark.django_db
def test_a_channel_that_cannot_be_stopped_changes_nothing() -> None:
    person = World.build().person()
    client = inside(person.pk)
    assert client.post("/my/contact/", {"stopped": ["court"]}).status_code == 200
    assert parties.latest_consents(person.pk) == ()


@pytest.mark.django_db
def test_posts_need_the_token_of_the_page() -> None:
    path = invite(World.build().person().pk)
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(path).status_code == 403
    strict.get(path)
    token = strict.cookies["csrftoken"].value
    assert strict.post(path, {"csrfmiddlewaretoken": token}).status_code == 302
