"""Open one account by hand, rather than from a creditor's file."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from fairdue.contexts.audit import facade as audit
from fairdue.kernel.actor import Actor

from ..models import Account, Product


class AccountReused(ValueError):
    """The creditor's number belongs to an account of somebody else or of another product."""

    code = "book.account.reused"


@transaction.atomic
def open_account(
    *,
    creditor_id: int,
    product_id: int,
    person_id: int,
    external_ref: str,
    opened_date: date,
    actor: Actor,
    now: datetime,
) -> int:
    """This function will create an account of a person and return its id; repeating changes nothing.

    :raises PermissionRefused: without `book.import`
    :raises AccountReused: if the creditor's number is in use for another person or product
    """
    actor.require("book.import")
    product = Product.objects.get(pk=product_id, creditor_id=creditor_id)
    account, is_new = Account.objects.get_or_create(
        creditor_id=creditor_id,
        external_ref=external_ref,
        defaults={
            "product": product,
            "person_id": person_id,
            "currency": product.currency,
            "opened_date": opened_date,
            "balance_date": opened_date,
            "recorded_at": now,
        },
    )
    if (account.person_id, account.product_id) != (person_id, product_id):
        raise AccountReused("the creditor's number belongs to another account")
    if is_new:
        audit.record(
            code="book.account.opened",
            actor=actor,
            subject_type="book.account",
            subject_id=account.pk,
            person_id=person_id,
            now=now,
            after={"product": product.code, "opened": opened_date.isoformat()},
        )
    return account.pk
