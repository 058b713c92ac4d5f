"""The deep proof: what the facts of each account come to when they are replayed, against what is posted."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

import polars as pl

from fairdue.contexts.ledger.queries.account_facts import AccountFacts, StoredItem, StoredTransaction
from fairdue.contexts.ledger.queries.segment_rates import RATES_SQL, Rates, is_by_rate, rates_of
from fairdue.engine.ledger import proving
from fairdue.engine.ledger.accounts import OPENING, component_of
from fairdue.engine.ledger.life import events as life
from fairdue.engine.ledger.projection import Line, dues_of, pauses_of, standing_of
from fairdue.storage.snapshot import Read

STATES = """
SELECT s.account_id, s.person_id, s.creditor_id, s.currency, s.balance_date, p.dpd_origin, p.bucket_edges::text,
       p.allocation_policy, a.external_ref, s.balance_minor, s.credit_balance_minor, s.oldest_unpaid_due_date,
       s.latest_payment_date, s.latest_payment_minor, s.standing, s.pauses::text
  FROM ledger_accountstate s JOIN book_account a ON a.id = s.account_id JOIN book_product p ON p.id = a.product_id
 WHERE {scope}
"""
STATE_SCHEMA: dict[str, Any] = {
    "account_id": pl.Int64,
    "person_id": pl.Int64,
    "creditor_id": pl.Int64,
    "currency": pl.String,
    "balance_date": pl.Date,
    "dpd_origin": pl.String,
    "bucket_edges": pl.String,
    "policy": pl.String,
    "external_ref": pl.String,
    "balance_minor": pl.Int64,
    "credit_balance_minor": pl.Int64,
    "oldest_unpaid_due_date": pl.Date,
    "latest_payment_date": pl.Date,
    "latest_payment_minor": pl.Int64,
    "standing": pl.String,
    "pauses": pl.String,
}
TRANSACTIONS = """
SELECT account_id, id, external_ref, kind, component, amount_minor, currency, effective_date,
       extract(epoch FROM recorded_at)::double precision, reverses_id, fund, details::text, source, approval_ref
  FROM ledger_transaction WHERE {scope} ORDER BY account_id, id
"""
TRANSACTION_SCHEMA: dict[str, Any] = {
    "account_id": pl.Int64,
    "id": pl.Int64,
    "external_ref": pl.String,
    "kind": pl.String,
    "component": pl.String,
    "amount_minor": pl.Int64,
    "currency": pl.String,
    "effective_date": pl.Date,
    "recorded_at": pl.Float64,
    "reverses_id": pl.Int64,
    "fund": pl.String,
    "details": pl.String,
    "source": pl.String,
    "approval_ref": pl.String,
}
ITEMS = """
SELECT account_id, id, due_ref, component, due_date, amount_minor, asked_minor, paid_minor, settled_date, made_by_id
  FROM ledger_dueitem WHERE {scope} ORDER BY account_id, component, due_date, id
"""
ITEM_SCHEMA: dict[str, Any] = {
    "account_id": pl.Int64,
    "id": pl.Int64,
    "due_ref": pl.String,
    "component": pl.String,
    "due_date": pl.Date,
    "amount_minor": pl.Int64,
    "asked_minor": pl.Int64,
    "paid_minor": pl.Int64,
    "settled_date": pl.Date,
    "made_by_id": pl.Int64,
}

TEXTS = [number for number, dtype in enumerate(list(TRANSACTION_SCHEMA.values())[1:]) if dtype == pl.String]
"""The places of texts in a stored transaction: an empty one may be read as null."""

Move = tuple[int, str, str, int | None, date]
"""Event (0 for what no event posts), the two accounts in order, due item, effective date."""
NO_EVENT = 0


def replay_differences(books: proving.Books, scope: str, read: Read) -> pl.DataFrame:
    """This function will replay the facts of a range of accounts and return where the ledger says something else.

    1. Postings: per event, pair of accounts, due item and effective date, what is posted nets to what the replay
       posts; so does what no event posts, openings and charges of due items.
    2. Due items: asked, paid, settled, and the due date and amount of those that events made.
    3. The state: balance, credit balance, oldest unpaid due date, latest payment, standing, pauses.
    """
    states = read(STATES.format(scope=scope.replace("account_id", "s.account_id")), STATE_SCHEMA)
    transactions = _by_account(read(TRANSACTIONS.format(scope=scope), TRANSACTION_SCHEMA))
    items = _by_account(read(ITEMS.format(scope=scope), ITEM_SCHEMA))
    posted = _by_account(_posted(books))
    rates = _rates(states, scope, read)
    rows: list[tuple[int, str, str, str]] = []
    for state in states.iter_rows(named=True):
        account_id = state["account_id"]
        moves = {
            (event or NO_EVENT, first, second, item_id, day): amount
            for event, first, second, item_id, day, amount in posted.get(account_id, [])
        }
        facts = _facts(state, transactions.get(account_id, []), items.get(account_id, []), moves)
        facts.annual_rates = rates.get(account_id, {})
        rows += [(account_id, *found) for found in _compare(facts, state, moves)]
    return pl.DataFrame(rows, schema=proving.DIFFERENCES, orient="row")


def _rates(states: pl.DataFrame, scope: str, read: Read) -> Rates:
    """Return the rates of accounts whose order of payment goes by rate."""
    if not any(map(is_by_rate, states["policy"].unique())):
        return {}
    schema = {"account_id": pl.Int64, "card": pl.String, "details": pl.String}
    return rates_of(read(RATES_SQL.format(scope=scope), schema).iter_rows())


def _by_account(frame: pl.DataFrame) -> dict[int, list[tuple[Any, ...]]]:
    found: dict[int, list[tuple[Any, ...]]] = {}
    for account_id, *row in frame.iter_rows():
        found.setdefault(account_id, []).append(tuple(row))
    return found


def _posted(books: proving.Books) -> pl.DataFrame:
    """Return what the postings net to, a reversal's counted to its original, the two accounts in order."""
    originals = books.events.select(transaction_id="id", event=pl.coalesce("reverses_id", "id"))
    debit, credit = pl.col("debit").cast(pl.String), pl.col("credit").cast(pl.String)
    is_ordered = debit < credit
    return (
        books.postings.join(originals, on="transaction_id", how="left")
        .select(
            "account_id",
            "event",
            first=pl.when(is_ordered).then(debit).otherwise(credit),
            second=pl.when(is_ordered).then(credit).otherwise(debit),
            due_item_id="due_item_id",
            effective_date="effective_date",
            amount_minor=pl.when(is_ordered).then("amount_minor").otherwise(-pl.col("amount_minor")),
        )
        .group_by("account_id", "event", "first", "second", "due_item_id", "effective_date")
        .agg(pl.col("amount_minor").sum())
        .filter(pl.col("amount_minor") != 0)
    )


