"""What a strategy would have done over stored nights: steps, cost, contacts, caps hit, persons never reached.

Each night is decided on the facts that were stored that night. They came about under the strategy that really ran: who
would have been reminded earlier is not known to have paid earlier. So a back-test counts what would have been *done* on
those facts; what it would have *achieved* only an experiment tells.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import polars as pl

from fairdue.journeys.nightly_cycle.candidates import CONTACTS
from fairdue.journeys.nightly_cycle.choose import Choice
from fairdue.journeys.nightly_cycle.lake import StoredNight
from fairdue.journeys.nightly_cycle.partition import decide_partition
from fairdue.journeys.nightly_cycle.plan import NightPlan
from fairdue.journeys.nightly_cycle.ways import NO_WAY, first_ways

COUNTED = "count.reached"
"""The kind of rule that caps contacts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NightTried:
    """One stored night under the strategy, beside what was decided (before capacity, on both sides).

    `steps` and `decided_steps`: persons by step after the gate; `different`: persons whose step or text differs;
    `differences`: persons by decided row → row of the strategy, the most frequent first.
    """

    cycle_date: date
    persons: int
    steps: Mapping[str, int]
    decided_steps: Mapping[str, int]
    contacts: int
    decided_contacts: int
    cost_minor: float
    decided_cost_minor: float
    caps_hit: Mapping[str, int]
    different: int
    differences: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """All nights together; `never_reached`: persons overdue on some night whom no night would have contacted."""

    strategy: str
    nights: tuple[NightTried, ...]
    persons: int
    overdue_persons: int
    never_reached: int
    decided_never_reached: int
    missing_dates: tuple[date, ...] = field(default=())


Told = Callable[[int, int], None]


def backtest(
    nights: Iterable[StoredNight],
    document: Mapping[str, Any],
    costs: Mapping[str, float],
    *,
    told: Told = lambda done, total: None,
) -> Backtest:
    """This function will decide stored nights by another strategy and count what it would have done.

    1. Law, texts and facts are those of each night; experiments and shadows are left away. 2. `costs`: minor units of one
    contact by channel. 3. Capacity is left away on both sides.

    :raises NightAltered: if a stored file is not the one that the manifest names
    :raises FactsMissing: if the strategy reads a fact that a night did not store
    """
    listed = list(nights)
    total = sum(len(night.parts) for night in listed)
    everyone, done = _Reached(), 0
    tried = []
    for night in listed:
        plan = night.plan()
        mine = replace(plan, choice=Choice(strategy_id=0, document=document))
        tally = _Tally(costs, _cap_rules(plan))
        for part in night.parts:
            done += 1
            tally.add(_would(night, part, mine), _was(night, part, plan), everyone)
            told(done, total)
        tried.append(tally.night(night.manifest.cycle_date))
    merged = everyone.merged()
    overdue = merged.filter("is_overdue")
    return Backtest(
        strategy=f"{document['code']}@{document['version']}",
        nights=tuple(tried),
        persons=merged.height,
        overdue_persons=overdue.height,
        never_reached=int((~overdue["is_made"]).sum()),
        decided_never_reached=int((~overdue["was_made"]).sum()),
    )


def _would(night: StoredNight, part: int, plan: NightPlan) -> pl.DataFrame:
    made = decide_partition(night.facts(part), plan)
    return _outcome(made["decided"], made["ways"], plan.cycle_date)


def _was(night: StoredNight, part: int, plan: NightPlan) -> pl.DataFrame:
    return _outcome(night.frame("decided", part), night.frame("ways", part), plan.cycle_date)


def _outcome(decided: pl.DataFrame, ways: pl.DataFrame, cycle_date: date) -> pl.DataFrame:
    """One line a person: row, step after the gate, channel, text, and why a contact was stopped."""
    chosen = first_ways(ways, cycle_date).select("person_id", "channel", "outcome", "reasons")
    joined = decided.select("person_id", "row_id", "step", "template", "days_past_due").join(
        chosen, on="person_id", how="left", maintain_order="left"
    )
    is_contact = pl.col("step").is_in(CONTACTS)
    is_made = is_contact & (pl.col("outcome") == "allow").fill_null(False)
    after = pl.when(is_made).then("channel").when(is_contact).then(pl.lit("none")).otherwise("step")
    stopped = pl.when(is_contact & ~is_made).then(pl.col("reasons").fill_null(NO_WAY)).otherwise(pl.lit(""))
    return joined.select(
        "person_id",
        "row_id",
        after.alias("step"),
        is_made.alias("is_made"),
        pl.when(is_made).then("channel").otherwise(pl.lit("")).alias("channel"),
        pl.when(is_made).then("template").otherwise(pl.lit("")).alias("template"),
        stopped.alias("stopped"),
        "days_past_due",
    )


