"""Explanations of real accounts: they agree with the summary, name postings and rules, and know what was known."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.ledger.models import Posting
from fairdue.contexts.ledger.queries.explain_words import phrase_book
from fairdue.engine.ledger.event_kinds import KINDS
from fairdue.kernel.money import Money

pytestmark = pytest.mark.django_db
AS_OF = date(2026, 6, 15)


@pytest.fixture
def account(book) -> int:
    """An account that owes 1,050.00 and interest of 20.00 of its day, of which 110.00 was paid late."""
    account = book.account(policy="cn-loan-instalment", principal=100_000, interest=5_000)
    book.dues(
        (account, "2026-05", date(2026, 5, 10), "principal", 10_000),
        (account, "2026-05", date(2026, 5, 10), "interest", 2_000),
        (account, "2026-07", date(2026, 7, 10), "principal", 8_000),
    )
    book.transactions((account, "P1", "payment", None, 11_000, date(2026, 6, 1)))
    return account


def payment_of(account: int) -> int:
    return ledger.account_transactions(account)[-1].transaction_id


def lines(part) -> list[tuple[str, int]]:
    return [(one.sentence_en, one.amount.minor if one.amount else one.days) for one in part.parts]


def test_the_balance_agrees_with_the_summary_and_names_its_postings(account):
    found = ledger.explain(account, AS_OF, "balance").root
    summary = ledger.account_summary(account, AS_OF)
    assert found.amount == summary.balance == Money(96_000)
    assert {one.subject.removeprefix("component:"): one.amount for one in found.parts} == summary.by_component
    principal = next(one for one in found.parts if one.subject == "component:principal")
    number = payment_of(account)
    assert lines(principal) == [
        ("Opening balance of 2026-01-31, as the creditor gave it", 100_000),
        (f"Part of the payment of 110.00 on 2026-06-01 that went here (no. {number})", -9_000),
    ]
    posting = Posting.objects.get(account_id=account, transaction_id=number, credit="receivable:principal")
    assert [one.posting_id for one in principal.parts[1].postings] == [posting.id]
    assert principal.parts[1].effective_date == date(2026, 6, 1)
    assert principal.parts[1].recorded_at == posting.recorded_at
    assert principal.parts[1].rule == "cn-loan-instalment"
    assert principal.parts[1].rule_zh == "分期贷款逐期冲抵"
    assert principal.parts[1].rule_en == "Instalment loan, instalment by instalment"
    assert "Civil Code art. 561" in principal.parts[1].citation_en
    assert "《民法典》第561条" in principal.parts[1].citation_zh


def test_a_receipt_says_why_interest_came_before_principal(account):
    found = ledger.explain(account, AS_OF, f"transaction:{payment_of(account)}").root
    assert found.amount == Money(11_000)
    assert lines(found) == [
        (
            "2026-05 was 22 days past due, and the oldest is paid first; "
            "within it Interest → Principal, Interest is no. 1",
            2_000,
        ),
        (
            "2026-05 was 22 days past due, and the oldest is paid first; "
            "within it Interest → Principal, Principal is no. 2",
            9_000,
        ),
    ]
    assert found.parts[0].sentence_zh.startswith("2026-05已逾期22天，最早到期者先还；期内顺序利息 → 本金")


def test_overdue_next_due_and_days_past_due_agree_with_the_summary(account):
    summary = ledger.account_summary(account, AS_OF)
    asked = {
        subject: ledger.explain(account, AS_OF, subject).root for subject in ("overdue", "next_due", "dpd")
    }
    assert asked["overdue"].amount == summary.overdue == Money(1_000)
    assert asked["next_due"].amount == summary.next_due == Money(8_000)
    assert asked["dpd"].days == summary.days_past_due == 36
    assert ledger.explain(account, AS_OF, "minimum_due").root.amount == Money(9_000)
    assert lines(asked["overdue"].parts[0]) == [
        ("Principal first asked by 2026-05", 10_000),
        (f"Part of the payment of 110.00 on 2026-06-01 that went here (no. {payment_of(account)})", -9_000),
    ]


def test_an_explanation_as_known_before_a_payment_knows_nothing_of_it(book, account):
    before = book.now - timedelta(seconds=1)
    with pytest.raises(ledger.AccountUnknown):
        ledger.explain(account, AS_OF, "balance", before)
    later = book.now + timedelta(days=1)
    ledger.record_payment(
        account_id=account, amount=Money(500), effective_date=AS_OF, external_ref="P2", source="hand",
        actor=book.actor, now=later,
    )  # fmt: skip
    assert ledger.explain(account, AS_OF, "balance", book.now).root.amount == Money(96_000)
    assert ledger.explain(account, AS_OF, "balance").root.amount == Money(95_500)


def test_paths_lead_to_each_part(account):
    found = ledger.explain(account, AS_OF, "balance")
    for part in found.root.walk():
        assert found.part(part.path) is part
    assert found.part("9.9") is None


def test_days_before_the_opening_and_unknown_names_are_refused(account):
    with pytest.raises(ledger.BeforeOpening, match="before 2026-01-31"):
        ledger.explain(account, date(2026, 1, 30), "balance")
    with pytest.raises(ledger.SubjectUnknown, match="'gold' cannot be explained"):
        ledger.explain(account, AS_OF, "gold")
    with pytest.raises(ledger.AccountUnknown):
        ledger.explain(404, AS_OF, "balance")


def test_every_kind_of_event_has_a_sentence_in_both_languages():
    phrases = phrase_book()["phrases"]
    assert {f"move.{kind}" for kind in KINDS} - set(phrases) == set()
    assert all({"zh", "en"} <= set(spoken) for spoken in phrases.values())
