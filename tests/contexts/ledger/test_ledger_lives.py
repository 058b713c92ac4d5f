"""Random lives of an account: after every step the ledger proves, and what was known before is known as it was."""

from __future__ import annotations

import contextlib
import os
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.ledger.models import Posting, Transaction
from fairdue.kernel.money import Money

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

days = st.integers(0, 130)
amounts = st.integers(1, 60_000)
FIRST = date(2026, 2, 1)
LIVES = int(os.environ.get("FAIRDUE_TEST_LIVES", "15"))
"""How many lives a run tries; each run outside CI tries others."""


class Life(RuleBasedStateMachine):
    """One account of `book`; time goes on by six hours a step."""

    book = None

    def __init__(self) -> None:
        super().__init__()
        self.now = self.book.now
        self.step = 0
        self.known: list[tuple] = []

    @initialize(policy=st.sampled_from(["cn-card", "cn-loan-instalment", "cn-civil-default"]))
    def open(self, policy):
        self.account = self.book.account(policy=policy, principal=120_000, interest=3_000)
        self.book.dues(
            *(
                (self.account, f"i{n}", FIRST + timedelta(days=30 * n), component, amount)
                for n in range(4)
                for component, amount in (("principal", 20_000), ("interest", 900))
            )
        )

    def day(self, number: int) -> date:
        return min(FIRST + timedelta(days=number), self.now.date())

    def attempt(self, kind, *, amount=None, day=0, **details):
        """Record an event; a refusal posts nothing."""
        self.step += 1
        self.now += timedelta(hours=6)
        before = (Posting.objects.count(), Transaction.objects.count())
        try:
            return ledger.record_event(
                account_id=self.account,
                kind=kind,
                amount=None if amount is None else Money(amount, "CNY"),
                effective_date=self.day(day),
                details=details,
                external_ref=f"{kind}-{self.account}-{self.step}",
                actor=self.book.actor,
                now=self.now,
                approval_ref="request:1",
            )
        except ledger.LedgerError:
            assert (Posting.objects.count(), Transaction.objects.count()) == before
            return None

    @rule(day=days, amount=amounts)
    def pay(self, day, amount):
        self.attempt("payment", amount=amount, day=day)

    @rule(day=days, amount=amounts, component=st.sampled_from(["fee", "penalty"]), ahead=st.integers(0, 40))
    def charge(self, day, amount, component, ahead):
        due_date = self.day(day) + timedelta(days=ahead)
        self.attempt("charge", amount=amount, day=day, component=component, due_date=due_date.isoformat())

    @rule(day=days, amount=amounts, component=st.sampled_from(["principal", "interest", "fee"]))
    def correct_by_credit(self, day, amount, component):
        self.attempt("credit", amount=amount, day=day, component=component)

    @rule(day=days, amount=st.none() | amounts, component=st.sampled_from(["interest", "fee", "principal"]))
    def waive(self, day, amount, component):
        self.attempt("waiver", amount=amount, day=day, component=component)

    @rule(day=days, length=st.integers(1, 40))
    def pause(self, day, length):
        start = self.day(day)
        to = start + timedelta(days=length)
        self.attempt("pause", day=day, **{"from": start.isoformat(), "to": to.isoformat()})

    @rule(day=days, months=st.integers(1, 3))
    def defer(self, day, months):
        self.attempt("deferral", day=day, from_date=self.day(day).isoformat(), months=months)

    @rule(day=days, count=st.integers(1, 6))
    def re_age(self, day, count):
        first = self.day(day) + timedelta(days=30)
        self.attempt(
            "re_age", day=day, first_due_date=first.isoformat(), every=1, unit="months", instalments=count
        )

    @rule(day=days)
    def re_amortise(self, day):
        self.attempt("re_amortise", day=day)

    @rule(day=days, amount=st.none() | amounts)
    def dispute(self, day, amount):
        self.attempt("dispute", day=day, amount=amount, component="principal")

    @rule(kind=st.sampled_from(["charge_off", "write_off", "assignment"]), day=days)
    @precondition(lambda self: self.step > 5)
    def remove(self, kind, day):
        self.attempt(kind, day=day, **({"to": "Other Bank"} if kind == "assignment" else {}))

    @rule(amount=amounts, day=days, is_settling=st.booleans())
    @precondition(lambda self: self.step > 5)
    def recover(self, amount, day, is_settling):
        self.attempt("recovery", amount=amount, day=day, is_settling=is_settling)

    @rule(day=days, amount=amounts)
    def judge(self, day, amount):
        perform_by = self.day(day) + timedelta(days=10)
        self.attempt("judgment", amount=amount, day=day, perform_by=perform_by.isoformat(), reference="C1")

    @rule(day=days, amount=amounts, length=st.integers(0, 40))
    def settle(self, day, amount, length):
        by_date = self.day(day) + timedelta(days=length)
        self.attempt("settlement", amount=amount, day=day, by_date=by_date.isoformat())

    @rule(data=st.data(), day=days, amount=amounts, is_named=st.booleans())
    def charge_back(self, data, day, amount, is_named):
        payments = Transaction.objects.filter(account_id=self.account, kind="payment")
        made = list(payments.values_list("id", flat=True))
        if made:
            of = {"of": data.draw(st.sampled_from(made))} if is_named else {}
            self.attempt("chargeback", amount=amount, day=day, **of)

    @rule(day=days, count=st.integers(1, 4), discount=st.integers(0, 3_000))
    def plan(self, day, count, discount):
        """Put all principal that is owed on equal rows; a plan that does not come to it is refused."""
        start = self.day(day)
        owed = ledger.account_life(self.account, start).totals.by_component.get("principal", 0)
        share, first = divmod(max(owed - discount, 0), count)
        rows = [
            {
                "due_date": (start + timedelta(days=30 * (n + 1))).isoformat(),
                "component": "principal",
                "amount": share + (first if n == 0 else 0),
            }
            for n in range(count)
        ]
        more = {"discount": {"principal": discount}} if discount else {}
        self.attempt("plan", day=day, rows=rows, **more)

    @rule(amount=amounts)
    def refund(self, amount):
        self.attempt("refund", amount=amount, day=10_000)

    @rule(data=st.data())
    def take_back(self, data):
        made = list(Transaction.objects.filter(account_id=self.account).values_list("id", flat=True))
        if made:
            self.now += timedelta(hours=6)
            one = data.draw(st.sampled_from(made))
            with contextlib.suppress(ledger.LedgerError):
                ledger.reverse_transaction(
                    transaction_id=one, reason="test", actor=self.book.actor, now=self.now
                )

    @rule(number=st.integers(0, 5), day=days, amount=st.integers(0, 30_000))
    def correct_a_due_item(self, number, day, amount):
        self.book.dues((self.account, f"i{number}", self.day(day), "principal", amount), now=self.now)

    @rule(day=days)
    def remember(self, day):
        as_of = self.day(day)
        told = ledger.account_summary(self.account, as_of, known_at=self.now)
        self.known.append((as_of, self.now, told))
        self.now += timedelta(seconds=1)

    @invariant()
    def the_ledger_proves(self):
        if hasattr(self, "account"):
            assert ledger.prove([self.account], deep=True).differences == ()

    @invariant()
    def what_was_known_stays_known(self):
        for as_of, known_at, told in self.known[-2:]:
            assert ledger.account_summary(self.account, as_of, known_at=known_at) == told


def test_every_life_of_an_account_proves_after_every_step(book):
    run_state_machine_as_test(
        type("LifeInBook", (Life,), {"book": book}),
        settings=settings(
            max_examples=LIVES, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
