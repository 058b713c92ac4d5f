"""How the answer to a law case is compared (law README section 5)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from fairdue.engine.conformance.comparing import Difference, number, same


def differences(
    then: dict[str, Any], rules: list[str], kind: str, answer: dict[str, Any]
) -> list[Difference]:
    """Return every field in which the answer is not what the case expects.

    1. Only what stands in `then` is compared; the answer may say more.
    2. `outcome` given as a list accepts each of them.
    3. `flags`, `requires`, `missing`, `wrong` must be contained in the answer.
    4. `retry_after` is the same moment; `base` the same set; `sums` add up over the answer's parts.
    5. `rules` must be among the answer's, unless the kind is `count` or the outcome answered is `allow`.
    """
    found = []
    for field, expected in then.items():
        source = "parts" if field == "sums" else field
        if source not in answer:
            found.append(Difference(field, expected, None, is_unanswered=True))
        elif not _COMPARISONS.get(field, same)(expected, answer[source]):
            found.append(Difference(field, expected, answer[source]))
    return found + _rule_differences(rules, kind, answer)


def _rule_differences(rules: list[str], kind: str, answer: dict[str, Any]) -> list[Difference]:
    if kind == "count" or answer.get("outcome") == "allow":
        return []
    if "rules" not in answer:
        return [Difference("rules", rules, None, is_unanswered=True)]
    return [] if set(rules) <= set(answer["rules"]) else [Difference("rules", rules, answer["rules"])]


def _is_one_of(expected: Any, got: Any) -> bool:
    return got in expected if isinstance(expected, list) else bool(got == expected)


def _is_contained(expected: list[Any], got: Any) -> bool:
    return isinstance(got, list) and all(item in got for item in expected)


def _is_same_moment(expected: str, got: Any) -> bool:
    moment = datetime.fromisoformat(got) if isinstance(got, str) else got
    return isinstance(moment, datetime) and moment == datetime.fromisoformat(expected)


def _is_same_set(expected: list[Any], got: Any) -> bool:
    if not isinstance(got, list) or len(got) != len(expected):
        return False
    rest = list(got)
    for item in expected:
        match = next((other for other in rest if same(item, other)), None)
        if match is None:
            return False
        rest.remove(match)
    return True


def _add_up(expected: list[dict[str, Any]], parts: Any) -> bool:
    """Each sum's `of` are balances of `parts`; `amount` is what their parts add up to."""
    if not isinstance(parts, dict):
        return False
    return all(
        sum((number(parts.get(balance, 0)) or 0) for balance in item["of"]) == number(item["amount"])
        for item in expected
    )


_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "outcome": _is_one_of,
    "retry_after": _is_same_moment,
    "flags": _is_contained,
    "requires": _is_contained,
    "missing": _is_contained,
    "wrong": _is_contained,
    "base": _is_same_set,
    "sums": _add_up,
}
