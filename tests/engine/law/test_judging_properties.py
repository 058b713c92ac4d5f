"""What must hold for every contact: one row like many, and a moment to try again that is open."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairdue.engine.law.explaining import explain
from fairdue.engine.law.judging import Rulebook, judge
from fairdue.engine.law.packs import load_packs
from fairdue.engine.law.trying import candidate

BOOK = Rulebook(load_packs(Path(__file__).parents[3] / "packs" / "rules"))
BASE = datetime(2026, 5, 12, tzinfo=UTC)
ZONES = [
    "Asia/Shanghai",
    "Europe/Paris",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Asia/Urumqi",
]
HOURS = ["", "mon,tue,wed 22:30-24:00", "sat 00:00-24:00", "mon,tue,wed,thu,fri,sat,sun 20:00-06:00"]
HISTORIES = ["announcements", "conversations", "unanswered", "unanswered_elsewhere", "messages"]

QUICK = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])

minutes = st.integers(0, 40 * 1440)
moments = st.lists(st.integers(1, 9 * 24 * 60).map(lambda before: timedelta(minutes=before)), max_size=8)


@st.composite
def contacts(draw) -> dict:
    at = BASE + timedelta(minutes=draw(minutes), seconds=draw(st.integers(0, 59)))
    facts = {
        "at": at,
        "channel": draw(st.sampled_from(["call", "sms", "email", "inapp", "letter", "visit"])),
        "mode": draw(st.sampled_from(["interactive", "announcement"])),
        "purpose": draw(st.sampled_from(["collect", "pass_message", "legally_required", "plan_reminder"])),
        "owner": draw(st.sampled_from(["debtor", "debtor", "third_party", "employer"])),
        "relation": draw(st.sampled_from(["", "friend", "guarantor"])),
        "product_kinds": draw(st.sampled_from([[], ["credit_card"], ["consumer_loan", "credit_card"]])),
        "is_online": draw(st.booleans()),
        "zones": "|".join(draw(st.lists(st.sampled_from(ZONES), min_size=1, max_size=3, unique=True))),
        "home_zone": draw(st.sampled_from(ZONES)),
        "agreed_hours": draw(st.sampled_from(HOURS)),
        "consented_hours": draw(st.sampled_from(["", "sun 23:00-02:00"])),
        "is_opted_out": draw(st.booleans()),
        "has_frequency_consent": draw(st.booleans()),
        "holds": draw(st.sampled_from([[], ["plan:plan_reminder"], ["dispute:", "complaint:"], ["cease:"]])),
        "age": draw(st.sampled_from([None, 17, 40])),
    }
    return facts | {name: sorted(at - before for before in draw(moments)) for name in HISTORIES}


def verdict(facts):
    return explain(judge(candidate(facts), BOOK), 0)


@QUICK
@given(st.lists(contacts(), min_size=1, max_size=4))
def test_a_batch_answers_each_row_as_if_it_stood_alone(rows):
    batch = judge(pl.concat([candidate(facts) for facts in rows]), BOOK)
    columns = batch.columns()
    for place, facts in enumerate(rows):
        alone = verdict(facts)
        assert explain(batch, place) == alone
        assert columns["outcome"][place] == alone.outcome
        assert set(columns["rule_ids"][place]) == set(alone.rule_ids)
        assert columns["retry_after"][place] == alone.retry_after


@QUICK
@given(contacts())
def test_the_moment_to_try_again_is_open_and_the_minute_before_is_not(facts):
    found = verdict(facts)
    if found.retry_after is None:
        assert found.outcome != "defer" or "|" in facts["zones"]
        return
    assert (found.retry_after.second, found.retry_after.microsecond) == (0, 0)
    assert found.retry_after > facts["at"]
    assert verdict(facts | {"at": found.retry_after}).outcome == "allow"
    before = found.retry_after - timedelta(minutes=1)
    if before > facts["at"]:
        assert verdict(facts | {"at": before}).outcome == "defer"
