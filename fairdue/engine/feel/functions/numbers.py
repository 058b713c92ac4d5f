"""Functions of numbers and booleans."""

from __future__ import annotations

import decimal
from datetime import timedelta
from decimal import Decimal

from fairdue.engine.feel.calling import built_in, typed
from fairdue.engine.feel.values import DECIMAL128, Fault, Value, YearsMonths

_ROUNDINGS = {
    "decimal": decimal.ROUND_HALF_EVEN,
    "floor": decimal.ROUND_FLOOR,
    "ceiling": decimal.ROUND_CEILING,
    "round up": decimal.ROUND_UP,
    "round down": decimal.ROUND_DOWN,
    "round half up": decimal.ROUND_HALF_UP,
    "round half down": decimal.ROUND_HALF_DOWN,
}


def number(value: Value) -> Decimal:
    """Return an argument that must be a number."""
    found: Decimal = typed(value, Decimal, "a number")
    return found


def whole(value: Value) -> int:
    """Return an argument that must be a whole number."""
    found = number(value)
    if found != found.to_integral_value() or abs(found) > 10**9:
        raise Fault(f"a whole number is expected, not {found}")
    return int(found)


@built_in("not", "negand")
def _not(value: Value) -> Value:
    return not value if isinstance(value, bool) else None


def _register_roundings() -> None:
    for name, rounding in _ROUNDINGS.items():
        optional = 0 if name == "decimal" or name.startswith("round") else 1
        built_in(name, "n", "scale", optional=optional)(_rounding(rounding))


def _rounding(rounding: str):  # type: ignore[no-untyped-def]
    def body(value: Value, scale: Value = Decimal(0)) -> Decimal:
        places = whole(scale)
        if not -6111 <= places <= 6176:
            raise Fault("a scale lies from -6111 to 6176")
        found, step = number(value), Decimal(1).scaleb(-places, DECIMAL128)
        if found.adjusted() + places >= 33:
            return found
        with decimal.localcontext(DECIMAL128):
            rounded = found.quantize(step, rounding=rounding)
            return rounded if places >= 0 else DECIMAL128.plus(Decimal(int(rounded)))

    return body


_register_roundings()


@built_in("abs", "n")
def _abs(value: Value) -> Value:
    if isinstance(value, timedelta):
        return abs(value)
    if isinstance(value, YearsMonths):
        return YearsMonths(abs(value.months))
    return abs(number(value))


@built_in("modulo", "dividend", "divisor")
def _modulo(dividend: Value, divisor: Value) -> Decimal:
    left, right = number(dividend), number(divisor)
    if not right:
        raise Fault("modulo needs a divisor that is not zero")
    rest = DECIMAL128.remainder(left, right)
    return DECIMAL128.add(rest, right) if rest and (rest < 0) != (right < 0) else rest


@built_in("sqrt", "number")
def _sqrt(value: Value) -> Decimal:
    return DECIMAL128.sqrt(number(value))


@built_in("log", "number")
def _log(value: Value) -> Decimal:
    if number(value) <= 0:
        raise Fault("only a number above zero has a logarithm")
    return DECIMAL128.ln(number(value))


@built_in("exp", "number")
def _exp(value: Value) -> Decimal:
    return DECIMAL128.exp(number(value))


@built_in("odd", "number")
def _odd(value: Value) -> bool:
    return number(value) % 2 in (1, -1)


@built_in("even", "number")
def _even(value: Value) -> bool:
    return number(value) % 2 == 0
