"""What agencies do in a storm: ask, report, and tell of what nobody asked; now and then through the signed door itself."""

from __future__ import annotations

import json
import random
import time
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from benchmarks.storm_worker import Worker

AGENCY_TEXT = "【{lender}】您的账单待还，受{lender}委托提醒。核实请拨400-000-1000。回复T退订。"
LENDER_NAMES = {"north": "北方银行", "south": "南方消费金融"}


def point_of(
    person: dict[str, Any], chance: random.Random, medium: str = "mobile", third: float = 0.12
) -> Any:
    own = [each for each in person["points"] if each["medium"] == medium and each["owner"] == "debtor"]
    others = [
        each for each in person["points"] if each["medium"] == medium and each["owner"] == "third_party"
    ]
    return chance.choice(others) if others and chance.random() < third else chance.choice(own)


def purpose_of(point: Any, chance: random.Random) -> str:
    if point and point["owner"] == "third_party":
        return chance.choice(("pass_message", "locate", "collect"))
    return chance.choices(("collect", "service", "plan_reminder", "dispute_reply"), (85, 5, 5, 5))[0]


@cache
def client_of() -> Any:
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
    answer = client_of().post(
        f"/api/v1/agencies/{path}", data=body, content_type="application/json",
        headers=headers | {"X-Fairdue-Agency": agency},
    )  # fmt: skip
    return answer.status_code, answer.json()


@cache
def _agency(code: str) -> Any:
    from fairdue.contexts.law import facade as law

    return law.agency_of(code)


def _told(
    agency: str, path: str, document: dict[str, Any], chance: random.Random
) -> tuple[int, dict[str, Any]]:
    """Let an agency say something: one in eight times through the signed door of the API, else behind it."""
    if chance.random() < 0.125:
        return _signed(agency, path, document)
    from fairdue.contexts.law import facade as law
    from fairdue.kernel import clock

    try:
        if path == "permits":
            answer, _ = law.ask_permit(
                agency=_agency(agency), question=law.PermitQuestion(**document), now=clock.now()
            )
        else:
            said = document | {"occurred_at": datetime.fromisoformat(document["occurred_at"])}
            answer, _ = law.report_contact(
                agency=_agency(agency), report=law.ContactReport(**said), now=clock.now()
            )
    except (law.AgencyRefused, law.ResultUnknown, law.ContactPointUnfit) as refusal:
        return 422, {"code": refusal.code}
    return 200, answer


def _pick_agency(person: dict[str, Any], chance: random.Random) -> tuple[str, dict[str, Any]]:
    """Pick a debt and an agency that it may be placed with, seldom the one that may not act."""
    from benchmarks.storm_book import AGENCIES, UNFIT

    debt = chance.choice(person["debts"])
    fit = [code for code, lenders in AGENCIES.items() if debt["lender"] in lenders and code != UNFIT]
    return UNFIT if chance.random() < 0.02 else chance.choice(fit), debt


def ask(worker: Worker, index: int, now: datetime, chance: random.Random) -> dict[str, Any]:
    """An agency asks for a permit, some of them a second time under the same id."""
    person = worker.person(chance, now)
    agency, debt = _pick_agency(person, chance)
    channel = chance.choices(("call", "sms", "email", "visit"), (12, 4, 2, 1))[0]
    point = (
        None if channel == "visit" else point_of(person, chance, "email" if channel == "email" else "mobile")
    )
    staff = chance.choices(("S1", "S2", "S9"), (70, 27, 3))[0]
    question = {
        "request_id": f"q{worker.plan['seed']}-{index}", "creditor": debt["lender"], "account_ref": debt["ref"],
        "channel": channel, "contact_value": point["value"] if point else "", "purpose": purpose_of(point, chance),
        "mode": "announcement" if channel == "call" and chance.random() < 0.3 else "interactive",
        "text": AGENCY_TEXT.format(lender=LENDER_NAMES[debt["lender"]]) if channel in ("sms", "email") else "",
        "subject": "账单" if channel == "email" else "", "staff_ref": staff, "staff_count": 2,
    }  # fmt: skip
    status, answer = _told(agency, "permits", question, chance)
    if chance.random() < 0.1:
        again = _told(agency, "permits", question, chance)
        if any(again[1].get(name) != answer.get(name) for name in ("outcome", "permit_id", "code")):
            return {"o": "another_answer", "fault": f"{status} {answer} then {again}"}
    if status != 200:
        return {"o": str(answer.get("code", status))}
    permit = answer.get("permit_id")
    is_spoken = channel in ("call", "visit") and question["mode"] == "interactive"
    if permit is not None and staff == "S9" and is_spoken and not person["law"]:
        return {"o": "untrained", "fault": f"permit {permit} for a collector who passed no exam (CN-OUT-04)"}
    if permit is not None:
        worker.asked.append({"agency": agency, "question": question, "permit": permit, "at": now})
    rules = [reason["rule_id"] for reason in answer["reasons"]]
    worker.note(person, point, rules)
    return {"o": answer["outcome"], "r": rules, "permit": permit, "staff": staff if is_spoken else None}


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
    status, answer = _told(asked["agency"], "contacts", document, chance)
    if chance.random() < 0.1:
        _told(asked["agency"], "contacts", document, chance)
    if chance.random() < 0.1:
        more = document | {
            "request_id": document["request_id"] + "b",
            "contact_ref": document["contact_ref"] + "b",
        }
        _, twice = _told(asked["agency"], "contacts", more, chance)
        if twice.get("was_permitted") and answer.get("was_permitted"):
            return {"o": "used_twice", "fault": f"permit {asked['permit']} covered two contacts"}
    if chance.random() < 0.05:
        wrong = document | {"request_id": document["request_id"] + "w", "result": "wrong_number"}
        _told(asked["agency"], "contacts", wrong, chance)
    if status != 200:
        return {"o": str(answer.get("code", status))}
    told = asked["permit"] if answer["was_permitted"] else None
    return {"o": answer["result"], "told": told}


def unasked(worker: Worker, index: int, now: datetime, chance: random.Random) -> dict[str, Any]:
    """An agency tells of a contact that it made without asking: it counts, and what it broke is kept."""
    person = worker.person(chance)
    agency, debt = _pick_agency(person, chance)
    channel = chance.choice(("call", "sms"))
    results, weights = zip(*AGENCY_RESULTS[channel], strict=True)
    document = {
        "request_id": f"u{worker.plan['seed']}-{index}", "contact_ref": f"u{worker.plan['seed']}-{index}",
        "creditor": debt["lender"], "account_ref": debt["ref"], "channel": channel,
        "contact_value": point_of(person, chance, third=0)["value"], "result": chance.choices(results, weights)[0],
        "occurred_at": (now - timedelta(minutes=chance.randint(0, 600))).isoformat(),
        "direction": "inbound" if chance.random() < 0.2 else "outbound",
    }  # fmt: skip
    status, answer = _told(agency, "contacts", document, chance)
    return {"o": answer["outcome"] if status == 200 else str(answer.get("code", status))}
