"""One partition of a night, from facts to judged ways: pure, the same here and inside Spark's executors.

A partition holds every row of its persons and of nobody else. What needs more than one person's rows (rank, capacity)
is not decided here, so the number of partitions changes no result.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from fairdue.contexts.law.columns import (
    bound_persons,
    holds_by_person,
    holds_on,
    judge_lines,
    weekly_hours,
    with_special_facts,
)
from fairdue.journeys.nightly_cycle.candidates import CONTACTS, propose
from fairdue.journeys.nightly_cycle.choose import decide_persons
from fairdue.journeys.nightly_cycle.contact_facts import with_consents, with_history, with_zones
from fairdue.journeys.nightly_cycle.person_facts import account_facts, person_facts
from fairdue.journeys.nightly_cycle.plan import NightPlan

BOOK_NOT_CURRENT = "book_not_current"
"""Why nothing comes of a row: the creditor's file of tonight is partial."""

WAY_COLUMNS = (
    "person_id", "channel", "contact_point_id", "at", "outcome", "reasons", "retry_after", "preference", "home_zone",
    "jurisdiction",
)  # fmt: skip

OUTPUTS = ("persons", "decided", "ways", "counts")
"""What a partition comes to; `decide_persons` may add more, such as `shadow`."""

Frames = Mapping[str, Any]


def decide_partition(frames: Frames, plan: NightPlan) -> dict[str, pl.DataFrame]:
    """This function will decide one partition of persons: facts, next step, and the gate's word on every way.

    1. `frames` are the night's fact queries by name (`facts.fact_queries`), as Polars frames or Arrow tables.
    2. `persons`: one line of facts a person. `decided`: one line a person, with the row's own rank; the rank over all
       persons is given afterwards. `ways`: every proposed way with outcome, reasons and the moment to retry.
       `counts`: one line of numbers.
    3. The rows' order does not matter, and every frame comes back sorted by person.
    """
    found = {name: _frame(frame) for name, frame in frames.items()}
    debts = found["accounts"].filter(pl.col("status") != "closed")
    open_holds = holds_on(found["open_holds"], debts)
    found |= {"holds": holds_by_person(open_holds), "hold_kinds": open_holds}
    accounts = account_facts(
        found["accounts"], found["products"], found["states"], found["payments"], plan.cycle_date
    )
    persons = person_facts(accounts, found, plan.cycle_date)
    decided = decide_persons(persons, plan.choice)
    decided["decided"] = _left_out(decided["decided"], plan)
    ways = _ways(decided["decided"], found | {"all_open_holds": open_holds, "all_debts": debts}, plan)
    return {"persons": persons, **decided, "ways": ways, "counts": _counts(found["accounts"], persons)}


def _left_out(decided: pl.DataFrame, plan: NightPlan) -> pl.DataFrame:
    """Take the contact from whoever owes a creditor whose book is partial tonight: they may have paid."""
    if not plan.left_out:
        return decided
    owes_them = pl.col("creditor_ids").list.eval(pl.element().is_in(list(plan.left_out))).list.any()
    is_left_out = owes_them & pl.col("step").is_in(CONTACTS)
    return decided.with_columns(
        pl.when(is_left_out).then(pl.lit(BOOK_NOT_CURRENT)).otherwise("held_back").alias("held_back"),
        pl.when(is_left_out).then(pl.lit("none")).otherwise("step").alias("step"),
        pl.when(is_left_out).then(pl.lit(0)).otherwise("rank").cast(pl.Int64).alias("rank"),
    )


def _frame(frame: Any) -> pl.DataFrame:
    return frame if isinstance(frame, pl.DataFrame) else pl.DataFrame(frame)


def _counts(accounts: pl.DataFrame, persons: pl.DataFrame) -> pl.DataFrame:
    """Persons with an account, with an open one, with one that the ledger knows."""
    open_people = accounts.filter(pl.col("status") != "closed")["person_id"].n_unique()
    return pl.DataFrame(
        {
            "everyone": [accounts["person_id"].n_unique()],
            "open_people": [open_people],
            "persons": [persons.height],
        }
    )


def _ways(decided: pl.DataFrame, frames: Mapping[str, pl.DataFrame], plan: NightPlan) -> pl.DataFrame:
    """Every way of reaching the persons whose row wants a contact, judged."""
    wanted = decided.filter(pl.col("step").is_in(CONTACTS)).select("person_id")
    mine = {name: _of(frame, wanted) for name, frame in frames.items() if name != "products"}
    schema = {"template": pl.String, "channel": pl.String, "spoken": pl.String}
    texts = pl.DataFrame(list(plan.texts), schema=schema, orient="row").unique()
    lines = propose(decided, mine["points"], texts, plan.cycle_date)
    known = with_history(with_zones(lines, mine["points"]), mine)
    known = with_consents(known, mine["consents"], weekly_hours)
    if plan.has_other_laws:
        known = _with_other_laws(known, mine, plan)
    judged = judge_lines(known.sort("line"), plan.law.rulebook_of, now=plan.now)
    jurisdiction = pl.col("jurisdiction") if "jurisdiction" in judged.columns else pl.lit("")
    return (
        judged.with_columns(
            pl.col("rule_ids").list.join(",").alias("reasons"),
            jurisdiction.fill_null("").alias("jurisdiction"),
        )
        .select(WAY_COLUMNS)
        .sort("person_id", "preference", "channel")
    )


def _of(frame: pl.DataFrame, wanted: pl.DataFrame) -> pl.DataFrame:
    """Only what concerns persons who are to be contacted: few of all."""
    return frame.join(wanted, on="person_id", how="semi", maintain_order="left")


def _with_other_laws(
    lines: pl.DataFrame, frames: Mapping[str, pl.DataFrame], plan: NightPlan
) -> pl.DataFrame:
    debts = frames["all_debts"]
    special = {
        "points": frames["points"],
        "consents": frames["consents"],
        "told": frames["told"],
        "notices": frames["notices"],
        "open_holds": frames["all_open_holds"],
        "debts": debts.select("person_id", "account_id"),
        "bound": bound_persons(debts, frames["people"], frames["points"], plan.law.bound_by),
    }
    return with_special_facts(lines, special, now=plan.now)
