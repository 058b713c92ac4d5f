"""Deadlines that run by the packs: started once, met once, extended by two, missed once."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from law_people import NOW, make_person

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.audit.models import Event
from fairdue.contexts.book.models import Account
from fairdue.contexts.identity.policies import permissions_of
from fairdue.contexts.law import clock_rules
from fairdue.contexts.law import facade as law
from fairdue.contexts.law.models import Deadline, DeadlineExtension, Notice, ReceivedRequest
from fairdue.contexts.parties import facade as parties
from fairdue.kernel.actor import Actor, PermissionRefused, system

SYSTEM = system("test")
SHANGHAI = ZoneInfo("Asia/Shanghai")


def staff(number: int, role: str = "supervisor", creditors=None) -> Actor:
    return Actor(
        kind="staff", label=f"{role} {number}", id=number, role=role, permissions=permissions_of(role),
        creditor_ids=creditors,
    )  # fmt: skip


ASKER, HEAD, COMPLIANCE = staff(1), staff(2), staff(3, "compliance")


def complain(person, *, facts=None, received_at=NOW, actor=ASKER, now=NOW, kind="complaint", **more):
    return law.record_request(
        person_id=person.id, kind=kind, channel="call", summary="the fee is wrong", received_at=received_at,
        actor=actor, now=now, facts=facts, **more,
    )  # fmt: skip


def one(person, **more):
    return complain(person, **more).deadlines[0]


def audited(code):
    return Event.objects.filter(code=code).count()


def test_a_complaint_runs_fifteen_days_and_names_version_rule_citation_and_arithmetic(person):
    card = one(person)
    assert (card.kind, card.rule_id, card.due_date) == ("complaint", "CN-CMP-01", date(2026, 5, 27))
    assert card.due_at == datetime(2026, 5, 28, tzinfo=SHANGHAI).astimezone(UTC)
    assert card.pack_version == law.shipped_pack("cn").version
    assert "银行业保险业消费投诉处理管理办法" in card.citation
    assert card.arithmetic_zh == "自2026-05-12（收到投诉之日，不计入）起15个自然日，最后一日为2026-05-27。"
    assert (
        card.arithmetic_en
        == "From 2026-05-12 (the day on which the complaint was received, not counted) 15 calendar days:"
        " the last day is 2026-05-27."
    )
    assert (card.urgency, card.days_left, card.working_days_left) == ("calm", 15, 11)
    assert audited("law.deadline.started") == 1


def test_a_complex_complaint_runs_thirty_days_from_the_start(person):
    card = one(person, facts={"complexity": "complex"})
    assert (card.rule_id, card.due_date, card.step) == ("CN-CMP-02", date(2026, 6, 11), "complex")


def test_the_clock_runs_from_the_day_in_the_place_of_the_rule_and_not_from_its_recording(person):
    received = datetime(2026, 5, 9, 17, 30, tzinfo=UTC)  # 01:30 on the 10th in Shanghai
    assert one(person, received_at=received).due_date == date(2026, 5, 25)


def test_an_objection_runs_two_clocks_and_hardship_counts_working_days(person):
    found = complain(person, kind="bureau_objection").deadlines
    assert {(card.kind, card.due_date) for card in found} == {
        ("bureau_annotation", date(2026, 5, 12)),
        ("bureau_objection", date(2026, 6, 1)),
    }
    reply = one(person, kind="hardship")
    assert (reply.pack, reply.due_date, reply.working_days_left) == ("house", date(2026, 5, 26), 10)


def test_a_request_twice_is_one_request_with_one_deadline(person):
    first, again = complain(person), complain(person)
    assert again.is_repeated and again.request.request_id == first.request.request_id
    assert again.deadlines == first.deadlines
    assert (ReceivedRequest.objects.count(), Deadline.objects.count()) == (1, 1)
    assert audited("law.request.recorded") == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"kind": "breathing_space"}, "law.request.kind"),
        ({"facts": {"complexity": "special"}}, "law.request.facts"),
        ({"received_at": NOW + timedelta(minutes=1)}, "law.deadline.in_the_future"),
    ],
)
def test_a_request_that_cannot_be_is_refused_and_starts_nothing(person, change, code):
    with pytest.raises(law.DeadlineRefused) as refused:
        complain(person, **change)
    assert refused.value.code == code
    assert (ReceivedRequest.objects.count(), Deadline.objects.count()) == (0, 0)


def test_a_hold_starts_its_clock_and_lifting_it_meets_it(person):
    hold_id = law.place_hold(person_id=person.id, kind="dispute", reason="not mine", actor=SYSTEM, now=NOW)
    assert (
        law.place_hold(person_id=person.id, kind="dispute", reason="again", actor=SYSTEM, now=NOW) == hold_id
    )
    (card,) = law.deadlines_of_person(person.id, actor=HEAD, now=NOW)
    assert (card.subject_type, card.subject_id, card.kind) == ("hold", hold_id, "complaint")
    law.lift_hold(hold_id=hold_id, reason="answered by letter 7", actor=SYSTEM, now=NOW + timedelta(days=3))
    row = Deadline.objects.get()
    assert (row.status, row.met_at, row.note) == ("met", NOW + timedelta(days=3), "answered by letter 7")
    assert (audited("law.deadline.started"), audited("law.deadline.met")) == (1, 1)


def test_a_request_with_a_hold_runs_one_clock_which_the_end_of_the_hold_meets(person):
    taken = complain(person, is_held=True)
    assert [hold.kind for hold in law.open_holds(person.id)] == ["complaint"]
    assert Deadline.objects.count() == 1
    law.lift_hold(hold_id=taken.request.hold_id, reason="decided", actor=SYSTEM, now=NOW + timedelta(days=1))
    assert Deadline.objects.get().status == "met"


def test_lifting_a_dispute_annotates_no_bureau_record(person):
    taken = complain(person, kind="bureau_objection", is_held=True)
    law.lift_hold(hold_id=taken.request.hold_id, reason="decided", actor=SYSTEM, now=NOW)
    assert set(Deadline.objects.values_list("status", flat=True)) == {"running"}


def test_a_deadline_is_met_in_time_by_when_it_was_done_and_not_by_when_that_is_recorded(person):
    card = one(person)
    late = card.due_at + timedelta(days=2)
    law.sweep_deadlines(late)
    assert Deadline.objects.get().status == "missed"
    met = law.meet_deadline(
        deadline_id=card.deadline_id, note="letter 7", actor=HEAD, now=late,
        occurred_at=card.due_at - timedelta(seconds=1),
    )  # fmt: skip
    assert met.status == "met"
    assert Deadline.objects.get().missed_at == late


def test_a_deadline_met_at_its_end_is_late(person):
    card = one(person)
    met = law.meet_deadline(deadline_id=card.deadline_id, note="letter 7", actor=HEAD, now=card.due_at)
    assert (met.status, met.missed_at) == ("met_late", card.due_at)
    assert (audited("law.deadline.met"), audited("law.deadline.met_late")) == (0, 1)
    assert law.sweep_deadlines(card.due_at + timedelta(days=1)).missed_count == 0


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"note": " "}, "law.deadline.note_missing"),
        ({"occurred_at": NOW - timedelta(days=1)}, "law.deadline.moment"),
        ({"occurred_at": NOW + timedelta(days=1)}, "law.deadline.moment"),
    ],
)
def test_a_meeting_that_cannot_be_changes_nothing(person, more, code):
    card = one(person)
    with pytest.raises(law.DeadlineRefused) as refused:
        law.meet_deadline(**{"deadline_id": card.deadline_id, "note": "x", "actor": HEAD, "now": NOW} | more)
    assert refused.value.code == code
    assert Deadline.objects.get().status == "running"


def test_a_sweep_marks_each_missed_deadline_once_and_records_it_once(person):
    cards = [one(person, received_at=NOW - timedelta(minutes=gap)) for gap in range(3)]
    assert law.sweep_deadlines(cards[0].due_at - timedelta(seconds=1)).missed_count == 0
    assert law.sweep_deadlines(cards[0].due_at).missed_count == 3
    assert law.sweep_deadlines(cards[0].due_at + timedelta(days=9)).missed_count == 0
    assert audited("law.deadline.missed") == 3
    assert set(Deadline.objects.values_list("missed_at", flat=True)) == {cards[0].due_at}


def ask(card, **more):
    asked = {
        "deadline_id": card.deadline_id,
        "reason": "the merchant must answer first",
        "actor": ASKER,
        "now": NOW,
    }
    return law.request_extension(**asked | more)


def test_the_ladder_of_a_complaint_goes_from_fifteen_to_thirty_to_sixty_days_by_two_persons(person):
    card = one(person)
    first = ask(card)
    assert (first.max_date, first.asked_date, first.rule_id) == (date(2026, 6, 11),) * 2 + ("CN-CMP-02",)
    assert Deadline.objects.get().due_date == date(2026, 5, 27)
    law.decide_extension(extension_id=first.extension_id, is_approved=True, reason="", actor=HEAD, now=NOW)
    assert Deadline.objects.get().due_date == date(2026, 6, 11)
    second = ask(card, reference="minute 12", notice="letter 8 of 2026-05-12", until=date(2026, 7, 1))
    assert second.max_date == date(2026, 7, 11)
    with pytest.raises(law.DeadlineRefused) as refused:
        law.decide_extension(
            extension_id=second.extension_id, is_approved=True, reason="", actor=HEAD, now=NOW
        )
    assert refused.value.code == "law.deadline.extension.role"
    law.decide_extension(
        extension_id=second.extension_id, is_approved=True, reason="", actor=COMPLIANCE, now=NOW
    )
    row = Deadline.objects.get()
    assert (row.due_date, row.first_due_date, row.rule_id, row.step) == (
        date(2026, 7, 1), date(2026, 5, 27), "CN-CMP-03", "special",
    )  # fmt: skip
    assert row.due_at == datetime(2026, 7, 2, tzinfo=SHANGHAI).astimezone(UTC)
    with pytest.raises(law.DeadlineRefused) as refused:
        ask(card)
    assert refused.value.code == "law.deadline.extension.none"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"reason": ""}, "law.deadline.extension.reason_missing"),
        ({"until": date(2026, 6, 12)}, "law.deadline.extension.beyond"),
        ({"until": date(2026, 5, 27)}, "law.deadline.extension.beyond"),
        ({"now": datetime(2026, 5, 27, 16, tzinfo=UTC)}, "law.deadline.extension.too_late"),
        ({"actor": SYSTEM}, "law.deadline.extension.nobody"),
    ],
)
def test_an_extension_beyond_the_rule_is_refused_and_asks_nothing(person, more, code):
    card = one(person)
    with pytest.raises(law.DeadlineRefused) as refused:
        ask(card, **more)
    assert refused.value.code == code
    assert DeadlineExtension.objects.count() == 0


def test_the_second_step_needs_the_approval_and_that_the_complainant_was_told(person):
    card = one(person, facts={"complexity": "complex"})
    for more in ({}, {"reference": "minute 12"}):
        with pytest.raises(law.DeadlineRefused):
            ask(card, **more)
    assert DeadlineExtension.objects.count() == 0


def test_a_deadline_whose_rule_knows_no_extension_has_none(person):
    card = one(person, kind="bureau_objection")
    with pytest.raises(law.DeadlineRefused) as refused:
        ask(card)
    assert refused.value.code == "law.deadline.extension.none"


def test_nobody_approves_the_own_request_and_the_database_refuses_it_too(person):
    asked = ask(one(person))
    with pytest.raises(law.DeadlineRefused) as refused:
        law.decide_extension(
            extension_id=asked.extension_id, is_approved=True, reason="", actor=ASKER, now=NOW
        )
    assert refused.value.code == "law.deadline.extension.own"
    row = DeadlineExtension.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        DeadlineExtension.objects.update(status="approved", decided_by_id=ASKER.id)
    with pytest.raises(IntegrityError), transaction.atomic():
        DeadlineExtension.objects.update(asked_date=row.max_date + timedelta(days=1))
    assert Deadline.objects.get().due_date == date(2026, 5, 27)


def test_a_refusal_gives_a_reason_and_leaves_the_deadline(person):
    asked = ask(one(person))
    with pytest.raises(law.DeadlineRefused):
        law.decide_extension(
            extension_id=asked.extension_id, is_approved=False, reason="", actor=HEAD, now=NOW
        )
    law.decide_extension(extension_id=asked.extension_id, is_approved=False, reason="no", actor=HEAD, now=NOW)
    assert (DeadlineExtension.objects.get().status, Deadline.objects.get().step) == ("refused", "")


def test_an_extension_lapses_with_its_deadline_and_cannot_revive_it(person):
    card = one(person)
    asked = ask(card)
    law.sweep_deadlines(card.due_at)
    assert DeadlineExtension.objects.get().status == "lapsed"
    with pytest.raises(law.DeadlineRefused) as refused:
        law.decide_extension(
            extension_id=asked.extension_id, is_approved=True, reason="", actor=HEAD, now=card.due_at
        )
    assert refused.value.code == "law.deadline.extension.decided"
    assert Deadline.objects.get().due_date == card.due_date


def test_who_lacks_the_permission_or_the_scope_reaches_nothing(person):
    card = one(person)
    collector, stranger = staff(8, "collector"), staff(9, "supervisor", frozenset({999_999}))
    with pytest.raises(PermissionRefused):
        law.meet_deadline(deadline_id=card.deadline_id, note="x", actor=collector, now=NOW)
    with pytest.raises(PermissionRefused):
        law.deadlines(actor=staff(7, "agency"), now=NOW)
    with pytest.raises(law.DeadlineUnknown):
        law.deadline(deadline_id=card.deadline_id, actor=stranger, now=NOW)
    assert law.deadlines(actor=stranger, now=NOW).rows == ()
    assert Deadline.objects.get().status == "running"


def test_a_deadline_started_by_mistake_is_cancelled_by_somebody_else(person):
    card = one(person)
    with pytest.raises(law.DeadlineRefused) as refused:
        law.cancel_deadline(deadline_id=card.deadline_id, reason="twice", actor=ASKER, now=NOW)
    assert refused.value.code == "law.deadline.own"
    assert (
        law.cancel_deadline(deadline_id=card.deadline_id, reason="twice", actor=HEAD, now=NOW).status
        == "cancelled"
    )


def test_the_list_goes_by_nearest_end_and_pages_without_a_gap(person):
    ids = [one(person, received_at=NOW - timedelta(days=gap)).deadline_id for gap in range(5)]
    found, after = [], None
    while True:
        page = law.deadlines(actor=HEAD, now=NOW, after=after, limit=2)
        found += [card.deadline_id for card in page.rows]
        after = page.next_cursor
        assert page.count == 5
        if after is None:
            break
    assert found == ids[::-1]
    assert [card.deadline_id for card in law.deadlines(actor=HEAD, now=NOW, due_within_days=12).rows] == ids[
        :2:-1
    ]
    assert law.deadlines(actor=staff(55), now=NOW, mine=[]).rows == ()
    assert len(law.deadlines(actor=ASKER, now=NOW, mine=[]).rows) == 5


def test_a_first_contact_starts_the_validation_notice_of_a_debt_under_american_law(person):
    Account.objects.filter(pk=person.account_id).update(jurisdiction="us")
    law.record_contact(
        person_id=person.id, channel="call", result="no_answer", made_by="lender", actor=SYSTEM, now=NOW,
        occurred_at=NOW - timedelta(days=2), contact_point_id=person.mobile,
    )  # fmt: skip
    assert law.start_first_contacts(NOW) == 0
    law.record_contact(
        person_id=person.id, channel="call", result="conversation", made_by="agency-z", actor=SYSTEM, now=NOW,
        occurred_at=NOW - timedelta(days=1), contact_point_id=person.mobile,
    )  # fmt: skip
    assert (law.start_first_contacts(NOW), law.start_first_contacts(NOW)) == (1, 0)
    (card,) = law.deadlines_of_person(person.id, actor=HEAD, now=NOW)
    assert (card.kind, card.rule_id, card.account_id) == ("validation_notice", "US-VAL-01", person.account_id)
    assert card.due_date == card.start_date + timedelta(days=5)
    law.meet_deadline(deadline_id=card.deadline_id, note="notice 3", actor=HEAD, now=NOW)
    (period,) = law.deadlines_of_person(person.id, actor=HEAD, now=NOW)
    assert (period.kind, period.nature, period.subject_id) == (
        "validation_period",
        "period",
        card.deadline_id,
    )
    assert law.sweep_deadlines(period.due_at).passed_count == 1
    assert audited("law.deadline.missed") == 0


def test_a_recorded_validation_notice_meets_its_deadline_by_the_day_on_which_it_was_sent(person):
    Account.objects.filter(pk=person.account_id).update(jurisdiction="us")
    law.record_contact(
        person_id=person.id, channel="call", result="conversation", made_by="lender", actor=SYSTEM, now=NOW,
        occurred_at=NOW, contact_point_id=person.mobile,
    )  # fmt: skip
    law.start_first_contacts(NOW)
    late = NOW + timedelta(days=9)
    Notice.objects.create(
        person_id=person.id, kind="validation", channel="letter", sent_date=NOW.date() + timedelta(days=2),
        reference="V-7", recorded_by="test", recorded_at=late,
    )  # fmt: skip
    assert law.sweep_deadlines(late).missed_count == 0
    row = Deadline.objects.get(kind="validation_notice")
    assert (row.status, row.note, row.missed_at) == ("met", "letter V-7", None)
    assert Deadline.objects.get(kind="validation_period").start_date == NOW.date() + timedelta(days=2)


def test_a_revoked_consent_starts_ten_business_days_under_american_law_from_the_moment_it_was_said(person):
    revoked = {"person_id": person.id, "kind": "opt_out", "source": "call", "actor": SYSTEM, "detail": None}
    parties.record_consent(
        **revoked, channel="sms", contact_point_id=None, occurred_at=NOW - timedelta(days=1), now=NOW
    )
    assert law.start_revocations(NOW) == 0  # of a Chinese debt
    Account.objects.filter(pk=person.account_id).update(jurisdiction="us")
    parties.record_consent(
        **revoked, channel="email", contact_point_id=None, occurred_at=NOW - timedelta(days=2), now=NOW
    )
    assert (law.start_revocations(NOW), law.start_revocations(NOW)) == (1, 0)
    (card,) = law.deadlines_of_person(person.id, actor=HEAD, now=NOW)
    assert (card.kind, card.rule_id, card.nature) == ("consent_revoked", "US-TCPA-01", "duty")
    assert (card.start_date, card.due_date) == (date(2026, 5, 10), date(2026, 5, 22))
    assert law.sweep_deadlines(card.due_at).missed_count == 1


def test_a_chinese_debt_has_no_clock_for_a_first_contact(person):
    law.record_contact(
        person_id=person.id, channel="call", result="conversation", made_by="lender", actor=SYSTEM, now=NOW,
        occurred_at=NOW, contact_point_id=person.mobile,
    )  # fmt: skip
    assert law.start_first_contacts(NOW) == 0


def together(*works):
    """Run works in threads that start together; return what each gave back or raised."""
    barrier, answers = threading.Barrier(len(works)), []

    def run(work):
        try:
            barrier.wait()
            answers.append(work())
        except Exception as error:  # noqa: BLE001 - the test looks at it
            answers.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.django_db(transaction=True)
def test_of_two_who_meet_at_once_one_is_recorded():
    card = one(make_person())
    answers = together(
        *(
            lambda number=number: law.meet_deadline(
                deadline_id=card.deadline_id, note=f"letter {number}", actor=staff(number), now=NOW
            )
            for number in range(2, 8)
        )
    )
    assert {answer.status for answer in answers} == {"met"}
    assert len({answer.note for answer in answers}) == 1
    assert audited("law.deadline.met") == 1


@pytest.mark.django_db(transaction=True)
def test_sweeps_and_a_meeting_at_once_leave_one_outcome():
    for _ in range(5):
        card = one(make_person(f"p{_}"))
        answers = together(
            lambda card=card: law.meet_deadline(
                deadline_id=card.deadline_id, note="x", actor=HEAD, now=card.due_at
            ),
            *[lambda card=card: law.sweep_deadlines(card.due_at)] * 3,
        )
        assert not [answer for answer in answers if isinstance(answer, Exception)]
        row = Deadline.objects.get(pk=card.deadline_id)
        assert (row.status, row.missed_at) == ("met_late", card.due_at)
        mine = Event.objects.filter(subject_type="deadline", subject_id=str(row.pk))
        assert mine.filter(code="law.deadline.met_late").count() == 1
        assert mine.filter(code="law.deadline.missed").count() <= 1


@pytest.mark.django_db(transaction=True)
def test_an_extension_decided_twice_at_once_is_decided_once():
    asked = ask(one(make_person()))
    answers = together(
        *(
            lambda number=number: law.decide_extension(
                extension_id=asked.extension_id, is_approved=number % 2 == 0, reason="so", actor=staff(number),
                now=NOW,
            )
            for number in range(2, 8)
        )
    )  # fmt: skip
    refused = [answer for answer in answers if isinstance(answer, law.DeadlineRefused)]
    assert len(refused) == 5 and {error.code for error in refused} == {"law.deadline.extension.decided"}
    assert audited("law.extension.approved") + audited("law.extension.refused") == 1
    extension, row = DeadlineExtension.objects.get(), Deadline.objects.get()
    assert (row.due_date == extension.asked_date) == (extension.status == "approved")


@pytest.mark.django_db(transaction=True)
def test_the_same_request_taken_at_once_by_many_runs_one_clock():
    person = make_person()
    answers = together(*[lambda: complain(person)] * 6)
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert (ReceivedRequest.objects.count(), Deadline.objects.count()) == (1, 1)
    assert audited("law.deadline.started") == 1


@pytest.mark.django_db(transaction=True)
def test_a_sweep_that_dies_leaves_nothing_half_marked(monkeypatch):
    card = one(make_person())
    monkeypatch.setattr(audit, "record_many", lambda **_: (_ for _ in ()).throw(RuntimeError("killed")))
    with pytest.raises(RuntimeError):
        law.sweep_deadlines(card.due_at)
    assert Deadline.objects.get().status == "running"
    monkeypatch.undo()
    assert law.sweep_deadlines(card.due_at).missed_count == 1


@pytest.mark.parametrize(
    ("jurisdiction", "complaint", "dispute"),
    [
        ("", "CN-CMP-01", "CN-CMP-01"), ("uk", "UK-CMP-01", "HOUSE-CARE-04"), ("us", "US-CMP-01", "HOUSE-CARE-04"),
        ("ie", "IE-CMP-01", "HOUSE-CARE-04"), ("au", "AU-CMP-01", "AU-CMP-01"), ("hk", "HK-CMP-01", "HOUSE-CARE-04"),
        ("in", "IN-CMP-01", "HOUSE-CARE-04"), ("sg", "HOUSE-CARE-04", "HOUSE-CARE-04"),
        ("eu", "HOUSE-CARE-04", "HOUSE-CARE-04"),
    ],
)  # fmt: skip
def test_an_answer_has_its_day_by_law_or_by_the_promise_of_the_house(jurisdiction, complaint, dispute):
    debts = (SimpleNamespace(jurisdiction=jurisdiction, institution_group=""),)
    for occasion, rule in (("request.complaint", complaint), ("request.dispute", dispute)):
        clocks = clock_rules.responding(occasion, debts)
        assert [each.clock.rule for each in clocks if each.clock.kind == "complaint"] == [rule]
