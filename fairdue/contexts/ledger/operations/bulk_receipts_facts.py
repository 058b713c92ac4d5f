"""What the bulk landing of payments reads: locked states, open items, and balances that no item asks for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from fairdue.contexts.ledger.codes import LENT
from fairdue.contexts.ledger.queries.terms import components, policies
from fairdue.engine.ledger.allocation import RECEIVABLE_SCHEMA
from fairdue.engine.ledger.event_kinds import PLAIN_KINDS, REVERSAL
from fairdue.storage import bulk
from fairdue.storage.columns_out import read_numbers

NEVER = date(1900, 1, 1)
"""Stands for "no such date" in columns that have no nulls."""

STATES_SQL = """
SELECT s.account_id, s.person_id, a.product_id, s.balance_date, s.balance_minor,
       coalesce(s.oldest_unpaid_due_date, DATE '1900-01-01'), coalesce(t.latest_date, DATE '1900-01-01'),
       (s.standing = 'active' AND s.currency = s.paid_currency AND coalesce(t.is_plain, true))::int
  FROM (SELECT f.account_id, f.person_id, f.currency, f.balance_date, f.balance_minor, f.standing,
               f.oldest_unpaid_due_date, i.currency AS paid_currency
          FROM ledger_accountstate f JOIN ledger_paid i ON i.account_id = f.account_id
         WHERE f.account_id BETWEEN {least:d} AND {greatest:d} ORDER BY f.account_id FOR UPDATE OF f) s
  JOIN book_account a ON a.id = s.account_id
  LEFT JOIN (SELECT account_id, max(effective_date) AS latest_date,
                    bool_and(kind IN ({kinds}) AND NOT (kind = 'charge' AND details ? 'due_date')) AS is_plain
               FROM ledger_transaction WHERE account_id BETWEEN {least:d} AND {greatest:d}{paid}
              GROUP BY account_id) t ON t.account_id = s.account_id
 WHERE a.id BETWEEN {least:d} AND {greatest:d}
"""
STATE_SCHEMA = {
    "account_id": pl.Int64,
    "person_id": pl.Int64,
    "product_id": pl.Int64,
    "balance_date": pl.Date,
    "balance_minor": pl.Int64,
    "oldest_date": pl.Date,
    "latest_date": pl.Date,
    "is_sound": pl.Int32,
}
PRODUCTS_SQL = "SELECT id, allocation_policy, dpd_origin FROM book_product"
PRODUCT_SCHEMA = {"product_id": pl.Int64, "policy": pl.String, "dpd_origin": pl.String}
KNOWN_SQL = """
SELECT i.account_id FROM ledger_paid_ref i JOIN ledger_transaction t
    ON t.account_id = i.account_id AND t.external_ref = i.external_ref
"""
WAITING_SQL = """
SELECT account_id, max(effective_date) FROM ledger_posting
 WHERE (debit = 'credit_balance' OR credit = 'credit_balance') AND effective_date > DATE '{after}'
   AND account_id IN (SELECT account_id FROM ledger_paid_ref) AND account_id BETWEEN {least:d} AND {greatest:d}
 GROUP BY account_id
"""
"""Until when money that an account holds waits for what falls due: money in between may pay it instead."""
ITEMS_SQL = """
SELECT d.account_id, d.id, d.due_date,
       hashtext(d.due_ref)::bigint * 256 + CASE WHEN left(d.due_ref, 2) = 's:' THEN 255 ELSE {code} END,
       d.asked_minor - d.paid_minor, d.ctid
  FROM ledger_dueitem d{paid}
 WHERE d.account_id BETWEEN {least:d} AND {greatest:d} AND d.paid_minor < d.asked_minor
   AND d.due_date <= DATE '{until}'
"""
"""The fourth column holds a number for the reference and one for the component: each column costs its time.

The last is where the row lies. It lies there until this transaction ends: rows of an account change only under
the lock of its state, which is ours, and nothing that moves rows runs beside a reader.
"""
AMONG_PAID = " AND account_id IN (SELECT account_id FROM ledger_paid)"
PAID_JOIN = " JOIN ledger_paid_few i ON i.account_id = d.account_id"
FEW_OF_SPAN = 0.5
"""Where fewer of the accounts between the least and the greatest are paid, the server leaves out the others."""
ITEM_SCHEMA = {
    "account_id": pl.Int64,
    "due_item_id": pl.Int64,
    "due_date": pl.Date,
    "ref_and_code": pl.Int64,
    "asked_minor": pl.Int64,
    "row_place": pl.Binary,
}
UNKNOWN = 255
OPEN_SCHEMA = {
    "account_id": pl.Int64,
    "due_item_id": pl.Int64,
    "due_date": pl.Date,
    "component": pl.String,
    "asked_minor": pl.Int64,
    "amount_minor": pl.Int64,
    "paid_minor": pl.Int64,
    "row_place": pl.Binary,
    "is_charged": pl.Boolean,
}
AHEAD = timedelta(days=31)
"""How long after the latest payment open items fall due that are read at once: as long as for one instalment."""
BALANCES_SQL = """
SELECT account_id, {code}, sum(amount_minor)::bigint
  FROM (SELECT p.account_id, substr(p.debit, 12) AS component, p.amount_minor
          FROM ledger_posting p JOIN ledger_paid_loose i ON i.account_id = p.account_id
         WHERE p.account_id BETWEEN {least:d} AND {greatest:d} AND p.debit LIKE 'receivable:%'
         UNION ALL
        SELECT p.account_id, substr(p.credit, 12), -p.amount_minor
          FROM ledger_posting p JOIN ledger_paid_loose i ON i.account_id = p.account_id
         WHERE p.account_id BETWEEN {least:d} AND {greatest:d} AND p.credit LIKE 'receivable:%') d
 GROUP BY 1, 2