def _facts(
    state: Mapping[str, Any],
    transactions: list[tuple[Any, ...]],
    items: list[tuple[Any, ...]],
    moves: Mapping[Move, int],
) -> AccountFacts:
    openings: dict[str, int] = {}
    for (event, first, second, _item, _day), amount in moves.items():
        if event == NO_EVENT and OPENING in (first, second):
            code, signed = (first, amount) if second == OPENING else (second, -amount)
            openings[component_of(code)] = openings.get(component_of(code), 0) + signed
    return AccountFacts(
        account_id=state["account_id"],
        person_id=state["person_id"],
        creditor_id=state["creditor_id"],
        currency=state["currency"],
        balance_date=state["balance_date"],
        dpd_origin=state["dpd_origin"],
        bucket_edges=tuple(json.loads(state["bucket_edges"] or "[]")),
        policy=state["policy"],
        external_ref=state["external_ref"],
        transactions=[_transaction(row) for row in transactions],
        items=[StoredItem(*row) for row in items],
        openings=openings,
    )


def _transaction(row: tuple[Any, ...]) -> StoredTransaction:
    fields: list[Any] = [
        "" if value is None and column in TEXTS else value for column, value in enumerate(row)
    ]
    fields[7] = datetime.fromtimestamp(row[7], tz=UTC)
    fields[10] = json.loads(row[10] or "{}")
    return StoredTransaction(*fields)


def _compare(
    facts: AccountFacts, state: Mapping[str, Any], moves: Mapping[Move, int]
) -> Iterator[tuple[str, str, str]]:
    """Yield (subject, cached, proved) of every difference of one account."""
    position = facts.history.position
    dues = dues_of(position)
    known = {item.key: item for item in facts.items}
    target = _target([*facts.base_lines(), *facts.event_lines()], {key: one.id for key, one in known.items()})
    for move in dict.fromkeys((*moves, *target)):
        if moves.get(move, 0) != target.get(move, 0):
            event, first, second, item_id, day = move
            subject = f"replay:posting:{event}:{first}:{second}:{item_id or 0}:{day}"
            yield subject, str(moves.get(move, 0)), str(target.get(move, 0))
    for key in dues.keys() - known.keys():
        yield f"replay:due_item:{key[0]}:{key[1]}", "none", "an item"
    for key, item in known.items():
        due = dues.get(key)
        said: tuple[Any, ...] = (item.asked_minor, item.paid_minor, item.settled_date)
        proved: tuple[Any, ...] = (0, 0, None) if due is None else (due.asked, due.paid, due.settled_date)
        if due is not None and item.made_by_id is not None:
            said += (item.due_date, item.amount_minor)
            proved += (due.due_date, due.amount)
        if said != proved:
            yield f"replay:due_item:{item.id}", _shown(said), _shown(proved)
    expected = _state(facts)
    for name, value in expected.items():
        cached = _pauses(state["pauses"]) if name == "pauses" else state[name]
        if cached != value:
            yield f"replay:{name}", _shown((cached,)), _shown((value,))


def _target(lines: list[Line], item_ids: Mapping[tuple[str, str], int]) -> dict[Move, int]:
    found: dict[Move, int] = {}
    for line in lines:
        item_id = None if line.key is None else item_ids.get(line.key)
        is_ordered = line.debit < line.credit
        first, second = (line.debit, line.credit) if is_ordered else (line.credit, line.debit)
        move = (int(line.event_id or NO_EVENT), first, second, item_id, line.effective_date)
        found[move] = found.get(move, 0) + (line.amount if is_ordered else -line.amount)
    return {move: amount for move, amount in found.items() if amount}


def _state(facts: AccountFacts) -> dict[str, Any]:
    history = facts.history
    position = history.position
    unpaid = [due.due_date for due in dues_of(position).values() if due.unpaid > 0]
    latest = max(
        (event for event in history.standing() if isinstance(event, life.Receipt)),
        key=lambda event: (event.counts_on, int(event.id)),
        default=None,
    )
    return {
        "balance_minor": 0 if position.is_ended else position.outstanding,
        "credit_balance_minor": position.held,
        "oldest_unpaid_due_date": min(unpaid, default=None),
        "latest_payment_date": None if latest is None else latest.counts_on,
        "latest_payment_minor": None if latest is None else latest.amount,
        "standing": standing_of(position),
        "pauses": [[str(first), str(final)] for first, final in pauses_of(position)],
    }


def _pauses(text: str | None) -> list[list[str]]:
    return json.loads(text) if text else []


def _shown(values: tuple[Any, ...]) -> str:
    return ", ".join("none" if value is None else str(value) for value in values)
