"""Plans, placements, procedures, furnishing and retention at their edges."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairdue.engine.law import bureau, eligibility, handing_over, plans, retention
from fairdue.engine.law.numbers import NumbersInvalid, load_numbers, rule_ids, shipped_numbers

NUMBERS = shipped_numbers()
CN, SG, HK = (NUMBERS.of([code]) for code in ("cn", "sg", "hk"))
ON = date(2026, 5, 12)
ITEMS = NUMBERS.rule("CN-PLAN-03").words("elements")


@pytest.mark.parametrize(
    ("months", "is_beyond", "is_willing", "rules"),
    [
        (60, True, True, []),
        (61, True, True, ["CN-PLAN-02"]),
        (36, False, True, ["CN-PLAN-01"]),
        (61, True, False, ["CN-PLAN-01", "CN-PLAN-02"]),
    ],
)
def test_a_personalised_plan_needs_hardship_will_and_five_years_at_most(months, is_beyond, is_willing, rules):
    found = plans.personalised_plan_faults(
        term_months=months, elements=ITEMS, on=ON, numbers=NUMBERS,
        hardship=plans.Hardship(is_beyond_ability=is_beyond, is_willing=is_willing),
    )  # fmt: skip
    assert rule_ids(found.rules) == rules


@given(st.sets(st.sampled_from(ITEMS)))
def test_an_agreement_lacks_exactly_the_items_that_are_not_in_it(given_items):
    found = plans.personalised_plan_faults(
        term_months=None, elements=given_items, hardship=None, on=ON, numbers=NUMBERS
    )
    assert set(found.missing) == set(ITEMS) - given_items
    assert bool(found.rules) is bool(found.missing)


@pytest.mark.parametrize(
    ("on", "is_bank", "is_need", "longest"),
    [
        (date(2025, 3, 13), True, True, 60),
        (date(2025, 3, 14), True, True, 84),
        (date(2025, 3, 14), True, False, 60),
        (date(2025, 3, 14), False, True, 60),
    ],
)
def test_seven_years_are_for_banks_and_long_needs_from_14_march_2025(on, is_bank, is_need, longest):
    for months, is_allowed in ((longest, True), (longest + 1, False)):
        found = plans.loan_term_faults(
            term_months=months, is_bank=is_bank, is_long_term_need=is_need, on=on, numbers=NUMBERS
        )
        assert (found.rules == ()) is is_allowed


def test_a_cash_advance_has_limits_that_other_instalments_have_not():
    facts = {"amount_minor": 5_000_100, "term_months": 25, "is_of_instalment": False, "on": ON}
    assert plans.card_instalment_faults(is_cash_advance=True, numbers=NUMBERS, **facts).rules
    assert not plans.card_instalment_faults(is_cash_advance=False, numbers=NUMBERS, **facts).rules


def faults(agency, numbers, notices=None):
    found = handing_over.placement_faults(agency, notice_dates=notices, on=ON, numbers=numbers)
    return [(word, rule.id) for word, rule in found]


def test_an_evaluation_is_old_after_365_days():
    for days, found in ((365, []), (366, [("review", "CN-OUT-02")])):
        agency = handing_over.Agency(evaluated_date=ON - timedelta(days=days))
        assert faults(agency, CN) == found


def test_each_jurisdiction_asks_its_own():
    agency = handing_over.Agency(is_listed=False, is_licensed=False)
    assert faults(agency, CN) == [("refuse", "CN-OUT-03")]
    assert faults(agency, SG) == [("refuse", "SG-01")]
    assert faults(handing_over.Agency(), HK, notices=[]) == [("refuse", "HK-02")]
    assert faults(handing_over.Agency(), HK, notices=[ON]) == [("refuse", "HK-02")]
    assert faults(handing_over.Agency(), HK, notices=[ON - timedelta(days=1)]) == []


@pytest.mark.parametrize(
    ("amount", "answer"),
    [
        (6_000_000, "eligible"),
        (6_000_001, "by_agreement"),
        (24_000_000, "by_agreement"),
        (24_000_001, "not_eligible"),
    ],
)
def test_small_claims_include_their_limits(amount, answer):
    facts = {"average_wage_minor": 12_000_000, "on": ON, "numbers": NUMBERS}
    assert eligibility.small_claims(amount, is_whereabouts_unknown=False, **facts).answer == answer
    assert eligibility.small_claims(amount, is_whereabouts_unknown=True, **facts).answer == "not_eligible"


@pytest.mark.parametrize(
    ("objection", "on", "answer"),
    [
        (date(2026, 3, 17), date(2026, 3, 18), "not_eligible"),
        (date(2026, 3, 18), date(2026, 3, 18), "eligible"),
        (None, date(2026, 3, 17), "not_eligible"),
        (None, date(2026, 3, 18), "eligible"),
    ],
)
def test_a_payment_order_is_enforced_once_fifteen_days_passed_in_silence(objection, on, answer):
    found = eligibility.payment_order_enforcement(
        date(2026, 3, 2), objection_date=objection, on=on, numbers=NUMBERS
    )
    assert found.answer == answer


def test_the_threshold_of_malicious_overdraft_counts_repayments_as_principal():
    found = eligibility.card_fraud_threshold(
        5_500_000, booked_as_interest_minor=500_000, on=ON, numbers=NUMBERS
    )
    assert (found.answer, found.principal_minor) == ("eligible", 5_000_000)
    less = eligibility.card_fraud_threshold(
        5_500_000, booked_as_interest_minor=500_001, on=ON, numbers=NUMBERS
    )
    assert less.answer == "not_eligible"


def test_the_person_is_told_before_bad_information_is_sent():
    at = datetime(2026, 3, 2, 2, tzinfo=UTC)
    for notices, broken in (
        (None, []),
        ([], ["CN-CR-01"]),
        ([at], ["CN-CR-01"]),
        ([at - timedelta(minutes=1)], []),
    ):
        assert rule_ids(bureau.furnishing_faults_cn(notices=notices, at=at, numbers=NUMBERS)) == broken


@pytest.mark.parametrize(
    ("waited", "returned", "is_allowed"),
    [(13, None, False), (14, None, True), (30, 13, False), (30, 14, True)],
)
def test_a_letter_opens_furnishing_on_day_fifteen_unless_it_came_back_within_fourteen(
    waited, returned, is_allowed
):
    sent = date(2026, 5, 1)
    message = bureau.Message(
        sent_date=sent, returned_date=None if returned is None else sent + timedelta(days=returned)
    )
    found = bureau.furnishing_faults_us(
        spoken_dates=[], messages=[message], on=sent + timedelta(days=waited), numbers=NUMBERS
    )
    assert (found == ()) is is_allowed


def record(**facts):
    return retention.Record(**({"kind": "call_recording", "created_date": date(2024, 2, 29)} | facts))


BANK = retention.Keeper(institution_kind="bank", is_third_party_collector=False)


def test_the_last_day_of_a_minimum_period_still_belongs_to_it():
    card = record(product="credit_card")
    assert rule_ids(retention.deletion_faults(card, BANK, on=date(2026, 2, 28), numbers=CN)) == ["CN-RET-01"]
    assert retention.deletion_faults(card, BANK, on=date(2026, 3, 1), numbers=CN) == ()


def test_an_oral_plan_is_kept_while_the_debt_is_open():
    plan = record(kind="plan_recording", product="credit_card")
    assert rule_ids(retention.deletion_faults(plan, BANK, on=date(2040, 1, 1), numbers=CN)) == ["CN-RET-04"]


def test_a_record_that_no_rule_speaks_of_is_not_declared_free():
    with pytest.raises(retention.PeriodUnknown):
        retention.deletion_faults(record(product="mortgage"), BANK, on=ON, numbers=CN)


# --- the numbers themselves


def test_every_rule_has_a_citation_and_both_titles_and_a_value_on_every_day_of_its_validity():
    for rule_id, document in NUMBERS.documents.items():
        start = document.get("effective_from")
        rule = NUMBERS.rule(rule_id, date.fromisoformat(start) if start else ON)
        assert rule.citation and rule.title_zh and rule.title_en
        assert set(rule.values) == set(document.get("parameters", {}))


def test_a_file_of_numbers_with_a_fault_is_refused_as_a_whole(tmp_path):
    from fairdue.engine.law.numbers import RULES_DIR

    (tmp_path / "schema").mkdir()
    (tmp_path / "cn" / "numbers").mkdir(parents=True)
    schema = (RULES_DIR / "schema" / "numbers.schema.json").read_text()
    (tmp_path / "schema" / "numbers.schema.json").write_text(schema)
    head = "- id: CN-X-01\n  title: {zh: 规则, en: Rule}\n  citation: art. 1\n  rank: statute\n  evidence: primary\n"
    gap = "  parameters: {days: {unit: d, values: [{to: 2020-01-01, value: 1}, {from: 2020-01-03, value: 2}]}}\n"
    (tmp_path / "cn" / "numbers" / "a.yaml").write_text(head + gap)
    with pytest.raises(NumbersInvalid, match="CN-X-01: days: a value does not begin on the day after"):
        load_numbers(tmp_path)
    (tmp_path / "cn" / "numbers" / "a.yaml").write_text(head.replace("  citation: art. 1\n", ""))
    with pytest.raises(NumbersInvalid, match="'citation' is a required property"):
        load_numbers(tmp_path)
    (tmp_path / "cn" / "numbers" / "a.yaml").write_text(head + head)
    with pytest.raises(NumbersInvalid, match="CN-X-01 is given twice"):
        load_numbers(tmp_path)
