"""What would have had to be otherwise for another decision: single facts, tried out on the strategy itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import polars as pl

from fairdue.engine.strategy.catalogue import load_catalogue
from fairdue.engine.strategy.cell_words import value_words
from fairdue.engine.strategy.cells import ends_of
from fairdue.engine.strategy.decide import ROW_ID, decide
from fairdue.engine.strategy.model import Strategy
from fairdue.engine.strategy.table import read_strategy
from fairdue.engine.strategy.terms import Constant

SHOWN = 2
MOST_TRIALS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearest:
    """One fact with another value, and the row of the result that would have fired then."""

    fact: str
    fact_zh: str
    fact_en: str
    value: Any
    value_zh: str
    value_en: str
    row_id: str
    row_zh: str
    row_en: str
    step: str


def nearest(document: Mapping[str, Any], facts: Mapping[str, Any], row_id: str) -> tuple[Nearest, ...]:
    """Return the least changes of a single fact that lead to another step, the nearest first.

    Values are the ends that the strategy's own cells name and their neighbours, within what the catalogue says can be;
    each is decided by the strategy itself, so what is returned is true through all tables.
    """
    strategy = read_strategy(document)
    trials = list(_trials(strategy, facts))[:MOST_TRIALS]
    if not trials:
        return ()
    tried = _decided(strategy, facts, trials)
    now = next(row for row in tried if row["trial"] == 0)
    found: dict[str, tuple[float, Nearest]] = {}
    for row in tried[1:]:
        if row[ROW_ID] in (None, row_id) or row.get("step") == now.get("step"):
            continue
        name, value = trials[row["trial"] - 1]
        far = _distance(facts[name], value)
        if row[ROW_ID] not in found or far < found[row[ROW_ID]][0]:
            found[row[ROW_ID]] = (far, _nearest(strategy, name, value, row))
    ordered = sorted(found.values(), key=lambda each: each[0])
    return tuple(each for _, each in ordered[:SHOWN])


def _decided(
    strategy: Strategy, facts: Mapping[str, Any], trials: list[tuple[str, Any]]
) -> list[dict[str, Any]]:
    """The record as it was, then each trial, decided together."""
    records = [dict(facts), *({**facts, name: value} for name, value in trials)]
    types = {
        "integer": pl.Int64, "number": pl.Float64, "text": pl.String, "boolean": pl.Boolean, "date": pl.Date,
    }  # fmt: skip
    frame = pl.DataFrame(records, schema={name: types[kind] for name, kind in strategy.inputs.items()})
    decided = decide(frame, strategy, on_conflict="reject").with_row_index("trial")
    outputs = [ROW_ID, *(name for name in ("step",) if name in strategy.types)]
    return decided.filter(pl.col("conflict").is_null()).select("trial", *outputs).to_dicts()


def _trials(strategy: Strategy, facts: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, kind in strategy.inputs.items():
        ends = {plain for table in strategy.tables for plain in _ends(strategy, table, name)}
        for value in _values(kind, ends):
            if value != facts[name] and _can_be(name, value):
                yield name, value


def _ends(strategy: Strategy, table: Any, name: str) -> Iterator[Any]:
    for row in table.rows:
        if name in row.cells:
            for end in ends_of(row.cells[name]):
                value = end.value if isinstance(end, Constant) else end
                if isinstance(value, bool | int | float | str | Decimal | date):
                    yield value


def _values(kind: str, ends: set[Any]) -> Iterator[Any]:
    if kind == "boolean":
        yield from (True, False)
    elif kind == "integer":
        whole = {int(end) for end in ends if not isinstance(end, str | bool | date)}
        yield from sorted({end + step for end in whole for step in (-1, 0, 1)})
    elif kind == "number":
        yield from sorted({float(end) * (1 + part) for end in ends for part in (-0.001, 0.0, 0.001)})
    elif kind == "text":
        yield from sorted(str(end) for end in ends)
    elif kind == "date":
        whole_days = {end for end in ends if isinstance(end, date)}
        yield from sorted({end + timedelta(days=step) for end in whole_days for step in (-1, 0, 1)})


def _can_be(name: str, value: Any) -> bool:
    """Whether the catalogue says that a fact can have a value; what it does not know can have any."""
    fact = load_catalogue().facts.get(name)
    if fact is None or isinstance(value, bool | date):
        return True
    domain = fact.domain
    if isinstance(value, str):
        return not domain.values or value in domain.values
    low, high = domain.low, domain.high
    return (low is None or Decimal(str(value)) >= low) and (high is None or Decimal(str(value)) <= high)


def _distance(now: Any, value: Any) -> float:
    """How far a value is: numbers by their share of the larger, everything else a whole step."""
    numbers = int | float | Decimal
    if isinstance(now, numbers) and isinstance(value, numbers) and not isinstance(now, bool):
        return abs(float(now) - float(value)) / max(abs(float(now)), abs(float(value)), 1.0)
    return 1.0


def _nearest(strategy: Strategy, name: str, value: Any, row: Mapping[str, Any]) -> Nearest:
    fact = load_catalogue().facts.get(name)
    said = value_words(value, name)
    fired = next(each for each in strategy.rows if each.row_id == row[ROW_ID])
    return Nearest(
        fact=name,
        fact_zh=fact.zh if fact else name,
        fact_en=fact.en if fact else name,
        value=value,
        value_zh=said[0],
        value_en=said[1],
        row_id=fired.row_id,
        row_zh=fired.title_zh,
        row_en=fired.title_en,
        step=str(row.get("step") or ""),
    )
