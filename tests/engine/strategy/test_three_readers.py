"""Three readers, one meaning: compiled columns, bit-sets and the plain reading agree on random graphs of decisions."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairdue.engine.strategy import bitset
from fairdue.engine.strategy.cells import CellError, parse_cell
from fairdue.engine.strategy.decide import CONFLICT, ROW_ID, ROWS_FIRED, decide, decide_lazy
from fairdue.engine.strategy.interpret import decide_one
from fairdue.engine.strategy.table import HIT_POLICIES, Strategy, read_strategy

TITLE = {"zh": "行", "en": "row"}
LEAST, MOST = -(2**63), 2**63 - 1
DTYPES = {
    "days": pl.Int64,
    "limit": pl.Int64,
    "share": pl.Float64,
    "ratio": pl.Float64,
    "kind": pl.String,
    "is_held": pl.Boolean,
    "due": pl.Date,
}
TYPES = {
    "days": "integer",
    "limit": "integer",
    "share": "number",
    "ratio": "number",
    "kind": "text",
    "is_held": "boolean",
    "due": "date",
}
DAY = date(2026, 1, 31)
INTEGERS = st.one_of(
    st.integers(-3, 8), st.sampled_from([LEAST, LEAST + 1, MOST - 1, MOST, 2**53, 2**53 + 1])
)
EDGES = [0.0, -0.0, 0.1, 0.2, 0.1 + 0.2, 0.3, 1.0, math.nextafter(1.0, 2.0), math.nextafter(1.0, 0.0), 2.5]
FLOATS = st.sampled_from([*EDGES, 5e-324, 1e308, -1e308, 2.0**53, 2.0**53 + 2])
TEXTS = st.sampled_from(["card", "loan", "信用卡", "", "card\0", "caré", "𝄞", 'a"b\\'])
DATES = st.integers(-2, 2).map(lambda days: DAY + timedelta(days=days))
FACTS = {
    "days": st.one_of(st.none(), INTEGERS),
    "limit": st.one_of(st.none(), INTEGERS),
    "share": st.one_of(st.none(), FLOATS, st.sampled_from([math.nan, math.inf, -math.inf])),
    "ratio": st.one_of(st.none(), FLOATS),
    "kind": st.one_of(st.none(), TEXTS, st.just("other")),
    "is_held": st.sampled_from([None, True, False]),
    "due": st.one_of(st.none(), DATES, st.sampled_from([date.min, date.max])),
}
RECORD = st.fixed_dictionaries(FACTS)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


ENDS: Mapping[str, st.SearchStrategy[str]] = {
    "integer": st.one_of(
        INTEGERS.map(str), st.sampled_from(["limit", "limit + 1", "days * limit", "share", "-limit"])
    ),
    "number": st.one_of(
        FLOATS.map(repr),
        INTEGERS.map(str),
        st.sampled_from(["ratio", "ratio / 2", "limit", "ratio - share", "1 / limit"]),
    ),
    "text": st.one_of(TEXTS.map(_quoted), st.just("kind")),
    "boolean": st.sampled_from(["true", "false", "is_held"]),
    "date": st.one_of(
        DATES.map(lambda day: f'date("{day}")'),
        st.sampled_from(["due", 'due + duration("P1D")', 'due - @"P2D"']),
    ),
}


@st.composite
def unary(draw: st.DrawFn, kind: str) -> str:
    """One test of a type."""
    forms = ["plain", "null"] if kind == "boolean" else ["plain", "null", "order", "interval"]
    form = draw(st.sampled_from(forms))
    if form == "null":
        return "null"
    if form == "plain":
        return draw(ENDS[kind])
    if form == "order":
        return f"{draw(st.sampled_from(['<', '<=', '>', '>=', '=']))} {draw(ENDS[kind])}"
    ends = [draw(ENDS[kind]), draw(ENDS[kind])]
    try:
        parse_cell(f"[{ends[0]}..{ends[1]}]", kind, TYPES)
    except CellError:  # the one refusal that the parts allow: an end above the other
        ends.reverse()
    return f"{draw(st.sampled_from('[(]'))}{ends[0]}..{ends[1]}{draw(st.sampled_from('])['))}"


@st.composite
def cells(draw: st.DrawFn, kind: str) -> str:
    """A cell of a type: one to three tests, perhaps negated."""
    found = ", ".join(draw(st.lists(unary(kind), min_size=1, max_size=3)))
    return draw(st.sampled_from(["-", found, found, f"not({found})"]))


VALUES: Mapping[str, st.SearchStrategy[Any]] = {
    "integer": st.one_of(st.none(), INTEGERS),
    "number": st.one_of(st.none(), FLOATS),
    "text": st.sampled_from(["low", "mid", "high"]),
    "boolean": st.booleans(),
    "date": DATES.map(str),
}
SUMMED = ("integer", "number")


@st.composite
def tables(draw: st.DrawFn, name: str, known: Mapping[str, str]) -> dict[str, Any]:
    """A table over known names."""
    policy = draw(st.sampled_from(HIT_POLICIES))
    aggregation = draw(st.sampled_from(["", "sum", "min", "max", "count"])) if policy == "COLLECT" else ""
    asked = draw(st.lists(st.sampled_from(sorted(known)), min_size=1, max_size=3, unique=True))
    inputs: list[dict[str, Any]] = [{"name": each, "type": known[each]} for each in asked]
    if draw(st.booleans()):
        source, kind = draw(
            st.sampled_from(
                [("days - limit", "integer"), ("share * 2", "number"), ("days > limit", "boolean")]
            )
        )
        inputs.append({"name": f"{name}_own", "type": kind, "expression": source})
    text = {
        "name": f"{name}_text",
        "type": "text",
        "allowed": ["high", "mid", "low"],
        "otherwise": None if aggregation else draw(st.sampled_from([None, "low"])),
    }
    kind = draw(st.sampled_from(SUMMED if aggregation in ("sum", "min", "max") else tuple(VALUES)))
    plain = {"name": f"{name}_value", "type": kind}
    outputs = [plain] if aggregation in ("sum", "min", "max") else [text, plain]
    rows = [
        {
            "id": f"{name}-{number}",
            "title": TITLE,
            "when": {each["name"]: draw(cells(each["type"])) for each in inputs if draw(st.booleans())},
            "then": {each["name"]: draw(VALUES[each["type"]]) for each in outputs},
        }
        for number in range(draw(st.integers(1, 5)))
    ]
    return {
        "id": name,
        "title": TITLE,
        "hit_policy": policy,
        **({"aggregation": aggregation} if aggregation else {}),
        "inputs": inputs,
        "outputs": outputs,
        "rows": rows,
    }


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, Any]:
    """A strategy's document: an expression or two, then tables that may read each other, in any order."""
    source, kind = draw(
        st.sampled_from(
            [
                ("days + limit", "integer"),
                ("days * limit - 3", "integer"),
                ("share / ratio", "number"),
                ("(share - ratio) * days", "number"),
                ("limit ** 2", "integer"),
                ("share != ratio", "boolean"),
                ("days = null", "boolean"),
                ('due + duration("P400D")', "date"),
            ]
        )
    )
    known = {**TYPES, "worth": kind}
    decisions: list[dict[str, Any]] = [{"id": "worth", "title": TITLE, "type": kind, "expression": source}]
    for number in range(draw(st.integers(1, 3))):
        table = draw(tables(f"t{number}", known))
        decisions.append(table)
        if table["hit_policy"] in ("UNIQUE", "ANY", "FIRST", "PRIORITY"):
            known |= {each["name"]: each["type"] for each in table["outputs"]}
    return {
        "code": "random",
        "version": "1",
        "title": TITLE,
        "inputs": [{"name": name, "type": each} for name, each in TYPES.items()],
        "decisions": draw(st.permutations(decisions)),
        "result": decisions[-1]["id"],
    }


