"""Gate cases in the vocabulary of the conformance suite, and the honesty of saying nothing."""

from __future__ import annotations

from datetime import datetime

import pytest

from fairdue.engine.conformance.law_gate import answer_gate
from fairdue.engine.conformance.running import Unsupported

AT = "2026-05-12T10:00:00+08:00"


def ask(events=(), when=None, packs=("cn",), **given):
    facts = {
        "actor": {"kind": "creditor", "id": "bank-1", "institution": "bank-1"},
        "debtor": {"home_zone": "Asia/Shanghai"},
        "contact_points": [
            {"id": "m1", "medium": "mobile"},
            {"id": "p1", "medium": "mobile", "owner": "third_party", "person": "tp1"},
        ],
        "persons": [{"id": "tp1", "relation": "friend"}],
        "debts": [
            {"id": "d1", "product": "credit_card", "online": True},
            {"id": "d2", "product": "consumer_loan"},
        ],
        "events": list(events),
    } | given
    asked = {"at": AT, "channel": "call", "to": "m1", "about": ["d1"], "purpose": "collect"} | (when or {})
    try:
        return answer_gate({"kind": "gate", "packs": list(packs), "given": facts, "when": asked})
    except Unsupported:
        return None


def event(kind, at="2026-05-11T10:00:00+08:00", **fields):
    return {"type": kind, "at": at} | fields


def call(result, at="2026-05-12T09:00:00+08:00", **fields):
    return event("contact", at, channel="call", to=fields.pop("to", "m1"), result=result, **fields)


def test_a_plain_call_by_day_is_allowed():
    plain = {"outcome": "allow", "retry_after": None, "rules": [], "flags": [], "requires": []}
    assert ask() == plain | {"safe_procedure": True}


@pytest.mark.parametrize("kind", ["cease", "opt_out", "breathing_space", "inconvenient_times", "denies_debt"])
def test_a_statement_that_no_rule_in_force_asks_about_changes_nothing(kind):
    assert ask([event(kind)]) == ask()


@pytest.mark.parametrize("field", [{"reply_to": "in-1"}, {"continues": "c1"}, {"initiated_by": "debtor"}])
def test_a_field_of_the_step_that_no_rule_in_force_asks_about_changes_nothing(field):
    assert ask(when=field) == ask()


def test_other_packs_are_not_answered():
    assert ask(packs=("fr",)) is None
    assert ask(packs=("cn", "fr")) is None


def test_events_of_the_future_are_not_known():
    assert ask([event("dispute", "2026-05-13T10:00:00+08:00")])["outcome"] == "allow"


def test_a_dispute_holds_its_own_debt_until_it_is_answered():
    dispute = event("dispute", about=["d1"])
    assert ask([dispute])["rules"] == ["CN-LET-02"]
    assert ask([dispute], {"about": ["d2"]})["outcome"] == "allow"
    assert ask([dispute], {"about": ["d1", "d2"]})["outcome"] == "hold"
    assert ask([dispute, event("verification_sent", AT, about=["d1"])])["outcome"] == "allow"


def test_a_plan_holds_until_that_plan_is_broken():
    plans = [event("plan_agreed", id="one"), event("plan_agreed", id="two")]
    assert ask(plans)["rules"] == ["CN-PLAN-04"]
    assert ask([*plans, event("plan_breached", of="one")])["outcome"] == "hold"
    assert (
        ask([*plans, event("plan_breached", of="one"), event("plan_breached", of="two")])["outcome"]
        == "allow"
    )


def test_a_wrong_number_uncounts_its_conversations():
    talks = [call("conversation", f"2026-05-12T09:0{minute}:00+08:00", to="m2") for minute in range(3)]
    points = [{"id": "m1", "medium": "mobile"}, {"id": "m2", "medium": "mobile"}]
    assert ask(talks, contact_points=points)["outcome"] == "defer"
    wrong = event("wrong_number", "2026-05-12T09:30:00+08:00", point="m2")
    assert ask([*talks, wrong], contact_points=points)["outcome"] == "allow"
    assert ask([*talks, wrong], {"to": "m2"}, contact_points=points)["outcome"] == "allow"


def test_consent_to_more_calls_does_not_open_the_night():
    talks = [call("conversation", f"2026-05-12T09:0{minute}:00+08:00") for minute in range(3)]
    consent = event("consent", covers=["frequency"])
    assert ask([consent, *talks])["outcome"] == "allow"
    night = ask([consent, *talks], {"at": "2026-05-12T22:30:00+08:00"})
    assert night["outcome"] == "defer"
    assert night["retry_after"] == datetime.fromisoformat("2026-05-13T08:00:00+08:00")
    assert "CN-FREQ-02" not in night["rules"]


def test_consent_to_an_hour_opens_that_hour_only():
    days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    consent = event("consent", covers=["time"], times=[{"days": days, "from": "22:00", "to": "23:00"}])
    assert ask([consent], {"at": "2026-05-12T22:30:00+08:00"})["outcome"] == "allow"
    assert ask([consent], {"at": "2026-05-12T23:00:00+08:00"})["outcome"] == "defer"
    expired = consent | {"until": "2026-05-11"}
    assert ask([expired], {"at": "2026-05-12T12:30:00+08:00"})["outcome"] == "allow"
    night = ask([expired], {"at": "2026-05-12T22:30:00+08:00"})
    assert night["retry_after"] == datetime.fromisoformat("2026-05-13T08:00:00+08:00")


def test_the_row_of_failures_ends_when_the_debtor_calls():
    failures = [call("no_answer", f"2026-05-0{day}T10:00:00+08:00") for day in (6, 7, 8)]
    asked = {"to": "p1", "purpose": "pass_message"}
    assert ask(failures, asked)["requires"] == ["no_debt_details"]
    assert ask([*failures, event("inbound", channel="call", **{"from": "m1"})], asked)["outcome"] == "refuse"
    assert ask([*failures, call("announcement_connected")], asked)["outcome"] == "allow"


def test_an_agency_needs_its_notice_before_the_attempt():
    agency = {"kind": "agency", "id": "a", "institution": "bank-1"}
    assert ask(actor=agency)["outcome"] == "allow"
    assert ask(actor=agency, notices=[])["rules"] == ["CN-ID-02"]
    late = [{"type": "agency", "sent": "2026-05-12T10:30:00+08:00"}]
    assert ask(actor=agency, notices=late)["outcome"] == "refuse"


def test_before_the_guideline_the_standard_alone_rules_the_night():
    night = ask(when={"at": "2025-06-01T23:00:00+08:00"})
    assert night["rules"] == ["CN-TIME-02"]
    assert ask(when={"at": "2024-06-01T23:00:00+08:00"})["outcome"] == "allow"
