"""Product terms as data: what ships is sound, and every fault is named with its file and field."""

from __future__ import annotations

import copy
from datetime import date
from fractions import Fraction

import pytest
import yaml

from fairdue.engine.law.numbers import shipped_numbers
from fairdue.engine.ledger.keeping.quoting import late_outcome, quote
from fairdue.engine.ledger.policies import load_policies
from fairdue.engine.ledger.products.agreement import AgreementInvalid, read_agreement
from fairdue.engine.ledger.products.cost import AboveCap
from fairdue.engine.ledger.products.moving import moved
from fairdue.engine.ledger.products.rates import Rate, RateTable, RateUnknown
from fairdue.engine.ledger.products.reading import (
    PACKS,
    PRODUCTS_DIR,
    ProductInvalid,
    load_products,
    load_rates,
    parse_product,
)
from fairdue.engine.ledger.products.scheduling import NotAmortising, rows_of
from fairdue.engine.ledger.products.terms import HolidayTerms
from fairdue.engine.ledger.products.wording import _entry, rules_of

PRODUCTS, RATES = load_products(), load_rates()
LENT = date(2026, 1, 10)
LOANS = sorted(code for code, terms in PRODUCTS.items() if terms.kind != "card")


def document(code: str = "cn-loan-equal-instalment") -> dict:
    return copy.deepcopy(yaml.safe_load((PRODUCTS_DIR / f"{code}.yaml").read_text(encoding="utf-8")))


def agreed(code: str, **changed: object) -> dict:
    example = dict(PRODUCTS[code].example)
    example.pop("principal_minor")
    return example | {"first_due_date": date(2026, 2, 10)} | changed


def quoted(code: str, principal: int | None = None, **changed: object):
    terms = PRODUCTS[code]
    return quote(
        terms,
        agreed(code, **changed),
        principal=principal or terms.example["principal_minor"],
        disbursed_date=LENT,
        rates=RATES,
        numbers=shipped_numbers(),
    )


def test_every_kind_of_repayment_ships() -> None:
    kinds = {terms.kind for terms in PRODUCTS.values()}
    assert kinds == {"equal_instalment", "equal_principal", "interest_only", "flat", "fixed_amount", "card"}


