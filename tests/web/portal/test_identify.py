"""In without a link: a code to one's own telephone; nobody learns from it who owes here, and nobody guesses it."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import pytest
from case_world import NOW, World
from django.conf import settings
from django.test import Client
from test_portal_pages import body, inside

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.outreach import facade as outreach
from fairdue.contexts.outreach.composing import open_content
from fairdue.contexts.outreach.models import Message
from fairdue.contexts.parties import facade as parties
from fairdue.contexts.parties.models import ContactPoint, OneTimeCode, Person
from fairdue.journeys import identify_borrower as identify
from fairdue.journeys.load_packs import load_packs
from fairdue.journeys.send_code import NoWayForCode, send_code
from fairdue.kernel import clock
from fairdue.kernel.actor import system
from fairdue.web.portal import attempts, identify_pages

PHONE = "+8613800138000"


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let only the test of the even time wait."""
    monkeypatch.setattr(identify_pages, "EVEN_SECONDS", 0.0)


def known(world: World, number: str = PHONE):
    """Return a debtor whose own telephone this is, and the last four of their account."""
    person = world.person()
    account = world.account(person)
    ring = settings.FIELD_KEYS
    ContactPoint.objects.filter(person=person).update(
        value_sealed=ring.seal(number, "parties.contact.value"),
        value_hash=ring.search_hash(number, "parties.contact.value"),
    )
    return person, account.external_ref[-4:]


def at(moment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.OFFSET_VARIABLE, "0")
    monkeypatch.setenv(clock.OFFSET_VARIABLE, str((moment - clock.now()).total_seconds()))


def code_in_outbox(person_id: int, now) -> str:
    """Dispatch what is planned and read the code from the text that left."""
    report = outreach.dispatch_due(now=now)
    assert report.claimed >= 1, report
    message = Message.objects.filter(person_id=person_id, purpose="one_time_code").latest("pk")
    (code,) = re.findall(r"\d{6}", open_content(message.content_sealed)[1])
    return code


@pytest.fixture
def borrower(transactional_db, monkeypatch: pytest.MonkeyPatch):
    """A known debtor at half past eleven at night, with packs and templates loaded."""
    at(NOW + timedelta(hours=13, minutes=30), monkeypatch)
    world = World.build()
    load_packs(now=clock.now())
    outreach.load_templates(actor=system("test"), now=clock.now())
    return known(world)


def test_a_borrower_identifies_at_night_and_the_telephone_is_then_verified(borrower, monkeypatch) -> None:
    person, ending = borrower
    client = Client()
    answer = client.post("/my/identify/", {"contact": "138 0013 8000", "ending": ending})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/my/identify/code/")
    code = code_in_outbox(person.pk, clock.now())
    answer = client.post("/my/identify/code/", {"code": f" {code[:3]} {code[3:]} "})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/my/")
    page = body(client.get("/my/", headers={"accept-language": "en"}))
    assert "李**" in page
    (point,) = parties.contact_points(person.pk)
    assert point.verified_at is not None
    assert [event.code for event in audit.events(person_id=person.pk) if event.code.startswith("parties.")] == [
        "parties.code.used", "parties.contact_point.verified", "parties.code.issued",
    ]  # fmt: skip
    message = Message.objects.get(person_id=person.pk, purpose="one_time_code")
    assert code not in str(message.values)
    (card,) = outreach.messages_of(person.pk, actor=system("test"))
    assert (card.text, card.subject) == ("", "")
    again = Client()
    again.session.save()
    second = Client()
    second.post("/my/identify/", {"contact": PHONE, "ending": "0000"})
    assert second.post("/my/identify/code/", {"code": code}).status_code == 422


def answers_of(client: Client, contact: str, ending: str) -> list[tuple[int, str, str]]:
    """Go the whole way with one wrong code and return what a stranger sees."""
    said = []
    for path, fields in (
        ("/my/identify/", {"contact": contact, "ending": ending}),
        ("/my/identify/code/", {"code": "000000"}),
    ):
        answer = client.post(path, fields)
        text = re.sub(r'value="[^"]*"', "", body(answer))
        said.append((answer.status_code, answer.headers.get("Location", ""), text))
    text = re.sub(r'value="[^"]*"', "", body(client.get("/my/identify/code/")))
    return [*said, (200, "", text)]


