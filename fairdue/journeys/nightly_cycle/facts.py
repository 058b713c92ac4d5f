"""Stage facts: every fact of the night leaves the database as of one moment and stays as Parquet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import polars as pl

from fairdue.contexts.book import facade as book
from fairdue.contexts.cases import facade as cases
from fairdue.contexts.decisions.facade import StageResult
from fairdue.contexts.law import facade as law
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.outreach import facade as outreach
from fairdue.contexts.parties import facade as parties
from fairdue.journeys.nightly_cycle.night import Night
from fairdue.journeys.nightly_cycle.person_facts import account_facts, person_facts
from fairdue.kernel.clock import HOUSE_ZONE
from fairdue.storage.bulk import database_url, execute, read_snapshot

HISTORY = timedelta(days=60)
"""Contacts older than this fill no cap of any pack."""

READ_TABLES = (
    "book_account", "ledger_accountstate", "ledger_dueitem", "parties_person", "parties_contactpoint",
    "parties_consent", "law_contact", "outreach_message", "outreach_dispatch", "cases_promisetopay",
)  # fmt: skip
"""Tables whose statistics the planner needs: a file may have filled them minutes ago."""

KEPT = ("points", "contacts", "unanswered", "consents", "told", "notices")
"""What the gate will read, kept as it came."""


def fact_queries(cycle_date: date) -> dict[str, str]:
    """Return what the night reads, by name: the published fact queries of the rooms below and beside."""
    since = datetime.combine(cycle_date, time.min, HOUSE_ZONE) - HISTORY
    return {
        "accounts": book.ACCOUNT_FACTS_SQL,
        "products": book.PRODUCT_FACTS_SQL,
        "states": ledger.state_facts_sql(cycle_date),
        "people": parties.PERSON_FACTS_SQL,
        "points": parties.CONTACT_POINT_FACTS_SQL,
        "consents": parties.CONSENT_FACTS_SQL,
        "open_holds": law.OPEN_HOLD_FACTS_SQL,
        "contacts": law.contact_facts_sql(since=since),
        "unanswered": law.unanswered_facts_sql(since=since),
        "reminders": outreach.reminder_facts_sql(cycle_date),
        "unsaid": outreach.unsaid_facts_sql(cycle_date),
        "promises": cases.PROMISE_FACTS_SQL,
    } | (_of_other_laws(since) if has_other_laws() else {})


def has_other_laws() -> bool:
    """Tell whether anybody is under other packs than the default ones; if nobody is, what only they ask stays unread."""
    return book.has_other_laws() or parties.has_places()


def _of_other_laws(since: datetime) -> dict[str, str]:
    return {"told": law.told_facts_sql(since=since), "notices": law.NOTICE_FACTS_SQL}


def gather_facts(night: Night) -> StageResult:
    """Write the facts of every person with a debt, and what the gate will want to know of contacts.

    1. The folder appears as a whole: a draft folder is renamed once every file is in it.
    2. In: persons with an account. Out: persons with an open account that the ledger knows.
    """
    frames: dict[str, pl.DataFrame] = {}
    queries = fact_queries(night.cycle_date)
    with night.fresh_folder() as keep:
        for name, frame in _read(night, queries):
            if name in KEPT:
                keep(name, frame)
            if name not in KEPT or name == "points":
                frames[name] = frame
        debts = frames["accounts"].filter(pl.col("status") != "closed")
        open_holds = law.holds_on(frames["open_holds"], debts)
        frames["holds"] = law.holds_by_person(open_holds)
        keep("holds", frames["holds"])
        if "told" in queries:
            keep("open_holds", open_holds)
            keep("debts", debts.select("person_id", "account_id"))
            keep("bound", law.bound_persons(debts, frames["people"], frames["points"]))
        people = _derive(night, frames)
        keep("persons", people)
    return _count(frames["accounts"], people)


def _read(night: Night, queries: dict[str, str]) -> Iterator[tuple[str, pl.DataFrame]]:
    execute(f"ANALYZE {', '.join(READ_TABLES)}")
    for done, (name, frame) in enumerate(read_snapshot(queries, database_url()), start=1):
        night.progress("facts", done, len(queries) + 1)
        yield name, frame


def _derive(night: Night, frames: dict[str, pl.DataFrame]) -> pl.DataFrame:
    accounts = account_facts(frames["accounts"], frames["products"], frames.pop("states"), night.cycle_date)
    return person_facts(accounts, frames, night.cycle_date)


def _count(accounts: pl.DataFrame, people: pl.DataFrame) -> StageResult:
    everyone = accounts["person_id"].n_unique()
    open_people = accounts.filter(pl.col("status") != "closed")["person_id"].n_unique()
    rejected = {
        "cycle.facts.all_accounts_closed": everyone - open_people,
        "cycle.facts.not_in_ledger": open_people - people.height,
    }
    return StageResult(
        in_count=everyone,
        out_count=people.height,
        rejected={reason: count for reason, count in rejected.items() if count},
        detail={"accounts": accounts.height},
    )
