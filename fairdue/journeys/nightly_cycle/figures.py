"""The figures of a night: what the rooms know beyond the facts is kept with the night, counted, and landed.

What is counted can be counted again from the lake alone (`journeys.dashboards.prove`): every frame that a figure comes
from lies in the night's folder.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import polars as pl

from fairdue.contexts.cases import facade as cases
from fairdue.contexts.law import facade as law
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.reporting import facade as reporting
from fairdue.engine.figures import cards
from fairdue.engine.figures.book import book_rows, person_rows
from fairdue.journeys.nightly_cycle.candidates import CONTACTS
from fairdue.journeys.nightly_cycle.hashing import part_of
from fairdue.journeys.nightly_cycle.lake import Lake, NightNotStored
from fairdue.journeys.nightly_cycle.night import Night
from fairdue.journeys.nightly_cycle.ways import TAKEN
from fairdue.storage.bulk import database_url, read_beside

RECOVERY_DAYS = 7
"""What came in after a decision is counted for so many days."""

FACT_COLUMNS = {
    "accounts": (
        "account_id", "person_id", "creditor_id", "product_id", "currency", "status", "dpd_origin", "opened_date",
    ),
    "states": ("account_id", "person_id", "balance_minor", "overdue_minor", "due_today_minor", "oldest_unpaid_due_date"),
    "decided": ("person_id", "row_id", "step"),
    "chosen": ("person_id", "channel", "outcome", "dropped"),
}  # fmt: skip
NO_TEAMS = {"person_id": pl.Int64, "team_id": pl.Int64}
"""Nights from before the figures kept no teams."""

Frames = Callable[[str], pl.DataFrame]
"""Returns one of a night's frames, of all persons."""


def figure_queries(as_of: date) -> dict[str, str]:
    """Return what the figures read beyond the night's facts, by the name under which it is kept."""
    return {
        "case_teams": cases.CASE_TEAMS_SQL,
        "contact_dates": law.contact_dates_sql(as_of),
        "promise_days": cases.promise_facts_sql(as_of),
        "objections": law.objection_facts_sql(as_of),
        "received": ledger.received_facts_sql(as_of),
        "due_dates": ledger.due_dates_sql(as_of),
        "defaulted": ledger.first_defaults_sql(as_of),
    }


def keep_figures(night: Night) -> int:
    """This function will read what is still missing, count every card and land the figures; it returns their number.

    1. The night's facts are those of its stage `facts`; contacts, promises and money are as of its end.
    2. Partition by partition, so that memory stays bounded; what was read is counted while the rest comes.
    """
    queries = figure_queries(night.cycle_date)
    ready: dict[str, Future[None]] = {name: Future() for name in queries}
    url = database_url()

    def take(name: str, reader: Any) -> None:
        night.write(name, pl.DataFrame(reader.read_all()))
        ready[name].set_result(None)

    def read_since(name: str) -> pl.DataFrame:
        if name in ready:
            ready[name].result()
        return night.read(name)

    deal = dealt(read_since, len(night.parts))

    def portion(part: int) -> Frames:
        return lambda name: _of_part(night, name, part) if night.has(name, part) else deal(part)(name)

    with ThreadPoolExecutor(1, thread_name_prefix="figures") as beside:
        reading = beside.submit(lambda: list(read_beside(queries, url, take)))
        reading.add_done_callback(lambda done: _fail(ready, done.exception()))
        rows = count_portions(night.cycle_date, portion, len(night.parts), night.lake)
        reading.result()
    return reporting.land_figures(rows, cycle_date=night.cycle_date)


def _fail(waiting: Mapping[str, Future[None]], error: BaseException | None) -> None:
    """Whoever waits for a frame that could not be read is told why."""
    for future in waiting.values():
        if error is not None and not future.done():
            future.set_exception(error)


def _of_part(night: Night, name: str, part: int) -> pl.DataFrame:
    columns = FACT_COLUMNS.get(name)
    return pl.read_parquet(
        night.part_dir(part) / f"{name}.parquet", columns=list(columns) if columns else None
    )


def dealt(frames: Frames, parts: int) -> Callable[[int], Frames]:
    """Return the reader of each of so many portions: the persons of one partition, with all that concerns them.

    Each frame is read once, when the first portion asks for it; one that names no person belongs to every portion.
    """
    pieces: dict[str, Callable[[int], pl.DataFrame]] = {}

    def split(name: str) -> Callable[[int], pl.DataFrame]:
        whole = frames(name)
        if parts == 1 or "person_id" not in whole.columns:
            return lambda part: whole
        found = whole.with_columns(part_of(parts)).partition_by("part", as_dict=True, include_key=False)
        empty = whole.clear()
        return lambda part: found.get((part,), empty)

    def portion(part: int) -> Frames:
        def read(name: str) -> pl.DataFrame:
            if name not in pieces:
                pieces[name] = split(name)
            return pieces[name](part)

        return read

    return portion


def count_figures(day: date, frames: Frames, lake: Lake) -> pl.DataFrame:
    """Return the figures of a night from its own frames and from earlier nights of the lake."""
    return count_portions(day, lambda part: frames, 1, lake)