def test_known_half_known_and_unknown_people_get_one_and_the_same_answer(borrower) -> None:
    person, ending = borrower
    tries = [(PHONE, ending), (PHONE, "0000"), ("13900139000", ending), ("nobody@example.com", "1234")]
    seen = [answers_of(Client(REMOTE_ADDR=f"10.0.0.{number}"), *each) for number, each in enumerate(tries)]
    assert all(each == seen[0] for each in seen[1:])
    assert [status for status, _, _ in seen[0]] == [302, 422, 200]
    assert OneTimeCode.objects.filter(person=person).count() == 1
    assert OneTimeCode.objects.filter(person=None).count() == 3
    assert Message.objects.filter(purpose="one_time_code").count() == 1


def test_an_answer_takes_as_long_for_a_stranger_as_for_a_debtor(borrower, monkeypatch) -> None:
    _, ending = borrower
    monkeypatch.setattr(identify_pages, "EVEN_SECONDS", 0.25)
    for contact in (PHONE, "13900139000"):
        began = time.monotonic()
        Client().post("/my/identify/", {"contact": contact, "ending": ending})
        assert 0.25 <= time.monotonic() - began < 0.75


@pytest.mark.django_db
def test_ten_thousand_guesses_are_hopeless() -> None:
    """Five tries a code, four codes a quarter of an hour: of a million codes at most twenty are tried."""
    person, _ = known(World.build())
    (point,) = parties.contact_points(person.pk)
    issued = parties.issue_code(
        purpose="identify", person_id=person.pk, contact_point_id=point.contact_point_id, now=NOW
    )
    wrong = f"{(int(issued.code) + 1) % 1_000_000:06d}"
    said, moment = [], NOW
    for _ in range(7):
        said.append(identify.admit_by_code(code_id=issued.code_id, code=wrong, now=moment).refused)
        moment += timedelta(seconds=20)
    assert said == ["wrong"] * 4 + ["spent"] * 3
    assert identify.admit_by_code(code_id=issued.code_id, code=issued.code, now=moment).refused == "spent"
    assert OneTimeCode.objects.get(pk=issued.code_id).tries == 5
    assert attempts.CODES_ASKED_FOR_POINT.most * 5 == 20


@pytest.mark.django_db
def test_tries_wait_longer_each_time_and_a_try_too_early_does_not_count() -> None:
    person, _ = known(World.build())
    (point,) = parties.contact_points(person.pk)
    issued = parties.issue_code(
        purpose="identify", person_id=person.pk, contact_point_id=point.contact_point_id, now=NOW
    )
    wrong = f"{(int(issued.code) + 1) % 1_000_000:06d}"

    def attempt(code: str, seconds: int) -> str:
        return parties.try_code(
            code_id=issued.code_id, purpose="identify", code=code, now=NOW + timedelta(seconds=seconds)
        ).refused

    assert [attempt(wrong, 0), attempt(issued.code, 0), attempt(wrong, 1), attempt(issued.code, 2)] == [
        "wrong", "too_soon", "wrong", "too_soon",
    ]  # fmt: skip
    assert attempt(issued.code, 3) == ""
    assert attempt(issued.code, 4) == "expired"


