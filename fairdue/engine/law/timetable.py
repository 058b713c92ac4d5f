"""Allowed time as a picture: what the rules say of every minute of some days, and what each cap leaves on each day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from fairdue.engine.law.candidates import frame_of
from fairdue.engine.law.explaining import counted, explain
from fairdue.engine.law.hours import at_wall_time
from fairdue.engine.law.judging import Judgement, Rulebook, judge
from fairdue.engine.law.moments import first_moment
from fairdue.engine.law.one_row import leaves_window
from fairdue.engine.law.packs import Check
from fairdue.engine.law.verdict import RANK, Verdict

PAST = "past"
DAY_MINUTES = 1440


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A part of one local day of which the rules say the same: `first` minute of the day, included, to `last`, excluded."""

    day: date
    first: int
    last: int
    outcome: str
    """An outcome of the gate, or `past`."""
    why: int | None
    """Which of the timetable's reasons; None where nothing stands against it, or the time has passed."""

    @property
    def is_allowed(self) -> bool:
        """Whether a contact is allowed in it."""
        return self.outcome == "allow"


@dataclass(frozen=True, slots=True, kw_only=True)
class CapDay:
    """What one day leaves of a cap if nothing else happens: `used` of `max`; `frees_at` is when one more comes back."""

    day: date
    used: int
    max: int
    frees_at: datetime | None

    @property
    def left(self) -> int:
        """How many contacts are left."""
        return max(self.max - self.used, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class CapLine:
    """One cap that binds a way of reaching a person, day by day."""

    rule_id: str
    title_zh: str
    title_en: str
    citation: str
    evidence: str
    outcome: str
    days_counted: int | None
    minutes_counted: int | None
    calendar: str
    """`week` or `month` where the window is one of the calendar."""
    days: tuple[CapDay, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WayTimes:
    """One way of reaching a person: the verdict now, its days in spans, its caps."""

    verdict: Verdict
    zones: tuple[str, ...]
    spans: tuple[Span, ...]
    caps: tuple[CapLine, ...]

    def of_day(self, day: date) -> tuple[Span, ...]:
        """Return the spans of one day."""
        return tuple(span for span in self.spans if span.day == day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """Several ways over some days; `whys` holds each distinct set of reasons once, worded as of its first minute."""

    zone: str
    days: tuple[date, ...]
    step: int
    """Minutes from one judged moment to the next."""
    ways: tuple[WayTimes, ...]
    whys: tuple[Verdict, ...]
    why_moments: tuple[datetime, ...]
    """The moment of which each of `whys` speaks."""


def timetable(
    rows: Sequence[Mapping[str, Any]],
    rulebook: Rulebook,
    *,
    days: Sequence[date],
    zone: str,
    now: datetime,
    step: int = 1,
) -> Timetable:
    """This function will judge every `step`-th minute of some local days for several proposed contacts at once.

    1. All moments of all ways are one frame that is judged once, by the very rules of the gate. 2. Nothing else is
    assumed to happen meanwhile: no contact, no hold ended, no consent given. 3. Minutes before `now` are `past`.
    4. A wall time that a clock change skips is judged as the end of the skipped time; of one that comes twice, the first.

    :raises CandidatesInvalid: if a row breaks the column contract
    """
    present = judge(frame_of([{**row, "at": now} for row in rows]), rulebook)
    slots = _slots(days, zone, step)
    ahead = slots.filter(pl.col("at").dt.offset_by(f"{step}m") > now)
    ahead = ahead.with_columns(pl.max_horizontal("at", pl.lit(now).cast(ahead.schema["at"])))
    judgement = judge(_every(present.frame, ahead), rulebook)
    spans, whys = _spans(judgement, ahead, slots, len(rows))
    return Timetable(
        zone=zone, days=tuple(days), step=step,
        ways=tuple(_way(present, row, rows[row], spans[row], days, now) for row in range(len(rows))),
        whys=tuple(explain(judgement, row) for row in whys),
        why_moments=tuple(judgement.frame["at"][row] for row in whys),
    )  # fmt: skip


def _slots(days: Sequence[date], zone: str, step: int) -> pl.DataFrame:
    """Return day, minute of the day and moment of everything that is to be judged."""
    walls = pl.DataFrame({"day": list(days)}, schema={"day": pl.Date}).join(
        pl.DataFrame({"minute": range(0, DAY_MINUTES, step)}, schema={"minute": pl.Int32}), how="cross"
    )
    wall = pl.col("day").cast(pl.Datetime("us")) + pl.duration(minutes=pl.col("minute"))
    return walls.with_columns(at=at_wall_time(wall, zone, "earliest").dt.convert_time_zone("UTC"))


def _every(frame: pl.DataFrame, slots: pl.DataFrame) -> pl.DataFrame:
    """Return each way at each moment, way by way."""
    crossed = frame.drop("at").join(slots.select("at"), how="cross", maintain_order="left_right")
    return crossed.select(frame.columns)


def _spans(
    judgement: Judgement, ahead: pl.DataFrame, slots: pl.DataFrame, ways: int
) -> tuple[list[tuple[Span, ...]], list[int]]:
    """Return the spans of each way, and a row of the judgement for each distinct set of reasons."""
    answers = judgement.columns().select("outcome", rules=pl.col("rule_ids").list.join(" "))
    lines = pl.concat([ahead.select("day", "minute")] * ways).hstack(answers).with_row_index("row")
    patterns = (
        lines.filter(pl.col("outcome") != "allow").group_by("outcome", "rules").agg(pl.col("row").min())
    )
    patterns = patterns.sort("row").with_row_index("why").select("why", "outcome", "rules", first="row")
    lines = lines.join(patterns, on=["outcome", "rules"], how="left", maintain_order="left")
    gone, size = slots[: slots.height - ahead.height], ahead.height
    return [
        _runs(_with_past(gone, lines[way * size : (way + 1) * size]), slots) for way in range(ways)
    ], patterns["first"].to_list()


def _with_past(gone: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    wanted = lines.select("day", "minute", "outcome", "why")
    passed = gone.select("day", "minute", outcome=pl.lit(PAST), why=pl.lit(None, dtype=pl.UInt32))
    return pl.concat([passed, wanted.cast({"why": pl.UInt32})])


def _runs(lines: pl.DataFrame, slots: pl.DataFrame) -> tuple[Span, ...]:
    step = int(slots["minute"][1])
    runs = (
        lines.with_columns(run=pl.struct("day", "outcome", "why").rle_id())
        .group_by("run", maintain_order=True)
        .agg(pl.first("day", "outcome", "why"), first=pl.first("minute"), last=pl.last("minute") + step)
    )
    return tuple(
        Span(day=row["day"], first=row["first"], last=row["last"], outcome=row["outcome"], why=row["why"])
        for row in runs.iter_rows(named=True)
    )


def _way(
    present: Judgement, row: int, facts: Mapping[str, Any], spans: tuple[Span, ...], days: Sequence[date], now: datetime
) -> WayTimes:  # fmt: skip
    said = present.frame.row(row, named=True)
    caps = [
        check
        for place, check in enumerate(present.checks)
        if check.uses == "count.reached" and check.yields in RANK and present.asked[row, place]
    ]
    return WayTimes(
        verdict=explain(present, row),
        zones=tuple(said["zones"].split("|")),
        spans=spans,
        caps=tuple(_cap(check, said, days, now) for check in caps),
    )


def _cap(check: Check, facts: Mapping[str, Any], days: Sequence[date], now: datetime) -> CapLine:
    return CapLine(
        rule_id=check.id, title_zh=check.title_zh, title_en=check.title_en, citation=check.citation,
        evidence=check.evidence, outcome=check.yields, days_counted=_whole(check, "days"),
        minutes_counted=_whole(check, "minutes"), calendar=str(check.parameters.get("calendar", "")),
        days=tuple(_cap_day(check, facts, day, now) for day in days if _end(day, facts["home_zone"]) > now),
    )  # fmt: skip


def _whole(check: Check, name: str) -> int | None:
    return int(check.parameters[name]) if name in check.parameters else None


def _end(day: date, zone: str) -> datetime:
    return first_moment(day + timedelta(days=1), zone) or datetime.combine(
        day, datetime.max.time(), ZoneInfo(zone)
    )


def _cap_day(check: Check, facts: Mapping[str, Any], day: date, now: datetime) -> CapDay:
    """Return what a cap counts at the start of a day, or now if the day has begun."""
    zone = facts["home_zone"]
    at = max(first_moment(day, zone) or now, now)
    within = sorted(counted(facts[check.parameters["column"]], at, zone, check.parameters))
    limit = int(check.parameters["max"])
    # what fills a cap is freed when the contact leaves that stands at the cap; else when the oldest leaves
    decisive = within[max(len(within) - limit, 0)] if within else None
    frees_at = leaves_window(decisive, zone, check.parameters) if decisive else None
    return CapDay(day=day, used=len(within), max=limit, frees_at=frees_at)
