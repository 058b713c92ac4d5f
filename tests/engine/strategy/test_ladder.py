"""The reminder ladder: one level at a time, and only what the policy allows."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest

from fairdue.engine.strategy.ladder import Debt, Ladder, LadderPolicy, RunOutOfOrder

DUE = date(2024, 1, 1)


def ladder(**policy) -> Ladder:
    fresh = Ladder(policy=LadderPolicy(**{"ages": (5, 20), **policy}))
    return fresh.with_debt("D1", Debt(due_date=DUE, open_amount=Fraction(100)))


def day(number: int) -> date:
    return DUE + timedelta(days=number)


def test_a_level_is_reached_on_its_day_and_not_before():
    assert ladder().run(day(4)).level == 0
    drafted = ladder().run(day(5))
    assert (drafted.level, drafted.status, drafted.sent_count) == (1, "draft", 0)


def test_a_draft_is_not_overtaken_and_no_level_is_skipped():
    late = ladder().run(day(50)).run(day(60))
    assert (late.level, late.status) == (1, "draft")
    assert late.sent(day(60)).run(day(60)).level == 2


def test_payment_in_full_starts_the_ladder_anew():
    anew = ladder().run(day(5)).sent(day(5)).paid("D1", Fraction(100))
    assert (anew.level, anew.status, anew.sent_count, anew.latest_sent_date) == (0, "none", 0, None)
    assert ladder().run(day(5)).paid("D1", Fraction("99.99")).level == 1


@pytest.mark.parametrize(
    "policy", [{"min_amount": Fraction("100.01")}, {"min_count": 2}, {"max_attempts": 0}, {"ages": (51,)}]
)
def test_what_the_policy_asks_for_must_be_there(policy):
    assert ladder(**policy).run(day(50)).status == "none"


def test_the_gap_since_the_latest_sending_must_have_passed():
    sent = ladder(min_gap_days=7).run(day(20)).sent(day(20))
    assert sent.run(day(26)).level == 1
    assert sent.run(day(27)).level == 2


def test_a_blocked_ladder_does_not_move_until_it_is_freed():
    blocked = ladder().blocked(True).run(day(50))
    assert blocked.level == 0
    assert blocked.blocked(False).run(day(50)).level == 1


@pytest.mark.parametrize(("is_repeated", "status"), [(True, "draft"), (False, "sent")])
def test_the_last_level_is_repeated_only_if_the_policy_says_so(is_repeated, status):
    once = ladder(ages=(5,), is_last_repeated=is_repeated).run(day(5)).sent(day(5))
    again = once.run(day(30))
    assert (again.level, again.status) == (1, status)


def test_a_run_dated_before_an_earlier_one_is_refused():
    moved = ladder().run(day(5))
    with pytest.raises(RunOutOfOrder):
        moved.run(day(4))
