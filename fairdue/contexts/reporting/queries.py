"""The figures of the book: a few set-based statements over what the other contexts publish."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection

from fairdue.contexts.book import facade as book
from fairdue.contexts.cases import facade as cases
from fairdue.contexts.law import facade as law
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.reporting.contracts import BookOverview, BucketFigure, CurrencyFigures, PromiseFigures
from fairdue.engine.ledger.ageing import bucket, days_past_due
from fairdue.kernel.actor import Actor
from fairdue.kernel.money import Money

CONTACT_KINDS = ("conversations", "announcements", "messages")


def book_overview(*, actor: Actor, as_of: date) -> BookOverview:
    """Return the figures of the book as of a day, over the creditors that the actor may see.

    1. Accounts are grouped by due date in the database; days past due and bucket of each group follow
       by the engine's own rule with the product's origin and edges.
    2. Closed accounts that owe nothing are not counted.
    """
    actor.require("reporting.view")
    groups = _groups(actor, as_of)
    return BookOverview(
        as_of=as_of,
        account_count=sum(group["accounts"] for group in groups),
        currencies=_currencies(groups, as_of),
        promises=_promises(actor),
        contacts=_contacts(actor),
    )


def _fetch(sql: str, parameters: Sequence[Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _scope(actor: Actor) -> list[int] | None:
    return None if actor.creditor_ids is None else sorted(actor.creditor_ids)


def _groups(actor: Actor, as_of: date) -> list[dict[str, Any]]:
    scope = _scope(actor)
    return _fetch(
        f"""
        SELECT s.currency, s.oldest_unpaid_due_date, p.dpd_origin, p.bucket_edges,
               count(*) AS accounts, sum(s.balance_minor)::bigint AS balance_minor,
               sum(s.overdue_minor)::bigint AS overdue_minor
          FROM ({ledger.state_facts_sql(as_of)}) s
          JOIN ({book.ACCOUNT_FACTS_SQL}) a ON a.account_id = s.account_id
          JOIN ({book.PRODUCT_FACTS_SQL}) p ON p.product_id = a.product_id
         WHERE (%s OR s.creditor_id = ANY(%s)) AND (a.status <> 'closed' OR s.balance_minor > 0)
         GROUP BY 1, 2, 3, 4
        """,
        [scope is None, scope or []],
    )


def _currencies(groups: list[dict[str, Any]], as_of: date) -> tuple[CurrencyFigures, ...]:
    """Fold groups of one due date into buckets of one currency."""
    figures: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0, 0]))
    names: dict[str, list[str]] = defaultdict(list)
    for group in groups:
        edges = json.loads(group["bucket_edges"] or "[]")
        days = days_past_due(group["oldest_unpaid_due_date"], as_of, group["dpd_origin"])
        currency = group["currency"]
        names[currency] = max(names[currency], _bucket_names(edges), key=len)
        sums = figures[currency][bucket(days, edges)]
        for place, name in enumerate(("accounts", "balance_minor", "overdue_minor")):
            sums[place] += group[name]
    return tuple(_currency(currency, figures[currency], names[currency]) for currency in sorted(figures))


def _bucket_names(edges: Sequence[int]) -> list[str]:
    """Return every bucket that the edges make, from the best to the worst."""
    highest = max(edges) + 1 if edges else 181
    return list(dict.fromkeys(bucket(days, edges) for days in range(highest + 1)))


def _currency(currency: str, figures: dict[str, list[int]], names: list[str]) -> CurrencyFigures:
    order = names + sorted(set(figures) - set(names))
    buckets = tuple(
        BucketFigure(
            bucket=name,
            account_count=figures[name][0],
            balance=Money(figures[name][1], currency),
            overdue=Money(figures[name][2], currency),
        )
        for name in order
    )
    return CurrencyFigures(
        currency=currency,
        account_count=sum(figure.account_count for figure in buckets),
        balance=Money(sum(figure.balance.minor for figure in buckets), currency),
        overdue=Money(sum(figure.overdue.minor for figure in buckets), currency),
        buckets=buckets,
    )


def _in_scope(actor: Actor) -> tuple[str, list[Any]]:
    """Return a condition on person_id and its parameters; nothing for an actor who sees every creditor."""
    scope = _scope(actor)
    if scope is None:
        return "true", []
    people = f"SELECT a.person_id FROM ({book.ACCOUNT_FACTS_SQL}) a WHERE a.creditor_id = ANY(%s)"
    return f"f.person_id IN ({people})", [scope]


def _promises(actor: Actor) -> PromiseFigures:
    condition, parameters = _in_scope(actor)
    (row,) = _fetch(
        f"""
        SELECT count(f.open_promise_date) AS open_count,
               coalesce(sum(f.kept_promise_count), 0)::bigint AS kept_count,
               coalesce(sum(f.broken_promise_count), 0)::bigint AS broken_count
          FROM ({cases.PROMISE_FACTS_SQL}) f WHERE {condition}
        """,
        parameters,
    )
    return PromiseFigures(**row)


def _contacts(actor: Actor) -> dict[str, int]:
    condition, parameters = _in_scope(actor)
    sums = ", ".join(f"coalesce(sum(cardinality(f.{kind})), 0)::bigint AS {kind}" for kind in CONTACT_KINDS)
    (row,) = _fetch(f"SELECT {sums} FROM ({law.CONTACT_FACTS_SQL}) f WHERE {condition}", parameters)
    return row
