"""What book tells other rooms: creditors, products, accounts and what became of files."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from fairdue.kernel.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditorCard:
    """委托方: an institution to which debts are owed."""

    creditor_id: int
    code: str
    name_zh: str
    name_en: str
    institution_kind: str
    institution_group: str
    contact_phone: str
    jurisdiction: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductCard:
    """A kind of debt with its rules as data."""

    product_id: int
    creditor_id: int
    code: str
    name_zh: str
    name_en: str
    kind: str
    currency: str
    dpd_origin: str
    bucket_edges: tuple[int, ...]
    allocation_policy: str
    jurisdiction: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountCard:
    """One debt as every list shows it; balances are the ledger's."""

    account_id: int
    person_id: int
    creditor_id: int
    creditor_name_zh: str
    creditor_name_en: str
    institution_group: str
    product_id: int
    product_name_zh: str
    product_name_en: str
    product_kind: str
    ref_masked: str
    currency: str
    opened_date: date
    status: str
    credit_limit: Money | None
    dpd_origin: str
    bucket_edges: tuple[int, ...]
    allocation_policy: str
    jurisdiction: str = ""
    """Whose packs bind the debt: its own, else its product's, else its creditor's; empty: the default."""
    institution_kind: str = "bank"


@dataclass(frozen=True, slots=True, kw_only=True)
class DebtFacts:
    """What the law asks of a debt."""

    account_id: int
    institution_group: str
    product_kind: str
    status: str
    jurisdiction: str = ""
    institution_kind: str = "bank"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSeen:
    """A file that came in, as far as the night asks: whose, what kind, how much of it was good."""

    creditor_id: int
    creditor_code: str
    kind: str
    status: str
    row_count: int
    rejected_count: int
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportBatchCard:
    """One file that came in; `row_count` = `accepted_count` + `rejected_count`, always."""

    batch_id: int
    kind: str
    creditor_id: int
    creditor_code: str
    file_name: str
    file_sha256: str
    status: str
    row_count: int
    accepted_count: int
    rejected_count: int
    created_count: int
    changed_count: int
    unchanged_count: int
    control_totals: dict[str, Any]
    rejections: dict[str, int]
    reject_file: str
    seconds: float
    imported_by: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchOutcome:
    """What is written on an import batch when its file is done."""

    status: str
    row_count: int = 0
    accepted_count: int = 0
    rejected_count: int = 0
    created_count: int = 0
    changed_count: int = 0
    unchanged_count: int = 0
    control_totals: dict[str, Any] = field(default_factory=dict)
    rejections: dict[str, int] = field(default_factory=dict)
    reject_file: str = ""
    seconds: float = 0.0
