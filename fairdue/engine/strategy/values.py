"""Values of outputs: what a document may write, and as what it is read."""

from __future__ import annotations

import math
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from fairdue.engine.strategy.terms import TYPES

if TYPE_CHECKING:
    from fairdue.engine.strategy.model import Output

OUTPUT_TYPES = (*TYPES, "list")
LEAST_INTEGER, MOST_INTEGER = -(2**63), 2**63 - 1


def value_read(value: Any, type_name: str) -> Any:
    """Return a written value as the type's own: numbers as floats, dates from their ISO form."""
    if type_name == "number" and isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return float(value)
    if type_name == "date" and isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    return value


def value_problem(value: Any, output: Output) -> tuple[str, str] | None:
    """Return what is wrong with an output's value, in English and Chinese, or None."""
    if value is None:
        is_missing = output.default is not None or bool(output.allowed)
        return ("a value is missing", "缺少值") if is_missing else None
    if not _is_of_type(value_read(value, output.type_name), output.type_name):
        return f"{value!r} is not of type {output.type_name}", f"{value!r} 不是 {output.type_name} 类型"
    parts = value if isinstance(value, list) else [value]
    unknown = [part for part in parts if output.allowed and part not in output.allowed]
    if not unknown:
        return None
    return (
        f"{unknown[0]!r} is not one of {', '.join(map(str, output.allowed))}",
        f"{unknown[0]!r} 不是 {'、'.join(map(str, output.allowed))} 之一",
    )


def _is_of_type(value: Any, type_name: str) -> bool:
    match type_name:
        case "integer":
            return type(value) is int and LEAST_INTEGER <= value <= MOST_INTEGER
        case "number":
            return type(value) is float and math.isfinite(value)
        case "text":
            return type(value) is str
        case "boolean":
            return type(value) is bool
        case "date":
            return isinstance(value, date) and not isinstance(value, datetime)
        case _:
            return isinstance(value, list) and all(type(part) is str for part in value)
