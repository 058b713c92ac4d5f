"""What must hold for every contact: one row like many, history only tightens, zones only narrow, weeks repeat."""

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
from fairdue.engine.law.verdict import RANK

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
@given(contacts(), st.sampled_from(HISTORIES), st.integers(1, 3000))
def test_one_more_contact_in_the_history_never_makes_the_answer_milder(facts, name, before):
    more = facts | {name: [*facts[name], facts["at"] - timedelta(minutes=before)]}
    plain, stricter = verdict(facts), verdict(more)
    assert RANK[stricter.outcome] >= RANK[plain.outcome]
    assert set(plain.rule_ids) <= set(stricter.rule_ids)
    if plain.retry_after and stricter.retry_after:
        assert stricter.retry_after >= plain.retry_after


@QUICK
@given(contacts(), st.sampled_from(ZONES))
def test_one_more_zone_never_widens_the_window(facts, zone):
    more = facts | {"zones": f"{facts['zones']}|{zone}"}
    assert RANK[verdict(more).outcome] >= RANK[verdict(facts).outcome]


@QUICK
@given(contacts(), st.integers(1, 3))
def test_the_same_facts_whole_weeks_later_get_the_same_answer(facts, weeks):
    shift = timedelta(days=7 * weeks)
    steady = facts | {"zones": "Asia/Shanghai|Asia/Kolkata", "home_zone": "Asia/Shanghai"}
    later = steady | {"at": steady["at"] + shift} | {n: [m + shift for m in steady[n]] for n in HISTORIES}
    now, then = verdict(steady), verdict(later)
    assert (then.outcome, then.rule_ids) == (now.outcome, now.rule_ids)
    assert then.retry_after == (now.retry_after and now.retry_after + shift)


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


@QUICK
@given(contacts())
def test_every_refusal_explains_itself_in_both_languages(facts):
    found = verdict(facts)
    assert bool(found.reasons) == (found.outcome != "allow")
    for reason in found.reasons:
        assert reason.message_zh and reason.message_en and reason.citation and reason.version
        assert "{" not in reason.message_zh + reason.message_en