"""
BALANCE_SCHEMA = {"account_id": pl.Int64, "code": pl.Int32, "amount_minor": pl.Int64}


@dataclass(frozen=True, slots=True)
class PaidFacts:
    """The present of the accounts whose payments can be posted on top of it; their states are locked."""

    states: pl.DataFrame
    """account_id, person_id, policy, dpd_origin, balance_minor, …"""
    items: pl.DataFrame
    """The open items, as `allocate` carries on from them; each asks for what is open of it."""
    balances: pl.DataFrame
    """RECEIVABLE_SCHEMA of the accounts that owe more than their items ask for; only where all items are here."""
    is_whole: bool
    """Whether all open items are here, or only those due until a while after the latest payment."""


def lock_states(payments: pl.DataFrame) -> pl.DataFrame:
    """Lock the accounts of payments and return the states of those where the payments come last."""
    accounts = payments.group_by("account_id").agg(
        pl.col("currency").first(), earliest=pl.col("effective_date").min()
    )
    _stage(accounts.select("account_id", "currency"), "ledger_paid", "account_id bigint, currency text")
    return _states(accounts, payments, _span(accounts))


def read_facts(states: pl.DataFrame, payments: pl.DataFrame) -> PaidFacts:
    """Return what is open on some of the accounts that `lock_states` locked, and that their payments may reach.

    1. Where their rules settle items ahead by due date, items of days far ahead are not read: few payments reach them.
    2. Where they settle all items by due date, most payments settle one instalment from the oldest on, or a little more.
    3. Accounts whose money goes further are read again, whole, by the caller.
    """
    rules = [policies()[code] for code in states["policy"].unique()]
    ways = [
        way for rule in rules for way in (rule, *rule.stages) if not getattr(way, "needs_judgment", False)
    ]
    if not all(way.is_by_due_date for way in ways):
        return _facts(states, date.max)
    latest: date = payments["effective_date"].max()  # type: ignore[assignment]
    if not all(way.is_row_by_row for way in ways):
        return _facts(states, latest + AHEAD)
    return _facts(states, min(latest + AHEAD, _usual_reach(states, payments)))


def _usual_reach(states: pl.DataFrame, payments: pl.DataFrame) -> date:
    """Return the day until which money usually reaches where all that is unpaid is long past."""
    counted = payments.group_by("account_id").agg(steps=pl.len().cast(pl.Int64) + 1)
    reached = states.join(counted, on="account_id").select(
        day=pl.col("oldest_date") + pl.col("steps") * pl.duration(days=AHEAD.days)
    )
    return reached["day"].max()  # type: ignore[return-value]


def read_whole(states: pl.DataFrame) -> PaidFacts:
    """Return all that is open on some of the accounts that `lock_states` locked."""
    return _facts(states, date.max)


def _facts(states: pl.DataFrame, until: date) -> PaidFacts:
    if states.is_empty():
        return PaidFacts(
            states, pl.DataFrame(schema=OPEN_SCHEMA), pl.DataFrame(schema=RECEIVABLE_SCHEMA), True
        )
    span = _span(states)
    is_few = _is_few(states, span)
    paid = PAID_JOIN if is_few else ""
    if is_few:
        _stage(states.select("account_id"), "ledger_paid_few", "account_id bigint")
    query = ITEMS_SQL.format(code=_code("d.component"), until=until, paid=paid, **span)
    items = read_numbers(query, ITEM_SCHEMA).with_columns(code=pl.col("ref_and_code") & UNKNOWN)
    odd = _odd(items)
    if odd.height:
        states = states.join(odd, on="account_id", how="anti")
    items = items.join(states.select("account_id"), on="account_id", how="semi", maintain_order="left")
    is_whole = until == date.max
    loose = _loose_balances(states, items, span) if is_whole else pl.DataFrame(schema=RECEIVABLE_SCHEMA)
    opened = items.select(
        "account_id",
        "due_item_id",
        "due_date",
        _component(),
        "asked_minor",
        amount_minor="asked_minor",
        paid_minor=pl.lit(0, pl.Int64),
        row_place="row_place",
        is_charged=~pl.col("code").is_in(_lent()),
    )
    return PaidFacts(states, opened, loose, is_whole)


def _span(accounts: pl.DataFrame) -> dict[str, int]:
    """Return between which accounts every statement looks, so that it reads no more of a table than it needs."""
    least, greatest = accounts["account_id"].min(), accounts["account_id"].max()
    return {"least": least, "greatest": greatest}  # type: ignore[dict-item]


def _is_few(accounts: pl.DataFrame, span: dict[str, int]) -> bool:
    return accounts.height < FEW_OF_SPAN * (span["greatest"] - span["least"] + 1)


def _states(accounts: pl.DataFrame, payments: pl.DataFrame, span: dict[str, int]) -> pl.DataFrame:
    """Lock the states; return those of sound accounts all of whose payments are new and come last."""
    kinds = ", ".join(f"'{kind}'" for kind in (*PLAIN_KINDS, REVERSAL))
    paid = AMONG_PAID if _is_few(accounts, span) else ""
    states = read_numbers(STATES_SQL.format(kinds=kinds, paid=paid, **span), STATE_SCHEMA)
    products = bulk.copy_out(PRODUCTS_SQL, PRODUCT_SCHEMA)
    states = (
        states.filter(pl.col("is_sound") == 1)
        .join(accounts, on="account_id")
        .filter(pl.col("earliest") >= pl.max_horizontal("balance_date", "latest_date"))
        .join(products, on="product_id")
    )
    with_history = states.filter(pl.col("latest_date") > NEVER).select("account_id")
    if with_history.is_empty():
        return states
    refs = payments.join(with_history, on="account_id", how="semi").select("account_id", "external_ref")
    _stage(refs, "ledger_paid_ref", "account_id bigint, external_ref text")
    known = bulk.copy_out(KNOWN_SQL, {"account_id": pl.Int64})
    states = states.join(known, on="account_id", how="anti")
    return states.join(_waiting(states, span), on="account_id", how="anti")


def _waiting(states: pl.DataFrame, span: dict[str, int]) -> pl.DataFrame:
    """Return the accounts on which money is held for a day after their earliest payment."""
    query = WAITING_SQL.format(after=states["earliest"].min() or NEVER, **span)
    found = bulk.copy_out(query, {"account_id": pl.Int64, "until": pl.Date})
    earliest = states.select("account_id", "earliest")
    return found.join(earliest, on="account_id").filter(pl.col("until") > pl.col("earliest"))


def _odd(items: pl.DataFrame) -> pl.DataFrame:
    """Return the accounts that have two instalments of one day, a component that nobody knows, or a kept statement.

    Money of a day before its statement must not pay it, which only the name can tell.
    """
    ordered = items.sort("account_id", "due_date").select("account_id", "due_date", "ref_and_code", "code")
    is_same_day = (pl.col("account_id") == pl.col("account_id").shift(1)) & (
        pl.col("due_date") == pl.col("due_date").shift(1)
    )
    ref = pl.col("ref_and_code") - pl.col("code")
    odd = (is_same_day & (ref != ref.shift(1))).fill_null(False) | (pl.col("code") == UNKNOWN)
    return ordered.filter(odd).select("account_id").unique()


def _loose_balances(states: pl.DataFrame, items: pl.DataFrame, span: dict[str, int]) -> pl.DataFrame:
    """Return what is owed per component on the accounts that owe more than their open items ask for."""
    asked = items.group_by("account_id").agg(open=pl.col("asked_minor").sum())
    loose = (
        states.join(asked, on="account_id", how="left")
        .filter(pl.col("balance_minor") > pl.col("open").fill_null(0))
        .select("account_id")
    )
    if loose.is_empty():
        return pl.DataFrame(schema=RECEIVABLE_SCHEMA)
    _stage(loose, "ledger_paid_loose", "account_id bigint")
    query = BALANCES_SQL.format(code=_code("component"), **span)
    found = read_numbers(query, BALANCE_SCHEMA)
    return found.with_columns(_component()).select(*RECEIVABLE_SCHEMA)


def _code(column: str) -> str:
    """Return the SQL of a component's number, so that it is read without its text; 255 is unknown."""
    cases = " ".join(f"WHEN '{component}' THEN {number}" for number, component in enumerate(components()))
    return f"CASE {column} {cases} ELSE {UNKNOWN} END"


def _lent() -> list[int]:
    """Return the numbers of the components that a due item does not charge."""
    return [number for number, component in enumerate(components()) if component in LENT]


def _component() -> pl.Expr:
    names = pl.lit(pl.Series(list(components()), dtype=pl.String))
    return names.gather(pl.col("code")).alias("component")


def _stage(frame: pl.DataFrame, table: str, types: str) -> None:
    bulk.execute(f"DROP TABLE IF EXISTS {table}")
    bulk.execute(f"CREATE TEMP TABLE {table} ({types}) ON COMMIT DROP")
    bulk.copy_in_fast(frame, table)
    bulk.execute(f"ANALYZE {table}")
