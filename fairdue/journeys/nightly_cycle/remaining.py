"""What an extra night may still use: the capacities of its day, less what the nights before it on that day took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

import polars as pl

from fairdue.contexts.cases.facade import CapacityOn
from fairdue.contexts.decisions import facade as decisions
from fairdue.journeys.nightly_cycle.lake import StoredNight
from fairdue.journeys.nightly_cycle.night import Night
from fairdue.journeys.nightly_cycle.placing import PLACE, PLACEMENTS
from fairdue.journeys.nightly_cycle.scarcity import Line, Sort
from fairdue.journeys.nightly_cycle.ways import TAKEN
from fairdue.kernel.clock import HOUSE_ZONE


def left_of(given: Sequence[CapacityOn], night: Night) -> tuple[CapacityOn, ...]:
    """Return the capacities of an extra night's day less what its earlier nights took; those of other nights as they are."""
    if night.creditor_id is None or not given:
        return tuple(given)
    taken = Counter[Sort]()
    for stored in _before(night):
        taken.update(_contacts(stored))
        taken.update(_placements(stored))
    return tuple(replace(each, amount=max(each.amount - _used(each, taken), 0)) for each in given)


def _before(night: Night) -> Iterable[StoredNight]:
    extra = decisions.extra_cycles(night.cycle_date)
    finished = (card.creditor_id for card in extra if card.status == "finished")
    return (night.lake.night(night.cycle_date, creditor_id) for creditor_id in (None, *finished))


def _contacts(stored: StoredNight) -> Counter[Sort]:
    """Contacts that were taken, by what uses the same capacities."""
    chosen = stored.whole("chosen", ("person_id", "channel", "at", "outcome", "dropped"))
    taken = chosen.filter((pl.col("outcome") == "allow") & pl.col("dropped").is_in(TAKEN))
    hour = pl.col("at").dt.convert_time_zone(str(HOUSE_ZONE)).dt.hour().cast(pl.Int64).alias("hour")
    queues = stored.whole("decided", ("person_id", "queue", "creditor_ids"))
    lines = taken.join(queues, on="person_id").select(
        "channel", pl.col("queue").fill_null(""), hour, "creditor_ids"
    )
    return _counted(lines)


def _placements(stored: StoredNight) -> Counter[Sort]:
    """Persons who were proposed to an agency, under the agency's name."""
    chosen = stored.whole("chosen", ("person_id",))
    decided = stored.whole("decided", ("person_id", "step", "agency", "creditor_ids")).filter(
        pl.col("step") == PLACE
    )
    placed = decided.join(chosen, on="person_id", how="anti")
    lines = placed.select(
        pl.lit(PLACEMENTS).alias("channel"),
        pl.col("agency").alias("queue"),
        pl.lit(0).alias("hour"),
        "creditor_ids",
    )
    return _counted(lines)


def _counted(lines: pl.DataFrame) -> Counter[Sort]:
    ids = pl.col("creditor_ids").cast(pl.List(pl.String)).list.join(",")
    counted = lines.with_columns(ids.fill_null("")).group_by("channel", "queue", "hour", "creditor_ids").len()
    found = Counter[Sort]()
    for channel, queue, hour, joined, count in counted.rows():
        found[channel, queue, hour, frozenset(int(each) for each in joined.split(",") if each)] += count
    return found


def _used(each: CapacityOn, taken: Counter[Sort]) -> int:
    return sum(count for sort, count in taken.items() if _uses(each, sort))


def _uses(each: CapacityOn, sort: Sort) -> bool:
    channel, queue, hour, creditor_ids = sort
    is_of_creditor = each.creditor_id is None or each.creditor_id in creditor_ids
    if PLACEMENTS in (each.kind, channel):
        return each.kind == channel and each.name == queue and is_of_creditor
    line = Line(each.kind, each.name, each.creditor_id, None, each.amount)
    return line.is_used_by(sort) and each.hour in (None, hour)
