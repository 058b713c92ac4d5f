"""Events of an account: what each posts, what it changes, how it is undone, and why it is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.ledger.models import AccountState, DueItem, Posting, Transaction
from fairdue.contexts.ledger.operations.settle import settle_account
from fairdue.engine.ledger.event_kinds import KINDS
from fairdue.kernel.money import Money

MARCH, APRIL, MAY, JUNE, TODAY = (
    date(2026, 3, 20), date(2026, 4, 20), date(2026, 5, 20), date(2026, 6, 1), date(2026, 6, 15)
)  # fmt: skip


def cny(minor: int) -> Money:
    return Money(minor)


@pytest.fixture
def loan(book):
    """Three instalments of 100 principal and 10 interest, due in March, April and July; 50 fee asked by nothing."""
    account = book.account(policy="cn-loan-instalment", principal=30_000, fee=5_000)
    book.dues(
        *[
            row
            for number, due in enumerate((MARCH, APRIL, date(2026, 7, 20)), start=1)
            for row in (
                (account, str(number), due, "principal", 10_000),
                (account, str(number), due, "interest", 1_000),
            )
        ]
    )
    return account


def pay(book, account, minor, day=TODAY, ref=None, **more):
    return ledger.record_payment(
        account_id=account,
        amount=cny(minor),
        effective_date=day,
        external_ref=ref or f"P{Transaction.objects.count()}",
        source="hand",
        actor=book.actor,
        now=more.pop("now", book.now),
        **more,
    )


def record(book, account, kind, minor=0, day=TODAY, ref=None, now=None, approval_ref="A1", **details):
    return ledger.record_event(
        account_id=account,
        kind=kind,
        amount=cny(minor) if minor else None,
        effective_date=day,
        details=details,
        external_ref=ref or f"E{Transaction.objects.count()}",
        actor=book.actor,
        now=now or book.now,
        approval_ref=approval_ref,
    )


def undo(book, transaction_id):
    return ledger.reverse_transaction(
        transaction_id=transaction_id, reason="test", actor=book.actor, now=book.now
    )


def image(account):
    """Everything that is derived: net postings, items that ask for anything, state."""
    net: dict = {}
    for row in Posting.objects.filter(account_id=account).values():
        for code, sign in ((row["debit"], 1), (row["credit"], -1)):
            key = (code, row["effective_date"])
            net[key] = net.get(key, 0) + sign * row["amount_minor"]
    items = [
        (one.due_ref, one.component, one.due_date, one.asked_minor, one.paid_minor, one.settled_date)
        for one in DueItem.objects.filter(account_id=account).order_by("due_date", "due_ref", "component")
        if one.asked_minor
    ]
    state = AccountState.objects.filter(account_id=account).values(
        "balance_minor", "credit_balance_minor", "oldest_unpaid_due_date", "latest_payment_date",
        "latest_payment_minor", "standing", "pauses",
    ).get()  # fmt: skip
    return {key: amount for key, amount in net.items() if amount}, items, state


def sums(account, *, as_of=date.max):
    """The balance of every ledger account."""
    found: dict = {}
    for row in Posting.objects.filter(account_id=account, effective_date__lte=as_of):
        found[row.debit] = found.get(row.debit, 0) + row.amount_minor
        found[row.credit] = found.get(row.credit, 0) - row.amount_minor
    return {code: amount for code, amount in found.items() if amount}


def summary(account, as_of=TODAY, known_at=None):
    return ledger.account_summary(account, as_of, known_at)


def test_a_waiver_gives_up_the_oldest_of_a_component_and_the_balance_beyond_the_items(book, loan):
    receipt = record(book, loan, "waiver", 1_500, component="interest")
    assert (receipt.changes.balance_before["interest"], receipt.changes.balance_after["interest"]) == (
        cny(2_000), cny(500)
    )  # fmt: skip
    assert [(row.due_ref, row.asked_before, row.asked_after) for row in receipt.changes.dues] == [
        ("1", cny(1_000), cny(0)),
        ("2", cny(1_000), cny(500)),
    ]
    record(book, loan, "waiver", 2_000, component="fee")
    assert sums(loan)["waiver:interest"] == 1_500
    assert sums(loan)["receivable:fee"] == 3_000
    assert summary(loan).overdue == cny(20_500)


def test_a_waiver_of_a_charge_takes_only_that_charge(book, loan):
    late = record(book, loan, "charge", 700, component="penalty", due_date=str(MAY), day=MAY)
    other = record(book, loan, "charge", 300, component="penalty", due_date=str(JUNE), day=MAY)
    with pytest.raises(ledger.EventRefused) as refused:
        record(book, loan, "waiver", 301, of=other.transaction_id)
    assert refused.value.code == "ledger.event.exceeds_charge"
    record(book, loan, "waiver", of=late.transaction_id)
    asked = {
        item.due_ref: item.asked_minor
        for item in DueItem.objects.filter(account_id=loan, component="penalty")
    }
    assert asked == {f"charge:{late.transaction_id}": 0, f"charge:{other.transaction_id}": 300}


def test_only_the_paused_days_of_each_items_own_span_are_deducted(book, loan):
    assert summary(loan).days_past_due == 87  # 20 March to 15 June
    record(book, loan, "pause", **{"from": "2026-03-01", "to": "2026-03-30"})
    assert summary(loan).days_past_due == 77  # ten of its days lie after 20 March
    assert summary(loan, MARCH + timedelta(days=10)).days_past_due == 0
    pay(book, loan, 11_000, APRIL)
    assert summary(loan).days_past_due == 56  # the item of April was never paused
    assert ledger.prove([loan]).is_proved


def test_the_night_deducts_pauses_as_the_summary_does(book, loan):
    from django.db import connection

    from fairdue.engine.ledger.ageing import days_past_due

    record(book, loan, "pause", **{"from": "2026-04-01", "to": "2026-04-30"})
    for day in (date(2026, 4, 10), date(2026, 5, 31), TODAY):
        with connection.cursor() as cursor:
            cursor.execute(ledger.state_facts_sql(day))
            names = [column[0] for column in cursor.description]
            facts = dict(zip(names, cursor.fetchone(), strict=True))
        assert days_past_due(facts["oldest_unpaid_due_date"], day) == summary(loan, day).days_past_due


def test_a_resume_ends_the_running_pause_even_if_learnt_of_later(book, loan):
    record(book, loan, "pause", **{"from": "2026-04-20", "to": "2026-12-31"})
    record(book, loan, "resume", day=MAY)
    assert AccountState.objects.get(account_id=loan).pauses == [["2026-04-20", "2026-05-20"]]
    assert summary(loan).days_past_due == 87 - 30


def test_a_deferral_moves_what_is_unpaid_and_leaves_the_rest(book, loan):
    pay(book, loan, 11_000, MARCH)
    receipt = record(book, loan, "deferral", 200, day=APRIL, from_date=str(APRIL), months=2)
    due = [(card.due_ref, card.due_date, card.component, card.unpaid.minor)
           for card in ledger.account_dues(loan, TODAY) if card.unpaid.minor]  # fmt: skip
    event = receipt.transaction_id
    assert due == [
        (f"{event}:1", date(2026, 6, 20), "principal", 10_000),
        (f"{event}:1", date(2026, 6, 20), "interest", 1_000),
        (f"{event}:0", date(2026, 6, 20), "interest", 200),
        (f"{event}:2", date(2026, 9, 20), "principal", 10_000),
        (f"{event}:2", date(2026, 9, 20), "interest", 1_000),
    ]
    assert (summary(loan).days_past_due, summary(loan).overdue) == (0, cny(0))
    assert receipt.changes.interest == cny(200)
    assert summary(loan, APRIL - timedelta(days=1)).next_due_date == APRIL  # on that day nobody had deferred


def test_a_plan_replaces_what_is_unpaid_and_its_reversal_brings_the_original_back(book, loan):
    pay(book, loan, 4_000, MARCH)
    before = image(loan)
    rows = [
        {"due_date": "2026-07-01", "component": "principal", "amount": 20_000},
        {"due_date": "2026-08-01", "component": "principal", "amount": 6_000},
    ]
    with pytest.raises(ledger.EventRefused) as refused:
        record(book, loan, "plan", rows=rows)
    assert refused.value.code == "ledger.event.plan_differs"
    made = record(book, loan, "plan", rows=rows, discount={"principal": 1_000})
    assert sums(loan)["waiver:principal"] == 1_000
    assert [
        (card.due_ref, card.due_date, card.unpaid.minor)
        for card in ledger.account_dues(loan, TODAY)
        if card.component == "principal" and card.unpaid.minor
    ] == [
        (f"{made.transaction_id}:1", date(2026, 7, 1), 20_000),
        (f"{made.transaction_id}:2", date(2026, 8, 1), 6_000),
    ]
    undo(book, made.transaction_id)
    assert image(loan) == before


def test_a_plan_may_replace_arrears_only(book, loan):
    rows = [{"due_date": "2026-07-01", "component": "principal", "amount": 20_000}]
    record(book, loan, "plan", rows=rows, until=str(TODAY))
    asked = {
        card.due_ref: card.unpaid.minor
        for card in ledger.account_dues(loan, TODAY)
        if card.component == "principal"
    }
    assert (asked["1"], asked["2"], asked["3"]) == (0, 0, 10_000)


def test_a_settlement_waives_nothing_before_its_money_and_all_of_the_rest_with_it(book, loan):
    before = summary(loan)
    record(book, loan, "settlement", 20_000, day=MAY, by_date=str(TODAY))
    assert summary(loan).balance == before.balance
    pay(book, loan, 15_000, JUNE)
    assert AccountState.objects.get(account_id=loan).standing == "active"
    last = pay(book, loan, 5_000, TODAY)
    after = summary(loan)
    assert (after.balance, after.overdue, after.days_past_due) == (cny(0), cny(0), 0)
    assert AccountState.objects.get(account_id=loan).standing == "settled"
    assert sum(minor for code, minor in sums(loan).items() if code.startswith("waiver:")) == 38_000 - 20_000
    undo(book, last.transaction_id)
    assert AccountState.objects.get(account_id=loan).standing == "active"
    assert ledger.prove([loan]).is_proved


def test_a_settlement_whose_money_is_late_waives_nothing(book, loan):
    record(book, loan, "settlement", 20_000, day=MAY, by_date=str(JUNE))
    pay(book, loan, 20_000, TODAY)
    assert summary(loan).overdue == cny(2_000)


def test_a_chargeback_of_its_money_undoes_what_a_settlement_gave_up_and_money_by_its_day_fulfils_it_again(
    book, loan
):
    record(book, loan, "settlement", 20_000, day=MAY, by_date=str(TODAY))
    money = pay(book, loan, 20_000, MAY)
    assert (summary(loan).balance, AccountState.objects.get(account_id=loan).standing) == (cny(0), "settled")
    returned = record(book, loan, "chargeback", 20_000, day=JUNE, of=money.transaction_id)
    assert (returned.changes.standing_before, returned.changes.standing_after) == ("settled", "active")
    assert not {code for code in sums(loan) if code.startswith("waiver:")}
    assert summary(loan, JUNE - timedelta(days=1)).balance == cny(0)
    assert summary(loan, JUNE).balance == cny(37_000)  # all 38,000, without the interest of July
    assert (
        summary(loan).days_past_due == 56
    )  # since 20 April again: March stays paid, its money is due in June
    assert ledger.prove([loan], deep=True).is_proved
    pay(book, loan, 20_000, TODAY)
    assert (summary(loan).balance, AccountState.objects.get(account_id=loan).standing) == (cny(0), "settled")
    assert ledger.prove([loan], deep=True).is_proved
    undo(book, returned.transaction_id)
    assert AccountState.objects.get(account_id=loan).standing == "settled"
    assert ledger.prove([loan], deep=True).is_proved


def test_on_a_charged_off_debt_the_loss_comes_back_with_what_a_settlement_gave_up(book, loan):
    record(book, loan, "charge_off", day=APRIL)
    record(book, loan, "settlement", 20_000, day=MAY, by_date=str(TODAY))
    money = pay(book, loan, 20_000, MAY)
    assert not {code for code in sums(loan) if code.startswith("allowance:")}
    record(book, loan, "chargeback", 20_000, day=JUNE, of=money.transaction_id)
    found = sums(loan)
    for component in ("principal", "interest", "fee"):
        assert found.get(f"allowance:{component}", 0) == -found.get(f"receivable:{component}", 0)
    assert ledger.prove([loan], deep=True).is_proved


def test_a_charge_off_books_the_loss_and_payments_afterwards_are_recoveries(book, loan):
    made = record(book, loan, "charge_off", day=MAY)
    total = 30_000 + 3_000 + 5_000
    assert sum(minor for code, minor in sums(loan).items() if code.startswith("charge_off:")) == total
    assert summary(loan).balance == cny(total - 1_000)  # the interest of July is not charged yet
    pay(book, loan, 11_000, JUNE)
    found = sums(loan)
    assert found["recovery"] == -11_000
    assert found["allowance:principal"] == -found["receivable:principal"] == -20_000
    assert AccountState.objects.get(account_id=loan).standing == "charged_off"
    undo(book, made.transaction_id)
    assert not {code for code in sums(loan) if code.startswith(("charge_off", "allowance", "recovery"))}
    assert AccountState.objects.get(account_id=loan).standing == "active"


def test_a_write_off_clears_the_debt_and_what_comes_later_is_recovered(book, loan):
    before = image(loan)
    record(book, loan, "write_off", day=MAY)
    assert (summary(loan).balance, summary(loan).overdue, summary(loan).days_past_due) == (cny(0), cny(0), 0)
    taken = pay(book, loan, 700, JUNE)
    assert sums(loan)["recovery"] == -700
    assert [(part.component, part.amount) for part in taken.parts] == [("recovery", cny(700))]
    record(book, loan, "recovery", 300, is_settling=True)
    assert AccountState.objects.get(account_id=loan).standing == "settled"
    for row in Transaction.objects.filter(account_id=loan).order_by("-id"):
        undo(book, row.id)
    assert image(loan) == before
    assert sums(loan) == {"receivable:principal": 30_000, "receivable:interest": 3_000, "receivable:fee": 5_000,
                          "opening": -35_000, "income:interest": -3_000}  # fmt: skip


def test_an_assigned_debt_leaves_and_takes_no_more_money(book, loan):
    made = record(book, loan, "assignment", to="Another Bank", day=MAY)
    assert summary(loan).balance == cny(0)
    assert AccountState.objects.get(account_id=loan).standing == "assigned"
    with pytest.raises(ledger.EventRefused) as refused:
        pay(book, loan, 100)
    assert refused.value.code == "ledger.event.assigned"
    with pytest.raises(ledger.LandingRefused, match="assigned: 1"):
        book.transactions((loan, "AFTER", "payment", "", 100, JUNE))
    assert summary(loan).credit_balance == cny(0)
    book.transactions((loan, "LATE", "payment", "", 100, APRIL))  # it came before the debt left
    assert summary(loan).balance == summary(loan).credit_balance == cny(0)
    undo(book, made.transaction_id)
    assert (summary(loan).credit_balance, summary(loan).balance) == (cny(0), cny(36_900))


def test_a_disputed_amount_is_neither_late_nor_paid(book, loan):
    record(book, loan, "dispute", component="principal", due_ref="1")
    assert summary(loan).overdue == cny(12_000)
    pay(book, loan, 12_000)
    found = {(card.due_ref, card.component): card.paid.minor for card in ledger.account_dues(loan, TODAY)}
    assert found["1", "principal"] == 0
    assert (summary(loan).overdue, summary(loan).days_past_due) == (cny(0), 0)
    assert summary(loan).balance == cny(25_000)


def test_an_overpayment_is_held_and_pays_a_charge_on_the_charges_day(book, loan):
    paid = pay(book, loan, 40_000, APRIL)
    held = {part.component: part.amount.minor for part in paid.parts}
    assert held["credit_balance"] == 2_000
    record(book, loan, "charge", 500, component="fee", due_date=str(MAY), day=MAY)
    moved = [
        (row.debit, row.credit, row.amount_minor, row.effective_date)
        for row in Posting.objects.filter(account_id=loan, debit="credit_balance")
    ]
    assert moved == [("credit_balance", "receivable:fee", 500, MAY)]
    assert summary(loan).credit_balance == cny(
        1_500 + 1_000
    )  # of which 1,000 paid the interest of July ahead
    record(book, loan, "refund", 1_500)
    assert summary(loan).credit_balance == cny(1_000)
    assert sums(loan)["cash"] == 38_500


def test_a_chargeback_makes_the_money_due_again(book, loan):
    paid = pay(book, loan, 11_000, MARCH)
    record(book, loan, "chargeback", 11_000, day=MAY, of=paid.transaction_id)
    assert sums(loan).get("cash", 0) == 0
    assert summary(loan).balance == cny(37_000)
    assert AccountState.objects.get(account_id=loan).balance_minor == 38_000


def test_a_re_age_puts_all_unpaid_principal_on_new_rows(book, loan):
    made = record(book, loan, "re_age", first_due_date="2026-08-01", every=1, unit="months", instalments=3)
    rows = [
        card.unpaid.minor
        for card in ledger.account_dues(loan, TODAY)
        if card.due_ref.startswith(f"{made.transaction_id}:")
    ]
    assert rows == [10_000, 10_000, 10_000]
    assert summary(loan).days_past_due == 87  # the interest of March is still owed


@pytest.mark.parametrize(
    ("kind", "minor", "details"),
    [
        ("waiver", 500, {"component": "interest"}),
        ("pause", 0, {"from": "2026-04-01", "to": "2026-05-01"}),
        ("deferral", 300, {"from_date": "2026-04-20", "months": 1}),
        ("re_age", 0, {"first_due_date": "2026-08-01", "every": 1, "unit": "months", "instalments": 2}),
        ("re_amortise", 0, {}),
        ("plan", 0, {"rows": [{"due_date": "2026-08-01", "component": "fee", "amount": 5_000}]}),
        ("settlement", 1_000, {"by_date": "2026-12-01"}),
        ("charge_off", 0, {}),
        ("write_off", 0, {}),
        ("assignment", 0, {"to": "X"}),
        ("dispute", 0, {"component": "fee"}),
        ("charge", 400, {"component": "fee", "due_date": "2026-06-10"}),
        ("charge", 400, {"component": "fee"}),
        ("credit", 400, {"component": "principal"}),
        ("chargeback", 400, {}),
        ("payment", 12_345, {}),
    ],
)
def test_a_reversal_is_exact_and_the_preview_tells_what_recording_does(book, loan, kind, minor, details):
    pay(book, loan, 7_000, MARCH)
    pay(book, loan, 3_000, MAY)
    before, rows = image(loan), Posting.objects.count()
    seen = ledger.preview_event(
        account_id=loan,
        kind=kind,
        amount=cny(minor) if minor else None,
        effective_date=MAY,
        details=details,
        actor=book.actor,
        now=book.now,
    )
    assert (image(loan), Posting.objects.count()) == (before, rows)
    made = record(book, loan, kind, minor, day=MAY, **details)
    assert seen.balance_after == made.changes.balance_after
    assert (seen.dpd_after, seen.standing_after) == (made.changes.dpd_after, made.changes.standing_after)
    settle_account(loan, now=book.now)
    there = image(loan), Posting.objects.count()
    assert settle_account(loan, now=book.now).posted_count == 0
    assert (image(loan), Posting.objects.count()) == there
    undo(book, made.transaction_id)
    assert image(loan) == before
    assert ledger.prove([loan]).is_proved


def test_what_was_known_then_is_told_apart_from_what_is_known_now(book, loan):
    later = book.now + timedelta(hours=2)
    pay(book, loan, 11_000, MARCH, now=later)
    assert summary(loan, TODAY, book.now).days_past_due == 87
    assert summary(loan, TODAY, later).days_past_due == 56
    changes = ledger.changes_since(account_id=loan, known_at=book.now, as_of=TODAY, now=later)
    assert (changes.dpd_before, changes.dpd_after) == (87, 56)
    assert (changes.bucket_before, changes.bucket_after) == ("M3", "M2")
    assert [row.after for row in changes.receipts] == [{"principal": cny(10_000), "interest": cny(1_000)}]
    assert ledger.account_life(loan, TODAY, book.now).totals.paid == 0


def test_an_item_corrected_later_says_what_it_said_then(book, loan):
    now = datetime(2026, 6, 16, tzinfo=UTC)
    import polars as pl

    frame = pl.DataFrame(
        {"account_id": [loan], "person_id": [book.person_of[loan]], "due_ref": ["1"], "due_date": [MAY],
         "component": ["principal"], "amount_minor": [9_000], "currency": ["CNY"]}
    )  # fmt: skip
    ledger.land_dues(frame, batch_id=9, now=now)
    then = {(card.due_ref, card.component): card for card in ledger.account_dues(loan, TODAY, book.now)}
    today = {(card.due_ref, card.component): card for card in ledger.account_dues(loan, TODAY)}
    assert (then["1", "principal"].due_date, then["1", "principal"].amount) == (MARCH, cny(10_000))
    assert (today["1", "principal"].due_date, today["1", "principal"].amount) == (MAY, cny(9_000))


def test_the_same_event_again_is_repeated_and_another_under_its_name_refused(book, loan):
    first = record(book, loan, "waiver", 500, ref="W1", component="interest")
    rows = Posting.objects.count()
    again = record(book, loan, "waiver", 500, ref="W1", component="interest")
    assert (again.transaction_id, again.is_repeated, Posting.objects.count()) == (
        first.transaction_id,
        True,
        rows,
    )
    with pytest.raises(ledger.ReferenceReused):
        record(book, loan, "waiver", 501, ref="W1", component="interest")


REFUSED = {
    "ledger.event.kind_unknown": ("gift", 100, {}, TODAY),
    "ledger.component.unknown": ("waiver", 100, {"component": "weather"}, TODAY),
    "ledger.date.before_opening": ("waiver", 100, {"component": "fee"}, date(2026, 1, 30)),
    "ledger.date.future": ("waiver", 100, {"component": "fee"}, date(2026, 6, 16)),
    "ledger.amount.invalid": ("waiver", -1, {"component": "fee"}, TODAY),
    "ledger.event.details_invalid": ("pause", 0, {"from": "soon", "to": "2026-06-01"}, TODAY),
    "ledger.event.nothing_to_waive": ("waiver", 0, {"component": "penalty"}, TODAY),
    "ledger.event.nothing_to_dispute": ("dispute", 0, {"component": "penalty"}, TODAY),
    "ledger.event.exceeds_charge": ("waiver", 5_001, {"component": "fee"}, TODAY),
    "ledger.event.exceeds_overpayment": ("refund", 1, {}, TODAY),
    "ledger.event.not_paused": ("resume", 0, {}, TODAY),
    "ledger.event.not_written_off": ("recovery", 100, {}, TODAY),
    "ledger.event.unknown_reference": ("chargeback", 100, {"of": 999_999}, TODAY),
    "ledger.event.nothing_to_defer": ("deferral", 0, {"from_date": "2027-01-01", "months": 1}, TODAY),
    "ledger.event.exceeds_debt": ("settlement", 99_999, {"by_date": "2026-07-01"}, TODAY),
    "ledger.event.plan_in_the_past": (
        "plan", 0, {"rows": [{"due_date": "2026-06-01", "component": "fee", "amount": 5_000}]}, TODAY
    ),
}  # fmt: skip


@pytest.mark.parametrize("code", sorted(REFUSED))
def test_an_event_that_cannot_happen_is_refused_by_name_and_nothing_is_posted(book, loan, code):
    kind, minor, details, day = REFUSED[code]
    before, rows, facts = image(loan), Posting.objects.count(), Transaction.objects.count()
    with pytest.raises(ledger.LedgerError) as refused:
        record(book, loan, kind, minor, day, **details)
    assert refused.value.code == code
    assert (image(loan), Posting.objects.count(), Transaction.objects.count()) == (before, rows, facts)


def refusal_of(act):
    rows = Posting.objects.count(), Transaction.objects.count()
    with pytest.raises(ledger.LedgerError) as refused:
        act()
    assert (Posting.objects.count(), Transaction.objects.count()) == rows
    return refused.value.code


def test_pauses_may_touch_and_not_overlap(book, loan):
    record(book, loan, "pause", **{"from": "2026-04-01", "to": "2026-04-10"})
    record(book, loan, "pause", **{"from": "2026-04-10", "to": "2026-04-20"})
    overlapping = {"from": "2026-04-19", "to": "2026-04-30"}
    assert refusal_of(lambda: record(book, loan, "pause", **overlapping)) == "ledger.event.pause_overlap"


def test_nothing_happens_twice_that_can_happen_once(book, loan):
    record(book, loan, "charge_off", day=MAY)
    assert refusal_of(lambda: record(book, loan, "charge_off")) == "ledger.event.already_charged_off"
    charge = lambda: record(book, loan, "charge", 5, component="fee", due_date="2026-07-01")  # noqa: E731
    assert refusal_of(charge) == "ledger.event.charged_off"
    record(book, loan, "settlement", 100, by_date="2026-12-01")
    settle = lambda: record(book, loan, "settlement", 100, by_date="2026-12-01")  # noqa: E731
    assert refusal_of(settle) == "ledger.event.settlement_running"


def test_an_account_that_owes_nothing_takes_no_agreement(book, loan):
    pay(book, loan, 38_000)
    assert refusal_of(lambda: record(book, loan, "write_off")) == "ledger.event.account_not_active"
    assert refusal_of(lambda: record(book, loan, "pause", **{"from": "2026-06-01", "to": "2026-07-01"})) == (
        "ledger.event.account_not_active"
    )


def test_money_in_another_currency_or_beyond_what_is_exact_is_refused(book, loan):
    def give(amount):
        return ledger.record_event(
            account_id=loan, kind="waiver", amount=amount, effective_date=TODAY, details={"component": "fee"},
            external_ref="X", actor=book.actor, now=book.now, approval_ref="A",
        )  # fmt: skip

    assert refusal_of(lambda: give(Money(100, "USD"))) == "ledger.currency.differs"
    assert refusal_of(lambda: give(cny(2**53 + 1))) == "ledger.amount.invalid"


def test_what_needs_an_approval_is_not_recorded_without(book, loan):
    for kind in ("waiver", "write_off", "charge_off"):
        details = {"component": "fee"} if kind == "waiver" else {}
        act = lambda kind=kind, details=details: record(book, loan, kind, approval_ref="", **details)  # noqa: E731
        assert refusal_of(act) == "ledger.event.approval_missing"
    assert {code for code, kind in KINDS.items() if kind.needs_approval} == {
        "waiver", "refund", "settlement", "judgment", "charge_off", "write_off", "assignment"
    }  # fmt: skip


def test_a_reversal_of_a_reversal_or_of_what_was_reversed_is_refused(book, loan):
    made = record(book, loan, "pause", **{"from": "2026-04-01", "to": "2026-05-01"})
    back = undo(book, made.transaction_id)
    assert refusal_of(lambda: undo(book, back)) == "ledger.reversal.of_reversal"
    assert refusal_of(lambda: undo(book, made.transaction_id)) == "ledger.transaction.already_reversed"


def test_money_in_suspense_waits_until_it_is_matched_or_sent_back(book, loan):
    known = {"creditor_id": book.creditor.id, "now": book.now, "effective_date": MAY}
    ledger.book_incoming(incoming_payment_id=1, amount=cny(900), **known)
    ledger.book_incoming(incoming_payment_id=1, amount=cny(900), **known)
    ledger.book_incoming(incoming_payment_id=2, amount=cny(100), **known)
    assert ledger.suspense_balance(book.creditor.id, TODAY) == {"CNY": cny(1_000)}
    matched = pay(book, loan, 900, MAY, fund="suspense")
    assert ledger.suspense_balance(book.creditor.id, TODAY) == {"CNY": cny(100)}
    ledger.return_incoming(incoming_payment_id=2, amount=cny(100), **known)
    assert ledger.suspense_balance(book.creditor.id, TODAY) == {}
    assert ledger.suspense_balance(book.creditor.id, APRIL) == {}
    undo(book, matched.transaction_id)
    assert ledger.suspense_balance(book.creditor.id, TODAY) == {"CNY": cny(900)}
    with pytest.raises(ledger.ReferenceReused):
        ledger.book_incoming(incoming_payment_id=1, amount=cny(901), **known)


def test_postings_read_back_as_they_were_recorded(book, loan):
    paid = pay(book, loan, 11_000, MARCH)
    cards = [card for card in ledger.account_postings(loan) if card.transaction_id == paid.transaction_id]
    assert [(card.debit, card.credit, card.due_ref, card.amount) for card in cards] == [
        ("cash", "receivable:interest", "1", cny(1_000)),
        ("cash", "receivable:principal", "1", cny(10_000)),
    ]
    assert not [
        card for card in ledger.account_postings(loan, as_of=MARCH - timedelta(days=1)) if card.transaction_id
    ]


def test_a_file_reverses_a_charge_with_a_due_date_by_one_posting(book, loan):
    before = image(loan)
    record(book, loan, "charge", 700, component="penalty", due_date=str(MAY), day=MAY, ref="C9")
    rows = Posting.objects.count()
    book.transactions((loan, "R9", "reversal", "", None, TODAY, "C9"))
    assert image(loan) == before
    assert Posting.objects.count() == rows + 1


def test_a_due_item_says_from_which_day_nothing_of_it_was_unpaid(book, loan):
    def settled(as_of=TODAY):
        return {
            card.due_ref: card.settled_date
            for card in ledger.account_dues(loan, as_of)
            if card.component == "principal"
        }

    pay(book, loan, 6_000, APRIL)
    pay(book, loan, 5_000, JUNE)
    assert settled() == {"1": JUNE, "2": None, "3": None}
    assert settled(MAY) == {"1": None, "2": None, "3": None}
    record(book, loan, "pause", **{"from": str(MAY), "to": str(JUNE)})  # from now on its past is replayed
    assert settled() == {"1": JUNE, "2": None, "3": None}
    assert settled(MAY) == {"1": None, "2": None, "3": None}


def test_a_summary_says_what_events_made_of_the_account_as_of_any_day(book, loan):
    assert summary(loan).standing == "active"
    record(book, loan, "charge_off", day=MAY)
    made = record(book, loan, "assignment", day=JUNE, to="Harbour")
    assert [summary(loan, day).standing for day in (APRIL, MAY, JUNE)] == [
        "active",
        "charged_off",
        "assigned",
    ]
    undo(book, made.transaction_id)
    assert summary(loan).standing == "charged_off"


def test_what_is_owed_again_on_an_instalment_of_interest_only_is_an_item_of_its_own(book):
    account = book.account(policy="cn-loan-instalment", principal=5_000, interest=0)
    book.dues(
        (account, "D1", date(2026, 3, 1), "interest", 100), (account, "D2", date(2026, 4, 1), "interest", 100),
        (account, "D0", date(2026, 2, 10), "principal", 5_000),
    )  # fmt: skip
    common = {"account_id": account, "details": {}, "actor": book.actor, "now": book.now}
    paid = ledger.record_event(
        **common, kind="payment", amount=Money(2_000), effective_date=date(2026, 2, 12), external_ref="P"
    )
    ledger.record_event(
        **common | {"details": {"of": paid.transaction_id}}, kind="chargeback", amount=Money(500),
        effective_date=date(2026, 2, 20), external_ref="B",
    )  # fmt: skip
    ledger.record_event(
        **common, kind="re_amortise", amount=None, effective_date=date(2026, 3, 10), external_ref="R"
    )
    made = DueItem.objects.filter(account_id=account, made_by_id__isnull=False, asked_minor__gt=0)
    assert [(item.component, item.due_date, item.asked_minor) for item in made] == [
        ("principal", date(2026, 4, 1), 3_500)
    ]
    assert ledger.prove([account], deep=True).differences == ()


def test_a_correction_of_a_debt_that_had_ended_by_then_corrects_nothing(book, loan):
    record(book, loan, "credit", 2_000, MAY, component="principal")
    record(book, loan, "write_off", day=APRIL)
    assert "credit_balance" not in sums(loan) and sums(loan).get("adjustment", 0) == 0
    assert AccountState.objects.get(account_id=loan).credit_balance_minor == 0
    assert ledger.prove([loan], deep=True).differences == ()
