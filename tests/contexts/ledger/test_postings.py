"""The ledger keeps money exact, and what it caches follows from its postings."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.book.models import Account
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.ledger.models import AccountState, DueItem, DueVersion, Posting, Transaction
from fairdue.kernel.actor import Actor, PermissionRefused
from fairdue.kernel.money import Money

MARCH, APRIL, MAY = date(2026, 3, 10), date(2026, 4, 10), date(2026, 5, 10)
TODAY = date(2026, 6, 15)


def cny(minor: int) -> Money:
    return Money(minor, "CNY")


def pay(book, account, minor, day, ref="P1", **changes):
    fields = {"amount": cny(minor), "effective_date": day, "external_ref": ref, "source": "hand"} | changes
    return ledger.record_payment(account_id=account, actor=book.actor, now=book.now, **fields)


def image(account):
    """Everything that a payment can change, and nothing that says when."""
    state = AccountState.objects.filter(account_id=account).values(
        "balance_minor",
        "credit_balance_minor",
        "oldest_unpaid_due_date",
        "latest_payment_date",
        "latest_payment_minor",
    )
    dues = DueItem.objects.filter(account_id=account).order_by("id").values("id", "asked_minor", "paid_minor")
    days = [date(2026, 2, 1) + timedelta(days=10 * step) for step in range(16)]
    return list(state), list(dues), [ledger.account_summary(account, day) for day in days]


def count_of(account):
    return Posting.objects.filter(account_id=account).count(), Transaction.objects.filter(
        account_id=account
    ).count()


def test_opening_balances_stand_by_component(book):
    account = book.account(principal=100_000, interest=1_500)
    summary = ledger.account_summary(account, TODAY)
    assert summary.balance == cny(101_500)
    assert summary.by_component == {"interest": cny(1_500), "principal": cny(100_000)}
    assert (summary.days_past_due, summary.bucket, summary.overdue) == (0, "M0", cny(0))


def test_opening_again_changes_nothing_and_a_correction_posts_the_difference(book):
    account = book.account(principal=100_000, interest=1_500)
    again = book.open(account, principal=100_000, interest=1_500)
    assert (again.created, again.changed, again.unchanged) == (0, 0, 1)
    assert count_of(account) == (2, 0)
    corrected = book.open(account, principal=99_000)
    assert (corrected.created, corrected.changed, corrected.unchanged) == (0, 1, 0)
    kinds = Posting.objects.filter(account_id=account, kind="correction").values_list(
        "debit", "credit", "amount_minor"
    )
    assert sorted(kinds) == [
        ("opening", "receivable:interest", 1_500),
        ("opening", "receivable:principal", 1_000),
    ]
    assert ledger.account_summary(account, TODAY).balance == cny(99_000)
    assert ledger.prove().is_proved


def test_a_due_asks_for_principal_and_charges_the_rest_on_its_day(book):
    account = book.account(principal=100_000)
    landed = book.dues((account, "S1", MARCH, "principal", 10_000), (account, "S1", MARCH, "interest", 700))
    assert (landed.created, landed.changed, landed.unchanged) == (2, 0, 0)
    assert ledger.account_summary(account, date(2026, 3, 9)).balance == cny(100_000)
    on_day = ledger.account_summary(account, MARCH)
    assert (on_day.balance, on_day.days_past_due, on_day.next_due) == (cny(100_700), 0, cny(10_700))
    late = ledger.account_summary(account, APRIL)
    assert (late.overdue, late.days_past_due, late.bucket) == (cny(10_700), 31, "M2")


def test_the_due_date_itself_is_day_one_when_the_product_says_so(book):
    account = book.account(origin="due_date", principal=100_000)
    book.dues((account, "S1", MARCH, "principal", 10_000))
    summary = ledger.account_summary(account, MARCH)
    assert (summary.days_past_due, summary.bucket, summary.overdue) == (1, "M1", cny(10_000))


def test_landing_the_same_dues_changes_nothing_and_a_corrected_one_keeps_its_history(book):
    account = book.account(principal=100_000)
    rows = [(account, "S1", MARCH, "principal", 10_000), (account, "S1", MARCH, "fee", 500)]
    book.dues(*rows)
    before = count_of(account)
    again = book.dues(*rows)
    assert (again.created, again.changed, again.unchanged) == (0, 0, 2)
    assert count_of(account) == before
    assert DueVersion.objects.count() == 0
    changed = book.dues(rows[0], (account, "S1", APRIL, "fee", 300))
    assert (changed.created, changed.changed, changed.unchanged) == (0, 1, 1)
    assert [version.before for version in DueVersion.objects.all()] == [
        {"due_date": "2026-03-10", "amount_minor": 500}
    ]
    assert ledger.account_summary(account, MARCH).balance == cny(100_000)
    assert ledger.account_summary(account, APRIL).balance == cny(100_300)
    assert ledger.prove().is_proved


def test_a_corrected_due_allocates_its_payments_afresh(book):
    account = book.account(principal=100_000)
    book.dues((account, "S1", MARCH, "principal", 10_000), (account, "S2", APRIL, "principal", 10_000))
    pay(book, account, 12_000, APRIL)
    book.dues((account, "S1", MARCH, "principal", 4_000))
    paid = dict(DueItem.objects.filter(account_id=account).values_list("due_ref", "paid_minor"))
    assert paid == {"S1": 4_000, "S2": 8_000}
    assert ledger.prove().is_proved


def test_a_payment_goes_where_the_policy_says(book):
    account = book.account(principal=50_000)
    book.dues(
        (account, "S1", MARCH, "principal", 10_000),
        (account, "S1", MARCH, "interest", 700),
        (account, "S2", APRIL, "principal", 10_000),
    )
    receipt = pay(book, account, 15_000, APRIL)
    assert [(part.component, part.due_ref, part.amount.minor) for part in receipt.parts] == [
        ("interest", "S1", 700),
        ("principal", "S1", 10_000),
        ("principal", "S2", 4_300),
    ]
    summary = ledger.account_summary(account, TODAY)
    assert (summary.overdue, summary.oldest_unpaid_due_date) == (cny(5_700), APRIL)
    assert (summary.latest_payment, summary.latest_payment_date) == (cny(15_000), APRIL)
    assert audit.events(code="ledger.payment.recorded")[0].subject_id == str(receipt.transaction_id)


def test_what_exceeds_the_debt_becomes_credit_balance(book):
    account = book.account(principal=10_000)
    receipt = pay(book, account, 12_345, APRIL)
    assert [(part.component, part.amount.minor) for part in receipt.parts] == [
        ("credit_balance", 2_345),
        ("principal", 10_000),
    ]
    summary = ledger.account_summary(account, TODAY)
    assert (summary.balance, summary.credit_balance) == (cny(0), cny(2_345))
    book.transactions((account, "C1", "charge", "principal", 5_000, MAY))
    summary = ledger.account_summary(account, TODAY)
    assert (summary.balance, summary.credit_balance) == (cny(2_655), cny(0))
    assert ledger.prove().is_proved


def test_a_payment_before_its_charge_shows_as_credit_until_then(book):
    account = book.account(interest=0, principal=10_000)
    book.dues((account, "S1", APRIL, "interest", 700))
    pay(book, account, 10_700, date(2026, 4, 1))
    early = ledger.account_summary(account, date(2026, 4, 5))
    assert (early.balance, early.credit_balance, early.by_component) == (cny(0), cny(700), {})
    later = ledger.account_summary(account, APRIL)
    assert (later.balance, later.credit_balance) == (cny(0), cny(0))


def test_the_same_reference_returns_the_earlier_receipt(book):
    account = book.account(principal=10_000)
    first = pay(book, account, 1_000, APRIL)
    before = image(account), count_of(account)
    again = pay(book, account, 1_000, APRIL)
    assert (again.transaction_id, again.is_repeated, again.parts) == (first.transaction_id, True, first.parts)
    with pytest.raises(ledger.ReferenceReused):
        pay(book, account, 1_001, APRIL)
    assert (image(account), count_of(account)) == before


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"amount": Money(100, "USD")}, ledger.CurrencyDiffers),
        ({"amount": cny(0)}, ledger.AmountInvalid),
        ({"amount": cny(-5)}, ledger.AmountInvalid),
        ({"amount": cny(2**53 + 1)}, ledger.AmountInvalid),
        ({"effective_date": date(2026, 6, 16)}, ledger.FutureDate),
        ({"effective_date": date(2026, 1, 30)}, ledger.BeforeOpening),
        ({"account_id": 10**9}, ledger.AccountUnknown),
    ],
)
def test_a_bad_payment_is_refused_and_nothing_is_posted(book, changes, error):
    account = book.account(principal=10_000)
    before = image(account), count_of(account)
    fields = {"account_id": account, "amount": cny(100), "effective_date": APRIL} | changes
    with pytest.raises(error):
        ledger.record_payment(**fields, external_ref="X", source="hand", actor=book.actor, now=book.now)
    assert (image(account), count_of(account)) == before
    assert audit.events(code="ledger.payment.recorded") == ()


def test_who_may_not_record_payments_records_none(book):
    account = book.account(principal=10_000)
    stranger = Actor(kind="staff", label="s", creditor_ids=None)
    with pytest.raises(PermissionRefused):
        ledger.record_payment(account_id=account, amount=cny(1), effective_date=APRIL, external_ref="X", source="hand",
                              actor=stranger, now=book.now)  # fmt: skip
    elsewhere = Actor(
        kind="staff", label="s", creditor_ids=frozenset({10**6}), permissions=frozenset({"payments.record"})
    )
    with pytest.raises(ledger.AccountUnknown):
        ledger.record_payment(account_id=account, amount=cny(1), effective_date=APRIL, external_ref="X", source="hand",
                              actor=elsewhere, now=book.now)  # fmt: skip
    assert count_of(account) == (1, 0)


def test_a_reversal_restores_the_exact_earlier_state(book):
    account = book.account(principal=50_000)
    book.dues((account, "S1", MARCH, "principal", 10_000), (account, "S2", APRIL, "principal", 10_000))
    pay(book, account, 3_000, date(2026, 3, 1), "P0")
    before = image(account)
    receipt = pay(book, account, 60_000, MARCH, "P1")
    assert image(account) != before
    reversal = ledger.reverse_transaction(
        transaction_id=receipt.transaction_id, reason="bounced", actor=book.actor, now=book.now
    )
    assert image(account) == before
    cards = {card.transaction_id: card for card in ledger.account_transactions(account)}
    assert cards[receipt.transaction_id].reversed_by_id == reversal
    assert cards[receipt.transaction_id].parts == ()
    assert cards[reversal].reverses_id == receipt.transaction_id
    assert ledger.prove().is_proved


def test_a_reversal_moves_later_receipts_to_where_they_would_have_gone(book):
    accounts = [book.account(principal=50_000) for _ in range(2)]
    for account in accounts:
        book.dues((account, "S1", MARCH, "principal", 10_000), (account, "S2", APRIL, "principal", 10_000))
    first = pay(book, accounts[0], 10_000, MARCH, "P1")
    for account in accounts:
        pay(book, account, 11_000, APRIL, "P2")
    ledger.reverse_transaction(
        transaction_id=first.transaction_id, reason="r", actor=book.actor, now=book.now
    )
    left, right = (ledger.account_summary(account, TODAY) for account in accounts)
    assert left.overdue == right.overdue == cny(9_000)
    assert left.oldest_unpaid_due_date == right.oldest_unpaid_due_date == APRIL
    assert ledger.prove().is_proved


def test_a_reversed_charge_gives_back_what_was_paid_for_it(book):
    account = book.account(principal=1_000)
    book.transactions(
        (account, "F1", "charge", "fee", 500, MARCH), (account, "P1", "payment", "", 1_500, APRIL)
    )
    fee = Transaction.objects.get(external_ref="F1")
    ledger.reverse_transaction(
        transaction_id=fee.id, reason="wrongly charged", actor=book.actor, now=book.now
    )
    summary = ledger.account_summary(account, TODAY)
    assert (summary.balance, summary.credit_balance) == (cny(0), cny(500))
    assert ledger.prove().is_proved


def test_a_reversal_of_anything_but_a_standing_transaction_is_refused(book):
    account = book.account(principal=10_000)
    receipt = pay(book, account, 1_000, APRIL)
    reversal = ledger.reverse_transaction(
        transaction_id=receipt.transaction_id, reason="r", actor=book.actor, now=book.now
    )
    before = image(account), count_of(account)
    for transaction_id, error in (
        (reversal, ledger.ReversalOfReversal),
        (receipt.transaction_id, ledger.AlreadyReversed),
        (10**9, ledger.TransactionUnknown),
    ):
        with pytest.raises(error):
            ledger.reverse_transaction(
                transaction_id=transaction_id, reason="r", actor=book.actor, now=book.now
            )
    assert (image(account), count_of(account)) == before


def test_a_file_of_transactions_lands_once(book):
    account = book.account(principal=10_000)
    rows = [
        (account, "C1", "charge", "principal", 5_000, MARCH),
        (account, "K1", "credit", "principal", 700, MARCH),
        (account, "P1", "payment", "", 2_000, APRIL),
        (account, "P2", "payment", "", 900, APRIL),
        (account, "R1", "reversal", "", None, APRIL, "P1"),
    ]
    landed = book.transactions(*rows)
    assert (landed.created, landed.changed, landed.unchanged) == (5, 0, 0)
    assert ledger.account_summary(account, TODAY).balance == cny(10_000 + 5_000 - 700 - 900)
    before = image(account), count_of(account)
    again = book.transactions(*rows)
    assert (again.created, again.changed, again.unchanged) == (0, 0, 5)
    assert (image(account), count_of(account)) == before
    assert ledger.prove().is_proved


def test_each_bad_row_is_named_and_a_file_with_one_lands_nothing(book):
    account = book.account(principal=10_000)
    book.transactions(
        (account, "P1", "payment", "", 100, MARCH), (account, "R1", "reversal", "", None, MARCH, "P1")
    )
    rows = [
        (account, "OK", "payment", "", 100, APRIL),
        (10**9, "A", "payment", "", 100, APRIL),
        (account, "B", "gift", "", 100, APRIL),
        (account, "C", "charge", "weather", 100, APRIL),
        (account, "P1", "payment", "", 101, MARCH),
        (account, "D", "payment", "", 100, date(2026, 6, 16)),
        (account, "E", "payment", "", 100, date(2026, 1, 1)),
        (account, "F", "reversal", "", None, APRIL, "nowhere"),
        (account, "G", "reversal", "", None, APRIL, "R1"),
        (account, "H", "reversal", "", None, APRIL, "P1"),
        (account, "I", "payment", "", 0, APRIL),
        (account, "J", "payment", "", 2**53 + 1, APRIL),
        (account, "K", "payment", "", 5, APRIL),
        (account, "K", "payment", "", 6, APRIL),
        (account, "P1", "payment", "", 100, MARCH),
    ]
    reasons = ledger.check_transactions(book.frame(*rows), now=book.now)
    assert reasons.to_list() == [
        None,
        "ledger.account.unknown",
        "ledger.kind.unknown",
        "ledger.component.unknown",
        "ledger.reference.reused",
        "ledger.date.future",
        "ledger.date.before_opening",
        "ledger.transaction.unknown",
        "ledger.reversal.of_reversal",
        "ledger.transaction.already_reversed",
        "ledger.amount.invalid",
        "ledger.amount.invalid",
        "ledger.reference.reused",
        "ledger.reference.reused",
        None,
    ]
    before = image(account), count_of(account)
    with pytest.raises(ledger.LandingRefused) as refusal:
        book.transactions(*rows)
    assert refusal.value.rows["ledger.reference.reused"] == 3
    assert (image(account), count_of(account)) == before


def test_dues_of_another_currency_or_account_are_refused(book):
    account = book.account(principal=10_000)
    with pytest.raises(ledger.LandingRefused, match=r"ledger.currency.differs: 1"):
        book.dues((account, "S1", MARCH, "principal", 100), currency="USD")
    book.person_of[10**9] = 1
    with pytest.raises(ledger.LandingRefused, match=r"ledger.account.unknown: 1"):
        book.dues((10**9, "S1", MARCH, "principal", 100))
    assert DueItem.objects.count() == 0


def test_the_order_in_which_files_arrive_does_not_matter(book):
    dues = [("S1", MARCH, "principal", 9_000), ("S1", MARCH, "fee", 300), ("S2", APRIL, "principal", 9_000)]
    events = [
        ("C1", "charge", "principal", 4_000, MARCH),
        ("P1", "payment", "", 6_000, MARCH),
        ("P2", "payment", "", 7_000, APRIL),
        ("K1", "credit", "fee", 400, APRIL),
    ]
    images = []
    for seed in range(4):
        account = book.account(principal=20_000)
        steps = [("due", row) for row in dues] + [("event", row) for row in events]
        random.Random(seed).shuffle(steps)
        for kind, row in steps:
            (book.dues if kind == "due" else book.transactions)((account, *row))
        summary = ledger.account_summary(account, TODAY)
        images.append(
            (summary.balance, summary.overdue, summary.credit_balance, summary.oldest_unpaid_due_date)
        )
    assert set(images) == {(cny(10_900), cny(4_900), cny(0), APRIL)}
    assert ledger.prove().is_proved


@pytest.mark.parametrize("table", ["ledger_posting", "ledger_transaction"])
def test_the_database_refuses_to_change_a_fact(book, table):
    account = book.account(principal=10_000)
    pay(book, account, 1_000, APRIL)
    for sql in (f"UPDATE {table} SET amount_minor = 1", f"DELETE FROM {table}"):
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)
    assert ledger.account_summary(account, TODAY).balance == cny(9_000)


def test_prove_names_a_cached_value_that_was_altered(book):
    account = book.account(principal=10_000)
    book.dues((account, "S1", MARCH, "principal", 1_000))
    pay(book, account, 400, APRIL)
    assert ledger.prove([account]).is_proved
    AccountState.objects.filter(account_id=account).update(balance_minor=1)
    DueItem.objects.filter(account_id=account).update(paid_minor=1_000)
    found = {(difference.subject.split(":")[0], difference.cached, difference.proved)
             for difference in ledger.prove([account]).differences}  # fmt: skip
    assert found == {
        ("balance_minor", "1", "9600"),
        ("oldest_unpaid_due_date", "2026-03-10", "none"),
        ("due_item", "1000", "400"),
        ("due_item", "none", "a date"),
    }


def test_a_person_owes_over_all_accounts_and_is_as_late_as_the_worst(book):
    one, two = book.account(principal=10_000), book.account(principal=20_000)
    Account.objects.filter(pk=two).update(person_id=book.person_of[one])
    AccountState.objects.filter(account_id=two).update(person_id=book.person_of[one])
    book.dues((two, "S1", MAY, "principal", 1_000))
    summary = ledger.person_summary(book.person_of[one], TODAY)
    assert summary.balance == {"CNY": cny(30_000)}
    assert (summary.overdue, summary.days_past_due, summary.bucket) == ({"CNY": cny(1_000)}, 36, "M2")
    assert [account.account_id for account in summary.accounts] == [one, two]


def test_the_facts_of_the_night_equal_the_summary(book):
    account = book.account(principal=30_000)
    book.dues(
        (account, "S1", APRIL, "principal", 1_000),
        (account, "S1", APRIL, "interest", 50),
        (account, "S2", TODAY, "principal", 1_000),
        (account, "S3", date(2026, 7, 10), "principal", 1_000),
        (account, "S3", date(2026, 7, 10), "interest", 70),
    )
    pay(book, account, 500, APRIL)
    with connection.cursor() as cursor:
        cursor.execute(ledger.state_facts_sql(TODAY))
        row = dict(zip([column[0] for column in cursor.description], cursor.fetchone(), strict=True))
    summary = ledger.account_summary(account, TODAY)
    assert row["balance_minor"] == summary.balance.minor == 29_550
    assert row["overdue_minor"] == summary.overdue.minor == 550
    assert (row["due_today_minor"], row["next_due_date"], row["next_due_minor"]) == (1_000, TODAY, 1_000)
    assert (summary.next_due_date, summary.next_due) == (TODAY, cny(1_000))
    assert row["oldest_unpaid_due_date"] == summary.oldest_unpaid_due_date == APRIL
    assert [
        (card.due_ref, card.component, card.unpaid.minor) for card in ledger.account_dues(account, TODAY)
    ] == [
        ("S1", "principal", 550),
        ("S1", "interest", 0),
        ("S2", "principal", 1_000),
        ("S3", "principal", 1_000),
        ("S3", "interest", 70),
    ]
