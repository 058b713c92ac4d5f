"""Putting cases to the engine: form first, then the adapter's answer, then the comparison."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from fairdue.engine.conformance import comparing_law, comparing_money
from fairdue.engine.conformance.cases import Case
from fairdue.engine.conformance.comparing import Difference
from fairdue.engine.conformance.questions import question
from fairdue.engine.conformance.schema import complaint

Answer = dict[str, Any]
"""Law: fields of `then`, and `rules`. Money: `items`, one per question, and `refused`."""
Adapter = Callable[[dict[str, Any]], Answer]
Adapters = Mapping[tuple[str, str], Adapter]
Status = Literal["pass", "fail", "unsupported"]


class Unsupported(Exception):
    """The engine cannot express this case, or not all of it; nothing was guessed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of one case; `differences` and `reason` explain a status other than `pass`."""

    case: Case
    status: Status
    expected: Any
    got: Any
    differences: tuple[Difference, ...] = ()
    reason: str = ""


def run(cases: Iterable[Case], adapters: Adapters) -> Iterator[Result]:
    """Yield the result of each case, in order; an id that stands twice fails the second time."""
    seen: dict[str, Case] = {}
    for case in cases:
        first = seen.setdefault(case.id, case)
        if first is case:
            yield run_case(case, adapters)
        else:
            yield _malformed(case, f"id: {case.id} stands already in {first.path.name}, line {first.line}")


def run_case(case: Case, adapters: Adapters) -> Result:
    """Return what the engine makes of one case.

    1. A case that its schema refuses fails, whatever the engine would say.
    2. No adapter for its format and kind, or an adapter that raises `Unsupported`: unsupported.
    3. Any difference fails. If all that was answered matches but something asked for was not answered,
       the case is unsupported.
    4. An adapter that breaks fails the case, not the run.
    """
    if message := complaint(case):
        return _malformed(case, message)
    expected = _expected(case)
    adapter = adapters.get((case.format or "", case.kind))
    if adapter is None:
        return _unsupported(case, expected, f"no adapter for {case.format} cases of kind {case.kind}")
    try:
        answer = adapter(question(case))
        found = _differences(case, answer)
    except Unsupported as reason:
        return _unsupported(case, expected, str(reason))
    except Exception as error:  # noqa: BLE001 - one broken case must not hide the results of the others
        message = f"{type(error).__name__}: {error}"
        return Result(case=case, status="fail", expected=expected, got={"error": message}, reason=message)
    if found and all(difference.is_unanswered for difference in found):
        fields = ", ".join(difference.field for difference in found)
        return _unsupported(case, expected, f"not answered: {fields}")
    status: Status = "fail" if found else "pass"
    return Result(case=case, status=status, expected=expected, got=plain(answer), differences=tuple(found))


def _differences(case: Case, answer: Answer) -> list[Difference]:
    document = case.document
    if case.format == "law":
        return comparing_law.differences(document["then"], document["rules"], case.kind, answer)
    return comparing_money.differences(document["then"], answer)


def _expected(case: Case) -> Any:
    then = case.document["then"]
    return plain(then | {"rules": case.document["rules"]} if case.format == "law" else then)


def _malformed(case: Case, message: str) -> Result:
    return Result(
        case=case,
        status="fail",
        expected=plain(case.document.get("then")),
        got={"malformed": message},
        reason=f"malformed: {message}",
    )


def _unsupported(case: Case, expected: Any, reason: str) -> Result:
    return Result(case=case, status="unsupported", expected=expected, got=None, reason=reason)


def plain(value: Any) -> Any:
    """Return an answer in the types of JSON; exact numbers become decimal text."""
    match value:
        case dict():
            return {str(key): plain(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [plain(item) for item in value]
        case Fraction():
            return str(Decimal(value.numerator) / Decimal(value.denominator))
        case Decimal():
            return str(value)
        case datetime() | date():
            return value.isoformat()
    return value
