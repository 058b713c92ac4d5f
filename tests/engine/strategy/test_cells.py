"""Cells of decision tables: what they accept, what they refuse, and how they treat missing values."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest

from fairdue.engine.strategy.cells import (
    Cell,
    CellError,
    Compare,
    Interval,
    parse_cell,
)
from fairdue.engine.strategy.compiled import cell_expr
from fairdue.engine.strategy.interpret import matches


@pytest.mark.parametrize(
    ("source", "type_name", "cell"),
    [
        ("-", "integer", Cell()),
        (" - ", "text", Cell()),
        ("< 3", "integer", Cell((Compare("<", 3),))),
        ("<=30", "integer", Cell((Compare("<=", 30),))),
        ("-5", "integer", Cell((Compare("=", -5),))),
        (3, "integer", Cell((Compare("=", 3),))),
        (True, "boolean", Cell((Compare("=", True),))),
        ("true", "boolean", Cell((Compare("=", True),))),
        ("[1..30]", "integer", Cell((Interval(1, 30, False, False),))),
        ("(0..5]", "integer", Cell((Interval(0, 5, True, False),))),
        ("]0..5[", "integer", Cell((Interval(0, 5, True, True),))),
        ("(0..1.5)", "number", Cell((Interval(0, Decimal("1.5"), True, True),))),
        ('"card","loan"', "text", Cell((Compare("=", "card"), Compare("=", "loan")))),
        ('not("x")', "text", Cell((Compare("=", "x"),), is_negated=True)),
        ("not(< 3, [10..20])", "integer", Cell((Compare("<", 3), Interval(10, 20, False, False)), True)),
        ('"a \\"quoted\\" one"', "text", Cell((Compare("=", 'a "quoted" one'),))),
        ("null", "integer", Cell((Compare("=", None),))),
    ],
)
def test_a_cell_is_read(source: object, type_name: str, cell: Cell) -> None:
    assert parse_cell(source, type_name) == cell


@pytest.mark.parametrize(
    ("source", "type_name", "complaint"),
    [
        ("", "integer", "expected a value"),
        ("card", "text", "double quotes"),
        ("< ", "integer", "expected a value"),
        ("[1..]", "integer", "expected a value"),
        ("[30..1]", "integer", "is empty"),
        ("[1..30", "integer", "expected ']' or ')'"),
        ("1,", "integer", "expected a value"),
        ("1 2", "integer", "but found '2'"),
        ("<= 30 and x", "integer", "but found 'and'"),
        ("＜ 3", "integer", "type the plain '<'"),
        ("3天", "integer", "but found '天'"),
        ("1.5", "integer", "not of type integer"),
        ('"1"', "integer", "not of type integer"),
        ("1", "text", "not of type text"),
        ("< true", "boolean", "by order"),
        ("not(1", "integer", "expected ')'"),
        ('"open', "text", "does not end"),
    ],
)
def test_a_cell_that_cannot_be_read_says_why(source: str, type_name: str, complaint: str) -> None:
    with pytest.raises(CellError) as refusal:
        parse_cell(source, type_name)
    assert complaint in str(refusal.value)


@pytest.mark.parametrize(
    ("source", "passing"),
    [
        ("< 3", [1, 2]),
        ("[2..4]", [2, 3, 4]),
        ("(2..4)", [3]),
        ("not(2)", [1, 3, 4, 5, None]),
        ("null", [None]),
        ("not(null)", [1, 2, 3, 4, 5]),
        ("1, >= 5, null", [1, 5, None]),
    ],
)
def test_a_cell_asks_one_value_and_a_column_alike(source: str, passing: list[int | None]) -> None:
    cell = parse_cell(source, "integer")
    values = [1, 2, 3, 4, 5, None]
    assert [value for value in values if matches(cell, value)] == passing
    compiled = cell_expr(cell, pl.col("x"), {})
    assert compiled is not None
    frame = pl.DataFrame({"x": values}, schema={"x": pl.Int64})
    assert frame.filter(compiled)["x"].to_list() == passing
    assert frame.select(compiled.is_null().any()).item() is False


def test_a_dash_passes_everything_and_compiles_to_nothing() -> None:
    assert matches(parse_cell("-", "text"), None)
    assert cell_expr(parse_cell("-", "text"), pl.col("x"), {}) is None
