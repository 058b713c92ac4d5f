"""Kept contracts: their terms, the events that bear on them, and what they come to."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any

import polars as pl

from fairdue.contexts.ledger.errors import LedgerError
from fairdue.contexts.ledger.models import LoanContract, Transaction
from fairdue.contexts.ledger.queries.terms import policies
from fairdue.engine.law.numbers import shipped_numbers
from fairdue.engine.ledger.allocation.rules import AllocationRule
from fairdue.engine.ledger.event_codec import event_of
from fairdue.engine.ledger.event_kinds import EventRecord
from fairdue.engine.ledger.keeping.contract import Contract
from fairdue.engine.ledger.keeping.derive import derive
from fairdue.engine.ledger.keeping.derived import Derived
from fairdue.engine.ledger.keeping.quoting import Quote, quote
from fairdue.engine.ledger.life.events import Event
from fairdue.engine.ledger.products.rates import RateTable
from fairdue.engine.ledger.products.reading import load_products, load_rates, parse_product
from fairdue.engine.ledger.products.terms import ProductTerms
from fairdue.kernel.clock import business_date
from fairdue.kernel.money import Money

KEEPING = "keeping"
"""The source of transactions that keeping made, and the beginning of their references."""


class ProductUnknown(LedgerError):
    """No product terms have this code."""

    code = "ledger.product.unknown"


class ContractUnknown(LedgerError):
    """The account has no contract that this installation keeps."""

    code = "ledger.contract.unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCharge:
    """A charge as keeping landed it: the latest version of its key."""

    transaction: Transaction
    key: str
    version: int
    is_standing: bool


@dataclass(slots=True)
class Story:
    """What is recorded on one kept account: the events of others, and what keeping made of them before."""

    events: list[Event] = field(default_factory=list)
    charges: dict[str, KeptCharge] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractCard:
    """A kept contract as other rooms see it."""

    account_id: int
    product_terms: str
    terms: ProductTerms
    principal: Money
    disbursed_date: date
    details: dict[str, Any]


@cache
def products() -> dict[str, ProductTerms]:
    """Return the product terms of the packs by code."""
    return load_products()


@cache
def rate_tables() -> dict[str, RateTable]:
    """Return the rate tables of the packs by code."""
    return load_rates()


def product_terms(code: str) -> ProductTerms:
    """Return the terms of a product of the packs.

    :raises ProductUnknown: if there is none of this code
    """
    terms = products().get(code)
    if terms is None:
        raise ProductUnknown(f"there is no product {code!r}")
    return terms


def quote_contract(
    *, terms: ProductTerms, principal: Money, disbursed_date: date, details: Mapping[str, Any]
) -> Quote:
    """Return a contract as it would be opened: schedule, cost, caps; nothing is written.

    :raises fairdue.engine.ledger.products.agreement.AgreementInvalid: naming the field
    :raises fairdue.engine.ledger.products.scheduling.NotAmortising: if it is never repaid
    :raises fairdue.engine.ledger.products.cost.AboveCap: naming the cap
    """
    return quote(
        terms,
        details,
        principal=principal.minor,
        disbursed_date=disbursed_date,
        rates=rate_tables(),
        numbers=shipped_numbers(),
        allocation=allocation_of(terms),
    )


def is_kept(account_id: int) -> bool:
    """Tell whether this installation keeps the account's schedule and interest itself."""
    return LoanContract.objects.filter(account_id=account_id).exists()


def kept_account_ids(account_ids: pl.Series) -> frozenset[int]:
    """Return those of many accounts whose schedule and interest this installation keeps itself."""
    if account_ids.is_empty():
        return frozenset()
    rows = LoanContract.objects.filter(account_id__gte=account_ids.min(), account_id__lte=account_ids.max())
    kept = pl.Series(list(rows.values_list("account_id", flat=True)), dtype=pl.Int64)
    return frozenset(kept.filter(kept.is_in(account_ids.implode())))


def contract_card(account_id: int) -> ContractCard:
    """Return the kept contract of an account.

    :raises ContractUnknown: if the account is kept by its creditor
    """
    row = _row(account_id)
    return ContractCard(
        account_id=account_id,
        product_terms=row.product_terms,
        terms=_terms(row),
        principal=Money(row.principal_minor, row.currency),
        disbursed_date=row.disbursed_date,
        details=dict(row.details),
    )


