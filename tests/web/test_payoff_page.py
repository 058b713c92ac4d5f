"""What settles an account in full on any day: its page, its arithmetic, until when it stands, and the borrower's view."""

from __future__ import annotations

from datetime import timedelta

import pytest

from fairdue.contexts.book.models import Account
from fairdue.contexts.ledger import facade as ledger
from fairdue.journeys.open_loan import open_loan
from fairdue.kernel.actor import system
from fairdue.kernel.clock import business_date, now
from fairdue.kernel.money import Money
from fairdue.web.portal import reading

pytestmark = pytest.mark.django_db
TEST = system("test")


@pytest.fixture
def fed(world) -> int:
    return Account.objects.get(external_ref="L-0001").pk


@pytest.fixture
def kept(world) -> int:
    lent = business_date(now()) - timedelta(days=20)
    return open_loan(
        creditor_code="north", person_id=world.person.pk, product_code="cn-loan-equal-instalment", account_ref="K-1",
        principal=Money(1_200_000), disbursed_date=lent, actor=TEST, now=now(),
        details={"rate": "0.108", "instalments": 12, "first_due_date": str(lent + timedelta(days=30))},
    ).account_id  # fmt: skip


def opened(client, account_id: int, query: str = "") -> str:
    return client.get(f"/desk/accounts/{account_id}/?show=payoff{query}").content.decode()


def test_a_fed_account_is_paid_off_by_what_is_owed_and_its_creditor_is_named(staff, signed_in, fed):
    staff("collector")
    text = opened(signed_in("collector"), fed)
    until = business_date(now()) + timedelta(days=30)
    assert "Settles the account in full" in text and "1,500.50" in text
    assert f"Valid until {until}" in text and "nothing that is known changes it before" in text
    assert "The creditor keeps this account" in text and "data-print" in text


def test_a_kept_account_is_paid_off_with_the_interest_of_the_day_and_the_sum_is_shown(staff, signed_in, kept):
    staff("collector")
    collector, today = signed_in("collector"), business_date(now())
    found = ledger.payoff(kept, today)
    validity = ledger.payoff_validity(found)
    assert sum(part.amount.minor for part in found.parts) == found.amount.minor
    assert validity.until_date == today and validity.amount_after > found.amount
    text = opened(collector, kept)
    assert f"{found.amount.amount:,}" in text and f"{validity.amount_after.amount:,}" in text
    assert f"Valid until {today}" in text and "Interest earned and not posted yet" in text
    assert "How it adds up" in text and "The creditor keeps this account" not in text
    later = today + timedelta(days=25)
    assert f"{ledger.payoff(kept, later).amount.amount:,}" in opened(collector, kept, f"&as_of={later}")


def test_paying_the_amount_on_its_day_settles_the_account(staff, signed_in, kept):
    staff("collector")
    today = business_date(now())
    ledger.record_payment(
        account_id=kept, amount=ledger.payoff(kept, today).amount, effective_date=today, external_ref="all", source="hand",
        actor=TEST, now=now(),
    )  # fmt: skip
    assert ledger.payoff(kept, today + timedelta(days=60)).amount == Money(0)
    text = opened(signed_in("collector"), kept)
    assert "Nothing is owed on this day." in text and "Valid until" not in text


def test_a_day_before_the_opening_has_no_amount_and_says_why(staff, signed_in, fed):
    staff("collector", locale="zh-hans")
    collector = signed_in("collector")
    assert "提前结清" in opened(collector, fed)
    text = opened(collector, fed, "&as_of=2020-01-01")
    assert "这一天没有提前结清金额" in text and "1,500.50" not in text.split("</header>")[-1]


def test_the_borrower_is_told_the_same_amount(world, fed, kept):
    today = business_date(now())
    told = {debt.account.account_id: debt for debt in reading.debts(world.person.pk, today)}
    for account_id in (fed, kept):
        found = ledger.payoff(account_id, today)
        assert told[account_id].payoff == found
        assert told[account_id].payoff_until == ledger.payoff_validity(found).until_date
    assert all(debt.payoff is None for debt in reading.debts(world.person.pk, today, with_history=False))
