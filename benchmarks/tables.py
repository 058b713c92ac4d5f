"""`fairdue bench tables`: records decided by a table, against zen-engine deciding the same records by the same rows."""

from __future__ import annotations

import json
import os
import random
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

import typer

from benchmarks.common import machine, measure

BASELINE = (
    "zen-engine in its best mode: one engine with a static loader, engine.evaluate(key, record) for each record of a "
    "sample, given as a dict and as JSON text: the faster of the two counts. Timed is the call alone; dicts and "
    "texts are built before, for nothing."
)
OURS = (
    "decide(facts, strategy) over columns that are in memory, every output, row_id and rows_fired included; the "
    "bit-sets of a large table are built before, as for a night"
)
TITLE = {"zh": "行", "en": "row"}
KINDS = ("card", "loan", "instalment")


def register(bench: typer.Typer) -> None:
    """Add `tables` to the group `bench`."""
    bench.command("tables")(tables)


def tables(
    records: int = typer.Option(1_000_000, help="Records that we decide."),
    sample: int = typer.Option(20_000, help="Of these, records that zen-engine decides by 20 rows."),
    large_sample: int = typer.Option(2_000, help="Of these, records that it decides by 3,700 rows."),
    turns: int = typer.Option(5, help="Turns of each, in turns; the median counts."),
    as_json: bool = typer.Option(False, "--json", help="Accepted for symmetry; the output is always JSON."),
) -> None:
    """Decide records by a table of 20 rows and one of 3,700, in turns with zen-engine, and compare each decision."""
    from fairdue.cli.session import emit

    with measure() as run:
        found = [
            _compared(Contest("20 rows", _small_rows(), SMALL), records, sample, turns),
            _compared(Contest("3,700 rows", _large_rows(), LARGE), records, large_sample, turns),
        ]
    emit(
        {
            "benchmark": "tables",
            "tables": found,
            "zen_engine": _version("zen-engine"),
            "polars": _version("polars"),
            "timed": OURS,
            "baseline": BASELINE,
            "load_average": [round(each, 2) for each in os.getloadavg()],
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "peak_rss_mb": round(run.peak_rss_mb, 1),
            "machine": machine(),
        }
    )


def _version(package: str) -> str:
    from importlib.metadata import version

    return version(package)


SMALL = {
    "days": "integer",
    "amount": "integer",
    "rounds": "integer",
    "waited": "integer",
    "kind": "text",
    "held": "boolean",
}
LARGE = {"days": "integer", "amount": "integer", "score": "number"}


@dataclass(frozen=True, slots=True)
class Contest:
    """A table for both: rows of `when` (ours) and the outputs, over typed inputs."""

    name: str
    rows: Sequence[Mapping[str, Any]]
    inputs: Mapping[str, str]

    def document(self) -> dict[str, Any]:
        """Return the table as a strategy of ours."""
        rows = [
            {"id": f"row-{place}", "title": TITLE, "when": row["when"], "then": row["then"]}
            for place, row in enumerate(self.rows)
        ]
        return {
            "code": "bench",
            "version": "1",
            "title": TITLE,
            "hit_policy": "FIRST",
            "inputs": [{"name": name, "type": kind} for name, kind in self.inputs.items()],
            "outputs": [
                {"name": "step", "type": "text"},
                {"name": "queue", "type": "text"},
                {"name": "rank", "type": "integer"},
            ],
            "rows": rows,
        }

    def model(self) -> dict[str, Any]:
        """Return the same table as a decision model of zen-engine."""
        outputs = ("row", "step", "queue", "rank")
        content = {
            "hitPolicy": "first",
            "inputs": [{"id": name, "name": name, "field": name} for name in self.inputs],
            "outputs": [{"id": name, "name": name, "field": name} for name in outputs],
            "rules": [self._rule(place, row) for place, row in enumerate(self.rows)],
        }
        nodes = [
            {"id": "in", "name": "in", "type": "inputNode", "position": {"x": 0, "y": 0}},
            {
                "id": "table",
                "name": "table",
                "type": "decisionTableNode",
                "content": content,
                "position": {"x": 1, "y": 0},
            },
            {"id": "out", "name": "out", "type": "outputNode", "position": {"x": 2, "y": 0}},
        ]
        edges = [
            {"id": "1", "sourceId": "in", "targetId": "table", "type": "edge"},
            {"id": "2", "sourceId": "table", "targetId": "out", "type": "edge"},
        ]
        return {"nodes": nodes, "edges": edges}

    def _rule(self, place: int, row: Mapping[str, Any]) -> dict[str, str]:
        then = {name: json.dumps(value) for name, value in row["then"].items()}
        when = {name: row["when"].get(name, "") for name in self.inputs}
        return {"_id": str(place), **when, "row": json.dumps(f"row-{place}"), **then}


