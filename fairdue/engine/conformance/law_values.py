"""What the adapters of the law's kinds share: reading dates, amounts and rates, and which rules are in force."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from fairdue.engine.conformance.running import Answer, Unsupported
from fairdue.engine.law.numbers import Numbers, Rule, RuleNotInForce, rule_ids, shipped_numbers

Fields = Mapping[str, Any]


def numbers_of(question: Fields) -> Numbers:
    """Return the computing rules of the packs that a case lists."""
    return shipped_numbers().of(question["packs"])


def day(text: str) -> date:
    """Read a date; of a moment, its own local day."""
    return datetime.fromisoformat(text).date() if "T" in text else date.fromisoformat(text)


def optional_day(fields: Fields, name: str) -> date | None:
    """Read a date that may be left out or null."""
    return day(fields[name]) if fields.get(name) is not None else None


def minor(text: str) -> int:
    """Read an amount of two decimals as minor units."""
    return int(Fraction(text) * 100)


def optional_minor(fields: Fields, name: str) -> int | None:
    """Read an amount that may be left out."""
    return minor(fields[name]) if name in fields else None


def money(amount_minor: int) -> str:
    """Write minor units as an amount of two decimals."""
    return f"{amount_minor // 100}.{amount_minor % 100:02d}"


def needed(fields: Fields, name: str) -> Any:
    """Return a field that the question cannot be answered without.

    :raises Unsupported: if it is not given
    """
    if fields.get(name) is None:
        raise Unsupported(f"{name} is not given")
    return fields[name]


def require_currency(fields: Fields, currency: str) -> None:
    """Refuse amounts in a currency that the rule's numbers are not in.

    :raises Unsupported: for another currency
    """
    if fields.get("currency", currency) != currency:
        raise Unsupported(f"amounts of the rule are in {currency}")


def verdict(broken: Iterable[tuple[str, Rule]], **fields: Any) -> Answer:
    """Return the strictest outcome of broken rules, each with what it yields, and every reason."""
    pairs = list(broken)
    order = ("refuse", "hold", "defer", "review")
    outcome = next((word for word in order if any(got == word for got, _ in pairs)), "allow")
    return {"outcome": outcome, "rules": rule_ids(rule for _, rule in pairs)} | fields


def unsupported(error: RuleNotInForce) -> Unsupported:
    """Return what a rule that is not in force means for a case: nothing here answers it."""
    return Unsupported(str(error))
