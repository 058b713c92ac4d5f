"""Metamorphic properties 2, 7 and 9 of twelve, as PostgreSQL counts: consents reach no further than they say, agencies
add up, what never happened does not count.
"""

from __future__ import annotations

import random
from datetime import timedelta
from itertools import count

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from law_people import NOW, make_person

from fairdue.contexts.law import facade as law
from fairdue.contexts.parties import facade as parties
from fairdue.kernel.actor import system

pytestmark = pytest.mark.django_db
SOME = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
MAKERS = ["lender", "agency-1", "agency-2", "agency-3"]
ASKED = [
    ("call", "mobile"),
    ("call", "second"),
    ("sms", "mobile"),
    ("email", "email"),
    ("inapp", None),
    ("call", "friend"),
]
references = count(1)
seeds = st.integers(0, 2**32)


def somebody():
    return make_person(f"m{next(references)}")


def history(seed, most=10):
    """Draw contacts: minutes ago, channel, contact point, mode, result."""
    chance = random.Random(seed)
    drawn = []
    for _ in range(chance.randrange(most)):
        channel, point = chance.choice(ASKED)
        mode = chance.choice(["interactive", "announcement"]) if channel == "call" else ""
        results = {
            "announcement": ["announcement_connected", "no_answer"],
            "interactive": ["conversation", "no_answer"],
        }
        ago = chance.randrange(1, chance.choice([100, 130, 900, 12_000]))
        drawn.append((ago, channel, point, mode, chance.choice(results.get(mode, ["sent", "delivered"]))))
    return drawn


def happen(person, ago, channel, point, mode, result, made_by="lender"):
    return law.record_contact(
        person_id=person.id, channel=channel, result=result, occurred_at=NOW - timedelta(minutes=ago), made_by=made_by,
        actor=system("t"), now=NOW, contact_point_id=getattr(person, point) if point else None, mode=mode,
    )  # fmt: skip


def answers(person):
    """Ask for every kind of contact, leave nothing behind, and return what the gate says of each."""
    found = []
    for channel, point in ASKED:
        for mode in ("interactive", "announcement") if channel == "call" else ("interactive",):
            with transaction.atomic():
                verdict = law.reserve(
                    person_id=person.id, channel=channel, contact_point_id=getattr(person, point) if point else None,
                    purpose="pass_message" if point == "friend" else "collect", content_sha256="", now=NOW, mode=mode,
                    actor=system("t"),
                ).verdict  # fmt: skip
                transaction.set_rollback(True)
            found.append((channel, point, mode, verdict.outcome, verdict.rule_ids, verdict.retry_after))
    return found


@SOME
@given(seeds)
def test_7_agencies_add_up_it_does_not_matter_who_made_which_contact(seed):
    one, other, chance = somebody(), somebody(), random.Random(seed)
    for contact in history(seed):
        happen(one, *contact)
        happen(other, *contact, made_by=chance.choice(MAKERS))
    assert answers(one) == answers(other)


@SOME
@given(seeds, st.sampled_from(["failed", "wrong_number"]))
def test_9_un_counting_what_never_reached_anybody_is_as_if_it_had_not_been(seed, result):
    one, other = somebody(), somebody()
    for contact in history(seed):
        happen(one, *contact)
        happen(other, *contact)
    for ago, channel, point, mode, _ in history(seed + 1, most=6):
        contact_id = happen(other, ago, channel, point, mode, "reserved")
        assert law.settle_contact(contact_id=contact_id, result=result, now=NOW)
    assert answers(one) == answers(other)


def say(person, kind, *, channel="", point=None, detail=None):
    parties.record_consent(
        person_id=person.id, kind=kind, channel=channel, contact_point_id=getattr(person, point) if point else None,
        source="t", detail=detail, actor=system("t"), occurred_at=NOW, now=NOW,
    )  # fmt: skip


STATEMENTS = [
    ("more_contacts", {}), ("agreed_hours", {"from": "00:00", "to": "24:00"}), ("agreed_hours", {"from": "20:00", "to": "21:00"}),
    ("opt_in", {}), ("opt_out", {}),
]  # fmt: skip


@SOME
@given(seeds, st.sampled_from(STATEMENTS), st.sampled_from(["call", "sms", "email"]))
def test_2_consent_is_narrow_what_is_said_of_one_channel_changes_no_other(seed, statement, channel):
    person = somebody()
    for contact in history(seed):
        happen(person, *contact)
    say(person, "opt_out", channel=random.Random(seed).choice(["call", "sms", "email", "inapp"]))
    before = answers(person)
    say(person, statement[0], channel=channel, detail=statement[1])
    after = answers(person)
    assert [each for each in after if each[0] != channel] == [each for each in before if each[0] != channel]


@SOME
@given(seeds, st.sampled_from(STATEMENTS), st.sampled_from(["mobile", "second", "email"]))
def test_2_consent_is_narrow_what_is_said_of_one_number_changes_no_other(seed, statement, point):
    person = somebody()
    for contact in history(seed):
        happen(person, *contact)
    say(person, "opt_out", point=random.Random(seed).choice(["mobile", "second", "email"]))
    before = answers(person)
    say(person, statement[0], point=point, detail=statement[1])
    after = answers(person)
    assert [each for each in after if each[1] != point] == [each for each in before if each[1] != point]
