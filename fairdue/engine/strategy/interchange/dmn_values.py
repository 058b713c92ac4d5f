"""Values that are written out in FEEL, and names as strategies have them."""

from __future__ import annotations

import re
from typing import Any

from fairdue.engine.feel import ast


class NotWritten(ValueError):
    """An output is not a value that is written out."""


def written_value(node: ast.Node) -> Any:
    """Return the value that a tree writes out.

    :raises NotWritten: if it has to be computed
    """
    match node:
        case ast.Text(value=value) | ast.Boolean(value=value):
            return value
        case ast.Null():
            return None
        case ast.Number(value=number):
            is_whole = int(number.as_tuple().exponent) >= 0 and number.adjusted() < 30
            return int(number) if is_whole else float(number)
        case ast.Negation(operand=ast.Number() as number):
            return -written_value(number)
        case (
            ast.Call(function=ast.Name(name="date"), arguments=(ast.Text(value=text),))
            | ast.Temporal(text=text)
        ):
            return text
        case ast.ListOf(items=items):
            return [written_value(item) for item in items]
    raise NotWritten


def words_of(name: str, joint: str = "_") -> str:
    """Return a name in lower-case words: `Risk Category` and `RiskCategory` are `risk_category`."""
    spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", name)
    found = joint.join(re.findall(r"[a-z0-9]+", spaced.lower()))
    return found if not found or not found[0].isdigit() or joint == "-" else f"_{found}"
