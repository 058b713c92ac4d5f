"""The random events of a storm, each through one of the product's own doors: what workers do again and again."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from benchmarks.storm_worker import Worker

TEXTS = {
    "kind": "您好，您的账单待还，如有困难请联系我们协商。",
    "harsh": "再不还款，我们将通知您的家人和单位。",
}
AGENCY_TEXT = "【{lender}】您的账单待还，受{lender}委托提醒。核实请拨400-000-1000。回复T退订。"
LENDER_NAMES = {"north": "北方银行", "south": "南方消费金融"}
AGREED: tuple[dict[str, Any], ...] = (
    {"from": "20:00", "to": "23:30"},
    {"from": "22:00", "to": "02:00"},
    {"times": [{"days": ["sat", "sun"], "from": "09:00", "to": "12:00"}, {"days": ["mon"], "from": "06:00", "to": "08:30"}]},
    *[{"from": "08:00", "to": "22:00"}] * 6,
)  # fmt: skip


def _point(person: dict[str, Any], chance: random.Random, medium: str = "mobile", third: float = 0.12) -> Any:
    own = [each for each in person["points"] if each["medium"] == medium and each["owner"] == "debtor"]
    others = [
        each for each in person["points"] if each["medium"] == medium and each["owner"] == "third_party"
    ]
    return chance.choice(others) if others and chance.random() < third else chance.choice(own)


def _purpose(point: Any, chance: random.Random) -> str:
    if point and point["owner"] == "third_party":
        return chance.choice(("pass_message", "locate", "collect"))
    return chance.choices(("collect", "service", "plan_reminder", "dispute_reply"), (85, 5, 5, 5))[0]


def call(worker: Worker, index: int, now: datetime, chance: random.Random) -> dict[str, Any]:
    """A collector presses the button "call"; the outcome is recorded some events later."""
    from fairdue.contexts.cases import facade as cases
    from fairdue.journeys.start_call import start_call

    person = worker.person(chance)
    point = _point(person, chance)
    desk = worker.staff[chance.choice(("north", "south", "both", "both", person["debts"][0]["lender"]))]
    try:
        reservation = start_call(
            case_id=person["case"], contact_point_id=point["id"], actor=desk, now=now,
            purpose=_purpose(point, chance),
        )  # fmt: skip
    except (cases.CaseRefused, LookupError) as refusal:
        return {"o": getattr(refusal, "code", type(refusal).__name__)}
    if reservation.permit_id is not None:
        worker.calls.append(
            {"case": person["case"], "contact": reservation.contact_id, "desk": desk, "owner": point["owner"]}
        )
    rules = list(reservation.verdict.rule_ids)
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
            contact_point_id=_point(person, chance, third=0)["id"],
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

    person = worker.person(chance)
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


@cache
def _client() -> Any:
    """Return what posts to the API of this very process: its doors, keys and clock, without a socket."""
    from django.test import Client

    return Client()


def _signed(agency: str, path: str, document: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Post a document to the agencies' door as an agency does, and return status and answer."""
    from fairdue.contexts.law import facade as law
    from fairdue.contexts.outreach import facade as outreach

    access = law.agency_access(agency)
    assert access is not None
    body = json.dumps(document).encode()
    headers = outreach.sign(key=access["key"], body=body, timestamp=int(time.time()))
    answer = _client().post(
        f"/api/v1/agencies/{path}", data=body, content_type="application/json",
        headers=headers | {"X-Fairdue-Agency": agency},
    )  # fmt: skip
    return answer.status_code, answer.json()


def _debt_of(agency: str, person: dict[str, Any]) -> dict[str, Any] | None:
    from benchmarks.storm_book import AGENCIES

    return next((debt for debt in person["debts"] if debt["lender"] in AGENCIES[agency]), None)


def ask(worker: Worker, index: int, now: datetime, chance: random.Random) -> dict[str, Any]:
    """An agency asks for a permit, some of them a second time under the same id."""
    person, agency = worker.person(chance), chance.choice(("swift", "calm", "keen"))
    debt = _debt_of(agency, person)
    if debt is None:
        return {"o": "no_debt"}
    channel = chance.choices(("call", "sms", "email", "visit"), (12, 4, 2, 1))[0]
    point = (
        None if channel == "visit" else _point(person, chance, "email" if channel == "email" else "mobile")
    )
    question = {
        "request_id": f"q{worker.plan['seed']}-{index}", "creditor": debt["lender"], "account_ref": debt["ref"],
        "channel": channel, "contact_value": point["value"] if point else "", "purpose": _purpose(point, chance),
        "mode": "announcement" if channel == "call" and chance.random() < 0.3 else "interactive",
        "text": AGENCY_TEXT.format(lender=LENDER_NAMES[debt["lender"]]) if channel in ("sms", "email") else "",
        "subject": "账单" if channel == "email" else "", "staff_ref": "S1", "staff_count": 2,
    }  # fmt: skip
    status, answer = _signed(agency, "permits", question)
    if chance.random() < 0.1:
        again = _signed(agency, "permits", question)
        if again[1] != answer:
            return {"o": "another_answer", "fault": f"{status} {answer} then {again}"}
    if status != 200:
        return {"o": str(answer.get("code", status))}
    if answer["permit_id"] is not None:
        worker.asked.append(
            {"agency": agency, "question": question, "permit": answer["permit_id"], "at": now}
        )
    return {"o": answer["outcome"], "r": [reason["rule_id"] for reason in answer["reasons"]]}


AGENCY_RESULTS = {
    "call": (("no_answer", 8), ("busy", 2), ("conversation", 6), ("third_party", 1), ("wrong_number", 1), ("failed", 1)),
    "announcement": (("announcement_connected", 6), ("no_answer", 3)),
    "sms": (("sent", 3), ("delivered", 3), ("undelivered", 1)),
    "email": (("sent", 3), ("delivered", 3)),
    "visit": (("conversation", 2), ("no_answer", 2)),
}  # fmt: skip