def _same(found: Any, expected: Any) -> bool:
    """Equal, and of the same kind: 0.0 is not -0.0 here, for a digest would tell them apart."""
    if isinstance(expected, float):
        return isinstance(found, float) and repr(found + 0.0) == repr(expected + 0.0)
    if isinstance(expected, (list, tuple)):
        return len(found) == len(expected) and all(map(_same, found, expected))
    return type(found) is type(expected) and found == expected


def _check(frame: pl.DataFrame, records: list[dict[str, Any]], strategy: Strategy) -> None:
    for line, record in zip(frame.iter_rows(named=True), records, strict=True):
        plain = decide_one(record, strategy, on_conflict="reject")
        assert (line[ROW_ID], line[CONFLICT] or "") == (plain.row_id, plain.conflict)
        assert line[ROWS_FIRED] == list(plain.rows_fired)
        for name, value in plain.outputs.items():
            assert _same(line[name], value), (name, line[name], value)


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(document=graphs(), records=st.lists(RECORD, min_size=1, max_size=8))
def test_columns_bit_sets_and_the_plain_reading_agree(
    document: dict[str, Any], records: list[dict[str, Any]]
) -> None:
    strategy = read_strategy(document)
    facts = pl.DataFrame(records, schema=DTYPES)
    compiled = decide(facts, strategy, on_conflict="reject", large=10**9)
    _check(compiled, records, strategy)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bitset, "BLOCK", 2)  # so that these small tables have several blocks of rows
        by_bits = decide(facts, strategy, on_conflict="reject", large=1)
    assert by_bits.equals(compiled)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(document=graphs(), records=st.lists(RECORD, min_size=1, max_size=5))
def test_a_batch_decides_what_each_record_alone_decides_and_a_stream_too(
    document: dict[str, Any], records: list[dict[str, Any]]
) -> None:
    strategy = read_strategy(document)
    facts = pl.DataFrame(records, schema=DTYPES)
    whole = decide(facts, strategy, on_conflict="reject")
    single = [decide(facts[place], strategy, on_conflict="reject") for place in range(facts.height)]
    assert pl.concat(single).equals(whole)
    assert decide_lazy(facts.lazy(), strategy).collect(engine="streaming").equals(whole)
