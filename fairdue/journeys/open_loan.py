"""Open a loan that this installation keeps: account, contract, opening and due items in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from fairdue.contexts.book import facade as book
from fairdue.contexts.ledger import facade as ledger
from fairdue.kernel.actor import Actor
from fairdue.kernel.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedLoan:
    """The account of a loan that was opened."""

    account_id: int
    person_id: int
    product_code: str


@transaction.atomic
def open_loan(
    *,
    creditor_code: str,
    person_id: int,
    product_code: str,
    account_ref: str,
    principal: Money,
    disbursed_date: date,
    details: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    kept_until: date | None = None,
) -> OpenedLoan:
    """This function will lend a person an amount under a product, with the schedule and all that follows.

    1. The product is known to the creditor's book under its code, with the rules of the product's terms.
    2. The same loan again changes nothing; another one under the same account number is refused.

    :raises PermissionRefused: without `ledger.adjust` and `book.import`
    :raises fairdue.contexts.ledger.facade.LedgerError: as `ledger.open_contract` says; nothing is left behind
    :raises fairdue.contexts.book.facade.AccountReused: if the number belongs to another account
    """
    terms = ledger.product_terms(product_code)
    creditor = book.creditor_by_code(creditor_code)
    product_id = book.ensure_product(
        creditor_code=creditor_code,
        code=terms.code,
        name_zh=terms.name["zh"],
        name_en=terms.name["en"],
        kind=terms.book_kind,
        currency=terms.currency,
        dpd_origin=terms.delinquency.dpd_origin,
        bucket_edges=terms.delinquency.bucket_edges,
        allocation_policy=terms.allocation_policy,
        actor=actor,
        now=now,
    )
    account_id = book.open_account(
        creditor_id=creditor.creditor_id,
        product_id=product_id,
        person_id=person_id,
        external_ref=account_ref,
        opened_date=disbursed_date,
        actor=actor,
        now=now,
    )
    ledger.open_contract(
        account_id=account_id,
        product_code=product_code,
        principal=principal,
        disbursed_date=disbursed_date,
        details=details,
        account={"person_id": person_id, "creditor_id": creditor.creditor_id},
        kept_until=kept_until,
        actor=actor,
        now=now,
    )
    return OpenedLoan(account_id=account_id, person_id=person_id, product_code=product_code)
