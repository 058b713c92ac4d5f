"""The receipt of a payment: what the money was used for, on the page and as a signed document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.book import facade as book
from fairdue.contexts.book.contracts import AccountCard
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.parties import facade as parties
from fairdue.contexts.payments import facade as payments
from fairdue.contexts.payments.facade import CheckoutCard
from fairdue.engine.documents.rendering import render_pdf
from fairdue.kernel.actor import Actor
from fairdue.kernel.clock import HOUSE_ZONE, business_date
from fairdue.kernel.money import Money
from fairdue.storage.pdf_signing import sign_pdf


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidPart:
    """What one debt got of a payment, component by component, and what is owed on it after that."""

    account: AccountCard
    amount: Money
    parts: tuple[tuple[str, Money], ...]
    balance: Money


def paid_parts(card: CheckoutCard) -> tuple[PaidPart, ...]:
    """Return what a paid checkout was used for, from the ledger; nothing while it waits for a person."""
    if card.payment_id is None:
        return ()
    matches = payments.received_payment(payment_id=card.payment_id).matches
    accounts = book.account_cards_by_id([match.account_id for match in matches])
    found = []
    for match in matches:
        booked = next(
            (row for row in ledger.account_transactions(match.account_id, 200) if row.transaction_id == match.transaction_id),
            None,
        )  # fmt: skip
        summary = ledger.account_summary(match.account_id, business_date(card.settled_at or card.made_at))
        found.append(
            PaidPart(
                account=accounts[match.account_id],
                amount=match.amount,
                parts=tuple((part.component, part.amount) for part in booked.parts) if booked else (),
                balance=summary.balance,
            )
        )
    return tuple(found)


def receipt_pdf(
    *, card: CheckoutCard, words: Mapping[str, str], method: str, language: str, actor: Actor, now: datetime
) -> bytes:
    """This function will write the receipt of a paid checkout, sign it, and note that it was taken.

    Names are masked as on the page: who holds the receipt learns no more than who sees the page.
    """
    parts = paid_parts(card)
    is_zh = language.startswith("zh")
    lender = parts[0].account if parts else None
    paid_at = (card.settled_at or card.made_at).astimezone(HOUSE_ZONE)
    name = "" if lender is None else lender.creditor_name_zh if is_zh else lender.creditor_name_en
    data = {
        "lender": name,
        "debtor": parties.person_card(card.person_id).name_masked,
        "number": card.ref,
        "date": f"{business_date(now)}",
        "paid_at": f"{paid_at:%Y-%m-%d %H:%M}",
        "method": method,
        "currency": card.amount.currency,
        "amount": f"{card.amount.amount:,}",
        "bank_ref": card.provider_ref,
        "rows": [
            [
                f"{part.account.product_name_zh if is_zh else part.account.product_name_en} {part.account.ref_masked}",
                words.get(code, code),
                f"{amount.amount:,}",
            ]
            for part in parts
            for code, amount in part.parts
        ],
        "balances": [
            [
                f"{part.account.product_name_zh if is_zh else part.account.product_name_en} {part.account.ref_masked}",
                f"{part.balance.amount:,}",
            ]
            for part in parts
        ],
    }
    pdf = render_pdf("receipt", data, language="zh" if is_zh else "en")
    audit.record(
        code="payments.receipt.issued", actor=actor, subject_type="payments.checkout", subject_id=card.checkout_id,
        person_id=card.person_id, now=now, after={"amount_minor": card.amount.minor},
    )  # fmt: skip
    return sign_pdf(pdf, reason="收款凭证" if is_zh else "Receipt", now=now)
