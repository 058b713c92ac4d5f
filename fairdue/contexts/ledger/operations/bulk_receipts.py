"""Post many payments at once where each comes after all that its account knows: no history is read again.

What is written is what the general way through `reallocate` writes; where one of the conditions of
`land_in_order` fails for an account, its rows are left to that way.
"""

from __future__ import annotations

import uuid
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from fairdue.contexts.ledger.codes import CASH, RECEIVABLE
from fairdue.contexts.ledger.operations.bulk_receipts_facts import (
    PaidFacts,
    lock_states,
    read_facts,
    read_whole,
)
from fairdue.contexts.ledger.operations.landing import counts
from fairdue.contexts.ledger.queries.segment_rates import is_by_rate
from fairdue.contexts.ledger.queries.terms import policies
from fairdue.engine.ledger.allocation import (
    ACCOUNT_SCHEMA,
    CREDIT_BALANCE,
    DATED_PART_SCHEMA,
    RECEIPT_SCHEMA,
    allocate,
)
from fairdue.kernel.clock import business_date
from fairdue.kernel.money import MAX_MINOR
from fairdue.storage import bulk
from fairdue.storage.beside import statements_beside
from fairdue.storage.staging import references_sound, take_ids

CHUNK_ACCOUNTS = 25_000
"""So many accounts are read, allocated and written together."""


def land_in_order(frame: pl.DataFrame, *, source: str, now: datetime) -> tuple[int, pl.DataFrame]:
    """This function will post the payments it can, and return how many, with the rows that it leaves alone.

    1. Frame: that of `land_transactions`. The caller has begun the transaction and plans for many rows.
    2. Taken are the rows of an account if all of them are sound new payments, none before any of its
       transactions; if only payments, undated charges, credits and reversals ever came to it; if no two of its
       instalments fall due on one day and none is a card's statement; and if no money waits for a later charge.
       Where the order of payment goes by rate, none is.
    3. Nothing is refused here: what is not taken is judged by the general way.
    """
    given = frame.with_columns(source=pl.lit(source), fund=pl.lit(CASH))
    landed = landed_in_order(given, now=now)
    rest = frame.join(landed.select("account_id"), on="account_id", how="anti", maintain_order="left")
    return landed.height, rest


def landed_in_order(frame: pl.DataFrame, *, now: datetime) -> pl.DataFrame:
    """This function will do what `land_in_order` says, and return what it posted with its `receipt_id`.

    The frame also has the `source` and the `fund` of each payment.
    """
    candidates = _sound(frame, now)
    if candidates.is_empty():
        return frame.clear().with_columns(receipt_id=pl.lit(None, pl.Int64))
    states = lock_states(candidates)
    payments = _numbered(candidates.join(states.select("account_id"), on="account_id", how="semi"))
    with references_sound(), statements_beside() as server:
        taken = pl.concat([states.clear().select("account_id"), *_landed(server, states, payments, now)])
    return payments.join(taken, on="account_id", how="semi", maintain_order="left")


def _landed(
    server: Executor, states: pl.DataFrame, payments: pl.DataFrame, now: datetime
) -> list[pl.DataFrame]:
    """Land chunk by chunk: while one is allocated here, the server reads the next or writes the one before."""
    chunks = [
        (mine, payments.join(mine.select("account_id"), on="account_id", how="semi", maintain_order="left"))
        for mine in states.sort("account_id").iter_slices(CHUNK_ACCOUNTS)
    ]
    taken: list[pl.DataFrame] = []
    writing: list[Future[None]] = []
    reading = [server.submit(read_facts, *chunk) for chunk in chunks[:1]]
    for number, (_, chosen) in enumerate(chunks):
        facts = reading[number].result()
        reading += [server.submit(read_facts, *chunk) for chunk in chunks[number + 1 : number + 2]]
        settled = _allocated(chosen, facts)
        if not facts.is_whole:
            settled = _completed(server, settled, chosen, facts)
        taken.append(settled.accounts)
        chosen = chosen.join(settled.accounts, on="account_id", how="semi", maintain_order="left")
        writing.append(server.submit(_write, chosen, settled, now))
    for write in writing:
        write.result()
    return taken


def _write(payments: pl.DataFrame, settled: _Settled, now: datetime) -> None:
    if payments.is_empty():
        return
    _insert(payments, settled.parts, now)
    _update_items(settled.items)
    _update_states(payments, settled, now)


