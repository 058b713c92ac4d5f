"""The random events of a storm, each through one of the product's own doors: what workers do again and again."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from benchmarks.storm_agencies import ask, client_of, point_of, purpose_of, report, unasked

if TYPE_CHECKING:
    from benchmarks.storm_worker import Worker

TEXTS = {
    "kind": "您好，您的账单待还，如有困难请联系我们协商。",
    "harsh": "再不还款，我们将通知您的家人和单位。",
}
CHINA = timezone(timedelta(hours=8))
AGREED: tuple[dict[str, Any], ...] = (
    {"from": "20:00", "to": "23:30"},
    {"from": "22:00", "to": "02:00"},
    {"times": [{"days": ["sat", "sun"], "from": "09:00", "to": "12:00"}, {"days": ["mon"], "from": "06:00", "to": "08:30"}]},
    *[{"from": "08:00", "to": "22:00"}] * 20,
)  # fmt: skip


def call(worker: Worker, index: int, now: datetime, chance: random.Random) -> dict[str, Any]:
    """A collector presses the button "call"; the outcome is recorded some events later."""
    from fairdue.contexts.cases import facade as cases
    from fairdue.journeys.start_call import start_call

    person = worker.person(chance, now)
    point = point_of(person, chance)
    own = person["debts"][0]["lender"]
    desk = worker.staff["south" if chance.random() < 0.02 else chance.choice(("both", own))]
    try:
        reservation = start_call(
            case_id=person["case"], contact_point_id=point["id"], actor=desk, now=now,
            purpose=purpose_of(point, chance),
        )  # fmt: skip
    except (cases.CaseRefused, LookupError) as refusal:
        return {"o": getattr(refusal, "code", type(refusal).__name__)}
    if reservation.permit_id is not None:
        worker.calls.append(
            {"case": person["case"], "contact": reservation.contact_id, "desk": desk, "owner": point["owner"]}
        )
    rules = list(reservation.verdict.rule_ids)
    worker.note(person, point, rules)
    return {"o": reservation.verdict.outcome, "r": rules, "shown": reservation.permit_id}


OWN_OUTCOMES = (
    ("no_answer", 40), ("busy", 8), ("dropped", 4), ("voicemail", 4), ("right_party", 26), ("callback", 4),
    ("refuses", 3), ("disputes", 1), ("complains", 1), ("hardship", 1), ("asked_to_stop_number", 1),
    ("asked_to_stop_channel", 1), ("not_in_service", 1), ("wrong_number", 2), ("third_party", 2), ("not_made", 2),
)  # fmt: skip
THIRD_OUTCOMES = (("third_party", 6), ("third_party_refuses", 2), ("third_party_offers", 1), ("no_answer", 4))


def outcome(worker: Worker, index: int, now: datetime, chance: random.Random) -> dict[str, Any]:
    """The phone is down: the collector says how the call ended, with all that follows."""
    from fairdue.contexts.cases import facade as cases
    from fairdue.journeys.record_contact import record_contact

    made = worker.calls.pop(chance.randrange(len(worker.calls)))
    codes, weights = zip(*(THIRD_OUTCOMES if made["owner"] == "third_party" else OWN_OUTCOMES), strict=True)
    code = chance.choices(codes, weights)[0]
    try:
        record_contact(
            case_id=made["case"], code=code, actor=made["desk"], now=now, contact_id=made["contact"], note="…"
        )
    except (cases.CaseRefused, ValueError) as refusal:
        return {"o": getattr(refusal, "code", type(refusal).__name__)}
    return {"o": code}


def inbound(worker: Worker, index: int, now: datetime, chance: random.Random) -> dict[str, Any]:
    """The debtor calls by himself, and may say a few things."""
    from fairdue.contexts.cases import facade as cases
    from fairdue.journeys.record_contact import record_contact

    person = worker.person(chance)
    code = chance.choices(
        ("right_party", "disputes", "complains", "asked_to_stop_number", "callback"), (8, 1, 1, 1, 3)
    )[0]
    try:
        record_contact(
            case_id=person["case"], code=code, actor=worker.staff["both"], now=now, channel="inbound", note="…",
            contact_point_id=point_of(person, chance, third=0)["id"],
        )  # fmt: skip
    except (cases.CaseRefused, ValueError) as refusal:
        return {"o": getattr(refusal, "code", type(refusal).__name__)}
    return {"o": code}


def message(worker: Worker, index: int, now: datetime, chance: random.Random) -> dict[str, Any]:
    """A message is planned, some of them twice under one key; a dispatcher sends it when it may."""
    from fairdue.contexts.outreach import facade as outreach

    person = worker.person(chance)
    channel = chance.choices(("sms", "email", "inapp"), (5, 2, 4))[0]
    debt = chance.choice(person["debts"])
    template = chance.choice(("reminder.first_overdue", "reminder.second_round", "reminder.third_round"))
    for _ in range(2 if chance.random() < 0.1 else 1):
        outreach.plan_message(
            person_id=person["id"], channel=channel, template_code=template, purpose="collect",
            dedupe_key=f"storm:{worker.plan['seed']}:{index}", now=now, account_id=debt["id"], is_woken=False,
            expires_at=now + timedelta(hours=chance.choice((1, 6, 30))),
        )  # fmt: skip
    return {"o": channel}


def dispatch(worker: Worker, index: int, now: datetime, chance: random.Random) -> dict[str, Any]:
    """A dispatcher makes its rounds: what others left open, then what is due."""
    from dataclasses import asdict

    from fairdue.contexts.outreach import facade as outreach

    report = outreach.dispatch_due(now=now, limit=chance.choice((1, 10, 60)), worker=f"storm-{worker.number}")
    return {"o": "pass", "sent": {name: count for name, count in asdict(report).items() if count}}


def write(worker: Worker, index: int, now: datetime, chance: random.Random) -> dict[str, Any]:
    """A collector writes by hand, now and then what nobody may write."""
    from fairdue.contexts.cases import facade as cases
    from fairdue.contexts.outreach import facade as outreach
    from fairdue.journeys.write_message import write_message

    person = worker.person(chance, now)
    channel = chance.choice(("sms", "inapp", "email"))
    try:
        sent = write_message(
            case_id=person["case"], channel=channel, text=TEXTS[chance.choice(("kind", "kind", "harsh"))],
            subject="账单" if channel == "email" else "", actor=worker.staff[chance.choice(("north", "both"))], now=now,
            account_id=None,
        )  # fmt: skip
    except (cases.CaseRefused, outreach.TextRefused, LookupError) as refusal:
        return {"o": getattr(refusal, "code", type(refusal).__name__)}
    reasons = (sent.verdict or {}).get("reasons", ())
    return {"o": sent.status, "r": [reason["rule_id"] for reason in reasons]}


def consent(worker: Worker, index: int, now: datetime, chance: random.Random) -> dict[str, Any]:
    """A borrower says something about being contacted, on the portal or to somebody."""
    from fairdue.contexts.parties import facade as parties
    from fairdue.journeys.stop_contacts import CHANNELS, choose_contacts
    from fairdue.kernel.actor import Actor

    person = worker.person(chance)
    said = chance.choices(("portal", "opt_out", "opt_in", "agreed_hours", "more_contacts"), (5, 1, 8, 3, 1))[
        0
    ]
    actor = Actor(kind="borrower", label="borrower", id=person["id"])
    if said == "portal":
        share = 0 if chance.random() < 0.85 else 0.3
        stopped = frozenset(channel for channel in CHANNELS if chance.random() < share)
        choose_contacts(person_id=person["id"], stopped=stopped, actor=actor, now=now)
        return {"o": said}
    point = point_of(person, chance, third=0) if said.startswith("opt") and chance.random() < 0.8 else None
    known = worker.freed("stopped", chance) if said == "opt_in" else None
    if known is not None:
        person = known[0]
        point = None if chance.random() < 0.4 else known[1]
        actor = Actor(kind="borrower", label="borrower", id=person["id"])
    channel = chance.choice(("", "sms", "call")) if said.startswith("opt") else ""
    parties.record_consent(
        person_id=person["id"], kind=said, channel="" if point else channel, source="storm", actor=actor,
        contact_point_id=point["id"] if point else None, detail=chance.choice(AGREED) if said == "agreed_hours" else {},
        occurred_at=now, now=now,
    )  # fmt: skip
    return {"o": said}


def hold(worker: Worker, index: int, now: datetime, chance: random.Random) -> dict[str, Any]:
    """A debt or a person is put off limits."""
    from fairdue.contexts.cases import facade as cases
    from fairdue.contexts.law import facade as law
    from fairdue.journeys.raise_hold import raise_hold

    person = worker.person(chance)
    kind = chance.choice(law.HOLD_KINDS)
    debt = chance.choice((None, *(debt["id"] for debt in person["debts"])))
    try:
        raise_hold(
            case_id=person["case"],
            kind=kind,
            reason="storm",
            actor=worker.staff["boss"],
            now=now,
            account_id=debt,
        )
    except cases.CaseRefused as refusal:
        return {"o": getattr(refusal, "code", type(refusal).__name__)}
    return {"o": kind}


def lift(worker: Worker, index: int, now: datetime, chance: random.Random) -> dict[str, Any]:
    """All holds of a borrower end."""
    from django.db import IntegrityError

    from fairdue.contexts.cases import facade as cases
    from fairdue.contexts.law import facade as law
    from fairdue.journeys.raise_hold import lift_hold

    known = worker.freed("held", chance)
    person, lifted = known[0] if known else worker.person(chance), 0
    for each in law.open_holds(person["id"]):
        try:
            lift_hold(
                case_id=person["case"],
                hold_id=each.hold_id,
                reason="storm",
                actor=worker.staff["boss"],
                now=now,
            )
            lifted += 1
        except (cases.CaseRefused, IntegrityError):
            continue  # somebody was faster, or by this clock it has not begun
    return {"o": "lifted" if lifted else "none"}


def heal(worker: Worker, index: int, now: datetime, chance: random.Random) -> dict[str, Any]:
    """A number that was marked wrong turns out to be right."""
    from fairdue.contexts.parties import facade as parties

    known = worker.freed("broken", chance)
    point = known[1] if known and known[1] else point_of(worker.person(chance), chance, third=0)
    parties.mark_contact_point(
        contact_point_id=point["id"], status="valid", reason="storm",
        actor=worker.staff["boss"], now=now,
    )  # fmt: skip
    return {"o": "valid"}


def standing(worker: Worker, index: int, now: datetime, chance: random.Random) -> dict[str, Any]:
    """An agency leaves the list or comes back, is evaluated, a collector passes the exam, some for a few days only."""
    from benchmarks.storm_book import AGENCIES, UNFIT
    from fairdue.contexts.law import facade as law
    from fairdue.kernel.actor import system

    actor, today = system("storm"), now.astimezone(CHINA).date()
    agency = chance.choice([code for code in AGENCIES if code != UNFIT])
    kind = chance.choices(("delist", "list", "evaluate", "certify", "certify_own"), (2, 3, 2, 3, 2))[0]
    try:
        if kind == "delist":
            until = today - timedelta(days=chance.choice((0, 1, 1)))
            law.delist_agency(agency=agency, listed_until=until, reason="storm", actor=actor, now=now)
            worker.delisted.add(agency)
        elif kind == "list":
            for code in sorted(worker.delisted) or [agency]:
                worker.delisted.discard(code)
                law.list_agency(agency=code, listed_from=today, list_reference="storm", actor=actor, now=now)
        elif kind == "evaluate":
            law.evaluate_agency(
                agency=agency,
                evaluated_date=today,
                is_passed=chance.random() < 0.7,
                findings="",
                actor=actor,
                now=now,
            )
        else:
            own = str(worker.staff["north"].id)
            law.certify_staff(
                agency=agency if kind == "certify" else "", staff_ref=chance.choice(("S1", "S2")) if kind == "certify" else own,
                trained_date=today, certificate_ref=f"C{index}", actor=actor, now=now,
                expires_date=today + timedelta(days=chance.randint(0, 3)) if chance.random() < 0.6 else None,
            )  # fmt: skip
    except law.StandingRefused as refusal:
        return {"o": refusal.code}
    return {"o": kind}


def carrier(worker: Worker, index: int, now: datetime, chance: random.Random) -> dict[str, Any]:
    """The carrier tells what became of a message, or what was replied; some of it twice."""
    from django.conf import settings
    from django.db import connection

    from fairdue.contexts.outreach import facade as outreach

    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM storm_carried ORDER BY id DESC LIMIT 40")
        keys = [key for (key,) in cursor.fetchall()]
    if not keys:
        return {"o": "none"}
    kind = chance.choices(("delivered", "failed", "bounced", "replied", "complained"), (20, 4, 2, 2, 1))[0]
    event = {
        "event_ref": f"e{worker.plan['seed']}-{index}", "kind": kind, "idempotency_key": chance.choice(keys),
        "occurred_at": now.isoformat(), "is_permanent": kind == "bounced", "text": "T" if kind == "replied" else "",
    }  # fmt: skip
    body = json.dumps({"events": [event] * (2 if chance.random() < 0.1 else 1)}).encode()
    headers = outreach.sign(key=settings.SMS_PROVIDER_KEY, body=body, timestamp=int(time.time()))
    answer = client_of().post(
        "/api/v1/providers/http/events", data=body, content_type="application/json", headers=headers
    )
    return {"o": kind if answer.status_code == 200 else str(answer.status_code)}


EVENTS: dict[str, tuple[int, Callable[..., dict[str, Any]]]] = {
    "call": (50, call), "outcome": (40, outcome), "inbound": (3, inbound), "message": (34, message),
    "dispatch": (8, dispatch), "write": (3, write), "ask": (32, ask), "report": (26, report), "unasked": (3, unasked),
    "consent": (9, consent), "hold": (2, hold), "lift": (14, lift), "heal": (6, heal), "carrier": (4, carrier), "standing": (2, standing),
}  # fmt: skip
"""How often each kind of event comes."""
