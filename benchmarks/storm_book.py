"""The world of a storm: borrowers in several zones, two lenders, four agencies, ten laws, and a plain log of what was when known.

The log is written by triggers of the benchmark's own database: every row that a rule may ask about, each time it
changes, with the transaction that wrote it; for a permit also what that transaction could see. Nothing of the engine
takes part, so that the checker can tell what was on record at the moment of each judgement.
"""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

from benchmarks.storm_carrier import CARRIED
from benchmarks.storm_days import days_of

OPENED = datetime(2026, 1, 2, tzinfo=UTC)
DUE_DATE = date(2026, 1, 10)
OWED_MINOR = 100_000_00
ZONES = ("America/New_York", "Europe/Paris", "Australia/Lord_Howe", "Asia/Kolkata", "Asia/Urumqi")
LENDERS = (
    ("north", "北方银行", "North Bank", "credit_card"),
    ("south", "南方消费金融", "South Finance", "consumer_loan"),
)
AGENCIES = {"swift": ("north",), "calm": ("north", "south"), "keen": ("south",), "grey": ("north", "south")}
UNFIT = "grey"
"""An agency that was never listed and passed no evaluation."""
LAPSING = "swift"
"""An agency whose evaluation lapses in the middle of a storm."""
YEAR = timedelta(days=365)
UNANNOUNCED = ("keen", 4)
"""An agency, and every which borrower was never told of it."""
HOME_ZONES = {
    "us": "America/New_York", "us-ny-nyc": "America/New_York", "us-ma": "America/New_York", "uk": "Europe/London",
    "in": "Asia/Kolkata", "au": "Australia/Sydney", "hk": "Asia/Hong_Kong", "sg": "Asia/Singapore", "ie": "Europe/Dublin",
}  # fmt: skip
"""Other jurisdictions under whose law debts stand, and where their borrowers live."""
DESKS = ("north", "south", "both")

