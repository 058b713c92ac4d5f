"""Proposed contacts: every decided person with each way of reaching them, best first."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from fairdue.engine.law.candidates import CANDIDATE_SCHEMA

CONTACTS = ("message", "call", "letter", "visit")
"""Steps that the gate is asked about: a message goes by one of the row's channels, the others are a channel each."""

BY_HAND = ("call", "letter", "visit")
"""Contacts that a person makes or prepares: they become work items."""

MEDIA = {
    "sms": ("mobile",), "email": ("email",), "call": ("mobile", "landline"), "letter": ("address",), "visit": ("address",),
}  # fmt: skip
"""What a channel needs a contact point of; a channel that is not named needs none."""

ASKED = ("person_id", "step", "channels", "preferred_channel", "locale", "template", "hour", "home_zone")
"""What a way is made of; besides it has what the gate may ask of a person."""

EXPIRES_AFTER = timedelta(hours=12)
"""A planned message is pointless half a day after its hour; the next night decides anew."""


def propose(
    decided: pl.DataFrame, points: pl.DataFrame, texts: pl.DataFrame, cycle_date: date
) -> pl.DataFrame:
    """Return one line per person and channel, with the moment planned and the order of preference.

    1. Channels are the row's, the person's preferred one first; a call, a letter and a visit have one channel.
    2. Each channel takes the person's best own contact point: valid, not opted out, lowest rank. A
       channel whose medium the person does not have is left out, and so is one in which the row's
       template has no approved text in the person's language (`texts`: template, channel, spoken).
    3. The moment is the row's hour on the cycle date in the person's own zone.
    """
    asked = decided.filter(pl.col("step").is_in(CONTACTS)).select(
        name for name in decided.columns if name in ASKED or name in CANDIDATE_SCHEMA
    )
    is_message = pl.col("step") == "message"
    lines = (
        asked.with_columns(
            pl.when(is_message).then("channels").otherwise(pl.concat_list("step")).alias("channel")
        )
        .drop("channels")
        .with_columns(pl.int_ranges(pl.col("channel").list.len()).alias("preference"))
        .explode("channel", "preference")
    )
    is_preferred = pl.col("channel") == pl.col("preferred_channel")
    lines = lines.with_columns(
        pl.when(is_preferred.fill_null(False)).then(-1).otherwise(pl.col("preference")).alias("preference")
    )
    lines = lines.join(best_points(points), on=["person_id", "channel"], how="left")
    spoken = pl.when(pl.col("locale").str.to_lowercase().str.starts_with("zh")).then(pl.lit("zh-hans"))
    lines = lines.with_columns(spoken.otherwise(pl.lit("en")).alias("spoken"))
    lines = lines.join(texts.with_columns(has_text=True), on=["template", "channel", "spoken"], how="left")
    can_say = pl.col("has_text").fill_null(False) | ~is_message
    can_reach = pl.col("contact_point_id").is_not_null() | ~pl.col("channel").is_in(list(MEDIA))
    return (
        lines.with_columns(_moment(lines, cycle_date).alias("at"))
        .filter(can_reach & can_say)
        .with_row_index("line")
    )


def best_points(points: pl.DataFrame) -> pl.DataFrame:
    """Return for every person and channel the own contact point to use."""
    media = pl.DataFrame(
        [(channel, medium, place) for channel, of in MEDIA.items() for place, medium in enumerate(of)],
        schema={"channel": pl.String, "medium": pl.String, "place": pl.Int64},
        orient="row",
    )
    own = points.filter((pl.col("owner") == "debtor") & (pl.col("status") == "valid"))
    return (
        own.join(media, on="medium")
        .sort("person_id", "is_opted_out", "place", "rank", "contact_point_id")
        .unique(["person_id", "channel"], keep="first", maintain_order=True)
        .select("person_id", "channel", "contact_point_id", "is_opted_out")
    )


def _moment(lines: pl.DataFrame, cycle_date: date) -> pl.Expr:
    """The hour of the row in the zone of the person; there are few pairs, so each is computed once."""
    pairs = lines.select("hour", "home_zone").unique().rows()
    keys = [f"{hour}|{zone}" for hour, zone in pairs]
    moments = [
        datetime.combine(cycle_date, time.fromisoformat(hour), ZoneInfo(zone)).astimezone(ZoneInfo("UTC"))
        for hour, zone in pairs
    ]
    values = pl.Series(moments, dtype=pl.Datetime("us", "UTC"))
    pair = pl.concat_str("hour", pl.lit("|"), "home_zone")
    return pair.replace_strict(pl.Series(keys, dtype=pl.String), values, default=None)


def end_of_day(lines: pl.DataFrame, cycle_date: date) -> pl.Expr:
    """Return the end of the cycle date in the zone of each person."""
    zones = lines["home_zone"].unique().to_list()
    ends = [
        datetime.combine(cycle_date + timedelta(days=1), time.min, ZoneInfo(zone)).astimezone(ZoneInfo("UTC"))
        for zone in zones
    ]
    values = pl.Series(ends, dtype=pl.Datetime("us", "UTC"))
    return pl.col("home_zone").replace_strict(pl.Series(zones, dtype=pl.String), values, default=None)
