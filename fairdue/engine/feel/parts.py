"""What readers of a tree need of values: comparing two, a component, an element, a range of two ends."""

from __future__ import annotations

from decimal import Decimal

from fairdue.engine.feel import temporal
from fairdue.engine.feel.values import Fault, FunctionValue, Span, Value, equal, kind_of, order


def compare(operator: str, left: Value, right: Value) -> bool | None:
    """Return whether a comparison holds; null if the values cannot be compared."""
    if operator in ("=", "!="):
        found = equal(left, right)
        return found if operator == "=" or found is None else not found
    place = order(left, right)
    if place is None:
        return None
    return {"<": place < 0, "<=": place <= 0, ">": place > 0, ">=": place >= 0}[operator]


def component_of(value: Value, name: str) -> Value:
    """Return the component of a value by name; of a list, of each of its elements.

    :raises Fault: if it has none of that name
    """
    if isinstance(value, dict):
        if name not in value:
            raise Fault(f"there is no component {name}")
        return value[name]
    if isinstance(value, list):
        return [one.get(name) if isinstance(one, dict) else component_of(one, name) for one in value]
    if isinstance(value, Span):
        parts = {"start": value.low, "end": value.high}
        parts |= {"start included": not value.is_low_open, "end included": not value.is_high_open}
        if name in parts:
            return parts[name]
    if value is None or isinstance(value, bool | str | Decimal | FunctionValue | Span):
        raise Fault(f"a {kind_of(value)} has no component {name}")
    return temporal.component(value, name)


def element(items: list[Value], place: Decimal) -> Value:
    """Return an element by its place from 1, from -1 at the end.

    :raises Fault: if there is none
    """
    number = int(place)
    if number != place or not 0 < abs(number) <= len(items):
        raise Fault(f"a list of {len(items)} has no element {place}")
    return items[number - 1 if number > 0 else number]


def span(low: Value, high: Value, is_low_open: bool, is_high_open: bool) -> Span:
    """Return a range of two values.

    :raises Fault: if they have no order, or stand the wrong way round
    """
    if low is None and high is None:
        raise Fault("a range needs an end")
    if low is not None and high is not None:
        found = order(low, high)
        if found is None:
            raise Fault(f"there is no range from a {kind_of(low)} to a {kind_of(high)}")
        if found > 0:
            raise Fault("a range goes from the lower to the higher end")
    return Span(low, high, is_low_open, is_high_open)
