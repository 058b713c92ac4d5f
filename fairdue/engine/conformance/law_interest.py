"""Answers to interest cases, by `engine.law.money_limits.interest` and `grace_interest`."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from fairdue.engine.conformance.law_values import (
    Fields,
    day,
    minor,
    money,
    needed,
    numbers_of,
    optional_minor,
    verdict,
)
from fairdue.engine.conformance.running import Answer, Unsupported
from fairdue.engine.law.deadlines.united_kingdom import BreathingSpace
from fairdue.engine.law.money_limits import grace_interest, interest
from fairdue.engine.law.numbers import Numbers, Rule, RuleNotInForce, rule_ids

_STAYS = ("retrial",)
_US_ACTORS = ("creditor", "field_team")


def answer_interest(question: Fields) -> Answer:
    """Return days and amount, a rate, a highest amount, whether interest may run, or on what."""
    questions = {
        "late_performance_interest": _late_performance,
        "annual_rate": _annual_rate,
        "cap": _cap,
        "may_charge": _may_charge,
        "base": _base,
    }
    when = question["when"]
    try:
        return questions[when["question"]](question["given"], when, numbers_of(question))
    except (RuleNotInForce, interest.CapUnknown, grace_interest.CycleUnclear) as error:
        raise Unsupported(str(error)) from error


def _late_performance(given: Fields, when: Fields, numbers: Numbers) -> Answer:
    judgment = needed(given, "judgment")
    stays = judgment.get("stays", [])
    if any(stay["ground"] not in _STAYS for stay in stays):
        raise Unsupported("a stay on another ground")
    found = interest.late_performance_interest(
        minor(judgment["amount"]),
        performance_ends=day(judgment["performance_ends"]),
        until=day(needed(when, "until")),
        payments=[
            interest.Paid(on_date=day(item["at"]), amount_minor=minor(item["amount"]))
            for item in judgment.get("payments", [])
        ],
        stays=[interest.Stay(from_date=day(stay["from"]), to_date=day(stay["to"])) for stay in stays],
        numbers=numbers,
    )
    return {"days": found.days, "amount": money(found.amount_minor), "rules": rule_ids(found.rules)}


def _contract(given: Fields) -> interest.Contract:
    fields = needed(given, "contract")

    def rate(name: str) -> Fraction | None:
        return Fraction(fields[name]) if name in fields else None

    return interest.Contract(
        product=fields["product"],
        institution_kind=fields.get("institution_kind", "other"),
        formed_date=day(fields["formed"]),
        principal_minor=optional_minor(fields, "principal"),
        annual_rate=rate("annual_rate"),
        annual_fees=rate("annual_fees") or Fraction(0),
        daily_rate=rate("daily_rate"),
        lpr_1y=rate("lpr_1y"),
    )


def _on(when: Fields, contract: interest.Contract) -> date:
    return day(when["at"]) if "at" in when else contract.formed_date


def _annual_rate(given: Fields, when: Fields, numbers: Numbers) -> Answer:
    contract = _contract(given)
    if contract.daily_rate is None:
        raise Unsupported("the daily rate is not given")
    rate, rule = interest.annual_rate(contract.daily_rate, on=_on(when, contract), numbers=numbers)
    exact = Decimal(rate.numerator) / Decimal(rate.denominator)
    return {"annual_rate": format(exact, "f"), "rules": [rule.id]}


def _cap(given: Fields, when: Fields, numbers: Numbers) -> Answer:
    contract = _contract(given)
    amount, rule = interest.highest_charges(
        contract, months=needed(when, "months"), on=_on(when, contract), numbers=numbers
    )
    return {"max": money(amount), "rules": [rule.id]}


def _may_charge(given: Fields, when: Fields, numbers: Numbers) -> Answer:
    contract = _contract(given) if "contract" in given or "at" not in when else None
    on = day(when["at"]) if contract is None else _on(when, contract)
    broken = []
    if any(document["jurisdiction"] == "cn" for document in numbers.documents.values()):
        contract = contract or _contract(given)
        broken += _faults_cn(contract, when, on, numbers)
    if numbers.has("UK-BS-01"):
        broken += interest.moratorium_faults(_spaces(given, on), on=on, numbers=numbers)
    return verdict(("refuse", rule) for rule in broken)


def _faults_cn(contract: interest.Contract, when: Fields, on: date, numbers: Numbers) -> list[Rule]:
    """Return what the rates break, and interest on a card's damages; what no rule is about breaks none."""
    found = list(interest.rate_faults(contract, on=on, numbers=numbers)) if _must_check(contract) else []
    is_on_damages = when.get("interest_on", "principal") == "liquidated_damages"
    if is_on_damages and contract.product == "credit_card":
        found += interest.damages_interest_faults(on=on, numbers=numbers)
    return found


def _must_check(contract: interest.Contract) -> bool:
    is_private = contract.product == "private_loan"
    return is_private or contract.annual_rate is not None or contract.daily_rate is not None


def _spaces(given: Fields, on: date) -> list[BreathingSpace]:
    return [
        BreathingSpace(
            variant=event.get("variant", "standard"), started_date=day(event.get("started", event["at"]))
        )
        for event in given.get("events", [])
        if event["type"] == "breathing_space" and datetime.fromisoformat(event["at"]).date() <= on
    ]


def _base(given: Fields, when: Fields, numbers: Numbers) -> Answer:
    account = needed(given, "account")
    if given.get("actor", {}).get("kind") not in _US_ACTORS:
        raise Unsupported("an account that Regulation Z does not bind")
    cycle = date.fromisoformat(needed(when, "cycle") + "-01")
    charges = [
        grace_interest.Charge(
            id=item["id"],
            on_date=day(item["at"]),
            amount_minor=minor(item["amount"]),
            rate=Fraction(item.get("rate", "0")),
            is_cash_advance=item.get("type") == "cash_advance",
        )
        for item in account.get("transactions", [])
    ]
    if needed(account, "previous_balance_paid") is False:
        days, rule = grace_interest.earliest_interest(charges, numbers=numbers, on=cycle)
        earliest = {key: value.isoformat() for key, value in days.items()}
        return {"grace_protected": False, "earliest_from": earliest, "rules": [rule.id]}
    items, rule = grace_interest.interest_base(
        charges,
        _excess(account),
        cycle=cycle,
        due_day=needed(account, "due_day"),
        numbers=numbers,
    )
    return {"grace_protected": True, "base": [_item(item) for item in items], "rules": [rule.id]}


def _excess(account: Fields) -> list[grace_interest.ExcessPayment]:
    payments = account.get("payments", [])
    if any(item.get("returned") or not item.get("excess_over_minimum") for item in payments):
        raise Unsupported("payments other than in excess of the minimum")
    return [
        grace_interest.ExcessPayment(on_date=day(item["at"]), amount_minor=minor(item["amount"]))
        for item in payments
    ]


def _item(item: grace_interest.BaseItem) -> Answer:
    return {
        "of": list(item.of),
        "amount": money(item.amount_minor),
        "from": item.first_date.isoformat(),
        "to": item.last_date.isoformat(),
    }
