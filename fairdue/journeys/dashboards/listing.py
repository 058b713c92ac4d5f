"""The list behind a number: the accounts or persons that a card counted, read from the facts of its night.

Masked names and masked account numbers only, of creditors in the actor's scope; an account links to its page, which
asks for its own permission.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from fairdue.contexts.book import facade as book
from fairdue.contexts.parties import facade as parties
from fairdue.contexts.reporting import facade as reporting
from fairdue.engine.figures import cards
from fairdue.engine.figures.book import person_rows
from fairdue.journeys.dashboards.prove import lake_here
from fairdue.journeys.nightly_cycle.figures import (
    Frames,
    base_nights,
    book_of,
    channels_taken,
    funnel_dates,
    recovery_base,
    roll_base,
    stored_frames,
)
from fairdue.journeys.nightly_cycle.lake import Lake
from fairdue.kernel.actor import Actor
from fairdue.kernel.money import Money

PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedAccount:
    """One account, or a person's leading account, as it stood on the night."""

    account_id: int
    person_id: int
    name_masked: str
    account_ref_masked: str
    bucket: str
    days_past_due: int
    balance: Money
    overdue: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One page of the list; `after` is what the next page asks for."""

    night: date
    rows: tuple[ListedAccount, ...]
    total: int
    next_after: int | None


Pick = Callable[[Lake, date, Frames, pl.DataFrame, "Part"], pl.DataFrame]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Which number of a card: what it is divided by, and the window."""

    key: str = ""
    second: str = ""
    window: int = 30


def behind(
    *, actor: Actor, card: str, part: Part, wanted: reporting.FigureFilter, as_of: date, after: int = 0,
    limit: int = PAGE, lake: Lake | None = None,
) -> Listing | None:  # fmt: skip
    """Return the accounts behind a number, by id, or None if no night or no such list is stored.

    :raises NightNotStored: if the lake no longer holds the night
    """
    actor.require("reporting.view")
    night = reporting.figure_night(as_of)
    if night is None or card not in CARDS:
        return None
    lake = lake or lake_here()
    frames = stored_frames(lake, night)
    rows = CARDS[card](lake, night, frames, book_of(night, frames), part)
    rows = _narrowed(rows, actor, _as_counted(card, wanted)).sort("account_id")
    page = rows.filter(pl.col("account_id") > after).head(limit + 1)
    shown = page.head(limit)
    next_after = int(shown["account_id"][-1]) if page.height > limit else None
    return Listing(night=night, rows=_cards(shown), total=rows.height, next_after=next_after)


def _as_counted(card: str, wanted: reporting.FigureFilter) -> reporting.FigureFilter:
    """Return what narrows a card: a cohort is not narrowed by what its accounts are today."""
    return replace(wanted, bucket="", team_id=None, agency="") if card == "vintage" else wanted


def _narrowed(rows: pl.DataFrame, actor: Actor, wanted: reporting.FigureFilter) -> pl.DataFrame:
    tests = [pl.lit(True)]
    if actor.creditor_ids is not None:
        tests.append(pl.col("creditor_id").is_in(sorted(actor.creditor_ids)))
    for name, value in (
        ("creditor_id", wanted.creditor_id), ("product_id", wanted.product_id), ("bucket", wanted.bucket or None),
        ("currency", wanted.currency or None),
    ):  # fmt: skip
        if value is not None:
            tests.append(pl.col(name) == value)
    if (teams := reporting.team_ids(wanted)) is not None:
        tests.append(pl.col("team_id").is_in(teams).fill_null(False))
    return rows.filter(pl.all_horizontal(tests))


def _cards(rows: pl.DataFrame) -> tuple[ListedAccount, ...]:
    accounts = book.account_cards_by_id(rows["account_id"].to_list())
    people = parties.person_cards(rows["person_id"].to_list())
    return tuple(
        ListedAccount(
            account_id=row["account_id"], person_id=row["person_id"],
            name_masked=people[row["person_id"]].name_masked if row["person_id"] in people else "–",
            account_ref_masked=accounts[row["account_id"]].ref_masked if row["account_id"] in accounts else "–",
            bucket=row["bucket"], days_past_due=row["days_past_due"],
            balance=Money(row["balance_minor"], row["currency"]), overdue=Money(row["overdue_minor"], row["currency"]),
        )
        for row in rows.iter_rows(named=True)
    )  # fmt: skip


def _book(_lake: Lake, _night: date, _frames: Frames, rows: pl.DataFrame, part: Part) -> pl.DataFrame:
    return rows.filter(pl.col("bucket") == part.key) if part.key else rows


