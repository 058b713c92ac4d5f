"""From facts of accounts to one line of facts a person: the columns that a strategy may read.

Pure: frames in, frame out. The worst account leads: the one with the most days past due, then the
larger overdue amount, then the older account.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, timedelta

import polars as pl

from fairdue.engine.ledger.ageing import bucket_expr, days_past_due_expr
from fairdue.kernel.working_days import is_certain, is_working_day, working_days_between

FAR_WORKING_DAYS = 60
"""Working days are counted up to this many; no strategy waits longer for one."""

REMINDED_AHEAD = timedelta(days=10)
"""A pre-due reminder belongs to the next due date if it was sent at most this long before it."""


RECENTLY_BROKEN = timedelta(days=7)
"""A promise or a plan that was broken stays a reason to call for this long."""

NO_PLANS = pl.DataFrame(
    schema={
        "person_id": pl.Int64, "is_running": pl.Boolean, "kept_12": pl.Int64, "broken_12": pl.Int64,
        "latest_broken_date": pl.Date,
    }
)  # fmt: skip
"""What nights from before there were facts of plans kept of them."""


_FALSE = (
    "is_on_hold", "has_complaint", "has_dispute", "has_hardship", "is_promise_open", "is_promise_missed", "is_deceased",
    "has_unsaid", "is_plan_running", "is_plan_broken",
)  # fmt: skip
"""Facts that are false where nothing is on record."""

_ZERO = (
    "promises_kept", "promises_broken", "plans_kept", "plans_broken", "reachable_points", "unanswered_calls_30",
    "paid_90d_minor", "next_due_minor",
)  # fmt: skip
"""Facts that are zero where nothing is on record."""

_HOLD_FACTS = {
    "has_complaint": ("complaint",),
    "has_dispute": ("dispute", "written_dispute"),
    "has_hardship": ("hardship",),
}
"""Fact → kinds of hold of which one must be open."""

_ACCOUNT_COLUMNS = (
    "account_id", "person_id", "creditor_id", "product_id", "product_kind", "institution_group", "dpd_origin",
    "currency", "status",
)  # fmt: skip
_LEAD_COLUMNS = (
    "account_id",
    "creditor_id",
    "currency",
    "product_kind",
    "institution_group",
    "bucket_edges",
    "days_past_due",
)
_STATE_COLUMNS = (
    "account_id", "balance_minor", "overdue_minor", "due_today_minor", "oldest_unpaid_due_date",
    "next_due_date", "next_due_minor", "latest_payment_date",
)  # fmt: skip


def account_facts(
    accounts: pl.DataFrame, products: pl.DataFrame, states: pl.DataFrame, payments: pl.DataFrame, as_of: date
) -> pl.DataFrame:
    """Return live accounts with what is overdue on each and its days past due as of a date.

    1. Only accounts that are not closed and that the ledger knows.
    2. What falls due on the day itself is overdue under the origin `due_date`, not under `due_plus_1`.
    """
    open_accounts = accounts.filter(pl.col("status") != "closed").select(_ACCOUNT_COLUMNS)
    joined = open_accounts.join(states.select(_STATE_COLUMNS), on="account_id").join(
        products.select("product_id", "bucket_edges"), on="product_id", how="left"
    )
    joined = joined.join(payments.select("account_id", "paid_90d_minor"), on="account_id", how="left")
    counts_today = pl.col("dpd_origin") == "due_date"
    overdue = pl.col("overdue_minor") + pl.when(counts_today).then("due_today_minor").otherwise(0)
    oldest = pl.when(overdue > 0).then("oldest_unpaid_due_date")
    days = days_past_due_expr(oldest, as_of, pl.col("dpd_origin"))
    return joined.with_columns(overdue.alias("overdue_minor"), days.cast(pl.Int64).alias("days_past_due"))


def person_facts(accounts: pl.DataFrame, frames: Mapping[str, pl.DataFrame], as_of: date) -> pl.DataFrame:
    """Return one line a person with everything that a strategy, a template and the gate read of it.

    1. `frames` are the fact queries `people`, `points`, `promises`, `promise_history`, `plans`, `reminders`, `unsaid` and
       `calls`, and `hold_kinds`: person_id and kind of each open hold.
    2. Amounts are sums over the accounts in the currency of the leading account, in minor units.
    """
    people = _lead(accounts).join(_persons(frames["people"], as_of), on="person_id", how="left")
    extras = (
        _holds(frames["hold_kinds"]),
        _promises(frames["promises"], as_of),
        frames["promise_history"].select(
            "person_id",
            pl.col("kept_12").alias("promises_kept"),
            pl.col("broken_12").alias("promises_broken"),
        ),
        _plans(frames.get("plans", NO_PLANS), as_of),
        _reachable(frames["points"]),
        _calls(frames["calls"], as_of),
        _reminders(frames["reminders"]),
        _unsaid(frames["unsaid"]),
    )
    for extra in extras:
        people = people.join(extra, on="person_id", how="left")
    people = people.with_columns(pl.col(*_FALSE).fill_null(False), pl.col(*_ZERO).fill_null(0).cast(pl.Int64))
    return people.with_columns(*_calendar(people, as_of)).with_columns(*_rounds(as_of)).sort("person_id")


def _lead(accounts: pl.DataFrame) -> pl.DataFrame:
    """One line a person: the leading account's facts, and sums over the accounts in its currency.

    Most persons have one account: for them nothing has to be sorted or summed.
    """
    has_more = accounts["person_id"].is_duplicated()
    people = pl.concat([_lead_of_one(accounts.filter(~has_more)), _lead_of_many(accounts.filter(has_more))])
    return people.with_columns(bucket_of(people).alias("bucket")).drop("bucket_edges")


def _lead_of_one(accounts: pl.DataFrame) -> pl.DataFrame:
    """What `_lead_of_many` says of persons with one account each."""
    has_next = pl.col("next_due_date").is_not_null()
    return accounts.select(
        "person_id",
        *_LEAD_COLUMNS,
        pl.col("overdue_minor", "balance_minor").fill_null(0),
        pl.when(has_next).then("next_due_minor").fill_null(0).alias("next_due_minor"),
        pl.col("paid_90d_minor").fill_null(0),
        pl.when(pl.col("days_past_due") > 0).then("oldest_unpaid_due_date").alias("overdue_since_date"),
        "next_due_date",
        "latest_payment_date",
        pl.lit(1, dtype=pl.Int64).alias("accounts_count"),
        pl.concat_list("creditor_id").alias("creditor_ids"),
        pl.concat_list("product_kind").alias("product_kinds"),
    )


def _lead_of_many(accounts: pl.DataFrame) -> pl.DataFrame:
    leading = (
        accounts.sort(
            "person_id", "days_past_due", "overdue_minor", "account_id", descending=[False, True, True, False]
        )
        .unique("person_id", keep="first", maintain_order=True)
        .select("person_id", *_LEAD_COLUMNS)
    )
    people = leading.join(_sums(accounts, leading), on="person_id", maintain_order="left")
    for many, one in (("creditor_ids", "creditor_id"), ("product_kinds", "product_kind")):
        people = people.join(
            _listed(accounts, one).rename({one: many}), on="person_id", maintain_order="left"
        )
    return people


def _sums(accounts: pl.DataFrame, leading: pl.DataFrame) -> pl.DataFrame:
    """Plain sums and minima only: expressions inside a group would be asked once a person."""
    next_dates = accounts.group_by("person_id").agg(pl.col("next_due_date").min().alias("soonest"))
    ours = leading.select("person_id", pl.col("currency").alias("lead_currency")).join(
        next_dates, on="person_id"
    )
    same = pl.col("currency") == pl.col("lead_currency")
    is_soonest = pl.col("next_due_date") == pl.col("soonest")
    columns = (
        pl.when(same).then("overdue_minor").alias("overdue_minor"),
        pl.when(same).then("balance_minor").alias("balance_minor"),
        pl.when(same).then("paid_90d_minor").alias("paid_90d_minor"),
        pl.when(same & is_soonest).then("next_due_minor").alias("next_due_minor"),
        pl.when(pl.col("days_past_due") > 0).then("oldest_unpaid_due_date").alias("overdue_since_date"),
    )
    return (
        accounts.join(ours, on="person_id")
        .select("person_id", "next_due_date", "latest_payment_date", *columns)
        .group_by("person_id")
        .agg(
            pl.col("overdue_minor", "balance_minor", "next_due_minor", "paid_90d_minor").sum(),
            pl.col("overdue_since_date", "next_due_date").min(),
            pl.col("latest_payment_date").max(),
            pl.len().cast(pl.Int64).alias("accounts_count"),
        )
    )


def _listed(accounts: pl.DataFrame, column: str) -> pl.DataFrame:
    pairs = accounts.select("person_id", column).unique().sort("person_id", column)
    return pairs.group_by("person_id", maintain_order=True).agg(column)


def bucket_of(people: pl.DataFrame) -> pl.Expr:
    """Return the bucket of the leading account under its product's own edges."""
    chain = bucket_expr(pl.col("days_past_due"), ())
    for text in people["bucket_edges"].unique().drop_nulls().to_list():
        if edges := json.loads(text):
            own = bucket_expr(pl.col("days_past_due"), tuple(edges))
            chain = pl.when(pl.col("bucket_edges") == text).then(own).otherwise(chain)
    return chain


