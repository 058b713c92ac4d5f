"""Answers to limitation cases, by `engine.law.limitation`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from fairdue.engine.conformance.law_values import (
    Fields,
    day,
    money,
    needed,
    numbers_of,
    optional_day,
    optional_minor,
)
from fairdue.engine.conformance.running import Answer, Unsupported
from fairdue.engine.law.calendars import day_in, weekdays_without
from fairdue.engine.law.limitation import Act, Claim, Limitation, Receipt, claim_status, limitation
from fairdue.engine.law.numbers import Numbers, RuleNotInForce, rule_ids

_ACTS = ("account_deduction", "payment", "plan_agreed", "signed_demand")
_WRITTEN = ("sms", "letter", "email")
_REACHED = ("conversation", "delivered")
_UNPROVEN = ("sent", "voicemail", "announcement_connected", "voicemail_limited_content")


def answer_limitation(question: Fields) -> Answer:
    """Return the last day, whether the period was interrupted, or the state of the claim."""
    try:
        return _answer(question["given"], question["when"], numbers_of(question))
    except RuleNotInForce as error:
        raise Unsupported(str(error)) from error


def _answer(given: Fields, when: Fields, numbers: Numbers) -> Answer:
    claim, on = _claim(given["claim"]), optional_day(when, "at")
    is_execution = when["question"] == "last_day_execution"
    if when["question"] in ("last_day", "last_day_execution") and is_execution != (claim.kind == "judgment"):
        raise Unsupported("a claim of this kind has no such period")
    acts = list(_acts(given, on))
    found = limitation(
        claim,
        acts,
        is_working=weekdays_without([day(text) for text in given.get("holidays", [])]),
        numbers=numbers,
        on=on,
    )
    match when["question"]:
        case "last_day" | "last_day_execution":
            return _last_day(found)
        case "interrupted":
            return _interrupted(found, claim)
    return _status(found, on or max([claim.start_date, *(act.on_date for act in acts)]), numbers)


def _last_day(found: Limitation) -> Answer:
    if not found.is_certain:
        return _review(found)
    course = found.without_unproven
    return {"last_day": course.last_date.isoformat(), "rules": rule_ids(course.rules)}


def _interrupted(found: Limitation, claim: Claim) -> Answer:
    if not found.is_interruption_certain:
        return _review(found)
    course = found.without_unproven
    answer: Answer = {"interrupted": course.is_interrupted, "rules": rule_ids(course.rules)}
    if found.is_certain:
        answer["last_day"] = course.last_date.isoformat()
    if course.is_interrupted and claim.amount_minor is not None:
        answer["amount"] = money(claim.amount_minor)
    return answer


def _status(found: Limitation, on: date, numbers: Numbers) -> Answer:
    sure, other = (
        claim_status(course, on=on, numbers=numbers)
        for course in (found.without_unproven, found.with_unproven)
    )
    if sure.status != other.status:
        return _review(found)
    return {
        "claim_status": sure.status,
        "outcome": "allow",
        "flags": ["limitation_defence"] if sure.has_defence else [],
        "court_may_raise": sure.may_court_raise,
        "rules": rule_ids(sure.rules),
    }


def _review(found: Limitation) -> Answer:
    return {"outcome": "review", "rules": rule_ids(found.with_unproven.rules)}


def _claim(fields: Fields) -> Claim:
    is_judgment = fields["type"] == "judgment"
    return Claim(
        kind=fields["type"],
        start_date=day(needed(fields, "performance_ends" if is_judgment else "last_instalment_due")),
        product=fields.get("product", ""),
        amount_minor=optional_minor(fields, "amount"),
        contract_period_years=fields.get("contract_period_years"),
    )


def _acts(given: Fields, on: date | None) -> Iterator[Act]:
    points = {point["id"]: point for point in given.get("contact_points", [])}
    dated = [(day_in(datetime.fromisoformat(event["at"])), event) for event in given.get("events", [])]
    known = [(on_date, event) for on_date, event in dated if on is None or on_date <= on]
    returned = {event["of"] for _, event in known if event["type"] == "undeliverable" and "of" in event}
    for on_date, event in known:
        if event["type"] == "contact":
            yield _demand(event, points, event.get("id") in returned, on_date)
        elif event["type"] in _ACTS:
            if event["type"] != "account_deduction" and event.get("by", "debtor") != "debtor":
                raise Unsupported(f"{event['type']} by somebody else")
            yield Act(kind=event["type"], on_date=on_date)
    for notice in given.get("notices", []):
        if notice["type"] == "assignment" and "received" in notice:
            yield Act(kind="assignment_notice", on_date=day_in(datetime.fromisoformat(notice["received"])))


def _demand(event: Fields, points: Fields, is_returned: bool, on_date: date) -> Act:
    point = points.get(event.get("to", ""), {})
    is_to_other = point.get("owner", "debtor") == "third_party"
    is_reserved = point.get("reserved", False) and event.get("channel") in _WRITTEN and not is_to_other
    return Act(
        kind="demand",
        on_date=on_date,
        receipt=Receipt.NONE if is_to_other else _receipt(event.get("result"), is_returned),
        is_to_reserved_data=is_reserved,
        amount_minor=optional_minor(event, "amount"),
    )


def _receipt(result: str | None, is_returned: bool) -> Receipt:
    if is_returned:
        return Receipt.NONE
    if result is None:
        return Receipt.UNPROVEN
    if result in _REACHED:
        return Receipt.PROVEN
    return Receipt.UNPROVEN if result in _UNPROVEN else Receipt.NONE
