"""Stage capacity: which of the allowed ways is taken, for each person who is to be contacted."""

from __future__ import annotations

import polars as pl

from fairdue.contexts.decisions.facade import StageResult
from fairdue.journeys.nightly_cycle.night import Night
from fairdue.journeys.nightly_cycle.partition import CONTACTS
from fairdue.journeys.nightly_cycle.ways import NO_WAY, first_ways


def share_out(night: Night) -> StageResult:
    """Choose one way a person from `ways`, and keep it as `chosen`.

    `chosen`: person_id, channel, contact_point_id, at, outcome, reasons, is_moved, dropped; one line for every person
    whose step is a contact.
    """
    wanted = night.scan("decided").filter(pl.col("step").is_in(CONTACTS)).select("person_id").collect()
    chosen = wanted.join(first_ways(night.read("ways"), night.cycle_date), on="person_id", how="left")
    answers = chosen.with_columns(
        pl.col("outcome").fill_null("refuse"),
        pl.col("reasons").fill_null(NO_WAY),
        pl.lit("").alias("dropped"),
    ).sort("person_id")
    night.write("chosen", answers)
    return StageResult(in_count=answers.height, out_count=answers.height, rejected={}, detail={})