@pytest.mark.django_db
def test_a_code_of_another_purpose_person_or_time_opens_nothing() -> None:
    world = World.build()
    person, _ = known(world)
    (point,) = parties.contact_points(person.pk)
    values = {"person_id": person.pk, "contact_point_id": point.contact_point_id, "now": NOW}
    issued = parties.issue_code(purpose="agree", subject="proposal:1", **values)

    def attempt(**changed: object) -> str:
        asked = {
            "code_id": issued.code_id,
            "purpose": "agree",
            "subject": "proposal:1",
            "code": issued.code,
            "now": NOW,
        }
        return parties.try_code(**(asked | changed)).refused

    for changed in (
        {"purpose": "identify"}, {"subject": "proposal:2"}, {"code_id": issued.code_id + 1},
        {"now": NOW + timedelta(minutes=10)},
    ):  # fmt: skip
        assert attempt(**changed) == "expired"
    newer = parties.issue_code(purpose="agree", subject="proposal:1", **values)
    assert attempt() == "expired"
    assert attempt(code_id=newer.code_id, code=newer.code) == ""
    with pytest.raises(parties.CodeForeign):
        parties.issue_code(purpose="agree", **(values | {"person_id": world.person().pk}))


@pytest.mark.django_db
@pytest.mark.parametrize("contact", [PHONE, "13900139000"])
def test_a_telephone_is_asked_four_times_in_a_quarter_of_an_hour_known_or_not(contact: str) -> None:
    known(World.build())
    codes = [
        Client(REMOTE_ADDR=f"10.0.1.{number}").post("/my/identify/", {"contact": contact, "ending": "0000"}).status_code
        for number in range(6)
    ]  # fmt: skip
    assert codes == [302] * 4 + [429] * 2


@pytest.mark.django_db
def test_an_address_that_asks_for_many_is_paused_whoever_is_asked_for(monkeypatch) -> None:
    World.build()
    monkeypatch.setattr(attempts, "CODES_ASKED_BY_ADDRESS", attempts.Limit("code.address", 3))
    codes = [
        Client().post("/my/identify/", {"contact": f"1390013900{number}", "ending": "0000"}).status_code
        for number in range(5)
    ]
    assert codes == [302] * 3 + [429] * 2


@pytest.mark.django_db
def test_a_form_that_cannot_be_meant_is_asked_again_and_counts_nothing() -> None:
    World.build()
    for fields in ({}, {"contact": PHONE, "ending": "12"}, {"contact": "", "ending": "1234"}):
        assert Client().post("/my/identify/", fields).status_code == 422
    assert OneTimeCode.objects.count() == 0


@pytest.mark.django_db
def test_a_visit_ends_after_two_hours_however_busy(monkeypatch) -> None:
    client = inside(World.build().person().pk)
    for minutes in range(25, 120, 25):
        monkeypatch.setenv(clock.OFFSET_VARIABLE, str(minutes * 60))
        assert client.get("/my/contacts/").status_code == 200, minutes
    monkeypatch.setenv(clock.OFFSET_VARIABLE, str(2 * 3600 + 1))
    assert client.get("/my/contacts/").status_code == 403


@pytest.mark.django_db
def test_the_sessions_key_changes_on_the_way_in_and_a_visit_left_is_over_on_the_server() -> None:
    person = World.build().person()
    client = Client()
    client.get("/my/")
    session = client.session
    session["planted"] = 1
    session.save()
    planted = session.session_key
    client.cookies[settings.SESSION_COOKIE_NAME] = planted
    from test_portal_pages import invite

    client.post(invite(person.pk))
    assert client.session.session_key != planted
    kept = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.post("/my/leave/")
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = kept
    assert thief.get("/my/debts/").status_code == 403


