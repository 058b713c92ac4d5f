"""The rules of an account that the ledger applies: its product's policy, DPD origin and bucket edges."""

from __future__ import annotations

from functools import cache
from typing import Any

import yaml
from django.conf import settings

from fairdue.engine.ledger.allocation import AllocationRule
from fairdue.engine.ledger.policies import load_policies

POLICY_SQL = """
SELECT s.account_id, s.person_id, s.currency, p.allocation_policy, p.dpd_origin
  FROM ledger_accountstate s JOIN book_account a ON a.id = s.account_id JOIN book_product p ON p.id = a.product_id
 WHERE s.account_id IN ({scope})
"""
"""One statement over the foreign keys that point down: a facade call per account would cost a query each."""


@cache
def policies() -> dict[str, AllocationRule]:
    """Return the allocation policies of the packs by code."""
    return load_policies(settings.PACKS_DIR / "reference" / "allocation")


@cache
def components() -> dict[str, dict[str, Any]]:
    """Return the components of a debt by code, each with its names in zh and en."""
    document = yaml.safe_load(
        (settings.PACKS_DIR / "reference" / "components.yaml").read_text(encoding="utf-8")
    )
    return {component["code"]: component for component in document["components"]}
