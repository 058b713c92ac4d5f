"""Any text in a cell or an expression is read, or refused in words with a place; nothing else ever happens."""

from __future__ import annotations

import contextlib
from typing import Any

import polars as pl
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fairdue.engine.strategy.cells import CellError, parse_cell
from fairdue.engine.strategy.compiled import POLARS_TYPES, cell_expr, term_expr
from fairdue.engine.strategy.interpret import matches, term_value, value_as
from fairdue.engine.strategy.terms import TYPES, read_term

NAMES = dict(zip(("days", "share", "kind", "held", "due"), TYPES, strict=True))
PIECES = [
    *"-<>=()[],.;?！，（）＜“”≤…　 \t\n", "<=", ">=", "..", "**", "not(", "null", "true", "false", "and", "or", "in", "between",
    "if", "then", "else", "for", "date(", "duration(", '"2026-02-30"', '"2026-01-31"', '@"P3D"', '"P99999999D"', '"信用卡"',
    '"', "\\", "0", "1", "007", "1.5", ".5", "1e400", "1E-400", "9223372036854775807", "9223372036854775808", "99" * 40,
    "NaN", "days", "share", "kind", "held", "due", "逾期", "\0", "\ud800", "🙂", "/*", "//", "{", "}", "@", "#", "'", "+", "*", "/",
]  # fmt: skip
TEXT = st.one_of(st.lists(st.sampled_from(PIECES), max_size=9).map("".join), st.text(max_size=12))


def _refused(error: CellError, source: str) -> None:
    assert error.message_en and error.message_zh
    assert error.position is None or 0 <= error.position <= max(len(source), 1)


@settings(max_examples=400, deadline=None)
@given(source=TEXT, type_name=st.sampled_from(TYPES))
@example("(" * 5_000, "integer")
@example("1" + "+1" * 5_000, "integer")
@example("not(" * 500 + ")" * 500, "integer")
@example("[" + "9" * 5_000 + "..1]", "number")
def test_a_cell_is_read_or_refused_and_what_is_read_can_be_asked(source: str, type_name: str) -> None:
    try:
        cell = parse_cell(source, type_name, NAMES)
    except CellError as error:
        _refused(error, source)
        return
    nothing: dict[str, Any] = dict.fromkeys(NAMES)
    compiled = cell_expr(cell, pl.col("asked"), {name: pl.col(name) for name in NAMES})
    record = pl.DataFrame(
        {"asked": [None], **{name: [None] for name in NAMES}},
        schema={"asked": POLARS_TYPES[type_name]}
        | {name: POLARS_TYPES[kind] for name, kind in NAMES.items()},
    )
    found = True if compiled is None else record.select(compiled).item()
    assert found == matches(cell, None, nothing)


@settings(max_examples=300, deadline=None)
@given(source=TEXT)
def test_an_expression_is_read_or_refused_and_what_is_read_has_a_value(source: str) -> None:
    try:
        term = read_term(source, NAMES)
    except CellError as error:
        _refused(error, source)
        return
    nothing: dict[str, Any] = dict.fromkeys(NAMES)
    record = pl.DataFrame(schema={name: POLARS_TYPES[kind] for name, kind in NAMES.items()}).clear(1)
    compiled = record.select(term_expr(term, {name: pl.col(name) for name in NAMES}).alias("x"))["x"][0]
    plain = value_as(term_value(term, nothing), term.type_name)
    assert compiled == plain or (plain is None and compiled is None)


@settings(max_examples=60, deadline=None)
@given(
    source=st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.dates(), st.datetimes(), st.lists(st.integers()),
        st.dictionaries(st.text(), st.integers()), st.binary(),
    ),
    type_name=st.sampled_from(TYPES),
)  # fmt: skip
def test_whatever_yaml_or_a_workbook_puts_in_a_cell_is_read_or_refused(source: Any, type_name: str) -> None:
    with contextlib.suppress(CellError):
        parse_cell(source, type_name, NAMES)
