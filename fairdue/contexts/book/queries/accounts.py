"""Accounts, always narrowed to the creditors that the actor may touch."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import polars as pl
from django.db.models import QuerySet

from fairdue.kernel.actor import Actor
from fairdue.kernel.money import Money
from fairdue.storage.bulk import read_columns
from fairdue.storage.reads import Read, read_one
from fairdue.storage.staging import bounds, staged

from ..contracts import AccountCard, DebtFacts
from ..models import Account, Creditor


def _in_scope(actor: Actor | None) -> QuerySet[Account]:
    if actor is None or actor.creditor_ids is None:
        return Account.objects.all()
    return Account.objects.filter(creditor_id__in=actor.creditor_ids)


def account_cards(person_id: int, *, actor: Actor | None = None) -> tuple[AccountCard, ...]:
    """Return a person's accounts in one query, only those of the actor's creditors if an actor is given.

    Without an actor all accounts come back: for the borrower's own view and for work of the house.
    """
    return read_one(account_cards_read(person_id, actor=actor))


_CARD_SQL = """
SELECT json_build_array(
    account.id, account.person_id, account.creditor_id, creditor.name_zh, creditor.name_en, creditor.institution_group,
    account.product_id, product.name_zh, product.name_en, product.kind, account.external_ref, account.currency,
    account.opened_date, account.status, account.credit_limit_minor, product.dpd_origin, product.bucket_edges,
    product.allocation_policy,
    coalesce(nullif(account.jurisdiction, ''), nullif(product.jurisdiction, ''), creditor.jurisdiction),
    creditor.institution_kind)
FROM book_account account
JOIN book_creditor creditor ON creditor.id = account.creditor_id
JOIN book_product product ON product.id = account.product_id
"""
_OF_PERSON = "WHERE account.person_id = $1 ORDER BY account.id"
_OF_PERSON_IN_SCOPE = (
    "WHERE account.person_id = $1 AND account.creditor_id = ANY($2::bigint[]) ORDER BY account.id"
)
_OF_PERSONS = "WHERE account.person_id = ANY($1::bigint[]) ORDER BY account.person_id, account.id"
_BY_REFERENCE = "WHERE creditor.code = $1 AND account.external_ref = $2 AND creditor.id = ANY($3::bigint[])"


def account_cards_read(person_id: int, *, actor: Actor | None = None) -> Read[tuple[AccountCard, ...]]:
    """Return the read of a person's accounts, as `account_cards` returns them."""
    if actor is None or actor.creditor_ids is None:
        return Read(_CARD_SQL + _OF_PERSON, (person_id,), _cards)
    return Read(_CARD_SQL + _OF_PERSON_IN_SCOPE, (person_id, sorted(actor.creditor_ids)), _cards)


def account_cards_of_read(person_ids: Iterable[int]) -> Read[dict[int, tuple[AccountCard, ...]]]:
    """Return the read of all accounts of some persons, as `account_cards_of` returns them."""

    def build(rows: list[list[Any]]) -> dict[int, tuple[AccountCard, ...]]:
        found: dict[int, list[AccountCard]] = {}
        for card in _cards(rows):
            found.setdefault(card.person_id, []).append(card)
        return {person: tuple(cards) for person, cards in found.items()}

    return Read(_CARD_SQL + _OF_PERSONS, (list(person_ids),), build)


def account_by_reference_read(
    creditor: str, reference: str, *, creditor_ids: Iterable[int]
) -> Read[AccountCard | None]:
    """Return the read of one account by its creditor's code and number, None unless the creditor is one of some."""
    parameters = (creditor, reference, sorted(creditor_ids))
    return Read(_CARD_SQL + _BY_REFERENCE, parameters, lambda rows: next(iter(_cards(rows)), None))


def _cards(rows: list[list[Any]]) -> tuple[AccountCard, ...]:
    return tuple(_card_of(*row) for row in rows)


def _card_of(
    account_id: int, person_id: int, creditor_id: int, creditor_zh: str, creditor_en: str, group: str, product_id: int,
    product_zh: str, product_en: str, kind: str, reference: str, currency: str, opened: str, status: str,
    limit: int | None, origin: str, edges: list[int], policy: str, jurisdiction: str, institution_kind: str,
) -> AccountCard:  # fmt: skip
    return AccountCard(
        account_id=account_id, person_id=person_id, creditor_id=creditor_id, creditor_name_zh=creditor_zh,
        creditor_name_en=creditor_en, institution_group=group, product_id=product_id, product_name_zh=product_zh,
        product_name_en=product_en, product_kind=kind, ref_masked=mask_reference(reference), currency=currency,
        opened_date=date.fromisoformat(opened), status=status,
        credit_limit=None if limit is None else Money(limit, currency), dpd_origin=origin, bucket_edges=tuple(edges),
        allocation_policy=policy, jurisdiction=jurisdiction, institution_kind=institution_kind,
    )  # fmt: skip


