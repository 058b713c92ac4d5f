"""The night and a click gather the same facts, and every jurisdiction's packs bind by them."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import polars as pl
import pytest
from law_people import make_person

from fairdue.contexts.book.models import Account, Creditor, Product
from fairdue.contexts.law import facade as law
from fairdue.contexts.law.facts import CHANNELS, MEDIA, Proposal, gather
from fairdue.contexts.law.gathered import fact_sources, gathered_by, refuse_ungathered
from fairdue.contexts.law.models import Contact, Hold, Notice
from fairdue.contexts.law.rows import candidate_row
from fairdue.contexts.law.rules import in_force, rulebook_of, shipped_packs
from fairdue.contexts.parties.models import Consent, ContactPoint, Person
from fairdue.engine.law.candidates import CANDIDATE_SCHEMA
from fairdue.journeys.nightly_cycle.contact_facts import with_consents, with_history, with_zones
from fairdue.journeys.nightly_cycle.facts import fact_queries
from fairdue.kernel.actor import system
from fairdue.storage.bulk import database_url, read_snapshot

NOW = datetime(2026, 10, 14, 15, 30, tzinfo=UTC)
"""11:30 in New York, 16:30 in London, 23:30 in Shanghai, 02:30 of the next day in Sydney."""
ACTOR = system("test")
PLACES = ("cn", "us", "us-ny-nyc", "us-ma", "uk", "eu", "ie", "in", "au", "hk", "sg")
ZONES = ("Asia/Shanghai", "America/New_York", "America/Los_Angeles", "Europe/London", "Australia/Sydney")
RESULTS = {
    "call": ("conversation", "no_answer", "busy", "voicemail", "reserved", "wrong_number", "not_in_service"),
    "sms": ("sent", "delivered", "failed", "reserved"),
    "email": ("sent", "bounced"),
    "letter": ("sent",),
}
DETAILS = {
    "agreed_hours": [{"from": "09:00", "to": "12:00"}, {"from": "18:00", "to": "21:00"}],
    "consented_hours": [{"from": "22:00", "to": "23:00"}],
    "direct_hours": [{"from": "21:00", "to": "23:59"}, {"from": "21:00", "to": "23:00", "to_whom": "x"}],
    "inconvenient_hours": [
        {"times": [{"days": ["wed"], "from": "10:00", "to": "17:00"}]},
        {"from": "08:00", "to": "09:00"},
    ],
    "more_contacts": [{}, {"to": "agency-a"}],
    "obtained": [
        {"route": "creditor_notice", "date": "2026-08-01", "opt_out_days": 35, "opt_out_until": "2026-09-05"},
        {"route": "consumer_consent", "date": "2026-10-01", "by": "agency-a"},
    ],
}
KINDS = (
    "opt_out", "opt_in", "agreed_hours", "consented_hours", "direct_hours", "inconvenient_hours", "more_contacts",
    "inconvenient_place", "no_work", "objection", "plan_progress", "obtained",
)  # fmt: skip
HOLDS = (
    "breathing_space",
    "crisis_moratorium",
    "plan_preparation",
    "bereavement",
    "capacity",
    "dispute",
    "attorney",
)


def build(chance: random.Random, number: int) -> int:
    """Create a person of whom something of everything may be on record, and return the id."""
    made = make_person(
        f"f{number}", home_zone=chance.choice(ZONES), residence=chance.choice(("", "", "us-ma", "uk")),
        birth_date=date(chance.choice((1980, 2008, 2009)), chance.randint(1, 12), 14),
    )  # fmt: skip
    ContactPoint.objects.filter(pk=made.second).update(
        place=chance.choice(("", "work", "home")), zone=chance.choice(("", *ZONES)), owner=chance.choice(("debtor", "employer")),
        jurisdiction=chance.choice(("", "", "us-ny-nyc")),
    )  # fmt: skip
    first = Account.objects.get(pk=made.account_id)
    kind = chance.choice(("bank", "bank", "assignee"))
    creditor, _ = Creditor.objects.get_or_create(
        code=f"abroad-{kind}", defaults={"institution_kind": kind, "institution_group": "abroad", "name_zh": "甲", "name_en": "A"}
    )  # fmt: skip
    product, _ = Product.objects.get_or_create(
        creditor=creditor, code="loan", defaults={"kind": "consumer_loan"}
    )
    accounts = [first.pk]
    for place in range(chance.randint(1, 3)):
        accounts.append(Account.objects.create(
            creditor=creditor, product=product, person_id=made.id, external_ref=f"f{number}-{place}", currency="USD",
            opened_date=date(2024, 1, 1), balance_date=date(2024, 1, 1), recorded_at=NOW,
            jurisdiction=chance.choice(PLACES), status=chance.choice(("active", "active", "closed")),
        ).pk)  # fmt: skip
    points = [made.mobile, made.second, made.email, made.friend, None]
    _contacts(chance, made, accounts, points)
    _said(chance, made, points)
    for _ in range(chance.randint(0, 3)):
        Hold.objects.create(
            person_id=made.id, account_id=chance.choice([None, *accounts]), kind=chance.choice(HOLDS), reason="x",
            permitted_purposes=[], started_at=NOW - timedelta(hours=chance.randint(0, 900)),
            ended_at=chance.choice((None, None, NOW)), placed_by="test",
        )  # fmt: skip
    for account_id in chance.sample([None, *accounts], chance.randint(0, 2)):
        Notice.objects.create(
            person_id=made.id, account_id=account_id, kind=chance.choice(("assignment", "transfer")), channel="letter",
            sent_date=NOW.date() - timedelta(days=chance.randint(-3, 30)), recorded_by="test", recorded_at=NOW,
        )  # fmt: skip
    return made.id


def _contacts(
    chance: random.Random, made: SimpleNamespace, accounts: list[int], points: list[int | None]
) -> None:
    Contact.objects.bulk_create(
        Contact(
            person_id=made.id, contact_point_id=chance.choice(points), institution_group="abroad,bank-1",
            made_by="debtor" if is_inbound else chance.choice(("lender", "lender", "agency-a")), channel=channel,
            mode=chance.choice(("interactive", "announcement")) if channel == "call" else "",
            direction="inbound" if is_inbound else "outbound",
            purpose=chance.choice(("collect", "collect", "reply", "locate")),
            result=chance.choice(("received", "conversation")) if is_inbound else chance.choice(RESULTS[channel]),
            occurred_at=NOW - timedelta(minutes=chance.randint(1, 60 * 24 * 20)), recorded_at=NOW,
            account_ids=chance.choice(["", *(str(each) for each in accounts), ",".join(map(str, accounts))]),
        )
        for channel, is_inbound in (
            (chance.choice(tuple(RESULTS)), chance.random() < 0.15) for _ in range(chance.randint(0, 25))
        )
    )  # fmt: skip


def _said(chance: random.Random, made: SimpleNamespace, points: list[int | None]) -> None:
    for _ in range(chance.randint(0, 8)):
        kind = chance.choice(KINDS)
        detail = dict(chance.choice(DETAILS.get(kind, [{}, {}, {"is_true": False}])))
        if kind == "direct_hours" and chance.random() < 0.3:
            detail = {"times": [{"from": "20:00", "to": "22:00"}]}
        Consent.objects.create(
            person_id=made.id, contact_point_id=chance.choice([None, *points[:3]]), kind=kind, source="test",
            channel=chance.choice(("", "", "call", "sms")), detail=detail, recorded_at=NOW,
            occurred_at=NOW - timedelta(hours=chance.randint(0, 24 * 12)),
        )  # fmt: skip


def night_rows() -> pl.DataFrame:
    """Every own contact point by every channel, with the facts as the night gathers them."""
    frames = dict(read_snapshot(fact_queries(date(2026, 10, 14)), database_url()))
    debts = frames["accounts"].filter(pl.col("status") != "closed")
    frames["open_holds"] = law.holds_on(frames["open_holds"], debts)
    frames["holds"] = law.holds_by_person(frames["open_holds"])
    frames["debts"] = debts.select("person_id", "account_id")
    frames["bound"] = law.bound_persons(debts, frames["people"], frames["points"])
    media = pl.DataFrame(
        [(channel, medium) for channel in ("call", "sms", "email") for medium in MEDIA[channel]],
        schema=["channel", "medium"], orient="row",
    )  # fmt: skip
    own = frames["points"].filter(pl.col("owner") == "debtor").join(media, on="medium")
    lines = own.select("person_id", "channel", "contact_point_id", "is_opted_out").join(
        frames["people"].select("person_id", "home_zone", "is_deceased"), on="person_id"
    )
    kinds = debts.group_by("person_id").agg(pl.col("product_kind").unique().alias("product_kinds"))
    lines = lines.join(kinds, on="person_id").with_row_index("line").with_columns(pl.lit(NOW).alias("at"))
    known = with_history(with_zones(lines, frames["points"]), frames)
    known = with_consents(known, frames["consents"], law.agreed_hours)
    return law.with_special_facts(known, frames, now=NOW).sort("line")


def plain(name: str, value: object) -> object:
    """A fact as both sides write it: lists without an order, zones as a set, silence as its value."""
    if value is None:
        value = CANDIDATE_SCHEMA[name].default
    if name == "zones":
        return set(str(value).split("|"))
    return sorted(value) if isinstance(value, list) else value


@pytest.mark.django_db(transaction=True)
def test_the_night_and_a_click_gather_the_same_facts_and_come_to_the_same_word():
    chance = random.Random(20261014)
    people = [build(chance, number) for number in range(60)]
    rows = night_rows()
    judged = law.pregate(rows.drop("line"), now=NOW)
    facts = {person_id: gather(person_id=person_id, now=NOW, actor=ACTOR) for person_id in people}
    compared, outcomes = set(), set()
    for row, word in zip(rows.iter_rows(named=True), judged.iter_rows(named=True), strict=True):
        mine = facts[row["person_id"]]
        assert row["jurisdiction"] == "|".join(sorted(mine.jurisdictions))
        rulebook = rulebook_of(mine.jurisdictions)
        proposal = Proposal(
            channel=row["channel"], contact_point_id=row["contact_point_id"], purpose="collect"
        )
        clicked = candidate_row(mine, proposal, rulebook.special)
        names = (
            rulebook.special
            | {"holds", "zones", "agreed_hours", "consented_hours", "is_opted_out", "capacity", "actor_kind"}
        ) & row.keys()
        for name in names - {"jurisdiction"}:
            assert plain(name, row[name]) == plain(name, clicked[name]), (
                name,
                mine.jurisdictions,
                row["line"],
            )
        compared |= names
        verdict = law.preview(
            person_id=row["person_id"], channel=row["channel"], contact_point_id=row["contact_point_id"], purpose="collect",
            now=NOW, actor=ACTOR,
        )  # fmt: skip
        is_grown_up = Person.objects.get(pk=row["person_id"]).birth_date.year < 2008
        if is_grown_up:
            assert (word["outcome"], set(word["rule_ids"])) == (verdict.outcome, set(verdict.rule_ids)), row[
                "line"
            ]
            outcomes.add(word["outcome"])
    assert outcomes >= {"allow", "defer", "hold", "refuse"}
    assert compared >= {
        "debt_calls",
        "debt_contacts_home",
        "unsolicited",
        "breathing_space_day",
        "inconvenient_hours",
        "debt_conversations",
    }


def test_every_fact_that_any_pack_asks_is_gathered_by_somebody():
    checks = [check for pack in shipped_packs() for check in pack.checks]
    refuse_ungathered(checks)
    sources = fact_sources(checks)
    assert {source.gathered_by for source in sources} == {"proposed", "declared", "records", "strict"}
    assert all(gathered_by(name) != "nobody" for name in CANDIDATE_SCHEMA)
    assert len(CHANNELS) == 6


def test_a_rule_that_asks_what_nobody_gathers_stops_the_loading(monkeypatch):
    from fairdue.contexts.law import gathered

    monkeypatch.setattr(gathered, "RECORDED", gathered.RECORDED - {"has_objected"})
    with pytest.raises(law.FactNotGathered, match=r"has_objected .*CN-CHAN-02"):
        refuse_ungathered(rulebook_of(frozenset()).checks)


@pytest.mark.parametrize(
    ("jurisdiction", "packs"),
    [(name, sorted({"house", *codes})) for name, codes in in_force()["jurisdictions"].items()],
)
def test_a_debt_is_under_the_packs_of_its_jurisdiction(db, jurisdiction, packs):
    made = make_person("one")
    Account.objects.filter(pk=made.account_id).update(jurisdiction=jurisdiction)
    facts = gather(person_id=made.id, now=NOW, actor=ACTOR)
    assert sorted(rulebook_of(facts.jurisdictions).versions) == packs


def test_account_product_creditor_and_place_add_up(db):
    made = make_person("one", residence="us-ma")
    ContactPoint.objects.filter(pk=made.mobile).update(jurisdiction="us-ny-nyc")
    account = Account.objects.get(pk=made.account_id)
    Creditor.objects.filter(pk=account.creditor_id).update(jurisdiction="uk")
    assert gather(person_id=made.id, now=NOW, actor=ACTOR).jurisdictions == {"uk", "us-ma", "us-ny-nyc"}
    Product.objects.filter(pk=account.product_id).update(jurisdiction="au")
    assert gather(person_id=made.id, now=NOW, actor=ACTOR).jurisdictions == {"au", "us-ma", "us-ny-nyc"}
    Account.objects.filter(pk=account.pk).update(jurisdiction="cn")
    assert gather(person_id=made.id, now=NOW, actor=ACTOR).jurisdictions == {"cn", "us-ma", "us-ny-nyc"}
