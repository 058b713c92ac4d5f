"""A period's contacts judged again: what breaks under the packs in force and under a draft, whose, how much money."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from fairdue.contexts.law import facade as law
from fairdue.contexts.law.models import Contact, Permit
from fairdue.engine.law.packs import pack_of
from fairdue.kernel.actor import Actor, PermissionRefused, system
from fairdue.kernel.money import Money
from tests.agency_standing import make_fit
from tests.case_world import NOW, World

pytestmark = pytest.mark.django_db(transaction=True)
SHANGHAI = ZoneInfo("Asia/Shanghai")
SINCE, UNTIL = datetime(2026, 11, 10, tzinfo=SHANGHAI), datetime(2026, 11, 20, tzinfo=SHANGHAI)


def at(day, hour, minute=0):
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


@pytest.fixture
def world(db):
    return World.build()


@pytest.fixture
def debt(world):
    person = world.person()
    return person, world.account(person), world.phone(person)


def contact(debt, moment, *, channel="sms", result="delivered", made_by="lender", **values):
    return law.record_contact(
        person_id=debt[0].pk, channel=channel, result=result, occurred_at=moment, made_by=made_by,
        actor=system("t"), now=NOW, contact_point_id=debt[2].pk, **values,
    )  # fmt: skip


def draft(**values):
    """The house's pack with other values of its parameters: one for ever, or dated ones."""
    content = copy.deepcopy(dict(law.shipped_pack("house").content))
    content["pack"]["version"] = "2027.1.1"
    for parameter in content["parameters"]:
        if (name := parameter["id"].replace(".", "_")) in values:
            given = values[name]
            parameter["values"] = (
                given
                if isinstance(given, list)
                else [{"from": "2021-01-01", "value": given, "citation": "x"}]
            )
    return pack_of(content)


def run(**asked):
    return law.replay(**{"since": SINCE, "until": UNTIL, "actor": system("test"), "now": NOW} | asked)


def test_what_was_allowed_then_replays_as_allowed(world, debt):
    for hour in (9, 12):
        contact(debt, at(12, hour))
    contact(debt, at(13, 10), direction="inbound", result="received")
    contact(debt, at(13, 11), result="failed")
    report = run()
    assert (report.contacts, report.judged, report.passed_over) == (4, 2, 2)
    assert (report.broken, report.draft_broken, report.persons, report.rows, report.balance) == (
        0,
        0,
        0,
        (),
        (),
    )


def test_breaches_are_counted_by_rule_channel_and_maker_with_the_money_behind(world, debt):
    contact(debt, at(12, 23))
    make_fit("swift")
    for hour in (9, 10, 11, 12):
        contact(debt, at(14, hour), channel="call", result="conversation", made_by="swift")
    other = world.person()
    harmless = (other, world.account(other), world.phone(other))
    contact(harmless, at(15, 10))
    report = run()
    assert (report.judged, report.broken, report.persons, report.row_count) == (6, 2, 1, 2)
    assert report.by_channel == {"sms": 1, "call": 1} and report.by_maker == {"lender": 1, "swift": 1}
    assert {"CN-TIME-01", "CN-FREQ-02"} <= report.by_rule.keys()
    assert (report.balance, report.overdue) == ((Money(100_000, "CNY"),), (Money(40_000, "CNY"),))
    assert [(row.channel, row.occurred_at) for row in report.rows] == [
        ("sms", at(12, 23)),
        ("call", at(14, 12)),
    ]
    assert report.rows[0].name_masked == "李**" and "****" in report.rows[0].value_masked


def test_a_stricter_draft_names_what_only_it_would_stop(world, debt):
    for hour in (9, 12):
        contact(debt, at(12, hour))
    report = run(drafts=[draft(messages_per_day=1)])
    assert (report.broken, report.draft_broken, report.newly_broken, report.newly_allowed) == (0, 1, 1, 0)
    [row] = report.rows
    assert (row.occurred_at, row.outcome, row.draft_outcome, row.rule_ids) == (
        at(12, 12), "allow", "defer", ("HOUSE-MSG-01",),
    )  # fmt: skip
    assert row.is_newly_broken and not row.is_newly_allowed
    assert (report.drafts, "house" in report.packs) == ({"house": "2027.1.1"}, True)


def test_a_milder_draft_names_what_only_what_is_in_force_stops(world, debt):
    for minute in (0, 30):
        contact(debt, at(12, 10, minute))
    report = run(drafts=[draft(messages_gap=10)])
    assert (report.broken, report.draft_broken, report.newly_allowed) == (1, 0, 1)
    assert report.rows[0].is_newly_allowed and report.rows[0].reasons[0]["rule_id"] == "HOUSE-MSG-03"
    assert report.balance == ()


def test_a_draft_of_the_house_never_opens_what_the_law_closes(world, debt):
    contact(debt, at(12, 23))
    report = run(drafts=[replace(draft(), checks=())])
    assert (report.broken, report.draft_broken) == (1, 1)