def _sound(frame: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """Return the rows of accounts all of whose rows are sound payments, for all that the frame tells."""
    is_sound = (
        (pl.col("kind") == "payment")
        & pl.col("amount_minor").is_between(1, MAX_MINOR)
        & (pl.col("effective_date") <= business_date(now))
        & pl.col("external_ref").is_not_null()
    ).fill_null(False)
    unsound = [frame.filter(~is_sound)]
    keys = frame.select("account_id", "external_ref")
    unsound.append(frame.filter(keys.is_duplicated()))
    if frame["currency"].n_unique() > 1:
        is_mixed = pl.col("currency").n_unique().over("account_id") > 1
        unsound.append(frame.filter(is_mixed))
    accounts = pl.concat(unsound).select("account_id")
    if accounts.is_empty():
        return frame
    return frame.join(accounts, on="account_id", how="anti", maintain_order="left")


def _numbered(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the payments by account with their new numbers, which rise with its effective dates."""
    ordered = rows.sort("account_id", "effective_date", maintain_order=True)
    return ordered.with_columns(take_ids("ledger_transaction", ordered.height).alias("receipt_id"))


@dataclass(frozen=True, slots=True)
class _Settled:
    parts: pl.DataFrame
    items: pl.DataFrame
    """Every item that was open: what was open of it, what these payments paid, and its `settled_date`."""
    accounts: pl.DataFrame

    def without(self, accounts: pl.DataFrame) -> _Settled:
        frames = (self.parts, self.items, self.accounts)
        return _Settled(*(frame.join(accounts, on="account_id", how="anti") for frame in frames))


def _completed(server: Executor, settled: _Settled, payments: pl.DataFrame, facts: PaidFacts) -> _Settled:
    """Allocate anew, with all that is open, where the items that were read did not take all of the money.

    1. Money was left, or nothing of these items was: then what is owed beyond them counts.
    2. A part settled an item beyond the reach of its payment: the balance that no item asks for comes first.
    """
    short = _short(settled, facts)
    if short.is_empty():
        return settled
    few = facts.states.join(short, on="account_id", how="semi")
    whole = server.submit(read_whole, few).result()
    again = _allocated(payments.join(whole.states.select("account_id"), on="account_id", how="semi"), whole)
    pairs = ((settled.parts, again.parts), (settled.items, again.items), (settled.accounts, again.accounts))
    kept = [
        pl.concat([first.join(short, on="account_id", how="anti"), second.select(first.columns)])
        for first, second in pairs
    ]
    return _Settled(*kept)


def _short(settled: _Settled, facts: PaidFacts) -> pl.DataFrame:
    held = settled.parts.filter(pl.col("component") == CREDIT_BALANCE).select("account_id")
    unpaid = settled.items.filter(pl.col("paid_minor") < pl.col("asked_minor")).select("account_id").unique()
    spent = settled.accounts.join(unpaid, on="account_id", how="anti")
    found = [held, spent]
    rules = [policies()[code] for code in facts.states["policy"].unique()]
    reaches = [way.reach_days for rule in rules for way in (rule, *rule.stages) if way.reach_days is not None]
    if reaches:
        days = settled.items.select("due_item_id", "due_date")
        is_beyond = pl.col("due_date") > pl.col("effective_date") + pl.duration(days=min(reaches))
        found.append(settled.parts.join(days, on="due_item_id").filter(is_beyond).select("account_id"))
    return pl.concat(found).unique()


def _allocated(payments: pl.DataFrame, facts: PaidFacts) -> _Settled:
    """Allocate the payments by the policy of each account's product, on what is open now."""
    parts, items = [pl.DataFrame(schema=DATED_PART_SCHEMA)], []
    waiting = facts.states.select("account_id").clear()
    for (code,), states in facts.states.group_by("policy"):
        mine = states.select("account_id")
        if is_by_rate(str(code)):
            waiting = pl.concat([waiting, mine])
            continue
        one = states.height == facts.states.height
        chosen = [
            frame if one else frame.join(mine, on="account_id", how="semi", maintain_order="left")
            for frame in (facts.items, payments.with_columns(component=pl.lit("")), facts.balances)
        ]
        known = states.select("account_id", "dpd_origin", judgment_date=pl.lit(None, pl.Date))
        rule = policies()[str(code)]
        result = allocate(
            chosen[0],
            chosen[1].select(*RECEIPT_SCHEMA),
            chosen[2],
            rule,
            accounts=known.select(*ACCOUNT_SCHEMA),
        )
        parts.append(result.parts)
        items.append(result.asked)
        if rule.has_reach:
            waiting = pl.concat([waiting, _waiting(result.parts, payments)])
    opened = pl.concat(items) if items else facts.items.with_columns(settled_date=pl.lit(None, pl.Date))
    settled = _Settled(pl.concat(parts), opened, facts.states.select("account_id"))
    return settled if waiting.is_empty() else settled.without(waiting)


def _waiting(parts: pl.DataFrame, payments: pl.DataFrame) -> pl.DataFrame:
    """Return the accounts on which money is held until something falls due: they go the general way."""
    received = payments.select("receipt_id", received_date="effective_date")
    is_later = pl.col("effective_date") > pl.col("received_date")
    return parts.join(received, on="receipt_id").filter(is_later).select("account_id").unique()


def _insert(payments: pl.DataFrame, parts: pl.DataFrame, now: datetime) -> None:
    transactions = payments.select(
        "account_id",
        "person_id",
        "external_ref",
        "kind",
        "amount_minor",
        "currency",
        "effective_date",
        "source",
        "fund",
        id="receipt_id",
        recorded_at=pl.lit(now),
    )
    bulk.copy_in_fast(transactions, "ledger_transaction")
    owners = payments.select("receipt_id", "person_id", "currency", "fund")
    is_held = pl.col("component") == CREDIT_BALANCE
    postings = (
        parts.join(owners, on="receipt_id", how="left")
        .sort("account_id", "receipt_id")
        .select(
            "account_id",
            "person_id",
            "due_item_id",
            "amount_minor",
            "currency",
            "effective_date",
            entry=pl.lit(uuid.uuid4().bytes),
            transaction_id="receipt_id",
            kind=pl.lit("allocation"),
            debit="fund",
            credit=pl.when(is_held).then("component").otherwise(RECEIVABLE + pl.col("component")),
            recorded_at=pl.lit(now),
        )
    )
    bulk.copy_in_fast(postings, "ledger_posting")


UPDATE_ITEMS_SQL = """
UPDATE ledger_dueitem d SET paid_minor = d.paid_minor + n.paid_minor, settled_date = n.settled_date
  FROM ledger_paid_item n WHERE d.ctid = n.row_place AND d.id + 0 = n.id
"""
"""The sum hides the number from the planner, which would rather search its index than go to the place."""
BY_PLACE_SQL = """
SELECT current_setting('enable_nestloop'), set_config('enable_nestloop', 'on', true),
       set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)
"""
AS_BEFORE_SQL = """
SELECT set_config('enable_nestloop', %s, true), set_config('enable_hashjoin', 'on', true),
       set_config('enable_mergejoin', 'on', true)
"""


def _update_items(items: pl.DataFrame) -> None:
    """Update the paid items where they lie: no index is searched and no other row is read.

    :raises RuntimeError: if one lies elsewhere, which the lock of its account's state forbids
    """
    changed = (
        items.filter(pl.col("paid_minor") > 0)
        .select("paid_minor", "settled_date", "row_place", id="due_item_id")
        .sort("row_place")
    )
    if changed.is_empty():
        return
    _stage(
        changed,
        "ledger_paid_item",
        "paid_minor bigint, settled_date date, row_place tid, id bigint",
        is_analyzed=False,
    )
    before = counts(BY_PLACE_SQL)[0]
    updated = bulk.execute(UPDATE_ITEMS_SQL)
    bulk.execute(AS_BEFORE_SQL, [before])
    if updated != changed.height:
        raise RuntimeError(f"{changed.height - updated} due items moved while their accounts were locked")


UPDATE_STATES_SQL = """
UPDATE ledger_accountstate s
   SET balance_minor = s.balance_minor - n.settled_minor,
       credit_balance_minor = s.credit_balance_minor + n.held_minor,
       oldest_unpaid_due_date = n.oldest, latest_payment_date = n.latest_date,
       latest_payment_minor = n.latest_minor, recorded_at = %s
  FROM ledger_paid_state n WHERE s.account_id = n.account_id AND s.account_id BETWEEN %s AND %s
"""
STATE_TYPES = """account_id bigint, settled_minor bigint, held_minor bigint, oldest date, latest_date date,
                 latest_minor bigint"""


def _update_states(payments: pl.DataFrame, settled: _Settled, now: datetime) -> None:
    is_held = pl.col("component") == CREDIT_BALANCE
    sums = settled.parts.group_by("account_id").agg(
        settled_minor=pl.col("amount_minor").filter(~is_held).sum(),
        held_minor=pl.col("amount_minor").filter(is_held).sum(),
    )
    unpaid = settled.items.filter(pl.col("paid_minor") < pl.col("asked_minor"))
    oldest = unpaid.group_by("account_id").agg(oldest=pl.col("due_date").min())
    latest = payments.unique("account_id", keep="last").select(
        "account_id", latest_date="effective_date", latest_minor="amount_minor"
    )
    states = (
        sums.join(latest, on="account_id")
        .join(oldest, on="account_id", how="left")
        .select("account_id", "settled_minor", "held_minor", "oldest", "latest_date", "latest_minor")
        .sort("account_id")
    )
    _stage(states, "ledger_paid_state", STATE_TYPES)
    bulk.execute(UPDATE_STATES_SQL, [now, states["account_id"][0], states["account_id"][-1]])


def _stage(frame: pl.DataFrame, table: str, types: str, *, is_analyzed: bool = True) -> None:
    bulk.execute(f"DROP TABLE IF EXISTS {table}")
    bulk.execute(f"CREATE TEMP TABLE {table} ({types}) ON COMMIT DROP")
    bulk.copy_in_fast(frame, table)
    if is_analyzed:
        bulk.execute(f"ANALYZE {table}")
