"""Terms: the typed arithmetic of strategies, as literal decisions, inputs with expressions and end points.

A term is a view over the tree of FEEL, restricted to S-FEEL and typed. Its rules, which every reader keeps:

1. `+`, `-`, `*` and whole powers of integers are integers; as soon as a number takes part, and for every
   `/`, the result is a number (IEEE 754 double).
2. Whatever has no value is null: arithmetic with a null, a division by zero, an integer that does not fit
   64 bits, a number that is not finite, a date outside the years 1 to 9999.
3. A comparison is true or false: with a null it is false (`!=` is the contrary of `=`); only the word
   `null` itself equals a missing value.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from fairdue.engine.feel import FeelError, ast, parse_expression
from fairdue.engine.strategy.feel_words import in_chinese

Value = int | float | Decimal | str | bool | date | None

TYPES = ("integer", "number", "text", "boolean", "date")
NUMERIC = ("integer", "number")
MOST_POWER = 16
LEAST_INTEGER, MOST_INTEGER = -(2**63), 2**63 - 1
_MOST_DAYS = 3_652_059
_DAYS = re.compile(r"(-?)P(\d{1,7})D\Z")


class CellError(ValueError):
    """A cell or an expression cannot be read; the message says what was expected, and `position` where.

    :ivar message_zh: the message in Chinese
    :ivar message_en: the message in English
    :ivar position: the character at which reading failed, from 0, if one is known
    """

    def __init__(self, message_en: str, message_zh: str = "", position: int | None = None) -> None:
        super().__init__(message_en)
        self.message_en = message_en
        self.message_zh = message_zh or message_en
        self.position = position


@dataclass(frozen=True, slots=True)
class Constant:
    """A value that is written out."""

    value: Value
    type_name: str


@dataclass(frozen=True, slots=True)
class Name:
    """The value of a fact, of an output of another decision, or of an input of the same table."""

    name: str
    type_name: str


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`left + right` and the like, over integers and numbers."""

    operator: str
    left: Term
    right: Term
    type_name: str


@dataclass(frozen=True, slots=True)
class Shift:
    """A date moved by whole days."""

    operand: Term
    days: int
    type_name: str = "date"


@dataclass(frozen=True, slots=True)
class Comparison:
    """`left <= right` and the like: true or false, never null."""

    operator: str
    left: Term
    right: Term
    type_name: str = "boolean"


Term = Constant | Name | Arithmetic | Shift | Comparison


def names_of(term: Term) -> Iterator[str]:
    """Yield every name that a term reads."""
    match term:
        case Name():
            yield term.name
        case Arithmetic() | Comparison():
            yield from names_of(term.left)
            yield from names_of(term.right)
        case Shift():
            yield from names_of(term.operand)
        case _:
            return


def is_readable_as(found: str, wanted: str) -> bool:
    """Tell whether a value of one type can be read as another: the same, or an integer as a number."""
    return found == wanted or (found, wanted) == ("integer", "number")


def read_term(source: Any, types: Mapping[str, str]) -> Term:
    """Read an expression over names of known types.

    :raises CellError: if it cannot be read, reads an unknown name, or mixes types
    """
    text = str(source).lower() if isinstance(source, bool) else str(source)
    try:
        return term_of(parse_expression(text), types)
    except FeelError as error:
        raise unreadable(error) from error


def unreadable(error: FeelError) -> CellError:
    """Return FEEL's own complaint as one of a cell."""
    place = f"(第 {error.position + 1} 个字符)"
    return CellError(str(error), in_chinese(error.message) + place, error.position)


def term_of(node: ast.Node, types: Mapping[str, str]) -> Term:
    """Return the typed term of a tree of FEEL.

    :raises CellError: if it is outside S-FEEL, reads an unknown name, or mixes types
    """
    match node:
        case ast.Negation(operand=ast.Number(value=value)):
            return number(-value, node.position)
        case ast.Number(value=value):
            return number(value, node.position)
        case ast.Text(value=text):
            return Constant(text, "text")
        case ast.Boolean(value=truth):
            return Constant(truth, "boolean")
        case ast.Null():
            return Constant(None, "null")
        case ast.Name(name=name):
            return _name(name, node.position, types)
        case ast.Negation(operand=operand):
            return _arithmetic("-", Constant(0, "integer"), term_of(operand, types), node.position)
        case ast.Arithmetic(operator=operator, left=left, right=right):
            return _operation(operator, left, right, types)
        case ast.Comparison(operator=operator, left=left, right=right):
            return _comparison(operator, term_of(left, types), term_of(right, types), node.position)
        case _:
            return _temporal(node)


def _name(name: str, position: int, types: Mapping[str, str]) -> Name:
    if name not in types:
        raise CellError(
            f"{name!r} is no fact and no output of a decision; write texts in double quotes",
            f"“{name}”既不是事实也不是决策的输出；文本须加双引号",
            position,
        )
    if types[name] not in TYPES:
        raise CellError(
            f"{name} is of type {types[name]}, which cannot be computed or compared with",
            f"{name} 的类型是 {types[name]}，不能用于计算或比较",
            position,
        )
    return Name(name, types[name])


