"""Grades, stages and default follow from the history of lateness, each with its rule and citation."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairdue.engine.law.classification import Arrears, default_by_arrears, grade_by_days, ifrs_stage
from fairdue.engine.law.numbers import shipped_numbers
from fairdue.engine.ledger.ageing import bucket
from fairdue.engine.ledger.standing.bureau import monthly_statuses
from fairdue.engine.ledger.standing.default import count_default, eu_default, materiality
from fairdue.engine.ledger.standing.grades import five_grades
from fairdue.engine.ledger.standing.history import Span
from fairdue.engine.ledger.standing.rules import SCHEMES, StandingRulesInvalid, load_standing_rules
from fairdue.engine.ledger.standing.stages import stage_of

FOLDER = Path(__file__).parents[4] / "packs" / "reference" / "standing"
RULES = load_standing_rules(FOLDER)
NUMBERS = shipped_numbers()
START = date(2025, 1, 1)
DAY = timedelta(days=1)


def story(*pieces, start=START, outstanding=10_000_00, overdue=1_000_00, status="active"):
    """A history of pieces (days, first day past due or 0), each late one rising day by day."""
    found, begin = [], start
    for length, first, *rest in pieces:
        is_paused = "paused" in rest
        counted = rest[rest.index("counted") + 1] if "counted" in rest else first
        final = first + length - 1 if first else 0
        final_counted = counted if is_paused else (counted + length - 1 if first else 0)
        found.append(
            Span(
                from_date=begin,
                to_date=begin + DAY * (length - 1),
                status=status,
                oldest_due_date=begin - DAY * first if first else None,
                first_days_past_due=first,
                final_days_past_due=final,
                first_counted_days=counted,
                final_counted_days=final_counted,
                first_delinquent_days=counted,
                final_delinquent_days=final_counted,
                bucket=bucket(final_counted),
                overdue_minor=next((one for one in rest if isinstance(one, int) and one > 500), overdue)
                if first
                else 0,
                outstanding_minor=outstanding,
                is_paused=is_paused,
            )
        )
        begin += DAY * length
    return found


def grades(spans, **facts):
    defaults = {"product": "credit_card", "numbers": NUMBERS, "rules": RULES["cn_five_grades"]}
    return five_grades(spans, **(defaults | facts))


def stage(spans, **facts):
    return stage_of(spans, numbers=NUMBERS, rules=RULES["ifrs_stage"], **facts)


def default(spans, **facts):
    return eu_default(spans, currency="EUR", numbers=NUMBERS, rules=RULES["eu_default"], **facts)


def test_a_card_keeps_both_grades_and_reports_the_stricter():
    found = grades(story((30, 0), (150, 1)))
    assert dict(found.by_rule) == {
        "CN-CLS-01": "doubtful",
        "CN-CLS-02": "substandard",
        "CN-CLS-06": "substandard",
    }
    assert (found.value, found.zh, found.since_date) == ("doubtful", "可疑", START + DAY * (30 + 120))
    assert {reason.rule for reason in found.reasons} >= {"CN-CLS-01", "CN-CLS-02", "CN-CLS-03"}
    assert all(reason.citation and reason.facts is not None for reason in found.reasons)


def test_a_loan_is_graded_by_the_general_rule_alone():
    found = grades(story((30, 0), (150, 1)), product="consumer_loan")
    assert (found.value, set(found.by_rule)) == ("substandard", {"CN-CLS-02", "CN-CLS-06"})


@settings(max_examples=60)
@given(st.integers(1, 400))
def test_the_grades_by_days_are_those_of_the_law_on_every_day(days):
    found = grades(story((10, 0), (days, 1)))
    for rule in ("CN-CLS-01", "CN-CLS-02"):
        assert found.by_rule[rule] == grade_by_days(NUMBERS.rule(rule), days)


def test_non_performing_is_left_only_six_months_after_all_arrears_were_paid():
    spans = story((30, 0), (100, 1), (150, 0))
    held = grades(spans)
    assert (held.value, held.by_rule["CN-CLS-01"]) == ("substandard", "normal")
    assert held.probation_until == date(2025, 11, 11)  # cleared on 11 May 2025
    assert held.counters["clean_days"] == 150
    over = grades(story((30, 0), (100, 1), (185, 0)))
    assert (over.value, over.probation_until) == ("normal", None)


def test_a_day_past_due_in_the_observation_starts_it_again():
    found = grades(story((30, 0), (100, 1), (150, 0), (5, 1), (100, 0)))
    assert (found.value, found.probation_until) == ("substandard", date(2026, 4, 13))


def test_two_due_dates_that_take_longer_than_six_months_prolong_the_observation():
    spans = story((30, 0), (100, 1), (185, 0))
    dues = [date(2025, 8, 1), date(2026, 2, 1)]
    assert grades(spans, due_dates=dues).probation_until == date(2026, 2, 2)


def test_a_restructured_debt_is_at_least_special_mention_and_doubtful_the_second_time():
    spans = story((100, 0))
    once = grades(spans, restructured_dates=[date(2025, 2, 1)])
    assert (once.value, once.probation_until) == ("special_mention", date(2026, 2, 1))
    twice = grades(spans, restructured_dates=[date(2025, 2, 1), date(2025, 3, 1)])
    assert twice.value == "doubtful"


def test_a_charged_off_debt_is_a_loss_and_a_written_off_one_is_no_longer_graded():
    assert grades(story((10, 0)), charged_off_date=START).value == "loss"
    assert grades(story((10, 0), status="written_off")).value == "none"


@settings(max_examples=60)
@given(st.integers(1, 200))
def test_the_stage_by_days_is_that_of_the_standard(days):
    found = stage(story((10, 0), (days, 1)))
    assert found.by_rule["EU-IFRS-01"] == str(ifrs_stage(days_past_due=days, numbers=NUMBERS)[0])


def test_stage_three_is_left_after_three_months_and_after_twelve_with_forbearance():
    spans = story((30, 0), (100, 1), (80, 0))
    held = stage(spans)
    assert (held.value, held.probation_until, held.by_rule["EU-IFRS-01"]) == ("3", date(2025, 8, 11), "1")
    assert stage(story((30, 0), (100, 1), (95, 0))).value == "1"
    forborne = stage(story((30, 0), (100, 1), (95, 0)), forborne_dates=[date(2025, 5, 1)])
    assert (forborne.value, forborne.probation_until) == ("3", date(2026, 5, 11))


def test_a_relapse_above_thirty_days_starts_the_cure_of_stage_three_again():
    found = stage(story((30, 0), (100, 1), (40, 0), (45, 1), (60, 0)))
    # above thirty days until 3 August; the 30 days below it before are not in a row with what follows
    assert found.value == "3"


def test_a_forborne_debt_is_at_least_stage_two_for_two_years():
    found = stage(story((100, 0)), forborne_dates=[date(2025, 2, 1)])
    assert (found.value, found.probation_until) == ("2", date(2027, 2, 1))


@pytest.mark.parametrize(
    ("days", "value", "material_days"), [(1, "arrears", 1), (90, "arrears", 90), (91, "default", 91)]
)
def test_more_than_ninety_days_of_material_arrears_are_default(days, value, material_days):
    found = default(story((10, 0), (days, 1)))
    assert (found.value, found.counters["material_days"]) == (value, material_days)


@pytest.mark.parametrize(
    ("overdue", "outstanding", "value"),
    [
        (100_00, 1_000_00, "performing"),
        (100_01, 1_000_00, "default"),
        (100_01, 10_001_00, "performing"),
        (100_02, 10_001_00, "default"),
    ],
)
def test_arrears_count_only_above_both_limits(overdue, outstanding, value):
    assert default(story((10, 0), (95, 1), overdue=overdue, outstanding=outstanding)).value == value


def test_the_count_starts_again_when_arrears_are_no_longer_material():
    found = default(story((10, 0), (80, 1), (5, 81, 600, "counted", 81), (80, 86)))
    assert (found.value, found.counters["material_days"]) == ("arrears", 80)


def test_default_ends_three_months_after_arrears_were_no_longer_material():
    held = default(story((10, 0), (95, 1), (85, 0)))
    assert (held.value, held.since_date, held.probation_until) == (
        "probation",
        date(2025, 4, 16),
        date(2025, 7, 16),
    )
    assert default(story((10, 0), (95, 1), (91, 0))).value == "probation"
    assert default(story((10, 0), (95, 1), (92, 0))).value == "performing"


def test_forbearance_in_default_prolongs_the_probation_to_a_year():
    found = default(story((10, 0), (95, 1), (120, 0)), forborne_dates=[date(2025, 4, 16)])
    assert (found.value, found.probation_until) == ("probation", date(2026, 4, 16))


def test_paused_days_stop_the_count_without_setting_it_back():
    spans = story((10, 0), (50, 1), (30, 51, "paused", "counted", 50), (40, 81, "counted", 51))
    assert default(spans).counters["material_days"] == 90
    assert default(spans).value == "arrears"


@settings(max_examples=150)
@given(
    st.lists(st.tuples(st.integers(1, 120), st.booleans()), min_size=1, max_size=7),
)
def test_the_counter_agrees_with_the_law_on_arrears_without_pauses(pieces):
    spans = story(*((length, 1 if is_late else 0) for length, is_late in pieces), outstanding=5_000_00)
    arrears = [Arrears(from_date=span.from_date, amount_minor=span.overdue_minor) for span in spans]
    on = spans[-1].to_date
    expected = default_by_arrears(arrears, exposure_minor=5_000_00, is_retail=True, on=on, numbers=NUMBERS)
    limits = materiality("EUR", numbers=NUMBERS, rules=RULES["eu_default"])
    found = count_default(spans, limits, numbers=NUMBERS)
    assert (found.state in ("default", "probation")) == expected.is_default
    if found.state == "default":
        assert found.material_days == expected.days_counted


def test_a_currency_without_a_limit_is_refused():
    with pytest.raises(KeyError):
        eu_default(story((1, 0)), currency="XXX", numbers=NUMBERS, rules=RULES["eu_default"])


def test_a_bureau_is_told_the_state_at_each_months_end():
    found = monthly_statuses(story((30, 0), (100, 1), (40, 0)), months=8, rules=RULES["bureau_cn"])
    assert [(one.month, one.code, one.days_past_due) for one in found] == [
        ("2024-11", "*", 0),
        ("2024-12", "*", 0),
        ("2025-01", "1", 1),
        ("2025-02", "1", 29),
        ("2025-03", "2", 60),
        ("2025-04", "3", 90),
        ("2025-05", "N", 0),
        ("2025-06", "N", 0),
    ]


def test_a_bureau_is_told_what_was_charged_off_closed_or_ended():
    rules = RULES["bureau_cn"]
    assert monthly_statuses(story((5, 1)), months=1, rules=rules, charged_off_date=START)[0].code == "B"
    assert monthly_statuses(story((5, 0), outstanding=0), months=1, rules=rules)[0].code == "C"
    assert monthly_statuses(story((5, 0), status="settled"), months=1, rules=rules)[0].code == "G"


def test_the_reference_data_of_each_scheme_stands_once_and_is_refused_when_incomplete(tmp_path):
    assert set(RULES) == set(SCHEMES)
    (tmp_path / "one.yaml").write_text("scheme: ifrs_stage\nvalues: {x: {en: X}}\n")
    with pytest.raises(StandingRulesInvalid, match="zh and en"):
        load_standing_rules(tmp_path)
