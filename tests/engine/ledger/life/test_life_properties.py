"""What holds for every life of every debt."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import timedelta
from itertools import pairwise

from debt_lives import START, debts, lives
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fairdue.engine.ledger.life import events as kinds
from fairdue.engine.ledger.life import replay
from fairdue.engine.ledger.life.history import position_of
from fairdue.engine.ledger.life.replaying import enter

END = START + timedelta(days=400)


@given(debts(), lives())
def test_no_cent_of_a_payment_is_lost(terms, events):
    loan = replay(terms, events, END)
    payments = [event for event in loan.events if isinstance(event, kinds.Payment)]
    settled = sum(sum(loan.splits[event.id].parts.values()) for event in payments)
    out = [
        loan.splits[event.id].overpaid
        for event in loan.events
        if isinstance(event, kinds.Chargeback | kinds.Refund)
    ]
    assert sum(event.amount for event in payments) == settled + loan.totals.overpaid + sum(out)
    assert settled == loan.totals.paid == sum(part.amount for part in loan.parts if not part.is_waived)


@given(debts(), lives())
def test_principal_moves_but_neither_grows_nor_shrinks_beyond_what_came_back(terms, events):
    loan = replay(terms, events, END)
    back = sum(
        loan.splits[event.id].parts.get("principal", 0)
        for event in loan.events
        if isinstance(event, kinds.Chargeback | kinds.Refund)
    )
    assert sum(row.components["principal"] for row in loan.rows) == terms.principal + back


@given(debts(), lives())
def test_nothing_falls_below_zero_and_the_rows_add_up(terms, events):
    position = enter(terms, events).position
    assert all(min(item.amount, item.paid, item.waived, item.unpaid) >= 0 for item in position.items)
    loan = replay(terms, events, END)
    assert not (loan.totals.overpaid and loan.totals.outstanding)
    assert loan.totals.due == sum(row.total for row in loan.rows)
    assert [row.number for row in loan.rows] == list(range(1, len(loan.rows) + 1))
    assert [row.due_date for row in loan.rows] == sorted(row.due_date for row in loan.rows)


@given(debts(), lives())
def test_debits_equal_credits_for_every_event(terms, events):
    for lines in replay(terms, events, END).entries.values():
        assert sum(line.debit for line in lines) == sum(line.credit for line in lines)


@given(debts(), lives(), st.data())
def test_a_reversal_restores_the_exact_state(terms, events, data):
    before = replay(terms, events[:-1], END)
    whole = replay(terms, events, END)
    assume(events and not isinstance(events[-1], kinds.Reversal) and events[-1].id not in whole.refusals)
    undo = kinds.Reversal(id="U", entered_date=END, of=events[-1].id)
    after = replay(terms, [*events, undo], END)
    assume("U" not in after.refusals)
    assert after == before


@given(debts(), lives())
def test_applying_in_passing_gives_the_same_as_replaying_from_the_beginning(terms, events):
    history = enter(terms, events)
    assert asdict(history.position) == asdict(position_of(terms, history.standing()))


@settings(max_examples=60)
@given(
    debts(),
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 100_00), st.booleans()), max_size=8),
    st.randoms(),
)
def test_the_order_of_entry_does_not_matter_for_events_that_count_for_different_days(
    terms, given_events, random
):
    days = {days: (amount, is_charge) for days, amount, is_charge in given_events}
    late = [_late(f"E{days}", START + timedelta(days=days), *rest) for days, rest in days.items()]
    shuffled = random.sample(late, len(late))
    assert replay(terms, shuffled, END) == replay(terms, late, END)


def _late(event_id, day, amount, is_charge):
    own = {"id": event_id, "entered_date": END, "amount": amount}
    if is_charge:
        return kinds.Charge(**own, component="fee", due_date=day)
    return kinds.Receipt(**own, effective_date=day)


@settings(max_examples=50)
@given(debts(), lives())
def test_without_events_a_debt_only_gets_later(terms, events):
    latest = max((event.counts_on for event in events), default=START)
    latest = max([latest, *(event.entered_date for event in events)])
    seen = [replay(terms, events, latest + timedelta(days=days)).delinquency for days in range(0, 120, 7)]
    for earlier, later in pairwise(seen):
        assert earlier.days_past_due <= later.days_past_due
        assert earlier.delinquent_days <= later.delinquent_days <= later.days_past_due
        assert earlier.amount <= later.amount
        assert later.days_past_due == 0 or later.days_past_due - earlier.days_past_due in (
            7,
            later.days_past_due,
        )


@settings(max_examples=50)
@given(debts())
def test_interest_is_earned_day_by_day_up_to_the_scheduled_sum(terms):
    earned = [replay(terms, [], START + timedelta(days=days)).accrued_interest for days in range(0, 240, 9)]
    assert earned == sorted(earned)
    assert earned[-1] == sum(row.interest for row in terms.instalments)


@given(debts(), lives())
def test_a_refused_event_leaves_no_trace(terms, events):
    loan = replay(terms, events, END)
    accepted = [event for event in events if event.id not in loan.refusals]
    assert replace(loan, refusals={}) == replay(terms, accepted, END)
