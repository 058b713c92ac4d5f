"""The negotiation solver: rules that every offer keeps (properties), and exact offers of known cases."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairdue.engine.finance.budget import pro_rata_offers
from fairdue.engine.law.numbers import shipped_numbers
from fairdue.engine.law.plans import Hardship, personalised_plan_faults
from fairdue.engine.negotiation.case import REASONS, Debt, NegotiationCase, Situation
from fairdue.engine.negotiation.household import (
    Household,
    LineRefused,
    MoneyLine,
    monthly_minor,
    surplus,
)
from fairdue.engine.negotiation.offers import AUTHORITIES, CounterRefused, Offer, Wish
from fairdue.engine.negotiation.reading import shipped_terms
from fairdue.engine.negotiation.sharing import shares
from fairdue.engine.negotiation.solve import counter, solve, solve_many
from fairdue.engine.negotiation.words import offer_words, say, words_faults

TODAY = date(2026, 11, 22)
TERMS = shipped_terms("cn", TODAY)
WAGES = Household(
    currency="CNY",
    incomes=(MoneyLine("wages", 800_000),),
    outgoings=(MoneyLine("housing", 250_000), MoneyLine("food", 30_000, "week")),
)
"""8 000.00 in; 2 500.00 + 52 × 300.00 / 12 = 3 800.00 out; 4 200.00 to spare, half of it affordable."""


def card(account_id: int = 1, **changes: object) -> Debt:
    debt = Debt(
        account_id=account_id,
        product="credit_card",
        currency="CNY",
        components={"principal": 2_000_000, "interest": 90_000, "penalty": 12_345, "fee": 3_000},
        overdue_minor=305_345,
        monthly_minor=200_000,
        annual_rate=Fraction("0.18"),
        days_past_due=47,
        overdue={"principal": 200_000, "interest": 90_000, "penalty": 12_345, "fee": 3_000},
    )
    return replace(debt, **changes)


def case(*debts: Debt, **said: object) -> NegotiationCase:
    situation = Situation(**{"reason": "illness", "household": WAGES, **said})
    return NegotiationCase(debts=debts or (card(),), situation=situation, as_of=TODAY, jurisdiction="cn")


amounts = st.integers(0, 6_000_000)
debts_drawn = st.lists(
    st.builds(
        lambda product, principal, interest, penalty, share, monthly, rate, dpd, disputed, before: (
            product, {"principal": principal, "interest": interest, "penalty": penalty}, share, monthly, rate, dpd,
            disputed, before,
        ),
        st.sampled_from(["credit_card", "consumer_loan", "something_else"]),
        amounts, st.integers(0, 300_000), st.integers(0, 50_000), st.integers(0, 4), st.integers(0, 400_000),
        st.sampled_from([Fraction(0), Fraction("0.02"), Fraction("0.18")]), st.integers(0, 500),
        st.booleans(), st.integers(0, 3),
    ),
    min_size=1, max_size=4,
)  # fmt: skip


@st.composite
def cases(draw: st.DrawFn) -> NegotiationCase:
    debts = []
    for index, (product, components, share, monthly, rate, dpd, disputed, before) in enumerate(
        draw(debts_drawn)
    ):
        overdue = {name: amount * share // 4 for name, amount in components.items()}
        debts.append(
            Debt(
                account_id=index + 1, product=product, currency="CNY", components=components,
                overdue_minor=sum(overdue.values()), monthly_minor=monthly, annual_rate=rate, days_past_due=dpd,
                is_disputed=disputed and index > 0, plans_before=before,
                overdue=overdue if share < 4 else None,
            )
        )  # fmt: skip
    household = None
    if draw(st.booleans()):
        household = Household(
            currency="CNY",
            incomes=(MoneyLine("wages", draw(st.integers(0, 2_000_000)), draw(st.sampled_from(["month", "week"]))),),
            outgoings=(MoneyLine("housing", draw(st.integers(0, 800_000))),),
            adults=draw(st.integers(1, 3)), children=draw(st.integers(0, 3)),
        )  # fmt: skip
    situation = Situation(
        reason=draw(st.sampled_from(REASONS)),
        household=household,
        is_vulnerable=draw(st.booleans()),
        can_pay_now_minor=draw(st.integers(0, 3_000_000)),
        wished_monthly_minor=draw(st.none() | st.integers(1, 500_000)),
        wished_first_date=draw(st.none() | st.dates(TODAY - timedelta(30), TODAY + timedelta(90))),
    )
    return NegotiationCase(debts=tuple(debts), situation=situation, as_of=TODAY, jurisdiction="cn")


def assert_keeps_the_rules(offer: Offer, of: NegotiationCase) -> None:
    by_id = {debt.account_id: debt for debt in of.debts}
    assert offer.parts
    months: Counter[date] = Counter()
    for part in offer.parts:
        debt = by_id[part.account_id]
        assert not debt.is_disputed
        base = debt.components if offer.scope == "whole" or debt.overdue is None else debt.overdue
        asked: Counter[str] = Counter()
        for instalment in part.instalments:
            assert instalment.total_minor > 0
            assert all(amount > 0 for amount in instalment.amounts.values())
            asked.update(instalment.amounts)
            months[instalment.due_date] += instalment.total_minor
        expected = Counter(base)
        expected.subtract(part.waived)
        expected.update(part.added)
        assert +asked == +expected, "sums to the cent, by component"
        assert all(0 < part.waived[name] <= base[name] for name in part.waived)
        years = Fraction((offer.last_date - TODAY).days + 31, 365)
        assert sum(part.added.values()) <= debt.annual_rate * sum(base.values()) * years + offer.count
        assert not (part.added and part.waived)
    days = sorted(months)
    assert (days[0], days[-1]) == (offer.first_date, offer.last_date)
    assert days[0] > TODAY
    assert len(days) == offer.count
    assert sum(months.values()) == offer.total_minor
    assert months[days[-1]] <= max(months.values()), "the last one takes the rest and is no larger"
    cap = min(TERMS.cap(by_id[part.account_id].product).months for part in offer.parts)
    assert offer.count <= cap
    assert_can_be_afforded(offer, of, months)
    assert_is_worth_it(offer, of)


def assert_can_be_afforded(offer: Offer, of: NegotiationCase, months: Counter[date]) -> None:
    home = of.situation.household
    said = {one.code for one in offer.why}
    if home is None:
        return
    left = surplus(home, TERMS, is_vulnerable=of.situation.is_vulnerable)
    if offer.kind == "instalments":
        most = left.ceiling_minor if "wished" in said else left.affordable_minor
        beside = sum(debt.monthly_minor for debt in of.debts if not debt.is_disputed)
        assert max(months.values()) + (beside if offer.scope == "overdue" else 0) <= most + (
            0 if offer.scope == "whole" else beside
        )
        assert left.spare_minor >= max(months.values()), "the protected living costs stay"
    if offer.kind == "reduced_minimum":
        assert months[offer.first_date] <= left.affordable_minor
    if offer.kind in ("fee_waiver", "interest_waiver"):
        assert offer.total_minor <= of.situation.can_pay_now_minor
    if offer.kind == "settlement":
        assert (
            offer.total_minor <= of.situation.can_pay_now_minor or offer.level_minor <= left.affordable_minor
        )


def assert_is_worth_it(offer: Offer, of: NegotiationCase) -> None:
    kept = [debt for debt in of.debts if not debt.is_disputed and debt.total_minor]
    whole = offer.total_minor + offer.waived_minor - sum(sum(part.added.values()) for part in offer.parts)
    floor = TERMS.floor(max(debt.days_past_due for debt in kept))[offer.authority]
    assert offer.present_value_minor >= floor * whole
    assert offer.present_value_minor <= offer.total_minor
    limits = TERMS.limits[offer.authority]
    assert limits.waived_minor is None or offer.waived_minor <= limits.waived_minor
    assert limits.arranged_minor is None or whole <= limits.arranged_minor


@settings(max_examples=150, deadline=None)
@given(cases())
def test_every_offer_keeps_every_rule_and_the_same_case_has_the_same_offers(one: NegotiationCase) -> None:
    answer = solve(one, TERMS)
    assert solve_many([one], TERMS) == [answer]
    keys = [offer.key for offer in answer.offers]
    assert len(keys) == len(set(keys))
    for offer in answer.offers:
        assert_keeps_the_rules(offer, one)
        for said in offer.why:
            facts = dict.fromkeys(said.facts, "x")
            assert say("why", said.code, "zh", facts) and say("why", said.code, "en", facts)
    for refused in answer.not_offered:
        assert say("not_offered", refused.reason, "en", dict.fromkeys(refused.facts, "x"))
    kinds = {offer.kind for offer in answer.offers} | {refused.kind for refused in answer.not_offered}
    assert len(kinds) == 6, "of every kind it is said that it is offered, or why not"


@settings(max_examples=100, deadline=None)
@given(
    cases(),
    st.builds(
        Wish,
        monthly_minor=st.none() | st.integers(-1, 3_000_000),
        months=st.none() | st.integers(-1, 90),
        lump_sum_minor=st.none() | st.integers(-1, 6_000_000),
        first_date=st.none() | st.dates(TODAY - timedelta(3), TODAY + timedelta(60)),
    ),
)
def test_a_proposal_is_answered_by_an_offer_that_keeps_the_rules_or_by_words(
    one: NegotiationCase, wish: Wish
) -> None:
    answer = counter(one, TERMS, wish)
    if isinstance(answer, CounterRefused):
        assert say("refused", answer.reason, "zh", dict.fromkeys(answer.facts, "x"))
        if answer.nearest:
            assert_keeps_the_rules(answer.nearest, one)
    else:
        assert wish.first_date in (None, answer.first_date) or wish.lump_sum_minor
        assert wish.months is None or answer.count <= wish.months


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**8), min_size=1, max_size=6))
def test_shares_sum_exactly_and_agree_with_pro_rata_to_the_cent(amount: int, weights: list[int]) -> None:
    parts = shares(amount, weights)
    assert sum(parts) == (amount if any(weights) else 0)
    expected = pro_rata_offers(
        Fraction(amount, 100), {str(i): Fraction(weight) for i, weight in enumerate(weights)}
    )
    assert all(
        abs(Fraction(part, 100) - expected[str(i)]) <= Fraction(1, 100) for i, part in enumerate(parts)
    )


def test_a_household_keeps_what_it_needs() -> None:
    left = surplus(WAGES, TERMS)
    assert (left.income_minor, left.outgoings_minor, left.protected_minor) == (800_000, 380_000, 120_000)
    assert (left.spare_minor, left.affordable_minor, left.ceiling_minor) == (420_000, 210_000, 378_000)
    large = replace(WAGES, outgoings=(), adults=2, children=2)
    assert surplus(large, TERMS).spare_minor == 800_000 - 320_000
    assert surplus(WAGES, TERMS, is_vulnerable=True).affordable_minor == 147_000
    assert surplus(replace(WAGES, incomes=()), TERMS).affordable_minor == 0


@pytest.mark.parametrize(
    ("amount", "every", "a_month"),
    [(10_000, "week", 43_333), (10_000, "fortnight", 21_667), (10_000, "quarter", 3_333), (1, "year", 0)],
)
def test_any_rhythm_becomes_an_amount_a_month(amount: int, every: str, a_month: int) -> None:
    assert monthly_minor(MoneyLine("wages", amount, every)) == a_month


@pytest.mark.parametrize(("amount", "every", "rule"), [(-1, "month", "negative"), (1, "blue moon", "rhythm")])
def test_a_line_that_cannot_be_meant_is_refused(amount: int, every: str, rule: str) -> None:
    with pytest.raises(LineRefused, match=rule):
        monthly_minor(MoneyLine("food", amount, every))


def test_a_card_holder_with_a_cut_income_gets_these_offers() -> None:
    answer = solve(case(can_pay_now_minor=400_000, wished_monthly_minor=150_000), TERMS)
    assert [(offer.key, offer.total_minor, offer.waived_minor) for offer in answer.offers] == [
        ("instalments-overdue-31-9900", 305_345, 0),
        ("instalments-11-191400", 2_105_345, 0),
        ("instalments-16-131600", 2_105_345, 0),
        ("instalments-15-150000", 2_105_345, 0),
        ("deferral-11-210000", 2_105_345, 0),
        ("fee_waiver-overdue-1-290000", 290_000, 15_345),
        ("interest_waiver-overdue-1-263000", 263_000, 42_345),
    ]
    assert [offer.authority for offer in answer.offers] == ["self_service"] * 6 + ["supervisor"]
    assert [(one.kind, one.reason) for one in answer.not_offered] == [
        ("reduced_minimum", "not_needed"), ("settlement", "not_overdue"),
    ]  # fmt: skip
    quickest = answer.offer("instalments-11-191400")
    assert quickest is not None
    assert quickest.parts[0].instalments[0].amounts == {
        "fee": 3_000, "penalty": 12_345, "interest": 90_000, "principal": 86_055,
    }  # fmt: skip
    assert quickest.parts[0].instalments[-1].total_minor == 2_105_345 - 10 * 191_400
    assert answer.expires_date == date(2026, 11, 29)


def test_two_debts_share_the_month_and_a_disputed_one_is_left_out() -> None:
    loan = card(
        2, product="consumer_loan", components={"principal": 700_001, "interest": 9_011}, overdue=None
    )
    answer = solve(case(card(overdue=None), loan, card(3, is_disputed=True)), TERMS)
    quickest = answer.offers[0]
    assert [part.account_id for part in quickest.parts] == [1, 2]
    assert [part.instalments[0].total_minor for part in quickest.parts] == [150_438, 50_662]
    assert sum(part.instalments[0].total_minor for part in quickest.parts) == quickest.level_minor == 201_100
    assert answer.left_out == ((3, "disputed"),)
    alone = solve(case(card(is_disputed=True)), TERMS)
    assert alone.offers == () and {one.reason for one in alone.not_offered} == {"disputed"}
    foreign = solve(case(card(currency="USD"), household=None), TERMS)
    assert foreign.left_out == ((1, "currency"),)
    assert {one.reason for one in foreign.not_offered} == {"currency"}


def test_no_plan_on_a_card_is_longer_than_sixty_months() -> None:
    large = card(components={"principal": 12_700_000}, overdue=None)
    assert [offer.kind for offer in solve(case(large), TERMS).offers if offer.kind == "instalments"] == []
    refused = counter(case(large), TERMS, Wish(months=61))
    assert isinstance(refused, CounterRefused)
    assert (refused.reason, refused.facts["cap_months"]) == ("term_too_long", 60)
    agreed = counter(case(large), TERMS, Wish(months=60))
    assert isinstance(agreed, Offer) and agreed.count == 60
    faults = personalised_plan_faults(
        term_months=agreed.count, elements=None, hardship=Hardship(is_beyond_ability=True, is_willing=True),
        on=TODAY, numbers=shipped_numbers(),
    )  # fmt: skip
    assert faults.rules == ()
    home = replace(
        card(product="consumer_loan", components={"principal": 15_000_000}), is_long_term_need=True
    )
    assert isinstance(counter(case(home), TERMS, Wish(months=84)), Offer)


@pytest.mark.parametrize(
    ("wish", "reason"),
    [
        (Wish(), "one_wish"),
        (Wish(monthly_minor=0), "amount_zero"),
        (Wish(months=12, monthly_minor=1), "one_wish"),
        (Wish(months=12, first_date=TODAY), "first_date_past"),
        (Wish(months=12, first_date=TODAY + timedelta(46)), "first_date_late"),
        (Wish(monthly_minor=378_001), "above_affordable"),
        (Wish(monthly_minor=4_999), "below_smallest"),
        (Wish(monthly_minor=30_000), "term_too_long"),
        (Wish(lump_sum_minor=1_000_000), "no_settlement"),
    ],
)
def test_a_proposal_that_cannot_be_is_refused_with_what_comes_nearest(wish: Wish, reason: str) -> None:
    answer = counter(case(), TERMS, wish)
    assert isinstance(answer, CounterRefused)
    assert answer.reason == reason
    assert answer.nearest is not None


def test_interest_is_asked_only_where_nobody_could_agree_without() -> None:
    fresh = card(days_past_due=5, overdue=None, components={"principal": 8_000_000})
    agreed = counter(case(fresh), TERMS, Wish(months=60))
    assert isinstance(agreed, Offer)
    assert (agreed.annual_rate, agreed.authority, agreed.interest_in_period) == (
        Fraction("0.03"), "self_service", True,
    )  # fmt: skip
    free = counter(case(replace(fresh, annual_rate=Fraction(0))), TERMS, Wish(months=60))
    assert isinstance(free, Offer)
    assert (free.annual_rate, free.authority) == (0, "supervisor")
    assert AUTHORITIES.index(free.authority) > AUTHORITIES.index(agreed.authority)


def test_settling_costs_the_same_whoever_asks_however_often() -> None:
    old = card(days_past_due=200, overdue=None)
    offered = [
        offer for offer in solve(case(old, can_pay_now_minor=2_105_344), TERMS).offers if offer.waived_minor
    ]
    settled = next(offer for offer in offered if offer.kind == "settlement")
    assert (settled.total_minor, dict(settled.parts[0].waived)) == (
        2_000_000, {"interest": 90_000, "penalty": 12_345, "fee": 3_000},
    )  # fmt: skip
    assert isinstance(counter(case(old), TERMS, Wish(lump_sum_minor=2_050_000)), Offer)
    low = counter(case(old), TERMS, Wish(lump_sum_minor=1_999_999))
    assert isinstance(low, CounterRefused) and low.facts == {"needed_minor": 2_000_000}


def test_the_words_are_whole_and_name_every_reason_of_a_situation() -> None:
    assert words_faults() == []
    assert set(offer_words()["reasons"]) == set(REASONS)
