"""Answers the `gate` questions of the conformance cases (format: their README) with the packs as shipped.

Facts of a case become candidate rows, one a debt, and the same judgement as everywhere gives the answer. A case
with a fact that these rules do not know is not answered at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from fairdue.engine.law.hours import DAYS
from fairdue.engine.law.judging import Rulebook
from fairdue.engine.law.packs import load_pack
from fairdue.engine.law.trying import try_case
from fairdue.engine.law.verdict import RANK, Verdict

RULES_DIR = Path(__file__).resolve().parents[3] / "packs" / "rules"
SUPPORTED_PACKS = ["cn"]
ALWAYS = f"{','.join(DAYS)} 00:00-24:00"
CHANNEL_NAMES = {"in_app": "inapp"}
UNANSWERED = ("no_answer", "busy", "dropped", "voicemail", "voicemail_full")
PHONES = ("mobile", "landline")

KNOWN_EVENTS = frozenset({
    "contact", "inbound", "consent", "agreed_hours", "dispute", "verification_sent", "plan_agreed", "plan_breached",
    "wrong_number", "contact_refused", "offers_to_pay", "entry_refused",
})  # fmt: skip
HARMLESS_EVENTS = frozenset({"payment", "account_deduction", "signed_demand", "furnished", "undeliverable"})
"""Events that no rule on contacts asks about."""
UNKNOWN_QUESTIONS = ("initiated_by", "reply_to", "continues", "identity_verified")

Fields = Mapping[str, Any]


class _Unknown(Exception):
    """The case holds a fact that the rules here do not know."""


def answer_gate(case: Fields) -> dict[str, Any] | None:
    """This function will answer a gate case, or return None if the rules here do not know all of its facts.

    Answers: outcome, retry_after (a moment or None), rules (ids of the broken rules), flags, requires.
    """
    if case["kind"] != "gate" or list(case["packs"]) != SUPPORTED_PACKS:
        return None
    try:
        verdicts = [try_case(facts, _rulebook()) for facts in _candidates(case["given"], case["when"])]
        return _strictest(verdicts, case)
    except _Unknown:
        return None


@lru_cache(maxsize=1)
def _rulebook() -> Rulebook:
    return Rulebook(tuple(load_pack(RULES_DIR / code) for code in SUPPORTED_PACKS))


def _strictest(verdicts: list[Verdict], case: Fields) -> dict[str, Any]:
    """Combine the verdicts on the debts concerned: the strictest outcome, every reason, the latest moment."""
    outcome = max((verdict.outcome for verdict in verdicts), key=RANK.__getitem__)
    moments = [verdict.retry_after for verdict in verdicts if verdict.outcome == "defer"]
    if outcome == "defer" and (None in moments or _is_dated(case["given"]["events"])):
        raise _Unknown("a statement that ends while waiting")
    return {
        "outcome": outcome,
        "retry_after": max(moments) if outcome == "defer" else None,  # type: ignore[type-var]
        "rules": list(dict.fromkeys(rule for verdict in verdicts for rule in verdict.rule_ids)),
        "flags": list(dict.fromkeys(flag for verdict in verdicts for flag in verdict.flags)),
        "requires": list(dict.fromkeys(need for verdict in verdicts for need in verdict.requires)),
    }


def _is_dated(events: list[Fields]) -> bool:
    return any("until" in event or "valid_on" in event for event in events)


def _candidates(given: Fields, when: Fields) -> Iterator[dict[str, Any]]:
    at = datetime.fromisoformat(when["at"])
    events = [event for event in given["events"] if datetime.fromisoformat(event["at"]) <= at]
    _refuse_unknown(given, when, events)
    points = {point["id"]: point for point in given["contact_points"]}
    if "to" in when and when["to"] not in points:
        raise _Unknown("a contact point that is not listed")
    target = points.get(when.get("to", ""), {})
    home = _home_zone(given)
    common = {
        "at": at,
        "channel": CHANNEL_NAMES.get(when["channel"], when["channel"]),
        "mode": when.get("mode", "interactive"),
        "purpose": when["purpose"],
        "states": when.get("states", []),
        "home_zone": home,
        "zones": "|".join(_zones(given, target, home)),
        "sender_account": when.get("sender_account", "institution"),
        "staff_count": len(when["staff"]) if "staff" in when else 2,
        "enters_premises": when.get("enters", False),
        **_about_actor(given, at),
        **_about_people(given, target, events),
        **_said(events, at.astimezone(ZoneInfo(home)).date()),
        **_history(events, points, when.get("to")),
    }
    debts = {debt["id"]: debt for debt in given["debts"]}
    for debt in (debts[name] for name in when["about"]):
        yield common | {
            "product_kinds": [debt["product"]],
            "is_online": debt.get("online", False),
            "holds": _holds(events, debt["id"]),
        }


def _refuse_unknown(given: Fields, when: Fields, events: list[Fields]) -> None:
    unknown = {event["type"] for event in events} - KNOWN_EVENTS - HARMLESS_EVENTS
    asked = [name for name in UNKNOWN_QUESTIONS if when.get(name, _DEFAULTS.get(name)) != _DEFAULTS.get(name)]
    states = [
        debt for debt in given["debts"] if debt.get("state", "open") != "open" or "limitation_expired" in debt
    ]
    wrong = [
        event for event in events if event["type"] == "wrong_number" and event.get("point") == when.get("to")
    ]
    if unknown or asked or states or wrong or given["debtor"].get("represented_by_attorney"):
        raise _Unknown(f"{sorted(unknown)} {asked}")


_DEFAULTS = {"initiated_by": "actor", "identity_verified": True}


def _home_zone(given: Fields) -> str:
    """Zone in which days are counted: the home's, else that of the first contact point that has one."""
    listed = [given["debtor"].get("home_zone"), *(point.get("zone") for point in given["contact_points"])]
    for zone in filter(None, listed):
        return str(zone)
    raise _Unknown("no zone")