def _cap_rules(plan: NightPlan) -> frozenset[str]:
    packs = plan.law.packs.values()
    return frozenset(check.id for pack in packs for check in pack.checks if check.uses == COUNTED)


class _Reached:
    """Who was overdue, and whom either side would have contacted or did, over all nights."""

    def __init__(self) -> None:
        self._frames: list[pl.DataFrame] = []

    def add(self, would: pl.DataFrame, was: pl.DataFrame) -> None:
        both = would.select("person_id", "days_past_due", "is_made").join(
            was.select("person_id", pl.col("is_made").alias("was_made")), on="person_id", how="left"
        )
        self._frames.append(
            both.select("person_id", (pl.col("days_past_due") > 0).alias("is_overdue"), "is_made", "was_made")
        )
        if len(self._frames) > 20:
            self._frames = [self.merged()]

    def merged(self) -> pl.DataFrame:
        if not self._frames:
            return pl.DataFrame(schema={"person_id": pl.Int64, **dict.fromkeys(_FLAGS, pl.Boolean)})
        return pl.concat(self._frames).group_by("person_id").agg(pl.col(*_FLAGS).fill_null(False).any())


_FLAGS = ("is_overdue", "is_made", "was_made")
_MOST = 20


class _Tally:
    """One night's counts, partition by partition."""

    def __init__(self, costs: Mapping[str, float], caps: frozenset[str]) -> None:
        self._costs, self._caps = costs, caps
        self._steps: dict[str, Counter[str]] = {"would": Counter(), "was": Counter()}
        self._channels: dict[str, Counter[str]] = {"would": Counter(), "was": Counter()}
        self._stopped: Counter[str] = Counter()
        self._pairs: Counter[tuple[str, str]] = Counter()
        self._persons = 0

    def add(self, would: pl.DataFrame, was: pl.DataFrame, everyone: _Reached) -> None:
        everyone.add(would, was)
        self._persons += would.height
        for name, frame in (("would", would), ("was", was)):
            self._steps[name].update(_sizes(frame, "step"))
            self._channels[name].update(_sizes(frame.filter("is_made"), "channel"))
        rules = would.filter(pl.col("stopped") != "").select(pl.col("stopped").str.split(",").alias("rule"))
        self._stopped.update(_sizes(rules.explode("rule"), "rule"))
        both = would.join(was, on="person_id", suffix="_was")
        keys = ("step", "template")
        differs = pl.any_horizontal(*(pl.col(key).ne_missing(pl.col(f"{key}_was")) for key in keys))
        pairs = both.filter(differs).group_by("row_id_was", "row_id").len()
        self._pairs.update({(before, after): count for before, after, count in pairs.rows()})

    def night(self, day: date) -> NightTried:
        caps = {rule: count for rule, count in self._stopped.items() if rule.split("/")[0] in self._caps}
        return NightTried(
            cycle_date=day,
            persons=self._persons,
            steps=dict(sorted(self._steps["would"].items())),
            decided_steps=dict(sorted(self._steps["was"].items())),
            contacts=self._channels["would"].total(),
            decided_contacts=self._channels["was"].total(),
            cost_minor=self._cost("would"),
            decided_cost_minor=self._cost("was"),
            caps_hit=dict(sorted(caps.items())),
            different=self._pairs.total(),
            differences=tuple((*rows, count) for rows, count in self._pairs.most_common(_MOST)),
        )

    def _cost(self, name: str) -> float:
        channels = self._channels[name].items()
        return round(sum(self._costs.get(channel, 0.0) * count for channel, count in channels), 2)


def _sizes(frame: pl.DataFrame, column: str) -> dict[str, int]:
    return dict(frame.group_by(column).len().rows())
