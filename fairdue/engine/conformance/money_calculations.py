"""Answers to calculation cases, by the engine's finance functions. A case names its calculation in `calc`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Any

from fairdue.engine.conformance.money_flows import dated, fraction, is_dated, timed
from fairdue.engine.conformance.running import Answer, Unsupported
from fairdue.engine.finance import annuity, apr, budget, interest, minimum_payment, ratios
from fairdue.kernel.day_counts import year_fraction

Values = dict[str, Any]


def answer_calculation(question: dict[str, Any]) -> Answer:
    """Return the values of the calculation that the case names, exact, once for each question."""
    given = question["given"]
    calculation = _CALCULATIONS.get(given.get("calc", ""))
    if calculation is None:
        raise Unsupported(f"calculation {given.get('calc')}")
    values = calculation(given)
    return {"items": [{"values": values} for _moment in question["questions"]]}


def _annuity(given: dict[str, Any]) -> Values:
    principal = Fraction(given["principal"])
    rate = _rate_per_period(given)
    if "payment" in given:
        return {"periods": annuity.periods_needed(principal, rate, Fraction(given["payment"]))}
    is_at_begin = given.get("timing") == "begin"
    loan = annuity.Annuity(principal=principal, rate=rate, periods=given["periods"], is_at_begin=is_at_begin)
    values: Values = {"payment": loan.exact_payment}
    if rounding := given.get("round_payment"):
        values["payment"] = loan.payment(Fraction(rounding["unit"]), rounding["mode"])
    if number := given.get("period"):
        values |= {
            "interest": loan.interest_between(number, number),
            "principal_part": loan.principal_between(number, number),
        }
    if span := given.get("span"):
        values |= {
            "interest_sum": loan.interest_between(*span),
            "principal_sum": loan.principal_between(*span),
        }
    return values


def _rate_per_period(given: dict[str, Any]) -> Fraction:
    if "rate_per_period" in given:
        return Fraction(given["rate_per_period"]) / 100
    return Fraction(given["rate"]) / given.get("periods_per_year", 12) / 100


def _rate_factors(given: dict[str, Any]) -> Values:
    days = [date.fromisoformat(day) for day in given["dates"]]
    rate = Fraction(given["rate"]) / 100
    factors = [rate * year_fraction(start, end, given["day_count"]) for start, end in pairwise(days)]
    return {"factors": factors}


def _apr_effective(given: dict[str, Any]) -> Values:
    year_days = Fraction(given.get("year_days", "365"))
    first = min(
        (day for flow in given["advances"] if is_dated(flow) for day, _amount in dated(flow)), default=None
    )

    def flows(name: str) -> list[tuple[Fraction, Fraction]]:
        found = [pair for flow in given[name] if not is_dated(flow) for pair in timed(flow)]
        for flow in filter(is_dated, given[name]):
            if first is None:
                raise Unsupported("dated payments of advances without a date")
            found += [((day - first).days / year_days, amount) for day, amount in dated(flow)]
        return found

    return {"apr": apr.effective_rate(flows("advances"), flows("payments")) * 100}


def _apr_us(given: dict[str, Any]) -> Values:
    unit, every = given["unit_period"]["unit"], given["unit_period"].get("every", 1)
    if not all(is_dated(flow) for flow in (*given["advances"], *given["payments"])):
        raise Unsupported("unit-periods of flows by times")
    first = min(day for flow in given["advances"] for day, _amount in dated(flow))

    def flows(name: str) -> list[apr.TimedFlow]:
        return [
            apr.TimedFlow(*apr.unit_periods_between(first, day, unit, every), amount)
            for flow in given[name]
            for day, amount in dated(flow)
        ]

    rate = apr.unit_period_rate(flows("advances"), flows("payments"))
    return {"apr": rate * 100 * apr.unit_periods_per_year(unit, every)}


def _simple_interest(given: dict[str, Any]) -> Values:
    principal, rate = Fraction(given["principal"]), Fraction(given["rate"]) / 100
    if "from" in given:
        start, end = date.fromisoformat(given["from"]), date.fromisoformat(given["to"])
        part = year_fraction(start, end, given["day_count"])
        values: Values = {"interest": interest.simple_interest(principal, rate, part)}
        basis = given.get("year_days") or given["day_count"].partition("/")[2]
        year_days = Fraction(365 if basis == "act" else basis)
        return values | {"per_day": interest.simple_interest(principal, rate, 1 / year_days)}
    day = 1 / Fraction(given.get("year_days", "365"))
    return {
        "interest": interest.simple_interest(principal, rate, given["days"] * day),
        "per_day": interest.simple_interest(principal, rate, day),
    }


def _late_interest(given: dict[str, Any]) -> Values:
    items = interest.late_interest(
        [(date.fromisoformat(item["due"]), Fraction(item["amount"])) for item in given["items"]],
        rate=Fraction(given["rate"]) / 100,
        days_in_year=int(given["day_count"].removeprefix("act/")),
        origin=given["origin"],
        as_of=date.fromisoformat(given["as_of"]),
    )
    return {"items": items, "interest": sum(items, Fraction(0))}


def _settlement_rebate(given: dict[str, Any]) -> Values:
    outstanding, rebate = interest.settlement_rebate(
        principal=Fraction(given["principal"]),
        instalments=given["instalments"],
        amount=Fraction(given["amount"]),
        apr=Fraction(given["apr"]) / 100,
        settled_after=given["settled_after"],
        part=fraction(given["part_period"]),
    )
    return {"outstanding": outstanding, "rebate": rebate}


def _minimum_payment(given: dict[str, Any]) -> Values:
    amounts = {name: Fraction(given[name]) for name in given.keys() - {"calc", "rule"}}
    rule = given["rule"]
    entries = [
        minimum_payment.Entry(
            percent=Fraction(entry["percent"]) if "percent" in entry else None,
            of=entry.get("of", "balance"),
            amount=Fraction(entry.get("amount", 0)),
            plus=tuple(entry.get("plus", ())),
        )
        for entry in rule["greatest_of"]
    ]
    statement = minimum_payment.Statement(**amounts)
    return {"minimum": minimum_payment.minimum_payment(statement, entries, rule.get("then_add", ()))}


def _minimum_payment_plan(given: dict[str, Any]) -> Values:
    balances = [
        minimum_payment.RevolvingBalance(
            amount=Fraction(balance["amount"]),
            rate=Fraction(balance["rate"]),
            then_rate=Fraction(balance["then_rate"]) if "then_rate" in balance else None,
            then_from_month=balance.get("then_from_month"),
        )
        for balance in given["balances"]
    ]
    months, first, total = minimum_payment.minimum_payment_plan(
        balances, percent=Fraction(given["percent"]), floor=Fraction(given["floor"])
    )
    return {"months": months, "first_payment": first, "total_paid": total}


def _numbers(amounts: dict[str, str]) -> dict[str, Fraction]:
    return {name: Fraction(amount) for name, amount in amounts.items()}


def _roll_rate(given: dict[str, Any]) -> Values:
    rates = ratios.roll_rates(given["order"], _numbers(given["previous"]), _numbers(given["current"]))
    return {"rates": {f"{start}>{end}": rate for (start, end), rate in rates.items()}}


def _transition(given: dict[str, Any]) -> Values:
    counts = {bucket: _numbers(targets) for bucket, targets in given["counts"].items()}
    return {"rows": ratios.transitions(given["order"], counts)}


def _vintage(given: dict[str, Any]) -> Values:
    cohorts = {
        name: (Fraction(cohort["size"]), [Fraction(amount) for amount in cohort["defaults"]])
        for name, cohort in given["cohorts"].items()
    }
    return {"cumulative": ratios.vintages(cohorts)}


def _budget(given: dict[str, Any]) -> Values:
    income, expenses = (
        budget.monthly([(Fraction(item["amount"]), item["every"]) for item in given[name]])
        for name in ("income", "expenses")
    )
    surplus = income - expenses
    return {"income": income, "expenses": expenses, "surplus": surplus, "offer_possible": surplus > 0}


def _pro_rata(given: dict[str, Any]) -> Values:
    return {"offers": budget.pro_rata_offers(Fraction(given["available"]), _numbers(given["debts"]))}


_CALCULATIONS: dict[str, Callable[[dict[str, Any]], Values]] = {
    "annuity": _annuity,
    "rate_factors": _rate_factors,
    "apr_effective": _apr_effective,
    "apr_us": _apr_us,
    "simple_interest": _simple_interest,
    "late_interest": _late_interest,
    "settlement_rebate": _settlement_rebate,
    "minimum_payment": _minimum_payment,
    "minimum_payment_plan": _minimum_payment_plan,
    "roll_rate": _roll_rate,
    "transition": _transition,
    "vintage": _vintage,
    "budget": _budget,
    "pro_rata": _pro_rata,
}