@pytest.mark.django_db
def test_ones_details_change_only_after_a_code_and_then_for_a_quarter_of_an_hour(monkeypatch) -> None:
    world = World.build()
    person, _ = known(world)
    (point,) = parties.contact_points(person.pk)
    world.phone(person)
    client = inside(person.pk)
    answer = client.post("/my/details/", {"gone": str(point.contact_point_id)})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/my/confirm/?next=%2Fmy%2Fdetails%2F")
    assert {card.status for card in parties.contact_points(person.pk)} == {"valid"}
    sent: list[str] = []
    monkeypatch.setattr(identify_pages, "send_code", lambda **values: keep(sent, **values))
    client.post("/my/confirm/", {"send": str(point.contact_point_id), "next": "/my/details/"})
    assert client.post("/my/confirm/", {"code": "x", "next": "/my/details/"}).status_code == 422
    monkeypatch.setenv(clock.OFFSET_VARIABLE, "5")
    answer = client.post("/my/confirm/", {"code": sent[0], "next": "https://evil.example/my/"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/my/")
    assert client.post("/my/details/", {"gone": str(point.contact_point_id)}).status_code == 302
    statuses = {card.contact_point_id: card.status for card in parties.contact_points(person.pk)}
    assert statuses.pop(point.contact_point_id) == "removed"
    assert set(statuses.values()) == {"valid"}
    monkeypatch.setenv(clock.OFFSET_VARIABLE, str(16 * 60))
    assert client.get("/my/details/").headers["Location"].startswith("/my/confirm/")


def test_a_new_telephone_is_used_once_its_code_was_typed_and_the_old_one_hears_of_it(
    borrower, monkeypatch
) -> None:
    person, ending = borrower
    other = Person.objects.get(pk=person.pk)
    other.pk, other.id_hash = None, None
    other.save()
    shared = parties.give_contact_point(
        person_id=other.pk, written="13912345678", actor=system("test"), now=clock.now()
    )
    ContactPoint.objects.filter(pk=shared.contact_point_id).update(status="valid")
    (old,) = parties.contact_points(person.pk)
    client = Client()
    client.post("/my/identify/", {"contact": PHONE, "ending": ending})
    client.post("/my/identify/code/", {"code": code_in_outbox(person.pk, clock.now())})
    for written, said in (("12345", "这不是手机号"), ("138 0013 8000", "这个联系方式已登记")):
        answer = client.post("/my/details/add/", {"contact": written})
        assert (answer.status_code, said in body(answer)) == (422, True), written
    address = client.post("/my/details/add/", {"contact": "139 1234 5678"}).headers["Location"]
    new = next(each for each in parties.contact_points(person.pk) if each.status == "pending")
    assert (address, new.verified_at) == (f"/my/details/{new.contact_point_id}/code/", None)
    with pytest.raises(NoWayForCode):
        send_code(
            person_id=person.pk, purpose="confirm", actor=system("test"), now=clock.now(),
            contact_point_id=new.contact_point_id,
        )  # fmt: skip
    assert client.post(address, {"code": "x"}).status_code == 422
    at(clock.now() + timedelta(seconds=3), monkeypatch)
    assert client.post(address, {"code": code_in_outbox(person.pk, clock.now())}).status_code == 302
    codes = Message.objects.filter(person_id=person.pk, purpose="one_time_code").order_by("pk")
    went_to = [each.contact_point_id for each in codes]
    assert went_to == [old.contact_point_id, new.contact_point_id], (
        "the second code went to the new one, to no other"
    )
    states = {each.contact_point_id: each for each in parties.contact_points(person.pk)}
    assert states[new.contact_point_id].status == "valid" and states[new.contact_point_id].verified_at
    assert ContactPoint.objects.get(pk=shared.contact_point_id).status == "invalid", (
        "the number has a new holder"
    )
    told = Message.objects.filter(person_id=person.pk, template_code="notice.contact_changed")
    assert set(told.values_list("channel", "contact_point_id")) == {
        ("inapp", None),
        ("sms", old.contact_point_id),
    }
    client.post("/my/details/", {"gone": str(old.contact_point_id)})
    client.post("/my/details/", {"gone": str(new.contact_point_id)})
    states = {each.contact_point_id: each.status for each in parties.contact_points(person.pk)}
    assert states == {old.contact_point_id: "removed", new.contact_point_id: "valid"}, "the last one stays"
    with pytest.raises(parties.ConsentRefused):
        parties.mark_contact_point(
            contact_point_id=old.contact_point_id,
            status="valid",
            reason="r",
            actor=system("test"),
            now=clock.now(),
        )
    assert client.get(address).status_code == 404


def keep(sent: list[str], **values):
    """Send a code and keep it for the test, as the telephone would."""
    from unittest.mock import patch

    real = parties.issue_code

    def noting(**asked):
        issued = real(**asked)
        sent.append(issued.code)
        return issued

    with patch.object(parties, "issue_code", noting):
        return send_code(**values)