LOG = """
CREATE TABLE storm_fact (
  seq bigserial PRIMARY KEY, tx xid8 NOT NULL DEFAULT pg_current_xact_id(), kind text NOT NULL, row_id bigint NOT NULL,
  person_id bigint NOT NULL, data jsonb NOT NULL, seen pg_snapshot, locked pg_snapshot
);
CREATE FUNCTION storm_lock() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('storm.locked', pg_current_snapshot()::text, true);
  RETURN NEW;
END $$;
CREATE TRIGGER storm_lock BEFORE INSERT ON law_contactbudget FOR EACH ROW EXECUTE FUNCTION storm_lock();
CREATE FUNCTION storm_contact() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO storm_fact (kind, row_id, person_id, data) VALUES ('contact', NEW.id, NEW.person_id, to_jsonb(NEW));
  RETURN NULL;
END $$;
CREATE TRIGGER storm_contact AFTER INSERT OR UPDATE ON law_contact FOR EACH ROW EXECUTE FUNCTION storm_contact();
CREATE FUNCTION storm_hold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO storm_fact (kind, row_id, person_id, data) VALUES ('hold', NEW.id, NEW.person_id, to_jsonb(NEW));
  RETURN NULL;
END $$;
CREATE TRIGGER storm_hold AFTER INSERT OR UPDATE ON law_hold FOR EACH ROW EXECUTE FUNCTION storm_hold();
CREATE FUNCTION storm_consent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO storm_fact (kind, row_id, person_id, data) VALUES ('consent', NEW.id, NEW.person_id, to_jsonb(NEW));
  RETURN NULL;
END $$;
CREATE TRIGGER storm_consent AFTER INSERT ON parties_consent FOR EACH ROW EXECUTE FUNCTION storm_consent();
CREATE FUNCTION storm_point() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO storm_fact (kind, row_id, person_id, data) VALUES ('point', NEW.id, NEW.person_id, jsonb_build_object(
    'medium', NEW.medium, 'owner', NEW.owner, 'relation', NEW.relation, 'zone', NEW.zone, 'status', NEW.status));
  RETURN NULL;
END $$;
CREATE TRIGGER storm_point AFTER INSERT OR UPDATE ON parties_contactpoint FOR EACH ROW EXECUTE FUNCTION storm_point();
CREATE FUNCTION storm_permit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO storm_fact (kind, row_id, person_id, data, seen, locked)
  VALUES ('permit', NEW.id, NEW.person_id, jsonb_build_object(
    'contact_point_id', NEW.contact_point_id, 'channel', NEW.channel, 'purpose', NEW.purpose,
    'issued_at', NEW.issued_at, 'expires_at', NEW.expires_at, 'issued_to', NEW.issued_to,
    'content_sha256', NEW.content_sha256), pg_current_snapshot(), current_setting('storm.locked')::pg_snapshot);
  RETURN NULL;
END $$;
CREATE FUNCTION storm_standing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO storm_fact (kind, row_id, person_id, data) VALUES (TG_ARGV[0], NEW.id, 0, to_jsonb(NEW));
  RETURN NULL;
END $$;
CREATE TRIGGER storm_standing AFTER INSERT OR UPDATE ON law_agencylisting FOR EACH ROW EXECUTE FUNCTION storm_standing('listing');
CREATE TRIGGER storm_standing AFTER INSERT OR UPDATE ON law_agencyevaluation FOR EACH ROW EXECUTE FUNCTION storm_standing('evaluation');
CREATE TRIGGER storm_standing AFTER INSERT OR UPDATE ON law_staffcertificate FOR EACH ROW EXECUTE FUNCTION storm_standing('certificate');
CREATE TRIGGER storm_permit AFTER INSERT ON law_permit FOR EACH ROW EXECUTE FUNCTION storm_permit();
CREATE FUNCTION storm_use() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO storm_fact (kind, row_id, person_id, data, seen, locked)
  SELECT 'use', NEW.permit_id, person_id, to_jsonb(NEW), pg_current_snapshot(),
         nullif(current_setting('storm.locked', true), '')::pg_snapshot FROM law_permit WHERE id = NEW.permit_id;
  RETURN NULL;
END $$;
CREATE TRIGGER storm_use AFTER INSERT ON law_permituse FOR EACH ROW EXECUTE FUNCTION storm_use();
"""
UNLOG = """
DROP TABLE IF EXISTS storm_fact, storm_carried;
DROP FUNCTION IF EXISTS storm_lock, storm_contact, storm_hold, storm_consent, storm_point, storm_permit, storm_use, storm_standing CASCADE;
"""


def start_log(connection: Any) -> None:
    """Let the database write down from now on who could know what."""
    with connection.cursor() as cursor:
        cursor.execute(UNLOG)
        cursor.execute(LOG)
        cursor.execute(CARRIED)


def stop_log(connection: Any) -> None:
    """Take the log and its triggers away again."""
    with connection.cursor() as cursor:
        cursor.execute(UNLOG)


def fill_world(*, persons: int, seed: int) -> dict[str, Any]:
    """Make lenders, agencies, desks and borrowers, and return what a worker must know of them as plain values."""
    from fairdue.contexts.book.models import Creditor, Product
    from fairdue.contexts.law import facade as law
    from fairdue.contexts.outreach import facade as outreach
    from fairdue.kernel.actor import system

    actor, chance = system("storm"), random.Random(seed)
    law.load_rule_packs(actor=actor, now=OPENED)
    outreach.load_templates(actor=actor, now=OPENED)
    lenders = {}
    for code, zh, en, kind in LENDERS:
        lender = Creditor.objects.create(
            code=code, name_zh=zh, name_en=en, institution_group=code, contact_phone="400-000-1000"
        )
        lenders[code] = Product.objects.create(
            creditor=lender, code="loan", name_zh="借款", name_en="Loan", kind=kind
        )
    _staff(lenders, actor)
    people = _people(persons, chance)
    _debts(people, lenders, chance)
    _standing(people, days_of(seed), actor)
    return {"persons": people}


