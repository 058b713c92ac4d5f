"""From rows to the cards that the facade gives out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from fairdue.contexts.book import facade as book
from fairdue.contexts.payments.contracts import (
    MatchCard,
    OrderCard,
    PaymentCard,
    PaymentStatus,
    Reason,
    StatementCard,
)
from fairdue.contexts.payments.models import BankStatement, IncomingPayment, PaymentMatch, PaymentOrder
from fairdue.engine.matching.scoring import GROUNDS, Ground
from fairdue.kernel.clock import business_date
from fairdue.kernel.money import Money

AGES = (("0-1", 1), ("2-7", 7), ("8-30", 30), ("31+", 1_000_000))
"""Ages of waiting money in days, with the upper edge of each."""


def age_band(days: int) -> str:
    """Return the band of an age in days."""
    return next(name for name, edge in AGES if days <= edge)


def reason_of(ground: Ground) -> Reason:
    """Return a ground in the facade's words."""
    return Reason(
        code=ground.code, weight=ground.weight, zh=ground.zh, en=ground.en, is_certain=ground.is_certain
    )


def waiting_minor(payment: IncomingPayment) -> int:
    """Return what of a payment is in suspense."""
    return payment.amount_minor - payment.matched_minor - payment.returned_minor


def status_of(payment: IncomingPayment) -> PaymentStatus:
    """Return `suspense` while anything waits, else `returned` if all went back, else `matched`."""
    if waiting_minor(payment):
        return "suspense"
    return "matched" if payment.matched_minor else "returned"


def match_cards(
    matches: Iterable[PaymentMatch], currency: str, known: Mapping[int, book.AccountCard] | None = None
) -> tuple[MatchCard, ...]:
    """Return matches with their accounts' masked references; `known` are the accounts' cards, if they were read."""
    rows = list(matches)
    if not rows:
        return ()
    accounts = known or book.account_cards_by_id({match.account_id for match in rows})
    return tuple(_match_card(match, currency, accounts) for match in rows)


def _match_card(match: PaymentMatch, currency: str, accounts: Mapping[int, book.AccountCard]) -> MatchCard:
    account = accounts.get(match.account_id)
    return MatchCard(
        match_id=match.pk,
        payment_id=match.payment_id,
        account_id=match.account_id,
        person_id=match.person_id,
        account_ref_masked=account.ref_masked if account else "",
        amount=Money(match.amount_minor, currency),
        transaction_id=match.transaction_id,
        way=match.way,
        rule=match.rule,
        reasons=tuple(reason_of(GROUNDS[code]) for code in match.reasons if code in GROUNDS),
        matched_by=match.matched_by,
        matched_at=match.recorded_at,
        undone_by=match.undone_by,
        undone_at=match.undone_at,
        undone_reason=match.undone_reason,
    )


def payment_card_of(
    payment: IncomingPayment, as_of: date, matches: Iterable[PaymentMatch] = ()
) -> PaymentCard:
    """Return a payment, masked; its creditor must have been read with it."""
    currency = payment.currency
    received_date = business_date(payment.recorded_at)
    return PaymentCard(
        payment_id=payment.pk,
        creditor_id=payment.creditor_id,
        creditor_name_zh=payment.creditor.name_zh,
        creditor_name_en=payment.creditor.name_en,
        source=payment.source,
        source_kind=payment.source.partition(":")[0],
        amount=Money(payment.amount_minor, currency),
        matched=Money(payment.matched_minor, currency),
        returned=Money(payment.returned_minor, currency),
        waiting=Money(waiting_minor(payment), currency),
        value_date=payment.value_date,
        received_at=payment.recorded_at,
        age_days=max((as_of - received_date).days, 0),
        status=status_of(payment),
        payer_name_masked=payment.payer_name_masked,
        payer_account_masked=payment.payer_account_masked,
        remittance_masked=payment.remittance_masked,
        reference_masked=payment.reference_masked,
        statement_id=payment.statement_id,
        resembles_id=payment.resembles_id,
        why_waiting=payment.why_waiting if waiting_minor(payment) else "",
        matches=match_cards(matches, currency),
    )


def statement_card_of(row: BankStatement) -> StatementCard:
    """Return a statement, its account masked."""

    def money(minor: int | None) -> Money | None:
        return None if minor is None else Money(minor, row.currency)

    return StatementCard(
        statement_id=row.pk,
        creditor_id=row.creditor_id,
        format=row.format,
        file_name=row.file_name,
        statement_ref=row.statement_ref,
        account_masked=row.account_masked,
        currency=row.currency,
        from_date=row.from_date,
        to_date=row.to_date,
        opening=money(row.opening_minor),
        closing=money(row.closing_minor),
        difference=money(row.difference_minor),
        row_count=row.row_count,
        booked_count=row.booked_count,
        repeated_count=row.repeated_count,
        returned_count=row.returned_count,
        set_aside_count=row.set_aside_count,
        rejected_count=row.rejected_count,
        booked=Money(row.booked_minor, row.currency),
        taken_by=row.taken_by,
        taken_at=row.recorded_at,
    )


def order_card_of(order: PaymentOrder) -> OrderCard:
    """Return a payment order, its payee masked."""
    return OrderCard(
        order_id=order.pk,
        request_id=order.request_id,
        kind="refund" if order.kind == "refund" else "return",
        creditor_id=order.creditor_id,
        account_id=order.account_id,
        amount=Money(order.amount_minor, order.currency),
        payee_name_masked=order.payee_name_masked,
        payee_account_masked=order.payee_account_masked,
        status=order.status,  # type: ignore[arg-type]
        made_at=order.made_at,
        sent_at=order.sent_at,
        confirmed_at=order.confirmed_at,
        export_ref=order.export_ref,
    )
