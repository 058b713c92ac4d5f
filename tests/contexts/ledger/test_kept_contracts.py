"""Contracts that this installation keeps: opened, kept night by night, corrected by what comes late."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from fairdue.contexts.book.models import Account, Creditor
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.ledger.models import DueItem, DueVersion, LoanContract, Posting, Transaction
from fairdue.contexts.parties.models import Person
from fairdue.journeys.open_loan import OpenedLoan, open_loan
from fairdue.kernel.actor import Actor, PermissionRefused, system
from fairdue.kernel.money import Money

pytestmark = pytest.mark.django_db
ACTOR = system("test")
LENT = date(2026, 1, 10)
OPENED_AT = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)
AGREED = {"rate": "0.108", "instalments": 12, "first_due_date": "2026-02-10"}


def at(day: date) -> datetime:
    """Noon in China of a day."""
    return datetime(day.year, day.month, day.day, 4, 0, tzinfo=UTC)


@pytest.fixture
def person() -> int:
    Creditor.objects.create(code="KEPT-BANK", name_zh="自营银行", name_en="Kept Bank", institution_group="K")
    return Person.objects.create(
        name_sealed=b"x", name_masked="张*", name_hash=b"h", recorded_at=OPENED_AT
    ).pk


def lend(
    person_id: int, *, product: str = "cn-loan-equal-instalment", ref: str = "L1", **changed: object
) -> OpenedLoan:
    given = {
        "creditor_code": "KEPT-BANK",
        "person_id": person_id,
        "product_code": product,
        "account_ref": ref,
        "principal": Money(1_200_000),
        "disbursed_date": LENT,
        "details": AGREED,
        "actor": ACTOR,
        "now": OPENED_AT,
    }
    return open_loan(**(given | changed))


def pay(account_id: int, amount: int, day: date, *, known: date | None = None) -> int:
    return ledger.record_payment(
        account_id=account_id,
        amount=Money(amount),
        effective_date=day,
        external_ref=f"P{day}{amount}",
        source="hand",
        actor=ACTOR,
        now=at(known or day),
    ).transaction_id


def keep(day: date) -> ledger.KeepReport:
    return ledger.keep_contracts(until=day, now=at(day))


def charges(account_id: int) -> dict[str, int]:
    """Standing charges by key."""
    rows = Transaction.objects.filter(account_id=account_id, source="keeping", kind="charge")
    gone = set(Transaction.objects.filter(reverses__isnull=False).values_list("reverses_id", flat=True))
    return {row.external_ref: row.amount_minor for row in rows if row.pk not in gone}


def require_proved() -> None:
    report = ledger.prove()
    assert report.differences == ()


def test_a_loan_opens_with_its_schedule_and_owes_the_principal(person: int) -> None:
    loan = lend(person)

    dues = ledger.account_dues(loan.account_id, LENT)
    assert len(dues) == 24
    assert sum(due.amount.minor for due in dues if due.component == "principal") == 1_200_000
    assert {due.due_ref for due in dues} == {f"i:{number}" for number in range(1, 13)}
    assert ledger.account_summary(loan.account_id, LENT).balance == Money(1_200_000)
    assert ledger.contract_card(loan.account_id).product_terms == "cn-loan-equal-instalment@2026.2"
    require_proved()


def test_the_same_loan_again_changes_nothing(person: int) -> None:
    loan = lend(person)
    assert lend(person) == loan
    assert LoanContract.objects.count() == 1

    with pytest.raises(ledger.ContractExists):
        lend(person, details=AGREED | {"rate": "0.12"})
    assert LoanContract.objects.get().details["rate"] == "0.108"


def test_penalty_interest_is_charged_with_its_arithmetic(person: int) -> None:
    loan = lend(person)
    keep(date(2026, 2, 28))

    assert charges(loan.account_id) == {"keeping:p:i:1:2026-02-28": 771}
    why = Transaction.objects.get(external_ref="keeping:p:i:1:2026-02-28").details["why"]
    # 95,146.00 / 100 × 10.8 % × 1.5 × 18 / 360 = 7.706826
    assert (why["base_minor"], why["rate"], why["days"], why["day_count"]) == (95146, "81/500", 18, "act/360")
    assert why["unrounded"] == "3853413/5000"
    assert why["rule"] == "penalty_interest"
    assert "251" in why["citation"]["en"]
    require_proved()


def test_keeping_again_changes_nothing(person: int) -> None:
    lend(person)
    first = keep(date(2026, 5, 15))
    assert (first.accounts, first.charges, first.corrections) == (1, 6, 0)

    again = keep(date(2026, 5, 15))
    assert (again.changed_accounts, again.items, again.charges, again.corrections) == (0, 0, 0, 0)


def test_keeping_every_night_lands_what_keeping_once_lands(person: int) -> None:
    often, once = lend(person, ref="L1"), lend(person, ref="L2")
    for offset in range(0, 120, 7):
        ledger.keep_contracts(
            until=LENT + timedelta(days=offset),
            now=at(LENT + timedelta(days=offset)),
            account_ids=[often.account_id],
        )
    keep(date(2026, 5, 15))
    assert charges(often.account_id) == charges(once.account_id)
    require_proved()


def test_a_late_payment_that_comes_to_be_known_late_corrects_what_was_charged(person: int) -> None:
    loan = lend(person)
    pay(loan.account_id, 105_946, date(2026, 2, 10))
    keep(date(2026, 4, 30))
    before = charges(loan.account_id)
    assert before == {
        "keeping:p:i:2:2026-03-31": 907,
        "keeping:p:i:2:2026-04-30": 1296,
        "keeping:p:i:3:2026-04-30": 872,
    }
    pay(loan.account_id, 105_946, date(2026, 3, 10), known=date(2026, 5, 6))
    keep(date(2026, 5, 6))

    assert charges(loan.account_id) == {"keeping:p:i:3:2026-04-30": 872}
    assert Transaction.objects.filter(source="keeping", kind="reversal").count() == 2
    require_proved()


def test_a_charge_that_changes_is_reversed_and_charged_anew_with_the_next_number(person: int) -> None:
    loan = lend(person)
    keep(date(2026, 3, 31))
    pay(loan.account_id, 50_000, date(2026, 2, 20), known=date(2026, 4, 1))
    keep(date(2026, 4, 1))

    standing = charges(loan.account_id)
    assert standing["keeping:p:i:1:2026-02-20"] == 428
    assert "keeping:p:i:1:2026-02-28~2" in standing
    assert "keeping:p:i:1:2026-02-28" not in standing
    require_proved()


def test_an_early_settlement_asks_no_interest_for_time_that_was_not_used(person: int) -> None:
    loan = lend(person)
    pay(loan.account_id, 105_946, date(2026, 2, 10))
    keep(date(2026, 2, 25))
    quoted = ledger.derived(loan.account_id, date(2026, 2, 25))
    assert quoted.accrued_minor == 5_327  # 15 of the 28 days of 99.44
    assert quoted.payoff == 1_104_854 + 5_327

    pay(loan.account_id, quoted.payoff or 0, date(2026, 2, 25))
    keep(date(2026, 2, 25))
    summary = ledger.account_summary(loan.account_id, date(2026, 2, 25))
    assert (summary.balance.minor, summary.credit_balance.minor) == (0, 0)
    assert ledger.account_summary(loan.account_id, date(2027, 3, 1)).balance.minor == 0
    assert DueItem.objects.filter(account_id=loan.account_id, due_ref="e:2").get().amount_minor == 5_327
    assert DueVersion.objects.count() == 11
    require_proved()


def test_a_payment_on_a_kept_account_is_charged_up_to_its_day_at_once(person: int) -> None:
    loan = lend(person)
    pay(loan.account_id, 105_946, date(2026, 3, 3))

    assert charges(loan.account_id) == {"keeping:p:i:1:2026-02-28": 771, "keeping:p:i:1:2026-03-03": 128}
    require_proved()


def test_the_summary_tells_what_is_earned_and_not_yet_posted(person: int) -> None:
    loan = lend(person)
    keep(date(2026, 2, 28))
    summary = ledger.account_summary(loan.account_id, date(2026, 3, 5))
    expected = ledger.derived(loan.account_id, date(2026, 3, 5)).accrued_minor
    assert expected > 0
    assert summary.accrued == Money(expected)


def test_a_kept_charge_is_waived_not_reversed(person: int) -> None:
    lend(person)
    keep(date(2026, 2, 28))
    charge = Transaction.objects.get(external_ref="keeping:p:i:1:2026-02-28")
    with pytest.raises(ledger.KeptChargeFixed):
        ledger.reverse_transaction(
            transaction_id=charge.pk, reason="kindness", actor=ACTOR, now=at(date(2026, 3, 1))
        )
    assert not Transaction.objects.filter(reverses=charge).exists()


def test_a_waiver_of_a_charge_outlives_its_correction(person: int) -> None:
    loan = lend(person)
    keep(date(2026, 2, 28))
    charge = Transaction.objects.get(external_ref="keeping:p:i:1:2026-02-28")
    ledger.record_event(
        account_id=loan.account_id,
        kind="waiver",
        amount=None,
        effective_date=date(2026, 3, 1),
        details={"of": charge.pk},
        external_ref="W1",
        actor=ACTOR,
        now=at(date(2026, 3, 1)),
        approval_ref="A1",
    )
    pay(loan.account_id, 50_000, date(2026, 2, 28), known=date(2026, 3, 2))
    pay(loan.account_id, 20_000, date(2026, 2, 20), known=date(2026, 3, 3))
    keep(date(2026, 3, 3))
    kept = charges(loan.account_id)
    assert any("~2" in key for key in kept)
    owed = ledger.account_summary(loan.account_id, date(2026, 3, 3)).by_component.get(
        "penalty_interest", Money(0)
    )
    posted = sum(amount for key, amount in kept.items() if "2026-02-28" not in key)
    assert owed.minor <= posted
    require_proved()


@pytest.mark.parametrize(
    ("product", "changed", "refusal"),
    [
        ("cn-loan-equal-instalment", {"details": AGREED | {"rate": "0.25"}}, "ContractInvalid"),
        ("cn-loan-equal-instalment", {"details": AGREED | {"colour": "red"}}, "ContractInvalid"),
        ("cn-loan-equal-instalment", {"details": {"rate": "0.1"}}, "ContractInvalid"),
        ("cn-loan-equal-instalment", {"principal": Money(1_000, "USD")}, "CurrencyDiffers"),
        ("cn-loan-equal-instalment", {"disbursed_date": date(2026, 1, 11)}, "FutureDate"),
        (
            "cn-loan-fixed-amount",
            {"details": {"rate": "0.13", "first_due_date": "2026-02-10", "instalment_minor": 200_000}},
            "ContractAboveCap",
        ),
        (
            "cn-loan-fixed-amount",
            {"details": {"rate": "0.1", "first_due_date": "2026-02-10", "instalment_minor": 9_000}},
            "ScheduleNeverRepaid",
        ),
        ("no-such-product", {}, "ProductUnknown"),
    ],
)
def test_a_loan_that_cannot_be_kept_is_refused_and_leaves_nothing(
    person: int, product: str, changed: dict[str, object], refusal: str
) -> None:
    with pytest.raises(getattr(ledger, refusal)):
        lend(person, product=product, **changed)
    assert (Account.objects.count(), LoanContract.objects.count()) == (0, 0)
    assert (Posting.objects.count(), DueItem.objects.count()) == (0, 0)


def test_opening_a_loan_needs_the_permission(person: int) -> None:
    nobody = Actor(kind="staff", label="nobody")
    with pytest.raises(PermissionRefused):
        lend(person, actor=nobody)
    assert Account.objects.count() == 0


def test_due_items_from_outside_are_refused_for_an_account_that_is_kept_here(person: int) -> None:
    account = lend(person).account_id
    row = {
        "account_id": account, "person_id": person, "due_ref": "i:1", "due_date": date(2026, 2, 10),
        "component": "principal", "amount_minor": 1, "currency": "CNY",
    }  # fmt: skip
    before = (DueItem.objects.count(), Posting.objects.count(), DueVersion.objects.count())
    for ref in ("i:1", "from the creditor"):
        with pytest.raises(ledger.LandingRefused) as refused:
            ledger.land_dues(pl.DataFrame([row | {"due_ref": ref}]), batch_id=1, now=at(LENT))
        assert refused.value.rows == {"ledger.account.kept": 1}
    assert (DueItem.objects.count(), Posting.objects.count(), DueVersion.objects.count()) == before
    assert ledger.kept_account_ids(pl.Series([account, account + 1, 1])) == {account}
    assert ledger.kept_account_ids(pl.Series([], dtype=pl.Int64)) == frozenset()


def test_money_beyond_the_next_instalment_repays_principal_and_later_interest_falls(person):
    loan = lend(person)
    account = loan.account_id
    pay(account, 105_946 + 500_000, date(2026, 2, 10))
    (early,) = DueItem.objects.filter(account_id=account, due_ref="x:2026-02-10")
    assert (early.component, early.paid_minor) == ("principal", early.amount_minor)
    third = DueItem.objects.get(account_id=account, due_ref="i:3", component="interest")
    left = (
        1_200_000 - DueItem.objects.get(account_id=account, due_ref="i:1", component="principal").amount_minor
    )
    left -= early.amount_minor
    left -= DueItem.objects.get(account_id=account, due_ref="i:2", component="principal").amount_minor
    assert third.amount_minor == round(left * 0.009)
    summary = ledger.account_summary(account, date(2026, 2, 10))
    assert (
        summary.balance.minor
        == left
        + DueItem.objects.get(account_id=account, due_ref="i:2", component="principal").amount_minor
        - DueItem.objects.get(account_id=account, due_ref="i:2", component="principal").paid_minor
    )
    assert ledger.prove([account], deep=True).differences == ()
    (payment,) = Transaction.objects.filter(account_id=account, kind="payment")
    ledger.reverse_transaction(transaction_id=payment.id, reason="x", actor=ACTOR, now=at(date(2026, 2, 11)))
    assert not DueItem.objects.filter(account_id=account, due_ref="x:2026-02-10", amount_minor__gt=0).exists()
    assert DueItem.objects.get(account_id=account, due_ref="i:3", component="interest").amount_minor > 9_000
    assert ledger.prove([account], deep=True).differences == ()


@pytest.mark.parametrize("day", [date(2026, 2, 10), date(2026, 2, 25), date(2026, 4, 2)])
def test_the_pay_off_amount_of_a_day_settles_the_debt_to_the_cent(person, day):
    loan = lend(person)
    pay(loan.account_id, 105_946, date(2026, 2, 10))
    ledger.keep_contracts(until=day, now=at(day))
    told = ledger.payoff(loan.account_id, day)
    assert sum(part.amount.minor for part in told.parts) == told.amount.minor > 0
    assert told.citation["en"].startswith("Civil Code art. 677")
    pay(loan.account_id, told.amount.minor, day)
    ledger.keep_contracts(until=date(2026, 9, 1), now=at(date(2026, 9, 1)))
    after = ledger.account_summary(loan.account_id, date(2026, 9, 1))
    assert (after.balance.minor, after.credit_balance.minor, after.days_past_due) == (0, 0, 0)
    assert ledger.payoff(loan.account_id, date(2026, 9, 1)).amount.minor == 0
    assert ledger.prove([loan.account_id], deep=True).differences == ()
