"""A small book for the ledger: one bank, one card, as many accounts as a test asks for."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest

from fairdue.contexts.book.models import Account, Creditor, Product
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.parties.models import Person
from fairdue.kernel.actor import system

NOW = datetime(2026, 6, 15, 4, 0, tzinfo=UTC)
OPENED = date(2026, 1, 31)


class Book:
    """Accounts with short ways to land what a test needs."""

    now = NOW
    opened = OPENED
    actor = system("test")

    def __init__(self) -> None:
        self.creditor = Creditor.objects.create(
            code="TEST-BANK", name_zh="测试银行", name_en="Test Bank", institution_group="TEST"
        )
        self.products: dict[str, Product] = {}
        self.person_of: dict[int, int] = {}

    def account(
        self,
        *,
        policy: str = "cn-card",
        origin: str = "due_plus_1",
        opened: bool = True,
        **openings: int,
    ) -> int:
        """Open an account that owes `openings` (component=minor units) and return its id."""
        product = self.products.setdefault(policy + origin, None) or Product.objects.create(
            creditor=self.creditor,
            code=policy + origin,
            name_zh="卡",
            name_en="Card",
            kind="credit_card",
            allocation_policy=policy,
            dpd_origin=origin,
        )
        self.products[policy + origin] = product
        person = Person.objects.create(name_sealed=b"x", name_masked="张*", name_hash=b"h", recorded_at=NOW)
        account = Account.objects.create(
            creditor=self.creditor,
            product=product,
            person=person,
            external_ref=f"A{person.id}",
            currency="CNY",
            opened_date=OPENED,
            balance_date=OPENED,
            recorded_at=NOW,
        )
        self.person_of[account.id] = person.id
        if opened:
            self.open(account.id, **openings)
        return account.id

    def open(self, account_id: int, **openings: int) -> ledger.Landed:
        """Land opening balances."""
        rows = [
            {
                "account_id": account_id,
                "person_id": self.person_of[account_id],
                "creditor_id": self.creditor.id,
                "currency": "CNY",
                "component": component,
                "amount_minor": amount,
                "balance_date": OPENED,
            }
            for component, amount in (openings or {"principal": 0}).items()
        ]
        return ledger.open_accounts(pl.DataFrame(rows), now=NOW)

    def dues(self, *rows: tuple[int, str, date, str, int], currency: str = "CNY", now=NOW) -> ledger.Landed:
        """Land due items: account, reference, date, component, amount."""
        frame = pl.DataFrame(
            rows, schema=["account_id", "due_ref", "due_date", "component", "amount_minor"], orient="row"
        ).with_columns(
            person_id=pl.col("account_id").replace_strict(self.person_of), currency=pl.lit(currency)
        )
        return ledger.land_dues(frame, batch_id=1, now=now)

    def frame(self, *rows: tuple) -> pl.DataFrame:
        """Return transactions: account, reference, kind, component, amount, date, reversed reference."""
        schema = {
            "account_id": pl.Int64,
            "external_ref": pl.String,
            "kind": pl.String,
            "component": pl.String,
            "amount_minor": pl.Int64,
            "effective_date": pl.Date,
            "reverses_ref": pl.String,
        }
        padded = [(*row, *[None] * (len(schema) - len(row))) for row in rows]
        return pl.DataFrame(padded, schema=schema, orient="row").with_columns(
            person_id=pl.col("account_id").replace_strict(self.person_of, default=0), currency=pl.lit("CNY")
        )

    def transactions(self, *rows: tuple) -> ledger.Landed:
        """Land transactions."""
        return ledger.land_transactions(self.frame(*rows), batch_id=2, now=NOW)


@pytest.fixture
def book(db) -> Book:
    """Return an empty book."""
    return Book()