def _small_rows() -> list[dict[str, Any]]:
    """Twenty rows over six inputs, as a strategy of reminders and calls has them; the last one fits everybody."""
    rows: list[dict[str, Any]] = [
        {"when": {"held": "true"}, "then": _then("none", "", 0)},
        {"when": {"days": "<= 0"}, "then": _then("none", "", 1)},
    ]
    for month in range(1, 7):
        days = f"[{30 * month - 29}..{30 * month}]"
        rows += [
            {
                "when": {"days": days, "rounds": f"< {month}", "waited": ">= 3"},
                "then": _then("message", "", month),
            },
            {
                "when": {"days": days, "amount": ">= 500000", "kind": '"card", "loan"'},
                "then": _then("call", f"m{month}", 30),
            },
        ]
    rows += [
        {"when": {"days": "(180..360]", "amount": ">= 1000000"}, "then": _then("review", "legal", 5)},
        {"when": {"days": "(180..360]", "kind": '"instalment"'}, "then": _then("call", "senior", 6)},
        {"when": {"days": "> 360", "rounds": ">= 4"}, "then": _then("review", "placement", 7)},
        {"when": {"days": "> 360"}, "then": _then("call", "senior", 8)},
        {"when": {"waited": ">= 7"}, "then": _then("message", "", 9)},
        {"when": {}, "then": _then("none", "", 10)},
    ]
    return rows


def _large_rows() -> list[dict[str, Any]]:
    """3,699 random boxes over three ranges, and one row that fits everybody."""
    chance = random.Random(3700)
    rows = []
    for place in range(3_699):
        days, amount, score = chance.randrange(900), chance.randrange(9_000_000), chance.randrange(900)
        when = {
            "days": f"[{days}..{days + 60}]",
            "amount": f"[{amount}..{amount + 900_000})",
            "score": f"[{score / 1000}..{(score + 100) / 1000})",
        }
        rows.append({"when": when, "then": _then(f"step-{place % 9}", f"queue-{place % 40}", place)})
    return [*rows, {"when": {}, "then": _then("none", "", 0)}]


def _then(step: str, queue: str, rank: int) -> dict[str, Any]:
    return {"step": step, "queue": queue, "rank": rank}


def _facts(inputs: Mapping[str, str], records: int) -> Any:
    import numpy as np
    import polars as pl

    chance = np.random.default_rng(20)
    columns = {
        "days": chance.integers(-5, 960, records),
        "amount": chance.integers(0, 10_000_000, records),
        "rounds": chance.integers(0, 8, records),
        "waited": chance.integers(0, 12, records),
        "kind": np.array(KINDS)[chance.integers(0, 3, records)],
        "held": chance.random(records) < 0.05,
        "score": chance.integers(0, 1000, records) / 1000,
    }
    return pl.DataFrame({name: columns[name] for name in inputs})


def _compared(contest: Contest, records: int, sample: int, turns: int) -> dict[str, Any]:
    """Let both decide in turns, compare every decision of the sample, and return the figures."""
    import zen

    from fairdue.engine.strategy.decide import decide
    from fairdue.engine.strategy.table import read_strategy

    facts = _facts(contest.inputs, records)
    started = time.perf_counter()
    strategy = read_strategy(contest.document())
    decide(facts.head(1), strategy)
    built = time.perf_counter() - started
    engine = zen.ZenEngine({"loader": {"type": "static", "content": {"table": contest.model()}}})
    contexts: dict[str, list[Any]] = {"dict": facts.head(sample).to_dicts()}
    contexts["json"] = [json.dumps(each) for each in contexts["dict"]]
    engine.evaluate("table", contexts["dict"][0])
    ours: list[float] = []
    theirs: dict[str, list[float]] = {kind: [] for kind in contexts}
    found = facts
    for _ in range(turns):
        seconds, found = _timed(lambda: decide(facts, strategy))
        ours.append(records / seconds)
        for kind, given in contexts.items():
            seconds, answers = _timed(partial(_evaluated, engine, given))
            theirs[kind].append(sample / seconds)
            _prove(found.head(sample), answers)
    rate = statistics.median(ours)
    best = max(theirs, key=lambda kind: statistics.median(theirs[kind]))
    baseline = statistics.median(theirs[best])
    return {
        "table": contest.name,
        "rows": len(contest.rows),
        "records": records,
        "records_per_second": round(rate),
        "zen_records": sample,
        "zen_records_per_second": round(baseline),
        "ratio": round(rate / baseline, 1),
        "zen_given": best,
        "identical_decisions": sample,
        "rows_that_fired": found["row_id"].n_unique(),
        "read_and_built_seconds": round(built, 3),
        "turns": {
            "ours": [round(each) for each in ours],
            **{f"zen_{kind}": [round(each) for each in rates] for kind, rates in theirs.items()},
        },
    }


def _evaluated(engine: Any, given: Sequence[Any]) -> list[Any]:
    return [engine.evaluate("table", each) for each in given]


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    found = work()
    return time.perf_counter() - started, found


def _prove(found: Any, answers: Sequence[Any]) -> None:
    """Compare each decision: the row and every output.

    :raises RuntimeError: if one differs
    """
    names = ("row_id", "step", "queue", "rank")
    for place, (line, answer) in enumerate(zip(found.select(names).iter_rows(), answers, strict=True)):
        theirs = answer["result"]
        if line != tuple(theirs[name] for name in ("row", "step", "queue", "rank")):
            raise RuntimeError(f"record {place}: we decide {line}, zen-engine {theirs}")