def test_every_product_names_a_policy_and_tables_that_exist() -> None:
    policies = load_policies(PACKS / "reference" / "allocation")
    for terms in PRODUCTS.values():
        assert terms.allocation_policy in policies
        assert not terms.interest.base or terms.interest.base in RATES
        assert all(cap.table in RATES for cap in terms.caps if cap.table)


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        (("interest", "day_count"), "act/366", "interest.day_count"),
        (("colour",), "red", "colour"),
        (("penalty", "factor"), 1.5, "penalty.factor"),
        (("penalty", "factor"), "1.6", "penalty.factor: 1.6 is not between 1 and 1.5"),
        (("penalty", "citation"), {"zh": "合同"}, "penalty.citation"),
        (("penalty", "rate"), "0.1", "penalty"),
        (("delinquency", "bucket_edges"), [30, 30], "delinquency.bucket_edges: the edges do not rise"),
        (("late_fee",), {"share": "0.1", "floor_minor": 9, "cap_minor": 8, "citation": {"zh": "一", "en": "a"}}, "late_fee.floor_minor"),
        (("card",), {}, "card: a product of kind card"),
        (("interest", "repricing"), "yearly", "interest.repricing"),
        (("kind",), "balloon", "kind"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_file_and_field(path: tuple[str, ...], value: object, fault: str) -> None:
    broken = document()
    place = broken
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    with pytest.raises(ProductInvalid) as caught:
        parse_product(broken, place="my.yaml")
    assert all(each.startswith("my.yaml: ") for each in caught.value.faults)
    assert fault in str(caught.value)


@pytest.mark.parametrize("code", LOANS)
def test_a_schedule_repays_exactly_what_was_lent(code: str) -> None:
    found = quoted(code)
    assert sum(row.principal for row in found.rows) == PRODUCTS[code].example["principal_minor"]
    left = found.rows[-1]
    assert left.principal_before == left.principal
    assert all(row.principal >= 0 and row.interest >= 0 for row in found.rows)


@pytest.mark.parametrize(
    ("code", "first", "last", "interest"),
    [
        ("cn-loan-equal-instalment", (95_146, 10_800), (105_004, 945), 71_355),
        ("cn-loan-equal-principal", (250_000, 27_500), (250_000, 1_146), 343_752),
        ("cn-loan-interest-only", (0, 31_000), (5_000_000, 31_000), 365_000),
        ("cn-loan-flat", (50_000, 3_600), (50_000, 3_600), 43_200),
        ("cn-loan-fixed-amount", (91_507, 8_493), (47_927, 394), 48_321),
    ],
)
def test_rows_come_to_these_amounts(code, first, last, interest) -> None:
    rows = quoted(code).rows
    assert (rows[0].principal, rows[0].interest) == first
    assert (rows[-1].principal, rows[-1].interest) == last
    assert sum(row.interest for row in rows) == interest


def test_a_down_payment_is_due_on_the_day_of_purchase_and_bears_no_interest() -> None:
    rows = quoted("cn-purchase-down-payment").rows
    assert (rows[0].number, rows[0].due_date, rows[0].principal, rows[0].interest) == (0, LENT, 200_000, 0)
    assert rows[1].principal_before == 600_000
    assert {(row.principal + row.interest) % 100 for row in rows[1:-1]} == {
        0
    }  # whole yuan, the rest at the end


def test_the_flat_charge_costs_almost_twice_its_nominal_rate() -> None:
    cost = quoted("cn-loan-flat").cost
    assert round(float(cost.annual_rate or 0), 4) == 0.1303
    assert round(float(quoted("cn-loan-equal-instalment").cost.annual_rate or 0), 4) == 0.1080


@pytest.mark.parametrize(
    ("convention", "day", "expected"),
    [
        ("none", date(2026, 10, 1), date(2026, 10, 1)),
        ("following", date(2026, 10, 1), date(2026, 10, 8)),  # National Day
        ("preceding", date(2026, 10, 1), date(2026, 9, 30)),
        ("following", date(2026, 5, 31), date(2026, 6, 1)),
        ("modified_following", date(2026, 5, 31), date(2026, 5, 29)),
        ("modified_following", date(2026, 10, 1), date(2026, 10, 8)),
    ],
)
def test_a_due_date_moves_as_the_product_says(convention, day, expected) -> None:
    assert moved(day, HolidayTerms(convention=convention, calendar="cn")) == expected


def lpr(*figures: tuple[date, str]) -> dict[str, RateTable]:
    rates = tuple(Rate(from_date=day, rate=Fraction(rate), source="test") for day, rate in figures)
    name = {"zh": "表", "en": "table"}
    return {"cn-lpr-1y": RateTable(code="cn-lpr-1y", name=name, citation=name, rates=rates)}


def repriced(known_date: date, tables: dict[str, RateTable]):
    terms = PRODUCTS["cn-loan-equal-principal"]
    details = {"rate": "0.02", "instalments": 24, "first_due_date": date(2025, 11, 10)}
    lent = date(2025, 10, 10)
    given = read_agreement(terms, details, principal=2_400_000, disbursed_date=lent)
    return rows_of(
        terms, given, principal=2_400_000, disbursed_date=lent, rates=tables, known_date=known_date
    )


def test_a_rate_by_table_changes_on_the_repricing_day_for_later_rows_only() -> None:
    tables = lpr((date(2025, 5, 20), "0.03"), (date(2025, 12, 20), "0.025"), (date(2026, 6, 20), "0.04"))
    rows = repriced(date(2026, 3, 1), tables)
    assert [str(row.rate) for row in rows[:5]] == ["1/20", "1/20", "1/20", "9/200", "9/200"]
    assert (rows[0].interest, rows[3].interest) == (10_000, 7_875)  # 5 % of 24,000; 4.5 % of 21,000, a month
    assert {row.principal for row in rows} == {100_000}


def test_a_figure_that_is_not_published_yet_is_not_used() -> None:
    tables = lpr((date(2025, 5, 20), "0.03"), (date(2025, 12, 20), "0.025"))
    assert {row.rate for row in repriced(date(2025, 11, 1), tables)} == {Fraction("0.05")}


def test_a_table_refuses_a_day_before_its_first_figure() -> None:
    with pytest.raises(RateUnknown):
        RATES["cn-lpr-1y"].on(date(2020, 1, 1))


def test_the_cap_of_private_lending_is_four_times_the_lpr_at_formation() -> None:
    found = quoted("cn-loan-fixed-amount")
    assert [(cap.code, cap.rate) for cap in found.caps] == [("private-lending-4-lpr", Fraction("0.12"))]
    with pytest.raises(AboveCap):
        quoted("cn-loan-fixed-amount", rate="0.125", instalment_minor=200_000)


@pytest.mark.parametrize(
    ("code", "changed", "field"),
    [
        ("cn-loan-equal-instalment", {"instalments": 0}, "instalments"),
        ("cn-loan-equal-instalment", {"instalments": None}, "instalments"),
        ("cn-loan-equal-instalment", {"instalments": True}, "instalments"),
        ("cn-loan-equal-instalment", {"instalment_minor": 100}, "instalment_minor"),
        ("cn-loan-equal-instalment", {"rate": "-0.1"}, "rate"),
        ("cn-loan-equal-instalment", {"rate": "x"}, "rate"),
        ("cn-loan-equal-instalment", {"rate": "0.2401"}, "rate"),
        ("cn-loan-equal-instalment", {"first_due_date": LENT}, "first_due_date"),
        ("cn-loan-equal-instalment", {"down_payment_minor": 1}, "down_payment_minor"),
        ("cn-purchase-down-payment", {"down_payment_minor": 159_999}, "down_payment_minor"),
        ("cn-loan-equal-instalment", {"unit": "years"}, "unit"),
        ("cn-loan-equal-instalment", {"due_day": 32}, "due_day"),
    ],
)
def test_what_contradicts_the_product_is_refused_with_its_field(code, changed, field) -> None:
    with pytest.raises(AgreementInvalid) as caught:
        quoted(code, **changed)
    assert caught.value.field == field


@pytest.mark.parametrize("instalment", [100, 8_000, 8_400])
def test_an_instalment_that_never_repays_is_refused(instalment: int) -> None:
    with pytest.raises(NotAmortising):
        quoted("cn-loan-fixed-amount", instalment_minor=instalment)


def test_daily_compounding_costs_more_than_simple_interest() -> None:
    simple = document("us-loan-daily")
    daily = copy.deepcopy(simple)
    daily["interest"] |= {"compounding": "daily", "day_count": "act/365"}
    simple["interest"]["day_count"] = "act/365"
    details = {"rate": "0.12", "instalments": 12, "first_due_date": date(2026, 2, 10)}
    found = [
        quote(parse_product(terms), details, principal=500_000, disbursed_date=LENT, rates=RATES, numbers=shipped_numbers())
        for terms in (simple, daily)
    ]  # fmt: skip
    # 5,000.00 × 12 % × 31/365 = 50.96 and 5,000.00 × ((1 + 0.12/365)^31 − 1) = 51.21
    assert [each.rows[0].interest for each in found] == [5_096, 5_121]


@pytest.mark.parametrize("code", sorted(PRODUCTS))
def test_every_rule_is_said_in_both_languages_and_rules_of_law_with_their_ground(code: str) -> None:
    rules = rules_of(PRODUCTS[code])
    for rule in rules:
        assert rule.label["zh"] and rule.label["en"] and rule.text["zh"] and rule.text["en"]
    grounded = {rule.code for rule in rules if rule.citation}
    assert grounded >= {"interest"} | {rule.code for rule in rules} & {
        "penalty",
        "late_fee",
        "cap",
        "prepayment",
    }


def test_a_late_instalment_brings_what_the_terms_say() -> None:
    late = late_outcome(quoted("cn-loan-equal-instalment"), number=2, days=40)
    assert (late.days_past_due, late.bucket) == (40, "M2")
    # 960.02 × 16.2 % × 21/360 and × 19/360
    assert [charge.amount for charge in late.charges] == [907, 821]
    within_grace = late_outcome(quoted("cn-loan-equal-instalment"), number=2, days=3)
    assert within_grace.charges == ()


def test_the_entries_of_a_minimum_payment_read_as_english():
    entry = {"percent": 10, "of": "rest", "plus": ["cash_advances", "over_limit", "interest"]}
    assert _entry(entry, "CNY")[1] == (
        "10 % of purchases within the limit plus all cash advances plus all of what exceeds the limit plus all interest"
    )
