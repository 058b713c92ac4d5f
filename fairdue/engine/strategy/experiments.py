"""Dealing persons out to experiments: by salted hashes, the same for one person and for ten million.

1. A person's bucket under a salt is the first eight bytes of SHA-256 of `salt|person`, as a number, modulo 10,000.
2. An experiment takes a range of the buckets of its layer; which arm is a person's follows from the bucket under the
   experiment's own salt, so that no two experiments share a split.
3. A person in the ranges of several layers belongs to the experiment that started first. So nobody changes arm
   because another experiment starts, and who becomes free when one stops is new in the other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import polars as pl

BUCKETS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """One way of deciding, by the key of its strategy; without one it is the holdout. `weight` is of 10,000."""

    code: str
    strategy_id: int | None
    weight: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """One running experiment: buckets `first_bucket` to before `end_bucket` of its layer, dealt out to arms."""

    code: str
    layer: str
    layer_salt: str
    salt: str
    first_bucket: int
    end_bucket: int
    arms: tuple[Arm, ...]

    @property
    def share(self) -> float:
        """The share of a layer's buckets that it takes."""
        return (self.end_bucket - self.first_bucket) / BUCKETS


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Which experiment and arm a person has; both are empty outside of experiments."""

    experiment: str = ""
    arm: str = ""
    strategy_id: int | None = None
    probability: float = 1.0

    @property
    def is_holdout(self) -> bool:
        """Whether nothing is done to the person but what is legally due."""
        return bool(self.experiment) and self.strategy_id is None


SCHEMA: dict[str, Any] = {
    "experiment": pl.String,
    "arm": pl.String,
    "arm_strategy_id": pl.Int64,
    "probability": pl.Float64,
}
"""Columns that `assign` adds."""


def bucket_of(person_id: int, salt: str) -> int:
    """Return the bucket of one person under a salt: 0 to 9,999."""
    found = hashlib.sha256(f"{salt}|{person_id}".encode()).digest()
    return int.from_bytes(found[:8], "big") % BUCKETS


def buckets(person_ids: pl.Series, salt: str) -> pl.Series:
    """Return the buckets of many persons under a salt: `bucket_of` for each, a million a second.

    The salt is hashed once; a version in numpy columns was measured and is no faster.
    """
    begun = hashlib.sha256(f"{salt}|".encode())
    return pl.Series("bucket", [_bucket(begun, person) for person in person_ids.to_list()], dtype=pl.Int64)


def _bucket(begun: Any, person_id: int) -> int:
    state = begun.copy()
    state.update(str(person_id).encode())
    return int.from_bytes(state.digest()[:8], "big") % BUCKETS


def assign_one(person_id: int, deals: Sequence[Deal]) -> Assignment:
    """Return the experiment and arm of one person; `deals` stand in the order in which they started."""
    for position, deal in enumerate(deals):
        if deal.first_bucket <= bucket_of(person_id, deal.layer_salt) < deal.end_bucket:
            bucket = bucket_of(person_id, deal.salt)
            arm, _, _ = next(cut for cut in _cuts(deal) if bucket < cut[2])
            return Assignment(
                experiment=deal.code,
                arm=arm.code,
                strategy_id=arm.strategy_id,
                probability=_probability(deals, position, arm),
            )
    return Assignment(probability=outside_probability(deals))


def assign(persons: pl.DataFrame, deals: Sequence[Deal]) -> pl.DataFrame:
    """Return the persons with `SCHEMA`'s columns: what `assign_one` says of each."""
    outside = Assignment(probability=outside_probability(deals))
    found = persons.select("person_id").with_columns(_columns(outside))
    for position in range(len(deals) - 1, -1, -1):
        found = _dealt(found, deals, position)
    return persons.hstack(found.drop("person_id"))


def _dealt(persons: pl.DataFrame, deals: Sequence[Deal], position: int) -> pl.DataFrame:
    """Overwrite what later experiments said of the persons whom this one takes."""
    deal = deals[position]
    place = buckets(persons["person_id"], deal.layer_salt)
    is_taken = (place >= deal.first_bucket) & (place < deal.end_bucket)
    dealt = pl.DataFrame({"person_id": persons["person_id"].filter(is_taken)})
    dealt = dealt.with_columns(buckets(dealt["person_id"], deal.salt))
    persons = persons.join(dealt, on="person_id", how="left", maintain_order="left")
    for arm, first, end in _cuts(deal):
        mine = pl.col("bucket").is_between(first, end, closed="left").fill_null(False)
        said = Assignment(
            experiment=deal.code,
            arm=arm.code,
            strategy_id=arm.strategy_id,
            probability=_probability(deals, position, arm),
        )
        persons = persons.with_columns(
            pl.when(mine)
            .then(value)
            .otherwise(pl.col(value.meta.output_name()))
            .alias(value.meta.output_name())
            for value in _columns(said)
        )
    return persons.drop("bucket")


def _columns(said: Assignment) -> list[pl.Expr]:
    values = (said.experiment, said.arm, said.strategy_id, said.probability)
    return [
        pl.lit(value, dtype=kind).alias(name)
        for value, (name, kind) in zip(values, SCHEMA.items(), strict=True)
    ]


def _cuts(deal: Deal) -> Iterator[tuple[Arm, int, int]]:
    """Each arm with the buckets of the experiment's own salt that are its."""
    first = 0
    for arm in deal.arms:
        yield arm, first, first + arm.weight
        first += arm.weight


def _probability(deals: Sequence[Deal], position: int, arm: Arm) -> float:
    """The chance of an arm over all salts: in the range, in the arm's part, not taken by one that started before.

    Experiments of the same layer take other buckets, so only those of other layers can have been before.
    """
    deal = deals[position]
    before = [each for each in deals[:position] if each.layer != deal.layer]
    return _none_of(before) * deal.share * arm.weight / BUCKETS


def outside_probability(deals: Sequence[Deal]) -> float:
    """Return the chance to be in none of the experiments."""
    return _none_of(deals)


def _none_of(deals: Sequence[Deal]) -> float:
    """Layers are independent; within one the shares add up."""
    shares: dict[str, float] = {}
    for deal in deals:
        shares[deal.layer] = shares.get(deal.layer, 0.0) + deal.share
    return reduce(lambda left, share: left * (1 - share), shares.values(), 1.0)
