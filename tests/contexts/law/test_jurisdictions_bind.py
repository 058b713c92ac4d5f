"""A debt under each jurisdiction through the real gate: what its packs allow is permitted, what they forbid is not."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from law_people import make_person

from fairdue.contexts.book.models import Account, Creditor
from fairdue.contexts.law import facade as law
from fairdue.contexts.law.models import Permit
from fairdue.contexts.parties.models import ContactPoint
from fairdue.kernel.actor import Actor, system
from tests.agency_standing import make_fit

pytestmark = pytest.mark.django_db(transaction=True)
LENDER = system("test")
AGENCY = Actor(kind="agency", label="swift", permissions=frozenset({"contacts.make"}))
ZONES = {
    "cn": "Asia/Shanghai", "us": "America/New_York", "us-ny-nyc": "America/New_York", "us-ma": "America/New_York",
    "uk": "Europe/London", "eu": "Europe/Berlin", "ie": "Europe/Dublin", "in": "Asia/Kolkata", "au": "Australia/Sydney",
    "hk": "Asia/Hong_Kong", "sg": "Asia/Singapore",
}  # fmt: skip


def at(jurisdiction, hour, minute=0, day=14):
    """A moment of October 2026 on the debtor's own clock; the 14th is a Wednesday."""
    return datetime(2026, 10, day, hour, minute, tzinfo=ZoneInfo(ZONES[jurisdiction]))


@pytest.fixture
def debtor():
    def make(jurisdiction):
        person = make_person("abroad", home_zone=ZONES[jurisdiction])
        Account.objects.filter(pk=person.account_id).update(jurisdiction=jurisdiction)
        make_fit("swift", on=date(2026, 8, 1))
        return person

    return make


def ask(person, moment, *, channel="call", actor=LENDER, point="mobile", purpose="collect", **more):
    with transaction.atomic():
        return law.reserve(
            person_id=person.id, channel=channel, contact_point_id=getattr(person, point) if point else None,
            purpose=purpose, content_sha256="", now=moment, actor=actor, **more,
        )  # fmt: skip


def had(person, moment, result="conversation", *, channel="call", actor="lender", **more):
    law.record_contact(
        person_id=person.id, channel=channel, result=result, occurred_at=moment, made_by=actor, actor=LENDER, now=moment,
        contact_point_id=person.mobile, account_ids=(person.account_id,), **more,
    )  # fmt: skip


@pytest.mark.parametrize("jurisdiction", ZONES)
def test_at_noon_of_the_debtors_day_a_call_is_permitted_and_the_permit_names_the_packs(debtor, jurisdiction):
    person = debtor(jurisdiction)
    assert ask(person, at(jurisdiction, 12)).is_allowed
    packs = set(Permit.objects.get().verdict["packs"])
    assert packs >= {"house", jurisdiction} and ("cn" in packs) == (jurisdiction == "cn")
    assert ("us" in packs) == jurisdiction.startswith("us")
    assert ("eu" in packs) == (jurisdiction in ("eu", "ie"))


def rules(answer):
    assert not answer.is_allowed
    return set(answer.verdict.rule_ids)


def test_us_an_agency_waits_after_a_conversation_and_after_seven_calls(debtor):
    person = debtor("us")
    had(person, at("us", 12, day=10), actor="swift")
    assert "US-FREQ-02" in rules(ask(person, at("us", 12), actor=AGENCY))
    assert ask(person, at("us", 12)).is_allowed  # a creditor that collects its own debt is no debt collector
    other = make_person("other", home_zone=ZONES["us"])
    Account.objects.filter(pk=other.account_id).update(jurisdiction="us")
    make_fit("swift", on=date(2026, 8, 1))
    for number in range(7):
        had(other, at("us", 12, number, day=11), "no_answer", actor="swift")
    assert "US-FREQ-01" in rules(ask(other, at("us", 12), actor=AGENCY))
    assert "US-TIME-01" in rules(ask(other, at("us", 21, 30, day=20), actor=AGENCY))


