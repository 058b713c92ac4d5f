"""Metamorphic properties 6, 8 and 11 of twelve, on PostgreSQL: replay identical, race gives exactly one, conservation."""

from __future__ import annotations

import hashlib
import random
import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from law_people import NOW, make_person

from fairdue.contexts.law import facade as law
from fairdue.contexts.law.chain import encode
from fairdue.contexts.law.models import Contact, Permit, PermitChain
from fairdue.engine.law.judging import Rulebook
from fairdue.engine.law.trying import try_case
from fairdue.kernel.actor import Actor, system

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS = 5
CAPS = {
    # what is asked for, and the contacts that leave room for exactly one more: rule, channel, mode, result, how many
    "conversations": ("CN-FREQ-02", "call", "interactive", "conversation", 2),
    "announcements": ("CN-FREQ-01", "call", "announcement", "announcement_connected", 2),
    "attempts": ("CN-FREQ-03", "call", "interactive", "no_answer", 5),
    "messages": ("HOUSE-MSG-01", "sms", "", "delivered", 1),
}  # fmt: skip


def agency(number):
    return Actor(kind="agency", label=f"agency-{number}", permissions=frozenset({"contacts.make"}))


def ask(person, number=0, *, channel="call", mode="interactive", now=NOW, actor=None):
    with transaction.atomic():
        return law.reserve(
            person_id=person.id, channel=channel, contact_point_id=person.mobile, purpose="collect", content_sha256="",
            now=now, actor=actor or system("t"), mode=mode or "interactive",
        )  # fmt: skip


def race(work):
    """Run the same work in threads that start together; return what each gave back."""
    barrier, given = threading.Barrier(WORKERS), []

    def run(number):
        try:
            barrier.wait()
            given.append(work(number))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return given


@pytest.mark.parametrize("cap", sorted(CAPS))
def test_8_race_gives_exactly_one_of_the_last_that_a_cap_leaves(cap):
    rule, channel, mode, result, used = CAPS[cap]
    person = make_person()
    for number in range(used):
        law.record_contact(
            person_id=person.id, channel=channel, mode=mode, result=result, made_by=f"agency-{number}",
            actor=system("t"), now=NOW, occurred_at=NOW - timedelta(minutes=121), contact_point_id=person.mobile,
        )  # fmt: skip
    answers = race(lambda number: ask(person, number, channel=channel, mode=mode))
    allowed = [answer for answer in answers if answer.is_allowed]
    assert len(answers) == WORKERS
    assert len(allowed) == Permit.objects.count() == 1
    assert Contact.objects.count() == used + 1
    assert all(rule in answer.verdict.rule_ids for answer in answers if not answer.is_allowed)


def storm(seed, persons):
    """Ask for contacts at random moments of three days, settle some; return how many were asked for and allowed."""
    chance, asked, allowed = random.Random(seed), 0, 0
    for _ in range(60):
        person = chance.choice(persons)
        now = NOW + timedelta(minutes=chance.randrange(3 * 1440))
        answer = ask(person, channel=chance.choice(["call", "sms"]), now=now)
        asked += 1
        allowed += answer.is_allowed
        if answer.contact_id and chance.random() < 0.5:
            law.settle_contact(
                contact_id=answer.contact_id, result=chance.choice(["failed", "sent"]), now=now
            )
    return asked, allowed


def test_6_replay_identical_every_permit_says_today_what_it_said_then():
    storm(6, [make_person(f"p{number}") for number in range(3)])
    permits = list(Permit.objects.all())
    assert len(permits) >= 10
    for permit in permits:
        said = permit.verdict
        assert permit.inputs_sha256 == hashlib.sha256(encode(said["facts"]).encode()).hexdigest()
        packs = [law.shipped_pack(code) for code in said["packs"]]
        assert {pack.code: (pack.version, pack.sha256) for pack in packs} == {
            code: (pack["version"], pack["sha256"]) for code, pack in said["packs"].items()
        }
        again = try_case(said["facts"], Rulebook(tuple(packs)))
        assert again.outcome == said["outcome"] == "allow"
        assert set(said["asked"]) <= set(again.asked)
        assert list(again.requires) == said["requires"]


def test_11_conservation_what_is_asked_is_allowed_or_not_and_every_permit_counts_one_contact():
    persons = [make_person(f"p{number}") for number in range(3)]
    asked, allowed = storm(11, persons)
    assert asked == 60
    assert 0 < allowed < asked
    assert Permit.objects.count() == Contact.objects.count() == allowed
    assert sum(PermitChain.objects.values_list("position", flat=True)) == allowed
    assert set(Contact.objects.values_list("permit_id", flat=True)) == set(
        Permit.objects.values_list("id", flat=True)
    )
    report = law.verify_permits()
    assert (report.permits, report.is_intact) == (allowed, True)
