"""The case page: everything in a fixed number of queries, and nothing of creditors out of scope."""

from __future__ import annotations

from datetime import timedelta

import pytest
from case_world import NOW, TODAY, World, cny
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fairdue.contexts.cases import facade as cases
from fairdue.contexts.law import facade as law
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.parties import facade as parties
from fairdue.journeys.record_contact import PromiseDraft, record_contact
from fairdue.journeys.start_call import start_call
from fairdue.journeys.timeline import TimelineCursorInvalid
from fairdue.journeys.view_case import case_timeline, case_view
from fairdue.kernel.actor import PermissionRefused, system

pytestmark = pytest.mark.django_db


def a_busy_case(world: World, actor, *, debts: int = 1, notes: int = 1) -> int:
    person = world.person()
    accounts = [world.account(person) for _ in range(debts)]
    world.work(person)
    case_id = world.case(person)
    point = parties.contact_points(person.pk)[0].contact_point_id
    call = start_call(case_id=case_id, contact_point_id=point, actor=actor, now=NOW)
    record_contact(
        case_id=case_id,
        code="promise",
        contact_id=call.contact_id,
        actor=actor,
        now=NOW + timedelta(minutes=2),
        promise=PromiseDraft(amount=cny("400"), promised_date=TODAY + timedelta(days=3)),
    )
    for number in range(notes):
        moment = NOW + timedelta(minutes=5 + number)
        cases.add_note(case_id=case_id, text=f"note {number}", actor=actor, now=moment)
    for account in accounts:
        ledger.record_payment(
            account_id=account.pk,
            amount=cny("50"),
            effective_date=TODAY,
            external_ref="P1",
            source="hand",
            actor=system("test"),
            now=NOW + timedelta(hours=1),
        )
    law.place_hold(
        person_id=person.pk, kind="dispute", reason="says paid", actor=actor, now=NOW + timedelta(hours=2)
    )
    return case_id


def test_the_page_shows_who_what_why_and_what_happened_newest_first() -> None:
    world = World.build()
    actor = world.staff("collector")
    case_id = a_busy_case(world, actor)
    view = case_view(case_id=case_id, actor=actor, now=NOW + timedelta(hours=3))
    assert (view.person.name_masked, view.days_past_due, view.bucket) == ("李**", 20, "M1")
    assert (view.overdue, view.balance) == ((cny("350"),), (cny("950"),))
    assert view.open_promise is not None and view.open_promise.amount == cny("400")
    assert view.work_item is not None and view.work_item.kind == "call"
    assert [hold.kind for hold in view.holds] == ["dispute"]
    assert {answer.channel for answer in view.gate} == {"call", "sms", "inapp"}
    assert all(answer.verdict.outcome != "allow" for answer in view.gate)
    assert [entry.kind for entry in view.timeline.entries] == [
        "hold",
        "transaction",
        "outcome",
        "promise",
        "outcome",
    ]
    payment = view.timeline.entries[1].card
    assert [(part.component, part.amount) for part in payment.parts] == [("principal", cny("50"))]
    assert view.timeline.entries[4].card.recorded_by == actor.label
    assert view.timeline.next_before is None


def test_the_page_takes_as_many_queries_however_much_there_is() -> None:
    world = World.build()
    actor = world.staff("collector")
    counts = []
    for debts, notes in ((1, 1), (3, 40)):
        case_id = a_busy_case(world, actor, debts=debts, notes=notes)
        with CaptureQueriesContext(connection) as queries:
            case_view(case_id=case_id, actor=actor, now=NOW + timedelta(hours=3))
        counts.append(len(queries))
    assert (
        counts == [17, 17]
    )  # besides two that go by prepared statements; one of them for the deadlines, which change what may be said to the debtor


def test_the_timeline_continues_by_key() -> None:
    world = World.build()
    actor = world.staff("collector")
    case_id = a_busy_case(world, actor, notes=10)
    now = NOW + timedelta(hours=3)
    every = case_view(case_id=case_id, actor=actor, now=now, limit=100).timeline.entries
    seen, before = [], None
    while True:
        page = case_timeline(case_id=case_id, actor=actor, now=now, before=before, limit=4)
        seen += page.entries
        if page.next_before is None:
            break
        before = page.next_before
    assert [entry.key for entry in seen] == [entry.key for entry in every]
    assert len(every) == 14
    with pytest.raises(TimelineCursorInvalid):
        case_timeline(case_id=case_id, actor=actor, now=now, before="yesterday")


def test_debts_of_creditors_out_of_scope_are_counted_but_not_shown() -> None:
    world = World.build()
    actor = world.staff("collector")
    person = world.person()
    mine = world.account(person)
    foreign = world.account(person, "south", owed=900_000, overdue=900_000)
    case_id = world.case(person, "north", "south")
    for account in (mine, foreign):
        ledger.record_payment(
            account_id=account.pk,
            amount=cny("10"),
            effective_date=TODAY,
            external_ref="P1",
            source="hand",
            actor=system("test"),
            now=NOW,
        )
    view = case_view(case_id=case_id, actor=actor, now=NOW)
    assert [entry.account.account_id for entry in view.accounts] == [mine.pk]
    assert view.out_of_scope_account_count == 1
    assert view.overdue == (cny("390"),)
    assert [entry.card.account_id for entry in view.timeline.entries] == [mine.pk]


def test_a_foreign_case_is_not_found_and_roles_without_borrowers_are_refused() -> None:
    world = World.build()
    case_id = world.case(world.person())
    with pytest.raises(cases.NotInScope):
        case_view(case_id=case_id, actor=world.staff("collector", creditors=("south",)), now=NOW)
    for role in ("strategist", "risk", "administrator"):
        with pytest.raises(PermissionRefused):
            case_view(case_id=case_id, actor=world.staff(role), now=NOW)
