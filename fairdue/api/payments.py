"""What payment providers call: money arrived, money was taken back. Signed, answered once, replay-safe."""

from __future__ import annotations

import time
from datetime import date
from typing import Literal

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema

from fairdue.api.problems import Problem, Refused
from fairdue.contexts.outreach import facade as outreach
from fairdue.contexts.payments import facade as payments_room
from fairdue.journeys.take_provider_event import CreditorRefused, ProviderEvent, take_provider_event
from fairdue.kernel import clock
from fairdue.kernel.money import MAX_MINOR

MAX_BODY_BYTES = 100_000
STATUS_BY_ERROR: dict[type[Exception], int] = {
    payments_room.EventReused: 409,
    payments_room.ReferenceReused: 409,
    payments_room.PaymentUnknown: 404,
    CreditorRefused: 404,
}


class PaymentEventIn(Schema):
    """One thing that happened to one payment at a provider."""

    event_id: str = Field(
        min_length=1, max_length=120, description="The provider's own id; again is a replay"
    )
    kind: Literal["payment.received", "payment.returned"]
    creditor: str = Field(
        min_length=1, max_length=40, description="Code of the creditor that the money is for"
    )
    payment_ref: str = Field(min_length=1, max_length=120, description="The provider's id of the payment")
    amount_minor: int = Field(gt=0, le=MAX_MINOR, strict=True, description="Minor units, such as fen")
    currency: str = Field(pattern="^[A-Z]{3}$")
    value_date: date
    repayment_code: str = Field("", max_length=40, description="As typed by the payer; spaces do not matter")
    account_ref: str = Field(
        "", max_length=64, description="The debt that the payer chose, by the creditor's number"
    )
    payer_name: str = Field("", max_length=140, description="Kept sealed")
    payer_account: str = Field("", max_length=60, description="Kept sealed")
    remittance: str = Field("", max_length=1000, description="Kept sealed")
    reason: str = Field("", max_length=200, description="Of a return")


class PaymentEventOut(Schema):
    """Where the payment stands after the event; a replay gets the first answer again."""

    event_id: str
    payment_id: int
    status: Literal["suspense", "matched", "returned"]
    waiting_minor: int
    currency: str


def signed_by_payment_provider(request: HttpRequest) -> str:
    """Let a call in only if its body was signed with the provider's key within the window."""
    provider = str((request.resolver_match.kwargs if request.resolver_match else {}).get("provider", ""))
    known = settings.PAYMENT_PROVIDERS.get(provider)
    length = request.headers.get("Content-Length") or "0"
    if not length.isdecimal() or int(length) > MAX_BODY_BYTES:
        raise Refused(400, "payments.webhook.too_large", f"a body has at most {MAX_BODY_BYTES:,} bytes")
    key = str(known["key"]) if known else "no provider of this name"
    try:
        outreach.verify(key=key, body=request.body, headers=request.headers, at=int(time.time()))
    except outreach.SignatureRefused as refusal:
        raise Refused(401, "payments.webhook.signature", str(refusal)) from None
    if known is None:
        raise Refused(401, "payments.webhook.signature", "the signature does not match the body")
    return provider


signed_by_payment_provider.openapi_security_schema = {  # type: ignore[attr-defined]
    "type": "apiKey",
    "in": "header",
    "name": "X-Fairdue-Signature",
    "description": "v1=hex(HMAC-SHA256(key, X-Fairdue-Timestamp + '.' + body)); at most 300 seconds old",
}

payments = Router(tags=["payments"])


@payments.post(
    "/{provider}/events",
    auth=signed_by_payment_provider,
    response={200: PaymentEventOut, 400: Problem, 401: Problem, 404: Problem, 409: Problem, 422: Problem},
    operation_id="record_payment_event",
    summary="Report a payment that arrived or was taken back",
)
def record_payment_event(
    request: HttpRequest, response: HttpResponse, provider: str, body: PaymentEventIn
) -> PaymentEventOut:
    """Book a payment once, match it if it names its account, and say where it stands.

    The header `Idempotent-Replayed: true` marks the answer to an event that came before.
    """
    event = ProviderEvent(provider=provider, **body.dict())
    creditors = settings.PAYMENT_PROVIDERS[provider].get("creditors")
    try:
        answer, is_replayed = take_provider_event(
            event=event, body=request.body, creditor_codes=creditors, now=clock.now()
        )
    except (payments_room.PaymentsError, CreditorRefused) as refusal:
        raise Refused(STATUS_BY_ERROR.get(type(refusal), 422), refusal.code, str(refusal)) from refusal
    if is_replayed:
        response["Idempotent-Replayed"] = "true"
    return PaymentEventOut(**answer)