def test_us_calls_about_another_debt_do_not_count_for_this_one(debtor):
    person = debtor("us")
    first = Account.objects.get(pk=person.account_id)
    second = Account.objects.create(
        creditor=first.creditor, product=first.product, person=first.person, external_ref="second", currency="USD",
        opened_date=first.opened_date, balance_date=first.balance_date, recorded_at=first.recorded_at, jurisdiction="us",
    )  # fmt: skip
    for number in range(7):
        had(person, at("us", 12, number, day=11), "no_answer", actor="swift")
    noon = at("us", 12)
    assert "US-FREQ-01" in rules(ask(person, noon, actor=AGENCY, account_ids=(first.pk,)))
    assert ask(person, noon, actor=AGENCY, account_ids=(second.pk,)).is_allowed


def test_nyc_a_fourth_contact_in_seven_days_waits_because_of_where_the_number_is(debtor):
    person = debtor("us")
    ContactPoint.objects.filter(pk=person.mobile).update(jurisdiction="us-ny-nyc")
    for day in (10, 11, 12):
        had(person, at("us", 12, day=day), "no_answer")
    assert rules(ask(person, at("us", 12))) == {"US-NYC-01"}


def test_massachusetts_two_calls_in_seven_days_because_of_where_the_person_lives(debtor):
    person = debtor("us")
    type(Account.objects.get(pk=person.account_id).person).objects.filter(pk=person.id).update(
        residence="us-ma"
    )
    for day in (10, 11):
        had(person, at("us", 12, day=day), "no_answer")
    assert rules(ask(person, at("us", 12))) == {"US-MA-01"}
    assert ask(person, at("us", 12), channel="email", point="email").is_allowed


@pytest.mark.parametrize(
    ("jurisdiction", "kind", "rule"),
    [("uk", "breathing_space", "UK-BS-01"), ("uk", "capacity", "UK-CAP-01"), ("uk", "plan_preparation", "UK-FORB-02"),
     ("sg", "dispute", "SG-02"), ("au", "plan", "AU-PLAN-01"), ("in", "bereavement", "IN-DRAFT-26"), ("us", "bankruptcy", "US-BK-01")],
)  # fmt: skip
def test_a_hold_is_the_fact_that_the_law_of_the_debt_asks(debtor, jurisdiction, kind, rule):
    person = debtor(jurisdiction)
    law.place_hold(person_id=person.id, kind=kind, reason="told us", actor=LENDER, now=at(jurisdiction, 9))
    assert rule in rules(ask(person, at(jurisdiction, 12)))


def test_ireland_counts_what_was_not_asked_for_and_no_answer_to_the_person(debtor):
    person = debtor("ie")
    for day in (1, 2, 3):
        had(person, at("ie", 12, day=day), "sent", channel="sms")
    assert rules(ask(person, at("ie", 12))) == {"IE-FREQ-01"}
    had(person, at("ie", 11, 30), "received", channel="email", direction="inbound")
    reply = {"channel": "email", "point": "email", "purpose": "reply"}
    assert ask(person, at("ie", 12), **reply).is_allowed
    assert rules(ask(person, at("ie", 18), **reply)) == {"IE-FREQ-01"}  # one reply to one inbound


def test_india_closes_at_seven_and_australia_on_its_holidays_and_after_three_talks(debtor):
    assert rules(ask(debtor("in"), at("in", 19, 30))) == {"IN-TIME-01"}
    person = make_person("sydney", home_zone=ZONES["au"])
    Account.objects.filter(pk=person.account_id).update(jurisdiction="au")
    christmas = datetime(2026, 12, 25, 12, tzinfo=ZoneInfo(ZONES["au"]))
    assert rules(ask(person, christmas)) == {"AU-TIME-01"}
    for hour in (9, 10, 11):
        had(person, at("au", hour, day=13))
    assert "AU-FREQ-01" in rules(ask(person, at("au", 12)))