def test_values_of_a_later_day_count_only_if_asked_for(world, debt):
    for hour in (9, 12):
        contact(debt, at(12, hour))
    dated = draft(
        messages_per_day=[
            {"from": "2021-01-01", "to": "2026-12-31", "value": 2, "citation": "x"},
            {"from": "2027-01-01", "value": 1, "citation": "x"},
        ]
    )
    assert run(drafts=[dated]).draft_broken == 0
    report = run(drafts=[dated], as_if=date(2027, 3, 1))
    assert (report.draft_broken, report.as_if) == (1, date(2027, 3, 1))


def test_contacts_before_the_period_count_but_are_not_judged(world, debt):
    contact(debt, at(12, 23))
    contact(debt, at(13, 10))
    report = run(since=at(13, 0))
    assert (report.contacts, report.broken) == (1, 0)
    contact(debt, at(13, 9, 30))
    assert run(since=at(13, 9, 45)).by_rule == {"HOUSE-MSG-03": 1}


def test_contacts_for_another_group_do_not_count_for_this_one(world):
    person = world.person()
    first, _ = world.account(person), world.account(person, creditor="south")
    point = world.phone(person)
    both = (person, first, point)
    for hour in (9, 10, 11):
        law.record_contact(
            person_id=person.pk, channel="call", result="conversation", occurred_at=at(12, hour), made_by="lender",
            actor=system("t"), now=NOW, contact_point_id=point.pk, account_ids=(first.pk,),
        )  # fmt: skip
    south = [card.account_id for card in _accounts(person) if card.account_id != first.pk]
    contact(both, at(12, 15), channel="call", result="conversation", account_ids=tuple(south))
    assert run().by_rule == {}
    contact(both, at(12, 16), channel="call", result="conversation", account_ids=(first.pk,))
    assert "CN-FREQ-02" in run().by_rule


def _accounts(person):
    from fairdue.contexts.book import facade as book

    return book.account_cards(person.pk)


def test_who_sees_one_creditor_replays_that_creditors_contacts(world, debt):
    contact(debt, at(12, 23))
    stranger = world.person()
    theirs = (stranger, world.account(stranger, creditor="south"), world.phone(stranger))
    contact(theirs, at(12, 23))
    north = frozenset({world.creditors["north"].pk})
    viewer = Actor(kind="staff", label="v", permissions=frozenset({"permits.view"}), creditor_ids=north)
    report = run(actor=viewer)
    assert (report.contacts, report.broken, report.balance) == (1, 1, (Money(100_000, "CNY"),))
    assert {row.person_id for row in report.rows} == {debt[0].pk}
    assert run().contacts == 2


def test_nothing_is_written_and_only_who_may_see_permits_may_replay(world, debt):
    contact(debt, at(12, 23))
    before = (Contact.objects.count(), Permit.objects.count(), Contact.objects.get().result)
    run(drafts=[draft(messages_per_day=1)])
    assert (Contact.objects.count(), Permit.objects.count(), Contact.objects.get().result) == before
    with pytest.raises(PermissionRefused):
        run(actor=Actor(kind="staff", label="x"))
    with pytest.raises(law.PeriodWrong):
        run(until=SINCE)


def test_a_published_version_can_stand_in_for_the_one_in_force(world, debt):
    law.load_rule_packs(actor=system("t"), now=NOW)
    shipped = law.shipped_pack("cn")
    contact(debt, at(12, 23))
    report = run(drafts=[law.published_pack("cn", shipped.version)])
    assert (report.broken, report.draft_broken, report.newly_broken) == (1, 1, 0)


def test_rows_are_cut_where_asked_and_those_that_differ_come_first(world, debt):
    for day in (11, 12, 13):
        contact(debt, at(day, 23))
    contact(debt, at(14, 9))
    contact(debt, at(14, 12))
    report = run(drafts=[draft(messages_per_day=1)], limit=2)
    assert (report.row_count, len(report.rows)) == (4, 2)
    assert [row.is_newly_broken for row in report.rows] == [False, True]


def test_a_permitted_reservation_replays_as_allowed(world, debt):
    from django.db import transaction

    moments = [NOW + timedelta(hours=hours) for hours in (0, 3)]
    for moment in moments:
        with transaction.atomic():
            assert law.reserve(
                person_id=debt[0].pk, channel="sms", contact_point_id=debt[2].pk, purpose="collect",
                content_sha256="a" * 64, now=moment, actor=system("t"),
            ).is_allowed  # fmt: skip
    report = run(since=NOW - timedelta(days=1), until=NOW + timedelta(days=1))
    assert (report.judged, report.broken) == (2, 0)


def test_the_next_ways_to_reach_a_person_come_soonest_first(world, debt):
    night = at(20, 23)
    ways = law.next_allowed(debt[0].pk, night)
    assert {way.channel for way in ways} == {"call", "sms", "inapp"}
    assert {(way.at, way.is_now) for way in ways} == {(at(21, 8), False)}
    assert law.next_allowed(debt[0].pk, at(21, 8))[0].is_now
    contact(debt, at(21, 9))
    later = {
        way.channel: way.at
        for way in law.next_allowed(debt[0].pk, at(21, 9, 5))
        if way.contact_point_id is not None
    }
    assert later["sms"] == at(21, 11) and later["call"] == at(21, 9, 5)
    law.place_hold(person_id=debt[0].pk, kind="cease", reason="asked", actor=system("t"), now=NOW)
    assert law.next_allowed(debt[0].pk, at(21, 10)) == ()