def derived(account_id: int, as_of: date, known_at: datetime | None = None) -> Derived:
    """Return what a kept contract comes to on a day: items, charges, what is accrued, what settles it.

    With an instant, events that were recorded later are left out.

    :raises ContractUnknown: if the account is kept by its creditor
    """
    row = _row(account_id)
    story = stories([account_id], known_at)[account_id]
    return derive(contract_of(row), story.events, as_of, names=story.names)


def accrued_minor(
    account_ids: Iterable[int], as_of: date, known_at: datetime | None = None
) -> dict[int, int]:
    """Return what is earned by a day and was not posted, as known at an instant, of those accounts that are kept.

    With it a balance is exact on any day: what the next keeping will post for days up to then is part of it.
    """
    rows = list(LoanContract.objects.filter(account_id__in=list(account_ids), disbursed_date__lte=as_of))
    told = stories([row.account_id for row in rows], known_at) if rows else {}
    return {row.account_id: _accrued(row, told[row.account_id], as_of) for row in rows}


def _accrued(row: LoanContract, story: Story, as_of: date) -> int:
    found = derive(contract_of(row), story.events, as_of, names=story.names)
    landed = sum(
        one.transaction.amount_minor
        for one in story.charges.values()
        if one.is_standing and one.transaction.effective_date <= as_of
    )
    return found.accrued_minor + sum(charge.amount for charge in found.charges) - landed


def contract_of(row: LoanContract) -> Contract:
    """Return the contract that a row holds, under the terms with which it was opened."""
    terms = _terms(row)
    return Contract(
        terms=terms,
        principal=row.principal_minor,
        currency=row.currency,
        disbursed_date=row.disbursed_date,
        details=row.details,
        rates=rate_tables(),
        allocation=allocation_of(terms),
    )


def allocation_of(terms: ProductTerms) -> AllocationRule:
    """Return the order of payment that a product names."""
    return policies()[terms.allocation_policy]


def stories(account_ids: Sequence[int], known_at: datetime | None = None) -> dict[int, Story]:
    """Return what is recorded on some accounts, in the order in which it was; with an instant, what was by then."""
    found: dict[int, Story] = defaultdict(Story)
    known = Transaction.objects.filter(account_id__in=account_ids).order_by("account_id", "id")
    rows = list(known if known_at is None else known.filter(recorded_at__lte=known_at))
    kept = {row.pk for row in rows if row.source == KEEPING and row.kind == "charge"}
    reversed_ids = {row.reverses_id for row in rows if row.reverses_id}
    for row in rows:
        story = found[row.account_id]
        if row.pk in kept:
            _add_charge(story, row, is_standing=row.pk not in reversed_ids)
        elif row.reverses_id not in kept:
            story.events.append(event_of(record_of_row(row)))
    return {account_id: found[account_id] for account_id in account_ids}


def record_of_row(row: Transaction) -> EventRecord:
    """Return the engine's record of a stored transaction."""
    return EventRecord(
        id=str(row.pk),
        kind=row.kind,
        effective_date=row.effective_date,
        entered_date=business_date(row.recorded_at),
        amount=0 if row.kind == "reversal" else row.amount_minor,
        component=row.component,
        details=row.details,
        reverses_id=str(row.reverses_id or ""),
    )


def _add_charge(story: Story, row: Transaction, *, is_standing: bool) -> None:
    name, _, number = row.external_ref.removeprefix(f"{KEEPING}:").partition("~")
    story.charges[name] = KeptCharge(
        transaction=row, key=name, version=int(number or 1), is_standing=is_standing
    )
    story.names[str(row.pk)] = name


def _row(account_id: int) -> LoanContract:
    row = LoanContract.objects.filter(account_id=account_id).first()
    if row is None:
        raise ContractUnknown(f"account {account_id} has no contract that is kept here")
    return row


def _terms(row: LoanContract) -> ProductTerms:
    return _parsed(json.dumps(row.terms, sort_keys=True))


@lru_cache(maxsize=256)
def _parsed(text: str) -> ProductTerms:
    return parse_product(json.loads(text))
