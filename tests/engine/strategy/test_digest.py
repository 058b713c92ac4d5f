"""The digest of the facts that a decision was made from: what it tells apart, and that it never changes."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from fairdue.engine.strategy.digest import facts_digest
from fairdue.engine.strategy.table import Strategy, read_strategy

TYPES = {"days": "integer", "share": "number", "kind": "text", "is_held": "boolean", "due": "date"}
FACTS: dict[str, Any] = {
    "days": [3, 3, None],
    "share": [0.5, 0.5000004, None],
    "kind": ["card", "card", None],
    "is_held": [True, True, None],
    "due": [date(2026, 1, 31), date(2026, 1, 31), None],
}


def strategy(*names: str) -> Strategy:
    return read_strategy(
        {
            "code": "test",
            "version": "1",
            "title": {"zh": "测试", "en": "test"},
            "hit_policy": "FIRST",
            "inputs": [{"name": name, "type": TYPES[name]} for name in names],
            "outputs": [{"name": "step", "type": "integer"}],
            "rows": [{"id": "all", "title": {"zh": "行", "en": "row"}, "then": {"step": 1}}],
        }
    )


def digests(facts: pl.DataFrame, *names: str) -> list[int]:
    return facts.select(facts_digest(facts, strategy(*names))).to_series().to_list()


def test_the_digest_of_known_facts_is_what_it_always_was() -> None:
    facts = pl.DataFrame(FACTS)
    assert digests(facts, "days", "kind", "is_held") == [
        -2521944722560171769,
        -2521944722560171769,
        -7400238716598407241,
    ]
    assert (
        digests(facts, "days", "share", "due")[0]
        == digests(facts, "days", "share", "due")[1]
        == -2692026572329787496
    )


def test_every_fact_and_the_order_of_facts_count() -> None:
    facts = pl.DataFrame({"days": [1, 2, 1], "kind": ["card", "card", "loan"]})
    assert len(set(digests(facts, "days", "kind"))) == 3
    assert digests(facts, "days", "kind") != digests(facts, "kind", "days")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e300])
def test_a_number_without_a_size_has_a_digest_too(value: float) -> None:
    assert digests(pl.DataFrame({"share": [value]}), "share") == digests(
        pl.DataFrame({"share": [None]}, schema={"share": pl.Float64}), "share"
    )


def test_the_same_facts_in_narrower_columns_have_the_same_digest() -> None:
    wide = pl.DataFrame({"days": [3], "kind": ["card"]})
    narrow = wide.cast({"days": pl.Int16, "kind": pl.Categorical})
    assert digests(wide, "days", "kind") == digests(narrow, "days", "kind")


def test_the_shipped_strategy_is_read_in_the_order_of_its_inputs() -> None:
    path = Path(__file__).parents[3] / "packs/strategies/reminders-cn/strategy.yaml"
    document = yaml.safe_load(path.read_text("utf-8"))
    assert list(read_strategy(document).inputs) == [item["name"] for item in document["inputs"]]
