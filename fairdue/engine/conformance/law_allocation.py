"""Answers to allocation cases, by `engine.law.money_limits.payment_order`."""

from __future__ import annotations

from fractions import Fraction

from fairdue.engine.conformance.law_values import (
    Fields,
    day,
    minor,
    money,
    needed,
    numbers_of,
    optional_day,
)
from fairdue.engine.conformance.running import Answer, Unsupported
from fairdue.engine.law.money_limits.payment_order import (
    Balance,
    CardTerms,
    Debt,
    OrderUnknown,
    Split,
    allocate_cn,
    allocate_excess,
    allocate_freely,
    allocate_minimum,
    allocate_several_us,
)
from fairdue.engine.law.numbers import Numbers, RuleNotInForce, rule_ids

_COLLECTORS = ("agency", "assignee")
_CREDITORS = ("creditor", "field_team")
_CARDS = ("credit_card", "charge_card")


def answer_allocation(question: Fields) -> Answer:
    """Return what each balance gets of the payment."""
    try:
        split = _split(question)
    except (RuleNotInForce, OrderUnknown) as error:
        raise Unsupported(str(error)) from error
    return {
        "parts": {name: money(amount) for name, amount in split.parts.items()},
        "rules": rule_ids(split.rules),
    }


def _split(question: Fields) -> Split:
    given, when, numbers = question["given"], question["when"], numbers_of(question)
    debts = [_debt(fields) for fields in given["debts"]]
    amount, on, directed = minor(when["amount"]), day(when["at"]), when.get("direction")
    if "cn" in question["packs"]:
        return allocate_cn(debts, amount, on=on, directed=_directed_debt(debts, directed), numbers=numbers)
    kind = given["actor"]["kind"]
    if "us" in question["packs"] and kind in _COLLECTORS:
        return allocate_several_us(debts, amount, on=on, directed=directed, numbers=numbers)
    if "us" in question["packs"] and kind in _CREDITORS and any(debt.product in _CARDS for debt in debts):
        return _of_card(given, debts, when, numbers)
    return allocate_freely(debts, amount)


def _of_card(given: Fields, debts: list[Debt], when: Fields, numbers: Numbers) -> Split:
    """What exceeds the minimum is ordered account by account; the minimum may go anywhere."""
    amount, on, directed = minor(when["amount"]), day(when["at"]), when.get("direction")
    if not when.get("excess_over_minimum"):
        return allocate_minimum(
            [balance for debt in debts for balance in debt.balances],
            amount,
            accepts_requests=given.get("card", {}).get("accepts_requests", False),
            on=on,
            directed=directed,
            numbers=numbers,
        )
    if len(debts) > 1:
        raise Unsupported("how an excess is split among the accounts of an issuer")
    card = needed(given, "card")
    terms = CardTerms(
        due_day=card["due_day"],
        is_previous_cycle_end=card["rates_as_of"] == "previous_cycle_end",
        accepts_requests=card["accepts_requests"],
    )
    return allocate_excess(debts[0].balances, amount, card=terms, on=on, directed=directed, numbers=numbers)


def _directed_debt(debts: list[Debt], directed: str | None) -> str | None:
    """Return the debt that the payer names, by its own id or by that of a balance of it.

    Within a debt nobody but the law, or both sides together, says what is paid first.
    """
    for debt in debts:
        if directed == debt.id or directed in [balance.id for balance in debt.balances]:
            return debt.id
    return None


def _debt(fields: Fields) -> Debt:
    return Debt(
        id=fields["id"],
        product=fields["product"],
        balances=tuple(_balance(item) for item in fields["balances"]),
        days_past_due=fields.get("days_past_due", 0),
        due_date=optional_day(fields, "due_date"),
        is_secured=fields.get("secured", False),
        annual_rate=Fraction(fields["annual_rate"]) if "annual_rate" in fields else None,
        is_judgment=fields.get("stage") == "judgment",
    )


def _balance(fields: Fields) -> Balance:
    posted = optional_day(fields, "posted")
    rates = [(day(item["from"]), Fraction(item["rate"])) for item in fields.get("rates", [])]
    if "rate" in fields:
        rates = [(posted or day("0001-01-01"), Fraction(fields["rate"]))]
    return Balance(
        id=fields["id"],
        component=fields["component"],
        amount_minor=minor(fields["amount"]),
        rates=tuple(sorted(rates)),
        posted_date=posted,
        is_disputed=fields.get("disputed", False),
        deferred_interest_until=optional_day(fields, "deferred_interest_until"),
    )
