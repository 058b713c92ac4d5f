"""Leaving to the provider and coming back: how a payment stands, said as it is, and its receipt."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language

from fairdue.contexts.payments import facade as payments
from fairdue.contexts.payments.facade import CheckoutCard
from fairdue.journeys.pay_online import ask_provider
from fairdue.journeys.pay_receipt import paid_parts, receipt_pdf
from fairdue.kernel.money import Money
from fairdue.web.portal import attempts, pay_words
from fairdue.web.portal.frame import show
from fairdue.web.portal.sessions import borrower, visit_page
from fairdue.web.portal.words import component_word

ASKED_AGAIN = timedelta(seconds=2)
"""So soon after an answer the provider is not asked again, however often somebody looks."""
RECEIPTS = attempts.Limit("receipts", 30)


def _own(person_id: int, ref: str) -> CheckoutCard:
    """Return the visitor's payment; somebody else's does not exist here."""
    try:
        return payments.checkout(ref=ref, person_id=person_id)
    except payments.CheckoutUnknown as unknown:
        raise Http404 from unknown


@visit_page
def go(request: HttpRequest, person_id: int, now: datetime, ref: str) -> HttpResponse:
    """Say that the payer leaves to the provider's page, and where that is; nothing was taken yet."""
    card = _own(person_id, ref)
    if not card.is_live or card.status == "pending" or not card.pay_url:
        return redirect("portal:pay_done", ref=ref)
    return show(
        request, "portal/pay_go.html", person_id, card=card, host=urlsplit(card.pay_url).netloc,
        method=pay_words.method_word(card.method),
    )  # fmt: skip


@visit_page
def done(request: HttpRequest, person_id: int, now: datetime, ref: str) -> HttpResponse:
    """Say how a payment stands, asking the provider if nothing final is known; what the address says counts nothing."""
    card, is_silent = _own(person_id, ref), False
    if card.is_live and (card.asked_at is None or card.asked_at <= now - ASKED_AGAIN):
        try:
            card = ask_provider(card=card, now=now)
        except payments.ProviderSilent:
            is_silent = True
        except payments.PaymentsError:
            card = _own(person_id, ref)
    return show(
        request, "portal/pay_done.html", person_id, card=card, is_silent=is_silent,
        status_word=pay_words.status_word(card.status), failure=pay_words.failure_word(card),
        method=pay_words.method_word(card.method), debts=_settled(card) if card.status == "paid" else (),
        arrived=_arrived(card) if card.status == "differs" else None,
        given_back=payments.given_back_in_part(ref=ref),
    )  # fmt: skip


def _arrived(card: CheckoutCard) -> Money | None:
    """Return what really came of a payment: what still waits and what was used since."""
    if card.payment_id is None:
        return None
    received = payments.received_payment(payment_id=card.payment_id)
    return sum((match.amount for match in received.matches), received.waiting)


def _settled(card: CheckoutCard) -> list[dict[str, Any]]:
    """Return what the money was used for, debt by debt."""
    return [
        {
            "account": part.account,
            "amount": part.amount,
            "parts": [(component_word(code), sum_) for code, sum_ in part.parts],
            "balance": part.balance,
        }
        for part in paid_parts(card)
    ]


@visit_page
def receipt(request: HttpRequest, person_id: int, now: datetime, ref: str) -> HttpResponse:
    """Hand over the receipt as a signed PDF."""
    card = _own(person_id, ref)
    if card.status != "paid":
        raise Http404(ref)
    if not attempts.count(RECEIPTS, str(person_id), now):
        return show(request, "portal/wait.html", person_id, status=429)
    words = {code: component_word(code) for part in paid_parts(card) for code, _ in part.parts}
    content = receipt_pdf(
        card=card, words=words, method=pay_words.method_word(card.method), language=get_language() or "",
        actor=borrower(person_id), now=now,
    )  # fmt: skip
    name = f"receipt-{card.checkout_id}.pdf"
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@visit_page
def listing(request: HttpRequest, person_id: int, now: datetime) -> HttpResponse:
    """List what was paid or begun here, the newest first."""
    lines = [
        {
            "card": card,
            "status": pay_words.status_word(card.status),
            "method": pay_words.method_word(card.method),
        }
        for card in payments.checkouts_of(person_id=person_id, limit=50)
    ]
    return show(request, "portal/pay_list.html", person_id, lines=lines)
