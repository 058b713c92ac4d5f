"""Explanations of kept contracts: each charge with its arithmetic, each day agreeing with the summary."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from fairdue.contexts.book.models import Creditor
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.parties.models import Person
from fairdue.journeys.open_loan import open_loan
from fairdue.kernel.actor import system
from fairdue.kernel.money import Money

pytestmark = pytest.mark.django_db
ACTOR = system("test")
LENT = date(2026, 1, 10)


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 4, 0, tzinfo=UTC)


def opened(product: str, principal: int, details: dict) -> int:
    Creditor.objects.create(code="KEPT", name_zh="自营银行", name_en="Kept Bank", institution_group="K")
    person = Person.objects.create(name_sealed=b"x", name_masked="张*", name_hash=b"h", recorded_at=at(LENT))
    return open_loan(
        creditor_code="KEPT", person_id=person.pk, product_code=product, account_ref="K1",
        principal=Money(principal), disbursed_date=LENT, details=details, actor=ACTOR, now=at(LENT),
    ).account_id  # fmt: skip


@pytest.fixture
def loan(db) -> int:
    """A loan of twelve instalments of which the second was paid late in part."""
    account = opened(
        "cn-loan-equal-instalment",
        1_200_000,
        {"rate": "0.108", "instalments": 12, "first_due_date": "2026-02-10"},
    )
    pay(account, date(2026, 2, 10), 105_946)
    ledger.keep_contracts(until=date(2026, 4, 15), now=at(date(2026, 4, 15)))
    pay(account, date(2026, 4, 15), 60_000)
    return account


@pytest.fixture
def card(db) -> int:
    """A card with two purchases of which the first statement was paid in part."""
    account = opened("cn-card", 5_000_000, {"statement_day": 5, "due_day": 23, "daily_rate": "0.0005"})
    for day, amount in ((date(2026, 1, 12), 300_000), (date(2026, 2, 20), 120_000)):
        ledger.record_event(
            account_id=account, kind="charge", amount=Money(amount), effective_date=day,
            details={"component": "principal"}, external_ref=f"T{day}", actor=ACTOR, now=at(day),
        )  # fmt: skip
    pay(account, date(2026, 2, 23), 50_000)
    ledger.keep_contracts(until=date(2026, 4, 30), now=at(date(2026, 4, 30)))
    return account


def pay(account: int, day: date, amount: int) -> int:
    return ledger.record_payment(
        account_id=account, amount=Money(amount), effective_date=day, external_ref=f"P{day}", source="hand",
        actor=ACTOR, now=at(day),
    ).transaction_id  # fmt: skip


def test_penalty_interest_shows_base_rate_days_and_rounding(loan):
    found = ledger.explain(loan, date(2026, 4, 15), "balance").root
    texts = {part.arithmetic_en: part for part in found.walk() if part.arithmetic_en}
    penalty = next(part for text, part in texts.items() if part.rule == "penalty_interest")
    assert " × 16.2 % × " in penalty.arithmetic_en and "/360 = " in penalty.arithmetic_en
    assert penalty.arithmetic_en.endswith((", rounded half up", ", rounded half even"))
    assert "，四舍" in penalty.arithmetic_zh
    assert (penalty.rule_zh, penalty.rule_en) == ("罚息", "Penalty interest")
    assert "251" in penalty.citation_en
    assert penalty.postings


@pytest.mark.parametrize("name", ["loan", "card"])
def test_every_day_agrees_with_the_summary(name, request):
    account = request.getfixturevalue(name)
    for offset in range(0, 110, 9):
        day = LENT + timedelta(days=offset)
        summary = ledger.account_summary(account, day)
        found = {what: ledger.explain(account, day, what).root for what in ledger.SUBJECTS}
        assert found["balance"].amount == summary.balance, day
        assert found["overdue"].amount == summary.overdue, day
        assert found["next_due"].amount == summary.next_due, day
        assert found["credit_balance"].amount == summary.credit_balance, day
        assert found["dpd"].days == summary.days_past_due, day
        for component, amount in summary.by_component.items():
            assert ledger.explain(account, day, f"component:{component}").root.amount == amount, (
                day,
                component,
            )


def test_what_is_earned_and_not_posted_is_part_of_the_claim_not_of_the_balance(loan):
    day = date(2026, 4, 27)
    accrued = ledger.explain(loan, day, "accrued_interest").root
    claim = ledger.explain(loan, day, "total_claim").root
    balance = ledger.explain(loan, day, "balance").root
    assert accrued.amount.minor > 0
    assert claim.amount == balance.amount + accrued.amount
    assert all(part.arithmetic_en for part in accrued.parts)


def test_every_receipt_and_due_item_can_be_explained(card):
    day = date(2026, 4, 30)
    for transaction in ledger.account_transactions(card):
        found = ledger.explain(card, day, f"transaction:{transaction.transaction_id}").root
        if transaction.kind == "payment":
            assert found.amount == transaction.amount
    for due in ledger.account_dues(card, day):
        assert ledger.explain(card, day, f"due:{due.due_item_id}").root.amount == due.unpaid


def test_charges_that_later_news_changed_stand_apart_and_cancel_out(loan):
    """In time paid, as it turns out in May: what was charged for March and April is computed anew."""
    ledger.record_payment(
        account_id=loan, amount=Money(105_946), effective_date=date(2026, 3, 10), external_ref="late news",
        source="hand", actor=ACTOR, now=at(date(2026, 5, 4)),
    )  # fmt: skip
    ledger.keep_contracts(until=date(2026, 5, 4), now=at(date(2026, 5, 4)))
    root = ledger.explain(loan, date(2026, 4, 15), "component:penalty_interest").root
    *standing, cancelled = root.parts
    assert cancelled.sentence_en == (
        f"Computed anew after later news: {len(cancelled.parts) // 2} charges and their reversals cancel out"
    )
    assert "笔计收与其冲正相互抵消" in cancelled.sentence_zh
    assert (cancelled.amount, len(cancelled.parts) % 2) == (Money(0), 0)
    charges, backs = cancelled.parts[::2], cancelled.parts[1::2]
    assert [charge.amount for charge in charges] == [Money(-back.amount.minor) for back in backs]
    assert all(charge.arithmetic_en for charge in charges)
    assert not any("reversed" in part.sentence_en for part in standing)
    assert sum(part.amount.minor for part in standing) == root.amount.minor
    before = ledger.explain(loan, date(2026, 4, 15), "component:penalty_interest", at(date(2026, 4, 30))).root
    assert not any("cancel out" in part.sentence_en for part in before.parts)