def _zones(given: Fields, target: Fields, home: str) -> list[str]:
    debtor = given["debtor"]
    if target.get("owner") == "third_party":
        return [target.get("zone") or debtor.get("home_zone") or home]
    own = [point.get("zone") for point in given["contact_points"] if point.get("owner", "debtor") == "debtor"]
    return list(dict.fromkeys(filter(None, [debtor.get("home_zone"), *debtor.get("zones", []), *own]))) or [
        home
    ]


def _about_actor(given: Fields, at: datetime) -> dict[str, Any]:
    kind = given["actor"]["kind"]
    facts: dict[str, Any] = {"actor_kind": "creditor" if kind == "field_team" else kind}
    if "notices" in given:
        notices = given["notices"]
        facts["is_agency_announced"] = any(_before(n, "sent", at) for n in notices if n["type"] == "agency")
        facts["is_assignment_notified"] = any(
            _before(n, "received", at) for n in notices if n["type"] == "assignment"
        )
    return facts


def _before(notice: Fields, field: str, at: datetime) -> bool:
    if field not in notice:
        return False
    moment = datetime.fromisoformat(notice[field])
    return moment.date() < at.date() if moment.tzinfo is None else moment <= at


def _about_people(given: Fields, target: Fields, events: list[Fields]) -> dict[str, Any]:
    debtor, person = given["debtor"], target.get("person")
    relations = {other["id"]: other["relation"] for other in given.get("persons", [])}
    wrong = {event.get("point") for event in events if event["type"] == "wrong_number"}
    own = [
        point.get("status", "valid") == "valid" and point["id"] not in wrong
        for point in given["contact_points"]
        if point.get("owner", "debtor") == "debtor" and point["medium"] in PHONES
    ]
    said = {event["type"] for event in events if person is not None and event.get("by") == person}
    return {
        "owner": target.get("owner", "debtor"),
        "relation": relations.get(person, ""),
        "point_status": target.get("status", "valid"),
        "is_deceased": debtor.get("deceased", False),
        "age": debtor.get("age"),
        "capacity": debtor.get("capacity", "full"),
        "has_only_invalid_numbers": bool(own) and not any(own),
        "has_third_refused": "contact_refused" in said,
        "has_third_offered": "offers_to_pay" in said,
    }