def _roll(lake: Lake, night: date, _frames: Frames, rows: pl.DataFrame, part: Part) -> pl.DataFrame:
    base = roll_base(base_nights(lake, night), night)
    if base is None:
        return rows.clear()
    before = book_of(base, stored_frames(lake, base)).filter(pl.col("bucket") == part.key)
    now = rows.select("account_id", pl.col("bucket").alias("now"))
    moved = before.join(now, on="account_id", how="left").with_columns(pl.col("now").fill_null("closed"))
    return moved.filter(pl.col("now") == part.second) if part.second else moved


def _funnel(_lake: Lake, night: date, frames: Frames, rows: pl.DataFrame, part: Part) -> pl.DataFrame:
    found = cards.funnel_rows(person_rows(rows), funnel_dates(frames), night, part.window)
    return found.filter(
        pl.col("stage") >= cards.STAGES.index(part.key) if part.key in cards.STAGES else False
    )


def _recovery(lake: Lake, night: date, _frames: Frames, rows: pl.DataFrame, part: Part) -> pl.DataFrame:
    base = recovery_base(base_nights(lake, night), night)
    if base is None:
        return rows.clear()
    frames = stored_frames(lake, base)
    done = channels_taken(frames).filter((pl.col("row_id") == part.key) & (pl.col("step") == part.second))
    return person_rows(book_of(base, frames)).join(done, on="person_id", how="semi")


def _budget(_lake: Lake, _night: date, frames: Frames, rows: pl.DataFrame, part: Part) -> pl.DataFrame:
    if part.key not in cards.CONTACT_KINDS:
        return rows.clear()
    contacts = frames("contact_dates").select("person_id", pl.col(part.key).alias("count"))
    late = person_rows(rows).filter(pl.col("overdue_minor") > 0).join(contacts, on="person_id", how="left")
    count, most = pl.col("count").fill_null(0), len(cards.USED) - 1
    used = pl.when(count >= most).then(pl.lit(cards.USED[-1])).otherwise(count.cast(pl.String))
    return late.filter(used == part.second)


def _objections(_lake: Lake, night: date, frames: Frames, rows: pl.DataFrame, part: Part) -> pl.DataFrame:
    start = night.toordinal() - part.window + 1
    ours = frames("objections").filter(
        (pl.col("kind") == part.key) & pl.col("started_date").is_between(date.fromordinal(start), night)
    )
    return person_rows(rows).join(ours, on="person_id", how="semi")


def _promises(_lake: Lake, night: date, frames: Frames, rows: pl.DataFrame, part: Part) -> pl.DataFrame:
    start = date.fromordinal(night.toordinal() - part.window + 1)
    in_window = (pl.col("status") == "open") | pl.col("ended_date").is_between(start, night).fill_null(False)
    ours = frames("promise_days").filter((pl.col("status") == part.key) & in_window)
    return person_rows(rows).join(ours, on="person_id", how="semi")


def _received(_lake: Lake, night: date, frames: Frames, rows: pl.DataFrame, part: Part) -> pl.DataFrame:
    start = date.fromordinal(night.toordinal() - part.window + 1)
    ours = frames("received").filter(pl.col("effective_date").is_between(start, night))
    return rows.filter(pl.col("bucket") == part.key).join(ours, on="account_id", how="semi")


def _vintage(_lake: Lake, night: date, frames: Frames, rows: pl.DataFrame, part: Part) -> pl.DataFrame:
    """The accounts of a cohort that were ever 30+ by a month on book, closed ones too; the whole cohort without a month."""
    cohort = cards.vintage_rows(frames("accounts"), frames("defaulted"), night).filter(
        pl.col("cohort") == part.key
    )
    if part.second.isdigit():
        cohort = cohort.filter(pl.col("mob") <= int(part.second[:4]))
    today = rows.select("account_id", "team_id", "bucket", "days_past_due", "balance_minor", "overdue_minor")
    known = cohort.select("account_id", "person_id", "creditor_id", "product_id", "currency")
    numbers = pl.col("days_past_due", "balance_minor", "overdue_minor")
    return known.join(today, on="account_id", how="left").with_columns(
        pl.col("bucket").fill_null("closed"), numbers.fill_null(0)
    )


CARDS: dict[str, Pick] = {
    "book": _book, "roll": _roll, "vintage": _vintage, "funnel": _funnel, "recovery": _recovery, "budget": _budget,
    "objections": _objections, "promises": _promises, "received": _received,
}  # fmt: skip
"""Every card: what is counted opens its list."""
