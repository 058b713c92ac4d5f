"""How the answers to a money case are compared (money README section 6)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from fairdue.engine.conformance.comparing import Difference, number, same
from fairdue.kernel.day_counts import round_half_up

_COMPONENTS = ("principal", "interest", "fee", "penalty", "overpaid")
_MOMENT_FIELDS = frozenset({"at", "after", "loan", "tolerance", "refused"})


def differences(then: list[dict[str, Any]], answer: dict[str, Any]) -> list[Difference]:
    """Return every assertion that the answer does not meet.

    1. `answer["items"]` holds the state at each question, in the order of `then`; only fields listed
       in `then` are compared.
    2. `answer["refused"]` maps each refused event to its reason: exactly those named in the case.
    3. `allocation` compares all five components, `schedule` the number of rows too, `postings` debit
       minus credit per account.
    4. `values` written as text are compared rounded half up to the decimals written, or within
       `tolerance`.
    """
    found = []
    for index, (item, got) in enumerate(zip(then, answer["items"], strict=True)):
        for field in item.keys() - _MOMENT_FIELDS:
            name = f"then[{index}].{field}"
            source = "schedule" if field == "schedule_rows" else field
            if source not in got:
                found.append(Difference(name, item[field], None, is_unanswered=True))
            elif not _matches(field, item, got[source]):
                found.append(Difference(name, item[field], got[source]))
    return found + _refusal_differences(then, answer.get("refused", {}))


def _refusal_differences(then: list[dict[str, Any]], refused: dict[str, str]) -> list[Difference]:
    expected = {entry["event"]: entry["reason"] for item in then for entry in item.get("refused", [])}
    return [] if expected == refused else [Difference("refused", expected, refused)]


def _matches(field: str, item: dict[str, Any], got: Any) -> bool:
    if field == "values":
        return _values_match(item["values"], got, number(item.get("tolerance")))
    return _COMPARISONS.get(field, same)(item[field], got)


def _rows_match(expected: list[dict[str, Any]], got: list[dict[str, Any]]) -> bool:
    by_number = {row["nr"]: row for row in got}
    return all(row["nr"] in by_number and same(row, by_number[row["nr"]]) for row in expected)


def _allocations_match(expected: dict[str, Any], got: dict[str, Any]) -> bool:
    def filled(parts: dict[str, Any]) -> dict[str, Any]:
        return {component: parts.get(component, "0") for component in _COMPONENTS}

    return all(event in got and same(filled(parts), filled(got[event])) for event, parts in expected.items())


def _postings_match(expected: dict[str, Any], got: dict[str, Any]) -> bool:
    return all(event in got and _net(entries) == _net(got[event]) for event, entries in expected.items())


def _net(entries: list[dict[str, Any]]) -> dict[str, Fraction]:
    totals: dict[str, Fraction] = {}
    for entry in entries:
        amount = (number(entry.get("debit", "0")) or 0) - (number(entry.get("credit", "0")) or 0)
        totals[entry["account"]] = totals.get(entry["account"], Fraction(0)) + amount
    return {account: amount for account, amount in totals.items() if amount}


def _values_match(expected: Any, got: Any, tolerance: Fraction | None) -> bool:
    if isinstance(expected, dict):
        return isinstance(got, dict) and all(
            key in got and _values_match(value, got[key], tolerance) for key, value in expected.items()
        )
    if isinstance(expected, list):
        return (
            isinstance(got, list)
            and len(got) == len(expected)
            and all(_values_match(left, right, tolerance) for left, right in zip(expected, got, strict=True))
        )
    wanted, value = number(expected), number(got)
    if not isinstance(expected, str) or wanted is None or value is None:
        return same(expected, got)
    if tolerance is not None:
        return abs(value - wanted) <= tolerance
    return round_half_up(value, -int(Decimal(expected).as_tuple().exponent)) == wanted


_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "schedule_rows": _rows_match,
    "allocation": _allocations_match,
    "postings": _postings_match,
}
