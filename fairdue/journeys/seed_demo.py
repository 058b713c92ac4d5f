"""The demonstration's people: one lender with its product, teams, a login per role, some cases handed out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from fairdue.contexts.cases import facade as cases
from fairdue.contexts.identity import facade as identity
from fairdue.contexts.law import facade as law
from fairdue.contexts.reporting import facade as reporting
from fairdue.journeys.invite_borrower import invite_borrower
from fairdue.journeys.set_up_lender import set_up_lender
from fairdue.kernel.actor import Actor, system
from fairdue.kernel.clock import business_date

STAFF_FILE = Path(__file__).resolve().parents[2] / "examples" / "demo_book" / "staff.yaml"
DEMO_PASSWORD = "Fairdue-2026-demo"  # noqa: S105 - printed on purpose; only a demonstration creates these logins
HANDED_OUT = {"agency": 40, "field": 20}
"""How many cases the demonstration assigns to the login of a role; the collector's are given by the night."""
CALLS_AN_HOUR, FIRST_HOUR, END_HOUR = 240, 9, 18
MESSAGES_A_DAY: dict[str, int | None] = {"sms": 4000, "inapp": None, "email": None}
"""Less than the whole demonstration book wishes, so that a night shows who was left out and what one more would bring."""
MESSAGES_AT_FIRST = {"sms": 110, "inapp": 50, "email": 30}
"""Until the demo date the lender tries messages with a few."""
TARGETS = {"kept_rate": "60", "rpc_rate": "40", "promise_rate": "45", "complaints": "30", "cash": "2000000"}
"""What the collectors' team aims at."""


def _cast() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(STAFF_FILE.read_text())
    return document


def demo_logins() -> list[tuple[str, str]]:
    """Return role and user name of one demonstration login per role."""
    first: dict[str, str] = {}
    for each in _cast()["staff"]:
        first.setdefault(each["role"], each["username"])
    return list(first.items())


def staff_by_role(actor: Actor) -> dict[str, identity.StaffCard]:
    """Return the first login of each role: whom a visitor signs in as."""
    cards = sorted(identity.staff_cards(actor=actor), key=lambda card: -card.staff_id)
    return {card.role: card for card in cards}


@transaction.atomic
def seed_demo(*, actor: Actor, now: datetime) -> None:
    """This function will create the creditor, product, teams and logins that are not there yet."""
    cast = _cast()
    set_up_lender(document=cast, actor=actor, now=now)
    known = {card.username for card in identity.staff_cards(actor=actor)}
    for member in cast["staff"]:
        if member["username"] not in known:
            _create(member, actor, now)
    for team in cast["teams"]:
        if team.get("agency_code"):
            _make_fit(team["agency_code"], actor, now)
    _limit(cast, actor, now)


def _make_fit(agency: str, actor: Actor, now: datetime) -> None:
    """Put the demonstration's agency on the list, evaluated and with a trained collector, once."""
    if any(
        card.agency == agency and card.is_listed
        for card in law.agency_register(actor=actor, on=business_date(now))
    ):
        return
    day = business_date(now) - timedelta(days=30)
    law.list_agency(
        agency=agency, listed_from=day, list_reference="https://bank.example/agencies", actor=actor, now=now
    )
    law.evaluate_agency(agency=agency, evaluated_date=day, is_passed=True, findings="", actor=actor, now=now)
    law.certify_staff(
        staff_ref="S-001", agency=agency, trained_date=day, certificate_ref="C-001", actor=actor, now=now
    )


def _limit(cast: Mapping[str, Any], actor: Actor, now: datetime) -> None:
    """Say once how many calls and messages there are, what each collector takes, and what their team aims at."""
    today = business_date(now)
    if cases.capacities(actor=actor, on=today, with_past=True):
        return
    said: dict[str, Any] = {"valid_from": today - timedelta(days=1), "note": "", "actor": actor, "now": now}
    cases.set_capacities(
        kind="calls", name="m2", amount=CALLS_AN_HOUR, hours=range(FIRST_HOUR, END_HOUR), **said
    )
    for channel, amount in MESSAGES_AT_FIRST.items():
        cases.set_capacity(kind="messages", name=channel, amount=amount, **said)
    cards = {card.username: card for card in identity.staff_cards(actor=actor)}
    for member in cast["staff"]:
        if takes := member.get("takes"):
            cases.set_collector(staff_id=cards[member["username"]].staff_id, **takes, actor=actor, now=now)
    amounts = {code: Decimal(amount) for code, amount in TARGETS.items()}
    team_id = cards["collector"].team_id or 0
    reporting.set_targets(team_id=team_id, amounts=amounts, valid_from=today, actor=actor, now=now)


def allow_messages(*, actor: Actor, now: datetime) -> None:
    """This function will let the lender send more messages from today on, once."""
    today = business_date(now)
    if any(card.valid_from == today for card in cases.capacities(actor=actor, on=today)):
        return
    for channel, amount in MESSAGES_A_DAY.items():
        cases.set_capacity(
            kind="messages", name=channel, amount=amount, valid_from=today, actor=actor, now=now
        )


def _announce(agency: str, person_ids: Iterable[int], actor: Actor, now: datetime) -> None:
    """Record that borrowers were told who the agency is."""
    law.record_notices(
        notices=[
            law.NoticeGiven(
                person_id=person_id, kind="agency", issuer=agency, channel="letter",
                sent_date=business_date(now) - timedelta(days=7),
            )
            for person_id in person_ids
        ],
        actor=actor, now=now,
    )  # fmt: skip


def _create(member: Mapping[str, Any], actor: Actor, now: datetime) -> None:
    """Create one login with the printed password."""
    identity.create_staff(
        username=member["username"],
        display_name=member["display_name"],
        role=member["role"],
        team_code=member["team"],
        password=DEMO_PASSWORD,
        email=member.get("email", ""),
        actor=actor,
        now=now,
    )


def hand_out_cases(*, actor: Actor, now: datetime) -> int:
    """This function will assign some unassigned open cases to agency, field and collector; once."""
    by_role = staff_by_role(actor)
    rows = cases.queue(actor=actor, limit=sum(HANDED_OUT.values()) * 3).rows
    if any(row.assigned_to_id in {by_role[role].staff_id for role in HANDED_OUT} for row in rows):
        return 0
    latest_first = sorted((row for row in rows if not row.assigned_to), key=lambda row: -row.days_past_due)
    handed, start = 0, 0
    for role, count in HANDED_OUT.items():
        chosen = [row.case_id for row in latest_first[start : start + count]]
        if role == "agency":
            told = [row.person_id for row in latest_first[start : start + count]]
            _announce(by_role[role].agency_code, told, actor, now)
        start += count
        if chosen:
            handed += cases.assign(case_ids=chosen, staff_id=by_role[role].staff_id, actor=actor, now=now)
    return handed


def borrower_link(*, now: datetime) -> str | None:
    """Return a fresh portal link of a borrower with open work, or None while there is none."""
    actor = system("demo")
    rows = cases.queue(actor=actor, limit=1).rows
    if not rows:
        return None
    return invite_borrower(person_id=rows[0].person_id, actor=actor, now=now, lifetime=timedelta(days=7))
