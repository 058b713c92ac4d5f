"""Creditors and products."""

from __future__ import annotations

from fairdue.kernel.actor import Actor

from ..contracts import CreditorCard, ProductCard
from ..models import Creditor, Product


class CreditorUnknown(LookupError):
    """There is no such creditor."""

    code = "book.creditor.unknown"


def creditors(actor: Actor) -> tuple[CreditorCard, ...]:
    """Return the creditors whose data the actor may touch, by code."""
    rows = Creditor.objects.order_by("code")
    if actor.creditor_ids is not None:
        rows = rows.filter(id__in=actor.creditor_ids)
    return tuple(_creditor_card(row) for row in rows)


def creditor_by_code(code: str) -> CreditorCard:
    """Return one creditor.

    :raises CreditorUnknown: if there is none of this code
    """
    row = Creditor.objects.filter(code=code).first()
    if row is None:
        raise CreditorUnknown(f"creditor {code!r} is not known")
    return _creditor_card(row)


def _creditor_card(row: Creditor) -> CreditorCard:
    return CreditorCard(
        creditor_id=row.pk,
        code=row.code,
        name_zh=row.name_zh,
        name_en=row.name_en,
        institution_kind=row.institution_kind,
        institution_group=row.institution_group,
        contact_phone=row.contact_phone,
        jurisdiction=row.jurisdiction,
    )


def book_currency() -> str:
    """Return the currency of all products, or nothing if they have several: sums over persons are told in it."""
    found = set(Product.objects.values_list("currency", flat=True))
    return found.pop() if len(found) == 1 else ""


def products(*, creditor_id: int | None = None) -> tuple[ProductCard, ...]:
    """Return all products, or those of one creditor, by creditor and code."""
    rows = Product.objects.order_by("creditor_id", "code")
    if creditor_id is not None:
        rows = rows.filter(creditor_id=creditor_id)
    return tuple(
        ProductCard(
            product_id=row.pk,
            creditor_id=row.creditor_id,
            code=row.code,
            name_zh=row.name_zh,
            name_en=row.name_en,
            kind=row.kind,
            currency=row.currency,
            dpd_origin=row.dpd_origin,
            bucket_edges=tuple(row.bucket_edges),
            allocation_policy=row.allocation_policy,
            jurisdiction=row.jurisdiction,
        )
        for row in rows
    )