def _said(events: list[Fields], day: date) -> dict[str, Any]:
    """Consents and agreed hours of the debtor that are valid on the day."""
    valid = [event for event in events if event.get("by", "debtor") == "debtor" and _is_valid_on(event, day)]
    consents = [event for event in valid if event["type"] == "consent"]
    agreed = [event for event in valid if event["type"] == "agreed_hours"]
    opened = [_weekly(event) for event in consents if "time" in event.get("covers", [])]
    return {
        "agreed_hours": _weekly(agreed[-1]) if agreed else "",
        "consented_hours": ";".join(opened),
        "has_frequency_consent": any("frequency" in event.get("covers", []) for event in consents),
    }


def _is_valid_on(event: Fields, day: date) -> bool:
    if "valid_on" in event:
        return date.fromisoformat(event["valid_on"]) == day
    return "until" not in event or day <= date.fromisoformat(event["until"])


def _weekly(event: Fields) -> str:
    times = [f"{','.join(time['days'])} {time['from']}-{time['to']}" for time in event.get("times", [])]
    return ";".join(times) or ALWAYS


def _history(events: list[Fields], points: Mapping[str, Fields], target: str | None) -> dict[str, Any]:
    wrong = {event.get("point") for event in events if event["type"] == "wrong_number"}
    third = {name for name, point in points.items() if point.get("owner") == "third_party"}
    contacts = [event for event in events if event["type"] == "contact" and event.get("to") not in wrong]
    calls = [event for event in contacts if event.get("channel") == "call"]
    own = [event for event in calls if event.get("to") not in third]
    unanswered = {
        name: [
            event["at"] for event in calls if event.get("to") == name and event.get("result") in UNANSWERED
        ]
        for name in points
    }
    elsewhere = [moments for name, moments in unanswered.items() if name != target and name not in third]
    return {
        "announcements": [event["at"] for event in own if event.get("result") == "announcement_connected"],
        "conversations": [
            event["at"]
            for event in own
            if event.get("result") == "conversation" and event.get("mode", "interactive") == "interactive"
        ],
        "unanswered": unanswered.get(target or "", []),
        "unanswered_elsewhere": max(elsewhere, key=len, default=[]),
        "consecutive_failures": _failures(events, wrong | third),
    }


def _failures(events: list[Fields], others: set[Any]) -> int:
    """Failed calls to the debtor since the latest conversation or contact by the debtor (CN-WHO-04)."""
    failures = 0
    for event in events:
        is_debtors = event["type"] == "inbound" and event.get("by", "debtor") == "debtor"
        is_ours = event["type"] == "contact" and event.get("to") not in others
        if is_debtors or (is_ours and event.get("result") == "conversation"):
            failures = 0
        elif is_ours and event.get("channel") == "call" and event.get("result") != "announcement_connected":
            failures += 1
    return failures


def _holds(events: list[Fields], debt: str) -> list[str]:
    """Open disputes and plans of one debt."""
    is_disputed, plans = False, set()
    for place, event in enumerate(events):
        concerns = debt in event.get("about", [debt])
        if event["type"] in ("dispute", "verification_sent") and concerns:
            is_disputed = event["type"] == "dispute"
        if event["type"] == "plan_agreed" and concerns:
            plans.add(event.get("id", place))
        if event["type"] == "plan_breached":
            plans = plans - {event["of"]} if "of" in event else set()
    return ["dispute:"] * is_disputed + ["plan:"] * bool(plans)