_DEBT_FACTS_SQL = """
SELECT json_build_array(
    account.id, creditor.institution_group, product.kind, account.status,
    coalesce(nullif(account.jurisdiction, ''), nullif(product.jurisdiction, ''), creditor.jurisdiction),
    creditor.institution_kind)
FROM book_account account
JOIN book_creditor creditor ON creditor.id = account.creditor_id
JOIN book_product product ON product.id = account.product_id
WHERE account.person_id = $1 ORDER BY account.id
"""


def debt_facts_read(person_id: int) -> Read[tuple[DebtFacts, ...]]:
    """Return the read of what the law asks of all debts of a person."""

    def build(rows: list[list[Any]]) -> tuple[DebtFacts, ...]:
        return tuple(
            DebtFacts(
                account_id=account_id, institution_group=group, product_kind=kind, status=status,
                jurisdiction=jurisdiction, institution_kind=institution_kind,
            )
            for account_id, group, kind, status, jurisdiction, institution_kind in rows
        )  # fmt: skip

    return Read(_DEBT_FACTS_SQL, (person_id,), build)


class AccountUnknown(LookupError):
    """There is no such account in the actor's data scope."""

    code = "book.account.unknown"


def account_card(account_id: int, *, actor: Actor) -> AccountCard:
    """Return one account of a creditor that the actor may touch.

    :raises AccountUnknown: if there is none
    """
    row = _in_scope(actor).filter(pk=account_id).select_related("creditor", "product").first()
    if row is None:
        raise AccountUnknown(f"account {account_id}")
    return _account_card(row)


def account_cards_by_id(account_ids: Iterable[int], *, actor: Actor | None = None) -> dict[int, AccountCard]:
    """Return the cards of some accounts by id, those outside the actor's scope left out."""
    rows = _in_scope(actor).filter(pk__in=list(account_ids)).select_related("creditor", "product")
    return {row.pk: _account_card(row) for row in rows}


def find_accounts(reference: str, *, actor: Actor, limit: int = 20) -> tuple[AccountCard, ...]:
    """Return accounts in scope by the creditor's exact account number."""
    creditors = Creditor.objects.values("id")  # named, so that the index over creditor and number serves
    rows = _in_scope(actor).filter(creditor_id__in=creditors, external_ref=reference)
    rows = rows.select_related("creditor", "product")
    return tuple(_account_card(row) for row in rows.order_by("id")[:limit])


def _account_card(row: Account) -> AccountCard:
    limit = row.credit_limit_minor
    return AccountCard(
        account_id=row.pk,
        person_id=row.person_id,
        creditor_id=row.creditor_id,
        creditor_name_zh=row.creditor.name_zh,
        creditor_name_en=row.creditor.name_en,
        institution_group=row.creditor.institution_group,
        product_id=row.product_id,
        product_name_zh=row.product.name_zh,
        product_name_en=row.product.name_en,
        product_kind=row.product.kind,
        ref_masked=mask_reference(row.external_ref),
        currency=row.currency,
        opened_date=row.opened_date,
        status=row.status,
        credit_limit=None if limit is None else Money(limit, row.currency),
        dpd_origin=row.product.dpd_origin,
        bucket_edges=tuple(row.product.bucket_edges),
        allocation_policy=row.product.allocation_policy,
        jurisdiction=row.jurisdiction or row.product.jurisdiction or row.creditor.jurisdiction,
        institution_kind=row.creditor.institution_kind,
    )


def mask_reference(reference: str) -> str:
    """Keep the last four characters, as on a card statement."""
    return f"****{reference[-4:]}" if len(reference) > 4 else "****"


def visible_persons(person_ids: Iterable[int], *, actor: Actor) -> frozenset[int]:
    """Return those of some persons who owe on an account of a creditor that the actor may touch."""
    rows = _in_scope(actor).filter(person_id__in=list(person_ids))
    return frozenset(rows.values_list("person_id", flat=True))


FEW_REFERENCES = 1_000
"""So many are asked for by their names; more come in a temporary table, which costs what it costs for one."""
REFERENCE_SCHEMA = {
    "account_ref": pl.String,
    "account_id": pl.Int64,
    "person_id": pl.Int64,
    "account_currency": pl.String,
}


def account_ids_by_reference(references: pl.Series, *, creditor_id: int) -> pl.DataFrame:
    """Return `account_ref`, `account_id`, `person_id`, `account_currency` of the known references.

    Reads inside the caller's transaction.
    """
    wanted = pl.DataFrame({"account_ref": references.cast(pl.String)}).drop_nulls().unique()
    if wanted.height <= FEW_REFERENCES:
        rows = Account.objects.filter(
            creditor_id=creditor_id, external_ref__in=wanted["account_ref"].to_list()
        )
        return pl.DataFrame(
            list(rows.values_list("external_ref", "id", "person_id", "currency")),
            schema=REFERENCE_SCHEMA,
            orient="row",
        )
    with staged(wanted, "staged_account", analyzed=False):
        return read_columns(
            "SELECT s.account_ref, a.id, a.person_id, a.currency FROM staged_account s JOIN book_account a"
            " ON a.external_ref = s.account_ref AND a.creditor_id = %s AND a.external_ref BETWEEN %s AND %s",
            REFERENCE_SCHEMA,
            [creditor_id, *bounds("staged_account", "account_ref")],
        )
