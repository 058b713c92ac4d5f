"""Rows of paying online as frozen cards."""

from __future__ import annotations

from fairdue.contexts.payments.contracts_online import (
    CheckoutCard,
    CheckoutShare,
    DebitCard,
    MandateCard,
    NoticeCard,
)
from fairdue.contexts.payments.models import Checkout, CheckoutNotice, Debit, Mandate
from fairdue.kernel.money import MINOR_DIGITS, Money


def checkout_card(row: Checkout) -> CheckoutCard:
    """Return a checkout as other rooms see it."""
    return CheckoutCard(
        checkout_id=row.pk,
        ref=row.ref,
        person_id=row.person_id,
        creditor_id=row.creditor_id,
        amount=Money(row.amount_minor, row.currency),
        shares=tuple(
            CheckoutShare(
                account_id=share["account_id"],
                amount=Money(share["amount_minor"], row.currency),
                rule=share["rule"],
            )
            for share in row.shares
        ),
        method=row.method,  # type: ignore[arg-type]
        choice=row.choice,  # type: ignore[arg-type]
        status=row.status,  # type: ignore[arg-type]
        failure=row.failure,
        provider_ref=row.provider_ref,
        pay_url=row.pay_url,
        made_at=row.made_at,
        expires_at=row.expires_at,
        settled_at=row.settled_at,
        asked_at=row.asked_at,
        told_at=row.told_at,
        payment_id=row.payment_id,
        debit_id=row.debit_id,
        locale=row.locale,
    )


def notice_card(row: CheckoutNotice) -> NoticeCard:
    """Return a notice as it was kept."""
    is_known = row.amount_minor is not None and row.currency in MINOR_DIGITS
    return NoticeCard(
        checkout_id=row.checkout_id,
        checkout_ref=row.checkout_ref,
        event_ref=row.event_ref,
        kind=row.kind,
        source=row.source,  # type: ignore[arg-type]
        verdict=row.verdict,
        amount=Money(row.amount_minor or 0, row.currency) if is_known else None,
        recorded_at=row.recorded_at,
    )


def mandate_card(row: Mandate) -> MandateCard:
    """Return a mandate as other rooms see it."""
    return MandateCard(
        mandate_id=row.pk,
        ref=row.ref,
        person_id=row.person_id,
        account_id=row.account_id,
        creditor_id=row.creditor_id,
        status=row.status,  # type: ignore[arg-type]
        cap=Money(row.amount_minor, row.currency),
        payer_masked=row.payer_masked,
        words=row.words,
        words_version=row.words_version,
        offered_at=row.offered_at,
        accepted_at=row.accepted_at,
        ended_at=row.ended_at,
        end_reason=row.end_reason,
        ended_by=row.ended_by,
    )


def debit_card(row: Debit) -> DebitCard:
    """Return a debit as other rooms see it."""
    return DebitCard(
        debit_id=row.pk,
        mandate_id=row.mandate_id,
        account_id=row.account_id,
        person_id=row.person_id,
        due_date=row.due_date,
        amount=Money(row.amount_minor, row.currency),
        status=row.status,  # type: ignore[arg-type]
        tries=row.tries,
        next_try_date=row.next_try_date,
        failure=row.failure,
    )
