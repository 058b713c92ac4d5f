"""Persons are dealt out to experiments by hashes that nobody can tilt and nothing can move."""

from __future__ import annotations

import hashlib

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairdue.engine.strategy.experiments import (
    Arm,
    Assignment,
    Deal,
    assign,
    assign_one,
    bucket_of,
    buckets,
    outside_probability,
)


def deal(code: str, first: int, end: int, *, layer: str = "main", holdout: int = 0) -> Deal:
    arms = [
        Arm(code="old", strategy_id=1, weight=5_000),
        Arm(code="new", strategy_id=2, weight=5_000 - holdout),
    ]
    if holdout:
        arms.append(Arm(code="holdout", strategy_id=None, weight=holdout))
    return Deal(
        code=code,
        layer=layer,
        layer_salt=f"layer-{layer}",
        salt=f"salt-{code}",
        first_bucket=first,
        end_bucket=end,
        arms=tuple(arms),
    )


def persons(ids: list[int]) -> pl.DataFrame:
    return pl.DataFrame({"person_id": ids}, schema={"person_id": pl.Int64})


def test_a_bucket_is_the_first_eight_bytes_of_the_hash_modulo_ten_thousand() -> None:
    by_hand = int(hashlib.sha256(b"pepper|42").hexdigest()[:16], 16) % 10_000
    assert bucket_of(42, "pepper") == by_hand == 8481


@given(
    st.lists(st.integers(0, 2**63 - 1), max_size=30, unique=True), st.text("abcdef0123456789:", max_size=60)
)
def test_many_persons_get_the_buckets_that_each_gets_alone(ids: list[int], salt: str) -> None:
    found = buckets(pl.Series(ids, dtype=pl.Int64), salt)
    assert found.to_list() == [bucket_of(person, salt) for person in ids]


ranges = st.lists(st.integers(0, 10_000), min_size=2, max_size=6, unique=True).map(sorted)


@st.composite
def many_deals(draw: st.DrawFn) -> list[Deal]:
    found = []
    for layer in draw(st.lists(st.sampled_from(["a", "b", "c"]), unique=True)):
        cuts = draw(ranges)
        for number, (first, end) in enumerate(zip(cuts[::2], cuts[1::2], strict=False)):
            holdout = draw(st.sampled_from([0, 1_000]))
            found.append(deal(f"{layer}{number}", first, end, layer=layer, holdout=holdout))
    return draw(st.permutations(found))


@given(st.lists(st.integers(1, 10**9), max_size=40, unique=True), many_deals())
def test_many_persons_are_dealt_out_as_each_is_alone(ids: list[int], deals: list[Deal]) -> None:
    found = assign(persons(ids), deals)
    assert found["person_id"].to_list() == ids
    for person, *line in found.rows():
        said = assign_one(person, deals)
        assert line == [said.experiment, said.arm, said.strategy_id, pytest.approx(said.probability)]


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=40, unique=True), many_deals())
def test_nobody_changes_arm_because_another_experiment_starts(ids: list[int], deals: list[Deal]) -> None:
    for count in range(len(deals)):
        before = assign(persons(ids), deals[:count]).filter(pl.col("experiment") != "")
        after = assign(persons(ids), deals[: count + 1]).join(before, on="person_id", how="semi")
        assert after.drop("probability").equals(before.drop("probability"))
        assert after["probability"].to_list() == pytest.approx(before["probability"].to_list())


@given(st.integers(1, 10**9), many_deals())
def test_who_is_in_an_experiment_stays_in_their_arm_when_another_stops(
    person: int, deals: list[Deal]
) -> None:
    mine = assign_one(person, deals)
    others = [each for each in deals if each.code != mine.experiment]
    for stopped in others if mine.experiment else []:
        left = assign_one(person, [each for each in deals if each is not stopped])
        assert (left.experiment, left.arm) == (mine.experiment, mine.arm)


def test_the_probabilities_are_the_shares_in_which_people_are_found() -> None:
    deals = [deal("first", 0, 4_000, holdout=1_000), deal("second", 5_000, 10_000, layer="side")]
    found = assign(persons(list(range(1, 40_001))), deals)
    shares = found.group_by("experiment", "arm", "probability").len().sort("experiment", "arm")
    exact = {
        ("", ""): 0.6 * 0.5,
        ("first", "holdout"): 0.4 * 0.1,
        ("first", "new"): 0.4 * 0.4,
        ("first", "old"): 0.4 * 0.5,
        ("second", "new"): 0.6 * 0.5 * 0.5,
        ("second", "old"): 0.6 * 0.5 * 0.5,
    }
    assert shares.height == 6
    for experiment, arm, probability, count in shares.rows():
        assert probability == pytest.approx(exact[experiment, arm])
        assert count / 40_000 == pytest.approx(probability, abs=0.01)
    assert sum(exact.values()) == pytest.approx(1)
    assert outside_probability(deals) == pytest.approx(0.3)


def test_two_experiments_on_the_same_persons_one_after_the_other_share_no_split() -> None:
    ids = persons(list(range(1, 20_001)))
    first = assign(ids, [deal("spring", 0, 10_000)])["arm"]
    second = assign(ids, [deal("autumn", 0, 10_000)])["arm"]
    assert (first == second).mean() == pytest.approx(0.5, abs=0.02)


def test_without_experiments_everybody_is_outside_for_certain() -> None:
    assert assign(persons([1, 2]), []).rows() == [(1, "", "", None, 1.0), (2, "", "", None, 1.0)]
    assert assign_one(1, []) == Assignment()