def count_portions(day: date, portion: Callable[[int], Frames], parts: int, lake: Lake) -> pl.DataFrame:
    """Return the same, counted portion by portion: every figure is a sum over persons."""
    days = base_nights(lake, day)
    bases = {
        name: (base, dealt(stored_frames(lake, base), parts))
        for name, base in (("roll", roll_base(days, day)), ("recovery", recovery_base(days, day)))
        if base is not None
    }
    found = [
        _counted(day, portion(part), {name: (base, of(part)) for name, (base, of) in bases.items()})
        for part in range(parts)
    ]
    keys = [name for name in cards.FIGURE_COLUMNS if name not in cards.MEASURES]
    return pl.concat(found).group_by(keys, maintain_order=True).agg(pl.col(cards.MEASURES).sum())


def _counted(day: date, frames: Frames, bases: Mapping[str, tuple[date, Frames]]) -> pl.DataFrame:
    book = book_of(day, frames)
    persons = person_rows(book)
    promises, received = frames("promise_days"), frames("received")
    found = [
        cards.book_card(book),
        cards.vintage_card(_cohorts(frames, day)),
        cards.funnel_card(persons, funnel_dates(frames), day),
        cards.promise_card(persons, promises, day),
        cards.received_card(book, received, day),
        cards.budget_card(persons, frames("contact_dates"), day),
        cards.objection_card(persons, frames("objections"), day),
    ]
    if "roll" in bases:
        base, before = bases["roll"]
        found.append(cards.roll_card(book_of(base, before), book, base))
    if "recovery" in bases:
        base, before = bases["recovery"]
        found.append(_recovery(base, before, received, day))
    return pl.concat(found)


def _cohorts(frames: Frames, day: date) -> pl.DataFrame:
    """Return how many accounts of each cohort first defaulted in which month; a night of an older release holds just that."""
    try:
        rows = cards.vintage_rows(frames("accounts"), frames("defaulted"), day)
    except NightNotStored:
        return frames("first_defaults")
    return rows.group_by("creditor_id", "product_id", "currency", "cohort", "mob").agg(
        pl.len().cast(pl.Int64).alias("accounts")
    )


def book_of(day: date, frames: Frames) -> pl.DataFrame:
    """Return the book of a night, one line an account."""
    return book_rows(frames("accounts"), frames("products"), frames("states"), frames("case_teams"), day)


def funnel_dates(frames: Frames) -> pl.DataFrame:
    """Return each person's latest days of the funnel's stages."""
    promises = frames("promise_days")
    kept = pl.col("ended_date").filter(pl.col("status") == "kept").max()
    promised = promises.group_by("person_id").agg(pl.col("promised_date").max(), kept.alias("kept_date"))
    dates = frames("contact_dates").select("person_id", "reminded_date", "reached_date")
    joined = dates.join(promised, on="person_id", how="full", coalesce=True)
    return joined.join(frames("due_dates"), on="person_id", how="full", coalesce=True)


def _recovery(base: date, frames: Frames, received: pl.DataFrame, day: date) -> pl.DataFrame:
    persons = person_rows(book_of(base, frames))
    return cards.recovery_card(channels_taken(frames), persons, received, base, day)


def channels_taken(frames: Frames) -> pl.DataFrame:
    """Return what was done for each decided person: person_id, row_id and step, which is the channel of a contact."""
    joined = frames("decided").join(frames("chosen"), on="person_id", how="left")
    is_taken = ((pl.col("outcome") == "allow") & pl.col("dropped").is_in(TAKEN)).fill_null(False)
    is_contact = pl.col("step").is_in(CONTACTS)
    step = pl.when(~is_contact).then("step").when(is_taken).then("channel").otherwise(pl.lit("none"))
    return joined.select("person_id", pl.col("row_id").cast(pl.String), step.cast(pl.String).alias("step"))


def base_nights(lake: Lake, day: date) -> tuple[date, ...]:
    """Return the nights before a day, of this month and the one before, that were decided to their end."""
    first = (day.replace(day=1) - timedelta(days=1)).replace(day=1)
    found = (each for each in lake.days() if min(first, day - timedelta(days=RECOVERY_DAYS)) <= each < day)
    return tuple(each for each in found if lake.night(each).manifest.stage == "decided")


def roll_base(days: Iterable[date], day: date) -> date | None:
    """Return the night that a roll matrix starts from: the newest of the month before, else the oldest of this month."""
    before = [each for each in days if each < day]
    month_end = day.replace(day=1) - timedelta(days=1)
    of_month_before = [each for each in before if each.replace(day=1) == month_end.replace(day=1)]
    return (
        max(of_month_before)
        if of_month_before
        else min((each for each in before if each.replace(day=1) == day.replace(day=1)), default=None)
    )


def recovery_base(days: Iterable[date], day: date) -> date | None:
    """Return the night whose decisions are judged: the oldest of the seven days before."""
    return min(
        (each for each in days if timedelta(0) < day - each <= timedelta(days=RECOVERY_DAYS)), default=None
    )


def stored_frames(lake: Lake, day: date) -> Frames:
    """Return the reader of a stored night; what a night from before the figures does not have is empty."""
    night = lake.night(day)

    def read(name: str) -> pl.DataFrame:
        try:
            return night.whole(name, FACT_COLUMNS.get(name))
        except NightNotStored:
            if name != "case_teams":
                raise
            return pl.DataFrame(schema=NO_TEAMS)

    return read
