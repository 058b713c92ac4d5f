"""Clocks as packs describe them agree with the clocks that the conformance cases hold, and say how they count."""

from __future__ import annotations

import copy
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairdue.engine.law.deadlines import china, united_kingdom, united_states
from fairdue.engine.law.deadlines.clocks import clocks_of
from fairdue.engine.law.deadlines.counting import count
from fairdue.engine.law.loading.compiling import Bench
from fairdue.engine.law.loading.reading import Documents
from fairdue.engine.law.loading.timing import prove_clocks
from fairdue.engine.law.numbers import RuleNotInForce, shipped_numbers
from fairdue.engine.law.packs import load_pack
from fairdue.engine.law.working_calendars import WorkingCalendar

RULES = Path(__file__).parents[3] / "packs" / "rules"
PACKS = {code: load_pack(RULES / code) for code in ("cn", "house", "us", "uk", "au")}
NUMBERS = shipped_numbers()
DAYS = st.dates(min_value=date(2022, 1, 1), max_value=date(2040, 12, 31))


def run(pack: str, kind: str, start: date, step: str = ""):
    clock = next(each for each in clocks_of(PACKS[pack].content) if each.kind == kind)
    return count(clock, start, numbers=PACKS[pack].numbers, step=step)


@given(DAYS)
@settings(max_examples=60)
def test_a_complaint_ends_where_the_conformance_clock_says(start):
    for step, complexity in (("", "simple"), ("complex", "complex"), ("special", "special")):
        same = china.complaint_deadline(
            start, complexity=complexity, is_extension_approved=True, numbers=NUMBERS
        )
        found = run("cn", "complaint", start, step)
        assert (found.last_date, found.rule.id) == (same.last_date, same.rules[0].id)


@given(DAYS)
@settings(max_examples=60)
def test_the_other_clocks_end_where_the_conformance_clocks_say(start):
    notice = [united_states.ValidationNotice(sent_date=start)]
    space = united_kingdom.BreathingSpace(variant="standard", started_date=start)
    calendar = WorkingCalendar("us").is_working
    pairs = [
        (run("cn", "bureau_objection", start), china.objection_answer_deadline(start, numbers=NUMBERS)),
        (run("cn", "bureau_annotation", start), china.objection_annotation_deadline(start, numbers=NUMBERS)),
        (run("us", "validation_period", start),
         united_states.validation_period(notice, is_working=calendar, numbers=NUMBERS)),
        (run("us", "validation_notice", start),
         united_states.validation_notice_deadline(start, is_given_in_communication=False, numbers=NUMBERS)),
        (run("uk", "breathing_space", start), united_kingdom.breathing_space_end(space, numbers=NUMBERS)),
        (run("uk", "breathing_space_review", start),
         united_kingdom.breathing_space_review_deadline(start, numbers=NUMBERS)),
    ]  # fmt: skip
    assert [found.last_date for found, _ in pairs] == [same.last_date for _, same in pairs]


@given(DAYS, st.sampled_from(["cn", "us", "uk", "au", "weekdays"]))
@settings(max_examples=60)
def test_a_working_day_clock_counts_exactly_its_days_and_ends_on_a_worked_one(start, code):
    found = run("house", "hardship_reply", start)
    assert WorkingCalendar("cn").between(start, found.last_date) == 10
    assert WorkingCalendar("cn").is_working(found.last_date)
    leg = found.legs[0]
    assert (found.last_date - start).days == leg.count + leg.weekend_days + len(leg.holidays)
    calendar = WorkingCalendar(code)
    assert not any(
        calendar.is_working(start + timedelta(days=gap)) and calendar.holiday(start + timedelta(days=gap))
        for gap in range(14)
    )


def test_the_arithmetic_names_every_holiday_and_counts_a_swap_day_in_both_languages():
    found = run("house", "hardship_reply", date(2026, 9, 28))
    assert found.last_date == date(2026, 10, 16)  # Saturday the 10th is worked
    assert "2026-10-01（国庆节）" in found.sentence_zh
    assert "10个工作日（跳过3个周末日" in found.sentence_zh
    assert "2026-10-07 (National Day)" in found.sentence_en
    assert found.is_certain


def test_a_calendar_that_is_not_announced_says_so():
    found = run("house", "hardship_reply", date(2030, 9, 27))
    assert not found.is_certain
    assert "尚未公布" in found.sentence_zh
    assert "not announced yet" in found.sentence_en


def test_a_clock_does_not_run_before_its_rule_was_in_force():
    with pytest.raises(RuleNotInForce):
        run("cn", "complaint", date(2020, 2, 29))


def bench(change):
    content = copy.deepcopy(dict(PACKS["cn"].content))
    change(content["deadlines"][0])
    made = Bench(documents=Documents(content=content), sources={})
    prove_clocks(made)
    return [f"{fault.field} {fault.problem}" for fault in made.faults]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda clock: clock.update(rule="CN-XXX-01"), "CN-XXX-01 is no computing rule of this pack"),
        (lambda clock: clock.update(spans=[{"parameter": "hours", "unit": "calendar_days"}]), "no parameter hours"),
        (lambda clock: clock.update(kind="bureau_objection"), "is given twice"),
        (lambda clock: clock.update(then=["nothing"]), "nothing is no clock of this pack"),
        (lambda clock: clock["title"].update(zh="Decision"), "is not in this language"),
        (lambda clock: clock["steps"][0]["note"].update(en="说明"), "is not in this language"),
        (lambda clock: clock["examples"][0].update(last="2026-03-18"), "it ends on 2026-03-17, not on 2026-03-18"),
        (lambda clock: clock["examples"].pop(1), "none shows complex"),
        (lambda clock: clock["examples"][0].update(step="never"), "never is no step"),
        (lambda clock: clock["examples"][0].update(start="2019-03-02"), "not in force on 2019-03-02"),
    ],
)  # fmt: skip
def test_a_clock_that_is_wrong_keeps_its_pack_from_loading(change, said):
    assert any(said in fault for fault in bench(change))


def test_the_clocks_that_ship_have_no_fault():
    assert bench(lambda clock: None) == []
    assert {clock.kind for pack in PACKS.values() for clock in clocks_of(pack.content)} == {
        "complaint", "bureau_annotation", "bureau_objection", "hardship_reply", "validation_notice",
        "validation_period", "breathing_space", "breathing_space_review", "consent_revoked",
        "human_answer", "request_reply", "after_answer",
    }  # fmt: skip