def number(value: Decimal, position: int = 0) -> Constant:
    """Return a written number: an integer if it was written without decimals and fits 64 bits.

    :raises CellError: if it is no finite double
    """
    has_decimals = int(value.as_tuple().exponent) < 0
    if not has_decimals and value.adjusted() <= 19 and LEAST_INTEGER <= int(value) <= MOST_INTEGER:
        return Constant(int(value), "integer")
    if not math.isfinite(float(value)):
        raise CellError(f"{value} is too large for a number", f"{value} 超出数值范围", position)
    return Constant(value, "number")


def _operation(operator: str, left: ast.Node, right: ast.Node, types: Mapping[str, str]) -> Term:
    days = _days(right)
    if days is not None and operator in ("+", "-"):
        return _shift(term_of(left, types), days if operator == "+" else -days, right.position)
    if operator == "**":
        return _power(term_of(left, types), right)
    return _arithmetic(operator, term_of(left, types), term_of(right, types), right.position)


def _arithmetic(operator: str, left: Term, right: Term, position: int) -> Arithmetic:
    kinds = left.type_name, right.type_name
    for kind in kinds:
        if kind not in NUMERIC:
            hint = (
                ('; days are written duration("P3D")', ';天数写作 duration("P3D")')
                if kind == "date"
                else ("", "")
            )
            raise CellError(
                f"{operator!r} computes with numbers, not with {_a(kind)}{hint[0]}",
                f"“{operator}”只能用于数值，不能用于 {kind}{hint[1]}",
                position,
            )
    is_whole = kinds == ("integer", "integer") and operator != "/"
    return Arithmetic(operator, left, right, "integer" if is_whole else "number")


def _power(base: Term, exponent: ast.Node) -> Term:
    """A whole power is a product, so that every reader multiplies alike."""
    times = exponent.value if isinstance(exponent, ast.Number) else Decimal(-1)
    if times != times.to_integral_value() or not 1 <= times <= MOST_POWER:
        raise CellError(
            f"the exponent is a whole number from 1 to {MOST_POWER}",
            f"指数须为 1 到 {MOST_POWER} 的整数",
            exponent.position,
        )
    product = base
    for _ in range(int(times) - 1):
        product = _arithmetic("*", product, base, exponent.position)
    return product


def _shift(operand: Term, days: int, position: int) -> Shift:
    if operand.type_name != "date":
        raise CellError("only a date can be moved by days", "只有日期可以加减天数", position)
    return Shift(operand, days)


def _comparison(operator: str, left: Term, right: Term, position: int) -> Comparison:
    require_comparable(left.type_name, right.type_name, operator not in ("=", "!="), position)
    return Comparison(operator, left, right)


def require_comparable(left: str, right: str, is_by_order: bool, position: int | None = None) -> None:
    """Refuse to compare what has no order, or two types that have nothing in common.

    :raises CellError: if they cannot be compared
    """
    if is_by_order and not {left, right}.isdisjoint(("boolean", "null")):
        raise CellError(
            "comparing by order needs numbers, dates or texts", "按大小比较需要数值、日期或文本", position
        )
    if "null" not in (left, right) and left != right and not {left, right} <= set(NUMERIC):
        is_date = "date" in (left, right)
        hint, zh = (
            ('; write a date as date("2026-01-31")', ';日期写作 date("2026-01-31")') if is_date else ("", "")
        )
        raise CellError(
            f"{_a(left)} cannot be compared with {_a(right)}{hint}",
            f"{left} 不能与 {right} 比较{zh}",
            position,
        )


def _a(type_name: str) -> str:
    return f"an {type_name}" if type_name == "integer" else f"a {type_name}"


def _temporal(node: ast.Node) -> Constant:
    """A date that is written out: `date("2026-01-31")` or `@"2026-01-31"`."""
    text = _temporal_text(node, "date")
    if text is None:
        raise CellError(
            "only values, names, + - * / ** and comparisons are read in strategies",
            "策略中只能使用值、名称、+ - * / ** 和比较",
            node.position,
        )
    try:
        return Constant(date.fromisoformat(text) if len(text) == 10 else date(0, 0, 0), "date")
    except ValueError:
        raise CellError(
            f'{text!r} is no date; write date("2026-01-31")', f"“{text}”不是日期", node.position
        ) from None


def _temporal_text(node: ast.Node, function: str) -> str | None:
    match node:
        case ast.Temporal(text=text):
            return text
        case ast.Call(function=ast.Name(name=name), arguments=(ast.Text(value=text),)) if name == function:
            return text
        case _:
            return None


def _days(node: ast.Node) -> int | None:
    """Whole days that are written out: `duration("P3D")` or `@"P3D"`."""
    found = _DAYS.match(_temporal_text(node, "duration") or "")
    if found is None:
        return None
    days = int(found[1] + found[2])
    return days if abs(days) <= _MOST_DAYS else None
