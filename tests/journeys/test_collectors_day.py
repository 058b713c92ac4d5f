"""A collector's day: ask before calling, record what came of it, take money, stop when the law says stop."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from case_world import NOW, TODAY, World, cny
from django.db import connection

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.cases import facade as cases
from fairdue.contexts.cases.models import Case, Outcome, PromiseToPay, WorkItem
from fairdue.contexts.law import facade as law
from fairdue.contexts.law.models import Contact, Permit
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.outreach import facade as outreach
from fairdue.contexts.parties import facade as parties
from fairdue.contexts.parties.models import Consent
from fairdue.journeys.raise_hold import HoldRefused, lift_hold, raise_hold
from fairdue.journeys.record_contact import ContactRefused, PromiseDraft, record_contact
from fairdue.journeys.start_call import CallRefused, start_call
from fairdue.journeys.take_payment import PaymentRefused, reverse_payment, take_payment
from fairdue.kernel.actor import PermissionRefused, system

NIGHT = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
"""23:00 in Shanghai."""

FOUR_HUNDRED = PromiseDraft(amount=cny("400"), promised_date=TODAY + timedelta(days=3))

HOLDS = [("hardship", "hardship"), ("disputes", "dispute"), ("complains", "complaint")]


class Day:
    """One debtor with a telephone, a debt and a work item, and a collector who may call."""

    def __init__(self, role: str = "collector") -> None:
        self.world = World.build()
        self.actor = self.world.staff(role)
        self.person = self.world.person()
        self.point = parties.contact_points(self.person.pk)[0].contact_point_id
        self.account = self.world.account(self.person)
        self.world.work(self.person)
        self.case_id = self.world.case(self.person)
        self.item = WorkItem.objects.get().pk

    def call(self, *, now: datetime = NOW, point: int | None = None):
        return start_call(
            case_id=self.case_id, contact_point_id=point or self.point, actor=self.actor, now=now
        )

    def record(self, code: str, *, contact_id: int | None = None, **values):
        if contact_id is None and values.get("channel", "call") == "call":
            contact_id = self.call().contact_id
        return record_contact(
            case_id=self.case_id,
            code=code,
            contact_id=contact_id,
            actor=values.pop("actor", self.actor),
            now=NOW + timedelta(minutes=3),
            work_item_id=self.item,
            **values,
        )

    def pay(self, amount: str, ref: str = "P1", **values):
        return take_payment(
            case_id=self.case_id,
            account_id=values.pop("account_id", self.account.pk),
            amount=cny(amount),
            effective_date=TODAY,
            external_ref=ref,
            actor=values.pop("actor", self.actor),
            now=values.pop("now", NOW + timedelta(hours=1)),
            **values,
        )

    def nothing_was_recorded(self) -> bool:
        return (
            Outcome.objects.count() == 0
            and PromiseToPay.objects.count() == 0
            and Consent.objects.count() == 0
            and set(WorkItem.objects.values_list("status", flat=True)) == {"open"}
            and set(Contact.objects.values_list("result", flat=True)) <= {"reserved"}
        )


@pytest.mark.django_db
def test_an_allowed_call_is_permitted_and_counted() -> None:
    day = Day()
    reservation = day.call()
    assert reservation.is_allowed
    assert Contact.objects.get().pk == reservation.contact_id
    assert Permit.objects.get().pk == reservation.permit_id


@pytest.mark.django_db
def test_a_call_at_night_is_refused_with_its_reason_and_leaves_nothing() -> None:
    reservation = Day().call(now=NIGHT)
    assert not reservation.is_allowed
    assert reservation.verdict.reasons[0].citation
    assert (Contact.objects.count(), Permit.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_only_a_telephone_of_the_cases_person_can_be_called() -> None:
    day = Day()
    foreign = parties.contact_points(day.world.person().pk)[0].contact_point_id
    with pytest.raises(CallRefused):
        day.call(point=foreign)
    assert Contact.objects.count() == 0


@pytest.mark.django_db
def test_a_case_out_of_scope_cannot_be_called_recorded_paid_or_held() -> None:
    day = Day()
    day.actor = day.world.staff("supervisor", creditors=("south",))
    tries = [
        day.call,
        lambda: day.record("no_answer", contact_id=1),
        lambda: day.pay("10"),
        lambda: raise_hold(case_id=day.case_id, kind="dispute", reason="x", actor=day.actor, now=NOW),
        lambda: cases.add_note(case_id=day.case_id, text="x", actor=day.actor, now=NOW),
    ]
    for attempt in tries:
        with pytest.raises(cases.NotInScope):
            attempt()
    assert day.nothing_was_recorded()
    assert law.holds(day.person.pk) == ()
    assert ledger.account_transactions(day.account.pk) == ()


@pytest.mark.django_db
def test_a_promise_on_the_phone_settles_the_contact_closes_the_work_and_stands() -> None:
    day = Day()
    done = day.record(
        "promise", promise=PromiseDraft(amount=cny("400"), promised_date=TODAY + timedelta(days=3))
    )
    assert done.promise is not None and done.promise.amount == cny("400")
    assert Contact.objects.get().result == "conversation"
    assert WorkItem.objects.get().status == "done"
    (outcome,) = cases.outcomes_of(case_id=day.case_id)
    assert (outcome.code, outcome.label_zh, outcome.recorded_by) == ("promise", "承诺还款", day.actor.label)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("amount", "days", "error"),
    [("1001", 3, cases.PromiseRefused), ("400", 31, cases.PromiseRefused), (None, 0, ContactRefused)],
)
def test_a_promise_that_breaks_a_rule_takes_the_whole_record_with_it(amount, days, error) -> None:
    day = Day()
    draft = PromiseDraft(amount=cny(amount), promised_date=TODAY + timedelta(days=days)) if amount else None
    with pytest.raises(error):
        day.record("promise", promise=draft)
    assert day.nothing_was_recorded()


@pytest.mark.django_db
def test_a_wrong_number_is_out_of_use_and_the_gate_says_so() -> None:
    day = Day()
    done = day.record("wrong_number")
    assert done.consequences == ("contact_point.invalid",)
    assert parties.contact_points(day.person.pk)[0].status == "invalid"
    assert not day.call(now=NOW + timedelta(minutes=10)).is_allowed


@pytest.mark.django_db
def test_asked_to_stop_is_in_force_for_the_next_call() -> None:
    day = Day()
    assert day.record("asked_to_stop_channel").consequences == ("contacts.opt_out",)
    assert not day.call(now=NOW + timedelta(minutes=10)).is_allowed
    assert Contact.objects.count() == 1


@pytest.mark.django_db
def test_a_third_person_who_refuses_is_not_called_again() -> None:
    day = Day()
    third = day.world.phone(day.person, owner="third_party").pk
    contact = law.record_contact(
        person_id=day.person.pk,
        channel="call",
        result="reserved",
        occurred_at=NOW,
        made_by="lender",
        actor=day.actor,
        now=NOW,
        contact_point_id=third,
    )
    day.record("third_party_refuses", contact_id=contact)
    assert Contact.objects.get().result == "third_party_refused"
    points = {point.contact_point_id: point for point in parties.contact_points(day.person.pk)}
    assert (points[third].is_opted_out, points[day.point].is_opted_out) == (True, False)
    assert not day.call(point=third, now=NOW + timedelta(minutes=10)).is_allowed


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "kind"), [("hardship", "hardship"), ("disputes", "dispute"), ("complains", "complaint")]
)
def test_hardship_dispute_and_complaint_hold_contacts_at_once(code: str, kind: str) -> None:
    day = Day()
    done = day.record(code)
    (hold,) = law.open_holds(day.person.pk)
    assert (hold.hold_id, hold.kind) == (done.hold_id, kind)
    assert day.call(now=NOW + timedelta(minutes=10)).verdict.outcome != "allow"


@pytest.mark.django_db
def test_a_call_by_the_debtor_needs_no_permit_and_counts_against_no_cap() -> None:
    day = Day()
    done = day.record(
        "promise", channel="inbound", promise=PromiseDraft(amount=cny("100"), promised_date=TODAY)
    )
    contact = Contact.objects.get()
    assert (contact.pk, contact.direction, contact.result) == (done.contact_id, "inbound", "conversation")
    assert Permit.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "channel", "error"),
    [("not_met", "call", cases.OutcomeRefused), ("nonsense", "call", cases.OutcomeCodeUnknown)],
)
def test_a_code_that_does_not_fit_records_nothing(code: str, channel: str, error: type[Exception]) -> None:
    day = Day()
    with pytest.raises(error):
        day.record(code, channel=channel)
    assert day.nothing_was_recorded()


@pytest.mark.django_db
def test_an_outcome_of_a_call_needs_the_call() -> None:
    day = Day()
    with pytest.raises(cases.OutcomeRefused) as refusal:
        record_contact(case_id=day.case_id, code="no_answer", actor=day.actor, now=NOW)
    assert refusal.value.code == "cases.outcome.no_contact"
    assert day.nothing_was_recorded()


@pytest.mark.django_db
def test_a_contact_of_another_case_cannot_be_recorded_here() -> None:
    day = Day()
    other = day.world.person()
    foreign = law.record_contact(
        person_id=other.pk,
        channel="call",
        result="reserved",
        occurred_at=NOW,
        made_by="lender",
        actor=day.actor,
        now=NOW,
    )
    with pytest.raises(ContactRefused):
        day.record("no_answer", contact_id=foreign)
    assert day.nothing_was_recorded()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_record_the_same_contact_at_once_one_does() -> None:
    day = Day()
    contact_id = day.call().contact_id

    def record(code: str) -> str:
        try:
            day.record(code, contact_id=contact_id)
        except cases.OutcomeRefused as refusal:
            return refusal.code
        else:
            return "recorded"
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        results = sorted(pool.map(record, ["no_answer", "busy", "no_answer", "busy"]))
    assert results == ["cases.outcome.contact_has_one"] * 3 + ["recorded"]
    assert Outcome.objects.count() == 1
    assert len(audit.events(code="cases.outcome.recorded")) == 1


@pytest.mark.django_db
def test_a_payment_keeps_the_promise_and_closes_the_work_when_nothing_is_due() -> None:
    day = Day()
    day.record("promise", promise=FOUR_HUNDRED)
    WorkItem.objects.update(status="open", done_at=None)
    part = day.pay("100")
    assert (part.is_anything_due, part.closed_work_count, part.promises.kept) == (True, 0, 0)
    rest = day.pay("300", "P2")
    assert (rest.is_anything_due, rest.closed_work_count, rest.promises.kept) == (False, 1, 1)
    assert WorkItem.objects.get().status == "done"
    assert PromiseToPay.objects.get().status == "kept"
    again = day.pay("300", "P2")
    assert (again.receipt.is_repeated, again.closed_work_count, again.promises.unchanged) == (True, 0, 1)


@pytest.mark.django_db(transaction=True)
def test_a_receipt_is_told_once_and_says_what_came_in() -> None:
    day = Day()
    outreach.load_templates(actor=system("test"), now=NOW)
    first, again = day.pay("100", is_noticed=True), day.pay("100", is_noticed=True)
    assert first.message_id == again.message_id
    outreach.dispatch_due(now=NOW + timedelta(hours=2), limit=10, worker="test")
    (message,) = outreach.inbox(day.person.pk)
    assert "100.00" in message.text


@pytest.mark.django_db
def test_a_payment_taken_back_opens_the_promise_again() -> None:
    day = Day()
    day.record("promise", promise=FOUR_HUNDRED)
    paid = day.pay("400")
    change = reverse_payment(
        case_id=day.case_id,
        account_id=day.account.pk,
        transaction_id=paid.receipt.transaction_id,
        reason="returned by the bank",
        external_ref="R1",
        actor=day.world.staff("supervisor"),
        now=NOW + timedelta(hours=2),
    )
    assert change.reopened == 1
    assert PromiseToPay.objects.get().status == "open"


@pytest.mark.django_db
def test_a_payment_for_an_account_of_another_case_is_refused() -> None:
    day = Day()
    foreign = day.world.account(day.world.person())
    with pytest.raises(PaymentRefused):
        day.pay("10", account_id=foreign.pk)
    assert ledger.account_transactions(foreign.pk) == ()


@pytest.mark.django_db
def test_a_hold_stops_calls_and_only_who_may_lifts_it() -> None:
    day = Day()
    hold_id = raise_hold(case_id=day.case_id, kind="dispute", reason="says paid", actor=day.actor, now=NOW)
    assert not day.call().is_allowed
    with pytest.raises(PermissionRefused):
        lift_hold(case_id=day.case_id, hold_id=hold_id, reason="solved", actor=day.actor, now=NOW)
    supervisor = day.world.staff("supervisor")
    with pytest.raises(HoldRefused):
        lift_hold(case_id=day.case_id, hold_id=hold_id, reason=" ", actor=supervisor, now=NOW)
    lift_hold(case_id=day.case_id, hold_id=hold_id, reason="solved", actor=supervisor, now=NOW)
    assert day.call().is_allowed


ROLES = (
    "collector",
    "agency",
    "field",
    "supervisor",
    "compliance",
    "legal",
    "strategist",
    "risk",
    "administrator",
)
MAY = {
    "call": {"collector", "agency", "field", "supervisor"},
    "note": {"collector", "agency", "field", "supervisor"},
    "pay": {"collector", "supervisor"},
    "hold": {"collector", "agency", "field", "supervisor", "compliance", "legal"},
}


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_each_role_does_what_its_permissions_say_and_nothing_else(role: str) -> None:
    day = Day(role)
    Case.objects.update(team_id=day.actor.team_id)
    acts = {
        "call": day.call,
        "note": lambda: cases.add_note(case_id=day.case_id, text="x", actor=day.actor, now=NOW),
        "pay": lambda: day.pay("10"),
        "hold": lambda: raise_hold(case_id=day.case_id, kind="dispute", reason="x", actor=day.actor, now=NOW),
    }
    done = set()
    for name, act in acts.items():
        try:
            act()
            done.add(name)
        except PermissionRefused:
            pass
    assert done == {name for name, roles in MAY.items() if role in roles}
