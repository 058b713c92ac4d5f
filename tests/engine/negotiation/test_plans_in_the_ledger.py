"""Schedule, interest and agreement of a plan, held against the ledger's own replay: to the cent, whatever happens then."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from fractions import Fraction

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fairdue.engine.ledger.event_codec import event_of
from fairdue.engine.ledger.event_kinds import EventRecord
from fairdue.engine.ledger.life import DebtTerms, LoanState, replay
from fairdue.engine.ledger.life.terms import Instalment
from fairdue.engine.negotiation.carrying import EARNED_AFTER, LedgerStep, ledger_steps, unearned_minor
from fairdue.engine.negotiation.laying import Claim, Pace, lay, parts_of
from fairdue.engine.negotiation.offers import OfferPart

TODAY = date(2026, 11, 22)
DUE = date(2026, 10, 1)


@st.composite
def plans(draw: st.DrawFn) -> tuple[Counter[str], OfferPart]:
    """Draw what is owed by component, and a plan over it that bears interest or none."""
    owed = Counter(
        principal=draw(st.integers(1, 3_000_000)),
        interest=draw(st.integers(0, 90_000)),
        fee=draw(st.integers(0, 5_000)),
    )
    claim = Claim(
        1, tuple((name, owed[name]) for name in ("fee", "interest", "principal")), Fraction("0.18"), 1
    )
    level = max(owed.total() // draw(st.integers(1, 60)), owed.total() // 50, 1) + draw(st.integers(0, 5_000))
    rate = draw(st.sampled_from([Fraction(0), Fraction("0.03"), Fraction("0.06"), Fraction("0.18")]))
    head = draw(st.sampled_from([(), (level * 2,)]))
    first = TODAY + timedelta(days=draw(st.integers(1, 45)))
    laid = lay([claim], Pace(first, level, head), rate, 400)
    assume(laid is not None)
    (part,) = parts_of([claim], laid, first, [{}])
    return +owed, part


class Book:
    """One debt of the ledger and what is entered on it."""

    def __init__(self, owed: Counter[str]) -> None:
        others = tuple((name, owed[name]) for name in owed if name not in ("principal", "interest"))
        row = Instalment(DUE, owed["principal"], owed["interest"], others)
        self.terms = DebtTerms(disbursed_date=date(2026, 1, 1), instalments=(row,))
        self.records: list[EventRecord] = []

    def enter(self, kind: str, day: date, amount: int = 0, of: str = "", **details: object) -> str:
        record = EventRecord(
            id=f"{len(self.records) + 1}", kind=kind, effective_date=day, entered_date=day, amount=amount,
            details=details, reverses_id=of,
        )  # fmt: skip
        self.records.append(record)
        return record.id

    def carry_out(self, part: OfferPart) -> tuple[LedgerStep, ...]:
        steps = ledger_steps(part, number="A1", agreed_date=TODAY)
        for step in steps:
            self.enter(step.kind, TODAY, step.amount_minor, **step.details)
        return steps

    def state(self, day: date) -> LoanState:
        found = replay(self.terms, [event_of(record) for record in self.records], day)
        assert found.refusals == {}
        return found


def asked(state: LoanState) -> list[tuple[date, int]]:
    return [(row.due_date, row.outstanding) for row in state.rows if row.outstanding]


@settings(max_examples=25, deadline=None)
@given(plans())
def test_agreement_schedule_and_ledger_agree_and_a_kept_plan_ends_at_nothing(drawn):
    owed, part = drawn
    book = Book(owed)
    book.carry_out(part)
    state = book.state(TODAY)
    assert asked(state) == [(one.due_date, one.total_minor) for one in part.instalments]
    assert state.totals.outstanding == owed.total() + sum(part.added.values())
    assert sum(one.added for one in part.instalments) == sum(part.added.values())
    for number, one in enumerate(part.instalments, start=1):
        book.enter("payment", one.due_date, one.total_minor)
        if number in (1, len(part.instalments) // 2):
            left = [(each.due_date, each.total_minor) for each in part.instalments[number:]]
            assert asked(book.state(one.due_date)) == left
    assert book.state(part.instalments[-1].due_date).totals.outstanding == 0


@settings(max_examples=25, deadline=None)
@given(plans(), st.data())
def test_who_pays_early_owes_no_interest_of_months_that_have_not_begun(drawn, data):
    owed, part = drawn
    book = Book(owed)
    steps = book.carry_out(part)
    kept = data.draw(st.integers(0, len(part.instalments) - 1))
    for one in part.instalments[:kept]:
        book.enter("payment", one.due_date, one.total_minor)
    begun = part.instalments[kept - 1].due_date if kept else TODAY
    day = begun + timedelta(days=data.draw(st.integers(0, 1)))
    unearned = unearned_minor(
        [step.details.get("document", {}) for step in steps if step.kind == "charge"], day
    )
    first = kept + (day > begun)
    assert unearned == sum(one.added for one in part.instalments[first:])
    left = book.state(day).totals.outstanding - unearned
    if left:
        book.enter("payment", day, left)
    if unearned:
        book.enter("credit", day, unearned, component="interest")
    assert book.state(day).totals.outstanding == book.state(day).totals.overpaid == 0


@settings(max_examples=25, deadline=None)
@given(plans(), st.data())
def test_a_broken_plan_gives_back_the_original_dues_less_what_was_paid(drawn, data):
    owed, part = drawn
    book = Book(owed)
    book.carry_out(part)
    paid = 0
    for one in part.instalments[: data.draw(st.integers(0, len(part.instalments)))]:
        amount = data.draw(st.integers(1, one.total_minor))
        book.enter("payment", one.due_date, amount)
        paid += amount
    day = part.instalments[-1].due_date + timedelta(days=4)
    for record in [each for each in reversed(book.records) if each.kind in ("plan", "charge")]:
        book.enter("reversal", day, of=record.id)
    state = book.state(day)
    assert state.totals.outstanding == max(owed.total() - paid, 0)
    assert state.totals.overpaid == max(paid - owed.total(), 0)
    assert asked(state) == ([(DUE, owed.total() - paid)] if paid < owed.total() else [])


@settings(max_examples=25, deadline=None)
@given(plans(), st.data())
def test_a_plan_made_anew_takes_over_exactly_what_the_first_one_left(drawn, data):
    owed, part = drawn
    book = Book(owed)
    book.carry_out(part)
    one = part.instalments[0]
    book.enter("payment", one.due_date, data.draw(st.integers(1, one.total_minor)))
    day = one.due_date + timedelta(days=4)
    left = book.state(day).totals
    owing = {
        name: amount for name in ("fee", "interest", "principal") if (amount := left.by_component.get(name))
    }
    if not owing:
        return
    claim = Claim(1, tuple(owing.items()), Fraction("0.18"), 1)
    again = lay(
        [claim], Pace(day + timedelta(days=14), -(-claim.total // 12) + 50_000), Fraction("0.06"), 400
    )
    assert again is not None
    (new,) = parts_of([claim], again, day + timedelta(days=14), [{}])
    for step in ledger_steps(new, number="A2", agreed_date=day):
        book.enter(step.kind, day, step.amount_minor, **step.details)
    assert asked(book.state(day)) == [(each.due_date, each.total_minor) for each in new.instalments]


def test_the_charge_tells_when_each_month_of_interest_is_earned():
    claim = Claim(1, (("principal", 120_000),), Fraction("0.18"), 1)
    laid = lay([claim], Pace(date(2026, 12, 6), 60_000), Fraction("0.06"), 60)
    (part,) = parts_of([claim], laid, date(2026, 12, 6), [{}])
    charge, _ = ledger_steps(part, number="A1", agreed_date=TODAY)
    assert (charge.amount_minor, charge.details["document"][EARNED_AFTER]) == (
        908,
        [["2026-11-22", 600], ["2026-12-06", 303], ["2027-01-06", 5]],
    )
