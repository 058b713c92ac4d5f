"""Keeping and deleting as properties: nothing that must be kept is ever deletable, nothing past its maximum stays."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairdue.engine.law.numbers import shipped_numbers
from fairdue.engine.law.record_classes import NATURES, ClassesInvalid, parse_inventory, shipped_inventory
from fairdue.engine.law.retention import (
    RECORD_SCHEMA,
    Keeper,
    PeriodUnknown,
    Record,
    days_to_act,
    kept_until,
    minimum_periods,
    periods_of,
)

ON = date(2026, 11, 23)
PACKS = ("cn", "us", "uk", "eu", "ie", "hk", "house")
DAYS = st.dates(date(2000, 1, 1), date(2030, 12, 31))
PRODUCTS = st.sampled_from(["credit_card", "consumer_loan", "mortgage"])
LENDERS = st.sampled_from(["bank", "consumer_finance", "micro_lender"])


@st.composite
def rows(draw):
    created = draw(DAYS)
    later = st.integers(0, 4000).map(lambda days: created + timedelta(days=days))
    return {
        "created_date": created, "settled_date": draw(st.none() | later), "latest_activity_date": draw(later),
        "products": draw(st.lists(PRODUCTS, min_size=1, max_size=2, unique=True)),
        "institution_kinds": draw(st.lists(LENDERS, min_size=1, max_size=2, unique=True)),
    }  # fmt: skip


def judged(found, nature, packs):
    frame = pl.DataFrame(found, schema=RECORD_SCHEMA)
    return kept_until(frame, nature, periods_of(shipped_numbers().of(packs), ON)).to_dicts()


@given(st.lists(rows(), min_size=1, max_size=8), st.sampled_from(NATURES), st.sets(st.sampled_from(PACKS)))
def test_many_at_once_are_judged_as_each_alone(found, nature, packs):
    assert judged(found, nature, packs) == [judged([row], nature, packs)[0] for row in found]


@given(rows(), st.sampled_from(NATURES), st.sets(st.sampled_from(PACKS)))
def test_nothing_that_any_rule_keeps_is_ever_due(row, nature, packs):
    (answer,) = judged([row], nature, packs)
    numbers = shipped_numbers().of(packs)
    for product in row["products"]:
        for lender in row["institution_kinds"]:
            record = Record(
                kind=nature, created_date=row["created_date"], product=product, settled_date=row["settled_date"],
                latest_activity_date=row["latest_activity_date"],
            )  # fmt: skip
            keeper = Keeper(institution_kind=lender, is_third_party_collector=True)
            try:
                ends = [last for _rule, last in minimum_periods(record, keeper, on=ON, numbers=numbers)]
            except PeriodUnknown:
                continue
            if None in ends:
                assert answer["due_date"] is None
            elif answer["due_date"] is not None:
                assert answer["due_date"] > max(ends)


@given(rows(), st.sampled_from(NATURES), st.sets(st.sampled_from(PACKS)))
def test_a_record_of_settled_debts_always_has_an_end_and_nothing_stays_past_it(row, nature, packs):
    row["settled_date"] = row["settled_date"] or row["latest_activity_date"]
    (answer,) = judged([row], nature, packs)
    assert answer["due_date"] is not None
    latest = max(row["created_date"], row["settled_date"], row["latest_activity_date"])
    assert answer["due_date"] <= latest.replace(year=latest.year + 10, day=min(latest.day, 28)) + timedelta(
        days=5
    )


@given(rows(), st.sampled_from(NATURES), st.sets(st.sampled_from(PACKS)), st.sampled_from(PACKS))
def test_one_more_layer_never_lets_go_earlier(row, nature, packs, more):
    fewer, all_of = judged([row], nature, packs)[0], judged([row], nature, packs | {more})[0]
    never = date.max
    assert (all_of["due_date"] or never) >= (fewer["due_date"] or never)


@given(rows(), st.sampled_from(NATURES), st.sets(st.sampled_from(PACKS)), st.integers(1, 2000))
def test_later_activity_or_settlement_never_lets_go_earlier(row, nature, packs, days):
    later = dict(row, latest_activity_date=row["latest_activity_date"] + timedelta(days=days))
    later["settled_date"] = row["settled_date"] and row["settled_date"] + timedelta(days=days)
    first, second = judged([row], nature, packs)[0], judged([later], nature, packs)[0]
    assert (second["due_date"] or date.max) >= (first["due_date"] or date.max)


def one(nature, packs=("cn", "house"), **row):
    made = {
        "created_date": date(2020, 2, 29), "settled_date": date(2021, 6, 1), "latest_activity_date": date(2021, 6, 1),
        "products": ["credit_card"], "institution_kinds": ["bank"],
    }  # fmt: skip
    return judged([made | row], nature, packs)[0]


def test_the_house_keeps_evidence_five_years_and_three_from_settlement_whichever_is_later():
    assert (one("communication")["kept_until"], one("communication")["rule"]) == (
        date(2025, 2, 28),
        "HOUSE-RET-01",
    )
    late = one("communication", settled_date=date(2023, 1, 31))
    assert (late["kept_until"], late["due_date"], late["rule"]) == (
        date(2026, 1, 31),
        date(2026, 2, 1),
        "HOUSE-RET-02",
    )


def test_identity_and_payments_are_kept_ten_years_from_settlement_in_china():
    for nature in ("identity", "payment_record"):
        assert (one(nature)["kept_until"], one(nature)["rule"]) == (date(2031, 6, 1), "CN-RET-09")
    assert one("identity", ("uk", "house"))["kept_until"] == date(2026, 6, 1)


def test_logs_of_access_have_an_end_whatever_becomes_of_the_debt():
    assert one("access_log", settled_date=None)["kept_until"] == date(2020, 2, 29) + timedelta(days=184)


def test_us_collectors_count_from_the_latest_activity():
    assert one("decision_log", ("us",))["kept_until"] == date(2024, 6, 1)
    assert one("call_recording", ("us",))["kept_until"] == date(2023, 2, 28)


def test_the_house_grants_thirty_days():
    assert days_to_act(periods_of(shipped_numbers().of(["cn", "house"]), ON)) == 30
    assert days_to_act(()) == 0


def test_every_shipped_nature_has_a_period_of_the_house():
    house = periods_of(shipped_numbers().of(["house"]), ON)
    natures = {each.nature for each in shipped_inventory().classes}
    assert {
        nature for nature in natures if not any(p.effect == "keep" and p.covers(nature) for p in house)
    } == set()


def test_every_jurisdiction_of_personal_data_names_its_duty_to_delete():
    numbers = shipped_numbers()
    for pack, rule in (
        ("cn", "CN-RET-07"),
        ("eu", "EU-RET-01"),
        ("uk", "UK-RET-01"),
        ("hk", "HK-RET-01"),
        ("sg", "SG-RET-01"),
    ):
        assert rule in [p.rule.id for p in periods_of(numbers.of([pack]), ON) if p.effect == "delete"]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"nature": "other"}, "nature 'other' is unknown"),
        ({"erase": {"text": "burn"}}, "'burn' is no way of erasing"),
        ({"table": "audit_event"}, "audit_event is also kept"),
        ({"person": "", "created": ""}, "neither a person nor a day"),
    ],
)
def test_a_class_that_says_something_unknown_is_refused(change, fault):
    words = {"zh": "一", "en": "one"}
    item = {
        "code": "a",
        "title": words,
        "nature": "identity",
        "table": "t",
        "person": "t.id",
        "erase": "row",
        "remains": words,
    }
    document = {"classes": [item | change], "kept": [{"tables": ["audit_event"], "why": words}]}
    with pytest.raises(ClassesInvalid, match=fault):
        parse_inventory(document)
