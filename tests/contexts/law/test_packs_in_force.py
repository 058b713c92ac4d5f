"""Which packs bind a live decision is data: the debt's jurisdiction and the house, China where nothing is said."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from fairdue.contexts.law import facade as law
from fairdue.contexts.law import rules

NOW = datetime(2026, 5, 12, 13, 0, tzinfo=UTC)  # 21:00 in Shanghai, 09:00 in New York


def test_a_debt_that_names_no_jurisdiction_is_under_china_and_the_house():
    assert [pack.code for pack in rules.current().packs] == ["cn", "house"]
    assert rules.current().special == {"is_agency_listed", "agency_evaluation_days", "training_days"}
    assert rules.rulebook_for(["bank-1"]) is rules.rulebook_for([])


def test_a_listed_group_of_lenders_is_under_its_jurisdiction(monkeypatch):
    listed = rules.in_force() | {"institution_groups": {"bank-ma": "us-ma"}}
    monkeypatch.setattr(rules, "in_force", lambda: listed)
    assert list(rules.rulebook_for(["bank-ma"]).versions) == ["house", "us", "us-ma"]
    assert list(rules.rulebook_for(["other"]).versions) == ["cn", "house"]


def test_every_listed_pack_ships_and_every_pack_is_listed():
    listed = rules.in_force()
    named = {code for codes in listed["jurisdictions"].values() for code in codes} | set(listed["always"])
    assert named == {pack.code for pack in rules.registry()}


def test_rows_of_a_batch_are_judged_under_their_own_packs_in_their_own_order():
    calls = {"channel": "call", "home_zone": "America/New_York", "zones": "America/New_York"}
    rows = pl.DataFrame(
        [
            calls | {"person_id": 1, "jurisdiction": "us", "actor_kind": "agency", "holds": ["attorney:"]},
            calls | {"person_id": 2, "jurisdiction": None, "actor_kind": "agency", "holds": ["attorney:"]},
            calls | {"person_id": 3, "jurisdiction": "us", "actor_kind": "agency", "holds": []},
        ]
    )
    judged = law.pregate(rows, now=NOW)
    assert judged["person_id"].to_list() == [1, 2, 3]
    assert "US-ATTY-01" in judged["rule_ids"][0]
    assert not any(rule.startswith("US-") for rule in judged["rule_ids"][1])
    assert judged["rule_ids"][2].to_list() == []


def test_a_jurisdiction_without_packs_is_refused():
    with pytest.raises(law.JurisdictionUnknown):
        law.judge_hypothetical({"at": NOW, "channel": "call", "jurisdiction": "xx"})


def test_a_hypothetical_contact_may_name_its_jurisdiction():
    facts = {"at": "2026-05-12T19:30:00+05:30", "channel": "call", "zones": "Asia/Kolkata"}
    assert "IN-TIME-01" in law.judge_hypothetical(facts | {"jurisdiction": "in"}).rule_ids
    assert "IN-TIME-01" not in law.judge_hypothetical(facts).rule_ids