def report(worker: Worker, index: int, now: datetime, chance: random.Random) -> dict[str, Any]:
    """An agency tells what it did with its permit: within its time or too late, some twice, some with a later result."""
    asked = worker.asked.pop(chance.randrange(len(worker.asked)))
    question = asked["question"]
    kind = "announcement" if question["mode"] == "announcement" else question["channel"]
    results, weights = zip(*AGENCY_RESULTS[kind], strict=True)
    wait = timedelta(seconds=chance.choice((5, 60, 300, 840, 1200)))
    document = {name: question[name] for name in ("creditor", "account_ref", "channel", "contact_value", "purpose")} | {
        "request_id": f"r{worker.plan['seed']}-{index}", "contact_ref": f"c{worker.plan['seed']}-{index}",
        "permit_id": asked["permit"], "result": chance.choices(results, weights)[0],
        "occurred_at": min(asked["at"] + wait, now).isoformat(), "mode": question["mode"] if question["channel"] == "call" else "",
    }  # fmt: skip
    status, answer = _signed(asked["agency"], "contacts", document)
    if chance.random() < 0.1:
        _signed(asked["agency"], "contacts", document)
    if chance.random() < 0.1:
        more = document | {
            "request_id": document["request_id"] + "b",
            "contact_ref": document["contact_ref"] + "b",
        }
        _, twice = _signed(asked["agency"], "contacts", more)
        if twice.get("was_permitted") and answer.get("was_permitted"):
            return {"o": "used_twice", "fault": f"permit {asked['permit']} covered two contacts"}
    if chance.random() < 0.05:
        wrong = document | {"request_id": document["request_id"] + "w", "result": "wrong_number"}
        _signed(asked["agency"], "contacts", wrong)
    if status != 200:
        return {"o": str(answer.get("code", status))}
    told = asked["permit"] if answer["was_permitted"] else None
    return {"o": answer["result"], "told": told}


def unasked(worker: Worker, index: int, now: datetime, chance: random.Random) -> dict[str, Any]:
    """An agency tells of a contact that it made without asking: it counts, and what it broke is kept."""
    person, agency = worker.person(chance), chance.choice(("swift", "calm", "keen"))
    debt = _debt_of(agency, person)
    if debt is None:
        return {"o": "no_debt"}
    channel = chance.choice(("call", "sms"))
    results, weights = zip(*AGENCY_RESULTS[channel], strict=True)
    document = {
        "request_id": f"u{worker.plan['seed']}-{index}", "contact_ref": f"u{worker.plan['seed']}-{index}",
        "creditor": debt["lender"], "account_ref": debt["ref"], "channel": channel,
        "contact_value": _point(person, chance, third=0)["value"], "result": chance.choices(results, weights)[0],
        "occurred_at": (now - timedelta(minutes=chance.randint(0, 600))).isoformat(),
        "direction": "inbound" if chance.random() < 0.2 else "outbound",
    }  # fmt: skip
    status, answer = _signed(agency, "contacts", document)
    return {"o": answer["outcome"] if status == 200 else str(answer.get("code", status))}


def consent(worker: Worker, index: int, now: datetime, chance: random.Random) -> dict[str, Any]:
    """A borrower says something about being contacted, on the portal or to somebody."""
    from fairdue.contexts.parties import facade as parties
    from fairdue.journeys.stop_contacts import CHANNELS, choose_contacts
    from fairdue.kernel.actor import Actor

    person = worker.person(chance)
    said = chance.choices(("portal", "opt_out", "opt_in", "agreed_hours", "more_contacts"), (4, 2, 6, 4, 2))[
        0
    ]
    actor = Actor(kind="borrower", label="borrower", id=person["id"])
    if said == "portal":
        share = 0 if chance.random() < 0.7 else 0.3
        stopped = frozenset(channel for channel in CHANNELS if chance.random() < share)
        choose_contacts(person_id=person["id"], stopped=stopped, actor=actor, now=now)
        return {"o": said}
    point = _point(person, chance, third=0) if said.startswith("opt") and chance.random() < 0.8 else None
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

    person, lifted = worker.person(chance), 0
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

    person = worker.person(chance)
    parties.mark_contact_point(
        contact_point_id=_point(person, chance, third=0)["id"], status="valid", reason="storm",
        actor=worker.staff["boss"], now=now,
    )  # fmt: skip
    return {"o": "valid"}


def carrier(worker: Worker, index: int, now: datetime, chance: random.Random) -> dict[str, Any]:
    """The carrier tells what became of a message, or what was replied; some of it twice."""
    from django.conf import settings
    from django.db import connection

    from fairdue.contexts.outreach import facade as outreach

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT idempotency_key FROM outreach_dispatch WHERE provider = 'http' ORDER BY id DESC LIMIT 40"
        )
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
    answer = _client().post(
        "/api/v1/providers/http/events", data=body, content_type="application/json", headers=headers
    )
    return {"o": kind if answer.status_code == 200 else str(answer.status_code)}


EVENTS: dict[str, tuple[int, Callable[..., dict[str, Any]]]] = {
    "call": (20, call), "outcome": (16, outcome), "inbound": (2, inbound), "message": (20, message),
    "dispatch": (4, dispatch), "write": (2, write), "ask": (14, ask), "report": (8, report), "unasked": (2, unasked),
    "consent": (4, consent), "hold": (1, hold), "lift": (5, lift), "heal": (2, heal), "carrier": (3, carrier),
}  # fmt: skip
"""How often each kind of event comes."""
