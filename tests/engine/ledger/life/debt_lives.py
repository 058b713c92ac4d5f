"""Short words for debts and what happens to them, and random lives. Amounts are cents."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

from hypothesis import strategies as st

from fairdue.engine.ledger.life import DebtTerms, replay
from fairdue.engine.ledger.life import events as kinds
from fairdue.engine.ledger.life.terms import (
    AllocationRule,
    DayRange,
    DelinquencyRule,
    Instalment,
    usual_order,
)

START = date(2024, 1, 1)


def day(text):
    return date.fromisoformat(f"2024-{text}")


def debt(*rows, **rules):
    """A debt disbursed on 1 January 2024 with rows (month-day, principal, interest)."""
    instalments = tuple(Instalment(day(due), *amounts) for due, *amounts in rows)
    return DebtTerms(disbursed_date=START, instalments=instalments, **rules)


def _dated(kind):
    def make(event_id, entered, *values, **fields):
        names = ("amount",) if issubclass(kind, kinds.AmountEvent) else ("of",)
        named = dict(zip(names, values, strict=False))
        dates = {
            name: day(value) if name.endswith("_date") and isinstance(value, str) else value
            for name, value in fields.items()
        }
        return kind(id=event_id, entered_date=day(entered), **named, **dates)

    return make


receipt = _dated(kinds.Receipt)
goodwill = _dated(kinds.GoodwillCredit)
reversal = _dated(kinds.Reversal)
charge = _dated(kinds.Charge)
waiver = _dated(kinds.Waiver)
chargeback = _dated(kinds.Chargeback)
refund = _dated(kinds.Refund)
pause = _dated(kinds.Pause)
resume = _dated(kinds.Resume)
reage = _dated(kinds.Reage)
reamortise = _dated(kinds.Reamortise)
charge_off = _dated(kinds.ChargeOff)
write_off = _dated(kinds.WriteOff)
recovery = _dated(kinds.Recovery)
promise = _dated(kinds.PromiseToPay)
cancellation = _dated(kinds.PromiseCancelled)


def fee(event_id, entered, amount, due):
    return charge(event_id, entered, amount, component="fee", due_date=due)


def penalty(event_id, entered, amount, due):
    return charge(event_id, entered, amount, component="penalty", due_date=due)


def state(terms, *events, as_of="12-31", **known):
    return replay(terms, events, day(as_of), **known)


def outstanding(loan):
    return [row.outstanding for row in loan.rows]


def principals(loan):
    return [row.components["principal"] for row in loan.rows]


def entries(loan, event_id):
    """Debit less credit of each account."""
    return {entry.account: entry.debit - entry.credit for entry in loan.entries[event_id]}


_days = st.integers(0, 200).map(lambda days: START + timedelta(days=days))
_amounts = st.integers(0, 300_00)
_components = ("fee", "interest", "penalty", "principal")


@st.composite
def rules(draw):
    order = draw(st.permutations(usual_order()))
    return AllocationRule(
        order=tuple(order),
        style=draw(st.sampled_from(["horizontal", "vertical"])),
        in_advance=draw(st.sampled_from(["next", "last"])),
        chargeback_order=tuple(
            draw(st.sampled_from([(), *(_components[i:] + _components[:i] for i in range(4))]))
        ),
    )


@st.composite
def debts(draw):
    rows = draw(
        st.lists(st.tuples(_days, st.integers(0, 200_00), st.integers(0, 20_00)), min_size=1, max_size=5)
    )
    return DebtTerms(
        disbursed_date=START,
        instalments=tuple(Instalment(*row) for row in rows),
        share_multiple=draw(st.sampled_from([1, 5, 100])),
        rounding=draw(st.sampled_from(["half_even", "half_up", "up", "down"])),
        allocation=draw(rules()),
        delinquency=DelinquencyRule(
            origin=draw(st.sampled_from(["due_plus_1", "due_date"])),
            grace_days=draw(st.integers(0, 5)),
            buckets=(DayRange("B1", 1, 30), DayRange("B2", 31, None)),
        ),
    )


@st.composite
def lives(draw, size=12):
    """Events of every kind in the order of entry; some will be refused."""
    entered = sorted(draw(st.lists(_days, max_size=size)))
    return [draw(_event(f"E{number}", on, number)) for number, on in enumerate(entered)]


@st.composite
def _event(draw, event_id, on, number):
    own = {"id": event_id, "entered_date": on}
    amount = draw(_amounts)
    back = on - timedelta(days=draw(st.integers(0, 40)))
    other = draw(_days)
    of = f"E{draw(st.integers(0, max(number - 1, 0)))}"
    return draw(
        st.sampled_from(
            [
                kinds.Receipt(**own, amount=amount, effective_date=back),
                kinds.Receipt(**own, amount=amount),
                kinds.GoodwillCredit(**own, amount=amount, in_advance=draw(st.sampled_from([None, "last"]))),
                kinds.Reversal(**own, of=of),
                kinds.Charge(**own, amount=amount // 10, component="fee", due_date=other),
                kinds.Charge(**own, amount=amount // 10, component="penalty", due_date=back),
                kinds.Waiver(**own, of=of),
                kinds.Waiver(**own, of=of, amount=amount // 50),
                kinds.Chargeback(**own, amount=amount // 2),
                kinds.Chargeback(**own, amount=amount // 3, of=of),
                kinds.Refund(**own, amount=amount // 4),
                kinds.Pause(**own, from_date=back, to_date=back + timedelta(days=30)),
                kinds.Resume(**own),
                kinds.Reage(**own, first_due_date=other, every=2, unit="weeks", instalments=3),
                kinds.Reamortise(**own),
                kinds.ChargeOff(**own, effective_date=back),
                kinds.WriteOff(**own),
                kinds.Recovery(**own, amount=amount, is_settling=draw(st.booleans())),
                kinds.PromiseToPay(**own, amount=amount, due_date=other, tolerance=Fraction(1, 20)),
            ]
        )
    )