def _standing(people: list[dict[str, Any]], days: list[date], actor: Any) -> None:
    """Let all agencies but one be fit to act: listed, evaluated, with a trained collector, announced to nearly all.

    In the middle of the storm a year is over since the evaluation of one and since the exam of each one's second
    collector; and the certificate of a collector of our own ends.
    """
    from fairdue.contexts.identity import facade as identity
    from fairdue.contexts.law import facade as law

    day, middle = OPENED.date(), days[len(days) // 2]
    desk = identity.actor_by_username("north")
    law.certify_staff(
        staff_ref=str(desk.id if desk else 0), trained_date=day, certificate_ref="C0", expires_date=middle, actor=actor,
        now=OPENED,
    )  # fmt: skip
    for agency in AGENCIES:
        told = [person for person in people if (agency, person["id"] % UNANNOUNCED[1]) != (UNANNOUNCED[0], 0)]
        if agency == UNFIT:
            continue
        law.list_agency(agency=agency, listed_from=day, list_reference="storm", actor=actor, now=OPENED)
        law.evaluate_agency(
            agency=agency, evaluated_date=middle - YEAR if agency == LAPSING else day, is_passed=True, findings="",
            actor=actor, now=OPENED,
        )  # fmt: skip
        law.certify_staff(
            agency=agency,
            staff_ref="S2",
            trained_date=middle - YEAR,
            certificate_ref="C2",
            actor=actor,
            now=OPENED,
        )
        law.certify_staff(
            agency=agency, staff_ref="S1", trained_date=day, certificate_ref="C1", actor=actor, now=OPENED
        )
        law.record_notices(
            notices=[
                law.NoticeGiven(
                    person_id=person["id"], kind="agency", issuer=agency, channel="letter", sent_date=day
                )
                for person in told
            ],
            actor=actor, now=OPENED,
        )  # fmt: skip


def _staff(lenders: dict[str, Any], actor: Any) -> None:
    """Give each lender a desk, both together a third one with a supervisor, and each agency a team."""
    from fairdue.contexts.identity import facade as identity

    scopes: dict[str, tuple[str, ...]] = {
        desk: (desk,) if desk != "both" else ("north", "south") for desk in DESKS
    }
    for desk, codes in scopes.items():
        ids = [lenders[code].creditor_id for code in codes]
        identity.ensure_team(code=desk, name=desk, creditor_ids=ids)
    for agency, placed in AGENCIES.items():
        ids = [lenders[code].creditor_id for code in placed]
        identity.ensure_team(code=agency, name=agency, creditor_ids=ids, agency_code=agency)
    roles = [(desk, "collector", desk) for desk in DESKS] + [("boss", "supervisor", "both")]
    for username, role, team in roles:
        identity.create_staff(
            username=username, password="A long Storm 2026!", display_name=username, role=role, team_code=team,
            actor=actor, now=OPENED,
        )  # fmt: skip


def _people(persons: int, chance: random.Random) -> list[dict[str, Any]]:
    """Create persons with two mobiles, an e-mail address and, most of them, somebody else's number."""
    from django.conf import settings

    from fairdue.contexts.parties.models import ContactPoint, Person
    from fairdue.contexts.parties.sealing import CONTACT_PURPOSE, NAME_PURPOSE

    ring = settings.FIELD_KEYS
    laws = [chance.choice(list(HOME_ZONES)) if chance.random() < 0.4 else "" for _ in range(persons)]
    made = Person.objects.bulk_create(
        Person(
            residence=chance.choice(list(HOME_ZONES)) if not laws[number] and chance.random() < 0.05 else "",
            name_sealed=ring.seal(f"李{number}", NAME_PURPOSE), name_masked="李**", recorded_at=OPENED,
            name_hash=ring.search_hash(f"李{number}", NAME_PURPOSE), is_deceased=chance.random() < 0.01,
            home_zone=HOME_ZONES.get(laws[number]) or ("Asia/Shanghai" if number % 4 else chance.choice(ZONES)),
            birth_date=date(2012, 5, 1) if chance.random() < 0.01 else date(1985, 5, 1),
        )
        for number in range(persons)
    )  # fmt: skip
    shapes = [
        ("mobile", "debtor", ""), ("mobile", "debtor", ""), ("email", "debtor", ""),
        ("mobile", "third_party", "friend"), ("mobile", "third_party", "guarantor"),
    ]  # fmt: skip
    points, values = [], []
    for number, person in enumerate(made):
        for place, (medium, owner, relation) in enumerate(shapes):
            if place in (1, 3, 4) and chance.random() < (0.5, 0.2, 0.8)[(1, 3, 4).index(place)]:
                continue
            value = f"storm{number}@example.com" if medium == "email" else f"+8613{place}{number:08d}"
            zone = chance.choice(ZONES) if chance.random() < 0.06 else ""
            points.append(
                ContactPoint(
                    person=person, medium=medium, owner=owner, relation=relation, rank=place + 1, zone=zone,
                    value_sealed=ring.seal(value, CONTACT_PURPOSE), value_masked="***",
                    value_hash=ring.search_hash(value, CONTACT_PURPOSE), recorded_at=OPENED,
                )
            )  # fmt: skip
            values.append(value)
    ContactPoint.objects.bulk_create(points)
    known: dict[int, dict[str, Any]] = {
        person.pk: {"id": person.pk, "points": [], "debts": [], "law": law, "zone": person.home_zone}
        for person, law in zip(made, laws, strict=True)
    }
    for point, value in zip(points, values, strict=True):
        known[point.person_id]["points"].append(
            {"id": point.pk, "medium": point.medium, "owner": point.owner, "value": value}
        )
    return list(known.values())


def _debts(people: list[dict[str, Any]], lenders: dict[str, Any], chance: random.Random) -> None:
    """Open one debt a person and lender at most, all of it overdue, and a case over them."""
    import polars as pl

    from fairdue.contexts.book.models import Account
    from fairdue.contexts.cases import facade as cases
    from fairdue.contexts.ledger import facade as ledger

    accounts = []
    for person in people:
        codes = chance.choices(
            (("north",), ("south",), ("north", "south")), (6, 2, 0 if person["law"] else 2)
        )[0]
        for code in codes:
            product = lenders[code]
            accounts.append(
                Account(
                    creditor_id=product.creditor_id, product=product, person_id=person["id"], currency="CNY",
                    external_ref=f"{code}-{person['id']}", opened_date=date(2025, 1, 5), balance_date=date(2026, 1, 1),
                    recorded_at=OPENED, jurisdiction=person["law"],
                )
            )  # fmt: skip
    Account.objects.bulk_create(accounts)
    common = {
        "account_id": [each.pk for each in accounts], "person_id": [each.person_id for each in accounts],
        "currency": "CNY", "component": "principal", "amount_minor": [OWED_MINOR] * len(accounts),
    }  # fmt: skip
    creditors = {"creditor_id": [each.creditor_id for each in accounts], "balance_date": date(2026, 1, 1)}
    ledger.open_accounts(pl.DataFrame(common | creditors), now=OPENED)
    due = {"due_ref": "2026-01", "due_date": DUE_DATE}
    ledger.land_dues(pl.DataFrame(common | due), batch_id=1, now=OPENED + timedelta(hours=1))
    codes_of = {product.creditor_id: code for code, product in lenders.items()}
    by_person = {person["id"]: person for person in people}
    for each in accounts:
        by_person[each.person_id]["debts"].append(
            {"id": each.pk, "lender": codes_of[each.creditor_id], "ref": each.external_ref}
        )
    for person in people:
        ids = [lenders[debt["lender"]].creditor_id for debt in person["debts"]]
        person["case"] = cases.ensure_case(person_id=person["id"], creditor_ids=ids, now=OPENED)
