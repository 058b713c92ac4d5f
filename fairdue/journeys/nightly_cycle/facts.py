"""Stage facts: every fact of the night leaves the database as of one moment, in bounded memory, and stays as Parquet."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from fairdue.contexts.arrangements import facade as arrangements
from fairdue.contexts.book import facade as book
from fairdue.contexts.cases import facade as cases
from fairdue.contexts.decisions import facade as decisions
from fairdue.contexts.decisions.facade import StageResult
from fairdue.contexts.law import facade as law
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.outreach import facade as outreach
from fairdue.contexts.parties import facade as parties
from fairdue.journeys.nightly_cycle.exporting import Exporter
from fairdue.journeys.nightly_cycle.night import Night
from fairdue.journeys.nightly_cycle.partition import BOOK_NOT_CURRENT
from fairdue.kernel.clock import HOUSE_ZONE
from fairdue.storage.bulk import count_rows, database_url, estimated_rows, execute, read_beside

HISTORY = timedelta(days=60)
"""Contacts older than this fill no cap of any pack."""

READ_TABLES = (
    "book_account", "ledger_accountstate", "ledger_dueitem", "parties_person", "parties_contactpoint",
    "parties_consent", "law_contact", "law_hold", "ledger_transaction", "outreach_message", "outreach_dispatch", "cases_promisetopay",
    "arrangements_plan",
)  # fmt: skip
"""Tables whose statistics the planner needs: a file may have filled them minutes ago."""

WHOLE = ("products",)
"""What concerns no person: one file for all partitions."""


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
        "promise_history": cases.promise_history_sql(cycle_date),
        "plans": arrangements.plan_facts_sql(cycle_date),
        "calls": law.call_facts_sql(cycle_date),
        "payments": ledger.payment_facts_sql(cycle_date),
    } | (_of_other_laws(since) if has_other_laws() else {})


def has_other_laws() -> bool:
    """Tell whether anybody is under other packs than the default ones; if nobody is, what only they ask stays unread."""
    return book.has_other_laws() or parties.has_places()


def _of_other_laws(since: datetime) -> dict[str, str]:
    return {"told": law.told_facts_sql(since=since), "notices": law.NOTICE_FACTS_SQL}


def gather_facts(night: Night) -> StageResult:
    """Write what the rooms know of every person, by partition.

    1. The folder appears as a whole: a draft folder is renamed once every file is in it.
    2. An extra night reads the persons of its creditor for whom the day is not decided, with all that is known of them.
    3. In: rows that the database sent. Out: rows that lie in the files.
    """
    queries = fact_queries(night.cycle_date)
    execute(f"ANALYZE {', '.join(READ_TABLES)}")
    persons = estimated_rows("parties_person")
    if night.creditor_id is not None:
        late = _late_persons_sql(night.cycle_date, night.creditor_id)
        queries = {name: query if name in WHOLE else _only(query, late) for name, query in queries.items()}
        persons = count_rows(late)
    count = max(1, -(-persons // night.partition_persons))
    with night.fresh_folder() as draft:
        rows: dict[str, int] = {}

        def take(name: str, reader: Any) -> None:
            with Exporter(draft, name, 1 if name in WHOLE else count, is_whole=name in WHOLE) as exporter:
                rows[name] = exporter.take(reader)

        for done, _name in enumerate(read_beside(queries, database_url(), take), start=1):
            night.progress("facts", done, len(queries))
    night.keep("facts")
    total = sum(rows.values())
    return StageResult(
        in_count=total,
        out_count=total,
        rejected={},
        detail={"accounts": rows["accounts"], "parts": count, "rows": {name: rows[name] for name in queries}},
    )


def _late_persons_sql(cycle_date: date, creditor_id: int) -> str:
    decided = decisions.decided_persons_sql(cycle_date, BOOK_NOT_CURRENT)
    return f"{book.persons_of_creditor_sql(creditor_id)} EXCEPT ({decided})"


def _only(query: str, persons: str) -> str:
    return f"SELECT f.* FROM ({query}) f JOIN ({persons}) late USING (person_id)"