def test_hong_kong_wants_the_announcement_in_writing_and_europe_the_notice_of_transfer(debtor):
    person = debtor("hk")
    assert ask(person, at("hk", 12), actor=AGENCY).is_allowed
    other = make_person("untold", home_zone=ZONES["hk"])
    Account.objects.filter(pk=other.account_id).update(jurisdiction="hk")
    assert "HK-02" in rules(ask(other, at("hk", 12), actor=AGENCY))
    bought = make_person("bought", home_zone=ZONES["eu"])
    Account.objects.filter(pk=bought.account_id).update(jurisdiction="eu")
    Creditor.objects.filter(pk=Account.objects.get(pk=bought.account_id).creditor_id).update(
        institution_kind="assignee"
    )
    assert rules(ask(bought, at("eu", 12))) == {"EU-NOTICE-01"}
    law.record_notices(
        notices=[law.NoticeGiven(person_id=bought.id, account_id=bought.account_id, kind="transfer", sent_date=date(2026, 10, 1))],
        actor=LENDER, now=at("eu", 9),
    )  # fmt: skip
    assert ask(bought, at("eu", 12)).is_allowed


def test_layers_add_up_the_strictest_wins(debtor):
    person = debtor("cn")
    Account.objects.create(
        creditor=(first := Account.objects.get(pk=person.account_id)).creditor, product=first.product,
        person=first.person, external_ref="british", currency="GBP", opened_date=first.opened_date,
        balance_date=first.balance_date, recorded_at=first.recorded_at, jurisdiction="uk",
    )  # fmt: skip
    law.place_hold(person_id=person.id, kind="breathing_space", reason="r", actor=LENDER, now=at("cn", 9))
    night = rules(ask(person, at("cn", 23)))
    assert night >= {"UK-BS-01", "CN-TIME-01", "HOUSE-HOLD-01"}


def test_an_agency_acts_only_while_it_is_listed_evaluated_announced_and_trained(debtor):
    person = debtor("cn")
    noon = at("cn", 12)
    assert ask(person, noon, actor=AGENCY).is_allowed
    stranger = Actor(kind="agency", label="stranger", permissions=frozenset({"contacts.make"}))
    assert rules(ask(person, noon, actor=stranger)) == {"CN-ID-02", "CN-OUT-02", "CN-OUT-03", "CN-OUT-04"}
    assert rules(ask(person, noon, actor=AGENCY, staff_ref="S9")) == {"CN-OUT-04"}
    later = noon + timedelta(days=366)
    assert rules(ask(person, later, actor=AGENCY, channel="sms")) == {"CN-OUT-02"}
    law.delist_agency(agency="swift", listed_until=date(2026, 10, 13), reason="ended", actor=LENDER, now=noon)
    assert rules(ask(person, noon, actor=AGENCY)) == {"CN-OUT-03"}


def test_a_visit_needs_two_and_our_own_collector_an_exam_that_has_not_lapsed(debtor):
    person = debtor("cn")
    home = ContactPoint.objects.create(
        person_id=person.id, medium="address", value_sealed=b"x", value_masked="home", value_hash=b"h" * 32,
        recorded_at=at("cn", 9),
    )  # fmt: skip
    person.home = home.pk
    noon = at("cn", 12)
    assert rules(ask(person, noon, channel="visit", point="home")) == {"CN-VISIT-01"}
    assert ask(person, noon, channel="visit", point="home", staff_count=2).is_allowed
    collector = Actor(kind="staff", id=7, label="A", permissions=frozenset({"contacts.make"}))
    first = ask(person, noon, actor=collector)
    assert first.is_allowed and "training_unknown" in first.verdict.flags
    law.certify_staff(
        staff_ref="7", trained_date=date(2025, 10, 1), certificate_ref="C", actor=LENDER, now=noon
    )
    assert rules(ask(person, noon, actor=collector)) == {"CN-OUT-04"}
