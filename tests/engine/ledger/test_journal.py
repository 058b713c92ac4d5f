"""The plain-text journal: readable, the same every time, and sound by beancount's own checker."""

from __future__ import annotations

from datetime import UTC, date, datetime

from beancount import loader
from hypothesis import given, settings
from hypothesis import strategies as st

from fairdue.engine.ledger.journal import JournalLine, account_journal, account_name, header
from fairdue.kernel.money import Money

AT = datetime(2026, 6, 15, 4, 0, tzinfo=UTC)
CODES = (
    "receivable:principal", "receivable:late_fee", "cash", "suspense", "opening", "income:interest", "credit_balance",
    "adjustment", "waiver:fee", "charge_off:principal", "allowance:principal", "write_off:principal", "recovery",
    "assigned:principal",
)  # fmt: skip


def line(number: int, debit: str, credit: str, minor: int, **more: object) -> JournalLine:
    given = {
        "account_id": 7, "transaction_id": None, "kind": "opening", "event_kind": "", "rule": "", "due_ref": "",
        "effective_date": date(2026, 1, 31), "recorded_at": AT, "amount": Money(minor, "CNY"),
    }  # fmt: skip
    return JournalLine(posting_id=number, debit=debit, credit=credit, **given | more)  # type: ignore[arg-type]


def text(lines: list[JournalLine]) -> str:
    return "\n".join(
        [*header("Test Bank", ["CNY"]), *account_journal(lines, label="account 7 (****0007)"), ""]
    )


OPENED_AND_PAID = [
    line(1, "receivable:principal", "opening", 100_000),
    line(
        2, "cash", "receivable:principal", 30_000, transaction_id=5, kind="allocation", event_kind="payment",
        rule="cn-card-early", due_ref="2026-05", effective_date=date(2026, 6, 1),
    ),
    line(
        3, "cash", "credit_balance", 5, transaction_id=5, kind="allocation", event_kind="payment",
        rule="cn-card-early", effective_date=date(2026, 6, 1),
    ),
]  # fmt: skip


def test_a_journal_reads_like_a_ledger():
    assert (
        text(OPENED_AND_PAID)
        == """option "title" "Test Bank"
option "operating_currency" "CNY"

; account 7 (****0007)
2026-06-01 open Assets:Cash CNY
2026-01-31 open Assets:Receivable:Principal CNY
2026-01-31 open Equity:Opening-Balances CNY
2026-06-01 open Liabilities:Credit-Balance CNY

2026-01-31 * "opening"
  recorded_at: "2026-06-15T04:00:00.000000Z"
  kind: "opening"
  Assets:Receivable:Principal  1000.00 CNY
  Equity:Opening-Balances  -1000.00 CNY

2026-06-01 * "payment 5"
  recorded_at: "2026-06-15T04:00:00.000000Z"
  transaction: "5"
  kind: "allocation"
  rule: "cn-card-early"
  Assets:Cash  300.05 CNY
  Assets:Receivable:Principal  -300.00 CNY
    due: "2026-05"
  Liabilities:Credit-Balance  -0.05 CNY

2026-06-02 balance Assets:Receivable:Principal  700.00 ~ 0 CNY
2026-06-02 balance Liabilities:Credit-Balance  -0.05 ~ 0 CNY
"""
    )


def test_beancount_finds_no_error_in_a_journal():
    entries, errors, _ = loader.load_string(text(OPENED_AND_PAID))
    assert errors == []
    assert len(entries) == 4 + 2 + 2


def test_beancount_refuses_a_journal_whose_posting_was_changed_by_a_cent():
    _, errors, _ = loader.load_string(
        text(OPENED_AND_PAID).replace("-300.00", "-300.01").replace("300.05", "300.06")
    )
    assert [error.message for error in errors] == [
        "Balance failed for 'Assets:Receivable:Principal': expected 700.00 CNY != accumulated 699.99 CNY (0.01 too little)"
    ]


def test_codes_become_names_that_beancount_takes():
    assert account_name("receivable:late_fee") == "Assets:Receivable:Late-Fee"
    assert account_name("credit_balance", "A12") == "Liabilities:Credit-Balance:A12"
    assert account_name("assigned:enforcement_cost") == "Equity:Assigned:Enforcement-Cost"


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(CODES), st.sampled_from(CODES), st.integers(1, 10**9), st.integers(0, 90),
            st.integers(0, 3), st.sampled_from(["", '2026-05 "x\\']),
        ).filter(lambda row: row[0] != row[1]),
        min_size=1, max_size=12,
    )
)  # fmt: skip
def test_any_postings_make_a_journal_that_beancount_accepts(rows):
    lines = [
        line(
            number, debit, credit, minor, transaction_id=event or None, kind="allocation", due_ref=ref,
            effective_date=date.fromordinal(date(2026, 1, 1).toordinal() + day),
        )
        for number, (debit, credit, minor, day, event, ref) in enumerate(rows)
    ]  # fmt: skip
    _, errors, _ = loader.load_string(text(lines))
    assert errors == []
    assert text(lines) == text(lines[::-1])