def _persons(persons: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """A person's settings, and the age in full years as of the date; null if the birthday is not known."""
    born = pl.col("birth_date")
    had_birthday = (born.dt.month().cast(pl.Int32) * 100 + born.dt.day()) <= as_of.month * 100 + as_of.day
    age = as_of.year - born.dt.year() - pl.when(had_birthday).then(0).otherwise(1)
    return persons.select(
        "person_id",
        "home_zone",
        "locale",
        "preferred_channel",
        "is_deceased",
        age.cast(pl.Int64).alias("age"),
    )


def _holds(holds: pl.DataFrame) -> pl.DataFrame:
    """Whether a hold is open, and of which kinds a strategy asks; holds are few."""
    return holds.group_by("person_id").agg(
        pl.lit(True).alias("is_on_hold"),
        *(pl.col("kind").is_in(kinds).any().alias(name) for name, kinds in _HOLD_FACTS.items()),
    )


def _reachable(points: pl.DataFrame) -> pl.DataFrame:
    is_reachable = (
        (pl.col("owner") == "debtor")
        & (pl.col("status") == "valid")
        & ~pl.col("is_opted_out").fill_null(False)
    )
    return points.filter(is_reachable).group_by("person_id").agg(pl.len().alias("reachable_points"))


def _calls(calls: pl.DataFrame, as_of: date) -> pl.DataFrame:
    talked = pl.col("latest_conversation_at").dt.convert_time_zone("Asia/Shanghai").dt.date()
    days = (pl.lit(as_of) - talked).dt.total_days().clip(lower_bound=0)
    return calls.select("person_id", days.alias("days_since_conversation"), "unanswered_calls_30")


def _promises(promises: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """A promise waits until its deadline, the promised date plus its grace; then it is missed."""
    deadline, broken = pl.col("open_promise_deadline_date"), pl.col("latest_broken_date")
    is_open = (deadline >= as_of).fill_null(False)
    is_missed = (deadline < as_of).fill_null(False) | (broken >= as_of - RECENTLY_BROKEN).fill_null(False)
    return promises.select(
        "person_id", is_open.alias("is_promise_open"), (is_missed & ~is_open).alias("is_promise_missed")
    )


def _plans(plans: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """A plan that was broken is no longer news once another one runs."""
    is_recent = (pl.col("latest_broken_date") >= as_of - RECENTLY_BROKEN).fill_null(False)
    return plans.select(
        "person_id",
        pl.col("is_running").alias("is_plan_running"),
        (is_recent & ~pl.col("is_running")).alias("is_plan_broken"),
        pl.col("kept_12").alias("plans_kept"),
        pl.col("broken_12").alias("plans_broken"),
    )


def _reminders(reminders: pl.DataFrame) -> pl.DataFrame:
    sent = pl.col("latest_sent_at").dt.convert_time_zone("Asia/Shanghai").dt.date()
    return reminders.select(
        "person_id",
        sent.alias("latest_reminder_date"),
        pl.col("latest_round").cast(pl.Int64),
        "latest_template",
    )


def _unsaid(unsaid: pl.DataFrame) -> pl.DataFrame:
    """Persons whom a planned reminder never reached: it may be planned anew."""
    return unsaid.select("person_id", (pl.col("unsaid_count") > 0).alias("has_unsaid"))


def _calendar(people: pl.DataFrame, as_of: date) -> list[pl.Expr]:
    """Facts that follow from dates alone; each distinct due date is looked up once."""
    worked = _by_date(people["overdue_since_date"], lambda day: _working_days(day, as_of))
    return [
        pl.lit(is_working_day(as_of)).alias("is_working_day"),
        pl.lit(is_certain(as_of)).alias("is_calendar_certain"),
        worked(pl.col("overdue_since_date")).alias("working_days_past_due"),
        (pl.col("next_due_date") - pl.lit(as_of)).dt.total_days().alias("days_until_due"),
        (pl.lit(as_of) - pl.col("latest_reminder_date")).dt.total_days().alias("days_since_reminder"),
        (pl.lit(as_of) - pl.col("latest_payment_date"))
        .dt.total_days()
        .clip(lower_bound=0)
        .alias("days_since_payment"),
    ]


def _working_days(due_date: date, as_of: date) -> int:
    if (as_of - due_date).days > 2 * FAR_WORKING_DAYS:
        return FAR_WORKING_DAYS
    return min(working_days_between(due_date, as_of), FAR_WORKING_DAYS)


def _by_date(dates: pl.Series, value: Callable[[date], int]) -> Callable[[pl.Expr], pl.Expr]:
    known = dates.unique().drop_nulls().to_list()
    numbers = [value(day) for day in known]
    return lambda column: column.replace_strict(known, numbers, default=None, return_dtype=pl.Int64)


def _rounds(as_of: date) -> list[pl.Expr]:
    """A reminder belongs to the present episode if it was sent after the due date that began it."""
    in_episode = pl.col("latest_reminder_date") > pl.col("overdue_since_date")
    ahead = pl.col("next_due_date") - pl.lit(REMINDED_AHEAD)
    is_pre_due = (pl.col("latest_round") == 0) & (pl.col("latest_reminder_date") >= ahead)
    return [
        pl.when(in_episode).then(pl.col("latest_round")).otherwise(0).fill_null(0).alias("rounds_sent"),
        is_pre_due.fill_null(False).alias("is_due_reminded"),
    ]
