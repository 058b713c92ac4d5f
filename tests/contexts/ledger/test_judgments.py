"""A judgment on an account: found as of any day, known from its recording on, undone by its reversal."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from test_account_events import image, pay, record, undo

from fairdue.contexts.ledger import facade as ledger
from fairdue.kernel.money import Money

MARCH, MAY, JUNE, TODAY = date(2026, 3, 20), date(2026, 5, 20), date(2026, 6, 1), date(2026, 6, 15)


@pytest.fixture
def loan(book):
    """Two instalments past due; by contract the earliest is finished before the next."""
    account = book.account(policy="cn-loan-instalment", principal=20_000)
    rows = [("1", MARCH, "principal", 10_000), ("1", MARCH, "interest", 1_000)]
    rows += [("2", date(2026, 4, 20), "principal", 10_000), ("2", date(2026, 4, 20), "interest", 1_000)]
    book.dues(*((account, *row) for row in rows))
    return account


def judged(book, account, day=JUNE, **more):
    details = {"perform_by": str(day + timedelta(days=10)), "reference": "(2026)沪01民初1号"}
    return record(book, account, "judgment", 20_000, day, **details, **more)


def parts(account, transaction_id):
    found = ledger.account_life(account, TODAY).splits[str(transaction_id)].parts
    return dict(found)


def test_money_is_divided_in_the_order_for_judgments_and_as_before_once_it_is_taken_back(book, loan):
    paid = pay(book, loan, 1_500, TODAY)
    assert parts(loan, paid.transaction_id) == {"interest": 1_000, "principal": 500}
    before = image(loan)
    made = judged(book, loan)
    assert parts(loan, paid.transaction_id) == {"interest": 1_500}  # all interest before any principal
    assert [(one.transaction_id, one.after) for one in made.changes.receipts] == [
        (paid.transaction_id, {"interest": Money(1_500)})
    ]
    assert ledger.prove([loan], deep=True).is_proved
    undo(book, made.transaction_id)
    assert image(loan) == before
    assert ledger.prove([loan], deep=True).is_proved


def test_it_stands_from_its_day_on_and_is_known_from_its_recording_on(book, loan):
    made = judged(book, loan)
    card = ledger.judgment(loan, TODAY)
    assert (card.transaction_id, card.awarded, card.perform_by) == (
        made.transaction_id, Money(20_000), JUNE + timedelta(days=10)
    )  # fmt: skip
    assert ledger.judgment(loan, JUNE - timedelta(days=1)) is None
    assert ledger.judgment(loan, TODAY, book.now - timedelta(seconds=1)) is None
    undo(book, made.transaction_id)
    assert ledger.judgment(loan, TODAY) is None


def test_a_payment_afterwards_is_explained_by_the_rule_for_judgments(book, loan):
    judged(book, loan)
    paid = pay(book, loan, 1_500, TODAY)
    found = ledger.explain(loan, TODAY, f"transaction:{paid.transaction_id}")
    assert "法释〔2014〕8号" in "".join(part.citation_zh for part in (found.root, *found.root.parts))


def test_a_second_one_is_refused_by_name(book, loan):
    judged(book, loan)
    with pytest.raises(ledger.EventRefused) as refused:
        judged(book, loan, ref="again")
    assert refused.value.code == "ledger.event.already_judged"
