"""A preview on a kept account foresees what keeping will derive: it says what recording then says."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from datetime import date

import pytest
from test_kept_contracts import ACTOR, at, charges, keep, lend, pay, person

from fairdue.contexts.audit.models import Event
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.ledger.models import DueItem, Posting, Transaction
from fairdue.kernel.money import Money

pytestmark = pytest.mark.django_db
__all__ = ["person"]
TODAY = date(2026, 5, 25)
EVENTS = {
    "money that came in April and was not known": ("payment", 100_000, date(2026, 4, 1), {}),
    "all of it, early": ("payment", 1_300_000, TODAY, {}),
    "a waiver of penalty interest": ("waiver", 0, TODAY, {"component": "penalty_interest"}),
    "a pause over the arrears": ("pause", 0, TODAY, {"from": "2026-03-15", "to": "2026-04-15"}),
    "a deferral of March": ("deferral", 0, date(2026, 3, 5), {"from_date": "2026-03-10", "months": 2}),
    "a charge-off in April": ("charge_off", 0, date(2026, 4, 10), {}),
    "a settlement": ("settlement", 900_000, TODAY, {"by_date": "2026-06-30"}),
    "a judgment": ("judgment", 900_000, TODAY, {"perform_by": "2026-06-30", "reference": "(2026) 1"}),
}


@pytest.fixture
def loan(person) -> int:
    """A kept loan with one instalment paid; three more are past due today, and keeping stopped in April."""
    account = lend(person).account_id
    pay(account, 105_951, date(2026, 2, 10))
    keep(date(2026, 4, 20))
    return account


def facts() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Transaction, Posting, DueItem, Event))


def plain(changes: ledger.Changes) -> ledger.Changes:
    """Changes without the numbers that only recording gives."""
    dues = [
        replace(
            due,
            due_ref=re.sub(r"\d+", "N", due.due_ref)
            if due.due_ref.startswith("charge:") or due.due_ref[0].isdigit()
            else due.due_ref,
        )
        for due in changes.dues
    ]
    newest = max((one.transaction_id for one in changes.receipts), default=0)
    receipts = [
        replace(
            one, transaction_id=0 if one.transaction_id == newest or not one.before else one.transaction_id
        )
        for one in changes.receipts
    ]
    order = lambda due: (due.due_ref, due.component, str(due.due_date_before), str(due.due_date_after),  # noqa: E731
                         str(due.asked_before), str(due.asked_after))  # fmt: skip
    return replace(
        changes,
        dues=tuple(sorted(dues, key=order)),
        receipts=tuple(sorted(receipts, key=lambda one: (one.effective_date, str(one.after)))),
    )


@pytest.mark.parametrize("what", EVENTS)
def test_what_is_foreseen_is_what_recording_then_says(loan, what):
    kind, minor, day, details = EVENTS[what]
    given = {
        "account_id": loan, "kind": kind, "amount": Money(minor) if minor else None, "effective_date": day,
        "details": details, "actor": ACTOR, "now": at(TODAY), "approval_ref": "A1",
    }  # fmt: skip
    before = facts()
    foreseen = ledger.preview_event(**given)
    assert facts() == before
    recorded = ledger.record_event(**given, external_ref="E1").changes
    for one in fields(ledger.Changes):
        assert getattr(plain(foreseen), one.name) == getattr(plain(recorded), one.name), one.name
    assert ledger.prove([loan], deep=True).is_proved


def test_early_money_is_foreseen_to_owe_no_interest_for_time_not_used(loan):
    given = {"account_id": loan, "details": {}, "actor": ACTOR, "now": at(TODAY)}
    foreseen = ledger.preview_event(kind="payment", amount=Money(1_300_000), effective_date=TODAY, **given)
    asked = {due.due_ref: due.asked_after for due in foreseen.dues if due.component == "interest"}
    assert asked["i:12"] is None  # the last instalment asks no interest any more
    assert sum(money.minor for money in foreseen.balance_after.values()) == 0


def test_a_payment_of_the_past_is_foreseen_to_take_penalty_interest_back(loan):
    known = charges(loan)
    foreseen = ledger.preview_event(
        account_id=loan, kind="payment", amount=Money(220_000), effective_date=date(2026, 3, 10), details={},
        actor=ACTOR, now=at(TODAY),
    )  # fmt: skip
    taken = dict(foreseen.fees)["penalty_interest"]
    assert taken.minor < 0
    assert charges(loan) == known
