"""Explanations: the parts always come to the amount, and say in which order and by which rule."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from explained_debts import START, day, debt, facts_of
from hypothesis import given, settings
from hypothesis import strategies as st

from fairdue.engine.ledger.explaining import SUBJECTS, ExplanationUnsound, Piece, SubjectUnknown, explain
from fairdue.engine.ledger.explaining.tree import total
from fairdue.engine.ledger.explaining.working import decimal_text, formula, money_text, working_of
from fairdue.engine.ledger.life import replay
from fairdue.engine.ledger.life.events import Charge, Pause, Receipt, Reversal, Waiver
from fairdue.engine.ledger.life.terms import (
    AllocationRule,
    Calendar,
    DebtTerms,
    DelinquencyRule,
    Instalment,
    usual_order,
)

TWO = debt(("1", "02-01", 100_00, 10_00), ("2", "03-01", 100_00, 5_00))


def receipt(number, on, amount):
    return Receipt(id=str(number), entered_date=on, amount=amount)


def shown(piece: Piece) -> list[tuple[str, int]]:
    return [(part.phrase, part.amount) for part in piece.parts]


def test_the_balance_is_the_sum_of_its_components_and_each_of_what_moved_it():
    facts = facts_of(TWO, [receipt(1, day("02-11"), 60_00)], day("03-05"))
    balance = explain(facts, "balance")
    assert balance.amount == 155_00
    assert [(part.subject, part.amount) for part in balance.parts] == [
        ("component:interest", 5_00),
        ("component:principal", 150_00),
    ]
    assert shown(balance.parts[1]) == [("move.opening", 200_00), ("move.payment", -50_00)]
    assert balance.parts[1].parts[1].transaction_id == 1
    assert balance.parts[1].parts[1].citation == {"zh": "合同", "en": "by contract"}


def test_overdue_names_each_item_as_asked_less_what_was_paid():
    facts = facts_of(TWO, [receipt(1, day("02-11"), 60_00)], day("03-05"))
    overdue = explain(facts, "overdue")
    assert overdue.amount == 155_00
    assert [(part.words["ref"], part.words["component"], part.amount) for part in overdue.parts] == [
        ("1", "#principal", 50_00),
        ("2", "#interest", 5_00),
        ("2", "#principal", 100_00),
    ]
    assert shown(overdue.parts[0]) == [("due.asked", 100_00), ("move.payment", -50_00)]


def test_a_receipt_says_why_each_part_came_next():
    events = [receipt(1, day("03-01"), 140_00)]
    split = explain(facts_of(TWO, events, day("03-05")), "transaction:1")
    assert split.amount == 140_00
    assert [
        (part.phrase, part.words["ref"], part.words["component"], part.amount) for part in split.parts
    ] == [
        ("split.late.horizontal", "1", "#interest", 10_00),
        ("split.late.horizontal", "1", "#principal", 100_00),
        ("split.today.horizontal", "2", "#interest", 5_00),
        ("split.today.horizontal", "2", "#principal", 25_00),
    ]
    assert split.parts[0].words["late"] == 29
    assert split.parts[0].words["order"] == ("#interest", "#principal")
    assert split.rule == "test"


def test_what_exceeds_the_debt_is_explained_as_credit_balance():
    facts = facts_of(TWO, [receipt(1, day("03-01"), 220_00)], day("03-05"))
    assert shown(explain(facts, "transaction:1"))[-1] == ("split.beyond", 5_00)
    assert explain(facts, "credit_balance").amount == 5_00
    claim = explain(facts, "total_claim")
    assert (claim.amount, shown(claim)) == (-5_00, [("credit_balance", -5_00)])


def test_a_reversed_receipt_comes_to_nothing():
    events = [receipt(1, day("02-11"), 60_00), Reversal(id="2", entered_date=day("02-12"), of="1")]
    found = explain(facts_of(TWO, events, day("03-05")), "transaction:1")
    assert (found.phrase, found.amount, found.parts) == ("event.nothing", 0, ())


def test_days_past_due_take_off_holidays_pauses_and_grace():
    terms = debt(
        ("1", "02-03", 100_00, 0),
        delinquency=DelinquencyRule(grace_days=3, calendar=Calendar(weekend=frozenset({5, 6}))),
    )
    events = [
        Pause(id="1", entered_date=day("02-10"), from_date=day("01-20"), to_date=day("02-10")),
        Pause(id="2", entered_date=day("02-20"), from_date=day("02-20"), to_date=day("02-25")),
    ]
    found = explain(facts_of(terms, events, day("03-04")), "dpd")
    assert shown(found) == [
        ("dpd.since.due_plus_1", 30),
        ("dpd.holiday", -2),
        ("dpd.pause", -5),
        ("dpd.pause", -5),
        ("dpd.grace", -3),
    ]
    assert found.amount == 15
    assert found.amount == replay(terms, events, day("03-04")).delinquency.delinquent_days


def test_an_account_without_anything_late_has_no_days_past_due():
    found = explain(facts_of(TWO, [], day("01-15")), "dpd")
    assert (found.phrase, found.amount, found.unit) == ("dpd.none", 0, "days")


def test_the_minimum_due_is_what_is_late_and_what_falls_due_next():
    facts = facts_of(TWO, [], day("02-10"))
    found = explain(facts, "minimum_due")
    assert (found.amount, found.words["day"]) == (215_00, day("03-01"))


@pytest.mark.parametrize(
    "subject", ["", "balanc", "component:gold", "due:x", "due:5", "transaction:99", "due:" + "9" * 40]
)
def test_an_unknown_subject_is_refused_with_what_can_be_asked(subject):
    with pytest.raises(SubjectUnknown, match="transaction:ID"):
        explain(facts_of(TWO, [], day("02-10")), subject)


def test_parts_that_miss_the_amount_by_a_cent_are_no_explanation():
    with pytest.raises(ExplanationUnsound, match="100, but its parts come to 99"):
        Piece(phrase="balance", amount=100, parts=(Piece(phrase="component", amount=99),))


def test_the_arithmetic_of_a_kept_charge_can_be_checked_on_paper():
    why = {
        "rule": "penalty_interest", "base_minor": 12_000_00, "rate": "77/500", "days": 31, "day_count": "act/365",
        "unrounded": str(Fraction(12_000_00 * 77 * 31, 500 * 365)), "rounding": "half_even",
    }  # fmt: skip
    working = working_of(why, "CNY", 156_95)
    assert working is not None
    assert formula(working) == "12,000.00 × 15.4 % × 31/365 = 156.95342465… ≈ 156.95"
    assert working_of({"rule": "set"}, "CNY", 5) is None


def test_stretches_of_a_changing_base_are_added_up_before_they_are_rounded():
    why = {
        "rule": "full_interest", "rate": "73/400", "day_count": "act/365", "rounding": "half_up",
        "unrounded": "4500", "segments": [
            {"base_minor": 100_000, "days": 8, "unrounded": "4000"}, {"base_minor": 50_000, "days": 2, "unrounded": "500"},
        ],
    }  # fmt: skip
    working = working_of(why, "CNY", 4_500)
    assert working is not None
    assert formula(working) == "1,000.00 × 18.25 % × 8/365 + 500.00 × 18.25 % × 2/365 = 45.00"
    assert working_of(why | {"segments": []}, "CNY", 4_500) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(1, 3), "0.333333…"),
        (Fraction(1, 8), "0.125"),
        (Fraction(12), "12"),
        (Fraction(-7, 2), "-3.5"),
    ],
)
def test_exact_values_end_or_say_that_they_go_on(value, text):
    assert decimal_text(value) == text


def test_yen_have_no_decimals():
    assert money_text(Fraction(1_234_567), "JPY") == "1,234,567"


def test_a_sum_of_nothing_is_nothing():
    assert total("overdue", []).amount == 0


_days = st.integers(0, 120).map(lambda days: START + timedelta(days=days))


@st.composite
def simple_lives(draw):
    """Debts with payments, charges, waivers, reversals and pauses; some are refused."""
    rows = draw(
        st.lists(st.tuples(_days, st.integers(0, 20_000), st.integers(0, 2_000)), min_size=1, max_size=4)
    )
    terms = DebtTerms(
        disbursed_date=START,
        instalments=tuple(Instalment(*row, ref=f"I{place}") for place, row in enumerate(rows)),
        unscheduled=(("principal", draw(st.integers(0, 5_000))),),
        allocation=AllocationRule(
            order=tuple(draw(st.permutations(usual_order()))),
            style=draw(st.sampled_from(["horizontal", "vertical"])),
            in_advance=draw(st.sampled_from(["next", "last"])),
            reach_days=draw(st.sampled_from([None, 0, 31])),
        ),
        delinquency=DelinquencyRule(
            origin=draw(st.sampled_from(["due_plus_1", "due_date"])), grace_days=draw(st.integers(0, 3))
        ),
    )
    entered = sorted(draw(st.lists(_days, max_size=8)))
    return terms, [draw(_event(number, on)) for number, on in enumerate(entered, start=1)]


@st.composite
def _event(draw, number, on):
    own = {"id": str(number), "entered_date": on}
    of = str(draw(st.integers(1, number)))
    back = on - timedelta(days=draw(st.integers(0, 30)))
    amount = draw(st.integers(1, 15_000))
    return draw(
        st.sampled_from(
            [
                Receipt(amount=amount, effective_date=max(back, START), **own),
                Charge(
                    amount=amount, component=draw(st.sampled_from(["fee", "penalty"])), due_date=on, **own
                ),
                Waiver(of=of, **own),
                Reversal(of=of, **own),
                Pause(from_date=back, to_date=on, **own),
            ]
        )
    )


@settings(max_examples=150, deadline=None)
@given(simple_lives(), st.integers(0, 150))
def test_every_subject_of_any_life_comes_to_its_amount_and_agrees_with_the_replay(life, days):
    terms, events = life
    as_of = START + timedelta(days=days)
    state = replay(terms, events, as_of, known_date=date(2030, 1, 1))
    facts = facts_of(terms, events, as_of)
    found = {subject: explain(facts, subject) for subject in SUBJECTS}
    assert found["balance"].amount == state.totals.outstanding
    assert found["credit_balance"].amount == state.totals.overpaid
    assert found["total_claim"].amount == state.totals.outstanding - state.totals.overpaid
    assert found["dpd"].amount == (
        state.delinquency.delinquent_days if state.status == "active" else found["dpd"].amount
    )
    for component in facts.components:
        assert explain(facts, f"component:{component}").amount == state.totals.by_component[component]
    for due in facts.dues:
        found = explain(facts, f"due:{due.id}")
        assert found.amount == due.unpaid
        assert "due.changed" not in [part.phrase for part in found.parts]
    for event in state.events:
        piece = explain(facts, f"transaction:{event.id}")
        if isinstance(event, Receipt):
            assert piece.amount == event.amount
