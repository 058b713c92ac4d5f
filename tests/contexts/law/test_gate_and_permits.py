"""The gate with real facts, permits in chains, the counting of contacts."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from law_people import NOW, make_person

from fairdue.contexts.law import facade as law
from fairdue.contexts.law.counting import HOLD_FACTS_SQL, UNANSWERED_FACTS_SQL
from fairdue.contexts.law.models import Contact, Permit, PermitChain, RulePack
from fairdue.contexts.parties import facade as parties
from fairdue.kernel.actor import Actor, PermissionRefused, system

ACTOR = system("test")
DIGEST = "a" * 64


def reserve(person, channel="sms", point="mobile", now=NOW, **more):
    with transaction.atomic():
        return law.reserve(
            person_id=person.id, channel=channel, contact_point_id=getattr(person, point) if point else None,
            purpose=more.pop("purpose", "collect"), content_sha256=DIGEST, now=now, actor=ACTOR, **more,
        )  # fmt: skip


def preview(person, channel="sms", point="mobile", now=NOW, purpose="collect"):
    return law.preview(
        person_id=person.id, channel=channel, contact_point_id=getattr(person, point), purpose=purpose, now=now,
        actor=ACTOR,
    )  # fmt: skip


def test_an_allowed_contact_gets_a_permit_and_counts(person):
    reservation = reserve(person)
    permit = law.permit(reservation.permit_id)
    assert reservation.verdict.outcome == "allow"
    assert (permit.chain, permit.position, permit.person_id) == (person.id % 64, 1, person.id)
    assert permit.expires_at - permit.issued_at == timedelta(minutes=15)
    named = permit.verdict["packs"]["cn"]
    assert law.pack_versions()["cn"] == f"{named['version']}@{named['sha256'][:12]}"
    assert [(card.result, card.permit_id) for card in law.contacts(person.id)] == [
        ("reserved", permit.permit_id)
    ]
    assert RulePack.objects.count() == 2


def test_a_preview_changes_nothing(person):
    assert preview(person).outcome == "allow"
    assert (Permit.objects.count(), Contact.objects.count(), RulePack.objects.count()) == (0, 0, 0)


def test_at_night_the_gate_defers_with_reason_and_moment_and_nothing_happens(person):
    night = NOW.replace(hour=15)
    reservation = reserve(person, now=night)
    assert reservation.permit_id is None
    assert reservation.verdict.outcome == "defer"
    assert reservation.verdict.retry_after == (NOW + timedelta(days=1)).replace(hour=0)
    assert reservation.verdict.rule_ids == ("CN-TIME-01", "CN-TIME-02", "CN-TIME-03")
    reason = reservation.verdict.reasons[0]
    assert "23:00" in reason.message_zh
    assert "23:00" in reason.message_en
    assert "CN-G3" in reason.citation
    assert (reason.pack, reason.version) == ("cn", law.pack_versions()["cn"].partition("@")[0])
    assert (Permit.objects.count(), Contact.objects.count()) == (0, 0)


def test_a_third_message_in_a_day_waits_and_a_failed_one_frees_its_place(person):
    first, second = reserve(person), reserve(person, now=NOW + timedelta(hours=3))
    third = reserve(person, now=NOW + timedelta(hours=6))
    assert (first.is_allowed, second.is_allowed, third.is_allowed) == (True, True, False)
    assert third.verdict.rule_ids == ("HOUSE-MSG-01",)
    assert third.verdict.retry_after == (NOW + timedelta(days=1)).replace(hour=0)
    assert law.settle_contact(contact_id=second.contact_id, result="failed", now=NOW)
    assert reserve(person, now=NOW + timedelta(hours=6)).is_allowed


def test_a_failure_after_sending_still_counts(person):
    contact_id = reserve(person).contact_id
    law.settle_contact(contact_id=contact_id, result="sent", now=NOW)
    law.settle_contact(contact_id=contact_id, result="failed", now=NOW)
    assert law.contacts(person.id)[0].result == "undelivered"


def test_results_only_grow_more_final(person):
    contact_id = reserve(person).contact_id
    assert law.settle_contact(contact_id=contact_id, result="delivered", now=NOW)
    assert not law.settle_contact(contact_id=contact_id, result="sent", now=NOW)
    assert not law.settle_contact(contact_id=contact_id, result="delivered", now=NOW)
    assert law.contacts(person.id)[0].result == "delivered"
    with pytest.raises(law.ResultUnknown):
        law.settle_contact(contact_id=contact_id, result="perhaps", now=NOW)


def test_an_agencys_calls_count_together_with_the_lenders(person):
    for hour, made_by in ((0, "agency-a"), (1, "agency-a"), (2, "agency-b")):
        law.record_contact(
            person_id=person.id, channel="call", result="conversation", made_by=made_by, actor=ACTOR, now=NOW,
            occurred_at=NOW - timedelta(hours=2 - hour), contact_point_id=person.mobile,
        )  # fmt: skip
    verdict = preview(person, channel="call", now=NOW + timedelta(hours=1))
    assert verdict.outcome == "defer"
    assert verdict.rule_ids == ("CN-FREQ-02",)
    assert verdict.reasons[0].facts["used"] == 3


def test_a_wrong_number_is_uncounted_afterwards(person):
    contacts = [
        law.record_contact(
            person_id=person.id, channel="call", result="conversation", made_by="lender", actor=ACTOR, now=NOW,
            occurred_at=NOW - timedelta(minutes=minutes), contact_point_id=person.mobile,
        )
        for minutes in (10, 20, 30)
    ]  # fmt: skip
    assert preview(person, channel="call").outcome == "defer"
    law.settle_contact(contact_id=contacts[0], result="wrong_number", now=NOW)
    assert preview(person, channel="call").outcome == "allow"


def test_a_reason_names_the_facts_it_used(person):
    reason = preview(person, channel="call", point="friend").reasons[0]
    assert reason.facts["relation"] == "friend"
    assert reason.facts["purpose"] == "collect"


def test_an_opt_out_closes_its_channel_only(person):
    parties.record_consent(
        person_id=person.id, kind="opt_out", channel="sms", contact_point_id=None, source="reply", detail={},
        actor=ACTOR, occurred_at=NOW, now=NOW,
    )  # fmt: skip
    assert preview(person).outcome == "refuse"
    assert preview(person).rule_ids == ("CN-CHAN-02",)
    assert preview(person, channel="email", point="email").outcome == "allow"


def test_agreed_hours_replace_the_window(person):
    parties.record_consent(
        person_id=person.id, kind="agreed_hours", channel="", contact_point_id=None, source="call",
        detail={"times": [{"days": ["tue"], "from": "12:00", "to": "14:00"}]}, actor=ACTOR, occurred_at=NOW, now=NOW,
    )  # fmt: skip
    verdict = preview(person)
    assert (verdict.outcome, verdict.rule_ids) == ("defer", ("CN-TIME-02",))
    assert verdict.retry_after == NOW.replace(hour=4)


def test_a_friend_is_refused_until_the_debtor_is_lost_and_then_on_condition(person):
    assert preview(person, channel="call", point="friend", purpose="pass_message").outcome == "refuse"
    for days in (3, 2, 1):
        law.record_contact(
            person_id=person.id, channel="call", result="no_answer", made_by="lender", actor=ACTOR, now=NOW,
            occurred_at=NOW - timedelta(days=days), contact_point_id=person.mobile,
        )  # fmt: skip
    lost = preview(person, channel="call", point="friend", purpose="pass_message")
    assert (lost.outcome, lost.requires) == ("allow", ("no_debt_details",))
    assert preview(person, channel="call", point="friend").outcome == "refuse"


def test_a_friend_who_refused_is_never_contacted_again(person):
    law.record_contact(
        person_id=person.id, channel="call", result="third_party_refused", made_by="lender", actor=ACTOR, now=NOW,
        occurred_at=NOW - timedelta(days=400), contact_point_id=person.friend,
    )  # fmt: skip
    assert "CN-WHO-05" in preview(person, channel="call", point="friend", purpose="pass_message").rule_ids


def test_the_deceased_are_left_alone(db):
    verdict = preview(make_person("dead", is_deceased=True))
    assert (verdict.outcome, verdict.rule_ids) == ("refuse", ("HOUSE-DEAD-01",))


def test_another_persons_number_is_an_error(person):
    stranger = make_person("p2")
    with pytest.raises(law.ContactPointUnknown):
        reserve(stranger, point=None) and law.preview(
            person_id=stranger.id, channel="sms", contact_point_id=person.mobile, purpose="collect", now=NOW,
            actor=ACTOR,
        )  # fmt: skip


def test_who_may_not_make_contacts_gets_nothing(person):
    clerk = Actor(kind="staff", label="clerk", permissions=frozenset({"cases.view"}))
    with pytest.raises(PermissionRefused), transaction.atomic():
        law.reserve(
            person_id=person.id, channel="sms", contact_point_id=person.mobile, purpose="collect",
            content_sha256=DIGEST, now=NOW, actor=clerk,
        )  # fmt: skip
    assert Permit.objects.count() == 0


def test_every_channel_is_judged_with_six_queries(person, django_assert_max_num_queries):
    reserve(person)
    with django_assert_max_num_queries(6):
        verdicts = law.preview_all(person_id=person.id, now=NOW + timedelta(hours=3), actor=ACTOR)
    found = {(card.channel, card.contact_point_id): card for card in verdicts}
    sms = found["sms", person.mobile]
    assert (sms.verdict.outcome, sms.used, sms.cap) == ("allow", 1, 2)
    assert found["call", person.mobile].cap == 3
    assert found["call", person.friend].verdict.outcome == "refuse"
    assert ("inapp", None) in found
    assert len(verdicts) == 8


def test_holds_stop_contact_until_they_are_lifted(person):
    hold_id = law.place_hold(person_id=person.id, kind="plan", reason="plan agreed", actor=ACTOR, now=NOW)
    same = law.place_hold(person_id=person.id, kind="plan", reason="plan agreed", actor=ACTOR, now=NOW)
    assert same == hold_id
    assert preview(person).rule_ids == ("CN-PLAN-04", "HOUSE-HOLD-01")
    assert preview(person).outcome == "hold"
    law.lift_hold(hold_id=hold_id, reason="plan broken", actor=ACTOR, now=NOW)
    assert preview(person).outcome == "allow"
    assert law.open_holds(person.id) == ()


def test_a_hold_on_one_debt_leaves_the_others(person):
    law.place_hold(
        person_id=person.id,
        kind="dispute",
        reason="fraud",
        actor=ACTOR,
        now=NOW,
        account_id=person.account_id + 999,
    )
    assert preview(person).outcome == "allow"


def test_permits_are_append_only(person):
    permit_id = reserve(person).permit_id
    forbidden = (
        "update law_permit set purpose = 'x'",
        "delete from law_permit",
        "update law_rulepack set version = 'x'",
    )
    for sql in forbidden:
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    assert law.permit(permit_id).purpose == "collect"


def test_a_pack_version_cannot_change_its_content(person, db):
    from dataclasses import replace

    from fairdue.contexts.law.rules import current
    from fairdue.engine.law.judging import Rulebook

    assert law.load_rule_packs(actor=ACTOR, now=NOW) == 12
    assert law.load_rule_packs(actor=ACTOR, now=NOW) == 0
    changed = Rulebook((replace(current().packs[0], sha256="0" * 64),))
    with pytest.raises(law.PackChanged):
        law.load_rule_packs(actor=ACTOR, now=NOW, rulebook=changed)
    assert RulePack.objects.count() == 12


@pytest.fixture
def chain(person):
    permits = [reserve(person, now=NOW + timedelta(days=day)).permit_id for day in range(4)]
    report = law.verify_permits()
    assert (report.permits, report.is_intact) == (4, True)
    with connection.cursor() as cursor:
        cursor.execute("alter table law_permit disable trigger law_permit_append_only")
        cursor.execute("update law_contact set permit_id = null")
    return permits


def faults(*statements):
    with connection.cursor() as cursor:
        for sql, *parameters in statements:
            cursor.execute(sql, parameters)
    return {(fault.kind, fault.position) for fault in law.verify_permits().faults}


def test_verification_finds_an_altered_permit(chain):
    assert faults(["update law_permit set channel = 'call' where id = %s", chain[1]]) == {("altered", 2)}


def test_verification_finds_an_altered_verdict(chain):
    found = faults(
        ['update law_permit set verdict = verdict || \'{"outcome": "defer"}\' where id = %s', chain[1]]
    )
    assert found == {("altered", 2)}


def test_verification_finds_a_removed_permit(chain):
    assert ("removed", 2) in faults(["delete from law_permit where id = %s", chain[1]])


def test_verification_finds_a_permit_cut_off_the_end(chain):
    assert faults(["delete from law_permit where id = %s", chain[3]]) == {("removed", 4)}


def test_verification_finds_an_inserted_permit(chain):
    columns = (
        "chain, person_id, contact_point_id, channel, purpose, content_sha256, issued_at, expires_at, issued_to, "
        "verdict, inputs_sha256, key_id, previous_hash, signature"
    )
    copy = f"insert into law_permit (position, hash, {columns}) select 5, %s, {columns} from law_permit where id = %s"
    assert ("inserted", 5) in faults([copy, b"x" * 32, chain[3]])


def test_verification_finds_a_forged_head(chain):
    assert faults(["update law_permitchain set position = 3"]) == {("altered", 3)}
    assert PermitChain.objects.count() == 1


def test_the_night_counts_what_the_day_counts(person):
    import polars as pl

    reserve(person)
    law.place_hold(person_id=person.id, kind="plan", reason="x", actor=ACTOR, now=NOW)
    with connection.cursor() as cursor:
        cursor.execute(law.contact_facts_sql(since=NOW - timedelta(days=8)))
        assert cursor.fetchall() == [(person.id, [], [], [NOW])]
        cursor.execute(HOLD_FACTS_SQL)
        assert cursor.fetchall() == [(person.id, ["plan:plan_reminder"])]
        cursor.execute(UNANSWERED_FACTS_SQL)
        assert cursor.fetchall() == []
    frame = pl.DataFrame({
        "person_id": [1, 2], "channel": ["sms", "sms"], "dedupe_key": ["a", "b"],
        "at": [NOW.astimezone(UTC), NOW.astimezone(UTC) + timedelta(hours=13)],
    })  # fmt: skip
    judged = law.pregate(frame, now=NOW)
    assert judged["outcome"].to_list() == ["allow", "defer"]
    assert judged["dedupe_key"].to_list() == ["a", "b"]
    assert judged["rule_ids"].to_list() == [[], ["CN-TIME-01", "CN-TIME-02", "CN-TIME-03"]]


def test_a_channel_that_no_rule_speaks_of_is_refused_and_nothing_is_reserved(person):
    with pytest.raises(law.ChannelUnknown, match="smoke"):
        law.preview(
            person_id=person.id,
            channel="smoke",
            contact_point_id=None,
            purpose="collect",
            now=NOW,
            actor=ACTOR,
        )
    with pytest.raises(law.ChannelUnknown):
        reserve(person, channel="smoke")
    assert (Permit.objects.count(), Contact.objects.count()) == (0, 0)


def test_what_a_third_person_refused_to_one_lender_is_refused_to_every_other(person):
    law.record_contact(
        person_id=person.id, channel="call", result="third_party_refused", made_by="lender", actor=ACTOR, now=NOW,
        occurred_at=NOW, contact_point_id=person.friend, purpose="locate",
    )  # fmt: skip
    Contact.objects.update(institution_group="another-bank")
    reservation = reserve(
        person, channel="call", point="friend", now=NOW + timedelta(hours=1), purpose="locate"
    )
    assert reservation.permit_id is None
    assert "CN-WHO-05" in reservation.verdict.rule_ids


def test_a_debtor_who_spoke_with_any_lender_of_the_house_is_not_lost_to_another(person):
    def tell(result, minute):
        law.record_contact(
            person_id=person.id, channel="call", result=result, made_by="lender", actor=ACTOR,
            now=NOW + timedelta(hours=1), occurred_at=NOW + timedelta(minutes=minute), contact_point_id=person.mobile,
        )  # fmt: skip

    asked = {"channel": "call", "point": "friend", "now": NOW + timedelta(hours=1), "purpose": "pass_message"}
    for minute in (1, 2, 4):
        tell("no_answer", minute)
    assert preview(person, **asked).outcome == "allow"
    tell("conversation", 3)
    Contact.objects.filter(result="conversation").update(institution_group="another-bank")
    assert preview(person, **asked).rule_ids == ("CN-WHO-03",)
