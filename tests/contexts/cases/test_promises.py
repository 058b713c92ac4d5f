"""Promises: what may be promised, and when one is kept, broken, or open again."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from case_world import NOW, TODAY, World, cny

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.cases import facade as cases
from fairdue.contexts.cases.models import PromiseToPay
from fairdue.contexts.ledger import facade as ledger
from fairdue.kernel.actor import PermissionRefused, system

pytestmark = pytest.mark.django_db
HAND = system("test")


class Debtor:
    """A person who owes 1,000.00, of which 400.00 is overdue, and a collector."""

    def __init__(self) -> None:
        self.world = World.build()
        self.actor = self.world.staff("collector")
        self.person = self.world.person()
        self.account = self.world.account(self.person)
        self.case_id = self.world.case(self.person)

    def promise(self, amount: str = "300", days: int = 5, account_id: int | None = None):
        return cases.record_promise(
            case_id=self.case_id,
            account_id=account_id,
            amount=cny(amount),
            promised_date=TODAY + timedelta(days=days),
            actor=self.actor,
            now=NOW,
        )

    def pay(
        self, amount: str, *, ref: str = "P1", now: datetime = NOW + timedelta(hours=1), day: date = TODAY
    ):
        receipt = ledger.record_payment(
            account_id=self.account.pk,
            amount=cny(amount),
            effective_date=day,
            external_ref=ref,
            source="hand",
            actor=HAND,
            now=now,
        )
        return receipt, cases.assess_promises(person_id=self.person.pk, now=now)

    def status(self) -> str:
        return PromiseToPay.objects.latest("id").status


def test_a_promise_keeps_its_own_tolerance_and_grace() -> None:
    debtor = Debtor()
    promise = debtor.promise("300")
    assert (promise.status, promise.grace_days, promise.tolerance) == ("open", 2, cny("10"))
    assert promise.deadline_date == TODAY + timedelta(days=7)
    assert debtor.promise("100").tolerance == cny("5")


@pytest.mark.parametrize(
    ("amount", "days", "code"),
    [
        ("0", 5, "cases.promise.amount_not_positive"),
        ("-1", 5, "cases.promise.amount_not_positive"),
        ("1000.01", 5, "cases.promise.above_owed"),
        ("300", -1, "cases.promise.date_past"),
        ("300", 31, "cases.promise.date_too_far"),
    ],
)
def test_a_promise_outside_the_rules_is_refused_and_nothing_is_recorded(
    amount: str, days: int, code: str
) -> None:
    debtor = Debtor()
    with pytest.raises(cases.PromiseRefused) as refusal:
        debtor.promise(amount, days)
    assert refusal.value.code == code
    assert PromiseToPay.objects.count() == 0
    assert audit.events(code="cases.promise.recorded") == ()


@pytest.mark.parametrize(("amount", "days"), [("0.01", 0), ("1000", 30)])
def test_the_limits_themselves_are_allowed(amount: str, days: int) -> None:
    assert Debtor().promise(amount, days).status == "open"


def test_an_account_of_somebody_else_cannot_be_promised_for() -> None:
    debtor = Debtor()
    foreign = debtor.world.account(debtor.world.person())
    with pytest.raises(cases.PromiseRefused) as refusal:
        debtor.promise("300", account_id=foreign.pk)
    assert refusal.value.code == "cases.promise.account"


def test_a_debt_out_of_scope_does_not_raise_what_may_be_promised() -> None:
    debtor = Debtor()
    debtor.world.account(debtor.person, "south", owed=900_000)
    with pytest.raises(cases.PromiseRefused) as refusal:
        debtor.promise("1000.01")
    assert refusal.value.code == "cases.promise.above_owed"


def test_a_new_promise_supersedes_the_open_one() -> None:
    debtor = Debtor()
    first, second = debtor.promise("300"), debtor.promise("200")
    found = dict(PromiseToPay.objects.values_list("id", "status"))
    assert found == {first.promise_id: "superseded", second.promise_id: "open"}
    assert cases.open_promise(case_id=debtor.case_id).promise_id == second.promise_id


def test_one_yuan_does_not_keep_a_promise() -> None:
    debtor = Debtor()
    debtor.promise("300")
    _, change = debtor.pay("1")
    assert (change.kept, change.unchanged, debtor.status()) == (0, 1, "open")
    assert cases.open_promise(case_id=debtor.case_id).received == cny("1")


@pytest.mark.parametrize(("amount", "status"), [("289.99", "open"), ("290", "kept"), ("300", "kept")])
def test_a_promise_is_kept_from_its_amount_less_the_tolerance(amount: str, status: str) -> None:
    debtor = Debtor()
    debtor.promise("300")
    debtor.pay(amount)
    assert debtor.status() == status


def test_split_payments_keep_a_promise_together() -> None:
    debtor = Debtor()
    debtor.promise("300")
    debtor.pay("150", ref="P1")
    assert debtor.status() == "open"
    debtor.pay("150", ref="P2", now=NOW + timedelta(days=2), day=TODAY + timedelta(days=2))
    assert debtor.status() == "kept"


def test_a_reversal_takes_the_keeping_back() -> None:
    debtor = Debtor()
    debtor.promise("300")
    receipt, _ = debtor.pay("300")
    assert debtor.status() == "kept"
    later = NOW + timedelta(days=1)
    ledger.reverse_transaction(
        transaction_id=receipt.transaction_id, reason="bounced", actor=HAND, now=later, external_ref="R1"
    )
    change = cases.assess_promises(person_id=debtor.person.pk, now=later)
    assert (change.reopened, debtor.status()) == (1, "open")
    assert cases.open_promise(case_id=debtor.case_id).received == cny("0")


def test_a_reversal_after_the_deadline_leaves_a_broken_promise() -> None:
    debtor = Debtor()
    debtor.promise("300")
    receipt, _ = debtor.pay("300")
    later = NOW + timedelta(days=9)
    ledger.reverse_transaction(
        transaction_id=receipt.transaction_id, reason="bounced", actor=HAND, now=later, external_ref="R1"
    )
    change = cases.assess_promises(person_id=debtor.person.pk, now=later)
    assert (change.broken, debtor.status()) == (1, "broken")


def test_a_reversal_under_a_newer_open_promise_leaves_the_older_one_superseded() -> None:
    debtor = Debtor()
    older = debtor.promise("300")
    receipt, _ = debtor.pay("300")
    later = NOW + timedelta(hours=2)
    newer = cases.record_promise(
        case_id=debtor.case_id,
        account_id=None,
        amount=cny("200"),
        promised_date=TODAY + timedelta(days=3),
        actor=debtor.actor,
        now=later,
    )
    ledger.reverse_transaction(
        transaction_id=receipt.transaction_id, reason="bounced", actor=HAND, now=later, external_ref="R1"
    )
    cases.assess_promises(person_id=debtor.person.pk, now=later)
    found = dict(PromiseToPay.objects.values_list("id", "status"))
    assert found == {older.promise_id: "superseded", newer.promise_id: "open"}


def test_money_that_came_before_the_promise_does_not_keep_it() -> None:
    debtor = Debtor()
    debtor.pay("300", now=NOW - timedelta(hours=1))
    debtor.promise("300")
    cases.assess_promises(person_id=debtor.person.pk, now=NOW)
    assert debtor.status() == "open"


@pytest.mark.parametrize(("days", "status"), [(7, "open"), (8, "broken")])
def test_a_promise_is_broken_the_day_after_its_grace(days: int, status: str) -> None:
    debtor = Debtor()
    debtor.promise("300", days=5)
    change = cases.assess_open_promises(now=NOW + timedelta(days=days))
    assert change.broken == (status == "broken")
    assert debtor.status() == status
    events = audit.events(code="cases.promise.broken")
    assert len(events) == (status == "broken")


def test_money_on_another_account_does_not_keep_a_promise_for_one() -> None:
    debtor = Debtor()
    other = debtor.world.account(debtor.person)
    debtor.promise("300", account_id=other.pk)
    debtor.pay("300")
    assert debtor.status() == "open"


def test_a_promise_recorded_by_mistake_can_be_cancelled_with_a_reason() -> None:
    debtor = Debtor()
    promise = debtor.promise()
    with pytest.raises(cases.PromiseRefused):
        cases.cancel_promise(
            case_id=debtor.case_id, promise_id=promise.promise_id, reason=" ", actor=debtor.actor, now=NOW
        )
    cancelled = cases.cancel_promise(
        case_id=debtor.case_id,
        promise_id=promise.promise_id,
        reason="typed wrong",
        actor=debtor.actor,
        now=NOW,
    )
    assert cancelled.status == "cancelled"
    assert cases.open_promise(case_id=debtor.case_id) is None


@pytest.mark.parametrize("role", ["compliance", "legal", "strategist", "risk", "administrator"])
def test_roles_that_do_not_talk_to_borrowers_record_no_promise(role: str) -> None:
    debtor = Debtor()
    debtor.actor = debtor.world.staff(role)
    with pytest.raises(PermissionRefused):
        debtor.promise()
    assert PromiseToPay.objects.count() == 0
