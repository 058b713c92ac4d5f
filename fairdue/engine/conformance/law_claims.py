"""Answers to claim cases: how much may be demanded from a person."""

from __future__ import annotations

from datetime import datetime

from fairdue.engine.conformance.law_permissions import named
from fairdue.engine.conformance.law_values import Fields, minor, money, needed, numbers_of
from fairdue.engine.conformance.running import Answer, Unsupported
from fairdue.engine.law.money_limits import claims
from fairdue.engine.law.numbers import Numbers, Rule, RuleNotInForce


def answer_claim(question: Fields) -> Answer:
    """Return the highest amount that may be demanded from a person."""
    try:
        return _claim(question["given"], question["when"], numbers_of(question))
    except RuleNotInForce as error:
        raise Unsupported(str(error)) from error


def _claim(given: Fields, when: Fields, numbers: Numbers) -> Answer:
    at = datetime.fromisoformat(when["at"])
    debts = [debt for debt in given["debts"] if debt["id"] in when["debts"]]
    amount = sum(minor(item["amount"]) for debt in debts for item in debt["balances"])
    rules = []
    if given["actor"]["kind"] == "assignee" and numbers.has("CN-WHO-10", at.date()):
        amount, rule = _assigned(given, amount, at, numbers)
        rules.append(rule.id)
    if when["person"] == "debtor":
        return {"max": money(amount), "rules": rules}
    person = named(given.get("persons", []), when["person"])
    if person["relation"] not in ("heir", "guarantor"):  # nobody else is liable
        return {"max": money(0), "rules": rules}
    if person["relation"] == "guarantor" or not numbers.has("CN-WHO-08", at.date()):
        return {"max": money(amount), "rules": rules}
    amount, rule = claims.claim_against_heir(
        amount,
        estate_minor=0 if person.get("renounced") else minor(needed(person, "estate_received")),
        has_renounced=person.get("renounced", False),
        numbers=numbers,
        on=at,
    )
    return {"max": money(amount), "rules": [*rules, rule.id]}


def _implied(given: Fields) -> Fields:
    """Return the assignment that no event tells of: it was before everything else, to the actor."""
    return {"at": "1900-01-01T00:00:00Z", "assignor": "", "assignee": given["actor"]["id"]}


def _assigned(given: Fields, amount: int, at: datetime, numbers: Numbers) -> tuple[int, Rule]:
    found = [event for event in given.get("events", []) if event["type"] == "assignment"]
    if len(found) > 1:
        raise Unsupported("several assignments")
    event = found[0] if found else _implied(given)
    assigned_at = datetime.fromisoformat(event["at"])
    received = [
        datetime.fromisoformat(item["received"])
        for item in given.get("notices", [])
        if item["type"] == "assignment" and "received" in item
    ]
    payments = [item for item in given.get("events", []) if item["type"] == "payment" and "paid_to" in item]
    if "notices" not in given:
        if any(item.get("paid_to") == event.get("assignor") for item in payments):
            raise Unsupported("when the notice reached the debtor")
        received = [assigned_at]
    assignment = claims.Assignment(
        at=assigned_at,
        assignor=needed(event, "assignor"),
        assignee=needed(event, "assignee"),
        notice_received_at=min(received, default=None),
    )
    return claims.claim_after_assignment(
        amount,
        assignment,
        [
            claims.ClaimPayment(
                at=datetime.fromisoformat(item["at"]),
                amount_minor=minor(needed(item, "amount")),
                paid_to=needed(item, "paid_to"),
            )
            for item in payments
        ],
        at=at,
        numbers=numbers,
    )
