"""The annual rate of each kind of balance of an account, where the order of payment goes by rate (12 CFR 1026.53)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from django.db import connection

from fairdue.contexts.ledger.queries.terms import policies
from fairdue.engine.ledger.products.card import segment_rates

RATES_SQL = """
SELECT account_id, (terms -> 'card')::text, details::text FROM ledger_loancontract
 WHERE {scope} AND terms ->> 'kind' = 'card'
"""
Rates = dict[int, dict[str, Fraction]]


def is_by_rate(policy: str) -> bool:
    """Tell whether a policy, or a stage of it, takes the balance with the highest rate first."""
    rule = policies()[policy]
    return any(way.is_highest_rate_first for way in (rule, *rule.stages))


def rates_within(scope: str) -> Rates:
    """Return the rates of all cards kept here within a scope (the inside of `account_id IN (…)`)."""
    with connection.cursor() as cursor:
        cursor.execute(RATES_SQL.format(scope=f"account_id IN ({scope})"))
        return rates_of(cursor.fetchall())


def rates_of(rows: Iterable[tuple[Any, ...]]) -> Rates:
    """Return the rates that rows of `RATES_SQL` hold."""
    return {
        account_id: segment_rates(_decoded(card) or {}, _decoded(details))
        for account_id, card, details in rows
    }


def _decoded(value: Any) -> Mapping[str, Any]:
    return json.loads(value) if isinstance(value, str) else value
