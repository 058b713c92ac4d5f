"""Creditors and products: created once, brought up to date when their description changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import models, transaction

from fairdue.contexts.audit import facade as audit
from fairdue.kernel.actor import Actor
from fairdue.kernel.money import minor_digits

from ..models import Creditor, Product

INSTITUTION_KINDS = ("bank", "consumer_finance", "micro_lender", "assignee", "other")
DPD_ORIGINS = ("due_plus_1", "due_date")


class CreditorInvalid(ValueError):
    """The creditor cannot be described so; nothing was changed."""


class ProductInvalid(ValueError):
    """The product cannot be described so; nothing was changed."""


def ensure_creditor(
    *,
    code: str,
    name_zh: str,
    name_en: str,
    actor: Actor,
    now: datetime,
    institution_kind: str = "bank",
    institution_group: str = "",
    contact_phone: str = "",
    jurisdiction: str = "",
) -> int:
    """Create a creditor or bring it up to date, and return its id; repeating changes nothing.

    :raises CreditorInvalid: if the kind of institution is unknown
    """
    actor.require("book.import")
    if institution_kind not in INSTITUTION_KINDS:
        raise CreditorInvalid(f"{institution_kind!r} is none of {', '.join(INSTITUTION_KINDS)}")
    fields = {
        "name_zh": name_zh,
        "name_en": name_en,
        "institution_kind": institution_kind,
        "institution_group": institution_group or code,
        "contact_phone": contact_phone,
        "jurisdiction": jurisdiction,
    }
    return _ensure(Creditor, {"code": code}, fields, actor, now)


def ensure_product(
    *,
    creditor_code: str,
    code: str,
    name_zh: str,
    name_en: str,
    kind: str,
    actor: Actor,
    now: datetime,
    currency: str = "CNY",
    dpd_origin: str = "due_plus_1",
    bucket_edges: Sequence[int] = (),
    allocation_policy: str = "cn-card",
    jurisdiction: str = "",
) -> int:
    """Create a product or bring it up to date, and return its id; repeating changes nothing.

    :raises ProductInvalid: if the creditor, the DPD origin or the bucket edges are not possible
    :raises UnknownCurrency: if books are not kept in the currency
    """
    actor.require("book.import")
    minor_digits(currency)
    creditor = Creditor.objects.filter(code=creditor_code).first()
    if creditor is None:
        raise ProductInvalid(f"creditor {creditor_code!r} is not known")
    if dpd_origin not in DPD_ORIGINS:
        raise ProductInvalid(f"{dpd_origin!r} is none of {', '.join(DPD_ORIGINS)}")
    if list(bucket_edges) != sorted({edge for edge in bucket_edges if edge > 0}):
        raise ProductInvalid("bucket edges are positive and rise")
    fields = {
        "name_zh": name_zh,
        "name_en": name_en,
        "kind": kind,
        "currency": currency,
        "dpd_origin": dpd_origin,
        "bucket_edges": list(bucket_edges),
        "allocation_policy": allocation_policy,
        "jurisdiction": jurisdiction,
    }
    return _ensure(Product, {"creditor": creditor, "code": code}, fields, actor, now)


def _ensure(
    model: type[models.Model], key: dict[str, Any], fields: dict[str, Any], actor: Actor, now: datetime
) -> int:
    with transaction.atomic():
        row, is_new = model._default_manager.select_for_update().get_or_create(**key, defaults=fields)
        before = {} if is_new else {name: getattr(row, name) for name in fields}
        if is_new or before != fields:
            model._default_manager.filter(pk=row.pk).update(**fields)
            _record(model, row.pk, is_new, before, fields, actor, now)
    return row.pk


def _record(
    model: type[models.Model],
    pk: int,
    is_new: bool,
    before: dict[str, Any],
    after: dict[str, Any],
    actor: Actor,
    now: datetime,
) -> None:
    name = model.__name__.lower()
    audit.record(
        code=f"book.{name}.{'created' if is_new else 'changed'}",
        actor=actor,
        subject_type=name,
        subject_id=pk,
        now=now,
        before=before or None,
        after=after,
    )
