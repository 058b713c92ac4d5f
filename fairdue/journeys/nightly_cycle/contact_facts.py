"""What the law asks about proposed contacts, as sets: holds, contacts made, what the person said, zones.

Each function takes the proposed lines and adds columns of the gate's candidate schema.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import polars as pl

COUNTED = ("announcements", "conversations", "messages")
SAID = ("opt_out", "agreed_hours", "consented_hours", "more_contacts")

Frames = dict[str, pl.DataFrame]


def with_history(lines: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """Add the open holds and the contacts that count, as lists of moments."""
    found = lines.join(frames["holds"].select("person_id", "holds"), on="person_id", how="left")
    found = found.join(frames["contacts"].select("person_id", *COUNTED), on="person_id", how="left")
    unanswered = frames["unanswered"]
    own = pl.col("contact_point_id").is_in(_own_points(frames["points"]).implode())
    here = unanswered.select("person_id", "contact_point_id", "unanswered")
    found = found.join(here, on=["person_id", "contact_point_id"], how="left", nulls_equal=True)
    return found.join(_elsewhere(lines, unanswered.filter(own)), on="line", how="left")


def _own_points(points: pl.DataFrame) -> pl.Series:
    return points.filter(pl.col("owner") != "third_party")["contact_point_id"]


def _elsewhere(lines: pl.DataFrame, unanswered: pl.DataFrame) -> pl.DataFrame:
    """For each line the calls to that other own number which was tried most."""
    calls = lines.filter(pl.col("channel") == "call").select("line", "person_id", "contact_point_id")
    other = pl.col("contact_point_id") != pl.col("contact_point_id_right")
    return (
        calls.join(unanswered, on="person_id", how="inner")
        .filter(other.fill_null(True))
        .sort(pl.col("unanswered").list.len(), descending=True)
        .unique("line", keep="first", maintain_order=True)
        .select("line", pl.col("unanswered").alias("unanswered_elsewhere"))
    )


def with_consents(
    lines: pl.DataFrame, consents: pl.DataFrame, hours_of: Callable[[Any], str]
) -> pl.DataFrame:
    """Add what the person said about being contacted, as far as it touches a line.

    1. The latest of opt-in and opt-out counts, per channel and contact point.
    2. A statement without a channel or a contact point touches every one.
    3. `hours_of` writes the detail of agreed hours as weekly hours.
    """
    said = _latest(consents).filter(pl.col("kind").is_in(SAID))
    met = lines.select("line", "person_id", "channel", "contact_point_id").join(
        said, on="person_id", suffix="_said"
    )
    same_channel = (pl.col("channel_said") == "") | (pl.col("channel_said") == pl.col("channel"))
    no_point = pl.col("contact_point_id_said").is_null()
    same_point = no_point | (pl.col("contact_point_id_said") == pl.col("contact_point_id")).fill_null(False)
    met = met.filter(same_channel & same_point)
    is_opt_out = pl.col("kind") == "opt_out"
    detail = pl.col("detail").filter(pl.col("kind") == "agreed_hours").first()
    by_line = met.group_by("line").agg(
        is_opt_out.any().alias("said_stop"),
        (is_opt_out & no_point & (pl.col("channel_said") == "")).any().alias("has_objected"),
        (pl.col("kind") == "more_contacts").any().alias("has_frequency_consent"),
        detail.alias("detail"),
        pl.col("detail").filter(pl.col("kind") == "consented_hours").alias("consents"),
    )
    by_line = by_line.with_columns(
        _hours(by_line["detail"], hours_of).alias("agreed_hours"),
        _all_hours(by_line["consents"], hours_of).alias("consented_hours"),
    ).drop("detail", "consents")
    found = lines.join(by_line, on="line", how="left")
    stopped = pl.col("is_opted_out").fill_null(False) | pl.col("said_stop").fill_null(False)
    return found.with_columns(stopped.alias("is_opted_out")).drop("said_stop")


def _latest(consents: pl.DataFrame) -> pl.DataFrame:
    topic = pl.when(pl.col("kind").is_in(["opt_in", "opt_out"])).then(pl.lit("opt")).otherwise(pl.col("kind"))
    return (
        consents.with_columns(topic.alias("topic"))
        .sort("occurred_at", "consent_id", descending=True)
        .unique(["person_id", "contact_point_id", "channel", "topic"], keep="first", maintain_order=True)
        .select("person_id", "contact_point_id", "channel", "kind", "detail")
    )


def _hours(details: pl.Series, hours_of: Callable[[Any], str]) -> pl.Series:
    """Each distinct detail is read once."""
    texts = details.unique().drop_nulls().to_list()
    written = {text: hours_of(json.loads(text)) for text in texts}
    return pl.Series([written.get(text, "") for text in details], dtype=pl.String)


def _all_hours(lists: pl.Series, hours_of: Callable[[Any], str]) -> pl.Series:
    """Hours of several statements together; each distinct set is read once."""
    sets = {tuple(each) for each in lists.to_list() if each}
    written = {each: ";".join(filter(None, (hours_of(json.loads(text)) for text in each))) for each in sets}
    return pl.Series([written.get(tuple(each or ()), "") for each in lists.to_list()], dtype=pl.String)


def with_zones(lines: pl.DataFrame, points: pl.DataFrame) -> pl.DataFrame:
    """Add all zones in which the debtor may be: the home zone and those of every own contact point."""
    own = points.filter((pl.col("owner") == "debtor") & (pl.col("zone") != "")).select("person_id", "zone")
    others = own.join(lines.select("person_id", "home_zone").unique(), on="person_id").filter(
        pl.col("zone") != pl.col("home_zone")
    )
    joined = others.group_by("person_id").agg(pl.col("zone").unique().sort().str.join("|").alias("others"))
    zones = pl.concat_str("home_zone", "others", separator="|", ignore_nulls=True)
    return lines.join(joined, on="person_id", how="left").with_columns(zones.alias("zones")).drop("others")
