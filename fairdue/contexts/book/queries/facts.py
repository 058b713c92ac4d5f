"""SELECTs that leave by ADBC for the night."""

from __future__ import annotations

from django.db.models import Q

from ..models import Account, Creditor, Product

ACCOUNT_FACTS_SQL = """
SELECT a.id AS account_id, a.person_id, a.creditor_id, a.product_id, p.kind AS product_kind,
       c.institution_kind, c.institution_group, p.dpd_origin, a.currency, a.status, a.opened_date, a.balance_date,
       a.credit_limit_minor,
       coalesce(nullif(a.jurisdiction, ''), nullif(p.jurisdiction, ''), c.jurisdiction) AS jurisdiction
FROM book_account a
JOIN book_product p ON p.id = a.product_id
JOIN book_creditor c ON c.id = a.creditor_id
"""


def persons_of_creditor_sql(creditor_id: int) -> str:
    """Return the SELECT of everybody who has an account with a creditor that is not closed: person_id."""
    return f"SELECT DISTINCT person_id FROM book_account WHERE creditor_id = {creditor_id:d} AND status <> 'closed'"


def has_other_laws() -> bool:
    """Tell whether any debt names a jurisdiction of its own, or was bought."""
    return (
        Creditor.objects.filter(~Q(jurisdiction="") | Q(institution_kind="assignee")).exists()
        or Product.objects.exclude(jurisdiction="").exists()
        or Account.objects.exclude(jurisdiction="").exists()
    )


PRODUCT_FACTS_SQL = """
SELECT id AS product_id, creditor_id, code AS product_code, kind AS product_kind, currency, dpd_origin,
       bucket_edges::text AS bucket_edges, allocation_policy
FROM book_product
"""
