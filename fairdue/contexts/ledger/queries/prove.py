"""Prove that every cached value follows from the postings, and the postings from the facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import polars as pl

from fairdue.contexts.ledger.contracts import Difference, ProofReport
from fairdue.contexts.ledger.queries.replaying import replay_differences
from fairdue.engine.ledger import proving
from fairdue.storage.snapshot import Read, is_shared, snapshot

CHUNK_POSTINGS = 1_500_000
DEEP_POSTINGS = 100_000
"""Postings that are held in memory at a time, about: two ranges of 100 bytes a row and what is folded from them."""
LEAST_ACCOUNTS = 1_000

SETTINGS = {"jit": "off", "enable_seqscan": "off"}
"""Each range is a part of every table; compiled code and whole scans would cost more than they save."""

STATES = """
SELECT account_id, creditor_id, currency, balance_minor, credit_balance_minor, oldest_unpaid_due_date,
       latest_payment_date, latest_payment_minor, standing, (pauses IS NOT NULL)::int
  FROM ledger_accountstate WHERE {scope}
"""
ITEMS = """
SELECT account_id, id, due_date, amount_minor, asked_minor, paid_minor, settled_date, currency
  FROM ledger_dueitem WHERE {scope}
"""
EVENTS = """
SELECT account_id, id, kind, amount_minor, effective_date, reverses_id, fund
  FROM ledger_transaction WHERE {scope}
"""
POSTINGS = """
SELECT account_id, transaction_id, debit, credit, due_item_id, amount_minor, effective_date, currency
  FROM ledger_posting WHERE {scope}
"""
IDS = "SELECT account_id FROM ledger_accountstate ORDER BY account_id"
SIZES = """
SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid IN ('ledger_posting'::regclass)
"""
HOUSE = """
SELECT creditor_id, currency,
       sum(CASE WHEN credit = 'suspense' THEN amount_minor WHEN debit = 'suspense' THEN -amount_minor ELSE 0 END)::bigint
  FROM ledger_houseposting GROUP BY 1, 2
"""
HOUSE_SCHEMA = {"creditor_id": pl.Int64, "currency": pl.String, "amount_minor": pl.Int64}

Progress = Callable[[int, int], None]
"""Called with how many accounts are proved, and how many there are."""


@dataclass(slots=True)
class _Findings:
    """What has been found so far: counts of everything, and the first differences."""

    limit: int
    accounts: int = 0
    postings: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    kept: list[Difference] = field(default_factory=list)
    drawn: list[pl.DataFrame] = field(default_factory=list)

    def add(self, found: pl.DataFrame) -> None:
        for subject in found["subject"]:
            self.counts[kind_of(subject)] += 1
        room = max(self.limit - len(self.kept), 0)
        self.kept += [Difference(**row) for row in found.head(room).to_dicts()]


def prove(
    account_ids: Sequence[int] | None = None,
    *,
    limit: int = 1000,
    deep: bool = False,
    on_progress: Progress | None = None,
) -> ProofReport:
    """Return every cached value that the postings do not confirm; at most `limit` are kept, all are counted.

    1. The caches and the money of each event, as `engine.ledger.proving.differences` says, account by account
       in ranges of bounded size, all as of one moment.
    2. Of the whole book also: what waits in suspense is not below zero for any creditor and currency.
    3. `deep`: the facts of each account are replayed, and come to exactly the present postings, due items
       and state.
    """
    found = _Findings(limit)
    with snapshot(settings=SETTINGS) as read:
        scopes, total = _scopes(read, account_ids, DEEP_POSTINGS if deep else CHUNK_POSTINGS)
        for scope, books in _books(read, scopes):
            found.accounts += books.states.height
            found.postings += books.postings.height
            found.add(proving.differences(books))
            found.drawn.append(proving.suspense_drawn(books))
            if deep:
                found.add(replay_differences(books, scope, read))
            if on_progress is not None:
                on_progress(found.accounts, total)
        if account_ids is None:
            found.add(_overdrawn(read, found.drawn))
    return ProofReport(
        accounts=found.accounts,
        postings=found.postings,
        differences=tuple(found.kept),
        total=sum(found.counts.values()),
        by_subject=dict(sorted(found.counts.items())),
        is_deep=deep,
    )


def kind_of(subject: str) -> str:
    """Return a difference's subject without the numbers of rows, so that equal ones can be counted."""
    return ":".join(part for part in subject.split(":") if not part.isdigit())


def _scopes(read: Read, account_ids: Sequence[int] | None, rows: int) -> tuple[list[str], int]:
    """Return conditions on account_id that split the book into ranges, without a gap between or around them."""
    if account_ids is not None:
        ids = sorted({int(one) for one in account_ids})
        pieces = [ids[start : start + LEAST_ACCOUNTS] for start in range(0, len(ids), LEAST_ACCOUNTS)]
        return [f"account_id IN ({', '.join(map(str, piece))})" for piece in pieces], len(ids)
    every = read(IDS, {"account_id": pl.Int64})["account_id"]
    postings = read(SIZES, {"rows": pl.Int64}).item()
    step = max(LEAST_ACCOUNTS, min(rows * len(every) // max(postings, 1), rows // 5))
    edges = [int(one) for one in every.gather_every(step)][1:]
    bounds = zip([None, *edges], [*edges, None], strict=True)
    return [_range(start, end) for start, end in bounds], len(every)


def _range(start: int | None, end: int | None) -> str:
    parts = [f"account_id >= {start}"] if start is not None else []
    parts += [f"account_id < {end}"] if end is not None else []
    return " AND ".join(parts) or "true"


def _books(read: Read, scopes: Sequence[str]) -> Iterator[tuple[str, proving.Books]]:
    """Yield the books of one range after the other; the next is read while one is worked on, where that can be."""
    if is_shared():
        for scope in scopes:
            yield scope, _read(read, scope)
        return
    with ThreadPoolExecutor(max_workers=1) as reader:
        ahead = reader.submit(_read, read, scopes[0]) if scopes else None
        for number, scope in enumerate(scopes, start=1):
            books = ahead.result()  # type: ignore[union-attr]
            if number < len(scopes):
                ahead = reader.submit(_read, read, scopes[number])
            yield scope, books


def _read(read: Read, scope: str) -> proving.Books:
    return proving.Books(
        states=read(STATES.format(scope=scope), proving.STATE_SCHEMA),
        items=read(ITEMS.format(scope=scope), proving.ITEM_SCHEMA),
        events=read(EVENTS.format(scope=scope), proving.EVENT_SCHEMA),
        postings=read(POSTINGS.format(scope=scope), proving.POSTING_SCHEMA),
    )


def _overdrawn(read: Read, drawn: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Name creditors of whose suspense more was drawn than had been booked to it."""
    came = read(HOUSE, HOUSE_SCHEMA)
    left = pl.concat(
        [came, *(frame.select(*HOUSE_SCHEMA).with_columns(-pl.col("amount_minor")) for frame in drawn)]
    )
    left = left.group_by("creditor_id", "currency").agg(pl.col("amount_minor").sum())
    return left.filter(pl.col("amount_minor") < 0).select(
        account_id=pl.lit(0, pl.Int64),
        subject=pl.format("suspense:{}:{}", "creditor_id", "currency"),
        cached=pl.lit("at least 0"),
        proved=pl.col("amount_minor").cast(pl.String),
    )
