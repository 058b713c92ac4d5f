"""Cases beyond China: who counts what, what a reply opens, which clock binds, and when waiting ends."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from fairdue.engine.conformance.law_gate import answer_count, answer_gate
from fairdue.engine.conformance.running import Unsupported

NEW_YORK = "America/New_York"
EVERY_DAY = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def facts(events=(), **given):
    return {
        "actor": {"kind": "agency", "id": "a1", "institution": "bank-1"},
        "debtor": {"home_zone": NEW_YORK},
        "contact_points": [
            {"id": "m1", "medium": "mobile", "zone": NEW_YORK},
            {"id": "e1", "medium": "email"},
            {"id": "l1", "medium": "landline", "place": "home"},
            {"id": "w1", "medium": "landline", "owner": "employer", "place": "work"},
            {"id": "p1", "medium": "mobile", "owner": "third_party", "person": "tp1"},
        ],
        "persons": [{"id": "tp1", "relation": "friend"}],
        "debts": [{"id": "d1", "product": "credit_card"}, {"id": "d2", "product": "medical"}],
        "events": list(events),
    } | given


def ask(at, events=(), packs=("us",), given=None, **when):
    step = {"at": at, "channel": "call", "to": "m1", "about": ["d1"], "purpose": "collect"} | when
    return answer_gate({"packs": list(packs), "given": facts(events, **(given or {})), "when": step})


def event(kind, at, **fields):
    return {"type": kind, "at": at} | fields


def call(at, result="no_answer", **fields):
    return event(
        "contact", at, **({"channel": "call", "to": "m1", "about": ["d1"], "result": result} | fields)
    )


def moment(text):
    return datetime.fromisoformat(text)


def test_calls_of_another_collector_do_not_count_under_regulation_f():
    calls = [call(f"2026-04-0{day}T10:00:00-04:00", by="a2") for day in range(1, 8)]
    assert ask("2026-04-07T15:00:00-04:00", calls)["outcome"] == "allow"
    assert ask("2026-04-07T15:00:00-04:00", [call | {"by": "a1"} for call in calls])["outcome"] == "defer"


def test_a_cap_is_counted_on_the_clock_of_the_home():
    late = [call("2026-04-01T03:30:00Z") for _ in range(7)]
    assert ask("2026-04-07T09:00:00-04:00", late)["outcome"] == "allow"
    assert ask("2026-04-06T09:00:00-04:00", late)["retry_after"] == moment("2026-04-07T08:00:00-04:00")


def test_consent_ends_with_a_conversation_and_with_its_own_last_day():
    calls = [call(f"2026-06-0{day}T10:00:00-04:00") for day in range(1, 8)]
    consent = event("consent", "2026-06-07T11:00:00-04:00", covers=["frequency"])
    assert ask("2026-06-07T15:00:00-04:00", [*calls, consent])["outcome"] == "allow"
    talk = call("2026-06-07T12:00:00-04:00", "conversation")
    assert "US-FREQ-02" in ask("2026-06-07T15:00:00-04:00", [*calls, consent, talk])["rules"]
    indirect = consent | {"told_to": "bank-1"}
    assert ask("2026-06-07T15:00:00-04:00", [*calls, indirect])["rules"] == ["US-FREQ-01"]


def test_waiting_ends_after_a_consent_that_expires_in_the_night():
    calls = [call(f"2026-06-0{day}T10:00:00-04:00") for day in (2, 3, 4, 5, 6, 7)] + [
        call("2026-06-07T11:00:00-04:00")
    ]
    consent = event("consent", "2026-06-07T12:00:00-04:00", covers=["frequency"], until="2026-06-07")
    late = ask("2026-06-07T22:00:00-04:00", [*calls, consent])
    assert late["rules"] == ["US-TIME-01"]
    assert late["retry_after"] == moment("2026-06-09T08:00:00-04:00")


def test_waiting_ends_on_the_day_after_inconvenient_times_end():
    shut = event(
        "inconvenient_times", "2026-06-01T10:00:00-04:00", until="2026-06-10",
        times=[{"days": EVERY_DAY, "from": "00:00", "to": "24:00"}],
    )  # fmt: skip
    assert ask("2026-06-05T10:00:00-04:00", [shut])["retry_after"] == moment("2026-06-11T08:00:00-04:00")


def test_a_reply_needs_the_same_medium_an_inconvenient_start_and_no_earlier_answer():
    evening = "2026-06-10T22:30:00-04:00"
    inbound = event("inbound", "2026-06-10T22:00:00-04:00", channel="email", id="in-1", **{"from": "e1"})
    reply = {"channel": "email", "to": "e1", "reply_to": "in-1"}
    assert ask(evening, [inbound], **reply)["outcome"] == "allow"
    assert ask(evening, [inbound], reply_to="in-1")["outcome"] == "defer"
    answer = event(
        "contact", "2026-06-10T22:10:00-04:00", channel="email", to="e1", result="sent", reply_to="in-1"
    )
    assert ask(evening, [inbound, answer], **reply)["outcome"] == "defer"
    by_day = inbound | {"at": "2026-06-10T20:30:00-04:00"}
    assert ask(evening, [by_day], **reply)["outcome"] == "defer"


def test_speaking_inside_the_debtors_own_call_is_no_attempt_and_has_no_hour():
    calls = [call(f"2026-04-0{day}T10:00:00-04:00") for day in range(1, 8)]
    inside = ask("2026-04-07T22:30:00-04:00", calls, initiated_by="debtor")
    assert (inside["outcome"], inside["rules"]) == ("allow", [])


def test_a_running_call_that_goes_on_is_no_new_call_but_keeps_to_the_hours():
    talk = call("2026-04-07T20:40:00-04:00", "conversation", id="c1")
    assert ask("2026-04-07T20:50:00-04:00", [talk], continues="c1")["outcome"] == "allow"
    assert ask("2026-04-07T21:10:00-04:00", [talk], continues="c1")["rules"] == ["US-TIME-01"]
    consent = event("consent", "2026-04-07T20:45:00-04:00", covers=["time"], during="c1")
    assert ask("2026-04-07T21:10:00-04:00", [talk, consent], continues="c1")["outcome"] == "allow"


def test_closing_one_medium_leaves_the_others_open():
    stop = event("opt_out", "2026-06-01T09:00:00-04:00", channel="call")
    at = "2026-06-10T10:00:00-04:00"
    assert ask(at, [stop])["rules"] == ["US-MED-01"]
    assert ask(at, [stop], channel="voicemail_drop")["rules"] == ["US-MED-01"]
    assert ask(at, [stop], channel="sms")["outcome"] == "allow"
    inbound = event("inbound", "2026-06-09T10:00:00-04:00", channel="call", id="in-1", result="no_answer")
    assert ask(at, [stop, inbound], reply_to="in-1")["outcome"] == "allow"


def test_one_confirmation_of_an_opt_out_is_allowed_and_a_second_is_not():
    stop = event("opt_out", "2026-06-01T09:00:00-04:00", channel="sms", id="oo")
    step = {
        "channel": "sms",
        "purpose": "confirm_opt_out",
        "reply_to": "oo",
        "states": ["opt_out_confirmation"],
    }
    assert ask("2026-06-01T09:05:00-04:00", [stop], **step)["outcome"] == "allow"
    assert ask("2026-06-01T09:05:01-04:00", [stop], **step)["rules"] == ["US-TCPA-03"]
    sent = event("contact", "2026-06-01T09:01:00-04:00", channel="sms", to="m1", result="sent", reply_to="oo")
    assert ask("2026-06-01T09:05:00-04:00", [stop, sent], **step)["rules"] == ["US-MED-01"]


def test_a_cease_binds_only_when_written_and_only_from_its_receipt():
    at = "2026-08-05T10:00:00-04:00"
    cease = event("cease", "2026-08-06T11:00:00-04:00", form="written", sent_at="2026-08-03T16:00:00-04:00")
    assert ask(at, [cease])["outcome"] == "allow"
    assert ask("2026-08-06T11:00:00-04:00", [cease])["outcome"] == "hold"
    spoken = ask("2026-08-07T10:00:00-04:00", [cease | {"form": "oral"}])
    assert (spoken["outcome"], spoken["flags"]) == ("allow", ["prior_objection"])
    assert ask("2026-08-07T10:00:00-04:00", [cease | {"about": ["d2"]}])["outcome"] == "allow"


def test_a_dispute_that_repeats_an_answered_one_stops_nothing():
    dispute = event("dispute", "2026-06-10T10:00:00-04:00", form="written", about=["d1"])
    sent = event("verification_sent", "2026-06-15T10:00:00-04:00", about=["d1"])
    again = dispute | {"at": "2026-06-20T10:00:00-04:00"}
    at = "2026-06-22T10:00:00-04:00"
    assert ask(at, [dispute])["outcome"] == "hold"
    assert ask(at, [dispute, sent, again])["outcome"] == "allow"
    assert ask(at, [dispute, sent, again | {"new_information": True}])["outcome"] == "hold"
    assert ask(at, [dispute, sent, again], packs=("uk",))["outcome"] == "hold"


def test_an_e_mail_address_passes_from_collector_to_collector_while_each_used_it():
    point = {
        "id": "e1", "medium": "email",
        "obtained": {"route": "consumer_consent", "by": "abc", "at": "2026-01-12T10:00:00-05:00"},
    }  # fmt: skip
    placed = [
        {"agency": "abc", "from": "2026-01-05", "to": "2026-02-27"},
        {"agency": "a1", "from": "2026-03-02"},
    ]
    given = {
        "contact_points": [point],
        "debts": [{"id": "d1", "product": "credit_card", "placements": placed}],
    }
    used = event("contact", "2026-01-20T10:00:00-05:00", channel="email", to="e1", result="sent", by="abc")
    step = {"channel": "email", "to": "e1", "given": given}
    assert ask("2026-05-12T10:00:00-04:00", [used], **step)["safe_procedure"] is True
    unused = ask("2026-05-12T10:00:00-04:00", [], **step)
    assert (unused["outcome"], unused["safe_procedure"]) == ("refuse", False)
    opted_out = event("opt_out", "2026-02-01T10:00:00-05:00", point="e1", told_to="abc")
    assert ask("2026-05-12T10:00:00-04:00", [used, opted_out], **step)["safe_procedure"] is False


@pytest.mark.parametrize(
    ("minute", "outcome"), [("07:29", "defer"), ("07:30", "allow"), ("20:59", "allow"), ("21:00", "defer")]
)
def test_australian_weekdays_open_at_half_past_seven_and_close_at_nine(minute, outcome):
    sydney = {
        "debtor": {"home_zone": "Australia/Sydney"},
        "contact_points": [{"id": "m1", "medium": "mobile"}],
    }
    assert ask(f"2026-05-14T{minute}:00+10:00", packs=("au",), given=sydney)["outcome"] == outcome


def test_waiting_passes_over_a_row_of_holidays():
    sydney = {
        "debtor": {"home_zone": "Australia/Sydney"},
        "contact_points": [{"id": "m1", "medium": "mobile"}],
        "holidays": ["2026-04-03", "2026-04-04", "2026-04-05", "2026-04-06"],
    }
    easter = ask("2026-04-03T12:00:00+11:00", packs=("au",), given=sydney)
    assert easter["retry_after"] == moment("2026-04-07T07:30:00+10:00")


def test_breathing_space_lasts_sixty_days_from_its_start():
    london = {"debtor": {"home_zone": "Europe/London"}, "contact_points": [{"id": "m1", "medium": "mobile"}]}
    space = event("breathing_space", "2026-06-02T09:00:00+01:00", variant="standard", started="2026-06-02")
    ask_on = lambda day: ask(f"{day}T10:00:00+01:00", [space], packs=("uk",), given=london)["outcome"]  # noqa: E731
    assert (ask_on("2026-07-31"), ask_on("2026-08-01")) == ("hold", "allow")
    crisis = space | {"variant": "crisis"}
    assert ask("2027-08-01T10:00:00+01:00", [crisis], packs=("uk",), given=london)["outcome"] == "hold"


def test_a_child_pack_is_never_milder_than_its_parent():
    contacts = [
        event(
            "contact", f"2027-02-0{day}T10:00:00-05:00", channel="email", to="e1", about=["d1"], result="sent"
        )
        for day in (1, 2, 3)
    ]
    at = "2027-02-05T10:00:00-05:00"
    assert ask(at, contacts)["outcome"] == "allow"
    assert ask(at, contacts, packs=("us", "us-ny-nyc"))["rules"] == ["US-NYC-01"]


def test_moving_everything_by_a_week_moves_the_answer_by_a_week():
    start = moment("2026-04-01T10:00:00-04:00")
    for weeks in (0, 1, 5):
        shift = timedelta(weeks=weeks)
        calls = [call((start + timedelta(days=day) + shift).isoformat()) for day in range(7)]
        late = ask((start + timedelta(days=6, hours=5) + shift).isoformat(), calls)
        assert late["retry_after"] == moment("2026-04-08T08:00:00-04:00") + shift


def count(events, rule="US-FREQ-01", packs=("us",), at="2026-04-09T12:00:00-04:00", debts=("d1",), **given):
    when = {"at": at, "rule": rule, "person": "debtor", "debts": list(debts)}
    return answer_count({"packs": list(packs), "given": facts(events, **given), "when": when})


def test_a_contact_is_counted_once_over_all_debts_and_for_each_of_them():
    both = call("2026-04-08T10:00:00-04:00", about=["d1", "d2"])
    found = count([both], debts=("d1", "d2"))
    assert found["count"] == 1
    assert found["by_debt"] == {
        "d1": {"calls": 1, "conversations": 0},
        "d2": {"calls": 1, "conversations": 0},
    }
    one = count([both | {"counted_to": "d2"}], debts=("d1", "d2"))
    assert one["by_debt"]["d1"]["calls"] == 0


def test_other_caps_count_their_own_units():
    week = [
        call("2027-02-01T10:00:00-05:00", "busy"),
        event("contact", "2027-02-02T10:00:00-05:00", channel="letter", to="m1", about=["d1"], result="sent"),
        event(
            "contact", "2027-02-03T10:00:00-05:00", channel="sms", to="m1", about=["d1"], result="delivered"
        ),
    ]
    asked = {"at": "2027-02-05T10:00:00-05:00", "packs": ("us", "us-ny-nyc")}
    assert count(week, rule="US-NYC-01", **asked)["count"] == 2
    assert count(week, **asked)["count"] == 0


def test_a_rule_without_a_cap_is_not_counted_and_one_with_two_counts_both():
    with pytest.raises(Unsupported):
        count([], rule="US-TIME-01")
    assert count([], rule="US-MA-01", packs=("us", "us-ma"))["count"] == 0
