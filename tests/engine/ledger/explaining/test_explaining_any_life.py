"""Lives of every kind of event, posted as the ledger posts them: every explanation comes to its amount."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from fairdue.engine.ledger.accounts import CREDIT_BALANCE, RECEIVABLE
from fairdue.engine.ledger.explaining import SUBJECTS, explain
from fairdue.engine.ledger.explaining.facts import Due, Facts, Happening, LateRule, Line
from fairdue.engine.ledger.explaining.living import lived, running_earnings
from fairdue.engine.ledger.life.delinquency import delinquency
from fairdue.engine.ledger.life.replaying import enter, position_on, standing_on
from fairdue.engine.ledger.projection import Books, dues_of, lines_of
from tests.engine.ledger.life.debt_lives import START, debts, lives


def numbered(events):
    """Name events by numbers from 1, as transactions are."""
    found = []
    for event in events:
        changes = {"id": str(int(event.id[1:]) + 1)}
        if getattr(event, "of", None):
            changes["of"] = str(int(event.of[1:]) + 1)
        found.append(replace(event, **changes))
    return found


def at(day):
    return datetime.combine(day, time(4), UTC)


def facts_of(terms, events, as_of):
    history = enter(terms, [event for event in events if event.entered_date <= as_of])
    position, standing = position_on(history, as_of), standing_on(history, as_of)
    opened = Counter()
    for row in terms.instalments:
        opened.update({"principal": row.principal, "interest": row.interest})
    ids = {key: number for number, key in enumerate(dues_of(position), start=1)}
    rows = [
        (None, "opening", RECEIVABLE + name, "opening", amount, START, None)
        for name, amount in opened.items()
    ]
    rows += [
        (
            int(line.event_id),
            line.kind,
            line.debit,
            line.credit,
            line.amount,
            line.effective_date,
            ids.get(line.key),
        )
        for line in lines_of(position, standing, Books(funds={}, charged_dates={}))
    ]
    names = ("transaction_id", "kind", "debit", "credit", "amount", "effective_date", "due_item_id")
    lines = [
        Line(id=number, recorded_at=at(row[5]), **dict(zip(names, row, strict=True)))
        for number, row in enumerate(rows, start=1)
        if row[4]
    ]  # fmt: skip
    past = lived(terms, standing, ids)
    return Facts(
        as_of=as_of, currency="CNY", days_past_due=delinquency(position, as_of).delinquent_days, lines=tuple(lines),
        happenings={
            int(event.id): Happening(
                id=int(event.id), kind="payment" if hasattr(event, "effective_date") and hasattr(event, "amount")
                else "waiver", component="", amount=getattr(event, "amount", 0) or 0,
                effective_date=event.counts_on, recorded_at=at(event.entered_date), source="test", external_ref="",
            )
            for event in events
        },
        dues=tuple(
            Due(id=ids[key], ref=due.ref, due_date=due.due_date, component=due.component, amount=due.amount,
                unpaid=due.unpaid, is_overdue=due.due_date < as_of and due.unpaid > 0)
            for key, due in dues_of(position).items()
        ),
        rule=terms.allocation, late=LateRule(origin=terms.delinquency.origin, grace_days=terms.delinquency.grace_days),
        pauses=past.pauses, earnings=running_earnings(terms, as_of), days_at_receipt=past.days_at_receipt,
        settling_order=past.settling_order,
    ), position  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(debts(), lives(), st.integers(0, 260))
def test_every_subject_of_a_life_of_any_kind_comes_to_its_amount(terms, events, days):
    named = tuple(replace(row, ref=f"I{number}") for number, row in enumerate(terms.instalments))
    terms, as_of = replace(terms, instalments=named), START + timedelta(days=days)
    facts, position = facts_of(terms, numbered(events), as_of)
    codes = Counter()
    for line in facts.lines:
        if line.effective_date <= as_of:
            codes[line.debit] += line.amount
            codes[line.credit] -= line.amount
    owed = {code: amount for code, amount in codes.items() if code.startswith(RECEIVABLE)}
    facts = replace(facts, lines=tuple(line for line in facts.lines if line.effective_date <= as_of))
    found = {subject: explain(facts, subject) for subject in SUBJECTS}
    assert found["balance"].amount == sum(amount for amount in owed.values() if amount > 0)
    ahead = -sum(amount for amount in owed.values() if amount < 0)
    assert found["credit_balance"].amount == ahead - codes[CREDIT_BALANCE]
    assert found["overdue"].amount == sum(due.unpaid for due in facts.dues if due.is_overdue)
    if position.status == "active":
        assert found["dpd"].amount == facts.days_past_due
    for code, amount in owed.items():
        assert explain(facts, f"component:{code.removeprefix(RECEIVABLE)}").amount == amount
    for due in facts.dues:
        assert explain(facts, f"due:{due.id}").amount == due.unpaid
    for number in facts.happenings:
        explain(facts, f"transaction:{number}")
