"""Functions of lists."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import cmp_to_key
from typing import Any

from fairdue.engine.feel import arithmetic
from fairdue.engine.feel.calling import built_in, typed
from fairdue.engine.feel.functions.numbers import number, whole
from fairdue.engine.feel.scope import Evaluation
from fairdue.engine.feel.values import DECIMAL128, Fault, FunctionValue, Value, YearsMonths, equal, order

MAX_ITEMS = 1_000_000
"""Elements that a list may come to."""


def items(value: Value) -> list[Any]:
    """Return an argument that must be a list; a single value is a list of one."""
    found: list[Any] = typed(value, list, "a list")
    return found


def limited(found: list[Value]) -> list[Value]:
    """Return a list unless it is too long, else fault."""
    if len(found) > MAX_ITEMS:
        raise Fault(f"a list may have {MAX_ITEMS} elements at most")
    return found


@built_in("list contains", "list", "element")
def _list_contains(values: Value, element: Value) -> bool:
    return any(equal(value, element) is True for value in items(values))


@built_in("count", "list")
def _count(values: Value) -> Decimal:
    return Decimal(len(items(values)))


def best(sign: int) -> Callable[[list[Value]], Value]:
    """Return what finds the largest value of a list (1) or the smallest (-1); null of nothing."""

    def body(values: list[Value]) -> Value:
        chosen = values[0] if values else None
        for value in values:
            found = order(value, chosen)
            if found is None:
                raise Fault("the values cannot be compared")
            chosen = value if found * sign > 0 else chosen
        return chosen

    return body


built_in("min", "list", is_variadic=True)(best(-1))
built_in("max", "list", is_variadic=True)(best(1))


@built_in("sum", "list", is_variadic=True)
def total(values: list[Value]) -> Value:
    """Return the sum of numbers or durations; null of nothing."""
    if not values:
        return None
    if not isinstance(values[0], Decimal | timedelta | YearsMonths):
        raise Fault("only numbers and durations have a sum")
    found = values[0]
    for value in values[1:]:
        found = arithmetic.operate("+", found, value)
    return found


@built_in("mean", "list", is_variadic=True)
def _mean(values: list[Value]) -> Value:
    found = total(values)
    return None if found is None else arithmetic.operate("/", found, Decimal(len(values)))


@built_in("product", "list", is_variadic=True)
def _product(values: list[Value]) -> Value:
    if not values:
        return None
    found = Decimal(1)
    for value in values:
        found = DECIMAL128.multiply(found, number(value))
    return found


@built_in("median", "list", is_variadic=True)
def _median(values: list[Value]) -> Value:
    if not values:
        return None
    ordered = sorted(number(value) for value in values)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return DECIMAL128.divide(DECIMAL128.add(ordered[middle - 1], ordered[middle]), Decimal(2))


@built_in("stddev", "list", is_variadic=True)
def _stddev(values: list[Value]) -> Value:
    if len(values) < 2:
        raise Fault("a standard deviation needs two numbers or more")
    numbers = [number(value) for value in values]
    mean = DECIMAL128.divide(total(list(numbers)), Decimal(len(numbers)))
    squares = [DECIMAL128.power(DECIMAL128.subtract(one, mean), Decimal(2)) for one in numbers]
    return DECIMAL128.sqrt(DECIMAL128.divide(total(list(squares)), Decimal(len(numbers) - 1)))


@built_in("mode", "list", is_variadic=True)
def _mode(values: list[Value]) -> list[Value]:
    counts: dict[Decimal, int] = {}
    for value in values:
        counts[number(value)] = counts.get(number(value), 0) + 1
    most = max(counts.values(), default=0)
    return sorted(value for value, count in counts.items() if count == most)


@built_in("all", "list", is_variadic=True)
def _all(values: list[Value]) -> Value:
    if any(value is False for value in values):
        return False
    return True if all(value is True for value in values) else None


@built_in("any", "list", is_variadic=True)
def _any(values: list[Value]) -> Value:
    if any(value is True for value in values):
        return True
    return False if all(value is False for value in values) else None


@built_in("sublist", "list", "start position", "length", optional=1)
def _sublist(values: Value, start: Value, length: Value = None) -> list[Value]:
    found, first = items(values), whole(start)
    if first == 0 or abs(first) > len(found):
        raise Fault("a start position counts from 1, or from -1 at the end, within the list")
    begin = first - 1 if first > 0 else len(found) + first
    count = len(found) - begin if length is None else whole(length)
    if count < 0 or begin + count > len(found):
        raise Fault("the list has not so many elements")
    return found[begin : begin + count]


@built_in("append", "list", "item", is_variadic=False, optional=1, others=(("list",) * 200,))
def _append(values: Value, *more: Value) -> list[Value]:
    return limited([*(items(values) if values is not None else []), *more])


@built_in("concatenate", "list", optional=0, others=(("list",) * 200,))
def _concatenate(*lists: Value) -> list[Value]:
    return limited([value for one in lists for value in items(one)])


@built_in("union", "list", optional=0, others=(("list",) * 200,))
def _union(*lists: Value) -> list[Value]:
    return _distinct(_concatenate(*lists))


@built_in("insert before", "list", "position", "newItem")
def _insert(values: Value, position: Value, item: Value) -> list[Value]:
    index = _index(items(values), position)
    return [*items(values)[:index], item, *items(values)[index:]]


@built_in("remove", "list", "position")
def _remove(values: Value, position: Value) -> list[Value]:
    index = _index(items(values), position)
    return [*items(values)[:index], *items(values)[index + 1 :]]


def _index(values: list[Value], position: Value) -> int:
    place = whole(position)
    if place == 0 or abs(place) > len(values):
        raise Fault(f"a list of {len(values)} has no place {place}")
    return place - 1 if place > 0 else len(values) + place


@built_in("list replace", "list", "position", "newItem", calls=True, others=(("list", "match", "newItem"),))
def _list_replace(values: Value, place: Value, item: Value, evaluation: Evaluation) -> list[Value]:
    found = items(values)
    if not isinstance(place, FunctionValue):
        index = _index(found, place)
        return [*found[:index], item, *found[index + 1 :]]
    answers = [_called(place, [value, item], evaluation) for value in found]
    if not all(isinstance(answer, bool) for answer in answers):
        raise Fault("the function of list replace answers with true or false")
    return [item if is_meant else value for value, is_meant in zip(found, answers, strict=True)]


def _called(function: FunctionValue, arguments: list[Value], evaluation: Evaluation) -> Value:
    from fairdue.engine.feel.interpreter import call

    return call(function, arguments, evaluation)


@built_in("reverse", "list")
def _reverse(values: Value) -> list[Value]:
    return items(values)[::-1]


@built_in("index of", "list", "match")
def _index_of(values: Value, match: Value) -> list[Value]:
    return [Decimal(place) for place, value in enumerate(items(values), 1) if equal(value, match) is True]


@built_in("distinct values", "list")
def _distinct(values: Value) -> list[Value]:
    found: list[Value] = []
    given = items(values)
    if len(given) > 5000:
        raise Fault("distinct values takes 5000 elements at most")
    for value in given:
        if not any(equal(value, one) is True for one in found):
            found.append(value)
    return found


@built_in("flatten", "list")
def _flatten(values: Value) -> list[Value]:
    found: list[Value] = []
    waiting = list(reversed(items(values)))
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(reversed(value))
            limited(waiting)
        else:
            limited(found).append(value)
    return found


@built_in("sort", "list", "precedes", optional=1, calls=True)
def _sort(values: Value, *more: Any) -> list[Value]:
    evaluation, found = more[-1], items(values)
    precedes = more[0] if len(more) > 1 else None
    if precedes is None:
        return sorted(found, key=cmp_to_key(_in_order))
    if not isinstance(precedes, FunctionValue):
        raise Fault("sort takes a function that tells which of two comes first")

    def compare(left: Value, right: Value) -> int:
        if _called(precedes, [left, right], evaluation) is True:
            return -1
        return 1 if _called(precedes, [right, left], evaluation) is True else 0

    return sorted(found, key=cmp_to_key(compare))


def _in_order(left: Value, right: Value) -> int:
    found = order(left, right)
    if found is None:
        raise Fault("the values cannot be compared")
    return found
